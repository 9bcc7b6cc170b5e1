package hours

import (
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// MayRevise refuses what a locked class is to become, when it is closed, more places in it are taken than it is to have, or sessions that
// count lie outside its new dates.
func MayRevise(tx *store.Tx, c store.Class) error {
	if c.ClosedAt != nil {
		return refuse(CodeClassClosed, "")
	}
	taken, err := tx.PlacesTaken([]string{c.ID})
	if err != nil {
		return err
	}
	first, last, err := tx.SessionDays(c.ID)
	switch {
	case err != nil:
		return err
	case taken[c.ID] > c.Capacity:
		return refuse(CodeCapacityTooSmall, "capacity")
	case first != nil && dateOf(*first).Before(c.StartsOn):
		return refuse(CodeOutsideClass, "starts_on")
	case last != nil && dateOf(*last).After(c.EndsOn):
		return refuse(CodeOutsideClass, "ends_on")
	}
	return nil
}

// Close closes a class: with nothing left to do. Who is not through with the training, or owed an answer by the institution,
// leaves it first, with a reason; sessions that lie ahead are voided first. Places that are kept in it are released. Closed
// again, it stays as it is: false.
func Close(tx *store.Tx, classID, by, reason string, now Instant) (fresh bool, err error) {
	class, err := tx.LockClass(classID)
	if err != nil || class.ClosedAt != nil {
		return false, err
	}
	there, err := present(tx, classID)
	if err != nil {
		return false, err
	}
	unfinished, err := Unfinished(tx, class, there)
	if err != nil {
		return false, err
	}
	if len(unfinished) > 0 {
		return false, refuse(CodeMemberUnfinished, "members")
	}
	ahead, err := tx.SessionsAhead(classID, now.Programme)
	if err != nil {
		return false, err
	}
	if len(ahead) > 0 {
		return false, refuse(CodeSessionsAhead, "sessions")
	}
	if err := tx.ReleaseClassPlaces(classID, store.PlaceClassClosed, now.Wall); err != nil {
		return false, err
	}
	return true, tx.CloseClass(classID, by, reason, now.Wall)
}

// Unfinished are those of a class's members whose case goes on, and whose training is not through or to whom the class's
// institution owes an answer.
func Unfinished(tx *store.Tx, class store.Class, caseIDs []string) (map[string]bool, error) {
	cases, err := tx.CasesByID(caseIDs)
	if err != nil {
		return nil, err
	}
	trained, err := tx.StatesOf(progress.Training, caseIDs)
	if err != nil {
		return nil, err
	}
	owed, err := tx.TasksOwed(class.InstitutionID, caseIDs)
	if err != nil {
		return nil, err
	}
	unfinished := map[string]bool{}
	for id, c := range cases {
		if !c.Ended() && (!trained[id].Final() || len(owed[id]) > 0) {
			unfinished[id] = true
		}
	}
	return unfinished, nil
}
