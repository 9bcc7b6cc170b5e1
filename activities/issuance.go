package activities

import (
	"context"
	"errors"
	"time"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/issuing"
	"github.com/dengpan/dengpan/store"
)

var errCancelled = errors.New("the certificate was cancelled")

// PrintCertificate renders the document of a certificate and reads it back.
func (r *Records) PrintCertificate(ctx context.Context, req contract.PrintCertificateRequest) (contract.StepReply, error) {
	press := issuing.Press{Keys: r.Keys, Printer: r.Printer}
	return r.complete(ctx, req.CertificateStep, req.Key(), func(tx *store.Tx, at time.Time) error {
		return press.Print(tx, req.CertificateID, at)
	})
}

// HoldCertificate opens the incident of a certificate that cannot be completed, for a cause that no other step tells of.
func (r *Records) HoldCertificate(ctx context.Context, req contract.HoldCertificateRequest) (contract.StepReply, error) {
	return r.complete(ctx, req.CertificateStep, req.Key(), func(*store.Tx, time.Time) error {
		return &issuing.ObstacleError{Cause: req.Cause}
	})
}

// PublishCertificate makes a certificate valid whose document is signed, and the one that it takes the place of superseded.
// From then on everybody can check it; its issuer is told, and what the case's stage was for is there.
func (r *Records) PublishCertificate(ctx context.Context, req contract.PublishCertificateRequest) (contract.StepReply, error) {
	if req.CaseID == "" {
		return contract.StepReply{}, r.publishAlone(ctx, req.CertificateID)
	}
	return once(ctx, r, req.CaseID, req.Key(), func(f *file) (reply contract.StepReply, err error) {
		c, err := f.tx.Certificate(req.CertificateID)
		if err != nil {
			return reply, err
		}
		if c.Status == store.CertificatePrepared {
			if reply.Undermined, err = f.undermined(c.Kind); err != nil || reply.Undermined {
				return reply, err
			}
			if reply.Suspected, err = f.suspected(c.Kind); err != nil || reply.Suspected {
				return reply, err
			}
		}
		c, fresh, err := issuing.Publish(f.tx, c.ID, f.Now())
		if err == nil && c.Status == store.CertificateCancelled {
			err = errCancelled
		}
		if err != nil || !fresh {
			return reply, err
		}
		stage, _ := stageOf(c.Kind)
		return reply, f.issued(stage, c)
	})
}

// publishAlone publishes a certificate that no case waits for. If it is of a case all the same, the case's timeline says so.
func (r *Records) publishAlone(ctx context.Context, id string) error {
	return r.Store.Tx(ctx, func(tx *store.Tx) error {
		c, err := tx.Certificate(id)
		if err != nil {
			return err
		}
		var f *store.CaseFile
		if c.CaseID != nil {
			if f, err = tx.OpenCase(*c.CaseID); err != nil { // before the certificate, as steps of the case do
				return err
			}
		}
		at := time.Now().UTC()
		c, fresh, err := issuing.Publish(tx, id, at)
		if err != nil {
			return err
		}
		for _, cause := range contract.CompletionCauses() {
			if _, err := tx.CloseFindings(cause, &id, "", store.ClosedByVanishing, at); err != nil {
				return err
			}
		}
		if f == nil || !fresh {
			return nil
		}
		stage, _ := stageOf(c.Kind)
		f.Note(stage, "certificate_issued", store.ActorInstitution(c.Issuer), said(c))
		return f.Save()
	})
}

// complete does a step of a certificate, as a step of the case that waits for it, or of none. What cannot go on is an
// incident: it holds the case up, or is of the certificate alone.
func (r *Records) complete(
	ctx context.Context, of contract.CertificateStep, key string, do func(*store.Tx, time.Time) error,
) (reply contract.StepReply, err error) {
	if of.CaseID != "" {
		return once(ctx, r, of.CaseID, key, func(f *file) (contract.StepReply, error) {
			err := do(f.tx, f.Now())
			obstacle, is := errors.AsType[*issuing.ObstacleError](err)
			if !is {
				return contract.StepReply{}, err
			}
			c, err := f.tx.Certificate(of.CertificateID)
			if err != nil {
				return contract.StepReply{}, err
			}
			stage, _ := stageOf(c.Kind)
			return f.held(stage, c.Issuer, &c.ID, obstacle)
		})
	}
	err = r.Store.Tx(ctx, func(tx *store.Tx) error {
		at := time.Now().UTC()
		err := do(tx, at)
		if obstacle, is := errors.AsType[*issuing.ObstacleError](err); is {
			reply.Incident, err = heldAlone(tx, of.CertificateID, obstacle, at)
		}
		return err
	})
	return reply, err
}

// heldAlone opens the incident of a certificate that no case waits for.
func heldAlone(tx *store.Tx, id string, obstacle *issuing.ObstacleError, at time.Time) (*contract.Incident, error) {
	c, err := tx.Certificate(id)
	if err != nil {
		return nil, err
	}
	about := store.Incident{
		Cause: obstacle.Cause, InstitutionID: &c.Issuer, CertificateID: &c.ID, Params: obstacle.Params,
	}
	if c.CaseID != nil {
		about.CaseID = *c.CaseID
	}
	incident, _, err := tx.OpenFinding(about, at)
	return &contract.Incident{ID: incident, Cause: obstacle.Cause}, err
}

// prepared is the certificate of a kind that the case is being issued; nil when there is none.
func (f *file) prepared(kind string) (*store.Certificate, error) {
	all, err := f.tx.Certificates(f.ID)
	if err != nil {
		return nil, err
	}
	for i, c := range all {
		if c.Kind == kind && c.Status == store.CertificatePrepared && c.Supersedes == nil {
			return &all[i], nil
		}
	}
	return nil, nil //nolint:nilnil // there is none, and nothing went wrong
}

// certified is the last certificate of a kind that was issued in the case, or of any kind when none is named; nil when none
// was.
func (f *file) certified(kind string) (*store.Certificate, error) {
	all, err := f.tx.Certificates(f.ID)
	if err != nil {
		return nil, err
	}
	var last *store.Certificate
	for i, c := range all {
		if c.IssuedAt != nil && (kind == "" || c.Kind == kind) {
			last = &all[i]
		}
	}
	return last, nil
}
