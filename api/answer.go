package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/dengpan/dengpan/store"
)

// answerView says what became of an answer to a task.
type answerView struct {
	TaskID    string `json:"task_id"`
	State     string `json:"state" enum:"answered,rejected"`
	Forwarded bool   `json:"forwarded" doc:"False: it is kept, and the case will be told as soon as it can be."`
	Repeated  bool   `json:"repeated" doc:"The same answer was taken before; nothing was changed."`
}

type answerOutput struct {
	Status int
	Body   answerView
}

// postResult takes an institution's result of a task.
func (s *service) postResult(ctx context.Context, in *idBodyInput) (*answerOutput, error) {
	return s.answer(ctx, in, store.AnswerResult, s.readResult)
}

// postRejection takes an institution's refusal of a task.
func (s *service) postRejection(ctx context.Context, in *idBodyInput) (*answerOutput, error) {
	return s.answer(ctx, in, store.AnswerRejection, s.readRejection)
}

// sentAnswer is an answer that is in itself right, in the form the record keeps.
type sentAnswer struct {
	body any
	// number is the certificate number it reports, if any.
	number string
}

// answerReader reads an answer to a task.
type answerReader func(tx *store.Tx, t store.Task, parsed any, raw []byte) (sentAnswer, error)

// writing runs a function in a transaction of its own ([store.Store.Tx]), or as a part of one.
type writing func(ctx context.Context, fn func(*store.Tx) error) error

// answer takes an answer to a task, and tells its case. One that comes too late, or contradicts what was taken, is kept for
// an operator to decide on.
func (s *service) answer(ctx context.Context, in *idBodyInput, kind string, read answerReader) (*answerOutput, error) {
	out, item, err := s.takeAnswer(ctx, s.Store.Tx, in, kind, read)
	if refusal, is := errors.AsType[*Problem](err); is && (refusal.Code == taskClosed || refusal.Code == resultConflict) {
		err = s.keepUnfit(ctx, in, kind, refusal)
	}
	if err != nil {
		return nil, err
	}
	out.Body.Forwarded = item.ForwardedAt != nil || s.forward(ctx, item)
	out.Status = http.StatusOK
	if !out.Body.Forwarded {
		out.Status = http.StatusAccepted
	}
	return out, nil
}

// takeAnswer takes an answer to a task at most once, whatever is sent and however often. The task stays locked from the look
// at its state to the end of the transaction, so of answers that race one is taken and the others are compared with it.
func (s *service) takeAnswer(
	ctx context.Context, write writing, in *idBodyInput, kind string, read answerReader,
) (*answerOutput, store.InboxItem, error) {
	r := requestOf(ctx)
	var item store.InboxItem
	parsed, err := parse(in.RawBody)
	if err != nil {
		return nil, item, err
	}
	out := &answerOutput{Body: answerView{TaskID: in.ID}}
	err = write(ctx, func(tx *store.Tx) error {
		t, err := tx.LockTask(in.ID)
		if err != nil {
			return err
		}
		sent, err := read(tx, t, parsed, in.RawBody)
		if err != nil {
			return err
		}
		a, err := s.answerOf(r, t, kind, sent)
		if err != nil {
			return err
		}
		if t.State != store.TaskOpen {
			out.Body.Repeated = true
			item, err = s.repeated(tx, t, kind, a.Digest)
			return err
		}
		item, err = s.insertAnswer(tx, r, t, a, sent.number)
		return err
	})
	if err != nil {
		return nil, item, err
	}
	out.Body.State = string(answeredState(kind))
	return out, item, nil
}

// answeredState is the state of a task that has an answer of a kind.
func answeredState(kind string) store.TaskState {
	if kind == store.AnswerRejection {
		return store.TaskRejected
	}
	return store.TaskAnswered
}

// answerOf is an answer as the record keeps it.
func (s *service) answerOf(r *request, t store.Task, kind string, sent sentAnswer) (store.TaskAnswer, error) {
	content, err := json.Marshal(sent.body)
	if err != nil {
		return store.TaskAnswer{}, fmt.Errorf("encode an answer: %w", err)
	}
	digest := sha256.Sum256(append([]byte(kind+"\n"), content...))
	return store.TaskAnswer{
		TaskID: t.ID, Kind: kind, Body: content, Digest: digest[:], ReceivedBy: r.account.ID, ReceivedAt: s.Now().UTC(),
	}, nil
}

// insertAnswer writes the answer to a task that is open, and locked.
func (s *service) insertAnswer(tx *store.Tx, r *request, t store.Task, a store.TaskAnswer, number string) (store.InboxItem, error) {
	if number != "" {
		taken, err := tx.NumberTaken(t.InstitutionID, number)
		if err != nil {
			return store.InboxItem{}, err
		}
		if taken {
			return store.InboxItem{}, problem(certificateNumberTaken, FieldError{Field: "certificate_number", Code: fieldNumberTaken})
		}
	}
	item, err := tx.InsertAnswer(t, a)
	if err != nil {
		return item, err
	}
	return item, s.audit(tx, r, "task."+a.Kind, "task:"+t.ID, "", nil)
}

// repeated compares an answer with the one that closed its task. The same again is taken for what it is; another is a
// contradiction, and an answer to a task that something else closed comes too late.
func (s *service) repeated(tx *store.Tx, t store.Task, kind string, digest []byte) (store.InboxItem, error) {
	known, err := tx.Answer(t.ID)
	switch {
	case errors.Is(err, store.ErrNotFound) || err == nil && known.Kind != kind:
		return store.InboxItem{}, problem(taskClosed)
	case err != nil:
		return store.InboxItem{}, err
	case !bytes.Equal(known.Digest, digest):
		return store.InboxItem{}, problem(resultConflict)
	}
	return tx.InboxItemOf(store.InboxAnswer, t.ID)
}
