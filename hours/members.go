package hours

import (
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/store"
)

// Joined is what became of cases that were to join a class.
type Joined struct {
	Class  store.Class
	Fresh  []string // who was not in it before
	Listed int      // lines that were added to rosters of sessions ahead
}

// Join takes cases into a class, all or none; who is in it already stays. They are listed for its sessions that have not
// opened. An error that is a *RefusedError says who cannot join, and why.
func Join(tx *store.Tx, classID string, caseIDs []string, by string, now Instant) (Joined, error) {
	if err := tx.HoldCases(caseIDs); err != nil {
		return Joined{}, err
	}
	class, err := tx.LockClass(classID)
	joined := Joined{Class: class}
	if err != nil {
		return joined, err
	}
	if class.ClosedAt != nil {
		return joined, refuse(CodeClassClosed, "")
	}
	there, err := present(tx, classID)
	if err != nil {
		return joined, err
	}
	attendees, err := tx.Attendees(caseIDs)
	if err != nil {
		return joined, err
	}
	var members []store.ClassMember
	for i, id := range caseIDs {
		if slices.Contains(there, id) || slices.Contains(joined.Fresh, id) {
			continue
		}
		if err := mayJoin(tx, class, attendees[id], fmt.Sprintf("case_ids[%d]", i)); err != nil {
			return joined, err
		}
		if err := settlePlace(tx, class.ID, id, now); err != nil {
			return joined, err
		}
		joined.Fresh = append(joined.Fresh, id)
		members = append(members, store.ClassMember{
			ID: uuid.NewString(), ClassID: class.ID, CaseID: id, JoinedBy: by, JoinedAt: now.Wall,
		})
	}
	taken, err := tx.PlacesTaken([]string{class.ID})
	if err != nil {
		return joined, err
	}
	if len(members) > 0 && taken[class.ID]+len(members) > class.Capacity {
		return joined, refuse(CodeClassFull, "case_ids")
	}
	if err := tx.JoinClass(members); err != nil {
		return joined, refusedBySchema(err)
	}
	joined.Listed, err = listAhead(tx, class, attendees, joined.Fresh, now)
	return joined, err
}

// mayJoin refuses a case that a class is not for, or that is in another one.
func mayJoin(tx *store.Tx, class store.Class, attendee store.Attendee, field string) error {
	switch {
	case attendee.CaseID == nil || attendee.InstitutionID != class.InstitutionID:
		return refuse(CodeAttendeeUnknown, field)
	case attendee.Occupation != class.Occupation || attendee.Direction != class.Direction || attendee.Level != class.Level:
		return refuse(CodeOtherTarget, field)
	case !attendee.Admitted:
		return refuse(CodeNotAdmitted, field)
	case attendee.Over:
		return refuse(CodeAttendeeOver, field)
	}
	switch _, err := tx.PresentClass(attendee.ID); {
	case err == nil:
		return refuse(CodeInOtherClass, field)
	case !errors.Is(err, store.ErrNotFound):
		return err
	}
	return nil
}

// refusedBySchema is the refusal of a case that joined another class, or was given to another institution, meanwhile.
func refusedBySchema(err error) error {
	switch store.Constraint(err) {
	case "class_members_one_class":
		return refuse(CodeInOtherClass, "case_ids")
	case CodeOtherTarget:
		return refuse(CodeOtherTarget, "case_ids")
	}
	return err
}

// listAhead lists new members for the sessions of their class that have not opened, and counts the lines.
func listAhead(tx *store.Tx, class store.Class, attendees map[string]store.Attendee, caseIDs []string, now Instant) (int, error) {
	if len(caseIDs) == 0 {
		return 0, nil
	}
	ahead, err := tx.SessionsAhead(class.ID, now.Programme)
	if err != nil {
		return 0, err
	}
	listed := 0
	for _, s := range ahead {
		lines, err := linesOf(attendees, s, caseIDs, now)
		if err != nil {
			return listed, err
		}
		fresh, err := tx.AddToRoster(lines)
		if err != nil {
			return listed, err
		}
		listed += fresh
	}
	return listed, nil
}

// Departure is why cases leave a class.
type Departure struct {
	How    string  // one of store's
	By     *string // nil: it follows from what became of the case
	Reason string
}

// Leave takes cases out of a class, and off the rosters of its sessions that have not opened, and lists who left. Who left
// before is passed over; who was never in it is refused.
func Leave(tx *store.Tx, classID string, caseIDs []string, d Departure, now Instant) ([]string, error) {
	class, err := tx.LockClass(classID)
	if err != nil {
		return nil, err
	}
	if class.ClosedAt != nil {
		return nil, refuse(CodeClassClosed, "")
	}
	members, err := tx.ClassMembers(classID)
	if err != nil {
		return nil, err
	}
	var leaving []string
	for i, id := range caseIDs {
		was := slices.ContainsFunc(members, func(m store.ClassMember) bool { return m.CaseID == id })
		is := slices.ContainsFunc(members, func(m store.ClassMember) bool { return m.CaseID == id && m.LeftAt == nil })
		if !was {
			return nil, refuse(CodeAttendeeUnknown, fmt.Sprintf("case_ids[%d]", i))
		}
		if is && !slices.Contains(leaving, id) {
			leaving = append(leaving, id)
		}
	}
	return leaving, depart(tx, class.ID, leaving, d, now)
}

// LeaveWith has a case leave the class it is in, if it is in one, because of what became of the case; a place that is kept for
// it is released.
func LeaveWith(tx *store.Tx, caseID, how string, now Instant) error {
	if err := tx.ReleaseCasePlace(caseID, how, now.Wall); err != nil {
		return err
	}
	class, err := tx.PresentClass(caseID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return depart(tx, class.ID, []string{caseID}, Departure{How: how}, now)
}

// depart ends memberships. The people are locked, so that nothing is reported of them meanwhile.
func depart(tx *store.Tx, classID string, caseIDs []string, d Departure, now Instant) error {
	if len(caseIDs) == 0 {
		return nil
	}
	attendees, err := tx.Attendees(caseIDs)
	if err != nil {
		return err
	}
	var people []string
	for _, a := range attendees {
		people = append(people, a.PersonID)
	}
	slices.Sort(people)
	for _, id := range slices.Compact(people) {
		if err := tx.LockPerson(id); err != nil {
			return err
		}
	}
	if err := tx.LeaveClass(classID, caseIDs, d.How, d.By, d.Reason, now.Wall); err != nil {
		return err
	}
	return tx.Unlist(classID, caseIDs, now.Programme)
}
