package intake

import (
	"errors"
	"time"

	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/people"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/registering"
	"github.com/dengpan/dengpan/store"
)

// Columns and codes of what is only found when a row is registered; the codes are the interface's.
const (
	columnName       = "name"
	columnNumber     = "id_number"
	columnEvaluation = "evaluation_body"
	columnPhone      = "phone"

	codeNameMismatch = "name_mismatch"
	codeErased       = "person_erased"
	codePhoneTaken   = "phone_taken"
	codeNotAgreed    = "class_not_agreed"
)

// round is what registers the rows of one transaction.
type round struct {
	desk   Desk
	tx     *store.Tx
	intake store.Intake
	class  store.Class
	at     time.Time
	listed map[string]string // what is wrong with an institution, by the role and its id
}

// refusedError is what is wrong with a row.
type refusedError struct{ column, code string }

func (r refusedError) Error() string { return r.code }

// register registers the person of a row, and notes what became of it.
func (r *round) register(row store.IntakeRow) error {
	var c store.Case
	var already bool
	err := r.tx.Attempt(func(tx *store.Tx) (err error) {
		c, already, err = r.write(tx, row)
		return err
	})
	refusal, refused := errors.AsType[refusedError](err)
	switch {
	case refused:
		row.State, row.Faults = store.RowRefused, []store.RowFault{{Column: refusal.column, Code: refusal.code}}
		if *r.intake.Mode == store.ModeWhole {
			return &spoiltError{row}
		}
	case err != nil:
		return err
	default:
		row.State, row.CaseID, row.SettledAt = store.RowRegistered, &c.ID, &r.at
		if already {
			row.State = store.RowAlready
		}
	}
	return r.tx.SettleIntakeRow(row)
}

// write writes the case of a row; or it finds the one that the person has already.
func (r *round) write(tx *store.Tx, row store.IntakeRow) (c store.Case, already bool, err error) {
	content, err := Open(r.desk.Registering.Keys, row)
	if err != nil {
		return c, false, err
	}
	if err := r.bodies(content.Asked); err != nil {
		return c, false, err
	}
	person, err := r.person(tx, content.Person)
	if err != nil {
		return c, false, err
	}
	asked := content.Asked
	c, err = tx.LiveCase(person.Human, asked.Occupation, asked.Direction, asked.Level)
	if !errors.Is(err, store.ErrNotFound) {
		return c, err == nil, err
	}
	by := registering.By{Account: *r.intake.StartedBy, Actor: store.ActorEmployer}
	if r.intake.InstitutionID != nil {
		by.Actor = store.ActorInstitution(*r.intake.InstitutionID)
	}
	// Its workflow is started by the relay: a case is nobody's to wait for here.
	if c, _, err = r.desk.Registering.Write(tx, person.Human, asked, by, r.at); err != nil {
		return c, false, refusedBySchema(err)
	}
	if r.class.Sponsor != nil {
		if err := registering.Place(tx, c, r.class.ID, store.ByIntake, by.Account, r.at); err != nil {
			return c, false, refusedBySchema(err)
		}
	}
	if err := r.reach(tx, person, content); err != nil {
		return c, false, err
	}
	if err := r.declared(tx, person); err != nil {
		return c, false, err
	}
	return c, false, audit(tx, r.intake, "case.register", "case:"+c.ID, nil, r.at)
}

// bodies checks that both institutions are listed in their roles today, once an institution.
func (r *round) bodies(asked registering.Registration) error {
	for _, body := range []struct{ role, id string }{
		{policy.RoleTraining, asked.TrainingBody}, {policy.RoleEvaluation, asked.EvaluationBody},
	} {
		code, known := r.listed[body.role+body.id]
		if !known {
			var err error
			code, err = registering.Listed(r.tx, body.id, asked.Occupation, asked.Level, body.role, r.desk.Registering.Calendar.Today(r.at))
			if err != nil {
				return err
			}
			r.listed[body.role+body.id] = code
		}
		if code != "" {
			return refusedError{columnEvaluation, code}
		}
	}
	return nil
}

// person finds the person of a row, whose name must be the one that is known, or writes them.
func (r *round) person(tx *store.Tx, who Person) (store.Person, error) {
	given, err := who.given()
	if err != nil {
		return store.Person{}, err
	}
	person, err := people.Enter(tx, r.desk.Registering.Keys, given, r.at)
	if err != nil {
		return person, err
	}
	name, err := people.Name(r.desk.Registering.Keys, person)
	if err == nil && name != given.Name {
		err = refusedError{columnName, codeNameMismatch}
	}
	return person, err
}

// reach keeps how somebody can be reached, unless it is known already.
func (r *round) reach(tx *store.Tx, person store.Person, content Content) (err error) {
	if content.Phone == "" && content.Email == "" {
		return nil
	}
	if err := tx.LockPerson(person.Human); err != nil {
		return err
	}
	if _, err := tx.Contacts(person.Human); !errors.Is(err, store.ErrNotFound) {
		return err
	}
	var reach people.Reach
	if content.Phone != "" {
		if reach.Phone, err = identity.ParsePhone(content.Phone); err != nil {
			return err
		}
	}
	if content.Email != "" {
		if reach.Email, err = identity.ParseEmail(content.Email); err != nil {
			return err
		}
	}
	sealed, indexes, err := people.SealContacts(r.desk.Registering.Keys, person.Human, reach)
	if err != nil {
		return err
	}
	sealed.UpdatedAt = r.at
	fresh, err := tx.SaveContacts(sealed, indexes)
	if err == nil && !fresh {
		err = refusedError{columnPhone, codePhoneTaken}
	}
	return err
}

// declared keeps with the person that whoever started the intake declared that they consent, and in which words. It is no consent of
// theirs: who takes the case up consents themselves.
func (r *round) declared(tx *store.Tx, person store.Person) error {
	_, err := tx.GiveConsent(store.Consent{
		PersonID: &person.Human, Kind: DeclaredConsent, Version: *r.intake.ConsentsVersion, GivenBy: *r.intake.StartedBy, GivenAt: r.at,
	})
	return err
}

// refusedBySchema is what is wrong with a row whose case the schema refuses.
func refusedBySchema(err error) error {
	switch code := store.Constraint(err); code {
	case codeErased:
		return refusedError{columnNumber, code}
	case hours.CodeClassFull, hours.CodeClassClosed, codeNotAgreed:
		return refusedError{columnName, code}
	}
	if errors.Is(err, registering.ErrTrainedBy) {
		return refusedError{columnEvaluation, registering.CodeTrainedBy}
	}
	return err
}
