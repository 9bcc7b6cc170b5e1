package acting

import (
	"errors"
	"slices"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// Why a verb is not for a case as it stands. Each has words in the catalogue, under field, for it is the verb's fault.
const (
	CaseEnded         = "case_ended"
	ActPending        = "act_pending"        // another act is on its way
	ResolutionPending = "resolution_pending" // a resolution of what it is stuck on is on its way
	ApprovalPending   = "approval_pending"   // a second person has yet to decide on another
	CasePaused        = "case_paused"
	NotPaused         = "not_paused"
	NotForCause       = "not_for_cause" // it is stuck, and the verb does not help against that
	NothingAsked      = "nothing_asked" // no institution owes anything
	NothingToWaive    = "nothing_to_waive"
	NoMark            = "no_mark" // there is no result to replace
	NoEarlierStage    = "no_earlier_stage"
	StageNotEarlier   = "stage_not_earlier"
	InForce           = "certificate_in_force"
	CaseClosing       = "case_closing"
	PausedOften       = "paused_often"  // the trainee has paused it as often as trainees may
	NotOwnPause       = "not_own_pause" // somebody else paused it
	NotOwn            = "not_own"       // it is not for trainees
	StepFailed        = "step_failed"
)

// scene is what a case's acts depend on, read once.
type scene struct {
	incident *store.Incident // it is stuck on
	tasks    []store.Task    // that are owed
	marks    []store.Assessment
	way      bool // an act is on its way
}

func (f *File) scene() (s scene, err error) {
	incident, err := f.Tx.OpenIncidentOf(f.ID)
	switch {
	case err == nil:
		s.incident = &incident
	case !errors.Is(err, store.ErrNotFound):
		return s, err
	}
	if s.tasks, err = f.Tx.OpenTasks(f.ID); err != nil {
		return s, err
	}
	if s.marks, err = f.Tx.Assessments(f.ID); err != nil {
		return s, err
	}
	s.way, err = f.Tx.ActOnItsWay(f.ID)
	return s, err
}

// Possibility is a verb, and why it is not for the case as it stands; empty when it is.
type Possibility struct {
	Verb contract.Verb
	Why  string
}

// Possible says of every verb whether it is for the case as it stands.
func (f *File) Possible() ([]Possibility, error) {
	s, err := f.scene()
	if err != nil {
		return nil, err
	}
	verbs := contract.ActVerbs()
	all := make([]Possibility, len(verbs))
	for i, verb := range verbs {
		why, err := f.whyNot(verb, s)
		if err != nil {
			return nil, err
		}
		if why == "" && s.way {
			why = ActPending
		}
		all[i] = Possibility{Verb: verb, Why: why}
	}
	return all, nil
}

// whyNot is why a verb is not for the case as it stands, whatever it comes with.
func (f *File) whyNot(verb contract.Verb, s scene) (string, error) {
	switch {
	case f.Ended():
		return CaseEnded, nil
	case s.incident != nil && s.incident.State == store.IncidentResolving && verb != contract.Leave:
		return ResolutionPending, nil
	case f.AwaitsApproval && verb.NeedsApproval():
		return ApprovalPending, nil
	case f.PausedAt != nil && verb != contract.Release && verb != contract.Cancel && verb != contract.Leave:
		return CasePaused, nil
	case f.PausedAt == nil && verb == contract.Release:
		return NotPaused, nil
	}
	if by := resolves(verb, s.incident); by != "" && f.PausedAt == nil {
		if !s.incident.Cause.Allows(by) {
			return NotForCause, nil
		}
		return "", nil
	}
	switch verb {
	case contract.Retry, contract.Extend, contract.Reassign:
		if len(s.tasks) == 0 {
			return NothingAsked, nil
		}
	case contract.Waive:
		return NothingToWaive, nil
	case contract.Override:
		return whyNoMark(f.at(), s), nil
	case contract.GoBack:
		if s.incident != nil && !s.incident.Cause.Allows(contract.Cancel) {
			return NotForCause, nil // it is held for what others decide
		}
		return f.whyNotBack("")
	case contract.Correct, contract.Hold, contract.Release, contract.Cancel, contract.Leave, contract.ResumeEndpoint:
	}
	return "", nil
}

// resolves is the verb by which an act resolves what a case is stuck on; empty when it does not.
func resolves(verb contract.Verb, i *store.Incident) contract.Verb {
	if i == nil {
		return ""
	}
	switch verb {
	case contract.Retry, contract.Extend, contract.Reassign, contract.Correct, contract.Cancel, contract.Waive:
		return ResolvedBy(verb)
	case contract.Override, contract.GoBack, contract.Hold, contract.Release, contract.Leave, contract.ResumeEndpoint:
	}
	return ""
}

// ResolvedBy is what an incident is resolved by that an operator wants to do a verb to: to waive a condition is to override it.
func ResolvedBy(verb contract.Verb) contract.Verb {
	if verb == contract.Waive {
		return contract.Override
	}
	return verb
}

// whyNoMark is why no result can be replaced: there is none, or the case does not wait for it any more.
func whyNoMark(stage progress.Stage, s scene) string {
	asked := len(s.tasks) > 0
	if s.incident != nil {
		switch s.incident.Cause {
		case contract.TaskOverdue, contract.ExamAttemptsExhausted, contract.EvaluationAttemptsExhausted:
			asked = true
		default:
			return NotForCause
		}
	}
	has := slices.ContainsFunc(s.marks, func(m store.Assessment) bool { return markedIn(m.Kind) == stage })
	if !asked || !has {
		return NoMark
	}
	return ""
}

// markedIn is the stage that a mark is of.
func markedIn(part string) progress.Stage {
	if part == contract.ExamTask {
		return progress.Exam
	}
	return progress.Evaluation
}

// whyNotBack is why the case cannot go back to a stage; with none, to any.
func (f *File) whyNotBack(stage progress.Stage) (string, error) {
	earlier := f.Earlier()
	if len(earlier) == 0 {
		return NoEarlierStage, nil
	}
	to := stage
	if to == "" {
		to = earlier[len(earlier)-1]
	}
	if !slices.Contains(earlier, to) {
		return StageNotEarlier, nil
	}
	standing, err := f.inForce(to)
	if err == nil && len(standing) > 0 {
		return InForce, nil
	}
	return "", err
}

// Earlier lists the stages that the case has behind it and could be asked for again, the first first.
func (f *File) Earlier() []progress.Stage {
	var stages []progress.Stage
	for _, stage := range []progress.Stage{progress.Registration, progress.Training, progress.Exam, progress.Evaluation} {
		if before(stage, f.at()) {
			stages = append(stages, stage)
		}
	}
	return stages
}

// at is the stage of the main line that the case stands in: CE hours are credited beside it.
func (f *File) at() progress.Stage {
	for _, stage := range progress.Stages() {
		if state := f.State(stage); stage != progress.CEHours && !state.Final() {
			return stage
		}
	}
	return progress.Title
}
