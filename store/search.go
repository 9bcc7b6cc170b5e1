package store

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/dengpan/dengpan/filter"
)

// How lists are picked by what people write of them ([filter]): which columns each field stands for. Values are parameters
// of the statement, always; what is written in it is written here.

// searched is how the rows are found that a field's values pick.
type searched struct {
	columns []string                  // any of which may have the value
	through string                    // the condition that the columns' becomes, when they are of another table
	none    string                    // the condition of lacking it, when it is not that the column is null
	codes   map[string]string         // the conditions of codes that are no values of a column
	civil   bool                      // the column is a day, not an instant
	part    bool                      // the value is met within the column, in letters of either case
	known   bool                      // nothing that its conditions ask is ever null
	shift   func(time.Time) time.Time // what the column has of an instant; nil: the instant
}

// search is how the rows of a list are found, by its fields.
type search map[string]searched

// pick adds a bound expression to a query.
func (s search) pick(q *gorm.DB, e filter.Expr) *gorm.DB {
	if e == nil {
		return q
	}
	where, args, err := s.where(e)
	if err != nil {
		_ = q.AddError(err) // the query answers it
		return q
	}
	return q.Where(where, args...)
}

// where is the condition that an expression is, with its parameters.
func (s search) where(e filter.Expr) (condition string, args []any, err error) {
	switch e := e.(type) {
	case filter.Term:
		return s.term(e)
	case filter.Not:
		condition, args, err = s.where(e.Of)
		if s.definite(e.Of) {
			return "NOT (" + condition + ")", args, err // PostgreSQL turns it around, and finds the contrary by an index
		}
		// What is not known of a row does not hold, and then its contrary does.
		return "(" + condition + ") IS NOT TRUE", args, err
	case filter.All:
		return s.join(e, " AND ")
	case filter.Any:
		return s.join(e, " OR ")
	}
	return "", nil, fmt.Errorf("pick rows: an expression is a %T", e)
}

// definite reports whether it is certain that an expression holds or does not, of each row.
func (s search) definite(e filter.Expr) bool {
	switch e := e.(type) {
	case filter.Term:
		field := s[e.Field]
		return field.known || field.none == "" && !slices.ContainsFunc(e.Values, func(v filter.Value) bool { return v.Text != filter.None })
	case filter.Not:
		return s.definite(e.Of)
	case filter.All:
		return !slices.ContainsFunc(e, func(part filter.Expr) bool { return !s.definite(part) })
	case filter.Any:
		return !slices.ContainsFunc(e, func(part filter.Expr) bool { return !s.definite(part) })
	}
	return false
}

func (s search) join(parts []filter.Expr, by string) (string, []any, error) {
	conditions, all := make([]string, len(parts)), []any{}
	for i, part := range parts {
		condition, args, err := s.where(part)
		if err != nil {
			return "", nil, err
		}
		conditions[i], all = condition, append(all, args...)
	}
	return "(" + strings.Join(conditions, by) + ")", all, nil
}

func (s search) term(t filter.Term) (string, []any, error) {
	field, known := s[t.Field]
	if !known {
		return "", nil, fmt.Errorf("pick rows: they have no field %q", t.Field)
	}
	var conditions, codes []string
	var args []any
	for _, v := range t.Values {
		special, named := field.codes[v.Text]
		switch {
		case named:
			conditions = append(conditions, special)
		case v.Text == filter.None:
			conditions = append(conditions, field.lacking())
		case t.Kind != filter.Date:
			codes = append(codes, v.Text)
		case v.End.IsZero():
			return "", nil, fmt.Errorf("pick rows: the dates of %q are not bound", t.Field)
		default:
			condition, bounds := field.during(t.Op, v)
			conditions, args = append(conditions, condition), append(args, bounds...)
		}
	}
	if len(codes) > 0 {
		each, values := field.among(codes)
		conditions, args = append(conditions, field.reached("("+strings.Join(each, " OR ")+")")), append(args, values...)
	}
	return "(" + strings.Join(conditions, " OR ") + ")", args, nil
}

// among are the conditions of a column's being one of some values, or having one of them within it.
func (f searched) among(values []string) (conditions []string, args []any) {
	if f.part {
		for _, value := range values {
			condition, texts := withinAny(f.columns, value)
			conditions, args = append(conditions, condition), append(args, texts...)
		}
		return conditions, args
	}
	for _, column := range f.columns {
		conditions, args = append(conditions, column+" IN ?"), append(args, values)
	}
	return conditions, args
}

// withinAny is the condition that a text is met within one of some columns, in letters of either case, with its parameters.
func withinAny(columns []string, text string) (condition string, args []any) {
	each := make([]string, len(columns))
	for i, column := range columns {
		each[i], args = "lower("+column+") LIKE '%' || lower(?) || '%'", append(args, literally(text))
	}
	return "(" + strings.Join(each, " OR ") + ")", args
}

// literally is a text in which nothing stands for another.
func literally(text string) string {
	return strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(text)
}

// during is the condition that an instant lies in a period, before or after it.
func (f searched) during(op filter.Op, v filter.Value) (condition string, bounds []any) {
	column, start, end := f.columns[0], any(f.shifted(v.Start)), any(f.shifted(v.End))
	if f.civil {
		start, end = v.From, v.Until
	}
	switch op {
	case filter.Before:
		return f.reached(column + " < ?"), []any{start}
	case filter.After:
		return f.reached(column + " >= ?"), []any{end}
	case filter.Is:
	}
	return f.reached("(" + column + " >= ? AND " + column + " < ?)"), []any{start, end}
}

func (f searched) shifted(at time.Time) time.Time {
	if f.shift == nil {
		return at
	}
	return f.shift(at)
}

func (f searched) reached(condition string) string {
	if f.through == "" {
		return condition
	}
	return strings.Replace(f.through, "%", condition, 1)
}

func (f searched) lacking() string {
	if f.none != "" {
		return f.none
	}
	return f.columns[0] + " IS NULL"
}

// planned runs queries that are each planned for the values they ask for. PostgreSQL would settle on one plan for all of them
// after a few, and rows that one value picks are found otherwise than those of another.
func (tx *Tx) planned(read func(*Tx) error) error {
	return tx.inner(func(tx *Tx) error {
		if err := tx.db.Exec("SET LOCAL plan_cache_mode = force_custom_plan").Error; err != nil {
			return fmt.Errorf("have queries planned: %w", err)
		}
		return read(tx)
	})
}

// onlyOf reports whether an expression picks only rows of which a term of a field holds that is as asked. It may say no where
// they are: what is known to be so can be found by an index of those rows.
func onlyOf(e filter.Expr, holds func(filter.Term) bool) bool {
	switch e := e.(type) {
	case filter.Term:
		return holds(e)
	case filter.All:
		for _, part := range e {
			if onlyOf(part, holds) {
				return true
			}
		}
	case filter.Any:
		for _, part := range e {
			if !onlyOf(part, holds) {
				return false
			}
		}
		return true
	}
	return false
}

// hasValue reports whether a term asks for a value.
func hasValue(t filter.Term, text string) bool {
	return slices.ContainsFunc(t.Values, func(v filter.Value) bool { return v.Text == text })
}

// lacks reports whether a term asks for rows that lack a value.
func lacks(t filter.Term) bool { return hasValue(t, filter.None) }

// asks reports whether an expression asks for a term that is as told. Of contraries, it asks for that of what is before a
// period, which is after it or in it, and for that of lacking a value, which is a term of any.
func asks(e filter.Expr, told func(filter.Term) bool) bool {
	of := func(part filter.Expr) bool { return asks(part, told) }
	switch e := e.(type) {
	case filter.Term:
		return told(e)
	case filter.Not:
		switch t, single := e.Of.(filter.Term); {
		case single && lacks(t):
			return told(filter.Term{Field: t.Field, Kind: t.Kind})
		case single && t.Kind == filter.Date && t.Op == filter.Before:
			t.Op = filter.After
			return told(t)
		}
	case filter.All:
		return slices.ContainsFunc(e, of)
	case filter.Any:
		return slices.ContainsFunc(e, of)
	}
	return false
}

// onlyPeriods reports whether an expression asks for nothing but periods.
func onlyPeriods(e filter.Expr) bool {
	switch e := e.(type) {
	case filter.Term:
		return e.Kind == filter.Date
	case filter.Not:
		return onlyPeriods(e.Of)
	case filter.All:
		return !slices.ContainsFunc(e, func(part filter.Expr) bool { return !onlyPeriods(part) })
	case filter.Any:
		return !slices.ContainsFunc(e, func(part filter.Expr) bool { return !onlyPeriods(part) })
	}
	return false
}
