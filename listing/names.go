package listing

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// Institution is an institution that is known, by the names it has and had.
type Institution struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`              // the legal name, to the letter
	Aliases []string `json:"aliases,omitempty"` // others that it stands under on lists
	Former  []string `json:"former,omitempty"`  // legal names that it had
}

// Verdict is what a name of a list is.
type Verdict string

// The verdicts. Known is a name to the letter; on the others a person may have to decide.
const (
	Known   Verdict = "known"
	New     Verdict = "new"     // an institution that was on no list
	Renamed Verdict = "renamed" // the legal name, from now on, of an institution that is known
	Alias   Verdict = "alias"   // another name of an institution that keeps its own
)

// Decision is a person's verdict on a name. InstitutionID is whose name it is; of a new institution it is the id that it is
// to have, and may be left out.
type Decision struct {
	Name          string  `json:"name"`
	As            Verdict `json:"as"`
	InstitutionID string  `json:"institution_id,omitempty"`
}

// Named is a name of a list, and what it was taken for.
type Named struct {
	Name          string       `json:"name"`
	Rows          []int        `json:"rows"`
	As            Verdict      `json:"as"`
	InstitutionID string       `json:"institution_id"`
	Suggestions   []Suggestion `json:"suggestions"`
	Decided       bool         `json:"decided"` // by a person
}

// Open reports whether a person has to decide yet: the name is like others, and nobody has said whether it is one of them.
func (n Named) Open() bool { return !n.Decided && len(n.Suggestions) > 0 }

// Listing is an institution in a role for an occupation, at one level or, when it is empty, at all.
type Listing struct {
	InstitutionID string `json:"institution_id"`
	Occupation    string `json:"occupation"`
	Role          string `json:"role"`
	Level         string `json:"level"`
}

// Resolution is a list with institutions in the place of names.
type Resolution struct {
	Names    []Named
	Listings []Listing
	Bases    []Base
}

// Undecided counts the names that wait for a person.
func (r Resolution) Undecided() int {
	n := 0
	for _, name := range r.Names {
		if name.Open() {
			n++
		}
	}
	return n
}

// resolving is a list whose names are being resolved.
type resolving struct {
	list      Snapshot
	byID      map[string]Institution
	legal     map[string]string // names to ids
	aliases   map[string]string
	printed   map[string]bool
	taken     map[string]string // ids to the names of this list that they were given to
	decisions map[string]Decision
	faults    RowErrors
}

// Resolve says whose names the names of a list are: of those that are known to the letter, or by a person's decision. A name
// that nobody decided on is a new institution's. The faults are decisions that cannot be, and rows that contradict each
// other once it is known whose they are.
func Resolve(list Snapshot, known []Institution, decisions []Decision) (Resolution, RowErrors) {
	r := &resolving{
		list: list, byID: map[string]Institution{}, legal: map[string]string{}, aliases: map[string]string{}, printed: map[string]bool{},
		taken: map[string]string{}, decisions: map[string]Decision{},
	}
	for _, i := range known {
		r.byID[i.ID], r.legal[i.Name] = i, i.ID
		for _, alias := range i.Aliases {
			r.aliases[alias] = i.ID
		}
	}
	for _, name := range list.Names() {
		r.printed[name] = true
	}
	for _, d := range decisions {
		if !r.printed[d.Name] || r.legal[d.Name] != "" {
			r.faults = append(r.faults, Fault{0, Name, UnknownValue})
		}
		r.decisions[d.Name] = d
	}
	var out Resolution
	ids := map[string]string{}
	for _, name := range list.Names() {
		n := r.name(name, known)
		ids[name] = n.InstitutionID
		out.Names = append(out.Names, n)
	}
	out.Listings, out.Bases = r.listings(ids), r.bases(ids)
	return out, r.faults
}

func (r *resolving) name(name string, known []Institution) Named {
	n := Named{Name: name, Rows: r.rows(name), Suggestions: []Suggestion{}}
	decision, decided := r.decisions[name]
	switch {
	case r.legal[name] != "":
		n.As, n.InstitutionID = Known, r.legal[name]
	case decided:
		n.Decided, n.As, n.InstitutionID = true, decision.As, decision.InstitutionID
		n.Suggestions = suggest(name, r.list.IDs[name], known)
		if code := r.decide(&n); code != "" {
			r.faults = append(r.faults, Fault{n.Rows[0], ID, code})
		}
	case r.aliases[name] != "":
		n.As, n.InstitutionID = Alias, r.aliases[name]
	default:
		n.As, n.Suggestions = New, suggest(name, r.list.IDs[name], known)
		n.InstitutionID = r.newID(name)
		r.taken[n.InstitutionID] = name
	}
	return n
}

// decide carries out a decision, or says why it cannot be.
func (r *resolving) decide(n *Named) string {
	if whose := r.aliases[n.Name]; whose != "" && whose != n.InstitutionID {
		return Conflict
	}
	switch n.As {
	case New:
		if n.InstitutionID == "" {
			n.InstitutionID = r.newID(n.Name)
		}
		if !institutionID.MatchString(n.InstitutionID) {
			return Malformed
		}
	case Renamed, Alias:
		of, known := r.byID[n.InstitutionID]
		if !known {
			return UnknownValue
		}
		if n.As == Alias {
			return ""
		}
		if r.printed[of.Name] {
			return Conflict // it is on the list under the name that it has
		}
	case Known:
		return UnknownValue
	default:
		return UnknownValue
	}
	_, exists := r.byID[n.InstitutionID]
	if r.taken[n.InstitutionID] != "" || n.As == New && exists {
		return Duplicate
	}
	r.taken[n.InstitutionID] = n.Name
	return ""
}

// newID is the id of a new institution: the one that the file gives, if it is free, or one made of the name. An institution
// that once had the name keeps the id that was made of it then.
func (r *resolving) newID(name string) string {
	id := r.list.IDs[name]
	for n := 0; id == "" || r.inUse(id); n++ {
		sum := sha256.Sum256([]byte(name + strings.Repeat("\x00", n)))
		id = "org-" + hex.EncodeToString(sum[:5])
	}
	return id
}

func (r *resolving) inUse(id string) bool {
	_, exists := r.byID[id]
	return exists || r.taken[id] != ""
}

func (r *resolving) rows(name string) []int {
	rows := []int{}
	for _, b := range r.list.Bodies {
		if b.Name == name {
			rows = append(rows, b.Row)
		}
	}
	for _, b := range r.list.Bases {
		if b.Name == name {
			rows = append(rows, b.Row)
		}
	}
	return rows
}

// listings are the rows of annex 1. Two names of one institution must not do what one name could not.
func (r *resolving) listings(ids map[string]string) []Listing {
	listings := []Listing{}
	for _, b := range r.list.Bodies {
		l := Listing{InstitutionID: ids[b.Name], Occupation: b.Occupation, Role: b.Role, Level: b.Level}
		i := slices.IndexFunc(listings, func(before Listing) bool {
			return before.InstitutionID == l.InstitutionID && before.Occupation == l.Occupation && overlap(before.Level, l.Level)
		})
		switch {
		case i < 0:
			listings = append(listings, l)
		case listings[i].Role != l.Role:
			r.faults = append(r.faults, Fault{b.Row, Role, TwoRoles})
		default:
			r.faults = append(r.faults, Fault{b.Row, Name, Duplicate})
		}
	}
	return listings
}

func (r *resolving) bases(ids map[string]string) []Base {
	bases := []Base{}
	for _, b := range r.list.Bases {
		row := b.Row
		b.InstitutionID, b.Row = ids[b.Name], 0
		if slices.ContainsFunc(bases, func(before Base) bool { return before.InstitutionID == b.InstitutionID }) {
			r.faults = append(r.faults, Fault{row, Name, Duplicate})
			continue
		}
		bases = append(bases, b)
	}
	return bases
}
