package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"github.com/dengpan/dengpan/authority"
	"github.com/dengpan/dengpan/store"
)

// Answers that fit no task: they are refused, and kept as letters for an operator to decide on. Nothing that came in good
// form is dropped; what is malformed is the sender's to mend, who is told.

// mostLetters is how many letters of one institution may wait for a decision; lettersWait is when to try again after that.
const (
	mostLetters = 1000
	lettersWait = time.Minute
)

// keepUnfit keeps an answer to a task that is closed, and is the refusal of it that tells so.
func (s *service) keepUnfit(ctx context.Context, in *idBodyInput, kind string, refusal *Problem) error {
	return s.keepLetter(ctx, in.ID, kind, in.RawBody, refusal, func(tx *store.Tx) (store.LetterReason, error) {
		t, err := tx.Task(in.ID)
		return reasonOf(t), err
	})
}

// reasonOf is why a task that is closed takes no answer.
func reasonOf(t store.Task) store.LetterReason {
	switch {
	case t.State != store.TaskCancelled:
		return store.LetterSecondOpinion
	case t.CloseReason == "reassigned":
		return store.LetterTaskReassigned
	case t.CloseReason == "case_ended":
		return store.LetterCaseEnded
	}
	return store.LetterTaskCancelled
}

// keepMisdirected keeps an answer to a task that is not there, or is another institution's. The sender cannot tell which.
func (s *service) keepMisdirected(c *gin.Context, row authority.Row, refused error) error {
	refusal, is := errors.AsType[*Problem](refused)
	id := c.Param("id")
	if row.Verb != "task.answer" || !is || refusal.Code != notFound || !isID(id) {
		return refused
	}
	raw, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, mostBytes))
	if err != nil {
		return refused
	}
	kind := store.AnswerResult
	if strings.HasSuffix(row.Route, "/rejection") {
		kind = store.AnswerRejection
	}
	if !s.inForm(kind, raw) {
		return refused
	}
	return s.keepLetter(c.Request.Context(), id, kind, raw, refusal, func(tx *store.Tx) (store.LetterReason, error) {
		_, err := tx.Task(id)
		if errors.Is(err, store.ErrNotFound) {
			return store.LetterTaskUnknown, nil
		}
		return store.LetterTaskForeign, err
	})
}

// inForm reports whether a body would be an answer to some task.
func (s *service) inForm(kind string, raw []byte) bool {
	right := func(_ any, found *faults, err error) bool { return err == nil && len(found.list) == 0 }
	if kind == store.AnswerRejection {
		body, found, err := s.bodies.rejection.read(raw)
		return right(body, found, err)
	}
	enrolment, found, err := s.bodies.enrolment.read(raw)
	if right(enrolment, found, err) {
		return true
	}
	training, found, err := s.bodies.training.read(raw)
	if right(training, found, err) {
		return true
	}
	mark, found, err := s.bodies.certifying.read(raw)
	return right(mark, found, err)
}

// keepLetter keeps an answer that cannot be taken, once however often it comes, and is the refusal with the letter's id.
func (s *service) keepLetter(
	ctx context.Context, taskID, kind string, raw []byte, refusal *Problem, why func(*store.Tx) (store.LetterReason, error),
) error {
	r := requestOf(ctx)
	parsed, err := parse(raw)
	if err != nil {
		return err
	}
	content, err := json.Marshal(parsed) // the same, however it is written
	if err != nil {
		return fmt.Errorf("keep a letter: %w", err)
	}
	l := store.Letter{
		ID: uuid.NewString(), InstitutionID: *r.account.InstitutionID, AccountID: r.account.ID, Kind: kind, NamedTask: taskID,
		Digest: s.Keys.Fingerprint("letter/"+kind, content), ReceivedAt: s.Now().UTC(),
	}
	if l.BodySealed, err = s.Keys.Seal(content, store.LetterSeal(l.ID)); err != nil {
		return err
	}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		if l.Reason, err = why(tx); err != nil {
			return err
		}
		if l.Reason != store.LetterTaskUnknown && l.Reason != store.LetterTaskForeign {
			l.TaskID = &l.NamedTask
		}
		kept, fresh, err := tx.KeepLetter(l, mostLetters)
		if err != nil || !fresh {
			l.ID, l.Reason = kept.ID, kept.Reason
			return err
		}
		return s.audit(tx, r, "letter.keep", "letter:"+l.ID, "", map[string]any{"task": taskID, "reason": l.Reason})
	})
	if errors.Is(err, store.ErrLettersFull) {
		return problem(lettersFull).after(lettersWait)
	} else if err != nil {
		return err
	}
	refusal.LetterID, refusal.LetterReason = l.ID, string(l.Reason)
	if l.Reason == store.LetterTaskForeign {
		refusal.LetterReason = string(store.LetterTaskUnknown) // whose it is, is not the sender's to know
	}
	return refusal
}

// letterContent opens what a letter says.
func (s *service) letterContent(tx *store.Tx, l store.Letter) ([]byte, error) {
	if l.BodySealed != nil {
		return s.Keys.Open(l.BodySealed, store.LetterSeal(l.ID))
	}
	a, err := tx.Answer(*l.TaskID) // it was acknowledged
	return bytes.TrimSpace(a.Body), err
}
