// Package consent holds what people are asked to consent to: texts with versions, in both languages, as data (consent.yaml).
// Who gave which, and took it back, is kept by the record.
package consent

import (
	_ "embed" // the texts
	"slices"

	"github.com/dengpan/dengpan/datafile"
)

// When a consent is asked for.
type When string

// The times.
const (
	SignUp       When = "sign_up"      // before there is an account
	Registration When = "registration" // before a person's first case
	Optional     When = "optional"     // of nobody: nothing depends on it
)

// Terms is the one kind that an account gives, and not a person.
const Terms = "terms"

// Words are a text in both languages.
type Words struct {
	Chinese string `yaml:"zh"`
	English string `yaml:"en"`
}

// In is the text in a language; in Chinese unless it is English.
func (w Words) In(lang string) string {
	if lang == "en" {
		return w.English
	}
	return w.Chinese
}

// Text is one thing that is consented to, or not.
type Text struct {
	Kind    string `yaml:"kind"`
	When    When   `yaml:"when"`
	Version string `yaml:"version"`
	// By is the text of law that asks for it, and Basis how well that is known: see docs/policy-data.md.
	By    string `yaml:"by"`
	Basis string `yaml:"basis"`
	Title Words  `yaml:"title"`
	Text  Words  `yaml:"text"`
}

//go:embed consent.yaml
var file []byte

var texts = datafile.MustRead[struct {
	Texts []Text `yaml:"texts"`
}]("consent/consent.yaml", file).Texts

// Texts are all texts, in the order in which they are shown.
func Texts() []Text { return slices.Clone(texts) }

// Needed lists the kinds that are needed at a time.
func Needed(when When) []string {
	var kinds []string
	for _, t := range texts {
		if t.When == when {
			kinds = append(kinds, t.Kind)
		}
	}
	return kinds
}

// Given says which text of a kind was consented to.
type Given struct {
	Kind    string `json:"kind"`
	Version string `json:"version"`
}

// ToAll consents to every text that is asked for at a time, as it is today.
func ToAll(when When) []Given {
	var all []Given
	for _, t := range texts {
		if t.When == when {
			all = append(all, Given{Kind: t.Kind, Version: t.Version})
		}
	}
	return all
}

// Of is the text of a kind, as it is asked for today.
func Of(kind string) (Text, bool) {
	i := slices.IndexFunc(texts, func(t Text) bool { return t.Kind == kind })
	if i < 0 {
		return Text{}, false
	}
	return texts[i], true
}
