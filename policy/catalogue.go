package policy

import (
	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/ledger"
)

// Catalogue is the programme as the public may read it: occupations, levels, hours and conditions, each with where it is
// written and how sure we are of it.
type Catalogue struct {
	Policy        string        `json:"policy"`
	Name          Text          `json:"name"`
	EffectiveFrom calendar.Date `json:"effective_from"`
	Citation      Citation      `json:"citation"`
	Demonstration bool          `json:"demonstration"`
	// DemonstrationLabel must be shown wherever a number of the demonstration is (演示数据); nil outside a demonstration.
	DemonstrationLabel *Text                 `json:"demonstration_label,omitempty"`
	WhoMayJoin         []Alternative         `json:"who_may_join"`
	Levels             []CatalogueLevel      `json:"levels"`
	Occupations        []CatalogueOccupation `json:"occupations"`
	Exam               ExamRule              `json:"exam"`
	Hours              HoursRule             `json:"ce_hours"`
}

// CatalogueLevel is a level, and the title its certificate leads to.
type CatalogueLevel struct {
	Level
	TitleKind TitleKind `json:"title_kind"`
	Title     string    `json:"title"`
	Effects   []Text    `json:"effects"`
	// TitleConditions is empty where no rule has been entered: nothing is decided then.
	TitleConditions []Alternative `json:"title_conditions"`
	TitleCitation   Citation      `json:"title_citation"`
	Information     []Information `json:"information"`
}

// CatalogueOccupation is an occupation with its evaluation and what each level asks.
type CatalogueOccupation struct {
	Occupation
	Evaluation EvaluationRule             `json:"evaluation"`
	Levels     []CatalogueOccupationLevel `json:"levels"`
}

// CatalogueOccupationLevel is what an occupation asks at a level.
type CatalogueOccupationLevel struct {
	Level string `json:"level"`
	// Hours and HoursCitation are nil where no hours have been entered: no class can open then.
	Hours         *ledger.Hours `json:"hours"`
	HoursCitation *Citation     `json:"hours_citation"`
	Modules       []string      `json:"modules"`
	// EntryAlways is asked of everybody who enters the evaluation; of EntryConditions any one suffices.
	EntryAlways     Text          `json:"entry_always"`
	EntryConditions []Alternative `json:"entry_conditions"`
}

// Catalogue is the programme as the public may read it.
func (p *Policy) Catalogue() Catalogue {
	c := Catalogue{
		Policy: p.id, Name: p.about.Name, EffectiveFrom: p.about.EffectiveFrom, Citation: p.about.Citation,
		Demonstration: p.demonstration, Exam: p.Exam(), Hours: p.Hours(),
	}
	if p.overlay != nil {
		label := p.overlay.Label
		c.DemonstrationLabel = &label
	}
	for _, category := range p.admission.Categories {
		alternative := condition{Code: string(category.Category), Text: category.Text, Citation: category.Citation}
		c.WhoMayJoin = append(c.WhoMayJoin, alternative.describe(p.admission.Citation))
	}
	for _, level := range p.levels {
		c.Levels = append(c.Levels, p.catalogueLevel(level))
	}
	for _, occupation := range p.occupations {
		c.Occupations = append(c.Occupations, p.catalogueOccupation(occupation))
	}
	return c
}

func (p *Policy) catalogueLevel(level Level) CatalogueLevel {
	m, _ := p.mapping(level.Code) // every level has one, or the version would not have loaded
	row := CatalogueLevel{
		Level: level, TitleKind: m.Kind, Title: m.Title, TitleCitation: m.Citation,
		TitleConditions: describe(m.Alternatives, m.Citation),
		Information:     append([]Information{}, m.Information...),
	}
	for _, effects := range p.title.Effects {
		if effects.Kind == m.Kind {
			row.Effects = append(row.Effects, effects.Texts...)
		}
	}
	return row
}

func (p *Policy) catalogueOccupation(o Occupation) CatalogueOccupation {
	row := CatalogueOccupation{Occupation: o.clone(), Evaluation: p.Evaluation(o.Code)}
	if row.Directions == nil {
		row.Directions = []Direction{}
	}
	entry, _ := p.standardCitation(o.Code, p.evaluation.Entry.Clause)
	for _, level := range p.levels {
		at := CatalogueOccupationLevel{
			Level: level.Code, Modules: []string{}, EntryAlways: p.evaluation.Entry.Always,
			EntryConditions: describe(p.entryAlternatives(level.Code), entry),
		}
		if standard, err := p.TrainingStandard(o.Code, level.Code); err == nil {
			at.Hours, at.HoursCitation, at.Modules = &standard.Hours, &standard.Citation, standard.Modules
		}
		row.Levels = append(row.Levels, at)
	}
	return row
}

func describe(conditions []condition, rule Citation) []Alternative {
	alternatives := make([]Alternative, len(conditions))
	for i, c := range conditions {
		alternatives[i] = c.describe(rule)
	}
	return alternatives
}
