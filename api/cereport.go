package api

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
)

// ReportFilter is what a report is asked about.
type ReportFilter struct {
	Year        int    `query:"year" required:"true" minimum:"2000" maximum:"2200"`
	Occupation  string `query:"occupation" maxLength:"64"`
	Level       string `query:"level" maxLength:"64"`
	Institution string `query:"institution" maxLength:"64" doc:"Who held the training, or issued the certificate."`
	GroupBy     string `query:"group_by" enum:"all,occupation,level,institution" default:"all" doc:"What it is broken down by; all is all three."`
	Sort        string `query:"sort" enum:"name,persons,hours,not_met,trained,certified" default:"name"`
	Order       string `query:"order" enum:"asc,desc" doc:"By name ascending, else descending, when it is not given."`
}

type reportInput struct {
	ReportFilter
	After string `query:"after" maxLength:"400" doc:"The next of the page before, with the same other parameters."`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type reportFileInput struct{ ReportFilter }

type reportOutput struct {
	Body struct {
		Year             int          `json:"year"`
		NeedTotal        ledger.Hours `json:"need_total" doc:"What a year asks of a person."`
		NeedProfessional ledger.Hours `json:"need_professional" doc:"What of it must be of the professional subject."`
		Requirement      citationView `json:"requirement" doc:"Where that is written."`
		Demonstration    bool         `json:"demonstration" doc:"The service runs on 演示数据."`
		Total            reportRow    `json:"total" doc:"All that was picked; a person counts once."`
		Rows             []reportRow  `json:"rows"`
		Next             *string      `json:"next" doc:"The after of the next page; null when there is none."`
	}
}

// reportRow is one group. What the yearly target counts is not defined (trained or certified, people or certificates), so
// all four are shown.
type reportRow struct {
	Occupation         *coded       `json:"occupation,omitempty" doc:"None for courses of CE bases."`
	Level              *coded       `json:"level,omitempty"`
	Institution        *bodyView    `json:"institution,omitempty"`
	Persons            int          `json:"persons" doc:"With CE hours in the year."`
	Hours              ledger.Hours `json:"hours"`
	MetTotal           int          `json:"met_total" doc:"Persons whose hours of the year, from wherever, reach what it asks."`
	NotMetTotal        int          `json:"not_met_total"`
	MetProfessional    int          `json:"met_professional"`
	NotMetProfessional int          `json:"not_met_professional"`
	TrainedPersons     int          `json:"trained_persons" doc:"Who was issued a training certificate in the year."`
	TrainedTimes       int          `json:"trained_times" doc:"Training certificates that were issued in the year (人次)."`
	CertifiedPersons   int          `json:"certified_persons" doc:"Who was issued a grade certificate in the year."`
	CertifiedTimes     int          `json:"certified_times"`
	CourseCertificates int          `json:"course_certificates" doc:"Training certificates of CE bases."`

	key string
}

// ceReport shows a year by occupation, level and institution.
func (s *service) ceReport(ctx context.Context, in *reportInput) (*reportOutput, error) {
	rows, total, err := s.report(ctx, in.ReportFilter)
	if err != nil {
		return nil, err
	}
	rule := s.Policy.Hours()
	c := rule.AnnualCitation
	out := &reportOutput{}
	out.Body.Year, out.Body.NeedTotal, out.Body.NeedProfessional = in.Year, rule.AnnualTotal, rule.AnnualProfessional
	out.Body.Requirement = citationView{
		Document: c.Document, Clause: c.Clause, Basis: string(c.Basis), Note: c.Note.In(string(requestOf(ctx).lang)),
	}
	out.Body.Demonstration, out.Body.Total = s.Policy.Demonstration(), total
	if in.After != "" {
		at := slices.IndexFunc(rows, func(r reportRow) bool { return r.key == in.After })
		if at < 0 {
			return nil, problem(validationFailed, FieldError{Field: "after", Code: fieldFormat})
		}
		rows = rows[at+1:]
	}
	if len(rows) > in.Limit {
		rows = rows[:in.Limit]
		out.Body.Next = &rows[in.Limit-1].key
	}
	out.Body.Rows = rows
	return out, nil
}

// report reads a year's groups in the order asked for, and their sum.
func (s *service) report(ctx context.Context, in ReportFilter) (rows []reportRow, total reportRow, err error) {
	found := &faults{}
	if _, known := s.Policy.Occupation(in.Occupation); in.Occupation != "" && !known {
		found.add("occupation", fieldNoOccupation)
	}
	if _, known := s.Policy.Level(in.Level); in.Level != "" && !known {
		found.add("level", fieldNoLevel)
	}
	if err := found.err(); err != nil {
		return nil, total, err
	}
	rule := s.Policy.Hours()
	filter := store.CEReportFilter{
		Year: in.Year, Occupation: in.Occupation, Level: in.Level, Institution: in.Institution, By: []string{in.GroupBy},
		NeedTotal: rule.AnnualTotal, NeedProfessional: rule.AnnualProfessional,
	}
	if in.GroupBy == "all" {
		filter.By = []string{store.ByOccupation, store.ByLevel, store.ByInstitution}
	}
	err = s.Store.Snapshot(ctx, func(tx *store.Tx) error {
		groups, err := tx.CEReport(filter)
		if err != nil {
			return err
		}
		var ids []string
		for _, g := range groups {
			ids = append(ids, g.Institution)
		}
		v, err := newReader(tx, requestOf(ctx), ids...)
		if err != nil {
			return err
		}
		rows = make([]reportRow, len(groups))
		for i, g := range groups {
			rows[i] = v.reportRow(s.Policy, g)
		}
		filter.By = nil
		sum, err := tx.CEReport(filter)
		if err == nil && len(sum) > 0 {
			total = v.reportRow(s.Policy, sum[0])
		}
		return err
	})
	slices.SortFunc(rows, in.compare)
	return rows, total, err
}

func (v reader) reportRow(rules *policy.Policy, g store.CEReportRow) reportRow {
	row := reportRow{
		Persons: g.Persons, Hours: g.Hours, MetTotal: g.MetTotal, NotMetTotal: g.Persons - g.MetTotal,
		MetProfessional: g.MetProfessional, NotMetProfessional: g.Persons - g.MetProfessional,
		TrainedPersons: g.TrainedPersons, TrainedTimes: g.TrainedTimes, CertifiedPersons: g.CertifiedPersons,
		CertifiedTimes: g.CertifiedTimes, CourseCertificates: g.CourseCertificates,
		key: strings.Join([]string{g.Occupation, g.Level, g.Institution}, "."),
	}
	if g.Occupation != "" {
		occupation := v.occupation(rules, g.Occupation)
		row.Occupation = &occupation
	}
	row.Level = v.codedIf("level", g.Level)
	if g.Institution != "" {
		at := v.institution(g.Institution)
		row.Institution = &at
	}
	return row
}

// compare orders rows as asked; what is equal stays in the order of its names, so that pages fit together.
func (in ReportFilter) compare(a, b reportRow) int {
	by := map[string]func(reportRow) int{
		"persons": func(r reportRow) int { return r.Persons }, "hours": func(r reportRow) int { return r.Hours.Tenths() },
		"not_met": func(r reportRow) int { return r.NotMetTotal }, "trained": func(r reportRow) int { return r.TrainedTimes },
		"certified": func(r reportRow) int { return r.CertifiedTimes },
	}[in.Sort]
	name := cmp.Compare(a.key, b.key)
	if by == nil {
		if in.Order == "desc" {
			return -name
		}
		return name
	}
	if in.Order == "asc" {
		return cmp.Or(cmp.Compare(by(a), by(b)), name)
	}
	return cmp.Or(cmp.Compare(by(b), by(a)), name)
}

// ceReportFile is the report as a table, whole: with a byte order mark, without which spreadsheets misread Chinese.
func (s *service) ceReportFile(ctx context.Context, in *reportFileInput) (*fileOutput, error) {
	rows, total, err := s.report(ctx, in.ReportFilter)
	if err != nil {
		return nil, err
	}
	var file bytes.Buffer
	file.WriteString("\ufeff")
	table := csv.NewWriter(&file)
	table.UseCRLF = true
	lang := requestOf(ctx).lang
	heading := make([]string, len(reportColumns))
	for i, column := range reportColumns {
		heading[i] = message.Text(lang, "report."+column, nil)
	}
	lines := [][]string{heading}
	for _, row := range rows {
		lines = append(lines, row.cells())
	}
	sum := total.cells()
	sum[0] = message.Text(lang, "report.total", nil)
	lines = append(lines, sum)
	if s.Policy.Demonstration() {
		lines = append(lines, []string{message.Text(lang, "handbook.demonstration", nil)})
	}
	if err := table.WriteAll(lines); err != nil {
		return nil, fmt.Errorf("write a table: %w", err)
	}
	name := "ce-report-" + strconv.Itoa(in.Year) + ".csv"
	return &fileOutput{
		ContentType: "text/csv; charset=utf-8", Disposition: `attachment; filename="` + name + `"`, Body: file.Bytes(),
	}, nil
}

// reportColumns are the columns of the table, as cells writes them.
var reportColumns = []string{
	"occupation", "level", "institution", "persons", "hours", "met_total", "not_met_total", "met_professional",
	"not_met_professional", "trained_persons", "trained_times", "certified_persons", "certified_times", "course_certificates",
}

func (r reportRow) cells() []string {
	cells := make([]string, 3, len(reportColumns))
	if r.Occupation != nil {
		cells[0] = r.Occupation.Name
	}
	if r.Level != nil {
		cells[1] = r.Level.Name
	}
	if r.Institution != nil {
		cells[2] = r.Institution.Name
	}
	cells = append(cells, strconv.Itoa(r.Persons), r.Hours.String())
	for _, n := range []int{
		r.MetTotal, r.NotMetTotal, r.MetProfessional, r.NotMetProfessional, r.TrainedPersons, r.TrainedTimes,
		r.CertifiedPersons, r.CertifiedTimes, r.CourseCertificates,
	} {
		cells = append(cells, strconv.Itoa(n))
	}
	return cells
}
