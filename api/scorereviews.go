package api

import (
	"context"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/petition"
	"github.com/dengpan/dengpan/store"
)

type reviewableOutput struct {
	Body struct {
		Marks    []reviewableView `json:"marks"`
		Citation citationView     `json:"citation" doc:"The rule of reviews, and how sure we are of it."`
	}
}

// reviewableView is a mark, and until when it may be reviewed.
type reviewableView struct {
	Part        coded         `json:"part"`
	Attempt     int           `json:"attempt"`
	Score       *float64      `json:"score,omitempty" doc:"Missing: absent."`
	PassMark    float64       `json:"pass_mark"`
	Passed      bool          `json:"passed"`
	Institution bodyView      `json:"institution" doc:"That gave it."`
	PublishedOn calendar.Date `json:"published_on"`
	LastDay     calendar.Date `json:"last_day"`
	Today       calendar.Date `json:"today"`
	WhyNot      *coded        `json:"why_not,omitempty" doc:"Why it may not be reviewed; missing when it may."`
	PetitionID  *string       `json:"petition_id,omitempty" doc:"The review that was asked for."`
}

// reviewableMarks lists the marks of a case's evaluation, and until when each may be reviewed.
func (s *service) reviewableMarks(ctx context.Context, in *idInput) (*reviewableOutput, error) {
	r, tx := requestOf(ctx), s.Store.Read(ctx)
	c, err := tx.Case(in.ID)
	if err != nil {
		return nil, err
	}
	marks, err := s.petitioning().Reviewable(tx, c)
	if err != nil {
		return nil, err
	}
	v, err := newReader(tx, r, bodiesOf(c)...)
	if err != nil {
		return nil, err
	}
	out, today := &reviewableOutput{}, s.today()
	out.Body.Marks, out.Body.Citation = []reviewableView{}, v.citation(petition.RuleOf(store.PetitionScoreReview).Cited())
	for _, m := range marks {
		view := reviewableView{
			Part: v.coded("part", m.Mark.Kind), Attempt: m.Mark.Attempt, Score: m.Mark.Score, PassMark: m.Mark.PassMark, Passed: m.Mark.Passed,
			Institution: v.institution(m.Institution), PublishedOn: m.Published, LastDay: m.Last, Today: today,
		}
		switch {
		case m.Asked != nil:
			view.PetitionID, view.WhyNot = &m.Asked.ID, v.whyNot(petitionAsked)
		case m.Over(today):
			view.WhyNot = v.whyNot(petitionLate)
		}
		out.Body.Marks = append(out.Body.Marks, view)
	}
	return out, nil
}

// askReview asks the evaluation body to look at a mark again.
func (s *service) askReview(ctx context.Context, in *idBodyInput) (*petitionOutput, error) {
	body, found, err := s.petitions.review.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	text := textIn(found, "text", body.Text)
	return s.asks(ctx, found, func(tx *store.Tx, r *request) (store.Petition, error) {
		return s.petitioning().AskReview(tx, petition.Asking{
			CaseID: in.ID, Part: body.Part, Attempt: body.Attempt, Text: text, By: r.account.ID, At: s.moment(),
		})
	})
}
