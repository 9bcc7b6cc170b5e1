package store

import (
	"github.com/dengpan/dengpan/authority"
	"github.com/dengpan/dengpan/filter"
)

// By what is found of what trainees ask for, and of the employers and lists by which they come.

var (
	petitionSearch = search{
		"kind":        {columns: []string{"kind"}},
		"topic":       {columns: []string{"topic"}, none: "topic = ''"},
		"state":       {columns: []string{"state"}},
		"institution": {columns: []string{"institution_id"}},
		"handler":     {columns: []string{"handled_by"}},
		"case":        {columns: []string{"case_id"}},
		"asked":       {columns: []string{"asked_at"}},
		"due":         {columns: []string{"due_at"}},
		"answered":    {columns: []string{"answered_at"}},
		"overdue": {codes: map[string]string{
			"yes": "(due_at < now() AND state IN ('asked', 'proposed'))", "no": "NOT (due_at < now() AND state IN ('asked', 'proposed'))",
		}, known: true},
	}
	employerSearch = search{
		"name":       {columns: []string{"name", "uscc"}, part: true},
		"district":   {columns: []string{"district"}},
		"registered": {columns: []string{"registered_at"}},
	}
	intakeSearch = search{
		"class": {
			columns: []string{"k.name"}, part: true, through: "EXISTS (SELECT FROM classes k WHERE k.id = intakes.class_id AND %)",
		},
		"employer":    {columns: []string{"employer_id"}},
		"institution": {columns: []string{"institution_id"}},
		"state":       {columns: []string{"state"}},
		"mode":        {columns: []string{"mode"}},
		"uploaded":    {columns: []string{"uploaded_at"}},
		"ended":       {columns: []string{"ended_at"}},
	}
)

// PetitionFields are the fields that petitions are found by.
func PetitionFields() filter.Fields {
	return filter.Fields{
		"kind":        {Kind: filter.Text},
		"topic":       {Kind: filter.Text, Optional: true},
		"state":       {Codes: []string{PetitionAsked, PetitionProposed, PetitionAnswered, PetitionWithdrawn}},
		"institution": {Kind: filter.ID},
		"handler":     {Codes: []string{HandledByInstitution, HandledByDistrict, HandledByCity}},
		"case":        {Kind: filter.ID, Row: true, Optional: true},
		"asked":       {Kind: filter.Date},
		"age":         {Kind: filter.Age, Of: "asked"},
		"due":         {Kind: filter.Date},
		"answered":    {Kind: filter.Date, Optional: true},
		"overdue":     {Codes: yesNo()},
	}
}

// EmployerFields are the fields that employers are found by. A name is met within theirs, or within their code.
func EmployerFields() filter.Fields {
	return filter.Fields{
		"name":       {Kind: filter.Text},
		"district":   {Codes: authority.Districts()},
		"registered": {Kind: filter.Date},
	}
}

// IntakeFields are the fields that intakes are found by.
func IntakeFields() filter.Fields {
	return filter.Fields{
		"class":       {Kind: filter.Text},
		"employer":    {Kind: filter.ID, Row: true, Optional: true},
		"institution": {Kind: filter.ID, Optional: true},
		"state":       {Codes: []string{IntakeChecked, IntakeRunning, IntakePaused, IntakeDone, IntakeStopped}},
		"mode":        {Codes: []string{ModeRows, ModeWhole}, Optional: true},
		"uploaded":    {Kind: filter.Date},
		"ended":       {Kind: filter.Date, Optional: true},
	}
}
