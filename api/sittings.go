package api

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/registering"
	"github.com/dengpan/dengpan/sitting"
	"github.com/dengpan/dengpan/store"
)

// sittingBodies read what is sent about sittings.
type sittingBodies struct {
	sitting  body[sittingBody]
	revision body[sittingRevisionBody]
	booking  body[sittingBookingBody]
	fee      body[sittingFeeBody]
	check    body[doorCheckBody]
	decision body[doorDecisionBody]
}

// registerSittings adds dated appointments of evaluation bodies, their booking, and what failed at the door.
func (s *service) registerSittings(api huma.API) {
	const tag = "sittings"
	schemas := api.OpenAPI().Components.Schemas
	s.sittings = sittingBodies{
		sitting: bodyFor[sittingBody](schemas), revision: bodyFor[sittingRevisionBody](schemas), booking: bodyFor[sittingBookingBody](schemas),
		fee: bodyFor[sittingFeeBody](schemas), check: bodyFor[doorCheckBody](schemas), decision: bodyFor[doorDecisionBody](schemas),
	}
	sent(api, "POST /v1/sittings", tag, "Make a sitting", s.sittings.sitting.schema, http.StatusCreated, s.makeSitting)
	read(api, "GET /v1/sittings", tag, "Sittings", s.listSittings)
	read(api, "GET /v1/sittings/{id}", tag, "A sitting, and who booked it", s.getSitting)
	sent(api, "POST /v1/sittings/{id}/revision", tag, "Change a sitting; who booked one that is moved is told", s.sittings.revision.schema,
		http.StatusOK, s.reviseSitting)
	sent(api, "POST /v1/sittings/{id}/cancellation", tag, "Cancel a sitting; who booked it is told", s.bodies.reason.schema,
		http.StatusOK, s.cancelSitting)
	read(api, "GET /v1/cases/{id}/sittings", tag, "The sitting that a case has booked, and those that it can", s.sittingsOfCase)
	sent(api, "POST /v1/cases/{id}/sitting", tag, "Book a sitting, change to another, or agree to one that was moved", s.sittings.booking.schema,
		http.StatusOK, s.bookSitting)
	bare(api, "POST /v1/cases/{id}/sitting/giving-up", tag, "Give up the sitting that is booked", s.giveSittingUp)
	sent(api, "POST /v1/cases/{id}/sitting/fee", tag, "Choose what becomes of the fee of a sitting that the body took away", s.sittings.fee.schema,
		http.StatusOK, s.chooseSittingFee)
	sent(api, "POST /v1/sitting-bookings/{id}/door-checks", tag, "Record that somebody's identity could not be made out at the door",
		s.sittings.check.schema, http.StatusCreated, s.recordDoorCheck)
	sent(api, "POST /v1/door-checks/{id}/decision", tag, "Decide, as somebody else, whether a provisional sitting counts",
		s.sittings.decision.schema, http.StatusOK, s.decideDoorCheck)
}

// sittingBody makes a sitting. Instants are of the programme's time.
type sittingBody struct {
	Ref         string   `json:"ref" minLength:"1" maxLength:"64" doc:"Your own name for it; a repeat with the same content changes nothing."`
	Occupations []string `json:"occupations" minItems:"1" maxItems:"50" doc:"Of whom it is for: each that you are listed to evaluate."`
	Levels      []string `json:"levels" minItems:"1" maxItems:"3" enum:"junior,intermediate,senior"`
	SittingPlan
}

// SittingPlan is what may change of a sitting. (Exported because it is embedded.)
type SittingPlan struct {
	StartsAt  string `json:"starts_at" format:"date-time" doc:"In the programme's time, as sessions are."`
	EndsAt    string `json:"ends_at" format:"date-time"`
	Venue     string `json:"venue" minLength:"1" maxLength:"200"`
	Capacity  int    `json:"capacity" minimum:"1" maximum:"300"`
	BookUntil string `json:"book_until" format:"date-time" doc:"Until when it can be booked, changed and given up: not later than it starts."`
	Notes     string `json:"notes,omitempty" maxLength:"500" doc:"What who books it is to know, such as what to bring."`
}

type sittingRevisionBody struct {
	SittingPlan

	Reason string `json:"reason" minLength:"1" maxLength:"500" doc:"Who booked it reads it, if it is moved."`
}

// read reads a plan, and lists what is wrong with it.
func (p SittingPlan) read(found *faults, now time.Time) sitting.Plan {
	const longest = 14 * 24 * time.Hour
	plan := sitting.Plan{Venue: textIn(found, "venue", p.Venue), Capacity: p.Capacity, Notes: strings.TrimSpace(p.Notes)}
	for field, into := range map[string]*time.Time{"starts_at": &plan.StartsAt, "ends_at": &plan.EndsAt, "book_until": &plan.BookUntil} {
		if !found.has(field) {
			*into = readInstant(found, field, map[string]string{"starts_at": p.StartsAt, "ends_at": p.EndsAt, "book_until": p.BookUntil}[field])
		}
	}
	if found.has("starts_at") || found.has("ends_at") || found.has("book_until") {
		return plan
	}
	if !plan.StartsAt.After(now) {
		found.add("starts_at", fieldInstantPast)
	}
	if !plan.EndsAt.After(plan.StartsAt) || plan.EndsAt.Sub(plan.StartsAt) > longest {
		found.add("ends_at", fieldDateOrder)
	}
	if plan.BookUntil.After(plan.StartsAt) {
		found.add("book_until", fieldDateOrder)
	}
	return plan
}

type sittingOutput struct {
	Status int
	Body   SittingView
}

// makeSitting makes a sitting of the evaluation body that asks. Made again with the same content it is as it was.
func (s *service) makeSitting(ctx context.Context, in *bodyInput) (*sittingOutput, error) {
	r := requestOf(ctx)
	body, found, err := s.sittings.sitting.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	plan := body.read(found, s.programmeNow())
	asked := store.Sitting{
		ID: uuid.NewString(), InstitutionID: *r.account.InstitutionID, Ref: textIn(found, "ref", body.Ref),
		Occupations: sortedOnce(body.Occupations), Levels: sortedOnce(body.Levels), StartsAt: plan.StartsAt, EndsAt: plan.EndsAt, Venue: plan.Venue,
		Capacity: plan.Capacity, BookUntil: plan.BookUntil, Notes: plan.Notes, MadeBy: r.account.ID, MadeAt: s.moment(),
	}
	out := &sittingOutput{Status: http.StatusCreated}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := s.mayEvaluate(tx, asked, body.Occupations, found); err != nil {
			return err
		}
		if err := found.err(); err != nil {
			return err
		}
		fresh, err := tx.InsertSitting(asked)
		if err != nil {
			return err
		}
		of, err := tx.SittingByRef(asked.InstitutionID, asked.Ref)
		if err != nil {
			return err
		}
		if !fresh {
			out.Status = http.StatusOK
			if !sameSitting(of, asked) {
				return problem(sittingConflict)
			}
		} else if err := s.audit(tx, r, "sitting.make", "sitting:"+of.ID, "", body); err != nil {
			return err
		}
		out.Body, err = s.viewSitting(tx, r, of)
		return err
	})
	return out, err
}

// sortedOnce is a list in its order, each once.
func sortedOnce(all []string) []string { return slices.Compact(slices.Sorted(slices.Values(all))) }

// mayEvaluate checks that a sitting's institution is listed today to evaluate whom it is for.
func (s *service) mayEvaluate(tx *store.Tx, of store.Sitting, asked []string, found *faults) error {
	for i, occupation := range asked {
		field := "occupations[" + strconv.Itoa(i) + "]"
		if _, known := s.Policy.Occupation(occupation); !known {
			found.add(field, fieldNoOccupation)
			continue
		}
		for _, level := range of.Levels {
			code, err := registering.Listed(tx, of.InstitutionID, occupation, level, policy.RoleEvaluation, s.today())
			if err != nil {
				return err
			}
			if code != "" {
				found.add(field, code)
				break
			}
		}
	}
	return nil
}

func sameSitting(a, b store.Sitting) bool {
	return slices.Equal(a.Occupations, b.Occupations) && slices.Equal(a.Levels, b.Levels) && a.StartsAt.Equal(b.StartsAt) &&
		a.EndsAt.Equal(b.EndsAt) && a.BookUntil.Equal(b.BookUntil) && a.Venue == b.Venue && a.Capacity == b.Capacity && a.Notes == b.Notes
}

type sittingsInput struct {
	NumberedInput

	Institution string `query:"institution" maxLength:"64" doc:"For an operator; an institution sees its own."`
	State       string `query:"state" enum:"open,closed,over,cancelled"`
	Occupation  string `query:"occupation" maxLength:"64"`
	Level       string `query:"level" enum:"junior,intermediate,senior"`
	Text        string `query:"q" maxLength:"64" doc:"Within the ref or the venue."`
	Sort        string `query:"sort" enum:"starts_at,-starts_at,book_until,-book_until" doc:"The order of numbered pages."`
	After       string `query:"after" maxLength:"200" doc:"The next of the page before."`
	Limit       int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type sittingListOutput struct {
	Body struct {
		Sittings []SittingView `json:"sittings"`
		Next     *string       `json:"next" doc:"The after of the next page; null when there is none."`
		Total    *int64        `json:"total,omitempty" doc:"How many there are, when a page is asked for by its number."`
		Now      time.Time     `json:"now" doc:"The instant in the programme's time, which the states go by."`
	}
}

// listSittings lists the sittings of the institution that asks, in the order in which they start; an operator sees everybody's.
func (s *service) listSittings(ctx context.Context, in *sittingsInput) (*sittingListOutput, error) {
	r, found, now := requestOf(ctx), &faults{}, s.programmeNow()
	filter := store.SittingFilter{
		Within: r.within(in.Institution), State: in.State, Now: now, Occupation: in.Occupation, Level: in.Level, Text: in.Text,
		After: position(found, in.After), Numbered: in.numbered(found, in.Sort, in.After), Limit: in.Limit,
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	out := &sittingListOutput{}
	out.Body.Now = now
	err := s.Store.Snapshot(ctx, func(tx *store.Tx) error {
		total, err := in.total(&filter.Limit, func() (int64, error) { return tx.CountSittings(filter) })
		if err != nil {
			return err
		}
		out.Body.Total = total
		rows, err := tx.Sittings(filter)
		if err != nil {
			return err
		}
		rows, out.Body.Next = upTo(in.Limit, rows, func(of store.Sitting) (time.Time, string) { return of.StartsAt, of.ID })
		out.Body.Sittings, err = s.viewSittings(tx, r, rows...)
		return err
	})
	return out, err
}
