package merging

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/dengpan/dengpan/store"
)

// Look is two people as they stand in the record, with what keeps them from being one. Of a merge that is to be taken back,
// both stand on the kept side.
type Look struct {
	Kept, Merged store.Belongings
	Obstacles    []Obstacle
	// Seen stands for all of it. What was asked for of two records that have changed since is void.
	Seen string
}

// ClosesAccount is the account that a merge closes: a person has one, and it is that of the record that is kept.
func (l *Look) ClosesAccount() *store.Account {
	if l.Kept.Account == nil || l.Merged.Account == nil {
		return nil
	}
	return l.Merged.Account
}

// Obstacle is why two records cannot be merged as they stand, or a merge not taken back.
type Obstacle struct {
	Code string
	// Of what both have: cases, places in a course, or lines of the ledger, of the kept record and of the other.
	Twice *store.Twice
	Hours *[2]store.HourEntry
	Day   *store.DayTotal
}

// What is in the way.
const (
	SameRecord = "same_record" // both are one already
	HasMerged  = "has_merged"  // others were merged into the record that is to be merged
	Erased     = "erased"      // somebody was forgotten
	Forgetting = "forgetting"  // somebody asked to be
	SameTarget = "same_target" // both have a case for the same target that is open or led somewhere
	SameCourse = "same_course" // both have a place in the same course
	SameHours  = "same_hours"  // both have hours at the same time
	DayOver    = "day_over"    // both together have more hours in a day than count
	NotMerged  = "not_merged"  // what is to be taken back does not stand
)

// Look looks at two records that may be one person. The one that is kept is named by any of its person's.
func (d Desk) Look(tx *store.Tx, kept, merged string) (l Look, err error) {
	if l.Kept, err = tx.BelongingsOf(kept); err != nil {
		return l, err
	}
	if l.Merged, err = tx.BelongingsOf(merged); err != nil {
		return l, err
	}
	one, other := standing(l.Kept.Records), standing(l.Merged.Records)
	switch {
	case one.Human == other.Human:
		l.add(SameRecord)
		return l, l.sum()
	case len(l.Merged.Records) > 1:
		l.add(HasMerged)
	}
	if err := l.forgotten(tx, one.ID, other.ID); err != nil {
		return l, err
	}
	if err := d.twice(tx, &l, one.ID, other.ID); err != nil {
		return l, err
	}
	return l, l.sum()
}

// LookBack looks at two records that were merged, and of which that is to be taken back.
func (d Desk) LookBack(tx *store.Tx, m store.Merge) (l Look, err error) {
	if l.Kept, err = tx.BelongingsOf(m.Kept); err != nil {
		return l, err
	}
	l.Merged = apart(&l.Kept, m.Merged)
	stands, err := tx.StandingMerges(m.ID)
	if err != nil {
		return l, err
	}
	if !stands[m.ID] {
		l.add(NotMerged)
	}
	if err := l.forgotten(tx, m.Kept); err != nil {
		return l, err
	}
	return l, l.sum()
}

// apart takes what stands in the name of one record out of what stands in the name of all.
func apart(all *store.Belongings, record string) store.Belongings {
	var own store.Belongings
	cases, places := map[string]bool{}, map[string]bool{}
	all.Records, own.Records = split(all.Records, func(p store.Person) bool { return p.ID == record })
	all.Cases, own.Cases = split(all.Cases, func(c store.Case) bool { return c.PersonID == record })
	all.Places, own.Places = split(all.Places, func(p store.CoursePlace) bool { return p.PersonID == record })
	for _, c := range own.Cases {
		cases[c.ID] = true
	}
	for _, p := range own.Places {
		places[p.ID] = true
	}
	theirs := func(caseID, placeID *string) bool {
		return caseID != nil && cases[*caseID] || placeID != nil && places[*placeID]
	}
	all.Certificates, own.Certificates = split(all.Certificates, func(c store.Certificate) bool { return theirs(c.CaseID, c.PlaceID) })
	all.CE, own.CE = split(all.CE, func(y store.CEYear) bool { return theirs(y.CaseID, y.PlaceID) })
	if all.Account != nil && all.Account.PersonID != nil && *all.Account.PersonID == record {
		all.Account, own.Account = nil, all.Account
	}
	return own
}

func split[T any](all []T, goes func(T) bool) (stay, gone []T) {
	for _, one := range all {
		if goes(one) {
			gone = append(gone, one)
		} else {
			stay = append(stay, one)
		}
	}
	return stay, gone
}

// standing is the record that stands for all of a person's.
func standing(records []store.Person) store.Person {
	i := slices.IndexFunc(records, func(p store.Person) bool { return p.MergedInto == nil })
	return records[max(0, i)]
}

func (l *Look) add(code string) { l.Obstacles = append(l.Obstacles, Obstacle{Code: code}) }

// forgotten adds that somebody was forgotten, or that one of these asked to be: that is answered first.
func (l *Look) forgotten(tx *store.Tx, persons ...string) error {
	for _, record := range slices.Concat(l.Kept.Records, l.Merged.Records) {
		if record.ErasedAt != nil {
			l.add(Erased)
			break
		}
	}
	for _, person := range persons {
		asked, err := tx.DeletionRequests(person, store.DeletionPending, nil, 1)
		if err != nil {
			return err
		}
		if len(asked) > 0 {
			l.add(Forgetting)
			break
		}
	}
	return nil
}

// twice adds what both have and one person may have once.
func (d Desk) twice(tx *store.Tx, l *Look, kept, merged string) error {
	targets, err := tx.SameTargets(kept, merged)
	if err != nil {
		return err
	}
	for _, both := range targets {
		l.Obstacles = append(l.Obstacles, Obstacle{Code: SameTarget, Twice: &both})
	}
	courses, err := tx.SameCourses(kept, merged)
	if err != nil {
		return err
	}
	for _, both := range courses {
		l.Obstacles = append(l.Obstacles, Obstacle{Code: SameCourse, Twice: &both})
	}
	hours, err := tx.SameHours(kept, merged)
	if err != nil {
		return err
	}
	for _, both := range hours {
		l.Obstacles = append(l.Obstacles, Obstacle{Code: SameHours, Hours: &both})
	}
	days, err := tx.DaysOver(kept, merged, d.DayCap)
	if err != nil {
		return err
	}
	for _, day := range days {
		l.Obstacles = append(l.Obstacles, Obstacle{Code: DayOver, Day: &day})
	}
	return nil
}

// sum writes down what was seen: everything that the decision rests on, and nothing of who somebody is.
func (l *Look) sum() error {
	type item struct {
		ID, State string
		At        time.Time `json:"at,omitzero"`
	}
	of := func(b store.Belongings) [][]item {
		var records, cases, places, certificates, accounts []item
		for _, r := range b.Records {
			seen := item{ID: r.ID}
			for _, at := range []*time.Time{r.CorrectedAt, r.ErasedAt} {
				if at != nil {
					seen.At = at.UTC()
				}
			}
			records = append(records, seen)
		}
		for _, c := range b.Cases {
			outcome := ""
			if c.Outcome != nil {
				outcome = string(*c.Outcome)
			}
			cases = append(cases, item{ID: c.ID, State: outcome})
		}
		for _, p := range b.Places {
			places = append(places, item{ID: p.ID, State: p.State})
		}
		for _, c := range b.Certificates {
			certificates = append(certificates, item{ID: c.ID, State: c.Status})
		}
		if b.Account != nil {
			accounts = append(accounts, item{ID: b.Account.ID, State: b.Account.State})
		}
		return [][]item{records, cases, places, certificates, accounts}
	}
	text, err := json.Marshal([]any{of(l.Kept), of(l.Merged)})
	if err != nil {
		return fmt.Errorf("sum what was seen: %w", err)
	}
	digest := sha256.Sum256(text)
	l.Seen = hex.EncodeToString(digest[:16])
	return nil
}
