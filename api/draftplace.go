package api

import (
	"context"
	"errors"
	"time"

	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/store"
)

// mostPlaces is how many places are kept at once for an account whose registrations are not sent: nobody fills a class alone.
const mostPlaces = 3

type draftPlaceBody struct {
	Class string `json:"class" maxLength:"64" doc:"Id of a class that is offered and has a place left."`
	Offer int    `json:"class_offer" minimum:"1" doc:"The revision of what it offers that was read, and is agreed to: fee and refund."`
}

// draftPlaceView is a place that is kept in a class.
type draftPlaceView struct {
	Class     string    `json:"class"`
	Offer     int       `json:"class_offer" doc:"The revision of what it offers that was agreed to."`
	HeldUntil time.Time `json:"held_until"`
}

// keepPlace keeps a place in a class for a draft, in place of the one before.
func (s *service) keepPlace(ctx context.Context, in *idBodyInput) (*draftOutput, error) {
	r, now := requestOf(ctx), hours.At(s.Calendar, s.Now())
	body, found, err := s.coming.place.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	if !isID(body.Class) {
		found.add("class", fieldFormat)
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	out := &draftOutput{}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		if _, err := tx.LockAccounts(r.account.ID); err != nil {
			return err
		}
		d, err := tx.LockDraft(in.ID)
		if err != nil {
			return err
		}
		until := now.Wall.Add(hours.PlaceKept).Truncate(time.Microsecond)
		_, err = hours.Keep(tx, store.ClassPlace{
			ClassID: body.Class, AccountID: r.account.ID, DraftID: &d.ID, Offer: body.Offer, HeldUntil: &until,
		}, now)
		if err != nil {
			return refusedPlace(err, found)
		}
		kept, err := tx.PlacesOfAccount(r.account.ID, now.Wall)
		if err == nil && kept > mostPlaces {
			err = problem(placesFull)
		}
		if err != nil {
			return err
		}
		if out.Body, err = s.viewDraft(tx, d); err != nil {
			return err
		}
		return s.audit(tx, r, "place.keep", "draft:"+d.ID, "", map[string]any{"class": body.Class, "offer": body.Offer})
	})
	return out, err
}

func (s *service) givePlaceUp(ctx context.Context, in *idInput) (*draftOutput, error) {
	out := &draftOutput{}
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		d, err := tx.LockDraft(in.ID)
		if err != nil {
			return err
		}
		if err := tx.ReleaseDraftPlace(d.ID, store.PlaceGivenUp, s.moment()); err != nil {
			return err
		}
		if out.Body, err = s.viewDraft(tx, d); err != nil {
			return err
		}
		return s.audit(tx, requestOf(ctx), "place.give_up", "draft:"+d.ID, "", nil)
	})
	return out, err
}

// refusedPlace is the problem that a refusal of a place makes, beside the faults that were found before.
func refusedPlace(err error, found *faults) error {
	refusal, refused := errors.AsType[*hours.RefusedError](err)
	if refused && (refusal.Code == classFull || refusal.Code == classClosed) {
		return problem(refusal.Code, FieldError{Field: refusal.Field, Code: refusal.Code})
	}
	return refusedClass(err, found)
}
