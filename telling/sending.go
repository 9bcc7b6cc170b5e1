package telling

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/mail"
	"github.com/dengpan/dengpan/notification"
	"github.com/dengpan/dengpan/sms"
	"github.com/dengpan/dengpan/store"
)

// How messages are sent.
const (
	batch       = 50
	lease       = 45 * time.Second // longer than sending takes
	firstWait   = 30 * time.Second
	longestWait = 2 * time.Hour
	patience    = 24 * time.Hour // a channel is given up after that
	doublings   = 8
)

// ClassUnreachable is that a person is not reached by the channel any more, or does not want to be.
const ClassUnreachable = "unreachable"

// Sender sends what is due.
type Sender struct {
	Store    *store.Store
	Keys     *identity.Keyring
	Calendar calendar.Calendar
	Mail     *mail.Sender // nil: the installation sends none
	SMS      sms.Sender   // nil: the installation sends none
	// Origin is where the product is reached; empty: messages link to nothing.
	Origin string
	Clock  calendar.Clock
}

// Channels are those that the installation has.
func (s *Sender) Channels() (all []notification.Channel) {
	if s.Mail != nil {
		all = append(all, notification.Email)
	}
	if s.SMS != nil {
		all = append(all, notification.SMS)
	}
	return all
}

// Turn sends what is due on a channel, and says when to come again; nil: when there is something new. It is safe to run again,
// and beside another.
func (s *Sender) Turn(ctx context.Context, channel notification.Channel, beat func()) (*time.Time, error) {
	tx := s.Store.Read(ctx)
	if !slices.Contains(s.Channels(), channel) {
		return nil, nil //nolint:nilnil // there is nothing to send it with
	}
	if err := tx.TakeUpDispatches(channel, s.Clock.UTC()); err != nil {
		return nil, err
	}
	due, err := tx.DueDispatches(channel, s.Clock.UTC(), batch)
	if err != nil {
		return nil, err
	}
	for _, d := range due {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err := s.send(context.WithoutCancel(ctx), d); err != nil {
			return nil, err
		}
		beat()
	}
	return tx.NextDispatch(channel)
}

// failure is why a message was not sent: a class, whether sending it again is of no use, and whether it may have arrived.
type failure struct {
	class         string
	final, unsure bool
}

// send sends one message: what it says is made first, then it is written down that it is being sent, then it is sent. A process
// that dies in between leaves it so.
func (s *Sender) send(ctx context.Context, d store.Dispatch) error {
	tx, now := s.Store.Read(ctx), s.Clock.UTC()
	m, reached, err := s.outgoing(tx, d, now)
	if err != nil {
		return err
	}
	ours, err := tx.BeginDispatch(d, now, now.Add(lease))
	if err != nil || !ours {
		return err
	}
	why := failure{class: ClassUnreachable, final: true}
	if reached {
		var sent bool
		if sent, why, err = s.deliver(ctx, d, m); err != nil {
			return err
		} else if sent {
			return tx.EndDispatch(d, store.DispatchSent, "", s.Clock.UTC())
		}
	}
	return s.settle(tx, d, m, why)
}

// deliver hands a message to its channel, and says whether it was taken, and why not.
func (s *Sender) deliver(ctx context.Context, d store.Dispatch, m outgoing) (bool, failure, error) {
	if d.Channel == notification.SMS {
		err := s.SMS.Send(ctx, sms.Message{ID: d.ID, To: m.reach.Phone, Text: m.told.Short})
		if why, failed := errors.AsType[*sms.Error](err); failed {
			return false, failure{class: why.Class, final: why.Final, unsure: why.Unsure}, nil
		}
		return err == nil, failure{}, err
	}
	err := s.Mail.Send(ctx, mail.Letter{ID: d.ID, To: m.reach.Email, Subject: m.told.Subject, Text: m.told.Text, At: d.CreatedAt})
	if why, failed := errors.AsType[*mail.Error](err); failed {
		return false, failure{class: why.Class, final: why.Final, unsure: why.Unsure}, nil
	}
	return err == nil, failure{}, err
}

// settle decides on a message that was not said to be sent. One that may have arrived is not sent by another channel, and by mail
// not at all: nobody is told twice.
func (s *Sender) settle(tx *store.Tx, d store.Dispatch, m outgoing, why failure) error {
	now := s.Clock.UTC()
	over := why.final || now.Sub(d.ChannelSince) >= patience
	maybe := why.unsure || d.Unheard
	switch {
	case maybe && (over || d.Channel == notification.Email):
		return tx.EndDispatch(d, store.DispatchUnsure, why.class, now)
	case !over:
		return tx.PostponeDispatch(d, why.class, maybe, s.audible(m, now.Add(min(firstWait<<min(d.Attempts, doublings), longestWait))))
	case m.code || d.FailedChannel != nil:
		return tx.EndDispatch(d, store.DispatchFailed, why.class, now)
	}
	ways, err := waysOf(tx, d.PersonID, m.wanted, s.Channels())
	if err != nil {
		return err
	}
	if slices.Contains(ways, d.Channel.Other()) {
		return tx.DivertDispatch(d, why.class, now, s.audible(m, now))
	}
	return tx.EndDispatch(d, store.DispatchFailed, why.class, now)
}

// audible is the first moment from another on at which the person wants to hear a message. A code is waited for.
func (s *Sender) audible(m outgoing, at time.Time) time.Time {
	if m.code {
		return at
	}
	if plan, later := m.wanted.When(notification.Subject{Urgency: notification.Now, Due: m.due, At: at}, s.Calendar, at); plan == notification.Wait {
		return later
	}
	return at
}
