package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/acting"
	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/store"
)

// ownBodies read what trainees send about what they do themselves.
type ownBodies struct {
	pause  body[pauseBody]
	move   body[moveBody]
	rating body[ratingBody]
}

// registerOwnActs adds what trainees do to their own cases by themselves.
func (s *service) registerOwnActs(api huma.API) {
	const tag = "cases"
	schemas := api.OpenAPI().Components.Schemas
	s.own = ownBodies{pause: bodyFor[pauseBody](schemas), move: bodyFor[moveBody](schemas), rating: bodyFor[ratingBody](schemas)}
	read(api, "GET /v1/cases/{id}/own-acts", tag, "What a trainee may do to their case by themselves", s.ownActs)
	sent(api, "POST /v1/cases/{id}/pause", tag, "Pause one's own case until a day", s.own.pause.schema, http.StatusOK, s.pauseOwn)
	bare(api, "POST /v1/cases/{id}/resumption", tag, "Let one's own case go on before the day until which one paused it", s.resumeOwn)
	sent(api, "POST /v1/cases/{id}/class", tag, "Change to another class of the training body", s.own.move.schema, http.StatusOK, s.moveOwn)
	sent(api, "POST /v1/cases/{id}/rating", tag, "Rate the training that one completed, once", s.own.rating.schema, http.StatusOK, s.rateOwn)
}

type pauseBody struct {
	Reason string `json:"reason" enum:"illness,family,work,service,other"`
	Until  string `json:"until" format:"date" doc:"The day on which the case goes on by itself, at the latest."`
}

// pauseView is a pause of a case.
type pauseView struct {
	Own    bool           `json:"own" doc:"The trainee paused it, and may let it go on; otherwise an operator did."`
	Reason *coded         `json:"reason,omitempty" doc:"Of a trainee's own pause."`
	Since  time.Time      `json:"since"`
	Until  *calendar.Date `json:"until,omitempty" doc:"It goes on by itself; missing: until somebody lets it go on."`
}

// pause shows the pause of a case; nil when it is not paused.
func (v reader) pause(tx *store.Tx, c store.Case) (*pauseView, error) {
	if c.PausedAt == nil || c.Ended() {
		return nil, nil //nolint:nilnil // it is not paused
	}
	last, err := tx.LastPause(c.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	own := last.Params.Own
	return &pauseView{Own: own != "", Reason: v.codedIf("own_reason", own), Since: *c.PausedAt, Until: c.PausedUntil}, nil
}

type ownActsOutput struct {
	Body struct {
		Pause  ownPause `json:"pause"`
		Return OwnAct   `json:"return" doc:"To let the case go on that one paused."`
		Move   ownMove  `json:"move" doc:"To change to another class of the training body."`

		Rating ownRating `json:"rating" doc:"To rate the training that one completed."`
	}
}

// OwnAct is something that a trainee may do. (Exported because it is embedded.)
type OwnAct struct {
	WhyNot *coded `json:"why_not,omitempty" doc:"Why it is not possible as the case stands; missing when it is."`
}

type ownPause struct {
	OwnAct

	Reasons []coded       `json:"reasons"`
	From    calendar.Date `json:"from" doc:"The earliest day on which it may go on."`
	Last    calendar.Date `json:"last" doc:"The latest."`
}

type ownMove struct {
	OwnAct

	Class   *ownClass     `json:"class,omitempty" doc:"That one is in, or in which a place is kept."`
	Left    int64         `json:"left" doc:"How often one may still change."`
	Classes []OfferedView `json:"classes" doc:"Others of the same body for the same occupation and level, that can be joined today."`
}

// ownClass is a class as its trainee knows it.
type ownClass struct {
	ID       string        `json:"id"`
	Name     string        `json:"name"`
	StartsOn calendar.Date `json:"starts_on"`
	EndsOn   calendar.Date `json:"ends_on"`
}

// ownActs says what a trainee may do to their case now.
func (s *service) ownActs(ctx context.Context, in *idInput) (*ownActsOutput, error) {
	r, out := requestOf(ctx), &ownActsOutput{}
	v := reader{lang: r.lang}
	rules, today := acting.Own(), s.today()
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		f, err := s.acting().Open(tx, in.ID)
		if err != nil {
			return err
		}
		for verb, act := range map[contract.Verb]*OwnAct{contract.Hold: &out.Body.Pause.OwnAct, contract.Release: &out.Body.Return} {
			why, err := f.WhyNotOwn(verb)
			if err != nil {
				return err
			}
			act.WhyNot = v.codedIf("field", why)
		}
		pause := &out.Body.Pause
		pause.Reasons, pause.From, pause.Last = v.codedAll("own_reason", rules.Pause.Reasons), today.AddDays(1), today.AddDays(rules.Pause.MostDays)
		if out.Body.Rating, err = v.mayRate(tx, f.CaseFile); err != nil {
			return err
		}
		out.Body.Move, err = s.ownMove(tx, r, f)
		return err
	})
	return out, err
}

// ownMove is where a trainee may change to.
func (s *service) ownMove(tx *store.Tx, r *request, f *acting.File) (ownMove, error) {
	v, times := reader{lang: r.lang}, acting.Own().Move.Times
	moved, err := tx.Moves(f.ID)
	if err != nil {
		return ownMove{}, err
	}
	view := ownMove{Left: max(0, int64(times)-moved), Classes: []OfferedView{}}
	from, _, err := hours.MayMove(tx, f.CaseFile, times)
	if from.ID != "" {
		view.Class = &ownClass{ID: from.ID, Name: from.Name, StartsOn: from.StartsOn, EndsOn: from.EndsOn}
	}
	if refusal, refused := errors.AsType[*hours.RefusedError](err); refused {
		view.WhyNot = v.codedIf("field", refusal.Code)
		return view, nil
	}
	if err != nil {
		return view, err
	}
	const most = 50
	others, _, err := tx.OfferedClasses(store.OfferedFilter{
		Today: s.today(), InstitutionID: f.TrainingBody, Occupation: f.Occupation, Direction: f.Direction, Level: f.Level, Free: true,
		Numbered: store.Numbered{Page: 1}, Limit: most,
	})
	if err != nil {
		return view, err
	}
	shown, err := s.viewOffered(tx, r, others)
	for _, class := range shown {
		if class.ID != from.ID {
			view.Classes = append(view.Classes, class)
		}
	}
	return view, err
}

type ownActOutput struct {
	Status int
	Body   struct {
		CaseID string     `json:"case_id"`
		Done   bool       `json:"done" doc:"False: it is kept, and the case will be told as soon as it can be."`
		Paused *pauseView `json:"paused,omitempty"`
	}
}

// pauseOwn pauses a case for its trainee.
func (s *service) pauseOwn(ctx context.Context, in *idBodyInput) (*ownActOutput, error) {
	body, found, err := s.own.pause.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	until, err := calendar.ParseDate(body.Until)
	switch {
	case err != nil:
		found.add("until", fieldDate)
	case !until.After(s.today()):
		found.add("until", fieldDatePast)
	case until.After(s.today().AddDays(acting.Own().Pause.MostDays)):
		found.add("until", fieldOutOfRange)
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	return s.doOwn(ctx, in.ID, func(tx *store.Tx, a acting.Asking) (acting.Asked, error) {
		return s.acting().AskPause(tx, a, body.Reason, until)
	})
}

// resumeOwn lets a case go on that its trainee had paused.
func (s *service) resumeOwn(ctx context.Context, in *idInput) (*ownActOutput, error) {
	return s.doOwn(ctx, in.ID, s.acting().AskReturn)
}

// doOwn asks for what a trainee does to their case, and waits a moment for the case to do it.
func (s *service) doOwn(ctx context.Context, id string, ask func(*store.Tx, acting.Asking) (acting.Asked, error)) (*ownActOutput, error) {
	r, out := requestOf(ctx), &ownActOutput{Status: http.StatusOK}
	out.Body.CaseID = id
	a := acting.Asking{CaseID: id, By: r.account.ID, At: s.moment()}
	var asked acting.Asked
	err := s.Store.Tx(ctx, func(tx *store.Tx) (err error) {
		if asked, err = ask(tx, a); err != nil {
			return err
		}
		a.Verb, a.Params = asked.Act.Verb, asked.Act.Params
		return s.auditAsking(tx, r, a, asked)
	})
	if err != nil {
		return nil, refusedOwn(err)
	}
	done, err := s.actOutcome(ctx, id, asked)
	if err != nil {
		return nil, err
	}
	if refusal := done.Body.Act.Refusal; refusal != nil { // by the case, which has changed meanwhile
		return nil, problem(actNotPossible, FieldError{Field: whole, Code: refusal.Code})
	}
	out.Status, out.Body.Done = done.Status, done.Status == http.StatusOK
	tx := s.Store.Read(ctx)
	c, err := tx.Case(id)
	if err == nil {
		out.Body.Paused, err = reader{lang: r.lang}.pause(tx, c)
	}
	return out, err
}

// refusedOwn is the problem that a refusal makes of what a trainee does: there is no verb in what they sent.
func refusedOwn(err error) error {
	if not, is := errors.AsType[*acting.NotPossibleError](err); is {
		return problem(actNotPossible, FieldError{Field: whole, Code: not.Why})
	}
	return refusedAct(err)
}

type moveBody struct {
	Class string `json:"class" maxLength:"64" doc:"Id of a class of the same training body that is offered and has a place left."`
	Offer int    `json:"class_offer" minimum:"1" doc:"The revision of what it offers that was read, and is agreed to: fee and refund."`
}

type movedOutput struct {
	Body struct {
		CaseID string   `json:"case_id"`
		Class  ownClass `json:"class"`
	}
}

// moveOwn has a trainee change to another class of the body that trains them.
func (s *service) moveOwn(ctx context.Context, in *idBodyInput) (*movedOutput, error) {
	r, now := requestOf(ctx), hours.At(s.Calendar, s.Now())
	body, found, err := s.own.move.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	if !isID(body.Class) {
		found.add("class", fieldFormat)
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	out := &movedOutput{}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		f, err := tx.OpenCase(in.ID)
		if err != nil {
			return err
		}
		to, err := hours.Move(tx, f, hours.Moving{
			ClassID: body.Class, Offer: body.Offer, By: r.account.ID, Times: acting.Own().Move.Times,
		}, now)
		if err != nil {
			return err
		}
		out.Body.CaseID = in.ID
		out.Body.Class = ownClass{ID: to.ID, Name: to.Name, StartsOn: to.StartsOn, EndsOn: to.EndsOn}
		if err := s.audit(tx, r, "class.move", "case:"+in.ID, "", map[string]any{"class": to.ID, "offer": body.Offer}); err != nil {
			return err
		}
		return f.Save()
	})
	if err != nil {
		return nil, refusedPlace(err, found)
	}
	return out, nil
}
