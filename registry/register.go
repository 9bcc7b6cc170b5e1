package registry

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// register is one of the registers. Its lock is held by whoever reads or changes what it holds.
type register struct {
	name     string
	verifier *standardwebhooks.Webhook
	journal  *journal
	delay    time.Duration // unless its behaviour says otherwise

	mu        sync.Mutex
	held      map[string]*held
	waiting   []waiting
	feed      []receipt // of receipts; a cursor is a place in it
	behaviour Behaviour
	counts    map[string]int
}

// waiting is a record that is taken and yet to be published.
type waiting struct {
	id      string
	version int
	due     time.Time
}

// What a register counts.
const (
	countTaken    = "taken"    // records, each version once
	countRepeated = "repeated" // the same once more
	countRefused  = "refused"
	countOutdated = "outdated" // older than what it holds
	countMissed   = "missed"   // while it was down
)

// verdict is what becomes of a record that was sent.
type verdict struct {
	receipt receipt
	refused string // why, if it was
	stale   bool
	lost    bool // the answer is
}

// take takes a record in: once for each version.
func (g *register) take(r record, body []byte, now time.Time) verdict {
	g.settle(now)
	before := g.held[r.ECertID]
	switch {
	case before != nil && before.Version > r.Version:
		g.counts[countOutdated]++
		return verdict{refused: "outdated", stale: true}
	case before != nil && before.Version == r.Version && string(before.body) != string(body):
		g.counts[countOutdated]++
		return verdict{refused: "conflict", stale: true}
	case before != nil && before.Version == r.Version:
		g.counts[countRepeated]++
		return verdict{receipt: before.receipt(), lost: g.spend(&g.behaviour.LoseAnswers)}
	case g.spend(&g.behaviour.Refuse):
		g.counts[countRefused]++
		return verdict{refused: "identity_not_verified"}
	}
	g.counts[countTaken]++
	g.put(r, body, now, now.Add(g.wait()))
	g.journal.write(line{Register: g.name, Taken: body, At: now, Due: now.Add(g.wait())})
	g.settle(now)
	return verdict{receipt: g.held[r.ECertID].receipt(), lost: g.spend(&g.behaviour.LoseAnswers)}
}

func (g *register) put(r record, body []byte, now, due time.Time) {
	g.held[r.ECertID] = &held{record: r, body: body, taken: now, number: fmt.Sprintf("%s-%06d", g.name, g.counts[countTaken])}
	g.waiting = append(g.waiting, waiting{id: r.ECertID, version: r.Version, due: due})
}

func (h *held) receipt() receipt {
	if h.published.IsZero() {
		return receipt{ECertID: h.ECertID, Version: h.Version, State: received, Receipt: h.number, At: h.taken}
	}
	return receipt{ECertID: h.ECertID, Version: h.Version, State: published, Receipt: h.number, At: h.published}
}

func (g *register) wait() time.Duration {
	if g.behaviour.Delay != nil {
		return time.Duration(*g.behaviour.Delay)
	}
	return g.delay
}

// spend uses up one of a number of times, if there is one.
func (*register) spend(times *int) bool {
	if *times == 0 {
		return false
	}
	*times--
	return true
}

// settle publishes what is due, and gives receipts for it.
func (g *register) settle(now time.Time) {
	var due []waiting
	g.waiting = slices.DeleteFunc(g.waiting, func(w waiting) bool {
		if w.due.After(now) {
			return false
		}
		due = append(due, w)
		return true
	})
	if g.behaviour.Reorder {
		slices.Reverse(due)
	}
	for _, w := range due {
		if h := g.held[w.id]; h != nil && h.Version == w.version {
			h.published = now
		}
		if g.spend(&g.behaviour.LoseReceipts) {
			g.journal.write(line{Register: g.name, Published: w.id, At: now})
			continue
		}
		r := receipt{
			ID: fmt.Sprintf("%s-%d", g.name, len(g.feed)+1), ECertID: w.id, Version: w.version, State: published, At: now,
			Receipt: fmt.Sprintf("%s-%s-%d", g.name, w.id[:min(8, len(w.id))], w.version),
		}
		g.tell(r)
		if g.behaviour.Double {
			g.tell(r)
		}
	}
}

// tell puts a receipt into the feed.
func (g *register) tell(r receipt) {
	g.feed = append(g.feed, r)
	g.journal.write(line{Register: g.name, Receipt: &r, At: r.At})
}

// receipts are those behind a place in the feed, and the place to go on from.
func (g *register) receipts(after string, limit int) ([]receipt, string) {
	from, _ := strconv.Atoi(after)
	from = min(max(from, 0), len(g.feed))
	to := min(from+limit, len(g.feed))
	return g.feed[from:to], strconv.Itoa(to)
}

// list is the records that were taken since an instant, in the order of their ids and behind one, at most so many.
func (g *register) list(since time.Time, after string, limit int) (page []entry, next string) {
	for _, id := range slices.Sorted(maps.Keys(g.held)) {
		h := g.held[id]
		if id <= after || h.taken.Before(since) {
			continue
		}
		if len(page) == limit {
			return page, page[limit-1].ECertID
		}
		sum := sha256.Sum256(h.body)
		page = append(page, entry{
			ECertID: id, Version: h.Version, CertState: h.CertState, SHA256: hex.EncodeToString(sum[:]), UpdatedAt: h.taken,
		})
	}
	return page, ""
}

// shown is the record that a public look-up shows: all three must agree, and it must be published.
func (g *register) shown(name, identityCard, number string) *held {
	for _, h := range g.held {
		if h.CertNum == number && h.Name == name && h.IdentityCard == identityCard && !h.published.IsZero() {
			return h
		}
	}
	return nil
}
