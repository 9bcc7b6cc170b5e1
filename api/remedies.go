package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/people"
	"github.com/dengpan/dengpan/remedy"
	"github.com/dengpan/dengpan/store"
)

// remedyBodies read what is sent about certificates that are wrong.
type remedyBodies struct {
	correction body[certificateCorrectionBody]
	measure    body[measureBody]
	decision   body[certificateDecisionBody]
	sweep      body[sweepBody]
}

// registerRemedies adds the operations that mend certificates: asked for by one person, decided by another.
func (s *service) registerRemedies(api huma.API) {
	const tag = "certificates"
	schemas := api.OpenAPI().Components.Schemas
	s.remedies = remedyBodies{
		correction: bodyFor[certificateCorrectionBody](schemas), measure: bodyFor[measureBody](schemas),
		decision: bodyFor[certificateDecisionBody](schemas),
	}
	read(api, "GET /v1/certificates/{id}", tag, "A certificate, what became of it, and what stands on it", s.getCertificate)
	sent(api, "POST /v1/certificates/{id}/corrections", tag, "Ask for a name, number or photo to be corrected", s.remedies.correction.schema,
		http.StatusCreated, s.askCorrection)
	for measure, op := range map[certificate.Measure]struct{ path, summary string }{
		certificate.Suspension:    {"suspensions", "Ask for a certificate to be suspended"},
		certificate.Reinstatement: {"reinstatements", "Ask for a suspended certificate to hold again"},
		certificate.Revocation:    {"revocations", "Ask for a certificate to be revoked"},
	} {
		sent(api, "POST /v1/certificates/{id}/"+op.path, tag, op.summary, s.remedies.measure.schema, http.StatusCreated, s.askMeasure(measure))
	}
	read(api, "GET /v1/certificate-requests", tag, "What was asked for about certificates", s.listCertificateRequests)
	read(api, "GET /v1/certificate-requests/{id}", tag, "A request, and what it wants printed", s.getCertificateRequest)
	sent(api, "POST /v1/certificate-requests/{id}/decision", tag, "Approve or refuse what somebody else asked for", s.remedies.decision.schema,
		http.StatusOK, s.decideCertificateRequest)
	op := operation("POST /v1/certificate-requests/{id}/withdrawal", tag, "Take back what one asked for")
	op.Errors = append(op.Errors, http.StatusConflict)
	huma.Register(api, op, s.withdrawCertificateRequest)
	s.registerRevocations(api)
}

// certificateCorrectionBody says what is to be printed instead. What is left out stays.
type certificateCorrectionBody struct {
	ReasonClass string `json:"reason_class" enum:"misprint,legal_change,photo_outdated"`
	Reason      string `json:"reason" minLength:"1" maxLength:"500"`
	Evidence    string `json:"evidence,omitempty" maxLength:"500" doc:"What it rests on. Needed unless only the photo changes."`
	Name        string `json:"name,omitempty" maxLength:"200"`
	IDNumber    string `json:"id_number,omitempty" maxLength:"64" doc:"Of the document that the certificate is made out on."`
	Photo       bool   `json:"photo,omitempty" doc:"Print the photo that the holder has on record now."`
	PersonToo   bool   `json:"person_too,omitempty" doc:"The person's record is wrong as well, and is corrected with it."`
	Petition    string `json:"petition,omitempty" format:"uuid" doc:"The trainee's request for it that was agreed to, and is carried out by this; it corrects the person's record too."`
}

// measureBody is what a measure is asked for with.
type measureBody struct {
	ReasonClass string `json:"reason_class" enum:"under_investigation,result_disputed,cleared,settled,false_material,undeserved,exam_misconduct,issued_in_error,holder_request" doc:"Shown to whoever checks the certificate."`
	Reason      string `json:"reason" minLength:"1" maxLength:"500" doc:"Kept; shown to the issuer and to operators."`
	Evidence    string `json:"evidence,omitempty" maxLength:"500"`
}

// certificateDecisionBody is a decision on a request, and on which version of its certificate.
type certificateDecisionBody struct {
	Decision string    `json:"decision" enum:"approve,refuse"`
	Reason   string    `json:"reason" minLength:"1" maxLength:"500"`
	Version  time.Time `json:"version" doc:"The version of the request, as it was shown. A certificate that has changed since is not decided on."`
}

func (s *service) mending() remedy.Desk {
	return remedy.Desk{Keys: s.Keys, Calendar: s.Calendar, Printing: s.Printing}
}

// moment is now, as precisely as the record keeps it: what is answered is what is read later.
func (s *service) moment() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

// askMeasure asks for a measure that takes a certificate away, or gives it back.
func (s *service) askMeasure(m certificate.Measure) func(context.Context, *idBodyInput) (*certificateRequestOutput, error) {
	return func(ctx context.Context, in *idBodyInput) (*certificateRequestOutput, error) {
		body, found, err := s.remedies.measure.read(in.RawBody)
		if err != nil {
			return nil, err
		}
		asking := remedy.Asking{
			CertificateID: in.ID, Measure: m, ReasonClass: body.ReasonClass, Reason: reasonIn(found, body.Reason),
			Evidence: strings.TrimSpace(body.Evidence),
		}
		if len(found.list) == 0 && !m.Serves(body.ReasonClass) {
			found.add("reason_class", fieldUnknownValue)
		}
		if err := found.err(); err != nil {
			return nil, err
		}
		return s.askRemedy(ctx, &asking, "", nil)
	}
}

// askCorrection asks for another certificate in the place of one that says something wrong.
func (s *service) askCorrection(ctx context.Context, in *idBodyInput) (*certificateRequestOutput, error) {
	body, found, err := s.remedies.correction.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	asking := remedy.Asking{
		CertificateID: in.ID, Measure: certificate.Correction, ReasonClass: body.ReasonClass, Reason: reasonIn(found, body.Reason),
		Evidence: strings.TrimSpace(body.Evidence), PersonToo: body.PersonToo,
	}
	worded := body.Name != "" || body.IDNumber != ""
	switch {
	case !worded && !body.Photo:
		found.add(whole, fieldRequired)
	case worded && asking.Evidence == "":
		found.add("evidence", fieldRequired)
	case body.Petition != "" && !body.PersonToo:
		found.add("person_too", fieldRequired)
	case !worded && body.PersonToo:
		found.add("person_too", fieldConflict)
	}
	if body.Name != "" {
		asking.Proposal.Name, err = identity.ParseName(body.Name)
		if fault, wrong := errors.AsType[identity.Fault](err); wrong {
			found.add("name", string(fault))
		}
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	return s.askRemedy(ctx, &asking, body.Petition, func(tx *store.Tx) error { return s.propose(tx, body, &asking) })
}

// propose fills in what depends on whose certificate it is: the number of the document it is made out on, and their photo.
func (s *service) propose(tx *store.Tx, body certificateCorrectionBody, a *remedy.Asking) error {
	c, err := tx.Certificate(a.CertificateID)
	if err != nil {
		return err
	}
	if body.IDNumber != "" {
		holder, err := s.holder(c)
		if err != nil {
			return err
		}
		document, err := identity.ParseDocumentOn(people.DocumentType(holder.IDType), body.IDNumber, calendar.Real().Today(s.Now()))
		if fault, wrong := errors.AsType[identity.Fault](err); wrong {
			return problem(validationFailed, FieldError{Field: "id_number", Code: string(fault)})
		}
		a.Proposal.IDNumber = document.Number()
	}
	if !body.Photo {
		return nil
	}
	person, err := tx.HolderOf(c)
	if err != nil {
		return err
	}
	kept, err := tx.Photo(person)
	if errors.Is(err, store.ErrNotFound) {
		return problem(validationFailed, FieldError{Field: "photo", Code: fieldNoPhoto})
	}
	if err == nil {
		a.Proposal.Photo, err = s.Keys.Open(kept.ImageSealed, store.PhotoSeal(kept.PersonID))
	}
	return err
}

// refusedRemedy is the problem that a refusal makes.
func refusedRemedy(err error) error {
	return problemOf(err, map[error]string{
		remedy.ErrChanged: certificateChanged, remedy.ErrStatus: certificateStatus, remedy.ErrOpen: requestIsOpen,
		remedy.ErrDecided: requestDecided, remedy.ErrSame: secondPersonNeeded, remedy.ErrNotAsker: notTheRequester,
		remedy.ErrReplacing: certificateReplacing, remedy.ErrNothing: nothingToRevoke,
		remedy.ErrTaken: personClaimed,
	})
}
