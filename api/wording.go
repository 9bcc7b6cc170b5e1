package api

import (
	"strings"

	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/wording"
)

// What is not for an institution to say, by why: see package wording. The catalogue says it in words.
const fieldWording = "wording_" // and the kind

// wording notes a text in which an institution says what it may not. Its own names may stand in it.
func (f *faults) wording(field, text string, names []string) {
	for _, banned := range wording.Check(text, names...) {
		f.add(field, fieldWording+string(banned.Kind))
	}
}

// checkWording notes which of the texts, by field, an institution may not write.
func checkWording(tx *store.Tx, institutionID string, found *faults, texts map[string]string) error {
	names, err := namesOf(tx, institutionID)
	for field, text := range texts {
		found.wording(field, text, names)
	}
	return err
}

// namesOf are the names that an institution has, and had: lawful, whatever they consist of.
func namesOf(tx *store.Tx, institutionID string) ([]string, error) {
	institution, err := tx.Institution(institutionID)
	if err != nil {
		return nil, err
	}
	all, err := tx.NamesOf(institutionID)
	names := []string{institution.Name}
	for _, n := range all {
		names = append(names, strings.TrimSpace(n.Name))
	}
	return names, err
}
