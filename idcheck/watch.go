package idcheck

import (
	"cmp"
	"context"
	"log/slog"
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
}

// atOnce is how many people are asked about in one round.
const atOnce = 200

// Run asks until the context is done.
func (w *Watch) Run(ctx context.Context) {
	rounds.Make(ctx, cmp.Or(w.Every, 10*time.Second), w.Logger, "the register of persons is asked again later", w.Look)
}

// Look asks about whom nothing was found yet. While the register is away nobody is found to be anything.
func (w *Watch) Look(ctx context.Context) error {
	due, err := w.Store.Read(ctx).PeopleToCheck(atOnce)
	if err != nil {
		return err
	}
	for _, person := range due {
		if err := w.check(ctx, person); err != nil {
			return err // the others are asked about when it answers again
		}
	}
	return nil
}

func (w *Watch) check(ctx context.Context, p store.Person) error {
	at := w.Now.UTC()
	name, err := people.Name(w.Keys, p)
	if err != nil {
		return err
	}
	number, err := people.Number(w.Keys, p)
	if err != nil {
		return err
	}
	q := Question{ID: p.ID, Name: name, Type: p.IDType, Number: number}
	if p.IDCountry != nil {
		q.Country = *p.IDCountry
	}
	outcome, err := w.Register.Ask(ctx, q)
	if err != nil {
		return err
	}
	return w.Store.Tx(ctx, func(tx *store.Tx) error {
		found := store.IdentityCheck{PersonID: p.ID, Outcome: outcome, CheckedAt: at}
		if err := tx.InsertIdentityCheck(found); err != nil {
			return err
		}
		if err := tx.Audit(store.AuditEntry{
			Actor: store.ActorSystem, Action: "person.check", Subject: "person:" + p.ID, Reason: outcome, At: at,
		}); err != nil || !found.Unverified() {
			return err
		}
		open, err := tx.OpenCasesOf(p.ID)
		if err != nil {
			return err
		}
		return tx.NoteCases(open, "identity_unverified", store.ActorSystem, map[string]any{})
	})
}
