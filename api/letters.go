package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/store"
)

// registerLetters adds the operations on answers that no case could take.
func (s *service) registerLetters(api huma.API) {
	const tag = "dead-letters"
	s.letter = bodyFor[letterBody](api.OpenAPI().Components.Schemas)
	read(api, "GET /v1/dead-letters", tag, "Answers that no case could take", s.listLetters)
	read(api, "GET /v1/dead-letters/{id}", tag, "Such an answer, and what it says", s.getLetter)
	sent(api, "POST /v1/dead-letters/{id}/resolution", tag, "Apply it to a task that is open, or discard it", s.letter.schema,
		http.StatusOK, s.resolveLetter)
}

// LetterView is an answer that no case could take. (Exported because it is embedded: see CaseSummary.)
type LetterView struct {
	ID           string      `json:"id"`
	Institution  bodyView    `json:"institution"`
	Kind         string      `json:"kind" enum:"result,rejection"`
	TaskID       string      `json:"task_id" doc:"As the institution named it."`
	Task         *letterTask `json:"task,omitempty" doc:"If it is one of the institution's."`
	Reason       coded       `json:"reason" doc:"Why it could not be taken."`
	Acknowledged bool        `json:"acknowledged" doc:"It was answered as taken, before the case went on without it."`
	ReceivedAt   time.Time   `json:"received_at"`
	Times        int         `json:"times" doc:"How often it came."`
	LastAt       time.Time   `json:"last_at"`
	State        string      `json:"state" enum:"open,applied,discarded"`
	AppliedTo    string      `json:"applied_to,omitempty" doc:"The task it was applied to."`
	ResolvedAt   *time.Time  `json:"resolved_at,omitempty"`
	ResolvedBy   string      `json:"resolved_by,omitempty"`
	Resolution   string      `json:"resolution_reason,omitempty"`
}

// letterTask is a task as far as a letter is concerned with it.
type letterTask struct {
	ID          string    `json:"id"`
	CaseID      string    `json:"case_id"`
	Kind        string    `json:"kind" enum:"enrolment,training,exam,theory,practical"`
	KindName    string    `json:"kind_name"`
	Attempt     int       `json:"attempt"`
	Issue       int       `json:"issue"`
	State       string    `json:"state" enum:"open,answered,rejected,cancelled"`
	CloseReason string    `json:"close_reason,omitempty"`
	IssuedAt    time.Time `json:"issued_at"`
}

type lettersInput struct {
	NumberedInput
	FilteredInput

	State       string `query:"state" enum:"open,applied,discarded"`
	Reason      string `query:"reason" enum:"task_unknown,task_foreign,second_opinion,task_cancelled,task_reassigned,asked_again,case_ended,case_erased"`
	Institution string `query:"institution" maxLength:"64"`
	Sort        string `query:"sort" enum:"received_at,-received_at" doc:"The order of numbered pages."`
	After       string `query:"after" maxLength:"200" doc:"The next of the page before."`
	Limit       int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type lettersOutput struct {
	Body struct {
		Letters []LetterView `json:"letters"`
		Next    *string      `json:"next" doc:"The after of the next page; null when there is none."`
		Total   *int64       `json:"total,omitempty" doc:"How many there are, when a page is asked for by its number."`
	}
}

// listLetters lists letters for an operator, those that came first before others.
func (s *service) listLetters(ctx context.Context, in *lettersInput) (*lettersOutput, error) {
	r := requestOf(ctx)
	found := &faults{}
	filter := store.LetterFilter{
		Within: r.within(in.Institution), State: in.State, Reason: in.Reason, After: position(found, in.After), Limit: in.Limit,
		Where: s.expression(found, r, in.FilteredInput, store.LetterFields()), Numbered: in.numbered(found, in.Sort, in.After),
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	tx := s.Store.Read(ctx)
	out := &lettersOutput{}
	total, err := in.total(&filter.Limit, func() (int64, error) { return tx.CountLetters(filter) })
	if err != nil {
		return nil, err
	}
	out.Body.Total = total
	letters, err := tx.Letters(filter)
	if err != nil {
		return nil, err
	}
	letters, out.Body.Next = upTo(in.Limit, letters, func(l store.Letter) (time.Time, string) { return l.ReceivedAt, l.ID })
	out.Body.Letters, err = viewLetters(tx, r, letters...)
	return out, err
}

func viewLetters(tx *store.Tx, r *request, letters ...store.Letter) ([]LetterView, error) {
	var institutions, tasks []string
	for _, l := range letters {
		institutions = append(institutions, l.InstitutionID)
		if l.TaskID != nil {
			tasks = append(tasks, *l.TaskID)
		}
	}
	v, err := newReader(tx, r, institutions...)
	if err != nil {
		return nil, err
	}
	known, err := tx.TasksByID(tasks)
	if err != nil {
		return nil, err
	}
	views := make([]LetterView, len(letters))
	for i, l := range letters {
		views[i] = LetterView{
			ID: l.ID, Institution: v.institution(l.InstitutionID), Kind: l.Kind, TaskID: l.NamedTask,
			Reason: v.coded("letter.reason", string(l.Reason)), Acknowledged: l.BodySealed == nil, ReceivedAt: l.ReceivedAt,
			Times: l.Times, LastAt: l.LastAt, State: l.State, AppliedTo: deref(l.AppliedTo), ResolvedAt: l.ResolvedAt,
			ResolvedBy: deref(l.ResolvedBy), Resolution: l.Resolution,
		}
		if l.TaskID != nil {
			about := v.letterTask(known[*l.TaskID])
			views[i].Task = &about
		}
	}
	return views, nil
}

func (v reader) letterTask(t store.Task) letterTask {
	return letterTask{
		ID: t.ID, CaseID: t.CaseID, Kind: t.Kind, KindName: v.say("task_kind", t.Kind), Attempt: t.Attempt, Issue: t.Issue,
		State: string(t.State), CloseReason: t.CloseReason, IssuedAt: t.IssuedAt,
	}
}

type letterOutput struct {
	Body struct {
		LetterView
		Content   json.RawMessage `json:"content" doc:"What was sent: the body of a result or of a rejection."`
		OpenTasks []letterTask    `json:"open_tasks" doc:"Tasks of the same case and institution that it could be applied to."`
	}
}

// getLetter shows a letter with what it says. That somebody read it is written down, in the transaction that reads it.
func (s *service) getLetter(ctx context.Context, in *idInput) (*letterOutput, error) {
	r := requestOf(ctx)
	out := &letterOutput{}
	out.Body.OpenTasks = []letterTask{}
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		l, err := tx.Letter(in.ID)
		if err != nil {
			return err
		}
		views, err := viewLetters(tx, r, l)
		if err != nil {
			return err
		}
		out.Body.LetterView = views[0]
		content, err := s.letterContent(tx, l)
		if err != nil {
			return err
		}
		if out.Body.Content, err = withoutNumbers(content); err != nil {
			return err
		}
		if about := views[0].Task; about != nil && l.State == store.LetterOpen {
			open, err := tx.OpenTasks(about.CaseID)
			if err != nil {
				return err
			}
			for _, t := range open {
				if t.InstitutionID == l.InstitutionID {
					out.Body.OpenTasks = append(out.Body.OpenTasks, reader{lang: r.lang}.letterTask(t))
				}
			}
		}
		return s.audit(tx, r, "letter.read", "letter:"+l.ID, "", nil)
	})
	return out, err
}

// withoutNumbers masks numbers of persons in free text.
func withoutNumbers(raw []byte) (json.RawMessage, error) {
	parsed, err := parse(raw)
	if err != nil {
		return nil, err
	}
	return namingNobody(parsed, raw)
}
