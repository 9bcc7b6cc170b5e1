package api

import (
	"github.com/dengpan/dengpan/intake"
	"github.com/dengpan/dengpan/registering"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/workbook"
)

// checker checks the rows of one intake.
type checker struct {
	s        *service
	class    store.Class
	intake   store.Intake
	district string            // of the employer
	bodies   map[string]string // who evaluates, by name and by id
	seen     map[string]bool   // whom a row named before, by key
}

// checkIntake checks the rows of a workbook, and seals them.
func (s *service) checkIntake(tx *store.Tx, class store.Class, i store.Intake, filled []workbook.Row) ([]store.IntakeRow, error) {
	c := checker{s: s, class: class, intake: i, bodies: map[string]string{}, seen: map[string]bool{}}
	listed, err := s.evaluationBodies(tx, class)
	if err != nil {
		return nil, err
	}
	for _, b := range listed {
		c.bodies[b.ID], c.bodies[b.Name] = b.ID, b.ID
	}
	if class.Sponsor != nil {
		sponsor, err := tx.Employer(*class.Sponsor)
		if err != nil {
			return nil, err
		}
		c.district = sponsor.District
	}
	rows := make([]store.IntakeRow, len(filled))
	for n, row := range filled {
		if rows[n], err = c.check(row); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// check checks one row, and seals what it says.
func (c *checker) check(row workbook.Row) (store.IntakeRow, error) {
	checked := store.IntakeRow{IntakeID: c.intake.ID, Number: row.Number, State: store.RowReady, Faults: []store.RowFault{}}
	for _, f := range row.Faults {
		checked.Faults = append(checked.Faults, store.RowFault{Column: f.Column, Code: f.Code})
	}
	content := intake.Content{Values: row.Values}
	if len(checked.Faults) == 0 {
		found := &faults{}
		key := c.read(row, found, &content)
		for _, e := range found.list {
			checked.Faults = append(checked.Faults, store.RowFault{Column: columnOf(e.Field), Code: e.Code})
		}
		if len(checked.Faults) == 0 {
			checked.PersonKey = key
		}
	}
	if len(checked.Faults) > 0 {
		checked.State = store.RowRefused
	}
	var err error
	checked.ContentSealed, err = intake.Seal(c.s.Keys, checked, content)
	return checked, err
}

// read reads what a row asks for by the function that reads registrations, and says whom it names.
func (c *checker) read(row workbook.Row, found *faults, content *intake.Content) (key []byte) {
	body := registrationIn(row, c.class)
	if body.District == "" {
		body.District = c.district
	}
	if row.Values["evaluation_body"] == "" {
		found.add("evaluation_body", fieldRequired)
	} else if body.EvaluationBody = c.bodies[row.Values["evaluation_body"]]; body.EvaluationBody == "" {
		found.add("evaluation_body", registering.CodeNotListed)
	}
	if body.Applicant.Category == "" {
		found.add("applicant.category", fieldRequired)
	}
	if row.Values["id_number"] == "" {
		found.add("id_number", fieldRequired)
	}
	reg := c.s.checkRegistration(body, found)
	contacts := contactsBody{Phone: row.Values["phone"], Email: row.Values["email"]}
	readContacts(contacts, found)
	if len(found.list) > 0 {
		return nil
	}
	content.Person = intake.Person{
		Name: reg.who.name, IDType: reg.who.idType, IDNumber: reg.who.document.Number(), IDCountry: reg.who.country,
	}
	content.Asked, content.Phone, content.Email = reg.asked(), contacts.Phone, contacts.Email
	key = intake.Key(c.s.Keys, content.Person, reg.who.document)
	if c.seen[string(key)] {
		found.add("id_number", fieldDuplicate)
	}
	c.seen[string(key)] = true
	return key
}

// registrationIn is the registration that a row asks for.
func registrationIn(row workbook.Row, class store.Class) registrationBody {
	text := func(column string) string {
		value, _ := row.Fields[column].(string)
		return value
	}
	day := func(column string) *string { return ref(text(column)) }
	yes := func(column string) bool { return row.Fields[column] == true }
	body := registrationBody{
		Name: text("name"), IDType: text("id_type"), IDNumber: text("id_number"), IDCountry: text("id_country"), District: text("district"),
		Occupation: class.Occupation, Direction: class.Direction, Level: class.Level, TrainingBody: class.InstitutionID,
		Applicant: applicantBody{Category: text("category"), SkillGrade: text("skill_grade"), WorkStartedOn: day("work_started_on")},
	}
	if degree := text("degree"); degree != "" {
		body.Applicant.Education = []educationBody{{
			Degree: degree, RelatedMajor: yes("related_major"), FullTime: yes("full_time"), GraduatedOn: day("graduated_on"),
		}}
	}
	if title := text("title"); title != "" {
		body.Applicant.Titles = []titleBody{{Title: title, ObtainedOn: text("title_obtained_on")}}
	}
	return body
}

// columnOf is the column that a field of a registration was read from.
func columnOf(field string) string {
	column, known := map[string]string{
		"applicant.category": "category", "applicant.skill_grade": "skill_grade", "applicant.work_started_on": "work_started_on",
		"applicant.education": "degree", "applicant.education[0].degree": "degree", "applicant.education[0].graduated_on": "graduated_on",
		"applicant.titles": "title", "applicant.titles[0].title": "title", "applicant.titles[0].obtained_on": "title_obtained_on",
		"training_body": "evaluation_body", "occupation": "evaluation_body", "level": "evaluation_body",
	}[field]
	if known {
		return column
	}
	return field
}
