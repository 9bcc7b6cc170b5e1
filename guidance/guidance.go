// Package guidance answers what people ask about the programme (政策咨询), and says in a few sentences what it is. Questions and
// answers are data (guidance.yaml), each with where it is written; what the rules say in numbers is taken from them, so that it
// stands nowhere twice. What nobody has laid down is said to be unknown. Pure.
package guidance

import (
	_ "embed" // the data
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/dengpan/dengpan/datafile"
	"github.com/dengpan/dengpan/policy"
)

//go:embed guidance.yaml
var file []byte

// Sentence is something said, and where it is written.
type Sentence struct {
	Text      policy.Text       `yaml:"text"`
	Citations []policy.Citation `yaml:"citations"`
}

// Question is one that people ask, and its answer.
type Question struct {
	ID        string            `yaml:"id"`
	Topic     string            `yaml:"topic"`
	Question  policy.Text       `yaml:"question"`
	Answer    policy.Text       `yaml:"answer"`
	Citations []policy.Citation `yaml:"citations"`
	// Unknown says that no rule was found, or none is entered: the answer says what holds meanwhile.
	Unknown bool `yaml:"unknown"`
}

// Topic is what questions are about.
type Topic struct {
	ID   string      `yaml:"id"`
	Name policy.Text `yaml:"name"`
}

// Document is one that is cited, and its parts that can be.
type Document struct {
	Document string   `yaml:"document"`
	Clauses  []string `yaml:"clauses"` // empty: not read as a whole, so any part may be named
}

// Book is what is asked and answered.
type Book struct {
	Documents []Document `yaml:"documents"`
	Programme []Sentence `yaml:"programme"`
	Topics    []Topic    `yaml:"topics"`
	Questions []Question `yaml:"questions"`
}

var written = sync.OnceValue(func() Book {
	b, err := read(file)
	if err != nil {
		panic(fmt.Sprintf("guidance: guidance.yaml: %v", err))
	}
	return b
})

// For is the book as a version of the rules fills it in. It panics when the embedded data are not in order, which a test sees
// first.
func For(p *policy.Policy) Book {
	values := valuesOf(p)
	b := written()
	b.Programme, b.Questions = slices.Clone(b.Programme), slices.Clone(b.Questions)
	for i, s := range b.Programme {
		b.Programme[i].Text = values.fill(s.Text)
	}
	for i, q := range b.Questions {
		b.Questions[i].Question, b.Questions[i].Answer = values.fill(q.Question), values.fill(q.Answer)
	}
	return b
}

func read(data []byte) (Book, error) {
	var b Book
	if err := datafile.Read(data, &b); err != nil {
		return Book{}, err
	}
	for i, s := range b.Programme {
		if err := b.check(s.Text, s.Citations, false); err != nil {
			return Book{}, fmt.Errorf("sentence %d: %w", i+1, err)
		}
	}
	ids := map[string]bool{}
	for _, q := range b.Questions {
		if err := errors.Join(b.check(q.Answer, q.Citations, q.Unknown), checkText(q.Question)); err != nil {
			return Book{}, fmt.Errorf("question %q: %w", q.ID, err)
		}
		if q.ID == "" || ids[q.ID] {
			return Book{}, fmt.Errorf("question %q: each has an id of its own", q.ID)
		}
		ids[q.ID] = true
		if !slices.ContainsFunc(b.Topics, func(t Topic) bool { return t.ID == q.Topic }) {
			return Book{}, fmt.Errorf("question %q: there is no topic %q", q.ID, q.Topic)
		}
	}
	for _, t := range b.Topics {
		if err := checkText(t.Name); err != nil {
			return Book{}, fmt.Errorf("topic %q: %w", t.ID, err)
		}
		if !slices.ContainsFunc(b.Questions, func(q Question) bool { return q.Topic == t.ID }) {
			return Book{}, fmt.Errorf("topic %q: nobody asks about it", t.ID)
		}
	}
	return b, nil
}

// check says what is wrong with an answer: it is in both languages, and what is known has a source that can be found.
func (b Book) check(text policy.Text, citations []policy.Citation, unknown bool) error {
	if err := checkText(text); err != nil {
		return err
	}
	if len(citations) == 0 && !unknown {
		return errors.New("what is known is written somewhere")
	}
	for _, c := range citations {
		at := slices.IndexFunc(b.Documents, func(d Document) bool { return d.Document == c.Document })
		switch {
		case at < 0:
			return fmt.Errorf("the document %q is not among those that are cited", c.Document)
		case c.Clause == "" || len(b.Documents[at].Clauses) > 0 && !slices.Contains(b.Documents[at].Clauses, c.Clause):
			return fmt.Errorf("%s has no part %q", c.Document, c.Clause)
		case !slices.Contains([]policy.Basis{policy.Notice, policy.Recalled, policy.Assumed, policy.Design}, c.Basis):
			return fmt.Errorf("the basis %q says nothing", c.Basis)
		case (c.Basis == policy.Notice) != (len(b.Documents[at].Clauses) > 0):
			return fmt.Errorf("only a document that was read as a whole is printed so: %s", c.Document)
		}
	}
	return nil
}

var placeholder = regexp.MustCompile(`\{([a-z_]+)\}`)

func checkText(t policy.Text) error {
	if strings.TrimSpace(t.ZH) == "" || strings.TrimSpace(t.EN) == "" {
		return errors.New("it is said in both languages")
	}
	for _, text := range []string{t.ZH, t.EN} {
		for _, found := range placeholder.FindAllStringSubmatch(text, -1) {
			if !slices.Contains(names, found[1]) {
				return fmt.Errorf("there is no value %q to fill in", found[1])
			}
		}
	}
	return nil
}
