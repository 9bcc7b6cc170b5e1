// Package explain puts decisions, and where a case stands, into sentences a person can read. Of a decision: the outcome first,
// then what it rests on with its citation, or what each alternative still lacks and from which day time alone would satisfy
// it. The sentences are made of the policy's data and the message catalogue, so that the API and the command line say the same.
package explain

import (
	"fmt"
	"strings"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/policy"
)

// Explanation is a decision in one reader's language.
type Explanation struct {
	Kind    string         `json:"kind"`
	Name    string         `json:"name"`
	Outcome policy.Outcome `json:"outcome"`
	// Text is the outcome in a sentence; Lines is what it rests on or lacks, a sentence each.
	Text  string   `json:"text"`
	Lines []string `json:"lines"`
	// Citation is of the alternative that was met, or else of the rule.
	Citation     policy.Citation `json:"citation"`
	EarliestDate *calendar.Date  `json:"earliest_date,omitempty"`
	AsOf         calendar.Date   `json:"as_of"`
}

// Decision explains whether a person may join, or may enter the evaluation.
func Decision(lang message.Lang, d policy.Decision) Explanation {
	e := writer{lang: lang}.decision(d)
	e.Text = message.Text(lang, "explain."+d.Kind+"."+string(d.Outcome), nil)
	return e
}

// Training explains whether a training is complete: its hours, the shares of them where the standard sets any, its content.
func Training(lang message.Lang, d policy.TrainingDecision) Explanation {
	w := writer{lang: lang}
	e := Explanation{
		Kind: policy.DecisionTraining, Name: w.text("kind." + policy.DecisionTraining), Outcome: d.Outcome,
		Text: w.text(policy.DecisionTraining + "." + string(d.Outcome)), Lines: []string{}, Citation: d.Citation, AsOf: d.AsOf,
	}
	if d.Outcome == policy.InsufficientRule {
		return e
	}
	of := func(key string, have, need fmt.Stringer) {
		params := map[string]any{"have": have.String(), "need": need.String()}
		e.Lines = append(e.Lines, message.Text(lang, "explain.training."+key, params))
	}
	of("hours", d.Have, d.Need)
	if d.OnlineAtMost > 0 {
		of("online", d.Online, d.OnlineAtMost)
	}
	if d.OfflineAtLeast > 0 {
		of("offline", d.Offline, d.OfflineAtLeast)
	}
	if len(d.MissingModules) > 0 {
		e.Lines = append(e.Lines, w.say("training.modules", "modules", strings.Join(d.MissingModules, w.mark("、", ", "))))
	}
	e.Lines = append(e.Lines, w.cited(d.Citation)...)
	return e
}

// Title explains which title a grade certificate leads to. A senior one lets its holder apply for review; it is never said
// to be the title.
func Title(lang message.Lang, d policy.TitleDecision) Explanation {
	w := writer{lang: lang}
	e := w.decision(d.Decision)
	e.Text = TitleText(lang, d)
	for _, effect := range d.Effects {
		e.Lines = append(e.Lines, w.say("effect", "text", effect.In(string(lang))))
	}
	for _, information := range d.Information {
		e.Lines = append(e.Lines, w.say("information", "text", information.Text.In(string(lang))),
			w.source(information.Citation))
	}
	return e
}

// TitleWithdrawn explains that a title was withdrawn, because the grade certificate it rested on was revoked.
func TitleWithdrawn(lang message.Lang, d policy.Decision) Explanation {
	w := writer{lang: lang}
	return Explanation{
		Kind: d.Kind, Name: w.text("kind." + d.Kind), Outcome: d.Outcome, Text: WithdrawalText(lang), Lines: w.cited(d.Citation),
		Citation: d.Citation, AsOf: d.AsOf,
	}
}

// WithdrawalText says that a title was withdrawn in a sentence: that of the line it puts in a case's timeline.
func WithdrawalText(lang message.Lang) string {
	return message.Text(lang, "event.title_withdrawn", nil)
}

// TitleText is the outcome of a title decision in a sentence: that of the line it puts in a case's timeline.
func TitleText(lang message.Lang, d policy.TitleDecision) string {
	params := map[string]any{"title": d.Title}
	if d.EarliestDate != nil {
		params["until"] = d.EarliestDate.String()
	}
	return message.Text(lang, "event."+titleEvent(d), params)
}

func titleEvent(d policy.TitleDecision) string {
	switch {
	case d.Outcome == policy.Met && d.Kind == policy.EligibleToApply:
		return "title_eligible"
	case d.Outcome == policy.Met:
		return "title_mapped"
	case d.Outcome == policy.InsufficientRule:
		return "title_rule_missing"
	case d.EarliestDate != nil:
		return "title_waiting"
	}
	return "title_not_met"
}

// Demonstration says that made-up numbers stand behind a result.
func Demonstration(lang message.Lang) string { return message.Text(lang, "explain.demonstration", nil) }

// Supposed says that a title is decided as if the grade certificate were issued on a day.
func Supposed(lang message.Lang, day calendar.Date) string {
	return writer{lang: lang}.say("supposed", "date", day.String())
}

// writer writes in one language.
type writer struct{ lang message.Lang }

func (w writer) say(key, name string, value any) string {
	return message.Text(w.lang, "explain."+key, map[string]any{name: value})
}

// text is a sentence without parameters.
func (w writer) text(key string) string { return message.Text(w.lang, "explain."+key, nil) }

// mark is a mark of punctuation.
func (w writer) mark(chinese, english string) string {
	if w.lang == message.English {
		return english
	}
	return chinese
}

func (w writer) source(c policy.Citation) string {
	return message.Text(w.lang, "explain.source",
		map[string]any{"document": c.Document, "clause": c.Clause, "basis": string(c.Basis)})
}

// cited is the lines of a citation: where it is written, how sure we are of it, and why no surer.
func (w writer) cited(c policy.Citation) []string {
	if c.Document == "" {
		return nil
	}
	lines := []string{w.source(c)}
	if note := c.Note.In(string(w.lang)); note != "" {
		lines = append(lines, w.say("note", "text", note))
	}
	return lines
}

// decision is all of a decision but its outcome in a sentence.
func (w writer) decision(d policy.Decision) Explanation {
	e := Explanation{
		Kind: d.Kind, Name: message.Text(w.lang, "explain.kind."+d.Kind, nil), Outcome: d.Outcome, Lines: []string{},
		Citation: d.Citation, EarliestDate: d.EarliestDate, AsOf: d.AsOf,
	}
	if d.Rested != nil {
		e.Citation = d.Rested.Citation
		e.Lines = append(e.Lines, w.say("rests", "text", d.Rested.Text.In(string(w.lang))))
		e.Lines = append(e.Lines, w.cited(e.Citation)...)
		return e
	}
	switch {
	case d.EarliestDate != nil:
		e.Lines = append(e.Lines, w.say("earliest", "date", d.EarliestDate.String()))
	case d.Outcome == policy.NotMet:
		e.Lines = append(e.Lines, message.Text(w.lang, "explain.no_date", nil))
	}
	if len(d.Missing) > 1 {
		e.Lines = append(e.Lines, message.Text(w.lang, "explain.any_of", nil))
	}
	for _, unmet := range d.Missing {
		e.Lines = append(e.Lines, w.unmet(unmet))
	}
	e.Lines = append(e.Lines, w.cited(e.Citation)...)
	return e
}

// unmet is an alternative and what it lacks.
func (w writer) unmet(u policy.Unmet) string {
	needs := make([]string, len(u.Need))
	for i, need := range u.Need {
		needs[i] = message.Text(w.lang, "explain.need."+need.Code, map[string]any{"have": need.Have, "need": need.Need})
	}
	separator := w.mark("；", "; ")
	key, params := "explain.alternative", map[string]any{
		"text": u.Text.In(string(w.lang)), "needs": strings.Join(needs, separator),
	}
	if u.EarliestDate != nil {
		key, params["date"] = "explain.alternative_until", u.EarliestDate.String()
	}
	return message.Text(w.lang, key, params)
}
