// Package publication makes certificates known where the notice says they are found: on 北京继续教育 and, grade certificates, on
// the national platform. No interface of either is known; a register is reached through a [Channel], of which there is one
// kind, which speaks the exchange format of docs/exchange.md over HTTP.
//
// What is to be published is a row for each certificate and channel, queued in the transaction in which the certificate
// changes. A [Sender] empties a channel's queue: one record after another, each version under a key of its own, so that a
// register that has it knows the repeat. A register that is away is one thing that fails, with its records behind it. A
// [Reconciler] compares what both sides hold.
package publication

import (
	"context"
	"fmt"
	"iter"
	"time"
)

// Channel is the way to a public register.
type Channel interface {
	// Name is what the record knows it by.
	Name() string
	// Send sends a version of a record, and returns the register's word on it. It fails with a *RefusedError when the register
	// will not have it, and with an *AwayError when nothing is known of it.
	Send(ctx context.Context, r Record) (Receipt, error)
	// Receipts are those behind a place in the register's feed, and the place to go on from.
	Receipts(ctx context.Context, after string) (receipts []Receipt, next string, err error)
	// List is what the register has taken since an instant, page by page.
	List(ctx context.Context, since time.Time) iter.Seq2[[]Entry, error]
}

// RefusedError says that a register will not have a record, whatever is tried.
type RefusedError struct{ Reason string } // a code

func (e *RefusedError) Error() string { return "the register refuses the record: " + e.Reason }

// AwayError says that a register could not be reached, or did not answer as it should: it says nothing of any record.
type AwayError struct {
	Class      string // a code, as of package neighbour
	RetryAfter time.Duration
}

func (e *AwayError) Error() string { return fmt.Sprintf("the register is away: %s", e.Class) }
