package api

import (
	"context"
	"errors"
	"time"

	"github.com/dengpan/dengpan/sitting"
	"github.com/dengpan/dengpan/store"
)

// mostSittings is how many sittings are shown to choose from.
const mostSittings = 50

type sittingBookingBody struct {
	Sitting string `json:"sitting" format:"uuid" doc:"One of those that the case can book. The one that it has booked and that was moved: agree to it."`
}

type sittingFeeBody struct {
	Fee string `json:"fee" enum:"kept,refunded" doc:"Kept: for another sitting. Amounts are between the trainee and the body."`
}

type caseSittingsOutput struct {
	Body struct {
		Asked   bool             `json:"asked" doc:"An attempt at the evaluation is asked of the case's body now."`
		Booked  *bookedView      `json:"booked" doc:"Null: none is."`
		Taken   *takenView       `json:"taken" doc:"The last one that the body took away; null once another is booked."`
		Choices []SittingView    `json:"choices" doc:"The sittings that can be booked now, the earliest first."`
		Checks  []DoorCheckBrief `json:"door_checks" doc:"What failed at the door, and what came of it."`
		Now     time.Time        `json:"now" doc:"The instant in the programme's time."`
	}
}

// bookedView is the place that a case has.
type bookedView struct {
	Sitting  SittingView `json:"sitting" doc:"As it is now."`
	Agreed   bool        `json:"agreed" doc:"False: it was moved, and is to be agreed to or left."`
	WasAt    *time.Time  `json:"was_at,omitempty" doc:"Of one that was moved: when it was to start."`
	MayLeave bool        `json:"may_leave" doc:"It can be changed or given up."`
}

type takenView struct {
	Sitting SittingView `json:"sitting"`
	How     coded       `json:"how"`
	Fee     *coded      `json:"fee,omitempty" doc:"What was chosen. Missing: it is to be chosen, unless the trainee was turned away."`
	Chooses bool        `json:"chooses" doc:"What becomes of the fee is to be chosen."`
}

// sittingsOfCase shows what a case has booked, and can.
func (s *service) sittingsOfCase(ctx context.Context, in *idInput) (*caseSittingsOutput, error) {
	r, out := requestOf(ctx), &caseSittingsOutput{}
	err := s.Store.Snapshot(ctx, func(tx *store.Tx) error { return s.fillSittings(tx, r, in.ID, out) })
	return out, err
}

func (s *service) fillSittings(tx *store.Tx, r *request, caseID string, out *caseSittingsOutput) error {
	now := s.programmeNow()
	b := &out.Body
	b.Now, b.Choices, b.Checks = now, []SittingView{}, []DoorCheckBrief{}
	c, err := tx.Case(caseID)
	if err != nil {
		return err
	}
	if b.Checks, err = s.ownDoorChecks(tx, r, caseID); err != nil {
		return err
	}
	attempt, err := tx.EvaluationAsked(caseID)
	if err != nil || attempt == 0 {
		return err
	}
	b.Asked = true
	had, err := tx.BookingOfCase(caseID)
	if err == nil {
		b.Booked, err = s.viewBooked(tx, r, had, now)
	} else if errors.Is(err, store.ErrNotFound) {
		b.Taken, err = s.viewTaken(tx, r, caseID, attempt)
	}
	if err != nil {
		return err
	}
	rows, err := tx.Sittings(store.SittingFilter{
		Within: store.Within{InstitutionID: c.EvaluationBody}, State: store.SittingOpen, Now: now, Occupation: c.Occupation, Level: c.Level,
		Limit: mostSittings,
	})
	if err != nil {
		return err
	}
	views, err := s.viewSittings(tx, r, rows...)
	for _, view := range views {
		if view.ID != had.SittingID {
			b.Choices = append(b.Choices, view)
		}
	}
	return err
}

func (s *service) viewBooked(tx *store.Tx, r *request, had store.SittingBooking, now time.Time) (*bookedView, error) {
	of, err := tx.Sitting(had.SittingID)
	if err != nil {
		return nil, err
	}
	view := bookedView{Agreed: had.State == store.BookingBooked, MayLeave: had.State == store.BookingMoved || !now.After(of.BookUntil)}
	if !view.Agreed {
		view.WasAt = &had.StartsAt
	}
	view.Sitting, err = s.viewSitting(tx, r, of)
	return &view, err
}

func (s *service) viewTaken(tx *store.Tx, r *request, caseID string, attempt int) (*takenView, error) {
	taken, err := tx.BookingTaken(caseID, attempt)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil //nolint:nilnil // none was taken away
	}
	if err != nil {
		return nil, err
	}
	of, err := tx.Sitting(taken.SittingID)
	if err != nil {
		return nil, err
	}
	v := reader{lang: r.lang}
	view := takenView{
		How: v.coded("booking_state", *taken.EndedHow), Fee: v.codedIf("sitting_fee", deref(taken.Fee)),
		Chooses: taken.Fee == nil && *taken.EndedHow != store.BookingTurnedAway,
	}
	view.Sitting, err = s.viewSitting(tx, r, of)
	return &view, err
}

// bookSitting books a sitting for a case, changes to it, or agrees to it once it was moved.
func (s *service) bookSitting(ctx context.Context, in *idBodyInput) (*caseSittingsOutput, error) {
	body, found, err := s.sittings.booking.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	return s.seats(ctx, in.ID, "sitting.book", func(tx *store.Tx, by sitting.Doer) (store.SittingBooking, error) {
		b, err := s.seating().Book(tx, in.ID, body.Sitting, by)
		if errors.Is(err, store.ErrNotFound) {
			err = problem(validationFailed, FieldError{Field: "sitting", Code: fieldUnknownValue})
		}
		return b, err
	})
}

// giveSittingUp gives up the place that a case has.
func (s *service) giveSittingUp(ctx context.Context, in *idInput) (*caseSittingsOutput, error) {
	return s.seats(ctx, in.ID, "sitting.give_up", func(tx *store.Tx, by sitting.Doer) (store.SittingBooking, error) {
		return s.seating().GiveUp(tx, in.ID, by)
	})
}

// chooseSittingFee writes what the trainee wants done with the fee of a sitting that the body took away.
func (s *service) chooseSittingFee(ctx context.Context, in *idBodyInput) (*caseSittingsOutput, error) {
	body, err := s.sittings.fee.readAll(in.RawBody)
	if err != nil {
		return nil, err
	}
	return s.seats(ctx, in.ID, "sitting.fee", func(tx *store.Tx, by sitting.Doer) (store.SittingBooking, error) {
		return s.seating().ChooseFee(tx, in.ID, body.Fee, by)
	})
}

// seats does something to the place of a case, writes it down, and shows how it stands now.
func (s *service) seats(
	ctx context.Context, caseID, action string, do func(*store.Tx, sitting.Doer) (store.SittingBooking, error),
) (*caseSittingsOutput, error) {
	r, out := requestOf(ctx), &caseSittingsOutput{}
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		b, err := do(tx, s.doer(r, ""))
		if err != nil {
			return err
		}
		if err := s.audit(tx, r, action, "case:"+caseID, "", map[string]any{
			"sitting": b.SittingID, "state": b.State, "how": b.EndedHow, "fee": b.Fee,
		}); err != nil {
			return err
		}
		return s.fillSittings(tx, r, caseID, out)
	})
	if err != nil {
		return nil, refusedSitting(err)
	}
	return out, nil
}
