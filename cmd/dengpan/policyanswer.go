package main

import (
	"fmt"
	"strings"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/explain"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/policy"
)

// explained is the decisions on a person's facts, with what they were made on.
type explained struct {
	Policy        string                `json:"policy"`
	Demonstration bool                  `json:"demonstration"`
	Occupation    string                `json:"occupation"`
	Level         string                `json:"level"`
	AsOf          calendar.Date         `json:"as_of"`
	Certificate   calendar.Date         `json:"certificate"`
	Supposed      bool                  `json:"certificate_supposed"`
	Applicant     policy.Applicant      `json:"applicant"`
	Decisions     decisions             `json:"decisions"`
	Explanations  []explain.Explanation `json:"explanations"`

	heading string
	lang    message.Lang
}

type decisions struct {
	Admission policy.Decision `json:"admission"`
	// Training is nil when nothing was said of it.
	Training        *policy.TrainingDecision `json:"training,omitempty"`
	EvaluationEntry policy.Decision          `json:"evaluation_entry"`
	Title           policy.TitleDecision     `json:"title"`
}

// decide makes the decisions.
func (q question) decide() explained {
	occupation, level := q.occupation.Code, q.level.Code
	d := decisions{
		Admission:       q.rules.MayJoin(q.applicant, occupation, level, q.asOf),
		EvaluationEntry: q.rules.MayEnterEvaluation(q.applicant, occupation, level, q.asOf),
		Title:           q.rules.MapTitle(q.applicant, occupation, level, q.certificate, q.asOf),
	}
	said := []explain.Explanation{explain.Decision(q.lang, d.Admission)}
	if q.training != nil {
		training := q.rules.CompletesTraining(*q.training, occupation, level, q.asOf)
		d.Training = &training
		said = append(said, explain.Training(q.lang, training))
	}
	said = append(said, explain.Decision(q.lang, d.EvaluationEntry), explain.Title(q.lang, d.Title))
	name := q.occupation.Name
	if q.lang == message.English {
		name = q.occupation.English
	}
	return explained{
		Policy: q.rules.ID(), Demonstration: q.rules.Demonstration(), Occupation: occupation, Level: level, AsOf: q.asOf,
		Certificate: q.certificate, Supposed: q.supposed, Applicant: q.applicant, Decisions: d,
		Explanations: said,
		heading:      fmt.Sprintf("%s · %s · %s · %s", name, message.Text(q.lang, "level."+level, nil), q.asOf, q.rules.ID()),
		lang:         q.lang,
	}
}

// text is the decisions as a person reads them.
func (e explained) text() string {
	var text strings.Builder
	fmt.Fprintln(&text, e.heading)
	if e.Demonstration {
		fmt.Fprintln(&text, explain.Demonstration(e.lang))
	}
	colon := "："
	if e.lang == message.English {
		colon = ": "
	}
	for _, one := range e.Explanations {
		fmt.Fprintf(&text, "\n%s%s%s\n", one.Name, colon, one.Text)
		if one.Kind == policy.DecisionTitle && e.Supposed {
			fmt.Fprintln(&text, "  "+explain.Supposed(e.lang, e.Certificate))
		}
		for _, line := range one.Lines {
			fmt.Fprintln(&text, "  "+line)
		}
	}
	return text.String()
}
