package filter

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of an expression.
const (
	Longest   = 2000 // characters
	MostTerms = 50
	MostDeep  = 10  // parentheses within parentheses
	mostOf    = 100 // values of one term
	longestOf = 200 // characters of a value
)

// Codes of what is wrong with an expression.
const (
	Syntax       = "filter_syntax"   // something cannot stand here
	UnknownField = "filter_field"    // the list has no such field
	NoComparison = "filter_operator" // the field is not ordered, or more than one value is compared with
	UnknownValue = "unknown_value"   // the field has no such code
	WrongFormat  = "format"          // it is no id
	WrongDate    = "date"            // it is no date
	WrongNumber  = "wrong_type"      // it is no number of days
	TooLong      = "too_long"
	TooMany      = "too_many"    // terms, or values of one
	TooDeep      = "filter_deep" // parentheses
)

// Fault is what is wrong with an expression: where, and at which field if that is known.
type Fault struct { //nolint:errname // it is not only an error: it says where
	At    int // in characters
	Field string
	Code  string
}

func (f Fault) Error() string {
	return fmt.Sprintf("filter: %s at %d, field %q", f.Code, f.At, f.Field)
}

// Parse reads an expression; an empty one picks everything and is nil. Its error is a [Fault].
func Parse(expression string, fields Fields) (Expr, error) {
	if !utf8.ValidString(expression) {
		return nil, Fault{Code: Syntax}
	}
	p := &parser{text: []rune(expression), fields: fields}
	if len(p.text) > Longest {
		return nil, Fault{Code: TooLong}
	}
	if p.space(); p.at == len(p.text) {
		return nil, nil //nolint:nilnil // nothing was asked for
	}
	e, err := p.any(0)
	if err != nil {
		return nil, err
	}
	if p.at < len(p.text) {
		return nil, p.fault(Syntax)
	}
	return e, nil
}

// parser reads an expression from its beginning.
type parser struct {
	text   []rune
	at     int
	terms  int
	fields Fields
}

func (p *parser) fault(code string) error { return Fault{At: p.at, Code: code} }

func (p *parser) space() {
	for p.at < len(p.text) && unicode.IsSpace(p.text[p.at]) {
		p.at++
	}
}

// next is the character that comes; 0 at the end.
func (p *parser) next() rune {
	if p.at == len(p.text) {
		return 0
	}
	return p.text[p.at]
}

// or takes the word OR, if it comes.
func (p *parser) or() bool {
	const word = "OR"
	end := p.at + len(word)
	if end > len(p.text) || string(p.text[p.at:end]) != word || end < len(p.text) && !unicode.IsSpace(p.text[end]) && p.text[end] != '(' {
		return false
	}
	p.at = end
	p.space()
	return true
}

// any reads what is joined by OR.
func (p *parser) any(depth int) (Expr, error) {
	var parts Any
	for {
		part, err := p.all(depth)
		if err != nil {
			return nil, err
		}
		if inner, nested := part.(Any); nested {
			parts = append(parts, inner...)
		} else {
			parts = append(parts, part)
		}
		if p.or() {
			continue
		}
		if len(parts) == 1 {
			return parts[0], nil
		}
		return parts, nil
	}
}

// all reads what stands one beside another.
func (p *parser) all(depth int) (Expr, error) {
	var parts []Expr
	for {
		part, err := p.one(depth)
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
		p.space()
		if end := p.next(); end == 0 || end == ')' {
			return And(parts...), nil
		}
		before := p.at
		if p.or() {
			p.at = before
			return And(parts...), nil
		}
	}
}

// one reads a term, what stands in parentheses, or either denied.
func (p *parser) one(depth int) (Expr, error) {
	if depth > MostDeep {
		return nil, p.fault(TooDeep)
	}
	switch p.next() {
	case '-':
		p.at++
		inner, err := p.one(depth + 1)
		if err != nil {
			return nil, err
		}
		if twice, denied := inner.(Not); denied {
			return twice.Of, nil
		}
		return Not{inner}, nil
	case '(':
		p.at++
		p.space()
		inner, err := p.any(depth + 1)
		if err != nil {
			return nil, err
		}
		if p.next() != ')' {
			return nil, p.fault(Syntax)
		}
		p.at++
		return inner, nil
	}
	return p.term()
}

func (p *parser) term() (Expr, error) {
	start := p.at
	for p.next() >= 'a' && p.next() <= 'z' || p.next() == '_' && p.at > start {
		p.at++
	}
	name, op := string(p.text[start:p.at]), Op(0)
	switch p.next() {
	case ':', '<', '>':
		op = Op(p.next())
	}
	if name == "" || op == 0 {
		return nil, p.fault(Syntax)
	}
	field, known := p.fields[name]
	if !known {
		return nil, Fault{At: start, Code: UnknownField}
	}
	if p.terms++; p.terms > MostTerms {
		return nil, Fault{At: start, Code: TooMany}
	}
	ordered := field.Kind == Date || field.Kind == Age
	if op != Is && !ordered {
		return nil, Fault{At: p.at, Field: name, Code: NoComparison}
	}
	p.at++
	term := Term{Field: name, Kind: field.Kind, Op: op}
	for {
		start := p.at
		text, err := p.value()
		if err != nil {
			return nil, err
		}
		value, code := field.read(text)
		switch {
		case code != "":
			return nil, Fault{At: start, Field: name, Code: code}
		case op != Is && (value.Text == None || len(term.Values) == 1):
			return nil, Fault{At: start, Field: name, Code: NoComparison}
		case len(term.Values) == mostOf:
			return nil, Fault{At: start, Field: name, Code: TooMany}
		}
		term.Values = append(term.Values, value)
		if p.next() != ',' {
			break
		}
		p.at++
	}
	if end := p.next(); end != 0 && end != ')' && !unicode.IsSpace(end) {
		return nil, p.fault(Syntax)
	}
	return term, nil
}

// isPlain reports whether a character needs no quotes.
func isPlain(r rune) bool {
	return !unicode.IsSpace(r) && !strings.ContainsRune(`"(),\`, r) && unicode.IsPrint(r)
}

// value reads a value, plain or in quotes.
func (p *parser) value() (string, error) {
	if p.next() != '"' {
		start := p.at
		for p.at < len(p.text) && isPlain(p.next()) {
			p.at++
		}
		if p.at == start {
			return "", p.fault(Syntax)
		}
		return string(p.text[start:p.at]), nil
	}
	var text strings.Builder
	for p.at++; ; p.at++ {
		switch p.next() {
		case 0:
			return "", p.fault(Syntax)
		case '"':
			p.at++
			return text.String(), nil
		case '\\':
			p.at++
			if r := p.next(); r != '"' && r != '\\' {
				return "", p.fault(Syntax)
			}
		}
		text.WriteRune(p.next())
	}
}
