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

// counted is the total of a numbered page as it is told: how many rows there are, or that there are at least so many. For a
// page that is not numbered it is nil, and one row more is to be read, which tells whether there is a next.
func (in NumberedInput) counted(limit *int, count func(most int) (int64, error)) (total *int64, least bool, err error) {
	if in.Page == 0 {
		*limit++
		return nil, false, nil
	}
	n, err := count(mostCounted)
	if n > mostCounted {
		n, least = mostCounted, true
	}
	return &n, least, err
}

// bounded reports a page that lies too deep.
func (in NumberedInput) bounded(found *faults, limit int) {
	if in.Page > 1 && in.Page*limit > mostPaged {
		found.add("page", fieldTooDeep)
	}
}
