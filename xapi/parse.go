package xapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Code is what is wrong with a statement.
type Code string

// What can be wrong.
const (
	Malformed   Code = "malformed"     // no JSON at all
	Required    Code = "required"      // must be there
	WrongType   Code = "wrong_type"    // is of the wrong type
	Format      Code = "format"        // is not written as it must be
	OutOfRange  Code = "out_of_range"  // is not possible
	TooMany     Code = "too_many"      // the batch is too large
	TooFew      Code = "too_few"       // the batch is empty
	Unknown     Code = "unknown_field" // no statement has such a property
	Duplicate   Code = "duplicate"     // two statements have one id
	Unsupported Code = "unsupported"   // an agent without an account, a group, or a voiding statement
)

// Limits, and names that are written more than once.
const (
	longestName      = 100
	longestTime      = math.MaxInt32 * time.Millisecond
	mostFaults       = 100
	lengthOfUUID     = 36
	millisecondsPerS = 1000
	extensionsOf     = "extensions"
	objectTypeOf     = "objectType"
	accountOf        = "account"
	pointerStart     = "/"
)

// Fault is one thing that is wrong, with the JSON pointer (RFC 6901) of where. It never repeats what was sent.
type Fault struct {
	Pointer string
	Code    Code
}

// FaultsError is all that is wrong with a batch, in order. Of a batch that is wrong nothing is taken.
type FaultsError []Fault

// Error names the places.
func (f FaultsError) Error() string {
	parts := make([]string, len(f))
	for i, fault := range f {
		parts[i] = strconv.Quote(fault.Pointer) + " " + string(fault.Code)
	}
	return "xapi: " + strings.Join(parts, ", ")
}

// Parse reads one statement, or an array of at most so many. An error is a FaultsError.
func Parse(raw []byte, most int) ([]Statement, error) {
	p := &parser{}
	var value any
	if err := decode(raw, &value); err != nil {
		return nil, FaultsError{{Pointer: "", Code: Malformed}}
	}
	var statements []Statement
	switch value := value.(type) {
	case map[string]any:
		statements = append(statements, p.statement("", value))
	case []any:
		switch {
		case len(value) == 0:
			p.fault("", TooFew)
		case len(value) > most:
			p.fault("", TooMany)
			value = nil
		}
		for i, item := range value {
			at := pointerStart + strconv.Itoa(i)
			object, ok := item.(map[string]any)
			if !ok {
				p.fault(at, WrongType)
				continue
			}
			statements = append(statements, p.statement(at, object))
		}
		p.distinct(statements)
	default:
		p.fault("", WrongType)
	}
	if len(p.faults) > 0 {
		return nil, p.faults
	}
	return statements, nil
}

// decode reads one JSON value in UTF-8, and nothing after it.
func decode(raw []byte, value *any) error {
	if !utf8.Valid(raw) {
		return errors.New("not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(value); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one value")
	}
	return nil
}

type parser struct{ faults FaultsError }

func (p *parser) fault(pointer string, code Code) {
	if len(p.faults) < mostFaults {
		p.faults = append(p.faults, Fault{pointer, code})
	}
}

// distinct refuses a batch in which two statements have one id.
func (p *parser) distinct(statements []Statement) {
	if len(p.faults) > 0 {
		return // the statements are not all there, and their places not known
	}
	seen := map[string]bool{}
	for i, s := range statements {
		if s.ID != "" && seen[s.ID] {
			p.fault(pointerStart+strconv.Itoa(i)+"/id", Duplicate)
		}
		seen[s.ID] = true
	}
}

// properties of a statement; an LRS refuses any other.
var properties = []string{
	"id", "actor", "verb", "object", "result", "context", "timestamp", "stored", "authority", "version", "attachments",
}

func (p *parser) statement(at string, fields map[string]any) Statement {
	for name := range fields {
		if !slices.Contains(properties, name) {
			p.fault(at, Unknown) // its name may be anything, so it is not repeated
			break
		}
	}
	var s Statement
	if id, there := p.text(at, fields, "id"); there {
		if s.ID = strings.ToLower(id); !isUUID(s.ID) {
			p.fault(at+"/id", Format)
		}
	}
	verb := Other
	if object := p.object(at, fields, "verb", true); object != nil {
		verb = VerbOf(p.iri(at+"/verb", object))
	}
	actor, object := p.object(at, fields, "actor", true), p.object(at, fields, "object", true)
	switch verb {
	case Other:
		return Statement{ID: s.ID}
	case Voiding:
		p.fault(at+"/verb/id", Unsupported)
		return s
	case Stopped, Playing:
	}
	seconds, there := p.position(at, fields, verb == Playing)
	if !there {
		return Statement{ID: s.ID}
	}
	s.Counts, s.Position, s.Playing = true, seconds, verb == Playing
	if actor != nil {
		s.Attendee = p.attendee(at+"/actor", actor)
	}
	if object != nil {
		s.Session = p.session(at+"/object", object)
	}
	s.Answers = p.answers(at, fields)
	return s
}

// attendee is the name of the actor's account.
func (p *parser) attendee(at string, actor map[string]any) string {
	if kind, there := p.text(at, actor, objectTypeOf); there && kind != "Agent" {
		p.fault(at+"/"+objectTypeOf, Unsupported)
		return ""
	}
	account := p.object(at, actor, accountOf, true)
	if account == nil {
		return ""
	}
	at += "/" + accountOf
	name, there := p.text(at, account, "name")
	switch {
	case !there:
		if _, found := account["name"]; !found {
			p.fault(at+"/name", Required)
		}
		return ""
	case !isUUID(strings.ToLower(name)):
		p.fault(at+"/name", Format)
	}
	return strings.ToLower(name)
}

// session is the name of the session that the object is.
func (p *parser) session(at string, object map[string]any) string {
	if kind, there := p.text(at, object, objectTypeOf); there && kind != "Activity" {
		p.fault(at+"/"+objectTypeOf, Unsupported)
		return ""
	}
	id := p.iri(at, object)
	if id == "" {
		return ""
	}
	name, ok := sessionOf(id)
	if !ok || len(name) > longestName || !utf8.ValidString(name) || strings.ContainsRune(name, 0) {
		p.fault(at+"/id", Format)
		return ""
	}
	return name
}

// position is where the player stands. A statement that says that it plays must say where.
func (p *parser) position(at string, fields map[string]any, required bool) (time.Duration, bool) {
	value, there, at := p.extension(at, fields, "result", Time)
	if !there {
		if required && at != "" {
			p.fault(at, Required)
		}
		return 0, false
	}
	number, isNumber := value.(json.Number)
	if !isNumber {
		p.fault(at, WrongType)
		return 0, false
	}
	seconds, err := number.Float64()
	if err != nil || !(seconds >= 0 && seconds <= longestTime.Seconds()) {
		p.fault(at, OutOfRange)
		return 0, false
	}
	return time.Duration(math.Floor(seconds*millisecondsPerS)) * time.Millisecond, true
}

// answers is the challenge that a statement answers.
func (p *parser) answers(at string, fields map[string]any) string {
	value, there, at := p.extension(at, fields, "context", Challenge)
	if !there {
		return ""
	}
	id, isText := value.(string)
	switch {
	case !isText:
		p.fault(at, WrongType)
	case !isUUID(strings.ToLower(id)):
		p.fault(at, Format)
	}
	return strings.ToLower(id)
}

// extension is an extension of the result or the context, and where it is or should be. There is no such place in what is
// no object; that is noted.
func (p *parser) extension(at string, fields map[string]any, part, name string) (value any, there bool, place string) {
	for _, step := range []string{part, extensionsOf} {
		_, found := fields[step]
		if fields = p.object(at, fields, step, false); found && fields == nil {
			return nil, false, ""
		}
		at += "/" + step
	}
	value, there = fields[name]
	return value, there, at + "/" + escape(name)
}

// object is a property that is an object; nil when it is not there.
func (p *parser) object(at string, fields map[string]any, name string, required bool) map[string]any {
	value, there := fields[name]
	if !there {
		if required {
			p.fault(at+"/"+name, Required)
		}
		return nil
	}
	object, ok := value.(map[string]any)
	if !ok {
		p.fault(at+"/"+name, WrongType)
	}
	return object
}

// text is a property that is a text.
func (p *parser) text(at string, fields map[string]any, name string) (string, bool) {
	value, there := fields[name]
	if !there {
		return "", false
	}
	text, ok := value.(string)
	if !ok {
		p.fault(at+"/"+name, WrongType)
	}
	return text, ok
}

// iri is the id of a verb or an object.
func (p *parser) iri(at string, fields map[string]any) string {
	id, there := p.text(at, fields, "id")
	if _, found := fields["id"]; !found {
		p.fault(at+"/id", Required)
	} else if there && !strings.Contains(id, ":") {
		p.fault(at+"/id", Format)
		return ""
	}
	return id
}

// escape writes a name as a part of a JSON pointer.
func escape(name string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(name) }

// isUUID reports whether a text in small letters is a UUID.
func isUUID(s string) bool {
	if len(s) != lengthOfUUID {
		return false
	}
	for i := range len(s) {
		switch dash := i == 8 || i == 13 || i == 18 || i == 23; {
		case dash != (s[i] == '-'):
			return false
		case !dash && !strings.ContainsRune("0123456789abcdef", rune(s[i])):
			return false
		}
	}
	return true
}
