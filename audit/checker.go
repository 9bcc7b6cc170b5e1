package audit

import (
	"bytes"
	"fmt"
)

// Kind is what is wrong at a place in the chain.
type Kind string

// What can be wrong.
const (
	Changed   Kind = "changed"   // an entry does not say what it said when it was written
	Missing   Kind = "missing"   // there was something, and it is gone
	Inserted  Kind = "inserted"  // something is there that was not written by us
	Reordered Kind = "reordered" // an entry of ours does not follow the one before it
	CutOff    Kind = "cut off"   // the chain ends before a place that it had reached, or does not begin where it began
)

// Fault is one thing that is wrong.
type Fault struct {
	Kind Kind
	// N is the place in the chain, Last the last place when several are meant; 0 for an entry that has none.
	N, Last int64
	// EntryID is the entry, when it is known which.
	EntryID int64
}

// String says what is wrong, in a line.
func (f Fault) String() string {
	place := fmt.Sprintf("row %d", f.N)
	if f.Last > f.N {
		place = fmt.Sprintf("rows %d to %d", f.N, f.Last)
	}
	if f.EntryID != 0 {
		place += fmt.Sprintf(" (entry %d)", f.EntryID)
	}
	switch f.Kind {
	case Changed:
		return place + ": changed: the entry does not say what was written"
	case Missing:
		return place + ": missing"
	case Inserted:
		if f.N == 0 {
			return fmt.Sprintf("entry %d: inserted: it is not in the chain", f.EntryID)
		}
		return place + ": inserted: it was not written by this program"
	case Reordered:
		return place + ": reordered: it does not follow the row before it; something was moved, or taken out before it"
	case CutOff:
		return place + ": cut off: the chain does not lead through a place that it had reached"
	}
	return place + ": " + string(f.Kind)
}

// Checker walks a chain from its beginning and reports every fault.
type Checker struct {
	key     Key
	report  func(Fault)
	anchors map[int64][]Anchor

	n       int64
	link    []byte // of the row before
	trusted []byte // of the last row that stood where it should
	faults  int
}

// NewChecker makes a checker that reports to a function, of a chain that must lead through the anchors.
func NewChecker(key Key, anchors []Anchor, report func(Fault)) *Checker {
	c := &Checker{key: key, report: report, anchors: map[int64][]Anchor{}}
	for _, anchor := range anchors {
		c.anchors[anchor.N] = append(c.anchors[anchor.N], anchor)
	}
	return c
}

// After has the checker begin behind a place that the chain had reached, whatever came before it.
func (c *Checker) After(reached Anchor) *Checker {
	c.n, c.link, c.trusted = reached.N, reached.Link, reached.Link
	return c
}

func (c *Checker) fault(f Fault) {
	c.faults++
	c.report(f)
}

// Row checks the next row, in the order of their numbers.
func (c *Checker) Row(row Row) error {
	gap := row.N != c.n+1
	if gap {
		c.fault(Fault{Kind: Missing, N: c.n + 1, Last: max(row.N-1, c.n+1)})
	}
	if c.n == 0 && (gap || row.Entry != nil && row.Entry.Action != Begun) {
		c.fault(Fault{Kind: CutOff, N: 1})
	}
	sealed := false
	if row.Entry != nil {
		seal, err := c.key.Seal(*row.Entry)
		if err != nil {
			return err
		}
		sealed = bytes.Equal(seal, row.Seal)
	}
	// After a gap it is not known what the row followed.
	linked := gap || bytes.Equal(row.Link, c.key.Link(c.link, row.Seal)) || bytes.Equal(row.Link, c.key.Link(c.trusted, row.Seal))
	at := Fault{N: row.N}
	if row.Entry != nil {
		at.EntryID = row.Entry.ID
	}
	switch {
	case row.Entry == nil && linked:
		at.Kind = Missing
	case !linked && !sealed:
		at.Kind = Inserted
	case !linked:
		at.Kind = Reordered
	case !sealed:
		at.Kind = Changed
	}
	if at.Kind != "" {
		c.fault(at)
	}
	for _, anchor := range c.anchors[row.N] {
		if !bytes.Equal(anchor.Link, row.Link) {
			c.fault(Fault{Kind: CutOff, N: row.N})
			break
		}
	}
	delete(c.anchors, row.N)
	if linked {
		c.trusted = row.Link
	}
	c.n, c.link = row.N, row.Link
	return nil
}

// Stray reports an entry that no row of the chain holds.
func (c *Checker) Stray(entryID int64) { c.fault(Fault{Kind: Inserted, EntryID: entryID}) }

// End reports what the chain had reached and does not reach any more, and says where it ends and how many faults there are.
func (c *Checker) End() (Anchor, int) {
	first, last := int64(0), int64(0)
	for n := range c.anchors {
		if n > c.n {
			first, last = c.n+1, max(last, n)
		}
	}
	if last > 0 {
		c.fault(Fault{Kind: CutOff, N: first, Last: last})
	}
	return Anchor{N: c.n, Link: c.link}, c.faults
}
