package ledger

import (
	"slices"
	"time"
)

// Interval is the time from From up to, and without, To.
type Interval struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Length is how long the interval lasts; one that ends before it begins lasts no time.
func (i Interval) Length() time.Duration { return max(0, i.To.Sub(i.From)) }

// Contains reports whether an instant lies in the interval.
func (i Interval) Contains(at time.Time) bool { return !at.Before(i.From) && at.Before(i.To) }

// Intersect is the time that two intervals have in common.
func (i Interval) Intersect(other Interval) Interval {
	return Interval{From: later(i.From, other.From), To: earlier(i.To, other.To)}
}

// Overlaps reports whether two intervals have any time in common.
func (i Interval) Overlaps(other Interval) bool { return i.Intersect(other).Length() > 0 }

// Times is a set of instants: intervals in order, none empty, none touching the next. Only Union and Subtract make one.
type Times []Interval

// Union is the time that is in any of the intervals, each instant once.
func Union(intervals ...Interval) Times {
	sorted := slices.DeleteFunc(slices.Clone(intervals), func(i Interval) bool { return i.Length() == 0 })
	slices.SortFunc(sorted, func(a, b Interval) int { return a.From.Compare(b.From) })
	var union Times
	for _, next := range sorted {
		if last := len(union) - 1; last >= 0 && !next.From.After(union[last].To) {
			union[last].To = later(union[last].To, next.To)
			continue
		}
		union = append(union, next)
	}
	return union
}

// Length is how much time is in the set.
func (t Times) Length() time.Duration {
	var length time.Duration
	for _, i := range t {
		length += i.Length()
	}
	return length
}

// Contains reports whether an instant is in the set.
func (t Times) Contains(at time.Time) bool {
	return slices.ContainsFunc(t, func(i Interval) bool { return i.Contains(at) })
}

// Overlaps reports whether two sets have any time in common.
func (t Times) Overlaps(other Times) bool { return t.Subtract(other).Length() < t.Length() }

// Subtract is the time of t that is not in the other set.
func (t Times) Subtract(other Times) Times {
	var rest Times
	next := 0
	for _, i := range t {
		for next < len(other) && !other[next].To.After(i.From) {
			next++
		}
		from := i.From
		for _, cut := range other[next:] {
			if !cut.From.Before(i.To) {
				break
			}
			if cut.From.After(from) {
				rest = append(rest, Interval{From: from, To: cut.From})
			}
			from = cut.To
		}
		if from.Before(i.To) {
			rest = append(rest, Interval{From: from, To: i.To})
		}
	}
	return rest
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
