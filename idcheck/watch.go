package idcheck

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/people"
	"github.com/dengpan/dengpan/rounds"
	"github.com/dengpan/dengpan/store"
)

// Watch asks the register about everybody with an open case, once, and once more when their name or number was corrected.
type Watch struct {
	Store    *store.Store
	Keys     *identity.Keyring
	Register *Register
	Logger   *slog.Logger
	Every    time.Duration  // ten seconds unless set
	Now      calendar.Clock // nil is time.Now

	left map[string]time.Time // until when people are left alone of whom nothing could be found, whatever the register
}

const (
	atOnce = 200       // how many people are asked about in one round
	alone  = time.Hour // how long somebody is left alone of whom the register says nothing that can be understood
)

// Run asks until the context is done.
func (w *Watch) Run(ctx context.Context) {
	rounds.Make(ctx, cmp.Or(w.Every, 10*time.Second), w.Logger, "the register of persons is asked again later", w.Look)
}

// Look asks about whom nothing was found yet. While the register is away nobody is found to be anything. Of whom it says what nobody
// understands, or who cannot be read, is in nobody's way: the others are asked about, and the error names them by the checks' ids.
func (w *Watch) Look(ctx context.Context) error {
	maps.DeleteFunc(w.left, func(_ string, until time.Time) bool { return !until.After(w.Now.UTC()) })
	due, err := w.Store.Read(ctx).PeopleToCheck(slices.Collect(maps.Keys(w.left)), atOnce)
	if err != nil {
		return err
	}
	var unclear []error
	for _, person := range due {
		at := w.Now.UTC()
		outcome, err := w.ask(ctx, person)
		switch {
		case errors.Is(err, errAway): // the others are asked about when it answers again
			return errors.Join(append(unclear, err)...)
		case err != nil:
			unclear = append(unclear, fmt.Errorf("check %s: %w", person.ID, err))
			w.leave(person.ID, at.Add(alone))
			continue
		}
		if err := w.write(ctx, store.IdentityCheck{PersonID: person.ID, Outcome: outcome, CheckedAt: at}); err != nil {
			return errors.Join(append(unclear, err)...)
		}
	}
	return errors.Join(unclear...)
}

func (w *Watch) leave(person string, until time.Time) {
	if w.left == nil {
		w.left = map[string]time.Time{}
	}
	w.left[person] = until
}

func (w *Watch) ask(ctx context.Context, p store.Person) (outcome string, err error) {
	name, err := people.Name(w.Keys, p)
	if err != nil {
		return "", err
	}
	number, err := people.Number(w.Keys, p)
	if err != nil {
		return "", err
	}
	q := Question{ID: p.ID, Name: name, Type: p.IDType, Number: number}
	if p.IDCountry != nil {
		q.Country = *p.IDCountry
	}
	return w.Register.Ask(ctx, q)
}

func (w *Watch) write(ctx context.Context, found store.IdentityCheck) error {
	return w.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.InsertIdentityCheck(found); err != nil {
			return err
		}
		if err := tx.Audit(store.AuditEntry{
			Actor: store.ActorSystem, Action: "person.check", Subject: "person:" + found.PersonID, Reason: found.Outcome, At: found.CheckedAt,
		}); err != nil || !found.Unverified() {
			return err
		}
		open, err := tx.OpenCasesOf(found.PersonID)
		if err != nil {
			return err
		}
		return tx.NoteCases(open, "identity_unverified", store.ActorSystem, map[string]any{})
	})
}
