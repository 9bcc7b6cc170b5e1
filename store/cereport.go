package store

import (
	"slices"
	"strings"

	"github.com/dengpan/dengpan/ledger"
)

// CEReportFilter picks what a year's report is made of; an empty field picks all.
type CEReportFilter struct {
	Year        int
	Occupation  string
	Level       string
	Institution string
	// By is what the report is broken down by: any of the dimensions; none sums all up.
	By []string
	// NeedTotal and NeedProfessional are what a year asks of a person.
	NeedTotal        ledger.Hours
	NeedProfessional ledger.Hours
}

// Dimensions of a year's report.
const (
	ByOccupation  = "occupation"
	ByLevel       = "level"
	ByInstitution = "institution"
)

// CEReportRow is one group of a year's report. A person counts once in a row, and may count in several.
type CEReportRow struct {
	Occupation  string // empty for courses of CE bases, and when the report is not broken down by it
	Level       string
	Institution string // who held the training, or issued the certificate
	Persons     int    // with CE hours in the year
	Hours       ledger.Hours
	// Whether the persons' hours of the year, from wherever, reach what the year asks.
	MetTotal        int
	MetProfessional int
	// What the programme counts as trained and certified: certificates that stand, by the year of issue.
	TrainedPersons     int
	TrainedTimes       int
	CertifiedPersons   int
	CertifiedTimes     int
	CourseCertificates int
}

// CEReport reads a year's hours and certificates, by group, in no order. Hours stand with the training body or base that
// held the training; a certificate with its issuer.
func (tx *Tx) CEReport(f CEReportFilter) ([]CEReportRow, error) {
	group := func(dimension string) string {
		if slices.Contains(f.By, dimension) {
			return dimension
		}
		return "'' AS " + dimension
	}
	dimensions := strings.Join([]string{group(ByOccupation), group(ByLevel), group(ByInstitution)}, ", ")
	var rows []CEReportRow
	err := tx.db.Raw(`
		WITH years AS (
			SELECT p.human, sum(hours) AS total, coalesce(sum(hours) FILTER (WHERE subject = 'professional'), 0) AS professional
			FROM ce_entries e JOIN persons p ON p.id = e.person_id WHERE year = @year GROUP BY p.human
		), earned AS (
			SELECT h.human, coalesce(c.occupation, '') AS occupation, coalesce(c.level, '') AS level,
			       coalesce(o.institution_id, c.training_body) AS institution, e.hours
			FROM ce_entries e JOIN ce_claims k ON k.entry_id = e.id JOIN persons h ON h.id = e.person_id
			LEFT JOIN cases c ON c.id = e.case_id
			LEFT JOIN course_places p ON p.id = e.place_id LEFT JOIN courses o ON o.id = p.course_id
			WHERE e.year = @year
		), issued AS (
			SELECT coalesce(c.human, p.human) AS human, coalesce(c.occupation, '') AS occupation,
			       coalesce(c.level, '') AS level, t.issuer AS institution, t.kind
			FROM certificates t LEFT JOIN cases c ON c.id = t.case_id LEFT JOIN course_places p ON p.id = t.place_id
			WHERE extract(year FROM t.issued_on) = @year AND t.status IN ('valid', 'suspended')
		), facts AS (
			SELECT human, occupation, level, institution, hours, '' AS kind FROM earned
			UNION ALL SELECT human, occupation, level, institution, 0, kind FROM issued
		), picked AS (
			SELECT human, hours, kind, `+dimensions+` FROM facts
			WHERE (@occupation = '' OR occupation = @occupation) AND (@level = '' OR level = @level)
			  AND (@institution = '' OR institution = @institution)
		)
		SELECT occupation, level, institution, sum(hours) AS hours,
		       count(DISTINCT human) FILTER (WHERE kind = '') AS persons,
		       count(DISTINCT human) FILTER (WHERE kind = '' AND y.total >= @need_total) AS met_total,
		       count(DISTINCT human) FILTER (WHERE kind = '' AND y.professional >= @need_professional) AS met_professional,
		       count(DISTINCT human) FILTER (WHERE kind = 'training') AS trained_persons,
		       count(*) FILTER (WHERE kind = 'training') AS trained_times,
		       count(DISTINCT human) FILTER (WHERE kind = 'grade') AS certified_persons,
		       count(*) FILTER (WHERE kind = 'grade') AS certified_times,
		       count(*) FILTER (WHERE kind = 'ce_base') AS course_certificates
		FROM picked LEFT JOIN years y USING (human) GROUP BY occupation, level, institution`,
		map[string]any{
			"year": f.Year, "occupation": f.Occupation, "level": f.Level, "institution": f.Institution,
			"need_total": f.NeedTotal, "need_professional": f.NeedProfessional,
		}).Scan(&rows).Error
	return rows, found(err, "report a CE year")
}
