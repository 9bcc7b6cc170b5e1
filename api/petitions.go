package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/authority"
	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/petition"
	"github.com/dengpan/dengpan/store"
)

// petitionBodies read what is sent about petitions.
type petitionBodies struct {
	review       body[scoreReviewBody]
	complaint    body[complaintBody]
	request      body[traineeRequestBody]
	appeal       body[appealBody]
	answer       body[petitionAnswerBody]
	confirmation body[petitionConfirmationBody]
	statement    body[petitionStatementBody]
	pause        body[reasonBody]
	record       body[recordBody]
}

// registerPetitions adds what trainees ask for, and how it is answered.
func (s *service) registerPetitions(api huma.API) {
	const tag = "petitions"
	schemas := api.OpenAPI().Components.Schemas
	s.petitions = petitionBodies{
		review: bodyFor[scoreReviewBody](schemas), complaint: bodyFor[complaintBody](schemas), request: bodyFor[traineeRequestBody](schemas),
		appeal: bodyFor[appealBody](schemas), answer: bodyFor[petitionAnswerBody](schemas),
		confirmation: bodyFor[petitionConfirmationBody](schemas), statement: bodyFor[petitionStatementBody](schemas),
		pause: bodyFor[reasonBody](schemas), record: bodyFor[recordBody](schemas),
	}
	read(api, "GET /v1/cases/{id}/score-reviews", tag, "The marks of a case's evaluation, and until when each may be reviewed", s.reviewableMarks)
	sent(api, "POST /v1/cases/{id}/score-reviews", tag, "Ask for a mark to be reviewed", s.petitions.review.schema, http.StatusCreated, s.askReview)
	sent(api, "POST /v1/cases/{id}/requests", tag, "Ask the bureau for something about a case", s.petitions.request.schema,
		http.StatusCreated, s.askBureau)
	sent(api, "POST /v1/complaints", tag, "Complain about an institution", s.petitions.complaint.schema, http.StatusCreated, s.complain)
	read(api, "GET /v1/petitions", tag, "What was asked for, and how far each is", s.listPetitions)
	read(api, "GET /v1/petition-rules", tag, "What may be asked for, who answers it, and by when", s.petitionRules)
	read(api, "GET /v1/petitions/{id}", tag, "What was asked, stated and answered", s.getPetition)
	sent(api, "POST /v1/petitions/{id}/appeal", tag, "Appeal against the answer to a review", s.petitions.appeal.schema,
		http.StatusCreated, s.appeal)
	bare(api, "POST /v1/petitions/{id}/withdrawal", tag, "Take back what nobody has answered", s.withdrawPetition)
	sent(api, "POST /v1/petitions/{id}/answer", tag, "Answer, or propose the answer where a second person confirms it",
		s.petitions.answer.schema, http.StatusOK, s.answerPetition)
	sent(api, "POST /v1/petitions/{id}/confirmation", tag, "Confirm, as the second person, the answer that a colleague proposed; or not",
		s.petitions.confirmation.schema, http.StatusOK, s.confirmPetition)
	bare(api, "POST /v1/petitions/{id}/hearing", tag, "Ask the institution for its statement", s.hearPetition)
	sent(api, "POST /v1/petitions/{id}/pause", tag, "Hold the case of a complaint until it is answered", s.petitions.pause.schema,
		http.StatusOK, s.pauseForPetition)
	sent(api, "POST /v1/petitions/{id}/statement", tag, "Make the institution's statement", s.petitions.statement.schema,
		http.StatusOK, s.statePetition)
	sent(api, "POST /v1/petitions/{id}/record-correction", tag, "Correct the record of somebody without certificates, as was agreed to",
		s.petitions.record.schema, http.StatusOK, s.correctRecord)
}

// scoreReviewBody asks for the review of one mark.
type scoreReviewBody struct {
	Part    string `json:"part" enum:"theory,practical"`
	Attempt int    `json:"attempt" minimum:"1"`
	Text    string `json:"text" minLength:"1" maxLength:"4000" doc:"What is to be looked at. Kept sealed."`
}

type complaintBody struct {
	Institution string `json:"institution" minLength:"1" maxLength:"64"`
	CaseID      string `json:"case_id,omitempty" format:"uuid" doc:"The case that it is about, if it is about one; then the institution is one of its."`
	Topic       string `json:"topic" enum:"teaching,conduct,fees,refund,evaluation,other"`
	Text        string `json:"text" minLength:"1" maxLength:"4000" doc:"What happened. Kept sealed."`
}

// traineeRequestBody asks for what only people can decide about a case.
type traineeRequestBody struct {
	Kind string `json:"kind" enum:"identity_correction,body_move,identity_check" doc:"identity_check: of the training body, that it sees the document of which the register could not say whose it is."`
	Text string `json:"text" minLength:"1" maxLength:"4000" doc:"What is asked, and why. Kept sealed."`
}

type appealBody struct {
	Text string `json:"text" minLength:"1" maxLength:"4000" doc:"Why the answer is not accepted. Kept sealed."`
}

type petitionAnswerBody struct {
	Outcome string   `json:"outcome" enum:"upheld,corrected,dismissed,again,founded,partly_founded,unfounded,agreed,refused,verified,not_same" doc:"One of its kind's."`
	Score   *float64 `json:"score,omitempty" minimum:"0" maximum:"100" doc:"That the mark is corrected to: the true one, in either direction."`
	Answer  string   `json:"answer" minLength:"1" maxLength:"2000" doc:"The trainee reads it."`
}

type petitionConfirmationBody struct {
	Agrees bool   `json:"agrees" doc:"False: the answer is to be proposed anew."`
	Reason string `json:"reason" minLength:"1" maxLength:"500"`
}

type petitionStatementBody struct {
	Statement string `json:"statement" minLength:"1" maxLength:"4000" doc:"Kept sealed."`
}

func (s *service) petitioning() petition.Desk {
	return petition.Desk{Keys: s.Keys, Calendar: s.Calendar, Remedies: s.mending()}
}

// lateView is how the days of something that was asked for too late were counted.
type lateView struct {
	From  calendar.Date `json:"from" doc:"From when the days run: when the mark was published, or the answer given."`
	Last  calendar.Date `json:"last" doc:"The last day on which it could be asked for."`
	Today calendar.Date `json:"today"`
}

// refusedPetition is the problem that a refusal makes.
func refusedPetition(err error) error {
	if late, is := errors.AsType[*petition.LateError](err); is {
		p := problem(petitionLate)
		p.Late = &lateView{From: late.From, Last: late.Last, Today: late.Today}
		return p
	}
	err = problemOf(err, map[error]string{
		petition.ErrAsked: petitionAsked, petition.ErrState: petitionStep, petition.ErrHeard: petitionStep, petition.ErrNotAnswer: petitionStep,
		petition.ErrNotHandler: petitionNotHandler, petition.ErrSame: otherPersonNeeded, petition.ErrMarker: petitionMarker,
	})
	for refusal, field := range map[error]FieldError{
		petition.ErrNoMark:   {Field: "part", Code: fieldUnknownValue},
		petition.ErrNotBody:  {Field: "institution", Code: fieldNoInstitution},
		petition.ErrNotTopic: {Field: "topic", Code: fieldUnknownValue},
		petition.ErrOutcome:  {Field: "outcome", Code: fieldConflict},
		petition.ErrNoChange: {Field: "score", Code: fieldConflict},

		petition.ErrNoDocument: {Field: "outcome", Code: fieldNoDocument},
		petition.ErrNotCarried: {Field: "petition", Code: fieldConflict},
	} {
		if errors.Is(err, refusal) {
			return problem(validationFailed, field)
		}
	}
	return err
}

type petitionOutput struct{ Body PetitionView }

// asks takes what a trainee asks for in a transaction, and writes it down.
func (s *service) asks(ctx context.Context, found *faults, ask func(*store.Tx, *request) (store.Petition, error)) (*petitionOutput, error) {
	if err := found.err(); err != nil {
		return nil, err
	}
	r, out := requestOf(ctx), &petitionOutput{}
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		p, err := ask(tx, r)
		if err != nil {
			return err
		}
		if err := s.auditPetition(tx, r, "ask", p, ""); err != nil {
			return err
		}
		if out.Body, err = s.onePetition(tx, r, p); err != nil {
			return err
		}
		return s.created(ctx, nil, out.Body)
	})
	if err != nil {
		return nil, refusedPetition(err)
	}
	return out, nil
}

// auditPetition writes a step; what was asked and stated is not repeated.
func (s *service) auditPetition(tx *store.Tx, r *request, step string, p store.Petition, reason string) error {
	subject := personSubject(p.PersonID)
	if p.CaseID != nil {
		subject = "case:" + *p.CaseID
	}
	after := map[string]any{"petition": p.ID, "kind": p.Kind, "state": p.State}
	if p.Outcome != "" {
		after["outcome"] = p.Outcome
	}
	if p.Score != nil {
		after["score"] = *p.Score
	}
	return s.audit(tx, r, "petition."+step, subject, reason, after)
}

// askBureau asks the bureau for what only a person can decide about a case.
func (s *service) askBureau(ctx context.Context, in *idBodyInput) (*petitionOutput, error) {
	body, found, err := s.petitions.request.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	text := textIn(found, "text", body.Text)
	return s.asks(ctx, found, func(tx *store.Tx, r *request) (store.Petition, error) {
		return s.petitioning().Request(tx, petition.Asking{Kind: body.Kind, CaseID: in.ID, Text: text, By: r.account.ID, At: s.moment()})
	})
}

// complain writes a complaint, of a case of the trainee's or of none.
func (s *service) complain(ctx context.Context, in *bodyInput) (*petitionOutput, error) {
	body, found, err := s.petitions.complaint.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	text := textIn(found, "text", body.Text)
	return s.asks(ctx, found, func(tx *store.Tx, r *request) (store.Petition, error) {
		if r.account.PersonID == nil {
			return store.Petition{}, problem(personUnknown)
		}
		if known, err := tx.InstitutionNames([]string{body.Institution}); err != nil || len(known) == 0 {
			return store.Petition{}, errors.Join(err, petition.ErrNotBody)
		}
		if body.CaseID != "" {
			owners, err := tx.Owners(authority.Case, body.CaseID)
			if errors.Is(err, store.ErrNotFound) || err == nil && !authority.Own.Reaches(r.account.Caller(), owners) {
				return store.Petition{}, problem(validationFailed, FieldError{Field: "case_id", Code: fieldUnknownValue})
			}
			if err != nil {
				return store.Petition{}, err
			}
		}
		return s.petitioning().Complain(tx, petition.Asking{
			PersonID: *r.account.PersonID, CaseID: body.CaseID, Institution: body.Institution, Topic: body.Topic, Text: text,
			By: r.account.ID, At: s.moment(),
		})
	})
}

// appeal asks the city's bureau to look at the answer to a review.
func (s *service) appeal(ctx context.Context, in *idBodyInput) (*petitionOutput, error) {
	body, found, err := s.petitions.appeal.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	text := textIn(found, "text", body.Text)
	return s.asks(ctx, found, func(tx *store.Tx, r *request) (store.Petition, error) {
		return s.petitioning().Appeal(tx, in.ID, text, r.account.ID, s.moment())
	})
}
