package filter

import (
	"time"

	"github.com/dengpan/dengpan/calendar"
)

// Reader is for whom and when an expression is read.
type Reader struct {
	Me       string // the id of the reader's account
	Now      time.Time
	Calendar calendar.Calendar
}

// Bind is what an expression means for a reader: "me" is an account, every date a period of the calendar, and an age a date
// of the field that it counts from. What is bound can be kept: it goes on meaning the same.
func Bind(e Expr, r Reader, fields Fields) Expr {
	switch e := e.(type) {
	case Term:
		return r.bind(e, fields)
	case Not:
		return Not{Bind(e.Of, r, fields)}
	case All:
		return All(r.each(e, fields))
	case Any:
		return Any(r.each(e, fields))
	}
	return nil
}

func (r Reader) each(parts []Expr, fields Fields) []Expr {
	bound := make([]Expr, len(parts))
	for i, part := range parts {
		bound[i] = Bind(part, r, fields)
	}
	return bound
}

func (r Reader) bind(t Term, fields Fields) Term {
	bound := Term{Field: t.Field, Kind: t.Kind, Op: t.Op, Values: make([]Value, len(t.Values))}
	today := r.Calendar.Today(r.Now)
	if t.Kind == Age {
		// The older, the earlier.
		bound.Field, bound.Kind = fields[t.Field].Of, Date
		bound.Op = map[Op]Op{Is: Is, Before: After, After: Before}[t.Op]
	}
	for i, v := range t.Values {
		switch {
		case v.Text == None:
		case t.Kind == Age:
			v = day(today.AddDays(-v.Days))
		case t.Kind == Date && v.Relative:
			v = day(today.AddDays(v.Days))
		case t.Kind == ID && v.Text == Me && fields[t.Field].Account:
			v.Text = r.Me
		}
		if bound.Kind == Date && v.Text != None {
			v.Start, v.End = r.Calendar.Wall(v.From), r.Calendar.Wall(v.Until)
		}
		bound.Values[i] = v
	}
	return bound
}

func day(d calendar.Date) Value {
	return Value{Text: d.String(), From: d, Until: d.AddDays(1)}
}
