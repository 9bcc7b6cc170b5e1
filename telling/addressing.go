// Package telling tells trainees by mail and by SMS what the product's own pages tell them: it puts notifications on their way as
// each person wants to be told, writes the messages, sends each once, and by the other channel what did not arrive by the first.
package telling

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/notification"
	"github.com/dengpan/dengpan/rounds"
	"github.com/dengpan/dengpan/store"
)

const (
	interval = 2 * time.Second
	atOnce   = 100 // that a round looks at before it looks anew
)

// Addresser puts notifications on their way.
type Addresser struct {
	Store    *store.Store
	Calendar calendar.Calendar
	Clock    calendar.Clock
	// Channels are those that the installation has.
	Channels []notification.Channel
	Logger   *slog.Logger
}

// Run addresses until the context is done.
func (a *Addresser) Run(ctx context.Context) {
	rounds.Make(ctx, interval, a.Logger, "some people will be told later", a.Address)
}

// Address looks at every notification that is to be looked at. What goes wrong with one person keeps nobody else.
func (a *Addresser) Address(ctx context.Context) error {
	var wrong error
	for {
		waiting, err := a.Store.Read(ctx).PeopleToAddress(a.Clock.UTC(), atOnce)
		if err != nil {
			return errors.Join(wrong, err)
		}
		var failed int
		for _, person := range waiting {
			if err := a.address(ctx, person); err != nil {
				wrong = errors.Join(wrong, err)
				failed++
			}
		}
		if len(waiting) < atOnce || failed > 0 {
			return wrong
		}
	}
}

// address decides on what one person is to be told. All that is to be sent now is one message.
func (a *Addresser) address(ctx context.Context, person string) error {
	return a.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.LockPerson(person); err != nil {
			return err
		}
		now := a.Clock.UTC()
		pending, err := tx.ToAddress(person, now)
		if err != nil {
			return err
		}
		wanted, _, err := tx.NotificationPreferences(person)
		if err != nil {
			return err
		}
		ways, err := waysOf(tx, person, wanted, a.Channels)
		if err != nil {
			return err
		}
		var send, stand []string
		for _, n := range pending {
			plan, at := wanted.When(notification.Subject{Urgency: n.Urgency, Due: n.ActDue, At: n.CreatedAt}, a.Calendar, now)
			switch {
			case plan == notification.Stand || len(ways) == 0:
				stand = append(stand, n.ID)
			case plan == notification.Wait:
				err = tx.AddressLater(n.ID, at)
			default:
				send = append(send, n.ID)
			}
			if err != nil {
				return err
			}
		}
		if err := tx.LeaveOnPages(stand); err != nil || len(send) == 0 {
			return err
		}
		return tx.Dispatch(person, ways[0], send, now)
	})
}

// waysOf are the channels that a person is reached by, wants to be, and the installation has; the first first.
func waysOf(tx *store.Tx, person string, wanted notification.Preferences, installed []notification.Channel) ([]notification.Channel, error) {
	reach, err := tx.ReachOf(person)
	for channel := range reach {
		reach[channel] = reach[channel] && slices.Contains(installed, channel)
	}
	return wanted.Channels(reach), err
}
