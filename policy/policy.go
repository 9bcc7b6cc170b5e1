// Package policy is the programme's rules as versioned data, and the pure functions that decide by them.
//
// A version is a folder of YAML under data; every rule in it has a citation with a basis that says how sure we are of it.
// A case keeps the version it registered under. What is unknown is left out of the data, and the decision that needs it
// fails closed: hours that nobody entered give a RuleMissingError, a title without conditions gives InsufficientRule. The
// demonstration overlay fills in made-up numbers, labelled 演示数据.
//
// A Policy never changes once loaded. Nothing here reads a clock, a database or the network; the same inputs always give
// the same decision, so a stored decision can be derived again from its stored inputs.
package policy

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/ledger"
)

// Policy is one version of the programme's rules.
type Policy struct {
	id            string
	demonstration bool
	about         policyFile
	occupations   []Occupation
	levels        []Level
	admission     admissionFile
	training      trainingFile
	attendance    attendanceFile
	evaluation    evaluationFile
	title         titleFile
	hours         hoursFile
	operation     operationFile
	overlay       *overlayFile
	schedule      []time.Duration
	lists         Lists
	// written is the files as they are written, by name, for comparing versions.
	written map[string]any
}

// ID is the version's name, which a case keeps: beijing-2023, or beijing-2023+demo with the demonstration overlay.
func (p *Policy) ID() string { return p.id }

// Demonstration reports whether made-up numbers stand in for rules that are not known.
func (p *Policy) Demonstration() bool { return p.demonstration }

// Level is a level of qualification (专业技术等级).
type Level struct {
	Code    string `json:"code"    yaml:"code"`
	Name    string `json:"name"    yaml:"name"`
	English string `json:"english" yaml:"english"`
}

// Direction is a specialisation within an occupation (职业方向).
type Direction struct {
	Code  string `json:"code"  yaml:"code"`
	Name  string `json:"name"  yaml:"name"`
	Basis Basis  `json:"basis" yaml:"basis"`
}

// Occupation is one of the programme's occupations (职业).
type Occupation struct {
	Code string `json:"code" yaml:"code"`
	// Name is the field as the notice names it, 智能制造; Title is the occupation as certificates print it, 智能制造工程技术人员.
	Name       string      `json:"name"        yaml:"name"`
	Title      string      `json:"title"       yaml:"title"`
	English    string      `json:"english"     yaml:"english"`
	Listed2022 bool        `json:"listed_2022" yaml:"listed_2022"`
	Directions []Direction `json:"directions"  yaml:"directions"`
	// Code2021 and Code2022 are the national codes, of the standard and of the classification of 2022.
	Code2021 string   `json:"code_2021"           yaml:"code_2021"`
	Code2022 string   `json:"code_2022,omitempty" yaml:"code_2022"`
	Standard Citation `json:"standard"            yaml:"standard"`
	Basis    Basis    `json:"basis"               yaml:"basis"`
}

// Direction finds one of the occupation's directions.
func (o Occupation) Direction(code string) (Direction, bool) {
	for _, d := range o.Directions {
		if d.Code == code {
			return d, true
		}
	}
	return Direction{}, false
}

func (o Occupation) clone() Occupation {
	o.Directions = slices.Clone(o.Directions)
	return o
}

// Occupations lists the programme's occupations in the notice's order of listing, those with listed bodies first.
func (p *Policy) Occupations() []Occupation {
	all := make([]Occupation, len(p.occupations))
	for i, o := range p.occupations {
		all[i] = o.clone()
	}
	return all
}

// Occupation finds an occupation by its code.
func (p *Policy) Occupation(code string) (Occupation, bool) {
	for _, o := range p.occupations {
		if o.Code == code {
			return o.clone(), true
		}
	}
	return Occupation{}, false
}

// Levels lists the levels, the lowest first.
func (p *Policy) Levels() []Level { return slices.Clone(p.levels) }

// Level finds a level by its code.
func (p *Policy) Level(code string) (Level, bool) {
	for _, l := range p.levels {
		if l.Code == code {
			return l, true
		}
	}
	return Level{}, false
}

// ErrRuleMissing is what every RuleMissingError is (errors.Is).
var ErrRuleMissing = errors.New("the rule has not been entered")

// RuleMissingError says that a rule is not known to this version. Nothing may be assumed in its place.
type RuleMissingError struct {
	Policy     string
	Rule       string // training_standard
	Occupation string
	Level      string
}

// Error names the rule.
func (e *RuleMissingError) Error() string {
	return fmt.Sprintf("policy %s: %s of %s %s: %v", e.Policy, e.Rule, e.Occupation, e.Level, ErrRuleMissing)
}

// Unwrap is ErrRuleMissing.
func (e *RuleMissingError) Unwrap() error { return ErrRuleMissing }

// RuleTrainingStandard is the Rule of a RuleMissingError for hours and content of a training.
const RuleTrainingStandard = "training_standard"

// Standard is what a training must consist of: hours, and modules.
type Standard struct {
	Hours ledger.Hours `json:"hours"`
	// OnlineAtMost and OfflineAtLeast are how many of the hours may be taken online, and must be taken in person; 0 where the
	// standard does not say.
	OnlineAtMost   ledger.Hours `json:"online_at_most,omitzero"`
	OfflineAtLeast ledger.Hours `json:"offline_at_least,omitzero"`

	Modules  []string `json:"modules"`
	Citation Citation `json:"citation"`
}

// TrainingStandard is what the training for an occupation at a level must consist of. When nobody entered it with a
// citation the error is a *RuleMissingError, and no class may open.
func (p *Policy) TrainingStandard(occupation, level string) (Standard, error) {
	for _, s := range p.training.Standards {
		if s.Occupation == occupation && s.Level == level {
			return s.standard(s.Citation), nil
		}
	}
	_, known := p.Occupation(occupation)
	if known && p.overlay != nil {
		for _, s := range p.overlay.Training {
			if s.Level == level {
				return s.standard(p.overlay.Citation), nil
			}
		}
	}
	return Standard{}, &RuleMissingError{Policy: p.id, Rule: RuleTrainingStandard, Occupation: occupation, Level: level}
}

func (c contentFile) standard(citation Citation) Standard {
	return Standard{
		Hours: c.Hours, OnlineAtMost: c.OnlineAtMost, OfflineAtLeast: c.OfflineAtLeast,
		Modules: slices.Clone(c.Modules), Citation: citation,
	}
}

// ExamRule is the rule of the end-of-course exam (结业考核).
type ExamRule struct {
	PassMark float64 `json:"pass_mark"`
	// AttemptsBeforeReview is after how many failed attempts an operator is asked; attempts are not limited.
	AttemptsBeforeReview int      `json:"attempts_before_review"`
	Text                 Text     `json:"text"`
	Citation             Citation `json:"citation"`
}

// Exam is the rule of the end-of-course exam.
func (p *Policy) Exam() ExamRule {
	e := p.training.Exam
	return ExamRule{
		PassMark: e.PassMark, AttemptsBeforeReview: e.AttemptsBeforeReview, Text: e.Text, Citation: e.Citation,
	}
}

// standardCitation cites an occupation's national standard, as assumed where its text was not found.
func (p *Policy) standardCitation(occupation, clause string) (Citation, bool) {
	o, known := p.Occupation(occupation)
	if !known {
		return Citation{}, false
	}
	citation := o.Standard
	citation.Clause = clause
	if !slices.Contains(p.evaluation.KnownFor, occupation) {
		citation.Basis, citation.Note = Assumed, p.evaluation.AssumedNote
	}
	return citation, true
}

// HoursRule is the rule of continuing-education hours.
type HoursRule struct {
	Text    Text   `json:"text"`
	Subject string `json:"subject"` // professional
	// Unfinished is what counts of a training that was not completed: CountsCompleted, CountsAll or CountsNothing.
	Unfinished         string   `json:"unfinished"`
	UnfinishedCitation Citation `json:"unfinished_citation"`
	// AnnualTotal is what a year asks of a person, of which the share of AnnualProfessional is professional.
	AnnualTotal        ledger.Hours `json:"annual_total"`
	AnnualProfessional ledger.Hours `json:"annual_professional"`
	Citation           Citation     `json:"citation"`
	AnnualCitation     Citation     `json:"annual_citation"`
}

// What counts of a training that was not completed.
const (
	CountsCompleted = "completed_modules"
	CountsAll       = "all"
	CountsNothing   = "nothing"
)

// Hours is the rule of continuing-education hours.
func (p *Policy) Hours() HoursRule {
	credit, annual := p.hours.Credit, p.hours.Annual
	share := annual.ProfessionalShare
	return HoursRule{
		Text: credit.Text, Subject: credit.Subject, Citation: credit.Citation,
		Unfinished: credit.Unfinished.Counts, UnfinishedCitation: credit.Unfinished.Citation,
		AnnualTotal: annual.Total, AnnualCitation: annual.Citation,
		AnnualProfessional: ledger.Tenths(annual.Total.Tenths() * share.Numerator / share.Denominator),
	}
}

// The waits that have a deadline.
const (
	WaitEnrolment  = "enrolment"
	WaitTraining   = "training"
	WaitExam       = "exam"
	WaitEvaluation = "evaluation"
	WaitIncident   = "incident"
)

func waits() []string {
	return []string{WaitEnrolment, WaitTraining, WaitExam, WaitEvaluation, WaitIncident}
}

// Deadline is how many days of the programme's calendar a wait may last before an operator is asked. A wait that the
// policy does not know is a mistake in the program, and panics: no number would be safe.
func (p *Policy) Deadline(wait string) int {
	for _, d := range p.operation.Deadlines {
		if d.Wait == wait {
			return d.Days
		}
	}
	panic(fmt.Sprintf("policy: no deadline is named %q", wait))
}

// DeliverySchedule is how long to wait before each attempt to deliver a callback; after the last, delivery is given up.
func (p *Policy) DeliverySchedule() []time.Duration { return slices.Clone(p.schedule) }

// EffectiveFrom is the day from which cases register under this version.
func (p *Policy) EffectiveFrom() calendar.Date { return p.about.EffectiveFrom }
