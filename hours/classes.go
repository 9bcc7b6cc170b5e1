package hours

import (
	"cmp"
	"errors"

	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
)

// A class's members are the rosters of its sessions: when one is announced, whoever is in the class is listed; who joins
// later is listed for the sessions that have not opened; who leaves is taken off those, unless something was reported there.

// Codes of what is refused of classes.
const (
	CodeClassUnknown     = "class_unknown"
	CodeClassClosed      = "class_closed"
	CodeClassFull        = "class_full"
	CodeCapacityTooSmall = "capacity_too_small"
	CodeOtherTarget      = "class_other_target"
	CodeInOtherClass     = "in_other_class"
	CodeOutsideClass     = "outside_class"
	CodeMemberUnfinished = "member_unfinished"
	CodeSessionsAhead    = "sessions_ahead"
)

// classNamed reads and locks an institution's class by the institution's own name for it.
func classNamed(tx *store.Tx, institutionID, ref string) (store.Class, error) {
	class, err := tx.ClassByRef(institutionID, ref)
	if errors.Is(err, store.ErrNotFound) {
		return class, refuse(CodeClassUnknown, "class")
	}
	if err != nil {
		return class, err
	}
	return tx.LockClass(class.ID)
}

// classLines is the roster that a new session has from its class; none when it is of no class. Somebody for whom it would
// not count, because they registered later or their case is over, is passed over.
func classLines(tx *store.Tx, s store.Session, now Instant) ([]store.RosterLine, error) {
	if s.ClassID == nil {
		return nil, nil
	}
	class, err := tx.Class(*s.ClassID)
	if err != nil {
		return nil, err
	}
	switch {
	case class.ClosedAt != nil:
		return nil, refuse(CodeClassClosed, "class")
	case dateOf(s.OpensAt).Before(class.StartsOn):
		return nil, refuse(CodeOutsideClass, "opens_at")
	case dateOf(s.ClosesAt).After(class.EndsOn):
		return nil, refuse(CodeOutsideClass, "closes_at")
	}
	if err := isTaught(class.PolicyVersion, class.Occupation, class.Level, s.Module); err != nil {
		return nil, err
	}
	// What began while its body was listed is finished; the hours are the trainees'.
	listed, err := tx.OnList(s.InstitutionID, class.Occupation, class.Level, policy.RoleTraining, class.StartsOn)
	if err != nil || !listed {
		return nil, cmp.Or(err, refuse(CodeNotListed, "class"))
	}
	present, err := present(tx, class.ID)
	if err != nil {
		return nil, err
	}
	return linesFor(tx, s, present, now)
}

// present lists who is in a class, in the order in which they joined.
func present(tx *store.Tx, classID string) ([]string, error) {
	members, err := tx.ClassMembers(classID)
	var ids []string
	for _, m := range members {
		if m.LeftAt == nil {
			ids = append(ids, m.CaseID)
		}
	}
	return ids, err
}

// linesFor are the lines of members of a class on the roster of one of its sessions.
func linesFor(tx *store.Tx, s store.Session, caseIDs []string, now Instant) ([]store.RosterLine, error) {
	attendees, err := tx.Attendees(caseIDs)
	if err != nil {
		return nil, err
	}
	return linesOf(attendees, s, caseIDs, now)
}

func linesOf(attendees map[string]store.Attendee, s store.Session, caseIDs []string, now Instant) ([]store.RosterLine, error) {
	var lines []store.RosterLine
	persons := map[string]bool{}
	for _, id := range caseIDs {
		attendee := attendees[id]
		if persons[attendee.PersonID] || mayBeThere(attendee, s, "") != nil {
			continue
		}
		if err := isTaught(attendee.PolicyVersion, attendee.Occupation, attendee.Level, s.Module); err != nil {
			return nil, err
		}
		persons[attendee.PersonID] = true
		lines = append(lines, store.RosterLine{SessionID: s.ID, PersonID: attendee.PersonID, CaseID: attendee.CaseID, ListedAt: now.Wall})
	}
	return lines, nil
}
