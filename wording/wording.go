// Package wording finds words that may not stand in names of courses and classes, in advertising, and in what issuers add to
// certificates: such as pass for the state's, for qualifications that it gives, or that promise a certificate. The words are
// data (wording.yaml), each with its source. It is pure.
package wording

import (
	_ "embed" // the words
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/dengpan/dengpan/datafile"
)

// Kind is why a word may not stand somewhere.
type Kind string

// The kinds.
const (
	State         Kind = "state"         // begins as the names of the state's institutions do
	Qualification Kind = "qualification" // of a profession, a post, a title: not what the programme's certificates certify
	Promise       Kind = "promise"       // of a certificate without the work
)

// Banned is what was found in a text: a word of ours, or the pattern's match, and why it may not stand there.
type Banned struct {
	Kind Kind
	Term string
}

type rule struct {
	Kind     Kind     `yaml:"kind"`
	Prefix   bool     `yaml:"prefix"`
	Terms    []string `yaml:"terms"`
	Patterns []string `yaml:"patterns"`
	Lawful   []string `yaml:"lawful"`
	Source   string   `yaml:"source"`

	matches *regexp.Regexp
	lawful  *strings.Replacer
}

// cut stands where something lawful was taken out, so that what was before and after it makes no word.
const cut = "\n"

//go:embed wording.yaml
var file []byte

var words = mustRead()

type vocabulary struct {
	Rules  []rule   `yaml:"rules"`
	Titles []string `yaml:"titles"`
}

func mustRead() vocabulary {
	v := datafile.MustRead[vocabulary]("wording/wording.yaml", file)
	for i, r := range v.Rules {
		alternatives := make([]string, 0, len(r.Terms)+len(r.Patterns))
		for _, term := range r.Terms {
			alternatives = append(alternatives, regexp.QuoteMeta(term))
		}
		expression := strings.Join(append(alternatives, r.Patterns...), "|")
		if r.Prefix {
			expression = `(?m)^[^\p{L}\p{N}]*(?:` + expression + ")"
		}
		v.Rules[i].matches = regexp.MustCompile(expression)
		v.Rules[i].lawful = taking(r.Lawful)
	}
	return v
}

// Check finds the first banned word of each kind in a line of text. Names are lawful ones that may stand in it whatever they
// consist of: that of the institution whose text it is. Full-width forms, blanks and signs between characters hide nothing.
func Check(text string, names ...string) []Banned {
	text = taking(append(names, words.Titles...)).Replace(plain(text))
	var found []Banned
	for _, r := range words.Rules {
		if term := r.matches.FindString(r.lawful.Replace(text)); term != "" {
			found = append(found, Banned{Kind: r.Kind, Term: strings.TrimFunc(term, func(r rune) bool { return !unicode.In(r, unicode.L, unicode.N) })})
		}
	}
	return found
}

// taking takes lawful texts out.
func taking(lawful []string) *strings.Replacer {
	var pairs []string
	for _, text := range lawful {
		if text = plain(text); text != "" {
			pairs = append(pairs, text, cut)
		}
	}
	return strings.NewReplacer(pairs...)
}

// plain is a text as the words are written: compatibility forms folded, without blanks and signs that only part characters.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Z, unicode.C, unicode.Mn) || strings.ContainsRune("·•‧・.．*_-—~|/", r) {
			return -1
		}
		return r
	}, norm.NFKC.String(text))
}
