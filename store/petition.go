package store

import (
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/filter"
)

// Petition is what a trainee asks for and somebody answers: a review of a mark, an appeal, a complaint and others. What is asked
// and stated is sealed (see [PetitionSeal], [PetitionStatementSeal]).
type Petition struct {
	ID            string
	Kind          string
	PersonID      string
	CaseID        *string // nil: about no case
	InstitutionID string  // that it is about
	TaskID        *string // the mark that it is about
	Follows       *string // of an appeal, the review; of a review that is done again, the appeal
	Topic         string  // of a complaint
	HandledBy     string
	District      *string // whose bureau handles it
	Second        bool    // two have to answer
	PublishedOn   *calendar.Date
	LastDay       *calendar.Date // on which it could be asked for
	ScoreWas      *float64       // nil: absent
	TextSealed    []byte
	AskedBy       string
	AskedAt       time.Time
	State         string

	PauseAct        *string // that holds the case until it is answered
	StatementDueAt  *time.Time
	HeardBy         *string
	StatementSealed []byte
	StatedBy        *string
	StatedAt        *time.Time

	Outcome    string
	Score      *float64
	Answer     string
	ProposedBy *string
	ProposedAt *time.Time
	AnsweredBy *string
	AnsweredAt *time.Time

	DueAt       time.Time
	RemindedAt  *time.Time
	EscalatedAt *time.Time
	ChangedAt   time.Time
	Woken       bool // its workflow knows of the last change
}

// Kinds of petitions.
const (
	PetitionScoreReview = "score_review"
	PetitionAppeal      = "appeal"
	PetitionComplaint   = "complaint"
	PetitionIdentity    = "identity_correction"
	PetitionBodyMove    = "body_move"
	PetitionCheck       = "identity_check" // people are to see the document, of which the register could not say whose it is
)

// States of a petition.
const (
	PetitionAsked     = "asked"
	PetitionProposed  = "proposed" // one person has proposed the answer, and another has yet to confirm it
	PetitionAnswered  = "answered"
	PetitionWithdrawn = "withdrawn"
)

// Who handles a petition.
const (
	HandledByInstitution = "institution"
	HandledByDistrict    = "district"
	HandledByCity        = "city"
)

// Open reports whether a petition has yet to be answered.
func (p Petition) Open() bool { return p.State == PetitionAsked || p.State == PetitionProposed }

// InsertPetition writes what somebody asks for. The database refuses what may be asked for once.
func (tx *Tx) InsertPetition(p Petition) error {
	return found(tx.db.Create(&p).Error, "write a petition")
}

// Petition reads a petition.
func (tx *Tx) Petition(id string) (Petition, error) {
	return byID[Petition](tx.db, id, "read a petition")
}

// LockPetition reads a petition and locks it. Its case is locked before it.
func (tx *Tx) LockPetition(id string) (Petition, error) {
	return byID[Petition](tx.held(), id, "lock a petition")
}

// SavePetition writes what became of a petition that is locked.
func (tx *Tx) SavePetition(p Petition) error {
	err := tx.db.Model(&Petition{}).Where("id = ?", p.ID).Select("state", "pause_act", "statement_due_at", "heard_by", "statement_sealed", "stated_by",
		"stated_at", "outcome", "score", "answer", "proposed_by", "proposed_at", "answered_by", "answered_at", "due_at", "reminded_at",
		"escalated_at", "changed_at", "woken").Updates(p).Error
	return found(err, "write what became of a petition")
}

// PetitionFilter picks petitions; an empty field picks all.
type PetitionFilter struct {
	InstitutionID string // whose they are to answer, or to make a statement on
	About         string // the institution that they are about
	District      string // whose bureau handles them
	PersonID      string
	CaseID        string
	Kind          string
	State         string
	Open          bool
	Overdue       *time.Time  // whose answer was due before
	Where         filter.Expr // bound, by [PetitionFields]
	After         *Position
	Numbered      Numbered
	Limit         int
}

var petitionOrders = map[string]string{
	"": "asked_at DESC, id DESC", "asked_at": "asked_at, id", "due_at": "due_at, id", "-due_at": "due_at DESC, id DESC",
}

func (f PetitionFilter) pick(q *gorm.DB) *gorm.DB {
	q = petitionSearch.pick(q, f.Where)
	if f.InstitutionID != "" { // of what others handle it hears once it is asked for a statement
		q = q.Where("institution_id = ? AND (handled_by = ? OR statement_due_at IS NOT NULL)", f.InstitutionID, HandledByInstitution)
	}
	if f.PersonID != "" {
		q = q.Where("person_id "+family, f.PersonID)
	}
	for column, value := range map[string]string{
		"institution_id": f.About, "district": f.District, "case_id": f.CaseID, "kind": f.Kind, "state": f.State,
	} {
		if value != "" {
			q = q.Where(clause.Eq{Column: column, Value: value})
		}
	}
	if f.Open {
		q = q.Where("state IN ?", []string{PetitionAsked, PetitionProposed})
	}
	if f.Overdue != nil {
		q = q.Where("due_at < ? AND state IN ?", *f.Overdue, []string{PetitionAsked, PetitionProposed})
	}
	return q
}

func (f PetitionFilter) picked(q *gorm.DB) *gorm.DB {
	return f.Numbered.of(f.pick(q.Model(&Petition{})), petitionOrders, f.Limit)
}

// Petitions reads petitions, the latest first unless they are read by numbers in another order.
func (tx *Tx) Petitions(f PetitionFilter) ([]Petition, error) {
	q := f.picked(tx.db)
	if f.After != nil {
		q = q.Where("(asked_at, id) < (?, ?)", f.After.At, f.After.ID)
	}
	var all []Petition
	return all, found(q.Find(&all).Error, "list petitions")
}

// CountPetitions counts petitions.
func (tx *Tx) CountPetitions(f PetitionFilter) (int64, error) {
	var n int64
	err := f.pick(tx.db.Model(&Petition{})).Count(&n).Error
	return n, found(err, "count petitions")
}

// Followed says which of some petitions are followed by another: by the appeal against a review, or by the review that an appeal has
// done again.
func (tx *Tx) Followed(ids []string) (map[string]bool, error) {
	var follows []string
	err := tx.db.Model(&Petition{}).Where("follows IN ? AND state <> ?", ids, PetitionWithdrawn).Pluck("follows", &follows).Error
	followed := make(map[string]bool, len(follows))
	for _, id := range follows {
		followed[id] = true
	}
	return followed, found(err, "look for what follows petitions")
}

// Corrected reports whether a mark of a case was corrected by the answer to a review.
func (tx *Tx) Corrected(caseID string) (bool, error) {
	var n int64
	err := tx.db.Model(&markReplacement{}).Where("case_id = ? AND petition_id IS NOT NULL", caseID).Count(&n).Error
	return n > 0, found(err, "look for marks that were corrected")
}

// CorrectMark puts the mark that a review came to in the place of the one that was reported, which stays.
func (tx *Tx) CorrectMark(petitionID string, of Assessment, score float64, at time.Time) error {
	err := tx.db.Create(&markReplacement{PetitionID: &petitionID, TaskID: of.TaskID, CaseID: of.CaseID, Score: score, At: at}).Error
	return found(err, "correct a mark")
}

// Trains reports whether an institution is, or was, listed for training.
func (tx *Tx) Trains(institutionID string) (bool, error) {
	var n int64
	err := tx.db.Model(&InstitutionRole{}).Where("institution_id = ? AND role = 'training'", institutionID).Count(&n).Error
	return n > 0, found(err, "look what an institution is listed for")
}

// MarkedBy is whose accounts the answers to some tasks came with; those that came with none are not among them.
func (tx *Tx) MarkedBy(taskIDs ...string) (map[string]string, error) {
	var answers []TaskAnswer
	err := tx.db.Select("task_id", "received_by").Find(&answers, "task_id IN ?", taskIDs).Error
	by := make(map[string]string, len(answers))
	for _, a := range answers {
		by[a.TaskID] = a.ReceivedBy
	}
	return by, found(err, "look who gave marks")
}

// QueuePetition tells an institution that something was asked of it. The event names nobody.
func (tx *Tx) QueuePetition(p Petition, at time.Time) error {
	about := OutboxPayload{PetitionID: p.ID, Kind: p.Kind, DueAt: &p.DueAt}
	if p.CaseID != nil {
		about.CaseID = *p.CaseID
	}
	return tx.queue(OutboxEvent{
		InstitutionID: p.InstitutionID, Kind: OutboxPetitionAsked, SubjectID: p.ID, CreatedAt: at, Payload: about,
	})
}

// UnwokenPetitions reads petitions whose workflow does not know of their last change.
func (tx *Tx) UnwokenPetitions(limit int) ([]Petition, error) {
	var all []Petition
	err := tx.db.Order("changed_at").Limit(limit).Find(&all, "NOT woken").Error
	return all, found(err, "look for petitions to wake")
}

// MarkPetitionWoken notes that a workflow knows of a petition as it was read.
func (tx *Tx) MarkPetitionWoken(p Petition) error {
	err := tx.db.Model(&Petition{}).Where("id = ? AND changed_at = ?", p.ID, p.ChangedAt).Update("woken", true).Error
	return found(err, "mark a petition")
}
