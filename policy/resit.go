package policy

import (
	"slices"

	"github.com/dengpan/dengpan/calendar"
)

// PartResult is how a part of an evaluation went, once.
type PartResult struct {
	Part    string
	Attempt int
	Passed  bool
	On      calendar.Date
}

// Outstanding lists the parts that are still to be passed, as of the day they were last sat, in the rule's order. What was
// passed in the last attempt stands. What was passed earlier stands where passed parts are kept, until ResitWithinDays
// after the day it was sat.
func (r EvaluationRule) Outstanding(results []PartResult) []string {
	attempt := 0
	for _, p := range results {
		attempt = max(attempt, p.Attempt)
	}
	var lastSat calendar.Date
	for _, p := range results {
		if p.Attempt == attempt && p.On.After(lastSat) {
			lastSat = p.On
		}
	}
	return r.without(results, func(p PartResult) bool { return p.Attempt == attempt || r.keeps(p, lastSat) })
}

// SitAgain lists the parts that an attempt asked for today is of: every part, but for those that are kept.
func (r EvaluationRule) SitAgain(results []PartResult, today calendar.Date) []string {
	return r.without(results, func(p PartResult) bool { return r.keeps(p, today) })
}

// without lists the parts that no result stands for.
func (r EvaluationRule) without(results []PartResult, stands func(PartResult) bool) []string {
	var parts []string
	for _, part := range r.Parts {
		if !slices.ContainsFunc(results, func(p PartResult) bool { return p.Part == part.Code && p.Passed && stands(p) }) {
			parts = append(parts, part.Code)
		}
	}
	return parts
}

// keeps reports whether a part that was passed still counts in a later attempt.
func (r EvaluationRule) keeps(p PartResult, asOf calendar.Date) bool {
	return r.KeepPassedPart && (r.ResitWithinDays == 0 || !asOf.After(p.On.AddDays(r.ResitWithinDays)))
}
