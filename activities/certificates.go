package activities

import (
	"context"
	"errors"
	"fmt"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/issuing"
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/petition"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// stageOf is the stage in which a case is issued a certificate, and the task whose mark earns it.
func stageOf(kind string) (stage progress.Stage, markedBy string) {
	if kind == contract.GradeCertificate {
		return progress.Certificate, contract.PracticalTask
	}
	return progress.Exam, contract.ExamTask
}

// IssueCertificate begins a certificate: the training certificate of the training body (三（一）, annex 4) or the grade
// certificate of the evaluation body (三（二）, annex 5), which is never the training body: the record holds no case in which it
// is. The issuer must be on the published list on the day, unless the city bureau releases it. One that the institution reported holds at
// once, with the institution's own number; any other takes the next number of the issuer's sequence, and is printed, signed
// and published by the steps that follow.
func (r *Records) IssueCertificate(
	ctx context.Context, req contract.IssueCertificateRequest,
) (contract.IssueCertificateReply, error) {
	return once(ctx, r, req.CaseID, req.Key(), func(f *file) (reply contract.IssueCertificateReply, err error) {
		stage, markedBy := stageOf(req.Kind)
		if err := f.Move(stage, progress.Active, nil, nil); err != nil {
			return reply, err
		}
		if reply.Undermined, err = f.undermined(req.Kind); err != nil || reply.Undermined {
			return reply, err
		}
		if begun, err := f.prepared(req.Kind); err != nil || begun != nil {
			if begun != nil {
				reply.CertificateID = begun.ID
			}
			return reply, err
		}
		mark, on, err := f.reported(markedBy)
		if err != nil {
			return reply, err
		}
		if reply.Reviewable, err = r.reviewable(f, req, mark); err != nil || reply.Reviewable != nil {
			return reply, err
		}
		issuer, role := f.bodyOf(stage)
		listed, err := f.tx.Listed(issuer, f.Occupation, f.Level, role, on)
		if err != nil {
			return reply, err
		}
		if !listed && !req.Overrides.Has(contract.IssuerNotListed) {
			reply.StepReply, err = f.stuck(stage, contract.IssuerNotListed, store.Incident{InstitutionID: &issuer})
			return reply, err
		}
		if reply.Incident, err = f.unverified(stage); err != nil || reply.Incident != nil {
			return reply, err
		}
		if mark.CertificateNumber == "" {
			return r.prepare(f, stage, req.Kind, issuer)
		}
		taken, err := f.tx.NumberTaken(issuer, mark.CertificateNumber)
		switch {
		case err != nil:
			return reply, err
		case !taken:
			return reply, r.report(f, stage, req.Kind, issuer, on, mark)
		case req.Overrides.Has(contract.CertificateNumberTaken): // an operator has another issued through us
			return r.prepare(f, stage, req.Kind, issuer)
		}
		reply.StepReply, err = f.stuck(stage, contract.CertificateNumberTaken, store.Incident{InstitutionID: &issuer})
		return reply, err
	})
}

// unverified opens an incident when a register, or people, could not say that the person is who a certificate would name. That is
// no refusal: it goes on once people have seen the document. Who was never asked about is taken at their word. The trainee is
// to show it; then it waits for those who were asked to look.
func (f *file) unverified(stage progress.Stage) (*contract.Incident, error) {
	check, err := f.tx.LastIdentityCheck(f.PersonID)
	if err != nil || !check.Unverified() {
		return nil, err
	}
	incident, err := f.OpenIncident(stage, contract.IdentityUnverified, store.Incident{})
	if err != nil {
		return nil, err
	}
	asked, err := f.tx.Petitions(store.PetitionFilter{PersonID: f.PersonID, Kind: store.PetitionCheck, Open: true, Limit: 1})
	if err == nil && len(asked) > 0 {
		err = f.Awaits(*institutionParty(asked[0].InstitutionID), contract.IdentityUnverified)
	}
	return incident, err
}

// undermined says that the hours which a training certificate stands on do not suffice.
func (f *file) undermined(kind string) (bool, error) {
	if kind != contract.TrainingCertificate {
		return false, nil
	}
	_, gate, err := f.trainingGate()
	return gate.Outcome != policy.Met, err
}

// reviewable has a grade certificate wait until the marks that earn it are final: until they can be reviewed no more, or until what
// was asked about them is answered. Nothing becomes overdue meanwhile; a review has deadlines of its own. One that the institution
// issued itself is there.
func (r *Records) reviewable(f *file, req contract.IssueCertificateRequest, mark contract.MarkResult) (*contract.Reviewable, error) {
	if req.Kind != contract.GradeCertificate || mark.CertificateNumber != "" {
		return nil, nil //nolint:nilnil // nobody reviews the mark of an exam
	}
	final, err := petition.Desk{Keys: r.Keys, Calendar: r.Calendar}.Final(f.tx, f.Case, f.rules, f.today)
	switch {
	case err != nil || final == nil:
		return nil, err
	case final.Asked != nil:
		party := &progress.Party{Kind: progress.ByOperator}
		if final.Asked.HandledBy == store.HandledByInstitution {
			party = institutionParty(final.Asked.InstitutionID)
		}
		return &contract.Reviewable{}, f.Move(progress.Certificate, progress.Waiting, party, nil)
	}
	if req.Waits == 0 {
		f.Note(progress.Certificate, "certificate_waiting", store.ActorSystem, map[string]any{"until": final.From.String()})
	}
	until := f.cal.Wall(final.From)
	return &contract.Reviewable{Until: &until},
		f.Move(progress.Certificate, progress.Waiting, &progress.Party{Kind: progress.ByCalendar}, &until)
}

// reported is the certificate that an institution reported with the mark that earns it, if it issued one itself, and the day
// on which it, or ours, is issued.
func (f *file) reported(markedBy string) (mark contract.MarkResult, on calendar.Date, err error) {
	bodies, err := f.tx.ResultsOf(f.ID, markedBy)
	if err == nil && len(bodies) > 0 {
		mark, err = contract.Decode[contract.MarkResult](bodies[len(bodies)-1])
	}
	if err != nil {
		return mark, on, fmt.Errorf("read a mark: %w", err)
	}
	if mark.CertificateNumber != "" && !mark.CertificateIssuedOn.IsZero() {
		return mark, mark.CertificateIssuedOn, nil
	}
	return mark, f.today, nil
}

// report takes a certificate into the record that the institution issued itself.
func (r *Records) report(f *file, stage progress.Stage, kind, issuer string, on calendar.Date, mark contract.MarkResult) error {
	order, err := f.order(kind, issuer, on)
	if err != nil {
		return err
	}
	order.Facts.Number = mark.CertificateNumber
	if mark.CertificateFile != "" {
		order.EvidenceID = &mark.CertificateFile
	}
	c, err := r.desk().Report(f.tx, order)
	if err != nil {
		return err
	}
	return f.issued(stage, c)
}

// prepare begins a certificate that is issued through us.
func (r *Records) prepare(f *file, stage progress.Stage, kind, issuer string) (reply contract.IssueCertificateReply, err error) {
	order, err := f.order(kind, issuer, f.today)
	if err != nil {
		return reply, err
	}
	c, err := r.desk().Prepare(f.tx, order)
	if obstacle, is := errors.AsType[*issuing.ObstacleError](err); is {
		reply.StepReply, err = f.held(stage, issuer, nil, obstacle)
		return reply, err
	}
	if err != nil {
		return reply, err
	}
	f.Note(stage, "certificate_prepared", store.ActorInstitution(c.Issuer), said(c))
	reply.CertificateID = c.ID
	return reply, nil
}

// issued notes that a certificate holds, and that the stage has what it was for.
func (f *file) issued(stage progress.Stage, c store.Certificate) error {
	f.Note(stage, "certificate_issued", store.ActorInstitution(c.Issuer), said(c))
	return f.Move(stage, progress.Done, nil, nil)
}

// said is what the timeline says of a certificate.
func said(c store.Certificate) map[string]any {
	return map[string]any{"certificate": c.Kind, "issuer": c.Issuer, "number": c.Number}
}

// held opens the incident of a certificate that cannot be completed.
func (f *file) held(
	stage progress.Stage, issuer string, certificateID *string, obstacle *issuing.ObstacleError,
) (contract.StepReply, error) {
	return f.stuck(stage, obstacle.Cause, store.Incident{
		InstitutionID: &issuer, CertificateID: certificateID, Params: obstacle.Params,
	})
}

func (r *Records) desk() issuing.Desk { return issuing.Desk{Keys: r.Keys, Printing: r.Printing} }

// order is the certificate that the case has earned, as it would be issued on a day.
func (f *file) order(kind, issuer string, on calendar.Date) (issuing.Order, error) {
	facts, err := f.facts(kind, issuer, on)
	return issuing.Order{
		CaseID: &f.ID, PersonID: f.PersonID, Facts: facts, PolicyVersion: f.PolicyVersion,
		Actor: store.ActorSystem, Reason: kind, At: f.Now(),
	}, err
}

func (f *file) facts(kind, issuer string, on calendar.Date) (certificate.Facts, error) {
	issuerName, err := f.tx.InstitutionNameOn(issuer, on)
	if err != nil {
		return certificate.Facts{}, err
	}
	occupation, _ := f.rules.Occupation(f.Occupation)
	level, _ := f.rules.Level(f.Level)
	facts := certificate.Facts{
		Kind: kind, IssuerID: issuer, IssuerName: issuerName,
		Occupation: occupation.Title, Direction: certificate.NoDirection, Level: level.Name,
		IssuedOn: on, Demonstration: f.rules.Demonstration(),
	}
	for _, d := range occupation.Directions {
		if d.Code == f.Direction {
			facts.Direction = d.Name
		}
	}
	if kind != contract.TrainingCertificate {
		return facts, nil
	}
	entries, err := f.tx.Hours(f.ID)
	if err != nil || len(entries) == 0 {
		return facts, err
	}
	facts.From, facts.To = entries[0].Date, entries[len(entries)-1].Date
	facts.Hours = hours.Rule(f.rules).Hours(ledger.Total(entries)).String()
	return facts, nil
}
