package publication

import (
	"context"
	"crypto/sha256"
	"errors"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/neighbour"
	"github.com/dengpan/dengpan/people"
	"github.com/dengpan/dengpan/store"
)

// Sender brings registers what they are to know, and takes what they say of it.
type Sender struct {
	Store    *store.Store
	Keys     *identity.Keyring
	Channels map[string]Channel // by name; one that is not here has no address, and waits
	Calendar calendar.Calendar
	Now      calendar.Clock // nil: the machine's clock
}

// Bounds of one turn: what is left over is sent by the next. A register holds a place among the workers no longer than that.
const (
	turnBatch = 100
	turnTime  = 30 * time.Second
	// lease is how long an attempt may take: what nothing more was heard of is sent again, under the same key.
	lease = 2 * neighbour.Patience
)

const (
	firstWait = 5 * time.Second // after a register failed for the first time; twice as long after each further time
	downAfter = 3               // days of nothing but failure, after which a person is told
)

// hour is an hour of the programme's day, which in a demonstration may last a moment.
func (s *Sender) hour() time.Duration { return max(s.Calendar.Day/24, time.Millisecond) }

// Turn sends what is due to a register and reads its receipts, and says when to look again; nil: when it is told to. It may be
// broken off anywhere and run again: what was sent is sent again under the same key. beat is called as it gets on.
func (s *Sender) Turn(ctx context.Context, name string, beat func()) (again *time.Time, err error) {
	channel, connected := s.Channels[name]
	state, err := s.Store.Read(ctx).Channel(name)
	if err != nil || !connected || state.State != store.ChannelActive {
		return nil, err
	}
	if state.NotBefore != nil && state.NotBefore.After(s.Now.UTC()) {
		return state.NotBefore, nil
	}
	err = s.work(ctx, channel, state, beat)
	if away, is := errors.AsType[*AwayError](err); is {
		return s.failed(ctx, name, away)
	}
	if err != nil {
		return nil, err
	}
	return s.next(ctx, name)
}

// work does what is to be done on a channel until that is all, or the turn's time is over.
func (s *Sender) work(ctx context.Context, channel Channel, state store.Channel, beat func()) error {
	until := s.Now.UTC().Add(turnTime)
	if err := s.read(ctx, channel, state, beat); err != nil {
		return err
	}
	if state.Failures > 0 {
		if err := s.mended(ctx, channel.Name()); err != nil {
			return err
		}
	}
	for s.Now.UTC().Before(until) {
		due, err := s.Store.Read(ctx).DuePublications(channel.Name(), s.Now.UTC(), turnBatch)
		if err != nil || len(due) == 0 {
			return err
		}
		for _, p := range due {
			if err := s.send(ctx, channel, p); err != nil {
				return err
			}
			beat()
			if !s.Now.UTC().Before(until) {
				return nil
			}
		}
	}
	return nil
}

// read takes the receipts that a register has given since it was last asked.
func (s *Sender) read(ctx context.Context, channel Channel, state store.Channel, beat func()) error {
	place := state.Place
	for {
		receipts, next, err := channel.Receipts(ctx, place)
		if err != nil {
			return err
		}
		now := s.Now.UTC()
		err = s.Store.Tx(ctx, func(tx *store.Tx) error {
			for _, r := range receipts {
				if err := s.take(tx, channel.Name(), r, now); err != nil {
					return err
				}
			}
			return tx.ReadOn(channel.Name(), next, now)
		})
		if err != nil || len(receipts) == 0 || next == place {
			return err
		}
		place = next
		beat()
	}
}

// take takes one receipt. One of a certificate that we do not know is for a person to look at.
func (s *Sender) take(tx *store.Tx, channel string, r Receipt, now time.Time) error {
	said := store.PublicationReceipt{
		Channel: channel, ID: r.ID, ECertID: r.ECertID, Version: r.Version, State: r.State, Receipt: r.Receipt, At: r.At.UTC(), ReceivedAt: now,
	}
	if r.State == store.ReceiptRefused {
		said.Reason = reason(r.Reason)
	}
	outcome, err := tx.TakeReceipt(said)
	if err != nil || outcome != store.ReceiptUnknown {
		return err
	}
	_, err = tx.FindUnknown(channel, map[string]any{"count": 1}, said.At, now)
	return err
}

// send sends one record, and writes down what became of it. What was sent is written down before, so that it is known whatever
// happens.
func (s *Sender) send(ctx context.Context, channel Channel, due store.Publication) error {
	record, sent, err := s.begin(ctx, due)
	if err != nil || sent == nil {
		return err
	}
	receipt, err := channel.Send(ctx, record)
	if refused, is := errors.AsType[*RefusedError](err); is {
		receipt, err = Receipt{ECertID: record.ECertID, Version: record.Version, State: store.ReceiptRefused, Reason: refused.Reason}, nil
	}
	if away, is := errors.AsType[*AwayError](err); is {
		missed := s.Store.Tx(ctx, func(tx *store.Tx) error { return tx.MissPublication(*sent, away.Class, s.Now.UTC()) })
		return errors.Join(missed, err)
	}
	if err != nil {
		return err
	}
	receipt.ID = "" // it is an answer, whatever it is called
	return s.Store.Tx(ctx, func(tx *store.Tx) error { return s.take(tx, channel.Name(), receipt, s.Now.UTC()) })
}

// begin makes the record of a publication, and notes that it is on its way; nil when it is no longer to be sent.
func (s *Sender) begin(ctx context.Context, due store.Publication) (record Record, sent *store.Publication, err error) {
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		p, err := tx.LockPublication(due.CertificateID, due.Channel)
		if err != nil || p.State != store.PublicationWaiting && p.State != store.PublicationSending || p.NextAt.After(s.Now.UTC()) {
			return err
		}
		c, err := tx.Certificate(p.CertificateID)
		if err != nil {
			return err
		}
		holder, err := people.Holder(s.Keys, c) // it is a register's to know
		if err != nil {
			return err
		}
		if record, err = recordOf(tx, p, c, holder); err != nil {
			return err
		}
		body, err := record.Body()
		if err != nil {
			return err
		}
		sum, now := sha256.Sum256(body), s.Now.UTC()
		if err := tx.BeginPublication(p, sum[:], now, now.Add(lease)); err != nil {
			return err
		}
		sent = &p
		return nil
	})
	return record, sent, err
}

// failed notes that a register is away, and for how long it is left alone. After days of it a person is told, once.
func (s *Sender) failed(ctx context.Context, name string, away *AwayError) (again *time.Time, err error) {
	now := s.Now.UTC()
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		c, err := tx.LockChannel(name)
		if err != nil {
			return err
		}
		wait := min(firstWait<<min(c.Failures, 16), s.hour())
		notBefore := now.Add(max(wait, away.RetryAfter))
		again = &notBefore
		if err := tx.FailChannel(c, away.Class, now, notBefore); err != nil {
			return err
		}
		if c.FailingSince == nil || now.Before(s.Calendar.After(*c.FailingSince, downAfter)) {
			return nil
		}
		_, _, err = tx.OpenFinding(store.Incident{
			Cause: contract.ChannelDown, Channel: name, Params: map[string]any{"since": c.FailingSince.UTC(), "error": away.Class},
		}, now)
		return err
	})
	return again, err
}

// mended notes that a register answers again.
func (s *Sender) mended(ctx context.Context, name string) error {
	return s.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.MendChannel(name); err != nil {
			return err
		}
		_, err := tx.CloseFindings(contract.ChannelDown, nil, name, store.ClosedByVanishing, s.Now.UTC())
		return err
	})
}

// next is when there is something to do on a channel: something is due, or a receipt is owed. It is asked for often at first,
// and less often the longer it is owed.
func (s *Sender) next(ctx context.Context, name string) (*time.Time, error) {
	tx := s.Store.Read(ctx)
	due, err := tx.NextPublication(name)
	if err != nil {
		return nil, err
	}
	owed, err := tx.AwaitedSince(name)
	if err != nil || owed == nil {
		return due, err
	}
	now := s.Now.UTC()
	wait := min(max(now.Sub(*owed)/4, s.hour()/60), s.hour()/4) // of a minute at least, and a quarter of an hour at most
	if ask := now.Add(wait); due == nil || ask.Before(*due) {
		due = &ask
	}
	return due, nil
}
