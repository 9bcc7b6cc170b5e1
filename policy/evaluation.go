package policy

import (
	"slices"

	"github.com/dengpan/dengpan/calendar"
)

// Part is a part of the evaluation, marked out of 100.
type Part struct {
	Code     string  `json:"code"      yaml:"code"`
	Name     string  `json:"name"      yaml:"name"`
	English  string  `json:"english"   yaml:"english"`
	PassMark float64 `json:"pass_mark" yaml:"pass_mark"`
}

// EvaluationRule is the shape of the evaluation (社会化评价): every part must be passed.
type EvaluationRule struct {
	Parts []Part `json:"parts"`
	// KeepPassedPart lets a resit leave out the part that was passed.
	KeepPassedPart bool `json:"keep_passed_part"`
	// ResitWithinDays is for how many days after it was sat a passed part is kept; 0 for ever.
	ResitWithinDays int `json:"resit_within_days,omitzero"`
	// ReviewDays is for how many days after its publication a mark may be reviewed; 0: as the rule of reviews has it.
	ReviewDays int `json:"review_days,omitzero"`
	// CertificateAfterDays is how many days after the publication of its marks a grade certificate is issued, 0 at once; nil: once
	// they can be reviewed no more.
	CertificateAfterDays *int `json:"certificate_after_days,omitempty"`
	// AttemptsBeforeReview is after how many failed attempts an operator is asked; attempts are not limited.
	AttemptsBeforeReview int      `json:"attempts_before_review"`
	Citation             Citation `json:"citation"`
}

// Evaluation is the shape of an occupation's evaluation; it has no parts for an occupation that is not the programme's.
func (p *Policy) Evaluation(occupation string) EvaluationRule {
	citation, known := p.standardCitation(occupation, p.evaluation.Exam.Clause)
	if !known {
		return EvaluationRule{}
	}
	e := p.evaluation.Exam
	within, review := 0, 0
	if e.ResitWithinDays != nil {
		within = *e.ResitWithinDays
	}
	if e.ReviewDays != nil {
		review = *e.ReviewDays
	}
	return EvaluationRule{
		Parts: slices.Clone(e.Parts), KeepPassedPart: e.KeepPassedPart, ResitWithinDays: within,
		ReviewDays: review, CertificateAfterDays: e.CertificateAfterDays, AttemptsBeforeReview: e.AttemptsBeforeReview, Citation: citation,
	}
}

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
