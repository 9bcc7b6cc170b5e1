package ledger

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"time"
)

// Heartbeat is what a player reports of itself every so often while a person watches a session. Everything but Received
// is a claim of the client.
type Heartbeat struct {
	// Seq is the player's count of its heartbeats in the session. A number counts once.
	Seq int64
	// Received is when the server received the heartbeat, by the server's clock. No client's clock has a say.
	Received time.Time
	// Position is where in the recording the player stood.
	Position time.Duration
	// Playing says that the player was playing, not paused.
	Playing bool
	// Answers is the ID of the presence challenge that the person answered with this heartbeat; empty for none. Only who
	// was shown a challenge knows its ID, so that saying "I answered" is not enough.
	Answers string
}

// Challenge is a question that the server puts to whoever is watching. What counts is the absence of an answer.
type Challenge struct {
	// ID cannot be guessed.
	ID     string
	Issued time.Time
}

// CreditRule is how watching becomes credit. Its values are the policy's; what is not given credits nothing.
type CreditRule struct {
	// MaxGap is the longest time between two heartbeats that they vouch for.
	MaxGap time.Duration
	// MaxRate is how fast the recording may go by, in percent of the wall clock: 150 is one and a half times. It must leave
	// room for heartbeats that travel at different speeds: 110 rather than 100.
	MaxRate int
	// MinRate is how slow it may, to allow for a player that waits for data; below it somebody paused without saying so. With
	// 0 the recording must go forward at all.
	MinRate int
	// AnswerWithin is how soon a presence challenge must be answered.
	AnswerWithin time.Duration
	// DailyCap is the most that a person is credited for one day in Beijing.
	DailyCap time.Duration
	// MinutesPerHour is the length of a 学时; 0 is the usual 45.
	MinutesPerHour int
}

// Evidence is what a stretch of credit rests on: two records between which, they say together, the person was there. For
// online sessions the records are heartbeats, named by their Seq; offline they are a sign-in and a sign-out.
type Evidence struct {
	Interval

	First string `json:"first"`
	Last  string `json:"last"`
	// Reporter is the person who vouches for offline attendance; empty for what the server saw itself.
	Reporter string `json:"reporter,omitempty"`
}

// Credit is time credited to a person for a session, with the evidence it rests on: every instant of it lies within some
// of the evidence.
type Credit struct {
	Interval

	Session  string     `json:"session"`
	Evidence []Evidence `json:"evidence"`
}

// within is the part of a credit that lies in an interval, with the evidence for that part.
func (c Credit) within(i Interval) Credit {
	c.Interval = c.Intersect(i)
	var evidence []Evidence
	for _, e := range c.Evidence {
		if e.Overlaps(c.Interval) {
			evidence = append(evidence, e)
		}
	}
	c.Evidence = evidence
	return c
}

// Watch folds the heartbeats of one person's session, in any order, into the time to be credited.
//
// Any two heartbeats vouch for the time between them when they lie no further apart than MaxGap, the first says that it
// was playing, and the recording went forward between them at an allowed rate. The credit is the union of all that time,
// less what unanswered challenges forbid. Being a union, it does not depend on order, counts nothing twice, never exceeds
// the wall clock, and only grows with a heartbeat that turns up late; nobody gains by holding one back.
//
// A heartbeat that was sent again counts as first received; sending it tomorrow earns nothing.
func (r CreditRule) Watch(session string, heartbeats []Heartbeat, challenges []Challenge) []Credit {
	beats := distinct(heartbeats)
	evidence := needed(r.evidence(beats))
	spans := make([]Interval, len(evidence))
	for i, e := range evidence {
		spans[i] = e.Interval
	}
	var credits []Credit
	first := 0
	for _, i := range Union(spans...).Subtract(r.forbidden(beats, challenges)) {
		for first < len(evidence) && !evidence[first].To.After(i.From) {
			first++
		}
		end := first
		for end < len(evidence) && evidence[end].From.Before(i.To) {
			end++
		}
		credits = append(credits, Credit{Interval: i, Session: session, Evidence: evidence[first:end:end]}.within(i))
	}
	return credits
}

// evidence pairs each heartbeat with the furthest that vouches with it for the time between; in order of time.
func (r CreditRule) evidence(beats []Heartbeat) []Evidence {
	var evidence []Evidence
	end := 0
	for i, first := range beats {
		for end < len(beats) && beats[end].Received.Sub(first.Received) <= r.MaxGap {
			end++
		}
		for j := end - 1; j > i; j-- {
			if last := beats[j]; r.vouch(first, last) {
				evidence = append(evidence, Evidence{
					Interval: Interval{From: first.Received, To: last.Received},
					First:    strconv.FormatInt(first.Seq, 10), Last: strconv.FormatInt(last.Seq, 10),
				})
				break
			}
		}
	}
	return evidence
}

// needed leaves out the evidence without which the rest vouches for the same time. Of what is left, later evidence both
// begins and ends later.
func needed(evidence []Evidence) []Evidence {
	var chosen []Evidence
	var end time.Time // of what was chosen
	for next := 0; next < len(evidence); {
		reach, best := later(end, evidence[next].From), next
		for next < len(evidence) && !evidence[next].From.After(reach) {
			if evidence[next].To.After(evidence[best].To) {
				best = next
			}
			next++
		}
		if evidence[best].To.After(end) {
			chosen = append(chosen, evidence[best])
			end = evidence[best].To
		}
	}
	return chosen
}

// vouch reports whether two heartbeats say that somebody watched from the one to the other. They lie no further apart
// than MaxGap.
func (r CreditRule) vouch(first, last Heartbeat) bool {
	const percent = 100
	if !first.Playing || first.Seq >= last.Seq || first.Position < 0 || last.Position <= first.Position {
		return false
	}
	wall, advance := last.Received.Sub(first.Received), last.Position-first.Position
	// Divided first, so that no claimed position overflows; what is lost is less than a microsecond.
	return advance <= wall/percent*time.Duration(r.MaxRate) && advance >= wall/percent*time.Duration(r.MinRate)
}

// forbidden is the time in which a challenge stood unanswered: from its issue until the next time one that was put later
// is answered. A late answer is none.
func (r CreditRule) forbidden(beats []Heartbeat, challenges []Challenge) Times {
	issued := make(map[string]time.Time, len(challenges))
	for _, c := range challenges {
		if at, again := issued[c.ID]; !again || c.Issued.Before(at) {
			issued[c.ID] = c.Issued
		}
	}
	answered := make(map[string]time.Time)
	for _, b := range beats { // in order of time: the first answer is the one
		if at, found := issued[b.Answers]; found && !b.Received.Before(at) {
			if _, again := answered[b.Answers]; !again {
				answered[b.Answers] = b.Received
			}
		}
	}
	sorted := slices.SortedFunc(maps.Keys(issued), func(a, b string) int {
		return cmp.Or(issued[b].Compare(issued[a]), cmp.Compare(a, b)) // the latest first
	})
	end := time.Unix(1<<40, 0) // for ever
	var put time.Time
	next := end // for those that were put before: an answer to one that was put at the same time makes up for nothing
	var forbidden []Interval
	for _, id := range sorted {
		if !issued[id].Equal(put) {
			end, put = next, issued[id]
		}
		if at, found := answered[id]; found && at.Sub(issued[id]) <= r.AnswerWithin {
			next = earlier(next, at)
			continue
		}
		forbidden = append(forbidden, Interval{From: issued[id], To: end})
	}
	return Union(forbidden...)
}

// distinct sorts heartbeats by when they were received, each number once: as first received.
func distinct(heartbeats []Heartbeat) []Heartbeat {
	beats := slices.SortedFunc(slices.Values(heartbeats), compareHeartbeats)
	seen := make(map[int64]struct{}, len(beats))
	return slices.DeleteFunc(beats, func(b Heartbeat) bool {
		_, again := seen[b.Seq]
		seen[b.Seq] = struct{}{}
		return again
	})
}

// compareHeartbeats orders heartbeats by all they say, so that the order in which they are given never shows.
func compareHeartbeats(a, b Heartbeat) int {
	return cmp.Or(
		a.Received.Compare(b.Received), cmp.Compare(a.Seq, b.Seq), cmp.Compare(a.Position, b.Position),
		cmp.Compare(yes(a.Playing), yes(b.Playing)), cmp.Compare(a.Answers, b.Answers),
	)
}

func yes(b bool) int {
	if b {
		return 1
	}
	return 0
}
