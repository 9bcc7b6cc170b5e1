package ledger

import (
	"cmp"
	"slices"
	"time"
)

// Posting is what was handed to one person's ledger: an entry, or the reversal of one. The ledger is append-only: to
// correct an entry is to reverse it and to post another.
type Posting struct {
	// ID names the posting among all of the person's, whoever posts; one that is sent again keeps it.
	ID string
	// Received is when the server first received the posting, by the server's clock.
	Received time.Time
	// Institution is who posts; with the entry's SessionRef it names the session.
	Institution string
	// Entry is what is credited. Its time is positive. A reversal has none: it takes back what the reversed entry credits,
	// whatever it claims itself.
	Entry Entry
	// Times is when the person attended, if that is known. No two entries of a person may have time in common.
	Times Times
	// Reverses is the ID of the posting that is taken back; empty for an entry.
	Reverses string
	// Reason is why.
	Reason string
}

// Refused is a posting that changes nothing, and why.
type Refused struct {
	ID      string
	Because RefusalError
	// First is the ID of the posting in whose way this one came; empty if there is none.
	First string
}

// Book is what one person's postings come to.
type Book struct {
	// Entries are the entries and reversals that count, in the order they were received: Total, ByYear and the other sums
	// take them as they are.
	Entries []Entry
	// Refused are the postings that do not count.
	Refused []Refused
}

// line is an entry in the book.
type line struct {
	Posting

	reversedBy string
}

// Post makes the book of one person's postings. Postings count in the order in which the server received them, each ID
// once, so that it does not matter in which order they are given here, or how often; a posting that was received earlier
// takes precedence wherever two do not go together.
//
// A session is credited once, whoever posts it, and so is an instant; after a reversal the session may be posted anew. A
// posting that was refused stays so, also when what stood in its way is reversed: voiding a session does not bring
// another claim to it to life.
func Post(postings []Posting) Book {
	sorted := slices.SortedFunc(slices.Values(postings), comparePostings)
	var book Book
	seen := make(map[string]struct{}, len(sorted))
	lines := make(map[string]*line, len(sorted))
	var order []*line
	for _, p := range sorted {
		if _, again := seen[p.ID]; again {
			continue
		}
		seen[p.ID] = struct{}{}
		because, first := p.refusal(lines, order)
		if because != "" {
			book.Refused = append(book.Refused, Refused{ID: p.ID, Because: because, First: first})
			continue
		}
		if p.Reverses != "" {
			reversed := lines[p.Reverses]
			reversed.reversedBy = p.ID
			book.Entries = append(book.Entries, reversed.Entry.Reversed())
			continue
		}
		lines[p.ID] = &line{Posting: p}
		order = append(order, lines[p.ID])
		book.Entries = append(book.Entries, p.Entry)
	}
	return book
}

// refusal is why a posting does not count beside the lines that do, and the posting that stands in its way.
func (p Posting) refusal(lines map[string]*line, order []*line) (because RefusalError, first string) {
	if p.ID == "" || p.Received.IsZero() {
		return ErrPostingInvalid, ""
	}
	if p.Reverses != "" {
		reversed, found := lines[p.Reverses]
		switch {
		case p.Reason == "":
			return ErrReasonMissing, ""
		case !found: // never received, refused, or itself a reversal
			return ErrNothingToReverse, ""
		case reversed.reversedBy != "":
			return ErrReversedBefore, reversed.reversedBy
		}
		return "", ""
	}
	if e := p.Entry; e.Credited <= 0 || e.SessionRef == "" || e.Date.IsZero() || !e.Mode.Valid() {
		return ErrPostingInvalid, ""
	}
	times := Union(p.Times...)
	for _, l := range order {
		switch {
		case l.reversedBy != "":
		case p.sameSession(l.Posting):
			return ErrPostedBefore, l.ID
		case times.Overlaps(Union(l.Times...)):
			return ErrTimeTaken, l.ID
		}
	}
	return "", ""
}

// sameSession reports whether two postings credit the same session. One that goes on after midnight is posted once for
// each date.
func (p Posting) sameSession(other Posting) bool {
	return p.Institution == other.Institution && p.Entry.SessionRef == other.Entry.SessionRef && p.Entry.Date == other.Entry.Date
}

// comparePostings orders postings by when they were received; the rest makes the order one and the same for the same
// postings.
func comparePostings(a, b Posting) int {
	return cmp.Or(
		a.Received.Compare(b.Received), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Reverses, b.Reverses),
		cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.Institution, b.Institution),
		cmp.Compare(a.Entry.SessionRef, b.Entry.SessionRef), a.Entry.Date.Compare(b.Entry.Date),
		cmp.Compare(a.Entry.Module, b.Entry.Module), cmp.Compare(a.Entry.Mode, b.Entry.Mode),
		cmp.Compare(a.Entry.Credited, b.Entry.Credited),
		slices.CompareFunc(a.Times, b.Times, func(x, y Interval) int {
			return cmp.Or(x.From.Compare(y.From), x.To.Compare(y.To))
		}),
	)
}
