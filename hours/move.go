package hours

import (
	"cmp"
	"errors"
	"slices"

	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// Codes of why a trainee does not change to another class.
const (
	CodeTrainingOver   = "training_over"
	CodeInNoClass      = "in_no_class"
	CodeInThisClass    = "in_this_class"
	CodeClassOfSponsor = "class_of_sponsor" // its employer sent the trainee
	CodeMovedOften     = "moved_often"
)

// Moving is a trainee's change to another class of the body that trains them.
type Moving struct {
	ClassID string
	Offer   int // the revision of what it offers that was agreed to
	By      string
	Times   int // how often one may
}

// Move has a case change to another class of its training body, by its trainee: the place in the one is given back and that in the
// other taken at once, so nobody has both or neither. Hours that were booked are the trainee's and stay.
func Move(tx *store.Tx, f *store.CaseFile, m Moving, now Instant) (store.Class, error) {
	from, kept, err := MayMove(tx, f, m.Times)
	if err != nil {
		return store.Class{}, err
	}
	if from.ID == m.ClassID {
		return from, refuse(CodeInThisClass, "class")
	}
	ids := []string{from.ID, m.ClassID}
	slices.Sort(ids) // two who change places with each other wait for each other in one order
	classes := map[string]store.Class{}
	for _, id := range ids {
		class, err := tx.LockClass(id)
		if err != nil {
			return from, cmp.Or(unknown(err), err)
		}
		classes[id] = class
	}
	to := classes[m.ClassID]
	if to.InstitutionID != f.TrainingBody {
		return from, refuse(CodeClassUnknown, "class")
	}
	if kept {
		err = tx.ReleaseCasePlace(f.ID, store.PlaceMoved, now.Wall)
	} else {
		err = depart(tx, from.ID, []string{f.ID}, Departure{How: store.LeftMoved, By: &m.By}, now)
	}
	if err != nil {
		return from, err
	}
	// What was agreed to is kept with the place, also of somebody who is in the class at once.
	if _, err := Keep(tx, store.ClassPlace{ClassID: to.ID, AccountID: m.By, CaseID: &f.ID, Offer: m.Offer}, now); err != nil {
		return from, err
	}
	if !kept {
		if _, err := Join(tx, to.ID, []string{f.ID}, m.By, now); err != nil {
			return from, ofClass(err)
		}
	}
	f.Note(progress.Training, "class_changed", store.ActorTrainee, map[string]any{"class": to.Name})
	return to, nil
}

// unknown is the refusal of a class that there is not.
func unknown(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return refuse(CodeClassUnknown, "class")
	}
	return nil
}

// ofClass is a refusal by the class that was chosen.
func ofClass(err error) error {
	if refusal, refused := errors.AsType[*RefusedError](err); refused {
		return refuse(refusal.Code, "class")
	}
	return err
}

// MayMove is the class that a case is in, or in which a place is kept for it, and could leave for another: while it is trained, and
// not more often than some times. A class of an employer's is not left without the employer.
func MayMove(tx *store.Tx, f *store.CaseFile, times int) (from store.Class, kept bool, err error) {
	if f.Ended() || f.State(progress.Training).Final() {
		return from, false, refuse(CodeTrainingOver, "class")
	}
	place, err := tx.PlaceOfCase(f.ID)
	switch {
	case err == nil:
		kept = true
		from, err = tx.Class(place.ClassID)
	case errors.Is(err, store.ErrNotFound):
		from, err = tx.PresentClass(f.ID)
	}
	if errors.Is(err, store.ErrNotFound) {
		return from, false, refuse(CodeInNoClass, "class")
	}
	if err != nil {
		return from, kept, err
	}
	if from.Sponsor != nil {
		return from, kept, refuse(CodeClassOfSponsor, "class")
	}
	moved, err := tx.Moves(f.ID)
	if err == nil && moved >= int64(times) {
		err = refuse(CodeMovedOften, "class")
	}
	return from, kept, err
}
