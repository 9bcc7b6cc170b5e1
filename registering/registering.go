// Package registering writes cases: one that the interface is sent, and those that an intake brings by the hundred. Both are
// checked and written here, so that neither is let off anything.
package registering

import (
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
)

// Registration is a case to be registered, whose fields are in themselves right.
type Registration struct {
	Occupation     string           `json:"occupation"`
	Direction      string           `json:"direction"`
	Level          string           `json:"level"`
	TrainingBody   string           `json:"training_body"`
	EvaluationBody string           `json:"evaluation_body"`
	District       string           `json:"district"`
	Applicant      policy.Applicant `json:"applicant"`
}

// By is who registers: the account, and as whom the timeline knows it.
type By struct{ Account, Actor string }

// Desk writes cases under a version of the rules.
type Desk struct {
	Rules    *policy.Policy
	Calendar calendar.Calendar
	Keys     *identity.Keyring
}

// Codes of what is wrong with an institution.
const (
	CodeNoInstitution = "unknown_institution"
	CodeNotListed     = "not_listed_for_role"
	CodeTrainedBy     = store.TrainedByEvaluator
)

// ErrTrainedBy refuses a case whose evaluation body had trained the person for the occupation.
var ErrTrainedBy = errors.New("the evaluation body had trained the person for the occupation")

// SponsorConsent is the version of the words by which trainees consent that the employer that sponsors their class sees how
// their training goes.
const SponsorConsent = "1"

// Fits reports whether a class is for what somebody registers for.
func Fits(c store.Class, occupation, direction, level, trainingBody string) bool {
	return c.Occupation == occupation && c.Direction == direction && c.Level == level && c.InstitutionID == trainingBody
}

// Place gives a case its place in a sponsored class. What the schema refuses has a name: see [store.Tx.InsertSponsoredPlace].
func Place(tx *store.Tx, c store.Case, classID, way, by string, at time.Time) error {
	return tx.InsertSponsoredPlace(store.SponsoredPlace{
		CaseID: c.ID, ClassID: classID, Way: way, ConsentVersion: SponsorConsent, GivenBy: by, GivenAt: at.UTC(),
	})
}

// Listed is what is wrong with an institution for a role, on a day; empty when nothing is.
func Listed(tx *store.Tx, id, occupation, level, role string, on calendar.Date) (code string, err error) {
	_, err = tx.Institution(id)
	if errors.Is(err, store.ErrNotFound) {
		return CodeNoInstitution, nil
	} else if err != nil {
		return "", err
	}
	ok, err := tx.Listed(id, occupation, level, role, on)
	if err != nil || ok {
		return "", err
	}
	return CodeNotListed, nil
}

// Write writes a case of a person, and the message that starts its workflow. Nobody is evaluated by who trained them.
func (d Desk) Write(tx *store.Tx, human string, reg Registration, by By, at time.Time) (store.Case, store.InboxItem, error) {
	trained, err := tx.TrainedBy(human, reg.EvaluationBody, reg.Occupation)
	if err == nil && trained {
		err = ErrTrainedBy
	}
	if err != nil {
		return store.Case{}, store.InboxItem{}, err
	}
	c := store.Case{
		ID: uuid.NewString(), PersonID: human, Occupation: reg.Occupation, Direction: reg.Direction, Level: reg.Level,
		PolicyVersion: d.Rules.ID(), TrainingBody: reg.TrainingBody, EvaluationBody: reg.EvaluationBody, Applicant: reg.Applicant,
		RegisteredBy: by.Account, RegisteredAt: at.UTC(), RegisteredOn: d.Calendar.Today(at),
	}
	if reg.District != "" {
		c.District = &reg.District
	}
	if _, err := tx.InsertCase(c, by.Actor); err != nil {
		return c, store.InboxItem{}, err
	}
	start, err := tx.InsertInbox(c.ID, store.InboxStart, c.ID)
	return c, start, err
}
