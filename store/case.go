package store

import (
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/queue"
)

// Case is one person's way through the programme for one occupation, direction and level.
type Case struct {
	ID             string
	PersonID       string
	Occupation     string
	Direction      string // empty when the standard has none
	Level          string
	PolicyVersion  string // the rules the case was registered under
	TrainingBody   string
	EvaluationBody string
	District       *string          // of the trainee's employer, when it was given
	Applicant      policy.Applicant `gorm:"serializer:json"`

	// The headline, derived from the stages and written with them.
	Status    progress.Status
	Stage     progress.Stage
	OwesKind  *progress.PartyKind
	OwesID    *string
	OwesSince *time.Time
	DueAt     *time.Time
	Outcome   *progress.Outcome
	Done      int // which stages are done: a bit for each

	// What else says in which queue of the operators' it stands.
	Held           contract.Kind // of the incident that it is stuck on; empty when it is stuck on none
	Trouble        contract.Kind // what was found of its execution; empty when nothing was
	Untold         bool          // the institution that it waits for could not be told
	AwaitsApproval bool          // what one operator asked for, another has yet to decide
	PausedAt       *time.Time
	PausedUntil    *calendar.Date // nil: until somebody resumes it
	Queue          queue.Queue    `gorm:"->"` // computed by the record from all of these
	Assignee       *string        // the operator who sees to it
	AssignedAt     *time.Time

	RegisteredBy string
	RegisteredAt time.Time
	RegisteredOn calendar.Date
	EndedAt      *time.Time
	LastEvent    int
}

// CaseStage is one stage of a case as it stands.
type CaseStage struct {
	CaseID   string         `gorm:"primaryKey"`
	Stage    progress.Stage `gorm:"primaryKey"`
	State    progress.State
	Since    time.Time
	DueAt    *time.Time
	OwesKind *progress.PartyKind
	OwesID   *string
}

// CaseEvent is one line of a case's timeline.
type CaseEvent struct {
	CaseID string `gorm:"primaryKey"`
	Seq    int    `gorm:"primaryKey"`
	At     time.Time
	Kind   string
	Stage  progress.Stage
	Actor  string
	Params map[string]any `gorm:"serializer:json"`
}

// Actors of events that are not people.
const (
	ActorSystem   = "system"
	ActorNobody   = "nobody" // of an audit row: who is not logged in
	ActorTrainee  = "trainee"
	ActorOperator = "operator"
	ActorEmployer = "employer"
)

// ActorInstitution is the actor of an institution's act.
func ActorInstitution(id string) string { return "institution:" + id }

// View is the stage as package progress sees it.
func (s CaseStage) View() progress.StageView {
	return progress.StageView{
		Stage: s.Stage, State: s.State, Since: s.Since, DueAt: s.DueAt, Owes: party(s.OwesKind, s.OwesID),
	}
}

// Owes is who owes the stage's next act; nil when nobody does.
func (s CaseStage) Owes() *progress.Party { return party(s.OwesKind, s.OwesID) }

// Owes is who owes the case's next act; nil when nobody does.
func (c Case) Owes() *progress.Party { return party(c.OwesKind, c.OwesID) }

// RoleIn is the role in which an institution does a stage's work: the evaluation and its certificate are the evaluation
// body's, all else the training body's.
func RoleIn(stage progress.Stage) string {
	if stage == progress.Evaluation || stage == progress.Certificate {
		return policy.RoleEvaluation
	}
	return policy.RoleTraining
}

// Body is the institution that acts in a role for the case, and other the one in the other role, which must differ.
func (c Case) Body(role string) (body, other string) {
	if role == policy.RoleEvaluation {
		return c.EvaluationBody, c.TrainingBody
	}
	return c.TrainingBody, c.EvaluationBody
}

// StandsSince is since when the case stands where it stands: since somebody owes what is next, or since its end.
func (c Case) StandsSince() time.Time {
	switch {
	case c.OwesSince != nil:
		return *c.OwesSince
	case c.EndedAt != nil:
		return *c.EndedAt
	}
	return c.RegisteredAt
}

// Ended reports whether the case is over.
func (c Case) Ended() bool { return c.Outcome != nil }

func party(kind *progress.PartyKind, id *string) *progress.Party {
	if kind == nil {
		return nil
	}
	p := &progress.Party{Kind: *kind}
	if id != nil {
		p.ID = *id
	}
	return p
}

// Case reads a case.
func (tx *Tx) Case(id string) (Case, error) {
	return byID[Case](tx.db, id, "read a case")
}

// Stages reads a case's stages, in no order.
func (tx *Tx) Stages(caseID string) ([]CaseStage, error) {
	var stages []CaseStage
	err := tx.db.Find(&stages, "case_id = ?", caseID).Error
	return stages, found(err, "read a case's stages")
}

// InsertCase writes a new case with its stages, all pending, and the first line of its timeline. The unique index
// cases_one_per_target refuses a second live case of the same person, occupation, direction and level.
func (tx *Tx) InsertCase(c Case, actor string) (*CaseFile, error) {
	c.Status, c.Stage = progress.CaseActive, progress.Registration
	f := &CaseFile{tx: tx, Case: c, fresh: true, now: time.Now().UTC()}
	for _, stage := range progress.Stages() {
		f.stages = append(f.stages, CaseStage{CaseID: c.ID, Stage: stage, State: progress.Pending, Since: f.now})
	}
	if err := tx.db.Create(&c).Error; err != nil {
		return nil, found(err, "write a case")
	}
	if err := tx.db.Create(&f.stages).Error; err != nil {
		return nil, found(err, "write a case's stages")
	}
	f.Note(progress.Registration, "case_registered", actor, nil)
	return f, f.Save()
}
