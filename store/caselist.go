package store

import (
	"fmt"
	"math"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/dengpan/dengpan/filter"
)

// CaseFilter picks cases; an empty field picks all. Limit is the most that are read.
type CaseFilter struct {
	Within

	Status     string
	Stage      string
	Occupation string
	PersonID   string
	Where      filter.Expr // bound, by [CaseFields]
	After      *Position   // by registration, oldest first
	Numbered   Numbered
	Limit      int
}

// stagePlace is where a stage stands in the order of the notice.
const stagePlace = "array_position(ARRAY['registration', 'training', 'exam', 'evaluation', 'certificate', 'title', 'ce_hours'], cases.stage)"

// caseOrders are the orders that cases can be asked for in, each both ways. What has no deadline comes after all that have.
var caseOrders = func() map[string]string {
	orders := bothWays(map[string]string{
		"": "cases.registered_at", "registered": "cases.registered_at", "since": sinceColumn, "due": "cases.due_at", "stage": stagePlace,
	}, "cases.id")
	orders["age"], orders["-age"] = orders["-since"], orders["since"] // the older, the earlier
	return orders
}()

// bothWays are orders forwards and, with a minus before their names, backwards. The id tells apart what is equal.
func bothWays(columns map[string]string, id string) map[string]string {
	orders := map[string]string{}
	for name, column := range columns {
		orders[name] = column + ", " + id
		if name != "" {
			orders["-"+name] = column + " DESC, " + id + " DESC"
		}
	}
	return orders
}

func (f CaseFilter) pick(q *gorm.DB) *gorm.DB {
	q = caseSearch.pick(f.cases(q), f.Where)
	for column, value := range map[string]string{
		"status": f.Status, "stage": f.Stage, "occupation": f.Occupation,
	} {
		if value != "" {
			q = q.Where("cases."+column+" = ?", value)
		}
	}
	if f.PersonID != "" {
		q = q.Where("cases.person_id "+family, f.PersonID)
	}
	return q
}

// The halves of the cases: those that are open, and those that have ended. Each has indexes of its own, so that the many that
// have ended cost nothing with each step of one that is open.
const (
	openHalf  = "cases.outcome IS NULL"
	endedHalf = "cases.outcome IS NOT NULL"
)

// halves are the halves that a filter can pick cases of.
func (f CaseFilter) halves() []string {
	switch {
	case picksOpen(f.Where):
		return []string{openHalf}
	case picksEnded(f.Where):
		return []string{endedHalf}
	}
	return []string{openHalf, endedHalf}
}

// keys are what cases are ordered by.
const keys = "cases.id, cases.registered_at, cases.owes_since, cases.ended_at, cases.due_at, cases.stage"

// everything is more than there is: a limit that cuts nothing, and keeps the picking of rows apart from their order. What is
// picked lies anywhere in an order, and is found sooner by one pass over the index of the open cases than in that order.
const everything = math.MaxInt32

// CaseIDs reads the ids of cases, in the order of their registration unless another is asked for: as many as are needed of
// each half, and of those the page.
func (tx *Tx) CaseIDs(f CaseFilter) ([]string, error) {
	page := max(1, f.Numbered.Page)
	parts := make([]any, 0, 2) //nolint:mnd // halves
	for _, half := range f.halves() {
		q := f.pick(tx.db.Model(&Case{})).Where(half).Select(keys)
		if f.After != nil {
			q = q.Where("(cases.registered_at, cases.id) > (?, ?)", f.After.At, f.After.ID)
		}
		if half == openHalf && f.narrow() || f.timely() {
			q = tx.db.Table("(?) AS cases", q.Limit(everything))
		}
		parts = append(parts, Numbered{Sort: f.Numbered.Sort, Page: 1}.of(q, caseOrders, page*f.Limit))
	}
	union := "(?) AS cases"
	if len(parts) > 1 {
		union = "((?) UNION ALL (?)) AS cases"
	}
	var ids []string
	err := tx.planned(func(tx *Tx) error {
		return Numbered{Sort: f.Numbered.Sort, Page: page}.of(tx.db.Table(union, parts...), caseOrders, f.Limit).Pluck("id", &ids).Error
	})
	return ids, found(err, "list the ids of cases")
}

// Cases reads cases, in the same orders.
func (tx *Tx) Cases(f CaseFilter) ([]Case, error) {
	ids, err := tx.CaseIDs(f)
	if err != nil {
		return nil, err
	}
	return ByIDs(tx, ids, func(c Case) string { return c.ID })
}

// narrow reports whether a filter asks anything of the open cases.
func (f CaseFilter) narrow() bool {
	whole := f.Where == nil || f.Where.String() == "status:"+StatusOpen
	return !whole || f.District != "" || f.Status+f.Stage+f.Occupation+f.PersonID != ""
}

// timely reports whether a filter asks for a period, or for what is recent: those it picks of the cases that have ended lie
// together in that order, and at the end of another. Of what a case is stuck on, none that has ended has any, and few have
// somebody in charge. What asks for nothing but periods is found in any order: the orders' own indexes know them all, and to
// walk one to its end takes less than to read the cases of a wide period.
func (f CaseFilter) timely() bool {
	if f.Where != nil && f.Within == (Within{}) && f.Status+f.Stage+f.Occupation+f.PersonID == "" && onlyPeriods(f.Where) {
		return false
	}
	sorted := map[string]string{"": "registered", "age": "since"}
	by := strings.TrimPrefix(f.Numbered.Sort, "-")
	if of, other := sorted[by]; other {
		by = of
	}
	return asks(f.Where, func(t filter.Term) bool {
		rare := t.Field == "kind" || t.Field == "assignee" && !lacks(t)
		return rare || t.Kind == filter.Date && t.Op != filter.Before && t.Field != by
	})
}

// CountCases counts the cases that a filter picks, up to one more than a most.
func (tx *Tx) CountCases(f CaseFilter, most int) (total int64, err error) {
	err = tx.planned(func(tx *Tx) error {
		for _, half := range f.halves() {
			n, err := tx.countUpTo(f.pick(tx.db.Model(&Case{})).Where(half), most-int(total))
			if err != nil {
				return err
			}
			if total += n; total > int64(most) {
				break
			}
		}
		return nil
	})
	return total, found(err, "count cases")
}

// countUpTo counts rows, and stops beyond a most: how many more there are would take as long as reading them.
func (tx *Tx) countUpTo(q *gorm.DB, most int) (n int64, err error) {
	err = tx.db.Table("(?) AS picked", q.Select("1").Limit(most+1)).Count(&n).Error
	return n, err
}

// What open cases can be counted by.
const (
	CasesByQueue       = "queue"
	CasesByStage       = "stage"
	CasesByOccupation  = "occupation"
	CasesByLevel       = "level"
	CasesByTraining    = "training"
	CasesByEvaluation  = "evaluation"
	CasesByInstitution = "institution" // a case counts with both of its bodies
	CasesByAssignee    = "assignee"
	CasesByCause       = "cause" // only cases that are stuck have one
)

// caseGroups say what cases are counted by, and what must be joined for it.
var caseGroups = map[string]struct{ column, join string }{
	CasesByQueue:       {"cases.queue", ""},
	CasesByStage:       {"cases.stage", ""},
	CasesByOccupation:  {"cases.occupation", ""},
	CasesByLevel:       {"cases.level", ""},
	CasesByTraining:    {"cases.training_body", ""},
	CasesByEvaluation:  {"cases.evaluation_body", ""},
	CasesByInstitution: {"body.id", "CROSS JOIN LATERAL (VALUES (cases.training_body), (cases.evaluation_body)) AS body (id)"},
	CasesByAssignee:    {"coalesce(cases.assignee::text, 'none')", ""},
	CasesByCause:       {"i.cause", "JOIN incidents i ON i.case_id = cases.id AND i.holds AND i.state <> 'closed'"},
}

// CaseTally is the open cases that have something in common.
type CaseTally struct {
	Value  string // a code or an id; [filter.None] of cases that nobody sees to
	Count  int
	Oldest time.Time // since when the first of them stands where it stands
}

// TallyCases counts the open cases that a filter picks, by one thing, the largest group first.
func (tx *Tx) TallyCases(f CaseFilter, by string) ([]CaseTally, error) {
	group, known := caseGroups[by]
	if !known {
		return nil, fmt.Errorf("group cases: by %q", by)
	}
	q := f.pick(tx.db.Model(&Case{})).Where("cases.outcome IS NULL")
	if group.join != "" {
		q = q.Joins(group.join)
	}
	var groups []CaseTally
	err := q.Select(group.column + " AS value, count(*) AS count, min(coalesce(cases.owes_since, cases.registered_at)) AS oldest").
		Group(group.column).Order("count DESC, value").Scan(&groups).Error
	return groups, found(err, "group cases")
}

// OpenIncidentsOf reads the incidents that cases are stuck on.
func (tx *Tx) OpenIncidentsOf(caseIDs []string) (map[string]Incident, error) {
	var rows []Incident
	if len(caseIDs) > 0 {
		if err := tx.db.Find(&rows, "case_id IN ? AND holds AND state <> ?", caseIDs, IncidentClosed).Error; err != nil {
			return nil, found(err, "read what cases are stuck on")
		}
	}
	return keyed(rows, func(r Incident) string { return r.CaseID }), nil
}
