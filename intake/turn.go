package intake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/registering"
	"github.com/dengpan/dengpan/store"
)

const (
	rowsAtOnce  = 25 // in one transaction
	longestTurn = 3 * time.Second
	// lookAgain is when it is looked again whether cases are through with their registration.
	lookAgain = 2 * time.Second
)

// Desk registers.
type Desk struct {
	Registering registering.Desk
}

// Go takes one turn of an intake: it registers rows until none is left, no more cases may be at their registration, or the turn
// has taken long enough. It can be cut off anywhere, and taken again.
func (d Desk) Go(ctx context.Context, record *store.Store, id string, now func() time.Time) (contract.Turn, error) {
	for until := now().Add(longestTurn); ; {
		var reply contract.Turn
		more := false
		err := record.Tx(ctx, func(tx *store.Tx) (err error) {
			reply, more, err = d.some(tx, id, now())
			return err
		})
		if spoilt := (*spoiltError)(nil); errors.As(err, &spoilt) {
			return contract.Turn{Over: true}, record.Tx(ctx, func(tx *store.Tx) error { return spoil(tx, id, spoilt, now()) })
		}
		if err != nil || !more {
			return reply, err
		}
		if at := now(); !at.Before(until) {
			return contract.Turn{NextAt: &at}, nil
		}
	}
}

// some registers the next rows in one transaction.
func (d Desk) some(tx *store.Tx, id string, at time.Time) (reply contract.Turn, more bool, err error) {
	i, err := tx.LockIntake(id) // so that who pauses it knows that nothing more is done
	if err != nil || i.State != store.IntakeRunning {
		reply.Over = err == nil && i.Ended()
		return reply, false, err
	}
	whole := *i.Mode == store.ModeWhole
	limit := MostWhole
	if !whole {
		busy, err := tx.AtRegistration(id)
		if err != nil {
			return reply, false, err
		}
		if limit = min(*i.Abreast-busy, rowsAtOnce); limit <= 0 {
			next := at.Add(lookAgain)
			return contract.Turn{NextAt: &next}, false, nil
		}
	}
	rows, err := tx.ReadyRows(id, limit)
	if err != nil {
		return reply, false, err
	}
	class, err := tx.Class(i.ClassID)
	if err != nil {
		return reply, false, err
	}
	r := round{desk: d, tx: tx, intake: i, class: class, at: at, listed: map[string]string{}}
	for _, row := range rows {
		if err := r.register(row); err != nil {
			return reply, false, err
		}
	}
	if len(rows) < limit || whole {
		return contract.Turn{Over: true}, false, end(tx, i, store.IntakeDone, at)
	}
	return reply, true, nil
}

// end ends an intake, and writes what came of it.
func end(tx *store.Tx, i store.Intake, state string, at time.Time) error {
	sums, err := tx.IntakeSums([]string{i.ID})
	if err != nil {
		return err
	}
	i.State, i.EndedAt = state, &at
	if err := tx.SaveIntake(i); err != nil {
		return err
	}
	return audit(tx, i, "intake."+state, "intake:"+i.ID, sums[i.ID], at)
}

// spoiltError is why nobody of an intake is registered that was to be registered whole.
type spoiltError struct{ row store.IntakeRow }

func (spoiltError) Error() string {
	return "a row of an intake that was to be registered whole is refused"
}

// spoil stops an intake that was to be registered whole, and notes which row was in its way.
func spoil(tx *store.Tx, id string, why *spoiltError, at time.Time) error {
	i, err := tx.LockIntake(id)
	if err != nil || i.Ended() {
		return err
	}
	if err := tx.SettleIntakeRow(why.row); err != nil {
		return err
	}
	return end(tx, i, store.IntakeStopped, at)
}

// audit writes what became of something, on behalf of whoever started the intake.
func audit(tx *store.Tx, i store.Intake, action, subject string, after any, at time.Time) error {
	entry := store.AuditEntry{At: at, Actor: *i.StartedBy, Action: action, Subject: subject, Reason: "intake:" + i.ID}
	if after != nil {
		content, err := json.Marshal(after)
		if err != nil {
			return fmt.Errorf("encode an audit entry: %w", err)
		}
		entry.After = content
	}
	return tx.Audit(entry)
}
