// Package notification says what trainees are told of: which lines of a case's timeline, how soon, and what is to be done
// about it. That is data (notification.yaml); the words are in the catalogue, under notification, and those of each line under
// event. Pure.
package notification

import (
	_ "embed" // the data
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/datafile"
)

//go:embed notification.yaml
var file []byte

// Urgency is how soon somebody is told.
type Urgency string

// The urgencies.
const (
	Now    Urgency = "now"
	Digest Urgency = "digest" // with the day's summary
)

// Page is where an act is done, or where it says how.
type Page string

// The pages.
const (
	CasePage         Page = "case"
	CertificatesPage Page = "certificates"
	ReachPage        Page = "reach"
	RequestsPage     Page = "requests"
)

// Kind is a line of the timeline that is told of.
type Kind struct {
	Kind    string  `yaml:"kind"`
	Urgency Urgency `yaml:"urgency"`
	// Act is what is to be done about it; empty: nothing.
	Act string `yaml:"act"`
	// Due is the parameter that holds the day by which it is to be done; empty: there is none.
	Due string `yaml:"due"`
	// Only is which values of which parameters it is told of with; empty: with any.
	Only map[string][]string `yaml:"only"`
	// Example is what its own words are filled in with where nobody is told, over the examples of all.
	Example map[string]any `yaml:"example"`
}

// Untold is a line of the timeline that is not told of.
type Untold struct {
	Kind    string `yaml:"kind"`
	Because string `yaml:"because"`
}

// Act is something that a trainee is asked to do.
type Act struct {
	Act  string `yaml:"act"`
	Page Page   `yaml:"page"`
}

// Book is what is told of, and what is not.
type Book struct {
	Told   []Kind   `yaml:"told"`
	Untold []Untold `yaml:"untold"`
	Acts   []Act    `yaml:"acts"`
	// Examples are what words are filled in with where nobody is told.
	Examples map[string]any `yaml:"examples"`

	byKind map[string]Kind
	byAct  map[string]Act
}

// Rules are the book. It panics when the embedded data are not in order, which a test sees first.
var Rules = sync.OnceValue(func() Book {
	book, err := read(file)
	if err != nil {
		panic(fmt.Sprintf("notification: notification.yaml: %v", err))
	}
	return book
})

// Reasons for which a line is not told of.
var reasons = []string{"institution", "follows", "own", "operators", "often", "delivered"}

func read(data []byte) (Book, error) {
	b := Book{byKind: map[string]Kind{}, byAct: map[string]Act{}}
	if err := datafile.Read(data, &b); err != nil {
		return Book{}, err
	}
	for _, a := range b.Acts {
		if _, twice := b.byAct[a.Act]; twice || a.Act == "" {
			return Book{}, fmt.Errorf("act %q: each is listed once, by its code", a.Act)
		}
		if !slices.Contains([]Page{CasePage, CertificatesPage, ReachPage, RequestsPage}, a.Page) {
			return Book{}, fmt.Errorf("act %q: there is no page %q", a.Act, a.Page)
		}
		b.byAct[a.Act] = a
	}
	for _, k := range b.Told {
		if err := b.check(k); err != nil {
			return Book{}, fmt.Errorf("kind %q: %w", k.Kind, err)
		}
		b.byKind[k.Kind] = k
	}
	listed := slices.Collect(maps.Keys(b.byKind))
	for _, u := range b.Untold {
		if u.Kind == "" || slices.Contains(listed, u.Kind) {
			return Book{}, fmt.Errorf("kind %q: each is listed once, told or untold", u.Kind)
		}
		if !slices.Contains(reasons, u.Because) {
			return Book{}, fmt.Errorf("kind %q: %q is no reason that is known", u.Kind, u.Because)
		}
		listed = append(listed, u.Kind)
	}
	return b, nil
}

func (b Book) check(k Kind) error {
	_, twice := b.byKind[k.Kind]
	_, known := b.byAct[k.Act]
	switch {
	case k.Kind == "" || twice:
		return errors.New("each is listed once, told or untold")
	case k.Urgency != Now && k.Urgency != Digest:
		return errors.New("urgency is now or digest")
	case k.Act != "" && !known:
		return fmt.Errorf("there is no act %q", k.Act)
	case k.Act == "" && k.Due != "":
		return errors.New("only an act has a day by which it is to be done")
	}
	return nil
}

// Example is what the words of a kind are filled in with where they are shown to whoever looks after them.
func (b Book) Example(k Kind) map[string]any {
	params := maps.Clone(b.Examples)
	for name, values := range k.Only {
		params[name] = values[0]
	}
	maps.Copy(params, k.Example)
	return params
}

// Of is how a line of the timeline is told of, and whether it is.
func Of(kind string, params map[string]any) (Kind, bool) {
	k, told := Rules().byKind[kind]
	if !told {
		return Kind{}, false
	}
	for name, values := range k.Only {
		if value, _ := params[name].(string); !slices.Contains(values, value) {
			return Kind{}, false
		}
	}
	return k, true
}

// DueOn is the day by which the act is to be done; none when it has none, or the parameters do not say.
func (k Kind) DueOn(params map[string]any) calendar.Date {
	text, _ := params[k.Due].(string)
	day, err := calendar.ParseDate(text)
	if err != nil {
		return calendar.Date{}
	}
	return day
}

// PageOf is where an act is done.
func PageOf(act string) Page { return Rules().byAct[act].Page }
