package api

import (
	"time"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// Pieces that several answers are made of.

// coded is a code with its name in the reader's language.
type coded struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// body is an institution, by its id and its published name.
type bodyView struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// name is what is called so; nothing where there is none.
func (c *coded) name() string {
	if c == nil {
		return ""
	}
	return c.Name
}

func (b *bodyView) name() string {
	if b == nil {
		return ""
	}
	return b.Name
}

// partyView is who owes the next act, and since when.
type partyView struct {
	Kind  string     `json:"kind" enum:"trainee,institution,operator,system,calendar"`
	ID    string     `json:"id,omitempty" doc:"Of an institution."`
	Name  string     `json:"name"`
	Since *time.Time `json:"since,omitempty"`
}

// reader writes answers in one reader's language. It looks institutions' names up once.
type reader struct {
	lang  message.Lang
	names map[string]string
}

// newReader is a reader that knows the names of these institutions.
func newReader(tx *store.Tx, r *request, institutions ...string) (reader, error) {
	names, err := tx.InstitutionNames(institutions)
	return reader{lang: r.lang, names: names}, err
}

func (v reader) say(family, code string) string { return message.Text(v.lang, family+"."+code, nil) }

func (v reader) coded(family, code string) coded { return coded{Code: code, Name: v.say(family, code)} }

// codedAll is an empty list without codes.
func (v reader) codedAll(family string, codes []string) []coded {
	all := make([]coded, len(codes))
	for i, code := range codes {
		all[i] = v.coded(family, code)
	}
	return all
}

// codedIf is nil without a code.
func (v reader) codedIf(family, code string) *coded {
	if code == "" {
		return nil
	}
	c := v.coded(family, code)
	return &c
}

// whyNot is why somebody may not do something now: the code and the title of the problem that it would be; nil without a code.
func (v reader) whyNot(code string) *coded {
	if code == "" {
		return nil
	}
	return &coded{Code: code, Name: v.say("problem", code+".title")}
}

func (v reader) institution(id string) bodyView { return bodyView{ID: id, Name: v.named(id)} }

func (v reader) named(id string) string {
	if name, known := v.names[id]; known {
		return name
	}
	return id
}

// occupation names an occupation by the rules it was registered under.
func (v reader) occupation(rules *policy.Policy, code string) coded {
	o, known := rules.Occupation(code)
	switch {
	case !known:
		return coded{Code: code, Name: code}
	case v.lang == message.English && o.English != "":
		return coded{Code: code, Name: o.English}
	}
	return coded{Code: code, Name: o.Title}
}

func (v reader) party(p *progress.Party, since *time.Time) *partyView {
	if p == nil {
		return nil
	}
	view := &partyView{Kind: string(p.Kind), ID: p.ID, Name: v.say("owes", string(p.Kind)), Since: since}
	if p.ID != "" {
		view.Name = v.named(p.ID)
	}
	return view
}

// words are an event's or incident's parameters with institutions by their names.
func (v reader) words(params map[string]any) map[string]any { return message.Named(params, v.names) }

// IncidentView is why a case is stuck, and what may be done about it.
type IncidentView struct {
	ID          string          `json:"id"`
	CaseID      string          `json:"case_id" doc:"Empty when it is of no case."`
	Stage       string          `json:"stage" doc:"Where the case is stuck on it; empty when it holds up none."`
	Certificate string          `json:"certificate_id,omitempty" doc:"The certificate it is about."`
	Channel     string          `json:"channel,omitempty" doc:"The channel of publication it is about."`
	Kind        string          `json:"kind" enum:"external,program,business,overdue"`
	Cause       string          `json:"cause"`
	Title       string          `json:"title"`
	Explanation string          `json:"explanation"`
	Verbs       []contract.Verb `json:"verbs" doc:"What an operator may do about it, the suggested first."`
	WhoCanMove  contract.Mover  `json:"who_can_move" enum:"operator,engineer,institution,trainee,nobody" doc:"Who can clear it; nobody: it is tried again by itself."`
	Suggested   []suggestedAct  `json:"suggested" doc:"What may be done about it, the most likely first, and what each would do."`
	NextAttempt *time.Time      `json:"next_attempt_at,omitempty" doc:"When what fails is tried again by itself, as far as is known."`
	Workflow    string          `json:"workflow_id,omitempty" doc:"The workflow whose execution it is about."`
	Institution *bodyView       `json:"institution,omitempty"`
	TaskID      string          `json:"task_id,omitempty"`
	Params      map[string]any  `json:"params"`
	State       string          `json:"state" enum:"open,resolving,closed"`
	Since       time.Time       `json:"since"`
	ClosedAt    *time.Time      `json:"closed_at,omitempty"`
	ClosedBy    string          `json:"closed_by,omitempty"`
}

func (v reader) incident(i store.Incident) IncidentView {
	view := IncidentView{
		ID: i.ID, CaseID: i.CaseID, Stage: string(i.Stage), Channel: i.Channel, Kind: string(i.Kind), Cause: string(i.Cause),
		Title: v.say("cause", string(i.Cause)+".title"), Verbs: i.Cause.Verbs(), Params: i.Params,
		Explanation: v.explanation(i), State: i.State, Since: i.OpenedAt, ClosedAt: i.ClosedAt, ClosedBy: i.ClosedBy,
		WhoCanMove: i.Cause.Mover(), Suggested: v.suggested(i.Cause), Workflow: i.WorkflowID,
	}
	if i.State != store.IncidentClosed {
		view.NextAttempt = i.NextAttemptAt
	}
	if i.InstitutionID != nil {
		at := v.institution(*i.InstitutionID)
		view.Institution = &at
	}
	if i.TaskID != nil {
		view.TaskID = *i.TaskID
	}
	if i.CertificateID != nil {
		view.Certificate = *i.CertificateID
	}
	return view
}

func (v reader) explanation(i store.Incident) string {
	words := v.words(i.Params)
	if i.Channel != "" {
		words["channel"] = i.Channel
	}
	if _, given := words["institution"]; !given && i.InstitutionID != nil {
		words["institution"] = v.named(*i.InstitutionID)
	}
	return message.Text(v.lang, "cause."+string(i.Cause)+".explanation", words)
}

func incidentInstitutions(incidents ...store.Incident) []string {
	var ids []string
	for _, i := range incidents {
		ids = append(ids, message.Institutions(i.Params)...)
		if i.InstitutionID != nil {
			ids = append(ids, *i.InstitutionID)
		}
	}
	return ids
}

// isID reports whether a text is an id as we write them. What is not cannot be the id of anything.
func isID(s string) bool {
	const length = 36
	if len(s) != length {
		return false
	}
	_, err := uuid.Parse(s)
	return err == nil
}
