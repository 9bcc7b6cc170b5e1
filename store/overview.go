package store

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm/clause"

	"github.com/dengpan/dengpan/authority"
	"github.com/dengpan/dengpan/calendar"
)

// Overview is what was counted of all cases of an area at one moment. It is counted by a worker now and then, so that nobody
// who writes to a case has to count, and nobody who reads has to wait.
type Overview struct {
	Area    string `gorm:"primaryKey"` // a district; empty: the city
	Year    int
	AsOf    time.Time
	Figures []OverviewFigure `gorm:"serializer:json"`
}

// OverviewFigure is a number of cases: those of which Figure holds and whose Dimension is Code.
type OverviewFigure struct {
	Area      string `json:"-"`
	Dimension string `json:"dimension"` // empty: all
	Code      string `json:"code"`
	Figure    string `json:"figure"`
	Count     int    `json:"count"`
	Persons   int    `json:"persons,omitempty"` // of how many people, where that is counted
}

// What is counted.
const (
	FigureOpen       = "open"
	FigureStuck      = "stuck"
	FigureRegistered = "registered" // in the year
	FigureTrained    = "trained"    // was issued a training certificate in the year that stands
	FigureCertified  = "certified"  // the same of a grade certificate
	FigureMapped     = "mapped"     // ended in the year with a title
	FigureDone       = "done"       // of those registered in the year: by stage, how many are through it
	FigureAged       = "aged"       // open, by queue and how long the case stands there
	FigureNew        = "new"        // registered today
	FigureEnded      = "ended"      // ended today
	FigureGotStuck   = "got_stuck"  // incidents that opened today
	FigureCleared    = "cleared"    // incidents that closed today
)

// Dimensions that figures are broken down by.
const (
	InOccupation  = "occupation"
	InLevel       = "level"
	InStage       = "stage"
	InInstitution = "institution"
	InQueue       = "queue"
)

// AgeBands are the greatest ages, in days, of all bands but the last.
func AgeBands() []int { return []int{3, 7, 15, 30} }

// countedIn says of which areas a case is, and under which codes it is counted: one row for each. A case counts with both of
// its bodies; with its stage and queue only while it is open.
const countedIn = `
	CROSS JOIN LATERAL (SELECT DISTINCT unnest(ARRAY['', c.district, t.district]) AS area) a
	CROSS JOIN LATERAL (VALUES ('', ''), ('occupation', c.occupation), ('level', c.level),
		('institution', c.training_body), ('institution', c.evaluation_body), ('stage', CASE WHEN c.outcome IS NULL THEN c.stage END)) AS d (dimension, code)
	WHERE a.area IS NOT NULL AND d.code IS NOT NULL`

// overviewQueries count, each for all areas at once.
var overviewQueries = []string{
	`SELECT a.area, d.dimension, d.code, f.figure, count(*) AS count
		FROM cases c JOIN institutions t ON t.id = c.training_body
		CROSS JOIN LATERAL (VALUES ('open'), (CASE WHEN c.queue IN ('program', 'external', 'overdue', 'decision') THEN 'stuck' END)) AS f (figure)` +
		countedIn + ` AND c.outcome IS NULL AND f.figure IS NOT NULL GROUP BY 1, 2, 3, 4`,
	`SELECT a.area, 'queue' AS dimension,
		c.queue || ' ' || width_bucket(-extract(epoch FROM coalesce(c.owes_since, c.registered_at)), CAST(@bands AS float8[])) AS code,
		'aged' AS figure, count(*) AS count FROM cases c JOIN institutions t ON t.id = c.training_body
		CROSS JOIN LATERAL (SELECT DISTINCT unnest(ARRAY['', c.district, t.district]) AS area) a
		WHERE a.area IS NOT NULL AND c.outcome IS NULL GROUP BY 1, 2, 3`,
	`SELECT a.area, d.dimension, d.code, 'registered' AS figure, count(*) AS count
		FROM cases c JOIN institutions t ON t.id = c.training_body` + countedIn + ` AND c.registered_at >= @year AND c.registered_at < @next GROUP BY 1, 2, 3`,
	`SELECT a.area, 'stage' AS dimension, s.stage AS code, 'done' AS figure, count(*) AS count
		FROM cases c JOIN institutions t ON t.id = c.training_body JOIN case_stages s ON s.case_id = c.id AND s.state = 'done'
		CROSS JOIN LATERAL (SELECT DISTINCT unnest(ARRAY['', c.district, t.district]) AS area) a
		WHERE a.area IS NOT NULL AND c.registered_at >= @year AND c.registered_at < @next GROUP BY 1, 3`,
	`SELECT a.area, d.dimension, d.code, k.figure, count(*) AS count, count(DISTINCT c.human) AS persons
		FROM cases c JOIN institutions t ON t.id = c.training_body
		CROSS JOIN LATERAL (VALUES ('trained', c.trained_on), ('certified', c.certified_on)) AS k (figure, day)` + countedIn + `
		AND k.day >= @first AND k.day < @last GROUP BY 1, 2, 3, 4`,
	`SELECT a.area, d.dimension, d.code, 'mapped' AS figure, count(*) AS count
		FROM cases c JOIN institutions t ON t.id = c.training_body` + countedIn + `
		AND c.outcome = 'mapped' AND coalesce(c.owes_since, c.ended_at, c.registered_at) >= @year
		AND coalesce(c.owes_since, c.ended_at, c.registered_at) < @next GROUP BY 1, 2, 3`,
	`SELECT a.area, f.figure, count(*) AS count FROM cases c JOIN institutions t ON t.id = c.training_body
		CROSS JOIN LATERAL (VALUES (CASE WHEN c.registered_at >= @today THEN 'new' END), (CASE WHEN c.ended_at >= @today THEN 'ended' END)) AS f (figure)
		CROSS JOIN LATERAL (SELECT DISTINCT unnest(ARRAY['', c.district, t.district]) AS area) a
		WHERE a.area IS NOT NULL AND f.figure IS NOT NULL
		AND (c.registered_at >= @today OR coalesce(c.owes_since, c.ended_at, c.registered_at) >= @today AND c.outcome IS NOT NULL) GROUP BY 1, 2`,
	`SELECT a.area, f.figure, count(*) AS count FROM incidents i JOIN cases c ON c.id = i.case_id JOIN institutions t ON t.id = c.training_body
		CROSS JOIN LATERAL (VALUES (CASE WHEN i.opened_at >= @today THEN 'got_stuck' END), (CASE WHEN i.closed_at >= @today THEN 'cleared' END)) AS f (figure)
		CROSS JOIN LATERAL (SELECT DISTINCT unnest(ARRAY['', c.district, t.district]) AS area) a
		WHERE a.area IS NOT NULL AND f.figure IS NOT NULL AND i.holds AND (i.opened_at >= @today OR i.closed_at >= @today) GROUP BY 1, 2`,
}

// CountOverviews counts what stands at one moment, of the city and of every district.
func (tx *Tx) CountOverviews(now time.Time, cal calendar.Calendar) ([]Overview, error) {
	today := cal.Today(now)
	first := calendar.NewDate(today.Year(), time.January, 1)
	last := first.AddYears(1)
	// Bands are by when a case began to stand where it stands. The older, the greater: with a minus before it.
	bands := make([]string, len(AgeBands()))
	for i, days := range AgeBands() {
		began := -float64(cal.Wall(today.AddDays(-days)).UnixMicro()) + 0.5 //nolint:mnd // the day's first moment is of the band
		bands[i] = strconv.FormatFloat(began/1e6, 'f', 7, 64)
	}
	bounds := map[string]any{
		"bands": "{" + strings.Join(bands, ",") + "}", "year": cal.Wall(first), "next": cal.Wall(last), "first": first, "last": last,
		"today": cal.Wall(today),
	}
	overviews := []Overview{{}}
	for _, district := range authority.Districts() {
		overviews = append(overviews, Overview{Area: district})
	}
	figures := map[string][]OverviewFigure{}
	for _, query := range overviewQueries {
		var rows []OverviewFigure
		var args []any
		if strings.Contains(query, "@") {
			args = append(args, bounds)
		}
		if err := tx.db.Raw(query, args...).Scan(&rows).Error; err != nil {
			return nil, fmt.Errorf("count overviews: %w", err)
		}
		for _, row := range rows {
			figures[row.Area] = append(figures[row.Area], row)
		}
	}
	for i := range overviews {
		o := &overviews[i]
		o.Year, o.AsOf, o.Figures = today.Year(), now, append([]OverviewFigure{}, figures[o.Area]...)
	}
	return overviews, nil
}

// KeepOverviews replaces what was counted before.
func (tx *Tx) KeepOverviews(overviews []Overview) error {
	if err := tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&overviews).Error; err != nil {
		return fmt.Errorf("keep overviews: %w", err)
	}
	return nil
}

// Overview reads what was counted of an area; ErrNotFound before that.
func (tx *Tx) Overview(area string) (Overview, error) {
	var o Overview
	err := tx.db.Take(&o, "area = ?", area).Error
	return o, found(err, "read an overview")
}
