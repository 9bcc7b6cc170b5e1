package api

import (
	"cmp"
	"context"
	"errors"
	"net/http"

	"github.com/dengpan/dengpan/authority"
	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/people"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/registering"
	"github.com/dengpan/dengpan/store"
)

// registrationBody is a request to register a case.
type registrationBody struct {
	Name           string        `json:"name,omitempty" maxLength:"200" doc:"As on the identity document. Who has registered before leaves name and number out."`
	IDType         string        `json:"id_type,omitempty" enum:"resident_id,residence_permit,hong_kong_macao_permit,taiwan_permit,passport,permanent_resident_id" doc:"resident_id (居民身份证) unless it says otherwise."`
	IDNumber       string        `json:"id_number,omitempty" maxLength:"64" doc:"Of a resident identity card, 18 characters."`
	IDCountry      string        `json:"id_country,omitempty" maxLength:"3" doc:"Of a passport, and only of it: who issued it, by ISO 3166-1, three letters, as the passport prints it."`
	Occupation     string        `json:"occupation" maxLength:"64"`
	Direction      string        `json:"direction,omitempty" maxLength:"64" doc:"Empty when the occupation has no directions."`
	Level          string        `json:"level" maxLength:"64" doc:"junior, intermediate or senior."`
	TrainingBody   string        `json:"training_body" maxLength:"64" doc:"Id of an institution listed to train the occupation."`
	EvaluationBody string        `json:"evaluation_body" maxLength:"64" doc:"Id of another, listed to evaluate it."`
	District       string        `json:"district,omitempty" maxLength:"64" doc:"Where the trainee's employer is. Operators of that district see the case; one who registers it is taken for granted to mean their own."`
	Applicant      applicantBody `json:"applicant"`
	OrderBody

	Class      string                    `json:"class,omitempty" maxLength:"64" doc:"Id of a class of the training body in which a place is wanted; it is kept until the body has decided, and the case is then in the class."`
	ClassOffer int                       `json:"class_offer,omitempty" minimum:"0" doc:"With a class: the revision of what it offers that was read, and is agreed to. Of a place that was kept for a draft, what was agreed to then holds."`
	Consents   []ConsentGiven            `json:"consents,omitempty" maxItems:"20" doc:"What was consented to. Who registers themselves consents to all that GET /v1/consent-texts says registration needs, now or before."`
	Contacts   *registrationContactsBody `json:"contacts,omitempty" doc:"Of who registers themselves."`
	Draft      string                    `json:"draft,omitempty" maxLength:"64" doc:"Id of the draft that it was: its place in the class and its photo are taken over, and it is gone."`
}

type registerOutput struct {
	Status   int
	Location string `header:"Location"`
	Body     caseView
}

// registration is a request whose fields are in themselves right.
type registration struct {
	body      registrationBody
	who       person
	applicant policy.Applicant
	contacts  people.Reach
	today     calendar.Date
	class     *store.Class // that a code came with; nil: none did
}

// registerCase registers a case: the person, if new, the case with its stages, and the message that starts its workflow,
// in one transaction. Whether the person may join is the workflow's to decide, on the record.
func (s *service) registerCase(ctx context.Context, in *bodyInput) (*registerOutput, error) {
	r := requestOf(ctx)
	body, found, err := s.bodies.registration.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	if err := s.whoTheyAre(s.Store.Read(ctx), r, &body, found); err != nil {
		return nil, err
	}
	if err := s.limits.byNumber(ctx, casesByIDNumber, body.IDNumber); err != nil {
		return nil, err
	}
	if body.District == "" {
		body.District = r.account.Caller().District
	}
	reg := s.checkRegistration(body, found)
	if own := r.account.Caller().District; own != "" && body.District != own && !found.has("district") {
		found.add("district", fieldForeignDistrict)
	}
	s.checkComing(r, &reg, found)
	out := &registerOutput{Status: http.StatusCreated}
	var told []store.InboxItem
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := s.checkBodies(tx, reg, found); err != nil {
			return err
		}
		if reg.class, err = body.ordered(tx, found); err != nil {
			return err
		}
		draft, err := s.draftOf(tx, r, reg, found)
		if err != nil {
			return err
		}
		if err := found.err(); err != nil {
			return err
		}
		var theirs bool
		if told, theirs, out.Body, err = s.insertCase(tx, r, reg, draft, found); err != nil {
			return err
		}
		out.Location = "/v1/cases/" + out.Body.ID
		if theirs {
			out.Status, out.Body.TakenUp = http.StatusOK, message.Text(r.lang, "registration.taken_up", nil)
			return nil
		}
		return s.created(ctx, http.Header{"Location": {out.Location}}, out.Body)
	})
	if err != nil {
		return nil, refusedByConstraint(err)
	}
	for _, item := range told { // its start is certain either way: the relay carries what this could not
		s.forward(ctx, item)
	}
	return out, nil
}

// asked is the case that a request asks for.
func (reg registration) asked() registering.Registration {
	return registering.Registration{
		Occupation: reg.body.Occupation, Direction: reg.body.Direction, Level: reg.body.Level, TrainingBody: reg.body.TrainingBody,
		EvaluationBody: reg.body.EvaluationBody, District: reg.body.District, Applicant: reg.applicant,
	}
}

// registering is what cases are written by.
func (s *service) registering() registering.Desk {
	return registering.Desk{Rules: s.Policy, Calendar: s.Calendar, Keys: s.Keys}
}

// checkRegistration reads the fields, and lists what is wrong with any of them.
func (s *service) checkRegistration(body registrationBody, found *faults) registration {
	reg := registration{body: body, today: s.today()}
	reg.who = s.checkPerson(personBody{
		Name: body.Name, IDType: cmp.Or(body.IDType, store.IDTypeResident), IDNumber: body.IDNumber, IDCountry: body.IDCountry,
	}, found)
	s.checkTarget(body.Occupation, body.Direction, body.Level, found)
	if body.District != "" && !authority.IsDistrict(body.District) {
		found.add("district", fieldUnknownValue)
	}
	if body.TrainingBody == body.EvaluationBody {
		found.add("evaluation_body", fieldSameBody)
	}
	reg.applicant = body.Applicant.facts(found, later(reg.today, calendar.Real().Today(s.Now())))
	return reg
}

// later is the later of two dates: a demonstration's calendar may be ahead of the wall's.
func later(a, b calendar.Date) calendar.Date {
	if a.After(b) {
		return a
	}
	return b
}

// checkBodies checks that both institutions exist and are listed in their roles today.
func (s *service) checkBodies(tx *store.Tx, reg registration, found *faults) error {
	for _, body := range []struct{ field, id, role string }{
		{"training_body", reg.body.TrainingBody, policy.RoleTraining},
		{"evaluation_body", reg.body.EvaluationBody, policy.RoleEvaluation},
	} {
		if found.has(body.field) {
			continue
		}
		code, err := registering.Listed(tx, body.id, reg.body.Occupation, reg.body.Level, body.role, reg.today)
		if err != nil {
			return err
		}
		if code == fieldNotListed && found.has("occupation") {
			continue // nobody is listed for an occupation that does not exist
		}
		if code != "" {
			found.add(body.field, code)
		}
	}
	return nil
}

// insertCase writes the person, the case and its start, what comes with it, and reads the case as it is shown. Whoever others
// registered before gets that case, which is then theirs.
func (s *service) insertCase(
	tx *store.Tx, r *request, reg registration, draft *store.Draft, found *faults,
) (told []store.InboxItem, theirs bool, view caseView, err error) {
	person, err := s.person(tx, r, reg)
	if err != nil {
		return nil, false, view, err
	}
	c, theirs, err := caseByOthers(tx, r, person, reg)
	if err != nil {
		return nil, false, view, err
	}
	action := "case.take_up"
	if !theirs {
		action = "case.register"
		actor := store.ActorOperator
		if r.account.Role == trainee {
			actor = store.ActorTrainee
		}
		var start store.InboxItem
		c, start, err = s.registering().Write(tx, person.Human, reg.asked(), registering.By{Account: r.account.ID, Actor: actor}, s.Now())
		if err != nil {
			return nil, false, view, err
		}
		told = append(told, start)
	}
	came, err := s.comeWith(tx, r, reg, c, draft, found)
	if err != nil {
		return nil, false, view, err
	}
	if err := s.placeByCode(tx, r, reg, c, found); err != nil {
		return nil, false, view, err
	}
	if err := s.audit(tx, r, action, "case:"+c.ID, "", nil); err != nil {
		return nil, false, view, err
	}
	view, err = s.viewCase(tx, r, c.ID)
	return append(told, came...), theirs, view, err
}

// person finds the person an ID number belongs to, or writes them, and binds a trainee's account to them. What is refused
// says nothing of the person who is there.
func (s *service) person(tx *store.Tx, r *request, reg registration) (store.Person, error) {
	if r.account.Role == operator {
		known, err := s.named(tx, reg.who)
		if err != nil {
			return known, err
		}
		return known, s.mayActOn(tx, r.account, known.ID)
	}
	known, err := s.personOf(tx, reg.who)
	if err != nil {
		return store.Person{}, err
	}
	return known, s.claim(tx, r, known, reg.who.name)
}

// claim binds a trainee's account to a person. An account is one person's, and a person has one account.
func (s *service) claim(tx *store.Tx, r *request, person store.Person, name string) error {
	account, err := tx.Account(r.account.ID)
	if err != nil {
		return err
	}
	if account.Human != nil && *account.Human != person.Human {
		return problem(accountBound)
	}
	same, err := s.sameName(person, name)
	if err != nil {
		return err
	}
	if !same {
		return problem(personClaimed)
	}
	if account.PersonID != nil {
		return nil
	}
	holder, err := tx.AccountOfPerson(person.ID)
	switch {
	case err == nil && holder.ID != account.ID:
		return problem(personClaimed)
	case err != nil && !errors.Is(err, store.ErrNotFound):
		return err
	}
	if err := tx.ClaimPerson(account.ID, person.Human); err != nil {
		return err
	}
	// Another request of the same account may have claimed somebody else meanwhile.
	account, err = tx.Account(account.ID)
	if err == nil && (account.Human == nil || *account.Human != person.Human) {
		err = problem(accountBound)
	}
	return err
}

func (s *service) sameName(person store.Person, name string) (bool, error) {
	known, err := people.Name(s.Keys, person)
	return known == name, err
}

// refusedByConstraint is the problem behind what the database refused.
func refusedByConstraint(err error) error {
	if errors.Is(err, registering.ErrTrainedBy) {
		return problem(validationFailed, FieldError{Field: "evaluation_body", Code: fieldTrainedBy})
	}
	switch store.Constraint(err) {
	case "cases_one_per_target":
		return problem(duplicateCase)
	case "accounts_person_id_key", "accounts_one_per_human":
		return problem(personClaimed)
	case "person_erased":
		return problem(personErased)
	case classNotAgreed, classClosed, classFull:
		return problem(store.Constraint(err))
	case hours.CodeOtherTarget:
		return problem(validationFailed, FieldError{Field: "order_code", Code: hours.CodeOtherTarget})
	case "cases_separate_bodies":
		return problem(sameBody)
	}
	return err
}
