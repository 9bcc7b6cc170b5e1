// Package listing is the published lists as they are printed: who trains and evaluates which occupation (annex 1 of the
// notice), and the bases of continuing education (annex 2). It reads one year's list from a file, finds what is wrong with
// it by row and column, says which of its names are institutions that are known, and compares it with the list in force.
//
// Names are kept to the letter, for a certificate's issuer must match them. Names that are merely alike are never taken for
// one another: they are suggested, and a person decides. It is pure.
package listing

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/policy"
)

// Snapshot is one published list. A list that has no row of annex 1 says nothing about annex 1, and the same for annex 2.
type Snapshot struct {
	Document    string        `json:"document"` // 文号
	ListYear    int           `json:"list_year"`
	PublishedOn calendar.Date `json:"published_on,omitzero"`
	ValidFrom   calendar.Date `json:"valid_from"`
	// ValidTo is the first day on which the list no longer holds; none while it holds until the next.
	ValidTo calendar.Date `json:"valid_to,omitzero"`
	Bodies  []Body        `json:"bodies"`
	Bases   []Base        `json:"ce_bases"`
	// IDs are our own ids of names, for those that the file gives one.
	IDs map[string]string `json:"ids,omitempty"`
}

// Body is one row of annex 1: an institution in a role for an occupation, at one level or, when none is printed, at all.
type Body struct {
	Row        int    `json:"row,omitempty"` // the line in the file
	Name       string `json:"name"`
	Occupation string `json:"occupation"`
	Role       string `json:"role"`
	Level      string `json:"level,omitempty"`
}

// Base is one row of annex 2.
type Base struct {
	Row       int    `json:"row,omitempty"`
	Name      string `json:"name"`
	Number    *int   `json:"number"` // nil for a row that is printed without one
	National  bool   `json:"national"`
	Municipal bool   `json:"municipal"`
	Note      string `json:"note,omitempty"`
	// MayIssue is false for a row without a number, until a list gives it one.
	MayIssue bool `json:"may_issue"`
	// InstitutionID is the base as an institution, once its name is resolved.
	InstitutionID string `json:"institution_id,omitempty"`
}

// Of is the list that a version of the rules comes with, which holds from the first day of its year.
func Of(lists policy.Lists) Snapshot {
	s := Snapshot{
		Document: lists.Source, ListYear: lists.ListYear, ValidFrom: calendar.NewDate(lists.ListYear, 1, 1),
		Bodies: make([]Body, len(lists.Bodies)), Bases: make([]Base, len(lists.CEBases)), IDs: map[string]string{},
	}
	for i, b := range lists.Bodies {
		s.Bodies[i] = Body{Name: b.Name, Occupation: b.Occupation, Role: b.Role}
		s.IDs[b.Name] = b.InstitutionID
	}
	for i, b := range lists.CEBases {
		s.Bases[i] = Base{
			Name: b.Name, Number: b.No, National: slices.Contains(b.Levels, national), Municipal: slices.Contains(b.Levels, municipal),
			Note: b.Note, MayIssue: b.MayIssue,
		}
		s.IDs[b.Name] = b.InstitutionID
	}
	return s
}

// Names are the names of a list, each once, in the order in which they are printed.
func (s Snapshot) Names() []string {
	var names []string
	seen := map[string]bool{}
	add := func(name string) {
		if !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	for _, b := range s.Bodies {
		add(b.Name)
	}
	for _, b := range s.Bases {
		add(b.Name)
	}
	return names
}

// Digest tells one list from another by what it says: where in the file a row stands, and in which form the file is, is no
// part of it.
func (s Snapshot) Digest() ([]byte, error) {
	s.Bodies, s.Bases, s.IDs = slices.Clone(s.Bodies), slices.Clone(s.Bases), nil
	for i := range s.Bodies {
		s.Bodies[i].Row = 0
	}
	for i := range s.Bases {
		s.Bases[i].Row = 0
	}
	slices.SortFunc(s.Bodies, func(a, b Body) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Occupation, b.Occupation), cmp.Compare(a.Role, b.Role), cmp.Compare(a.Level, b.Level))
	})
	slices.SortFunc(s.Bases, func(a, b Base) int { return cmp.Compare(a.Name, b.Name) })
	canonical, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("digest a list: %w", err)
	}
	sum := sha256.Sum256(canonical)
	return sum[:], nil
}
