// Package filter is the language in which people say which rows of a list they want, in one line that can be read in an
// address: terms joined by spaces must all hold, OR and parentheses join others, a minus denies.
//
//	queue:overdue,external (stage:exam OR stage:evaluation) -assignee:me due<today+3 age>30
//
// It is pure. What fields a list has, [Fields] says; [Parse] reads an expression by them, and says where and at which
// field it is wrong without repeating what was written; every expression prints itself in one form only. [Bind] says what
// "me", "today" and ages mean for a reader. How rows are picked by it is the record's business.
package filter

import (
	"strings"
	"time"

	"github.com/dengpan/dengpan/calendar"
)

// Kind is what a field's values are.
type Kind int

// The kinds of fields.
const (
	OneOf Kind = iota // one of the field's codes
	ID                // an id as we write them: small letters, digits and hyphens
	Text              // any text, which must be met to the letter
	Date              // a day, month or year, or a day counted from today
	Age               // whole days since the date of another field
)

// None is the value of a field that may be missing, for where it is.
const None = "none"

// Me is the value for the reader's own account, in fields of accounts.
const Me = "me"

// Field is something that rows are picked by.
type Field struct {
	Kind     Kind
	Codes    []string // of OneOf
	Optional bool     // may be missing: takes none
	Account  bool     // of ID: an account's, which takes me
	Row      bool     // of ID: one that we gave, a UUID
	Of       string   // of Age: the field whose date it counts from
}

// Fields are the fields of a list, by their names.
type Fields map[string]Field

// Expr is an expression: [All], [Any], [Not] or [Term]. It prints itself as it is written; nil picks everything.
type Expr interface {
	String() string
}

// All holds where each of several does.
type All []Expr

// Any holds where one of several does.
type Any []Expr

// Not holds where another does not.
type Not struct{ Of Expr }

// Op is how a term compares.
type Op byte

// The comparisons. A period is before another when it ends before the other begins.
const (
	Is     Op = ':'
	Before Op = '<'
	After  Op = '>'
)

// Term compares a field with values: it is one of them, or before or after the only one.
type Term struct {
	Field  string
	Kind   Kind
	Op     Op
	Values []Value
}

// Value is what a field is compared with.
type Value struct {
	Text string // as it is written

	// Of a date: the period from a day until before another; or so many days from today.
	From, Until calendar.Date
	Relative    bool
	Days        int // from today; of an age, the age
	// Of a date that is bound: the instants at which the period begins, and the one after it.
	Start, End time.Time
}

func (e All) String() string { return printed(e, " ") }

func (e Any) String() string { return printed(e, " OR ") }

// printed joins the parts of an expression. A part that binds less than what joins them stands in parentheses.
func printed[E ~[]Expr](parts E, by string) string {
	texts := make([]string, len(parts))
	for i, part := range parts {
		texts[i] = part.String()
		if _, loose := part.(Any); loose {
			texts[i] = "(" + texts[i] + ")"
		}
	}
	return strings.Join(texts, by)
}

func (e Not) String() string {
	if _, single := e.Of.(Term); single {
		return "-" + e.Of.String()
	}
	return "-(" + e.Of.String() + ")"
}

func (e Term) String() string {
	texts := make([]string, len(e.Values))
	for i, v := range e.Values {
		texts[i] = quoted(v.Text)
	}
	return e.Field + string(rune(e.Op)) + strings.Join(texts, ",")
}

// quoted is a value as it is written: in quotes when it could not be told from what surrounds it.
func quoted(text string) string {
	plain := text != ""
	for _, r := range text {
		plain = plain && isPlain(r)
	}
	if plain {
		return text
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

// And joins expressions that must all hold; nil among them asks for nothing.
func And(parts ...Expr) Expr {
	var all All
	for _, part := range parts {
		switch part := part.(type) {
		case nil:
		case All:
			all = append(all, part...)
		default:
			all = append(all, part)
		}
	}
	switch len(all) {
	case 0:
		return nil
	case 1:
		return all[0]
	}
	return all
}

// Terms are the terms of an expression, in the order in which they are written.
func Terms(e Expr) []Term {
	switch e := e.(type) {
	case Term:
		return []Term{e}
	case Not:
		return Terms(e.Of)
	case All:
		return termsOf(e)
	case Any:
		return termsOf(e)
	}
	return nil
}

func termsOf(parts []Expr) []Term {
	var terms []Term
	for _, part := range parts {
		terms = append(terms, Terms(part)...)
	}
	return terms
}

// Names reports whether an expression says anything of a field.
func Names(e Expr, field string) bool {
	for _, term := range Terms(e) {
		if term.Field == field {
			return true
		}
	}
	return false
}
