package api

import (
	"slices"
	"time"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// causeDecisions are the decisions that say what an incident of a cause lacks.
var causeDecisions = map[contract.Cause]string{
	contract.EligibilityNotMet: policy.DecisionAdmission, contract.EvaluationEntryNotMet: policy.DecisionEvaluationEntry,
	contract.HoursInsufficient: policy.DecisionTraining, contract.CertificateUndermined: policy.DecisionTraining,
}

// stuck is an incident as a condition: what it lacks is what the decision behind it says.
func (w *waiting) stuck(i store.Incident) waitView {
	wait := waitView{
		Code: "incident", Stage: string(i.Stage), StageName: w.say("stage", string(i.Stage)), Title: w.say("cause", string(i.Cause)+".title"),
		Text: w.explanation(i), Missing: []string{}, Since: &i.OpenedAt, Who: w.party(&progress.Party{Kind: progress.ByOperator}, nil),
		Next: w.next(string(i.Cause)), IncidentID: i.ID,
	}
	if i.TaskID != nil {
		wait.TaskID = *i.TaskID
	}
	if i.State == store.IncidentResolving {
		wait.Who, wait.Next = w.party(&progress.Party{Kind: progress.BySystem}, nil), w.next("resolving")
	}
	if kind, decided := causeDecisions[i.Cause]; decided {
		w.lacking(&wait, kind)
	}
	return wait
}

// lacking adds what the latest decision of a kind says is missing, and where it is written.
func (w *waiting) lacking(wait *waitView, kind string) {
	for _, d := range slices.Backward(w.decisions) {
		if d.Kind != kind {
			continue
		}
		wait.Missing = d.Lines
		if d.Citation.Document != "" {
			wait.Citation = &d.Citation
		}
		return
	}
}

// owed is an open task as a condition.
func (w *waiting) owed(t store.Task, stage progress.Stage) waitView {
	wait := waitView{
		Code: "task", Stage: string(stage), StageName: w.say("stage", string(stage)), TaskID: t.ID, Since: &t.IssuedAt, Until: &t.DueAt,
		Title: message.Text(w.lang, "wait.task.title", map[string]any{"task": t.Kind}),
		Text: message.Text(w.lang, "wait.task.text", map[string]any{
			"institution": w.named(t.InstitutionID), "task": t.Kind, "attempt": t.Attempt,
		}),
		Missing: w.taskLacks(t), Who: w.party(&progress.Party{Kind: progress.ByInstitution, ID: t.InstitutionID}, nil),
		Citation: w.citationOf(t.Kind), Next: w.told(t),
	}
	return wait
}

// taskLacks says what a task asks for beyond its answer.
func (w *waiting) taskLacks(t store.Task) []string {
	lacks := []string{}
	say := func(key string, params map[string]any) {
		lacks = append(lacks, message.Text(w.lang, "wait.task."+key, params))
	}
	d := t.Details
	if t.Kind == contract.TrainingTask && d.RequiredHours != "" {
		have := d.RecordedHours.String()
		if have == "" {
			have = "0"
		}
		say("hours", map[string]any{"have": have, "need": d.RequiredHours.String()})
	}
	for _, module := range d.MissingModules {
		say("module", map[string]any{"module": module})
	}
	if d.MissingOffline != "" {
		say("offline", map[string]any{"hours": d.MissingOffline.String()})
	}
	if d.PassMark != "" {
		say("mark", map[string]any{"mark": d.PassMark.String()})
	}
	if d.EarliestSession != "" {
		say("session", map[string]any{"date": d.EarliestSession})
	}
	return lacks
}

// told says whether the institution was told of a task, and when it is told again.
func (w *waiting) told(t store.Task) *followUp {
	event, queued := w.events[t.ID]
	endpoint, called := w.endpoints[t.InstitutionID]
	situation, at := "delivered", (*time.Time)(nil)
	switch {
	case !called || !queued:
		situation = "polls"
	case event.State == store.OutboxFailed:
		situation = "given_up"
	case event.State == store.OutboxPending && endpoint.State != store.EndpointActive:
		situation = "stopped"
	case event.State == store.OutboxPending:
		situation, at = "pending", &event.NextAttemptAt
		if endpoint.NotBefore != nil && endpoint.NotBefore.After(*at) {
			at = endpoint.NotBefore
		}
	default:
		at = event.DeliveredAt
	}
	return &followUp{
		Text: message.Text(w.lang, "wait.told."+situation, map[string]any{"attempts": event.Attempts}), At: at,
	}
}

// citationOf is where it is written that a task is needed.
func (w *waiting) citationOf(kind string) *citationView {
	var c policy.Citation
	switch kind {
	case contract.TrainingTask:
		standard, err := w.rules.TrainingStandard(w.c.Occupation, w.c.Level)
		if err != nil {
			return nil // the case is stuck on that
		}
		c = standard.Citation
	case contract.ExamTask:
		c = w.rules.Exam().Citation
	case contract.TheoryTask, contract.PracticalTask:
		c = w.rules.Evaluation(w.c.Occupation).Citation
	case contract.EnrolmentTask:
	}
	if c.Document == "" {
		return nil
	}
	return &citationView{Document: c.Document, Clause: c.Clause, Basis: string(c.Basis), Note: c.Note.In(string(w.lang))}
}

// under is a stage that is under way, and that neither an incident nor a task stands for.
func (w *waiting) under(s store.CaseStage) waitView {
	since := s.Since
	wait := waitView{
		Code: "stage", Stage: string(s.Stage), StageName: w.say("stage", string(s.Stage)), Missing: []string{}, Since: &since, Until: s.DueAt,
		Title: w.say("stage", string(s.Stage)), Text: w.say("wait", "stage.text"), Who: w.party(s.Owes(), nil), Next: w.next("stage"),
	}
	if wait.Who == nil {
		wait.Who = w.party(&progress.Party{Kind: progress.BySystem}, nil)
	}
	if p := s.Owes(); p != nil && p.Kind == progress.ByCalendar {
		wait.Code, wait.Title, wait.Text = "calendar", w.say("wait", "calendar.title"), w.say("wait", "calendar.text")
		wait.Next = &followUp{Text: w.say("wait", "next.calendar"), At: s.DueAt}
		switch s.Stage {
		case progress.Title:
			w.lacking(&wait, policy.DecisionTitle)
		case progress.Certificate:
			wait.Text = w.say("wait", "calendar.certificate")
		default:
		}
		return wait
	}
	if s.Stage == progress.Certificate && s.State == progress.Waiting {
		wait.Code, wait.Title, wait.Text = "review", w.say("wait", "review.title"), w.say("wait", "review.text")
		return wait
	}
	for _, c := range w.prepared {
		if s.Stage == progress.Exam && c.Kind == contract.TrainingCertificate || s.Stage == progress.Certificate && c.Kind == contract.GradeCertificate {
			wait.Code, wait.Title, wait.Since = "issuance", w.say("wait", "issuance.title"), &c.RecordedAt
			wait.Text = message.Text(w.lang, "wait.issuance.text", map[string]any{"certificate": c.Kind, "number": c.Number})
			wait.Next = w.next("issuance")
		}
	}
	return wait
}
