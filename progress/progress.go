// Package progress says where a case stands: the seven stages, the states each can be in, and the one headline derived
// from them. It is pure; the store writes what it derives and the API shows it.
//
// A case is several sub-machines that advance on their own ([Machine]): its enrolment, its training, its evaluation
// attempts, its certificates and its effects (title, CE hours). A single status column would lose that CE hours are
// credited while the evaluation is still being sat, which is the usual way for a case to get stuck unseen.
package progress

import (
	"slices"
	"time"
)

// Stage is one of the seven steps of a case, in the order of the notice (京人社专技字〔2023〕91号, sections 三 and 四).
type Stage string

// The seven stages.
const (
	Registration Stage = "registration" // 登记: may this person join, at these institutions
	Training     Stage = "training"     // 规范化培训: 三（一）
	Exam         Stage = "exam"         // 结业考核 and 培训合格证书: 三（一）
	Evaluation   Stage = "evaluation"   // 社会化评价: 三（二）
	Certificate  Stage = "certificate"  // 专业技术等级证书: 三（二）
	Title        Stage = "title"        // 职称贯通: 三（三）
	CEHours      Stage = "ce_hours"     // 继续教育学时: 四（二）
)

// Stages lists the stages in order.
func Stages() []Stage {
	return []Stage{Registration, Training, Exam, Evaluation, Certificate, Title, CEHours}
}

// Machine is one of the sub-machines a case consists of.
type Machine string

// The sub-machines.
const (
	EnrolmentMachine    Machine = "enrolment"
	TrainingMachine     Machine = "training"
	EvaluationMachine   Machine = "evaluation"
	CertificatesMachine Machine = "certificates"
	EffectsMachine      Machine = "effects"
)

// Machine names the sub-machine a stage belongs to.
func (s Stage) Machine() Machine {
	switch s {
	case Registration:
		return EnrolmentMachine
	case Training, Exam:
		return TrainingMachine
	case Evaluation:
		return EvaluationMachine
	case Certificate:
		return CertificatesMachine
	case Title, CEHours:
		return EffectsMachine
	}
	return ""
}

// State is what a stage is doing.
type State string

// The states of a stage.
const (
	Pending State = "pending" // not begun
	Active  State = "active"  // the system is at work on it
	Waiting State = "waiting" // somebody owes something, by a deadline
	Stuck   State = "stuck"   // an incident is open
	Done    State = "done"
	Failed  State = "failed"  // ended without what it was for
	Skipped State = "skipped" // not done, and no longer waited for
)

// Final reports whether a stage in this state never changes again.
func (s State) Final() bool { return s == Done || s == Failed || s == Skipped }

// CanBecome reports whether a stage may go from one state to another. A stage may stay as it is (its deadline moves);
// a final state is left by nothing.
func (s State) CanBecome(next State) bool {
	if s == next {
		return !s.Final()
	}
	switch s {
	case Pending:
		return true
	case Active, Waiting, Stuck:
		return next != Pending
	case Done, Failed, Skipped:
		return false
	}
	return false
}

// CanReopen reports whether a stage may be taken back from one state to another, which is not the way things go: what it
// stood on was voided, or new facts came to light. What was done is at work again or stuck; what had begun is not begun;
// what ended without what it was for has another chance, and what was skipped may come after all.
func (s State) CanReopen(next State) bool {
	switch s {
	case Done:
		return next == Active || next == Stuck || next == Pending
	case Active, Waiting, Stuck:
		return next == Pending
	case Failed:
		return next == Active
	case Skipped:
		return next == Active || next == Pending
	case Pending:
		return false
	}
	return false
}

// PartyKind says what sort of party owes the next act.
type PartyKind string

// The parties a case can wait on.
const (
	ByTrainee     PartyKind = "trainee"
	ByInstitution PartyKind = "institution"
	ByOperator    PartyKind = "operator"
	BySystem      PartyKind = "system"
	ByCalendar    PartyKind = "calendar" // only time is missing
)

// Party is who owes the next act. ID is set for an institution.
type Party struct {
	Kind PartyKind `json:"kind"`
	ID   string    `json:"id,omitempty"`
}

// StageView is one stage as it stands.
type StageView struct {
	Stage Stage
	State State
	Since time.Time
	DueAt *time.Time
	Owes  *Party
}

// Status is the headline status of a case.
type Status string

// The headline statuses.
const (
	CaseActive    Status = "active"
	CaseWaiting   Status = "waiting"
	CaseStuck     Status = "stuck"
	CaseWithdrawn Status = "withdrawn"
	CaseEnded     Status = "ended"
)

// Outcome is how a case ended; empty while it is open.
type Outcome string

// The outcomes.
const (
	Open      Outcome = ""
	Rejected  Outcome = "rejected"  // not admitted
	Withdrawn Outcome = "withdrawn" // the trainee left
	Untrained Outcome = "untrained" // training or its exam given up
	Trained   Outcome = "trained"   // training certificate, no grade certificate
	Certified Outcome = "certified" // grade certificate, no title outcome
	Mapped    Outcome = "mapped"    // grade certificate and title outcome
)

// OutcomeOfCancelling is how a case ends when an operator gives it up in a stage.
func OutcomeOfCancelling(s Stage) Outcome {
	switch s {
	case Registration:
		return Rejected
	case Training, Exam:
		return Untrained
	case Evaluation, Certificate:
		return Trained
	case Title, CEHours:
		return Certified
	}
	return Untrained
}

// Headline is the one line that says where a case stands: its status, the stage it stands in, and who owes what since
// when and by when.
type Headline struct {
	Status Status
	Stage  Stage
	Owes   *Party
	Since  *time.Time
	DueAt  *time.Time
}

// Derive computes the headline from the stages, given in any order, and the outcome. The earliest stuck stage wins,
// then the earliest stage that is at work or waits. An ended case stands in the last stage that was reached.
func Derive(views []StageView, outcome Outcome) Headline {
	ordered := inOrder(views)
	switch outcome {
	case Open:
	case Withdrawn:
		return Headline{Status: CaseWithdrawn, Stage: lastReached(ordered)}
	case Rejected, Untrained, Trained, Certified, Mapped:
		return Headline{Status: CaseEnded, Stage: lastReached(ordered)}
	}
	for _, state := range []State{Stuck, Waiting, Active} {
		for _, v := range ordered {
			if v.State != state {
				continue
			}
			return headlineOf(v)
		}
	}
	// Between two stages: the system is about to begin the next.
	return Headline{Status: CaseActive, Stage: nextPending(ordered), Owes: &Party{Kind: BySystem}}
}

func headlineOf(v StageView) Headline {
	since := v.Since
	h := Headline{Stage: v.Stage, Owes: v.Owes, Since: &since, DueAt: v.DueAt}
	switch v.State {
	case Stuck:
		h.Status = CaseStuck
	case Waiting:
		h.Status = CaseWaiting
	case Active, Pending, Done, Failed, Skipped:
		h.Status = CaseActive
	}
	if h.Owes == nil {
		h.Owes = &Party{Kind: BySystem}
	}
	return h
}

func inOrder(views []StageView) []StageView {
	ordered := slices.Clone(views)
	order := Stages()
	slices.SortStableFunc(ordered, func(a, b StageView) int {
		return slices.Index(order, a.Stage) - slices.Index(order, b.Stage)
	})
	return ordered
}

func lastReached(ordered []StageView) Stage {
	last := Registration
	for _, v := range ordered {
		// CE hours are credited beside the main line, so they do not say how far it went.
		if v.Stage != CEHours && v.State != Pending && v.State != Skipped {
			last = v.Stage
		}
	}
	return last
}

func nextPending(ordered []StageView) Stage {
	for _, v := range ordered {
		if v.State == Pending {
			return v.Stage
		}
	}
	return Title
}
