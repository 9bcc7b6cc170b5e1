package api

import (
	"errors"
	"fmt"

	"github.com/dengpan/dengpan/filter"
	"github.com/dengpan/dengpan/identity"
)

// FilteredInput is what a list is asked to pick. (Exported because it is embedded.)
type FilteredInput struct {
	Filter string `query:"filter" maxLength:"2000" doc:"Which rows: terms such as stage:exam,title, due<today+3, age>30 or -assignee:none joined by spaces (all hold), OR and parentheses."`
}

// The bounds of numbered pages of lists that may be very long.
const (
	mostCounted = 10_000 // rows: beyond, a total is "at least"
	mostPaged   = 10_000 // rows that can be paged through; who wants more narrows the list, or exports it
)

// expression reads what rows an input picks, for who asks. What is wrong with it is said by its place and field, and never
// repeated.
func (s *service) expression(found *faults, r *request, in FilteredInput, fields filter.Fields) filter.Expr {
	const name = "filter"
	if identity.Reveals(in.Filter) {
		found.add(name, fieldReveals) // what is sent in an address is kept in many places
		return nil
	}
	written, err := filter.Parse(in.Filter, fields)
	if fault, wrong := errors.AsType[filter.Fault](err); wrong {
		field := fmt.Sprintf("%s[%d]", name, fault.At)
		if fault.Field != "" {
			field += "." + fault.Field
		}
		found.add(field, fault.Code)
		return nil
	}
	return filter.Bind(written, filter.Reader{Me: r.account.ID, Now: s.Now(), Calendar: s.Calendar}, fields)
}

// readPage reads a page of a list that may be very long, by what reads up to so many rows, and its total as it is told: how many
// rows there are, or that there are at least so many. What fills no page is not counted again. For a page that is not numbered
// the total is nil, and one row more is read, which tells whether there is a next.
func readPage[T any](in NumberedInput, limit int, read func(limit int) ([]T, error), count func(most int) (int64, error)) (
	rows []T, total *int64, least bool, err error,
) {
	if in.Page == 0 {
		rows, err = read(limit + 1)
		return rows, nil, false, err
	}
	if rows, err = read(limit); err != nil {
		return nil, nil, false, err
	}
	n := int64((in.Page-1)*limit + len(rows))
	if len(rows) == limit || len(rows) == 0 && in.Page > 1 {
		if n, err = count(mostCounted); n > mostCounted {
			n, least = mostCounted, true
		}
	}
	return rows, &n, least, err
}

// first is the page that is asked for; the first unless another is.
func (in NumberedInput) first() NumberedInput {
	in.Page = max(in.Page, 1)
	return in
}

// bounded reports a page that lies too deep.
func (in NumberedInput) bounded(found *faults, limit int) {
	if in.Page > 1 && in.Page*limit > mostPaged {
		found.add("page", fieldTooDeep)
	}
}
