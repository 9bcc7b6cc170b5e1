package activities

import (
	"context"
	"fmt"

	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/issuing"
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// IssueCertificate records a certificate: the training certificate of the training body (三（一）, annex 4) or the grade
// certificate of the evaluation body (三（二）, annex 5). Its issuer must be on the published list on the day, unless the
// city bureau releases it. The number is the institution's own when it reported one, else the next of its sequence.
func (r *Records) IssueCertificate(
	ctx context.Context, req contract.IssueCertificateRequest,
) (contract.StepReply, error) {
	return once(ctx, r, req.CaseID, req.Key(), func(f *file) (contract.StepReply, error) {
		stage, markedBy := progress.Exam, contract.ExamTask
		if req.Kind == contract.GradeCertificate {
			stage, markedBy = progress.Certificate, contract.PracticalTask
		}
		if err := f.Move(stage, progress.Active, nil, nil); err != nil {
			return contract.StepReply{}, err
		}
		if req.Kind == contract.TrainingCertificate {
			_, gate, err := f.trainingGate()
			if err != nil || gate.Outcome != policy.Met {
				return contract.StepReply{Undermined: err == nil}, err
			}
		}
		issuer, role := f.bodyOf(stage)
		listed, err := f.tx.Listed(issuer, f.Occupation, f.Level, role, f.today)
		if err != nil {
			return contract.StepReply{}, err
		}
		if !listed && !req.Released {
			return f.stuck(stage, contract.IssuerNotListed, store.Incident{InstitutionID: &issuer})
		}
		number, origin, err := f.number(req, issuer, markedBy)
		if err != nil {
			return contract.StepReply{}, err
		}
		if number == "" {
			return f.stuck(stage, contract.CertificateNumberTaken, store.Incident{InstitutionID: &issuer})
		}
		if err := r.freeze(f, req.Kind, issuer, number, origin); err != nil {
			return contract.StepReply{}, err
		}
		f.Note(stage, "certificate_issued", store.ActorInstitution(issuer), map[string]any{
			"certificate": req.Kind, "issuer": issuer, "number": number,
		})
		return contract.StepReply{}, f.Move(stage, progress.Done, nil, nil)
	})
}

// number is the certificate's number and where it came from; empty when the number the institution reported is taken
// and no operator has let us give one in its place.
func (f *file) number(
	req contract.IssueCertificateRequest, issuer, markedBy string,
) (number, origin string, err error) {
	bodies, err := f.tx.ResultsOf(f.ID, markedBy)
	if err != nil {
		return "", "", err
	}
	if len(bodies) > 0 {
		mark, err := contract.Decode[contract.MarkResult](bodies[len(bodies)-1])
		if err != nil {
			return "", "", fmt.Errorf("read a mark: %w", err)
		}
		if mark.CertificateNumber != "" {
			taken, err := f.tx.NumberTaken(issuer, mark.CertificateNumber)
			switch {
			case err != nil:
				return "", "", err
			case !taken:
				return mark.CertificateNumber, store.CertificateReported, nil
			case !req.Released:
				return "", "", nil
			}
		}
	}
	number, err = issuing.Number(f.tx, issuer, req.Kind, f.today)
	return number, store.CertificateIssued, err
}

// freeze writes the certificate's record: every printed fact as it is today.
func (r *Records) freeze(f *file, kind, issuer, number, origin string) error {
	facts, err := f.facts(kind, issuer, number)
	if err != nil {
		return err
	}
	_, err = issuing.Issue(f.tx, r.Keys, issuing.Order{
		CaseID: &f.ID, PersonID: f.PersonID, Facts: facts, Origin: origin, PolicyVersion: f.PolicyVersion,
		Actor: store.ActorSystem, Reason: kind, At: f.Now(),
	})
	return err
}

func (f *file) facts(kind, issuer, number string) (certificate.Facts, error) {
	issuerName, err := f.tx.InstitutionNameOn(issuer, f.today)
	if err != nil {
		return certificate.Facts{}, err
	}
	occupation, _ := f.rules.Occupation(f.Occupation)
	level, _ := f.rules.Level(f.Level)
	facts := certificate.Facts{
		Kind: kind, Number: number, IssuerID: issuer, IssuerName: issuerName,
		Occupation: occupation.Title, Direction: certificate.NoDirection, Level: level.Name,
		IssuedOn: f.today, Demonstration: f.rules.Demonstration(),
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
