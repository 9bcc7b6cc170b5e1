package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/filter"
	"github.com/dengpan/dengpan/rating"
)

// Figure is a measure of an institution in a year.
type Figure struct {
	InstitutionID string
	Year          int
	Measure       string
	Value         float64
}

// TableName is the table of figures.
func (Figure) TableName() string { return "institution_figures" }

// figureQueries count everything that is measured in a year: (institution, measure, value). The year is that of an instant
// between @from and @to, or of a day.
var figureQueries = []string{
	`SELECT training_body, 'cases.training', count(*) FROM cases WHERE registered_at >= @from AND registered_at < @to GROUP BY 1`,
	`SELECT evaluation_body, 'cases.evaluation', count(*) FROM cases WHERE registered_at >= @from AND registered_at < @to GROUP BY 1`,
	`SELECT institution_id, unnest(ARRAY['tasks.asked', 'tasks.answered', 'tasks.refused', 'tasks.overdue', 'tasks.median', 'tasks.p90']),
	        unnest(ARRAY[count(*), count(*) FILTER (WHERE state = 'answered'), count(*) FILTER (WHERE state = 'rejected'),
	            count(*) FILTER (WHERE state <> 'cancelled' AND coalesce(closed_at, @now) > due_at),
	            coalesce(percentile_cont(0.5) WITHIN GROUP (ORDER BY took) FILTER (WHERE state IN ('answered', 'rejected')), -1),
	            coalesce(percentile_cont(0.9) WITHIN GROUP (ORDER BY took) FILTER (WHERE state IN ('answered', 'rejected')), -1)]::float8[])
	 FROM (SELECT institution_id, state, due_at, closed_at, extract(epoch FROM closed_at - issued_at)::float8 AS took
	       FROM tasks WHERE issued_at >= @from AND issued_at < @to) t GROUP BY 1`,
	`SELECT t.institution_id, m.measure, m.value FROM (
	     SELECT t.institution_id, a.kind, count(*) AS sat, count(*) FILTER (WHERE a.passed) AS passed
	     FROM assessments a JOIN tasks t ON t.id = a.task_id WHERE a.score IS NOT NULL AND a.assessed_on >= @first AND a.assessed_on < @next GROUP BY 1, 2) t,
	     LATERAL (VALUES (t.kind || '.sat', t.sat), (t.kind || '.passed', t.passed)) m (measure, value)`,
	`SELECT institution_id, 'corrections', count(*) FROM attendance WHERE corrects IS NOT NULL AND received_at >= @from AND received_at < @to GROUP BY 1`,
	`SELECT institution_id, 'incident.' || cause, count(*) FROM incidents
	 WHERE institution_id IS NOT NULL AND opened_at >= @from AND opened_at < @to GROUP BY 1, 2`,
	`SELECT issuer, 'certificates.' || CASE WHEN status IN ('superseded', 'revoked') THEN status ELSE 'standing' END, count(*) FROM certificates
	 WHERE status NOT IN ('prepared', 'cancelled') AND issued_on >= @first AND issued_on < @next GROUP BY 1, 2`,
	`SELECT institution_id, 'inspections', count(*) FROM inspections WHERE visited_on >= @first AND visited_on < @next GROUP BY 1`,
	`SELECT i.institution_id, 'findings.' || f.severity, count(*) FROM inspection_findings f JOIN inspections i ON i.id = f.inspection_id
	 WHERE i.visited_on >= @first AND i.visited_on < @next GROUP BY 1, 2`,
}

// Present is the year under which figures are kept that are of no year: how things stand now.
const Present = 0

// presentQueries count how things stand now.
var presentQueries = []string{
	`SELECT b.id, unnest(ARRAY['open.training', 'open.evaluation', 'open.owed', 'open.stuck']),
	        unnest(ARRAY[count(*) FILTER (WHERE b.role = 'training'), count(*) FILTER (WHERE b.role = 'evaluation'),
	            count(*) FILTER (WHERE c.owes_kind = 'institution' AND c.owes_id = b.id),
	            count(*) FILTER (WHERE c.held <> ''
	                AND b.role = CASE WHEN c.stage IN ('registration', 'training', 'exam') THEN 'training' ELSE 'evaluation' END)]::float8[])
	 FROM cases c CROSS JOIN LATERAL (VALUES ('training', c.training_body), ('evaluation', c.evaluation_body)) b (role, id)
	 WHERE c.outcome IS NULL GROUP BY 1`,
	`SELECT i.institution_id, 'open.findings', count(*) FROM inspection_findings f JOIN inspections i ON i.id = f.inspection_id
	 WHERE f.state <> 'accepted' GROUP BY 1`,
	// Of ratings, whole tens or whatever the data says: what the rest thought shows once they are as many.
	`SELECT institution_id, unnest(ARRAY['ratings.raters', 'ratings.sum']), unnest(ARRAY[count(*), sum(score)]::float8[])
	 FROM (SELECT institution_id, score, row_number() OVER w AS nth, count(*) OVER (PARTITION BY institution_id) AS raters
	       FROM course_ratings WINDOW w AS (PARTITION BY institution_id ORDER BY rated_at, case_id)) r
	 WHERE nth <= raters - raters % @shown_by GROUP BY 1`,
}

// CountFigures counts the figures of a year, or of the present, anew and puts them in the place of those before, at once. Who counts the same
// year at the same time waits for the other.
func (s *Store) CountFigures(ctx context.Context, cal calendar.Calendar, year int, now time.Time) error {
	first, next := calendar.NewDate(year, time.January, 1), calendar.NewDate(year+1, time.January, 1)
	named, queries := map[string]any{"year": year, "now": now, "shown_by": rating.ShownBy()}, presentQueries
	if year != Present {
		named["from"], named["to"], named["first"], named["next"] = cal.Wall(first), cal.Wall(next), first, next
		queries = figureQueries
	}
	return s.Tx(ctx, func(tx *Tx) error {
		if err := tx.db.Exec("SELECT pg_advisory_xact_lock(1718187378, ?)", year).Error; err != nil {
			return fmt.Errorf("lock the figures of a year: %w", err)
		}
		if err := tx.db.Exec("DELETE FROM institution_figures WHERE year = ?", year).Error; err != nil {
			return fmt.Errorf("clear the figures of a year: %w", err)
		}
		for _, query := range queries {
			err := tx.db.Exec(`INSERT INTO institution_figures (institution_id, measure, value, year) SELECT q.*, @year FROM (`+query+`) q`, named).Error
			if err != nil {
				return fmt.Errorf("count the figures of a year: %w", err)
			}
		}
		err := tx.db.Exec(`INSERT INTO figure_counts (year, as_of) VALUES (@year, @now)
			ON CONFLICT (year) DO UPDATE SET as_of = excluded.as_of`, named).Error
		return found(err, "note when the figures of a year were counted")
	})
}

// FiguresCounted reads when the figures of a year were last counted; ErrNotFound when they never were.
func (tx *Tx) FiguresCounted(year int) (time.Time, error) {
	var row struct{ AsOf time.Time }
	err := tx.db.Table("figure_counts").Where("year = ?", year).Take(&row).Error
	return row.AsOf, found(err, "read when figures were counted")
}

// FirstYear is the year in which the first case was registered; this one when there is none.
func (tx *Tx) FirstYear(cal calendar.Calendar, now time.Time) (int, error) {
	var first struct{ At time.Time }
	err := tx.db.Model(&Case{}).Select("coalesce(min(registered_at), ?) AS at", now).Scan(&first).Error
	return cal.Today(first.At).Year(), found(err, "look for the first case")
}

// Figures reads the figures of institutions: of one year, or for 0 of all; of one institution, or for an empty id of all.
func (tx *Tx) Figures(institutionIDs []string, year int) ([]Figure, error) {
	var all []Figure
	q := tx.db.Order("institution_id, year DESC, measure")
	if len(institutionIDs) > 0 {
		q = q.Where("institution_id IN ?", institutionIDs)
	}
	if year != 0 {
		q = q.Where("year = ?", year)
	}
	err := q.Find(&all).Error
	return all, found(err, "read the figures of institutions")
}

// InstitutionFilter picks institutions; an empty field picks all.
type InstitutionFilter struct {
	Within

	Query      string // part of a name
	Status     string
	Role       string
	Occupation string
	District   string
	On         calendar.Date
	Where      filter.Expr // bound, by [InstitutionFields]
	Numbered   Numbered
	Limit      int
}

var institutionOrders = map[string]string{
	"": "institutions.name, institutions.id", "name": "institutions.name, institutions.id", "-name": "institutions.name DESC, institutions.id",
}

func (f InstitutionFilter) pick(q *gorm.DB) *gorm.DB {
	q = institutionSearch(f.On).pick(q, f.Where)
	if f.Within.District != "" { // a district sees the training bodies that it supervises
		q = q.Where("institutions.district = ?", f.Within.District)
		f.Role = "training"
	}
	for column, value := range map[string]string{"status": f.Status, "district": f.District} {
		if value != "" {
			q = q.Where("institutions."+column+" = ?", value)
		}
	}
	if f.Query != "" {
		q = q.Where("strpos(lower(institutions.name), lower(?)) > 0", f.Query)
	}
	if f.Role != "" || f.Occupation != "" {
		q = q.Where(`EXISTS (SELECT 1 FROM institution_roles r WHERE r.institution_id = institutions.id AND r.valid_from <= @on
			AND (r.valid_to IS NULL OR r.valid_to > @on) AND (@role = '' OR r.role = @role) AND (@occupation = '' OR r.occupation = @occupation))`,
			map[string]any{"on": f.On, "role": f.Role, "occupation": f.Occupation})
	}
	return q
}

func (f InstitutionFilter) picked(q *gorm.DB) *gorm.DB {
	return f.Numbered.of(f.pick(q.Model(&Institution{})), institutionOrders, f.Limit)
}

// Institutions reads a page of institutions, and how many there are.
func (tx *Tx) Institutions(f InstitutionFilter) ([]Institution, int64, error) {
	var n int64
	if err := f.pick(tx.db.Model(&Institution{})).Count(&n).Error; err != nil {
		return nil, 0, fmt.Errorf("count institutions: %w", err)
	}
	var all []Institution
	err := f.picked(tx.db).Find(&all).Error
	return all, n, found(err, "list institutions")
}
