// Package number forms certificate numbers by schemes that are data: an issuer may set its own for each kind of certificate
// (annex 4, note 3), and one that sets none has its kind's default. It is pure: which running number is next is the record's.
package number

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// MostCharacters is how long a number may be. Certificates print it on one line.
const MostCharacters = 64

// What a template can have filled in.
const (
	issuerPart   = "issuer" // the issuer's id, in capitals
	yearPart     = "year"   // of issue, four digits
	shortPart    = "yy"     // the same, two digits
	sequencePart = "seq"    // the running number, with leading zeros: {seq:6}
)

// Bounds of the running number's width. A number that needs more digits has them: it is never cut off.
const (
	leastDigits = 3
	mostDigits  = 10
)

const (
	longestIssuer = 48  // characters of an institution's id
	mostToRead    = 200 // characters; no template of a number that fits has more
)

// Fault is what is wrong with a template: a stable code.
type Fault string

// The faults.
const (
	Empty        Fault = "scheme_empty"
	TooLong      Fault = "scheme_too_long"
	Characters   Fault = "scheme_characters"  // one that no number has
	Unclosed     Fault = "scheme_unclosed"    // a brace without its other
	Unknown      Fault = "scheme_unknown"     // no such part
	Width        Fault = "scheme_width"       // of the running number
	NoSequence   Fault = "scheme_no_sequence" // all numbers would be one
	TwoSequences Fault = "scheme_two_sequences"
)

// SyntaxError is a template that is none. It repeats nothing of the template.
type SyntaxError struct {
	Fault Fault
	At    int // the character that is wrong, counted from 0
}

// Error says where what is wrong.
func (e *SyntaxError) Error() string { return fmt.Sprintf("%s at character %d", e.Fault, e.At) }

// part is a piece of a template: text as it stands, or the name of what is filled in.
type part struct {
	text  string
	name  string
	width int
}

// Scheme is how an issuer's numbers of one kind are formed. The zero Scheme is none.
type Scheme struct {
	template string
	parts    []part
}

// Parse reads a template such as PX-{issuer}-{year}-{seq:6}. The error is a *SyntaxError.
func Parse(template string) (Scheme, error) {
	if n := utf8.RuneCountInString(template); n == 0 {
		return Scheme{}, &SyntaxError{Empty, 0}
	} else if n > mostToRead {
		return Scheme{}, &SyntaxError{TooLong, mostToRead}
	}
	s := Scheme{template: template}
	at, counted := 0, false
	for _, piece := range pieces.FindAllString(template, -1) {
		p, fault := read(piece)
		if fault == "" && p.name == "" {
			var ahead int
			ahead, fault = oddIn(piece, at == 0)
			at += ahead
		}
		if fault == "" && p.name == sequencePart && counted {
			fault = TwoSequences
		}
		if fault != "" {
			return Scheme{}, &SyntaxError{fault, at}
		}
		counted = counted || p.name == sequencePart
		s.parts = append(s.parts, p)
		at += utf8.RuneCountInString(piece)
	}
	if !counted {
		return Scheme{}, &SyntaxError{NoSequence, at}
	}
	const aYear = 2000
	if utf8.RuneCountInString(s.Format(strings.Repeat("x", longestIssuer), aYear, 0)) > MostCharacters {
		return Scheme{}, &SyntaxError{TooLong, at}
	}
	return s, nil
}

// pieces are a name in braces, text, or a brace that stands alone.
var pieces = regexp.MustCompile(`\{[^{}]*\}|[^{}]+|[{}]`)

func read(piece string) (part, Fault) {
	inner, braced := strings.CutPrefix(piece, "{")
	if !braced && piece != "}" {
		return part{text: piece}, ""
	}
	inner, braced = strings.CutSuffix(inner, "}")
	if !braced || piece == "}" {
		return part{}, Unclosed
	}
	name, width, sized := strings.Cut(inner, ":")
	switch name {
	case issuerPart, yearPart, shortPart:
		if sized {
			return part{}, Width
		}
		return part{name: name}, ""
	case sequencePart:
		digits, err := strconv.Atoi(width)
		if err != nil || digits < leastDigits || digits > mostDigits || strconv.Itoa(digits) != width {
			return part{}, Width
		}
		return part{name: name, width: digits}, ""
	}
	return part{}, Unknown
}

// What a number consists of, and what it begins with: the same as of a number that an institution reports.
var (
	begins   = regexp.MustCompile(`^[\p{Han}A-Za-z0-9]$`)
	consists = regexp.MustCompile(`^[\p{Han}A-Za-z0-9()（）〔〕\[\]._/#-]$`)
)

// oddIn finds the first character of a text that a number cannot have there.
func oddIn(text string, first bool) (int, Fault) {
	for i, r := range []rune(text) {
		allowed := consists
		if first && i == 0 {
			allowed = begins
		}
		if !allowed.MatchString(string(r)) {
			return i, Characters
		}
	}
	return 0, ""
}

// IsZero reports whether s is no scheme.
func (s Scheme) IsZero() bool { return s.template == "" }

// String is the template.
func (s Scheme) String() string { return s.template }

// Yearly reports whether the running numbers begin anew each year.
func (s Scheme) Yearly() bool {
	for _, p := range s.parts {
		if p.name == yearPart || p.name == shortPart {
			return true
		}
	}
	return false
}

// Format is a number of an issuer: of the year of issue, and the running number.
func (s Scheme) Format(issuer string, year, running int) string {
	const century = 100
	var number strings.Builder
	for _, p := range s.parts {
		switch p.name {
		case issuerPart:
			number.WriteString(strings.ToUpper(issuer))
		case yearPart:
			fmt.Fprintf(&number, "%04d", year)
		case shortPart:
			fmt.Fprintf(&number, "%02d", year%century)
		case sequencePart:
			fmt.Fprintf(&number, "%0*d", p.width, running)
		default:
			number.WriteString(p.text)
		}
	}
	return number.String()
}

// defaults are the schemes of issuers that set none, by kind: 培训, 等级 and 继续教育.
var defaults = map[string]Scheme{
	"training": must("PX-{issuer}-{year}-{seq:6}"),
	"grade":    must("DJ-{issuer}-{year}-{seq:6}"),
	"ce_base":  must("JX-{issuer}-{year}-{seq:6}"),
}

// Default is the scheme of issuers that set none for a kind of certificate.
func Default(kind string) Scheme { return defaults[kind] }

func must(template string) Scheme {
	s, err := Parse(template)
	if err != nil {
		panic("number: " + err.Error())
	}
	return s
}
