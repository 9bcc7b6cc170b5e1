package listing

import (
	"cmp"
	"slices"
)

// State is the lists in force, and the institutions that are known.
type State struct {
	Institutions []Institution `json:"institutions"`
	Listings     []Listing     `json:"listings"`
	Bases        []Base        `json:"ce_bases"`
}

// Difference is what a list changes.
type Difference struct {
	New     []Institution `json:"new"`
	Renamed []Rename      `json:"renamed"`
	Aliased []AliasOf     `json:"aliased"`

	Added   []Listing `json:"added"`
	Removed []Listing `json:"removed"`
	// RoleChanges are pairs of what is removed and added: whoever trained an occupation evaluates it now, or the reverse.
	RoleChanges []RoleChange `json:"role_changes"`
	Unchanged   int          `json:"unchanged"`

	BasesAdded     []Base       `json:"bases_added"`
	BasesRemoved   []Base       `json:"bases_removed"`
	BasesChanged   []BaseChange `json:"bases_changed"`
	BasesUnchanged int          `json:"bases_unchanged"`
}

// Rename is a legal name that an institution has in place of the one it had.
type Rename struct {
	InstitutionID string `json:"institution_id"`
	From          string `json:"from"`
	To            string `json:"to"`
}

// AliasOf is another name that an institution stands under.
type AliasOf struct {
	InstitutionID string `json:"institution_id"`
	Name          string `json:"name"`
	Alias         string `json:"alias"`
}

// RoleChange is a role that an institution has in place of another, for an occupation and level.
type RoleChange struct {
	InstitutionID string `json:"institution_id"`
	Occupation    string `json:"occupation"`
	Level         string `json:"level"`
	From          string `json:"from"`
	To            string `json:"to"`
}

// BaseChange is a base as it was and is.
type BaseChange struct {
	From Base `json:"from"`
	To   Base `json:"to"`
}

// Compare says what a list changes, once its names are resolved. An annex of which it has no row stays as it is.
func Compare(old State, list Resolution) Difference {
	d := &comparison{Difference{
		New: []Institution{}, Renamed: []Rename{}, Aliased: []AliasOf{}, Added: []Listing{}, Removed: []Listing{},
		RoleChanges: []RoleChange{}, BasesAdded: []Base{}, BasesRemoved: []Base{}, BasesChanged: []BaseChange{},
	}}
	d.names(old, list.Names)
	if len(list.Listings) > 0 {
		d.listings(old.Listings, list.Listings)
	}
	if len(list.Bases) > 0 {
		d.bases(old.Bases, list.Bases)
	}
	return d.Difference
}

// comparison is a difference that is being found.
type comparison struct{ Difference }

func (d *comparison) names(old State, names []Named) {
	known := map[string]Institution{}
	for _, i := range old.Institutions {
		known[i.ID] = i
	}
	for _, n := range names {
		of := known[n.InstitutionID]
		switch n.As {
		case New:
			d.New = append(d.New, Institution{ID: n.InstitutionID, Name: n.Name})
		case Renamed:
			d.Renamed = append(d.Renamed, Rename{n.InstitutionID, of.Name, n.Name})
		case Alias:
			if !slices.Contains(of.Aliases, n.Name) {
				d.Aliased = append(d.Aliased, AliasOf{n.InstitutionID, of.Name, n.Name})
			}
		case Known:
		}
	}
}

func (d *comparison) listings(old, list []Listing) {
	for _, l := range list {
		if slices.Contains(old, l) {
			d.Unchanged++
		} else {
			d.Added = append(d.Added, l)
		}
	}
	for _, l := range old {
		if slices.Contains(list, l) {
			continue
		}
		d.Removed = append(d.Removed, l)
		for _, to := range d.Added {
			if to.InstitutionID == l.InstitutionID && to.Occupation == l.Occupation && to.Role != l.Role && overlap(to.Level, l.Level) {
				d.RoleChanges = append(d.RoleChanges, RoleChange{l.InstitutionID, l.Occupation, cmp.Or(to.Level, l.Level), l.Role, to.Role})
			}
		}
	}
}

func (d *comparison) bases(old, list []Base) {
	of := func(bases []Base, id string) int {
		return slices.IndexFunc(bases, func(b Base) bool { return b.InstitutionID == id })
	}
	for _, b := range list {
		i := of(old, b.InstitutionID)
		switch {
		case i < 0:
			d.BasesAdded = append(d.BasesAdded, b)
		case b.same(old[i]):
			d.BasesUnchanged++
		default:
			d.BasesChanged = append(d.BasesChanged, BaseChange{old[i], b})
		}
	}
	for _, b := range old {
		if of(list, b.InstitutionID) < 0 {
			d.BasesRemoved = append(d.BasesRemoved, b)
		}
	}
}

func (b Base) same(other Base) bool {
	if (b.Number == nil) != (other.Number == nil) || b.Number != nil && *b.Number != *other.Number {
		return false
	}
	b.Number, other.Number, b.Row, other.Row = nil, nil, 0, 0
	return b == other
}

// Empty reports whether nothing changes.
func (d Difference) Empty() bool {
	return len(d.New)+len(d.Renamed)+len(d.Aliased)+len(d.Added)+len(d.Removed)+
		len(d.BasesAdded)+len(d.BasesRemoved)+len(d.BasesChanged) == 0
}

// Apply is the state after a difference.
func (d Difference) Apply(old State) State {
	next := State{Institutions: slices.Clone(old.Institutions)}
	change := func(id string, how func(*Institution)) {
		for i := range next.Institutions {
			if next.Institutions[i].ID == id {
				how(&next.Institutions[i])
			}
		}
	}
	next.Institutions = append(next.Institutions, d.New...)
	for _, r := range d.Renamed {
		change(r.InstitutionID, func(i *Institution) {
			i.Name, i.Former = r.To, append(slices.Clone(i.Former), r.From)
			i.Aliases = slices.DeleteFunc(slices.Clone(i.Aliases), func(alias string) bool { return alias == r.To })
		})
	}
	for _, a := range d.Aliased {
		change(a.InstitutionID, func(i *Institution) { i.Aliases = append(slices.Clone(i.Aliases), a.Alias) })
	}
	for _, l := range old.Listings {
		if !slices.Contains(d.Removed, l) {
			next.Listings = append(next.Listings, l)
		}
	}
	next.Listings = append(next.Listings, d.Added...)
	gone := slices.Clone(d.BasesRemoved)
	for _, c := range d.BasesChanged {
		gone = append(gone, c.From)
	}
	for _, b := range old.Bases {
		if !slices.ContainsFunc(gone, b.same) {
			next.Bases = append(next.Bases, b)
		}
	}
	next.Bases = append(next.Bases, d.BasesAdded...)
	for _, c := range d.BasesChanged {
		next.Bases = append(next.Bases, c.To)
	}
	return next
}

// Covers reports whether an institution is listed in a role for an occupation at a level.
func (s State) Covers(id, occupation, level, role string) bool {
	return slices.ContainsFunc(s.Listings, func(l Listing) bool {
		return l.InstitutionID == id && l.Occupation == occupation && l.Role == role && overlap(l.Level, level)
	})
}
