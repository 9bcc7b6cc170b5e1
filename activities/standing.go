package activities

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// ReviewCertificates lets a case follow what became of its certificates. It asks the record afresh how each stands, so that
// changes may come late, twice or in any order:
//
//   - the grade certificate is revoked: the title is withdrawn, and the case ends with what is left;
//   - the training certificate is revoked, under an evaluation or a grade certificate: the case is stuck until an operator
//     has heard the evaluation body;
//   - a certificate is suspended that something stands on: that is held, and nothing is taken back;
//   - a mark was corrected: who passes by it goes on to the certificate, and who no longer does sits again;
//   - there is misconduct at the evaluation to be decided: the evaluation is held, and sat again if it was voided;
//   - somebody sat provisionally: the evaluation is held, and sat again if it was not the trainee;
//   - both hold: what was held goes on.
//
// CE hours follow in any case: see [hours.SettleCE].
func (r *Records) ReviewCertificates(
	ctx context.Context, req contract.ReviewCertificatesRequest,
) (contract.ReviewCertificatesReply, error) {
	return once(ctx, r, req.CaseID, req.Key(), func(f *file) (contract.ReviewCertificatesReply, error) {
		var reply contract.ReviewCertificatesReply
		v, err := f.follow(req)
		if err != nil {
			return reply, err
		}
		suspected, err := f.tx.UndecidedMisconduct(f.ID)
		if errors.Is(err, store.ErrNotFound) {
			reply.Again, err = v.acquit()
		}
		if err != nil || reply.Again != nil {
			return reply, err
		}
		doubted, err := f.tx.UndecidedDoorCheck(f.ID)
		if errors.Is(err, store.ErrNotFound) {
			reply.Again, err = v.identified()
		}
		if err == nil && reply.Again == nil {
			err = v.rescored(&reply, req.Key())
		}
		if err != nil || reply.Again != nil {
			return reply, err
		}
		if stuck, err := v.stuckOtherwise(); err != nil || stuck {
			return reply, err
		}
		switch {
		case v.grade.revoked() && f.State(progress.Certificate) == progress.Done:
			return v.unmap()
		case v.training.revoked() && !v.accepted && f.State(progress.Exam) != progress.Failed:
			return v.unfound()
		case suspected.ID != "" && (v.had == "" || v.grade.holds()):
			return v.suspect(suspected)
		case doubted.ID != "" && v.had == "":
			return v.doubt(doubted)
		case v.grade.is(store.CertificateSuspended) && v.titled():
			return v.hold(progress.Title, v.grade)
		case v.training.is(store.CertificateSuspended) && v.evaluated():
			return v.hold(progress.Exam, v.training)
		}
		return v.release()
	})
}

// standing is how a case stands on its certificates of one kind: on the one that holds, or is the last to have held.
type standing struct{ *store.Certificate }

func (s standing) is(status string) bool { return s.Certificate != nil && s.Status == status }
func (s standing) revoked() bool         { return s.is(store.CertificateRevoked) }
func (s standing) holds() bool {
	return s.is(store.CertificateValid) || s.is(store.CertificateSuspended)
}

// standing is how the case stands on its certificates of a kind.
func (f *file) standing(kind string) (standing, error) {
	var last standing
	certificates, err := f.tx.Certificates(f.ID)
	for i, c := range certificates {
		held := c.IssuedAt != nil && c.Status != store.CertificateSuperseded
		if c.Kind == kind && held && !last.holds() {
			last.Certificate = &certificates[i]
		}
	}
	return last, err
}

// verdict is a case that follows its certificates.
type verdict struct {
	*file

	training, grade standing
	accepted        bool             // an operator lets the case stand without its training certificate
	had             progress.Outcome // how the case had ended; empty for one that is open
	held            progress.Stage   // what was held until now; empty for nothing
}

// follow reads how the case stands, writes what became of the certificate that it was told of, and lets its CE hours follow.
func (f *file) follow(req contract.ReviewCertificatesRequest) (*verdict, error) {
	v := &verdict{file: f}
	if f.Outcome != nil {
		v.had = *f.Outcome
	}
	var err error
	if v.training, err = f.standing(contract.TrainingCertificate); err != nil {
		return nil, err
	}
	if v.grade, err = f.standing(contract.GradeCertificate); err != nil {
		return nil, err
	}
	if v.training.revoked() {
		v.accepted, err = f.tx.Overridden(contract.TrainingCertificateRevoked, v.training.ID)
		if err != nil {
			return nil, err
		}
	}
	if err := v.heldUntilNow(); err != nil {
		return nil, err
	}
	if err := v.suspectedUntilNow(); err != nil {
		return nil, err
	}
	if req.Try == 1 {
		if err := v.note(req.Change); err != nil {
			return nil, err
		}
	}
	if f.State(progress.CEHours) == progress.Done {
		err = f.followHours("certificate_revoked")
	}
	return v, err
}

// heldUntilNow finds the stage that an earlier review held. An incident that nobody resolved is over: all is asked afresh.
func (v *verdict) heldUntilNow() error {
	last, err := v.tx.LastIncident(v.ID, contract.TrainingCertificateRevoked, contract.CertificateSuspended)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if last.State != store.IncidentClosed {
		if err := v.CloseIncident(store.ClosedByArrival); err != nil {
			return err
		}
		if err := v.Move(last.Stage, progress.Active, nil, nil); err != nil {
			return err
		}
	}
	if v.State(last.Stage) == progress.Active {
		v.held = last.Stage
	}
	return nil
}

// What the timeline calls what became of a certificate.
var changeNotes = map[string]string{
	store.CertificateSuspended: "certificate_suspended", store.CertificateValid: "certificate_reinstated",
	store.CertificateRevoked: "certificate_revoked",
}

// note writes into the timeline what became of the certificate that the case was told of.
func (v *verdict) note(change string) error {
	if uuid.Validate(change) != nil {
		return nil // it was not told: a step came upon it, and word of it is on its way
	}
	item, err := v.tx.InboxItem(change)
	if err != nil || item.Kind != store.InboxCertificate {
		return err // who took the step wrote it
	}
	c, err := v.tx.Certificate(item.SubjectID)
	if err != nil {
		return err
	}
	changes, err := v.tx.CertificateChanges(c.ID)
	if err != nil {
		return err
	}
	for _, one := range slices.Backward(changes) {
		if kind, told := changeNotes[one.Status]; told && !one.At.After(item.CreatedAt) {
			stage, _ := stageOf(c.Kind)
			v.Note(stage, kind, store.ActorInstitution(c.Issuer), said(c))
			return nil
		}
	}
	return nil
}

// titled reports whether there is a title to hold: one that was mapped, or is being decided.
func (v *verdict) titled() bool {
	state := v.State(progress.Title)
	return state == progress.Done || state != progress.Pending && !state.Final()
}

// evaluated reports whether the case stands in its evaluation.
func (v *verdict) evaluated() bool {
	return v.had == "" && !v.grade.holds() && (v.State(progress.Exam) == progress.Done || v.held == progress.Exam)
}

// unmap takes back what the grade certificate had brought: its own stage and the title have failed. The decision that
// mapped the title stays, and another beside it withdraws it.
func (v *verdict) unmap() (reply contract.ReviewCertificatesReply, err error) {
	v.reopen(&reply)
	if err := v.withdrawTitle(); err != nil {
		return reply, err
	}
	reply.Ends = string(progress.Trained)
	failed := []progress.Stage{progress.Title, progress.Certificate}
	if !v.training.holds() {
		reply.Ends = string(progress.Untrained)
		failed = append(failed, progress.Exam)
	}
	return reply, v.fail(failed...)
}

// withdrawTitle writes that the title, if one was decided on, is withdrawn: a decision of its own, beside the older one.
func (v *verdict) withdrawTitle() error {
	last, err := v.tx.LastDecision(v.ID, policy.DecisionTitle)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	title, err := contract.Decode[policy.TitleDecision](last.Body)
	if err != nil {
		return fmt.Errorf("read a title decision: %w", err)
	}
	v.Note(progress.Title, "title_withdrawn", store.ActorSystem, nil)
	return v.decide(policy.DecisionTitleWithdrawal, string(policy.Withdrawn), map[string]string{"certificate": v.grade.ID},
		policy.Decision{Kind: policy.DecisionTitleWithdrawal, Outcome: policy.Withdrawn, Citation: title.Citation, AsOf: v.today})
}

// unfound is for a case whose training certificate is revoked. Where an evaluation or a grade certificate stands on it, the
// evaluation body is heard and an operator decides; else the case was never trained.
func (v *verdict) unfound() (reply contract.ReviewCertificatesReply, err error) {
	if v.had != "" && !v.grade.holds() {
		if v.had == progress.Trained {
			v.reopen(&reply)
			reply.Ends = string(progress.Untrained)
		}
		return reply, v.fail(progress.Exam)
	}
	if !v.grade.holds() {
		reply.GivenUp = string(progress.Untrained)
	}
	return v.stop(reply, progress.Exam, contract.TrainingCertificateRevoked, store.Incident{
		InstitutionID: &v.EvaluationBody, CertificateID: &v.training.ID,
	})
}

// hold keeps what stands on a suspended certificate as it is.
func (v *verdict) hold(stage progress.Stage, on standing) (contract.ReviewCertificatesReply, error) {
	return v.stop(contract.ReviewCertificatesReply{}, stage, contract.CertificateSuspended, store.Incident{
		InstitutionID: &on.Issuer, CertificateID: &on.ID,
	})
}

// stop opens an incident in a stage, and the case, if it had ended.
func (v *verdict) stop(
	reply contract.ReviewCertificatesReply, stage progress.Stage, cause contract.Cause, about store.Incident,
) (contract.ReviewCertificatesReply, error) {
	v.reopen(&reply)
	err := v.begin(stage)
	if err == nil {
		reply.Incident, err = v.OpenIncident(stage, cause, about)
	}
	return reply, err
}

// release lets go on what was held: the title that was mapped is as it was, and one that was not is decided again.
func (v *verdict) release() (reply contract.ReviewCertificatesReply, err error) {
	if v.held == progress.Title {
		decided, err := v.tx.LastDecision(v.ID, policy.DecisionTitle)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return reply, err
		}
		if decided.Outcome != string(policy.Met) {
			reply.Retitle = true
			return reply, nil
		}
	}
	if v.held == "" {
		return reply, nil
	}
	return reply, v.Move(v.held, progress.Done, nil, nil)
}

// reopen opens the case again, if it had ended, and says how it had.
func (v *verdict) reopen(reply *contract.ReviewCertificatesReply) {
	if v.had != "" {
		reply.Outcome = string(v.had)
		v.Revive()
	}
}

// fail ends stages without what they were for: what was done counts no longer. What was not begun is left alone.
func (v *verdict) fail(stages ...progress.Stage) error {
	for _, stage := range stages {
		state := v.State(stage)
		if state == progress.Pending || state == progress.Failed || state == progress.Skipped {
			continue
		}
		if err := v.begin(stage); err != nil {
			return err
		}
		if err := v.Move(stage, progress.Failed, nil, nil); err != nil {
			return err
		}
	}
	return nil
}
