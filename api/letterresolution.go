package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/dengpan/dengpan/authority"
	"github.com/dengpan/dengpan/store"
)

// letterBody is what an operator decides about a letter.
type letterBody struct {
	Verb   string `json:"verb" enum:"apply,discard"`
	TaskID string `json:"task_id,omitempty" maxLength:"64" doc:"To apply it to: a task of the same institution that is open. Without one, the task that the letter names."`
	Reason string `json:"reason" minLength:"1" maxLength:"500" doc:"Kept with the operator's name."`
}

const verbApply = "apply"

type letterResolutionOutput struct {
	Status int
	Body   struct {
		Letter LetterView  `json:"letter"`
		Answer *answerView `json:"answer,omitempty" doc:"What became of it as an answer, when it was applied."`
	}
}

// resolveLetter takes an operator's decision about a letter. One that is applied goes the way of any answer from there.
func (s *service) resolveLetter(ctx context.Context, in *idBodyInput) (*letterResolutionOutput, error) {
	r := requestOf(ctx)
	body, found, err := s.letter.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	reason := reasonIn(found, body.Reason)
	if body.TaskID != "" && body.Verb != verbApply && !found.has("verb") {
		found.add("task_id", fieldConflict)
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	out := &letterResolutionOutput{Status: http.StatusOK}
	var item *store.InboxItem
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		l, err := tx.LockLetter(in.ID)
		if err != nil {
			return err
		}
		if l.State != store.LetterOpen {
			return problem(letterResolved)
		}
		now := s.Now().UTC()
		l.State, l.ResolvedBy, l.ResolvedAt, l.Resolution = store.LetterDiscarded, &r.account.ID, &now, reason
		about := store.OutboxPayload{TaskID: l.NamedTask}
		if body.Verb == verbApply {
			l.State = store.LetterApplied
			item, err = s.applyLetter(tx, r, &l, body.TaskID, &about)
		} else if l.TaskID != nil {
			var t store.Task
			t, err = tx.Task(*l.TaskID)
			about.CaseID, about.Kind = t.CaseID, t.Kind
		}
		if err != nil {
			return err
		}
		if err := tx.ResolveLetter(l, about); err != nil {
			return err
		}
		views, err := viewLetters(tx, r, l)
		if err != nil {
			return err
		}
		out.Body.Letter = views[0]
		return s.audit(tx, r, "letter."+body.Verb, "letter:"+l.ID, reason, map[string]any{"task": about.TaskID})
	})
	if err != nil || item == nil {
		return out, err
	}
	out.Body.Answer = &answerView{
		TaskID: out.Body.Letter.AppliedTo, State: string(answeredState(out.Body.Letter.Kind)), Forwarded: s.forward(ctx, *item),
	}
	if !out.Body.Answer.Forwarded {
		out.Status = http.StatusAccepted
	}
	return out, nil
}

// applyLetter answers a task with what a letter says.
func (s *service) applyLetter(
	tx *store.Tx, r *request, l *store.Letter, taskID string, about *store.OutboxPayload,
) (*store.InboxItem, error) {
	t, err := letterTarget(tx, r, *l, taskID)
	if err != nil {
		return nil, err
	}
	raw, err := s.letterContent(tx, *l)
	if err != nil {
		return nil, err
	}
	parsed, err := parse(raw)
	if err != nil {
		return nil, err
	}
	read := s.readResult
	if l.Kind == store.AnswerRejection {
		read = s.readRejection
	}
	asked := t
	if asked.IssuedAt, err = firstAsked(tx, *l, t); err != nil {
		return nil, err
	}
	sent, err := read(tx, asked, parsed, raw)
	if err != nil {
		return nil, err
	}
	a, err := s.answerOf(r, t, l.Kind, sent)
	if err != nil {
		return nil, err
	}
	a.LetterID, l.AppliedTo = &l.ID, &t.ID
	about.TaskID, about.CaseID, about.Kind = t.ID, t.CaseID, t.Kind
	item, err := s.insertAnswer(tx, r, t, a, sent.number)
	return &item, err
}

// letterTarget is the task that a letter is to be applied to, locked: open, of the same institution, and within the
// operator's reach.
func letterTarget(tx *store.Tx, r *request, l store.Letter, taskID string) (store.Task, error) {
	unknown := problem(validationFailed, FieldError{Field: "task_id", Code: fieldUnknownTask})
	switch {
	case taskID == "" && l.TaskID == nil:
		return store.Task{}, problem(validationFailed, FieldError{Field: "task_id", Code: fieldRequired})
	case taskID == "":
		taskID = *l.TaskID
	case !isID(taskID):
		return store.Task{}, unknown
	}
	owners, err := tx.Owners(authority.Task, taskID)
	if errors.Is(err, store.ErrNotFound) ||
		err == nil && (owners.Institution != l.InstitutionID || !authority.Area.Reaches(r.account.Caller(), owners)) {
		return store.Task{}, unknown
	} else if err != nil {
		return store.Task{}, err
	}
	t, err := tx.LockTask(taskID)
	if err == nil && t.State != store.TaskOpen {
		err = problem(letterTaskClosed)
	}
	return t, err
}

// firstAsked is since when the work of a task was asked for: a letter may answer an earlier asking for the same.
func firstAsked(tx *store.Tx, l store.Letter, t store.Task) (since time.Time, err error) {
	if l.TaskID == nil {
		return t.IssuedAt, nil
	}
	named, err := tx.Task(*l.TaskID)
	if err == nil && named.CaseID == t.CaseID && named.Kind == t.Kind && named.Attempt == t.Attempt && named.IssuedAt.Before(t.IssuedAt) {
		return named.IssuedAt, nil
	}
	return t.IssuedAt, err
}
