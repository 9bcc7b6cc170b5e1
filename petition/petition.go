// Package petition takes what trainees ask for to its answer: a review of a mark, an appeal against its answer, a
// complaint about an institution, a change of whom the record says they are, another training body. Its rules are
// data (rules.yaml) with the mark of how sure we are of them: who answers, by when, and whether a second person confirms it.
//
// A deadline that passes is told to people and decides nothing. What a case makes of a mark that was corrected is the case's own
// workflow's.
package petition

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/remedy"
	"github.com/dengpan/dengpan/store"
)

// What is refused.
var (
	ErrNoMark     = errors.New("the case has no such mark")
	ErrAsked      = errors.New("it was asked for already")
	ErrNotAnswer  = errors.New("there is no answer that could be appealed against")
	ErrNotBody    = errors.New("the institution is none of the case's")
	ErrNotTopic   = errors.New("no rule knows the topic")
	ErrOutcome    = errors.New("the answer is none of its kind's")
	ErrNoChange   = errors.New("the score is as it was")
	ErrState      = errors.New("the step is not the next")
	ErrNotHandler = errors.New("somebody else answers it")
	ErrSame       = errors.New("who proposed it does not confirm it")
	ErrMarker     = errors.New("who gave the mark does not review it")
	ErrNotCarried = errors.New("it is not what is carried out")
	ErrHeard      = errors.New("the institution has been asked, or has made its statement")
	ErrNoDocument = errors.New("there is no image of the document")
)

// LateError is that something was asked for after its last day.
type LateError struct{ From, Last, Today calendar.Date }

func (*LateError) Error() string { return "the time to ask is over" }

// Desk is where petitions are handled.
type Desk struct {
	Keys     *identity.Keyring
	Calendar calendar.Calendar
	Remedies remedy.Desk
}

// Asking is what a trainee asks for.
type Asking struct {
	Kind        string
	PersonID    string // of what is about a case, the case's
	CaseID      string // empty: about no case
	Institution string // of a complaint
	Part        string // of a review of a mark
	Attempt     int
	Topic       string // of a complaint
	Text        string
	By          string // the account
	At          time.Time
}

// begun is a petition of a kind, as its rule has it.
func (d Desk) begun(kind, institution string, a Asking) store.Petition {
	rule := RuleOf(kind)
	p := store.Petition{
		ID: uuid.NewString(), Kind: kind, PersonID: a.PersonID, InstitutionID: institution, HandledBy: store.HandledByCity, Second: rule.Second,
		AskedBy: a.By, AskedAt: a.At, State: store.PetitionAsked, ChangedAt: a.At,
		DueAt: d.after(a.At, rule.AnswerDays),
	}
	if a.CaseID != "" {
		p.CaseID = &a.CaseID
	}
	if rule.By == ByInstitution {
		p.HandledBy = store.HandledByInstitution
	}
	return p
}

// put writes a petition, with what it says sealed, and tells who is to answer it.
func (d Desk) put(tx *store.Tx, p store.Petition, text string) (store.Petition, error) {
	var err error
	if text != "" {
		if p.TextSealed, err = d.Keys.Seal([]byte(text), store.PetitionSeal(p.ID)); err != nil {
			return p, fmt.Errorf("seal a petition: %w", err)
		}
	}
	err = tx.InsertPetition(p)
	switch store.Constraint(err) {
	case "petitions_review_once", "petitions_follow_once", "petitions_one_open", "petitions_one_open_check":
		return p, ErrAsked
	}
	if err != nil {
		return p, err
	}
	if p.HandledBy == store.HandledByInstitution {
		if err := tx.QueuePetition(p, p.AskedAt); err != nil {
			return p, err
		}
	}
	return p, d.notify(tx, p, "petition_asked", p.DueAt)
}

// notify tells who is to answer a petition.
func (d Desk) notify(tx *store.Tx, p store.Petition, kind string, due time.Time) error {
	audience := store.AudienceOperators
	if p.HandledBy == store.HandledByInstitution {
		audience = store.AudienceInstitution
	}
	return d.notice(tx, p, audience, kind, due)
}

func (d Desk) notice(tx *store.Tx, p store.Petition, audience, kind string, due time.Time) error {
	return tx.InsertNotice(store.Notice{
		Audience: audience, InstitutionID: &p.InstitutionID, Kind: kind, Occasion: p.ID + "/" + p.State,
		Params: map[string]any{"petition": p.ID, "kind": p.Kind, "due": d.Calendar.Today(due).String()},
	})
}

// Complain writes a complaint about an institution, of a case or of none. The district's bureau handles what a training body does,
// the city's what an evaluation body does.
func (d Desk) Complain(tx *store.Tx, a Asking) (store.Petition, error) {
	p := d.begun(store.PetitionComplaint, a.Institution, a)
	if !slices.Contains(RuleOf(p.Kind).Topics, a.Topic) {
		return p, ErrNotTopic
	}
	p.Topic = a.Topic
	trains, err := tx.Trains(a.Institution)
	if err != nil {
		return p, err
	}
	if a.CaseID != "" {
		c, err := tx.Case(a.CaseID)
		if err != nil {
			return p, err
		}
		if a.Institution != c.TrainingBody && a.Institution != c.EvaluationBody {
			return p, ErrNotBody
		}
		trains = a.Institution == c.TrainingBody
	}
	if trains {
		if err := supervised(tx, &p, a.Institution); err != nil {
			return p, err
		}
	}
	return d.put(tx, p, a.Text)
}

// supervised has the bureau of a training body's district handle a petition, where the district is known.
func supervised(tx *store.Tx, p *store.Petition, body string) error {
	institution, err := tx.Institution(body)
	if err == nil && institution.District != nil {
		p.HandledBy, p.District = store.HandledByDistrict, institution.District
	}
	return err
}

// Request writes what a trainee asks about a case: of the bureau that the record says otherwise whom they are, or another training
// body; of the training body that it looks who they are.
func (d Desk) Request(tx *store.Tx, a Asking) (store.Petition, error) {
	f, err := tx.OpenCase(a.CaseID)
	if err != nil {
		return store.Petition{}, err
	}
	a.PersonID = f.PersonID
	p := d.begun(a.Kind, f.TrainingBody, a)
	if f.Ended() && a.Kind == store.PetitionBodyMove {
		return p, ErrState
	}
	if a.Kind == store.PetitionCheck {
		return d.askCheck(tx, f, p, a.Text)
	}
	if err := supervised(tx, &p, f.TrainingBody); err != nil {
		return p, err
	}
	return d.put(tx, p, a.Text)
}

// Withdraw takes back what nobody has answered.
func (d Desk) Withdraw(tx *store.Tx, id string, at time.Time) (store.Petition, []store.InboxItem, error) {
	p, err := d.open(tx, id, at, store.PetitionAsked)
	if err != nil {
		return store.Petition{}, nil, err
	}
	p.State = store.PetitionWithdrawn
	told, err := p.settled()
	if err != nil {
		return p.Petition, nil, err
	}
	return p.Petition, told, p.save()
}

// opened is a petition that is locked, after its case if it has one.
type opened struct {
	store.Petition

	desk Desk
	tx   *store.Tx
	file *store.CaseFile // nil: it is about no case
	at   time.Time
}

func (d Desk) open(tx *store.Tx, id string, at time.Time, in ...string) (*opened, error) {
	p, err := tx.Petition(id)
	if err != nil {
		return nil, err
	}
	o := &opened{desk: d, tx: tx, at: at}
	if p.CaseID != nil {
		if o.file, err = tx.OpenCase(*p.CaseID); err != nil { // before it, as steps of the case do
			return nil, err
		}
	}
	if o.Petition, err = tx.LockPetition(id); err != nil {
		return nil, err
	}
	if !slices.Contains(in, o.State) {
		return nil, ErrState
	}
	return o, nil
}

func (o *opened) save() error {
	o.ChangedAt, o.Woken = o.at, false
	if err := o.tx.SavePetition(o.Petition); err != nil {
		return err
	}
	if o.file == nil {
		return nil
	}
	if err := o.shownAgain(); err != nil {
		return err
	}
	return o.file.Save()
}

// Text opens what was asked; empty for a review that is done again.
func (d Desk) Text(p store.Petition) (string, error) {
	return d.said(p.TextSealed, store.PetitionSeal(p.ID))
}

// Statement opens what the institution stated; empty when it stated nothing.
func (d Desk) Statement(p store.Petition) (string, error) {
	return d.said(p.StatementSealed, store.PetitionStatementSeal(p.ID))
}

func (d Desk) said(sealed []byte, purpose string) (string, error) {
	if sealed == nil {
		return "", nil
	}
	text, err := d.Keys.Open(sealed, purpose)
	if err != nil {
		return "", fmt.Errorf("open what was said of a petition: %w", err)
	}
	return string(text), nil
}
