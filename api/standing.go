package api

import (
	"slices"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/explain"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// wayView is something that an ended case leaves, or that can be done next.
type wayView struct {
	Code string `json:"code" enum:"certificate_kept,ce_hours_kept,time_will,again,new_facts,higher"`
	Text string `json:"text"`
}

func (v reader) bodies(c store.Case) explain.Bodies {
	return explain.Bodies{Training: v.named(c.TrainingBody), Evaluation: v.named(c.EvaluationBody)}
}

// standing says where a case stands as a whole, and what it leaves if it has ended.
func (v reader) standing(c store.Case, view *caseView) {
	view.Paused = view.Pause != nil
	switch {
	case c.Outcome != nil:
		view.Standing = explain.Over(v.lang, *c.Outcome, v.bodies(c))
	case view.Paused:
		view.Standing = explain.Paused(v.lang, c.PausedUntil, view.Pause.Own)
	default:
		at := slices.IndexFunc(view.Stages, func(s stageView) bool { return s.Stage == string(c.Stage) })
		view.Standing = view.Stages[at].Text
	}
	view.Ways = v.ways(c, *view)
}

// ways lists what an ended case leaves, and what can be done next. Nobody who came this far is left without either.
func (v reader) ways(c store.Case, view caseView) []wayView {
	ways := []wayView{}
	if c.Outcome == nil {
		return ways
	}
	add := func(code string, params map[string]any) {
		ways = append(ways, wayView{Code: code, Text: message.Text(v.lang, "way."+code, params)})
	}
	for _, held := range view.Certificates {
		if held.Status == store.CertificateValid {
			add("certificate_kept", map[string]any{"certificate": held.Kind, "number": held.Number})
		}
	}
	for _, year := range view.CEHours {
		if year.Hours > 0 {
			add("ce_hours_kept", map[string]any{"year": year.Year, "hours": year.Hours.String()})
		}
	}
	switch *c.Outcome {
	case progress.Rejected:
		if day := earliest(view.Decisions); day != nil {
			add("time_will", map[string]any{"date": day.String()})
		} else {
			add("again", nil)
		}
	case progress.Withdrawn, progress.Untrained, progress.Trained:
		add("again", nil)
	case progress.Certified:
		add("new_facts", nil)
	case progress.Mapped, progress.Open:
	}
	if got := *c.Outcome; (got == progress.Certified || got == progress.Mapped) && c.Level != policy.Senior {
		add("higher", nil)
	}
	return ways
}

// earliest is the day on which time alone satisfies what was decided last; nil when more is missing.
func earliest(decisions []decisionView) *calendar.Date {
	if len(decisions) == 0 {
		return nil
	}
	return decisions[len(decisions)-1].EarliestDate
}
