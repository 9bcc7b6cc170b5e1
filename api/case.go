package api

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/explain"
	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// CaseSummary is a case in a list. (It is exported, as is every embedded struct here: the description of the interface
// leaves out the fields of those that are not.)
type CaseSummary struct {
	ID             string        `json:"id"`
	Occupation     coded         `json:"occupation"`
	Direction      string        `json:"direction"`
	Level          coded         `json:"level"`
	TrainingBody   bodyView      `json:"training_body"`
	EvaluationBody bodyView      `json:"evaluation_body"`
	PolicyVersion  string        `json:"policy_version"`
	Demonstration  bool          `json:"demonstration" doc:"The case rests on 演示数据."`
	Status         string        `json:"status" enum:"active,waiting,stuck,withdrawn,ended"`
	StatusName     string        `json:"status_name"`
	Stage          string        `json:"stage"`
	StageName      string        `json:"stage_name"`
	Outcome        string        `json:"outcome,omitempty" enum:"rejected,withdrawn,untrained,trained,certified,mapped"`
	OutcomeName    string        `json:"outcome_name,omitempty"`
	Owes           *partyView    `json:"owes,omitempty" doc:"Who owes the next act, and since when."`
	DueAt          *time.Time    `json:"due_at,omitempty"`
	RegisteredAt   time.Time     `json:"registered_at"`
	RegisteredOn   calendar.Date `json:"registered_on"`
	EndedAt        *time.Time    `json:"ended_at,omitempty"`
}

// caseView is a case with all that a reader may know of it. Nothing in it says who the trainee is.
type caseView struct {
	CaseSummary
	Withdrawing  bool               `json:"withdrawing" doc:"A withdrawal was asked for and is on its way."`
	Paused       bool               `json:"paused" doc:"It is held where it is; nothing becomes overdue."`
	Pause        *pauseView         `json:"pause,omitempty" doc:"Whose pause it is, and until when."`
	Standing     string             `json:"standing" doc:"Where the case stands, in a sentence for its trainee."`
	Ways         []wayView          `json:"ways" doc:"What a case that has ended leaves, and what can be done next."`
	Stages       []stageView        `json:"stages"`
	Incident     *IncidentView      `json:"incident,omitempty"`
	Hours        hoursView          `json:"hours"`
	Results      []resultView       `json:"results"`
	Certificates []CertificateView  `json:"certificates"`
	Title        *titleView         `json:"title,omitempty"`
	CEHours      []ceHoursView      `json:"ce_hours"`
	Decisions    []decisionView     `json:"decisions" doc:"What was decided on the person's facts and hours, in order."`
	Identity     *identityCheckView `json:"identity,omitempty" doc:"While people have yet to look who the trainee is. Missing: nobody doubts it."`
	LastEvent    int                `json:"last_event" doc:"The number of the timeline's newest line."`
	TakenUp      string             `json:"taken_up,omitempty" doc:"In the 200 that answers a registration: a desk, or an employer by its list, had registered the person before. Nothing was registered again; this says so in a sentence."`
}

type stageView struct {
	Stage      string     `json:"stage"`
	Name       string     `json:"name"`
	Machine    string     `json:"machine" doc:"The part of the case that the stage belongs to."`
	State      string     `json:"state" enum:"pending,active,waiting,stuck,done,failed,skipped"`
	StateName  string     `json:"state_name"`
	Text       string     `json:"text" doc:"Where it stands, in a sentence for the trainee."`
	Since      time.Time  `json:"since"`
	DueAt      *time.Time `json:"due_at,omitempty"`
	WaitingFor *partyView `json:"waiting_for,omitempty"`
}

// hoursView is the training's hours: what is recorded, and what is required where that is known.
type hoursView struct {
	Recorded ledger.Hours  `json:"recorded"`
	Required *ledger.Hours `json:"required,omitempty"`
	Modules  []moduleView  `json:"modules" doc:"The content that the standard asks for, in its order, and after it what else was taught."`
}

// moduleView is what somebody was taught of a module. That time was spent on it does not say that it is complete: its training
// body does, when it reports the training.
type moduleView struct {
	Name     string       `json:"name"`
	Hours    ledger.Hours `json:"hours" doc:"学时 that stand."`
	Required bool         `json:"required" doc:"The standard asks for it."`
}

type resultView struct {
	Kind     string        `json:"kind" enum:"exam,theory,practical"`
	Name     string        `json:"name"`
	Attempt  int           `json:"attempt"`
	Score    *float64      `json:"score" doc:"Null when the trainee was absent."`
	Absent   bool          `json:"absent"`
	PassMark float64       `json:"pass_mark"`
	Passed   bool          `json:"passed"`
	HeldOn   calendar.Date `json:"held_on"`
}

// CertificateView is a certificate, as it was printed. (Exported because it is embedded: see CaseSummary.)
type CertificateView struct {
	CaseID        string        `json:"case_id,omitempty" doc:"Of a certificate that a case led to."`
	PlaceID       string        `json:"place_id,omitempty" doc:"Of a certificate that a place in a CE base's course led to."`
	Kind          string        `json:"kind" enum:"training,grade,ce_base"`
	Name          string        `json:"name"`
	Number        string        `json:"number"`
	Issuer        bodyView      `json:"issuer" doc:"As on the published list on the day of issue."`
	Occupation    string        `json:"occupation,omitempty" doc:"As printed; a CE base's certificate has none."`
	Direction     string        `json:"direction,omitempty" doc:"As printed."`
	Level         string        `json:"level,omitempty" doc:"As printed."`
	Course        string        `json:"course,omitempty" doc:"As printed; only on a CE base's certificate."`
	Status        string        `json:"status" enum:"prepared,valid,suspended,superseded,revoked,cancelled"`
	IssuedOn      calendar.Date `json:"issued_on"`
	Demonstration bool          `json:"demonstration" doc:"The certificate rests on 演示数据."`
	Verify        string        `json:"verify" doc:"The path of its public check."`

	Publications []PublicationView `json:"publications,omitempty" doc:"Where it must be found; told to the holder, and with a case."`
}

type titleView struct {
	Outcome      string         `json:"outcome" enum:"met,not_met,insufficient_rule,withdrawn" doc:"Withdrawn: the grade certificate it rested on was revoked."`
	Kind         string         `json:"kind,omitempty" enum:"title_equivalent,eligible_to_apply"`
	Title        string         `json:"title"`
	Text         string         `json:"text"`
	Effects      []string       `json:"effects"`
	EarliestDate *calendar.Date `json:"earliest_date,omitempty" doc:"The day on which only time was missing."`
	DecidedOn    calendar.Date  `json:"decided_on"`
}

// decisionView is a decision as it was made, in the reader's language.
type decisionView struct {
	Kind          string         `json:"kind" enum:"admission,training_gate,evaluation_entry,title,title_withdrawal"`
	Name          string         `json:"name"`
	Outcome       string         `json:"outcome" enum:"met,not_met,insufficient_rule,withdrawn"`
	Text          string         `json:"text" doc:"The outcome in a sentence."`
	Lines         []string       `json:"lines" doc:"What it rests on, or what each alternative lacks; a sentence each."`
	Citation      citationView   `json:"citation" doc:"Of the alternative it rests on, or else of the rule."`
	EarliestDate  *calendar.Date `json:"earliest_date,omitempty" doc:"The day on which time alone would satisfy it."`
	AsOf          calendar.Date  `json:"as_of"`
	PolicyVersion string         `json:"policy_version"`
}

type citationView struct {
	Document string `json:"document"`
	Clause   string `json:"clause"`
	Basis    string `json:"basis" doc:"How sure we are of it."`
	Note     string `json:"note,omitempty"`
}

type ceHoursView struct {
	CaseID  string       `json:"case_id,omitempty"`
	PlaceID string       `json:"place_id,omitempty" doc:"The place in a CE base's course, when they were taken there."`
	Course  string       `json:"course,omitempty" doc:"The course's title."`
	Year    int          `json:"year"`
	Subject string       `json:"subject" enum:"professional,public"`
	Hours   ledger.Hours `json:"hours"`
}

type caseOutput struct{ Body caseView }

// getCase shows a case, from the record alone.
func (s *service) getCase(ctx context.Context, in *idInput) (*caseOutput, error) {
	r := requestOf(ctx)
	out := &caseOutput{}
	err := s.Store.Snapshot(ctx, func(tx *store.Tx) (err error) {
		out.Body, err = s.viewCase(tx, r, in.ID)
		return err
	})
	return out, err
}

// summarise shows cases as a list has them.
func summarise(v reader, c store.Case) (CaseSummary, error) {
	rules, err := policy.ByID(c.PolicyVersion)
	if err != nil {
		return CaseSummary{}, fmt.Errorf("read the case's rules: %w", err)
	}
	view := CaseSummary{
		ID: c.ID, Occupation: v.occupation(rules, c.Occupation), Direction: c.Direction, Level: v.coded("level", c.Level),
		TrainingBody: v.institution(c.TrainingBody), EvaluationBody: v.institution(c.EvaluationBody),
		PolicyVersion: c.PolicyVersion, Demonstration: rules.Demonstration(),
		Status: string(c.Status), StatusName: v.say("status", string(c.Status)),
		Stage: string(c.Stage), StageName: v.say("stage", string(c.Stage)),
		Owes: v.party(c.Owes(), c.OwesSince), DueAt: c.DueAt,
		RegisteredAt: c.RegisteredAt, RegisteredOn: c.RegisteredOn, EndedAt: c.EndedAt,
	}
	if c.Outcome != nil {
		view.Outcome, view.OutcomeName = string(*c.Outcome), v.say("outcome", string(*c.Outcome))
	}
	return view, nil
}

// bodiesOf lists the institutions that cases name.
func bodiesOf(cases ...store.Case) []string {
	var ids []string
	for _, c := range cases {
		ids = append(ids, c.TrainingBody, c.EvaluationBody)
		if c.OwesID != nil {
			ids = append(ids, *c.OwesID)
		}
	}
	return ids
}

// viewCase reads a case as it is shown.
func (s *service) viewCase(tx *store.Tx, r *request, id string) (caseView, error) {
	c, err := tx.Case(id)
	if err != nil {
		return caseView{}, err
	}
	stages, err := tx.Stages(id)
	if err != nil {
		return caseView{}, err
	}
	institutions := bodiesOf(c)
	for _, stage := range stages {
		if stage.OwesID != nil {
			institutions = append(institutions, *stage.OwesID)
		}
	}
	incident, err := tx.OpenIncidentOf(id)
	stuck := err == nil
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return caseView{}, err
	}
	if stuck {
		institutions = append(institutions, incidentInstitutions(incident)...)
	}
	v, err := newReader(tx, r, institutions...)
	if err != nil {
		return caseView{}, err
	}
	view := caseView{Stages: v.stages(c, stages), LastEvent: c.LastEvent}
	if view.CaseSummary, err = summarise(v, c); err != nil {
		return caseView{}, err
	}
	if stuck {
		shown := v.incident(incident)
		view.Incident = &shown
	}
	if !c.Ended() {
		_, err := tx.Withdrawal(id)
		view.Withdrawing = err == nil
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return caseView{}, err
		}
	}
	certificates, err := tx.Certificates(c.ID)
	if err != nil {
		return caseView{}, err
	}
	unissued := func(c store.Certificate) bool { return c.IssuedAt == nil }
	certificates = slices.DeleteFunc(certificates, unissued)
	view.Certificates = v.certificates(certificates)
	if err := s.withPublications(tx, v, certificates, view.Certificates); err != nil {
		return caseView{}, err
	}
	if err := v.gathered(tx, c, &view); err != nil {
		return caseView{}, err
	}
	if view.Pause, err = v.pause(tx, c); err != nil {
		return caseView{}, err
	}
	v.standing(c, &view)
	view.Identity, err = v.identity(tx, c)
	return view, err
}

// stages shows the stages in the order of the notice.
func (v reader) stages(c store.Case, rows []store.CaseStage) []stageView {
	bodies := v.bodies(c)
	byStage := make(map[progress.Stage]store.CaseStage, len(rows))
	for _, row := range rows {
		byStage[row.Stage] = row
	}
	views := make([]stageView, 0, len(rows))
	for _, stage := range progress.Stages() {
		row, there := byStage[stage]
		if !there {
			continue
		}
		since, waitsFor := row.Since, ""
		if row.OwesID != nil {
			waitsFor = v.named(*row.OwesID)
		}
		views = append(views, stageView{
			Stage: string(stage), Name: v.say("stage", string(stage)), Machine: string(stage.Machine()),
			State: string(row.State), StateName: v.say("stage_state", string(row.State)), Since: row.Since,
			Text: explain.Stage(v.lang, row.View(), bodies, waitsFor), DueAt: row.DueAt, WaitingFor: v.party(row.Owes(), &since),
		})
	}
	return views
}

// gathered adds what else the case has gathered: hours, results, the title and CE hours.
func (v reader) gathered(tx *store.Tx, c store.Case, view *caseView) error {
	entries, err := tx.Hours(c.ID)
	if err != nil {
		return err
	}
	rules, err := policy.ByID(c.PolicyVersion)
	if err != nil {
		return fmt.Errorf("read the case's rules: %w", err)
	}
	view.Hours = viewHours(rules, c, entries)
	marks, err := tx.Assessments(c.ID)
	if err != nil {
		return err
	}
	view.Results = make([]resultView, len(marks))
	for i, m := range marks {
		view.Results[i] = resultView{
			Kind: m.Kind, Name: v.say("task_kind", m.Kind), Attempt: m.Attempt, Score: m.Score, Absent: m.Score == nil,
			PassMark: m.PassMark, Passed: m.Passed, HeldOn: m.AssessedOn,
		}
	}
	decisions, err := tx.Decisions(c.ID)
	if err != nil {
		return err
	}
	if view.Title, err = v.title(decisions); err != nil {
		return err
	}
	if view.Decisions, err = v.decisions(c, decisions); err != nil {
		return err
	}
	years, err := tx.CEHoursOfCase(c.ID)
	if err != nil {
		return err
	}
	view.CEHours, err = ceHours(tx, years)
	return err
}

// viewHours is what stands of a case's hours, against what its standard asks.
func viewHours(rules *policy.Policy, c store.Case, entries []ledger.Entry) hoursView {
	rule := hours.Rule(rules)
	view := hoursView{Recorded: rule.Hours(ledger.Total(entries)), Modules: []moduleView{}}
	taught := ledger.ByModule(entries)
	var modules []string
	view.Required, modules = standardOf(rules, c.Occupation, c.Level)
	for _, module := range modules {
		here := moduleView{Name: module, Required: true}
		if i := slices.IndexFunc(taught, func(t ledger.ModuleTime) bool { return t.Module == module }); i >= 0 {
			here.Hours = rule.Hours(taught[i].Credited)
			taught = slices.Delete(taught, i, i+1)
		}
		view.Modules = append(view.Modules, here)
	}
	for _, other := range taught {
		view.Modules = append(view.Modules, moduleView{Name: other.Module, Hours: rule.Hours(other.Credited)})
	}
	return view
}

func (v reader) certificates(rows []store.Certificate) []CertificateView {
	views := make([]CertificateView, len(rows))
	for i, row := range rows {
		views[i] = CertificateView{
			CaseID: deref(row.CaseID), PlaceID: deref(row.PlaceID), Kind: row.Kind, Name: v.say("certificate", row.Kind), Number: row.Number,
			Issuer: bodyView{ID: row.Issuer, Name: row.Facts.IssuerName}, Occupation: row.Facts.Occupation,
			Direction: row.Facts.Direction, Level: row.Facts.Level, Course: row.Facts.Course, Status: row.Status,
			IssuedOn:      row.IssuedOn,
			Demonstration: row.Facts.Demonstration, Verify: "/verify/" + row.VerifyToken,
		}
	}
	return views
}

func ceHours(tx *store.Tx, years []store.CEYear) ([]ceHoursView, error) {
	var places []string
	for _, y := range years {
		if y.PlaceID != nil {
			places = append(places, *y.PlaceID)
		}
	}
	courses, err := tx.CoursesOfPlaces(places)
	if err != nil {
		return nil, err
	}
	views := make([]ceHoursView, len(years))
	for i, y := range years {
		views[i] = ceHoursView{
			CaseID: deref(y.CaseID), PlaceID: deref(y.PlaceID), Course: courses[deref(y.PlaceID)].Title,
			Year: y.Year, Subject: y.Subject, Hours: y.Hours,
		}
	}
	return views, nil
}

// deref is a text that may not be there.
func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
