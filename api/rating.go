package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/rating"
	"github.com/dengpan/dengpan/store"
)

// Why a trainee does not rate a training.
const (
	fieldTrainingOpen = "training_not_over"
	fieldRated        = "rated"
)

type ratingBody struct {
	Score   int      `json:"score" minimum:"1" maximum:"5" doc:"5 is best."`
	Remarks []string `json:"remarks,omitempty" maxItems:"6" uniqueItems:"true" enum:"clear,practical,well_organised,too_fast,too_little_practice,poorly_organised"`
}

// ownRating is a trainee's rating of their training.
type ownRating struct {
	OwnAct

	Remarks []coded `json:"remarks" doc:"What may be remarked."`
	Score   int     `json:"score,omitempty" doc:"As it was rated."`
	ShownBy int     `json:"shown_by" doc:"The public sees an average of so many ratings, or a multiple of it."`
}

// publicRating is what trainees thought of an institution's training.
type publicRating struct {
	Average float64 `json:"average" doc:"From 1 to 5, 5 is best; to a tenth."`
	Raters  int     `json:"raters" doc:"Of how many ratings: whole tens."`
}

// rated is what the public sees of ratings; nil while there are too few.
func rated(raters, sum float64) *publicRating {
	if raters < float64(rating.ShownBy()) {
		return nil
	}
	return &publicRating{Average: math.Round(sum/raters*10) / 10, Raters: int(raters)}
}

// mayRate says whether a trainee may rate their training, and as what they did.
func (v reader) mayRate(tx *store.Tx, f *store.CaseFile) (ownRating, error) {
	view := ownRating{Remarks: v.codedAll("rating_remark", rating.Remarks()), ShownBy: rating.ShownBy()}
	given, err := tx.RatingOf(f.ID)
	switch {
	case err == nil:
		view.Score, view.WhyNot = given.Score, v.codedIf("field", fieldRated)
	case !errors.Is(err, store.ErrNotFound):
		return view, err
	case f.State(progress.Training) != progress.Done:
		view.WhyNot = v.codedIf("field", fieldTrainingOpen)
	}
	return view, nil
}

type ratedOutput struct {
	Body struct {
		CaseID string `json:"case_id"`
		Score  int    `json:"score"`
	}
}

// rateOwn has a trainee rate the training that they completed, once.
func (s *service) rateOwn(ctx context.Context, in *idBodyInput) (*ratedOutput, error) {
	body, found, err := s.own.rating.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	r, out := requestOf(ctx), &ratedOutput{}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		f, err := tx.OpenCase(in.ID)
		if err != nil {
			return err
		}
		may, err := (reader{lang: r.lang}).mayRate(tx, f)
		if err != nil {
			return err
		}
		if may.WhyNot != nil {
			return problem(actNotPossible, FieldError{Field: whole, Code: may.WhyNot.Code})
		}
		remarks, err := json.Marshal(append([]string{}, body.Remarks...))
		if err != nil {
			return fmt.Errorf("encode remarks: %w", err)
		}
		err = tx.InsertRating(store.CourseRating{
			CaseID: f.ID, InstitutionID: f.TrainingBody, Score: body.Score, Remarks: remarks, RatedAt: s.moment(),
		})
		if err != nil {
			return err
		}
		out.Body.CaseID, out.Body.Score = f.ID, body.Score
		// What was said is not repeated: the log is read by more people than a rating is.
		return s.audit(tx, r, "training.rate", "case:"+f.ID, "", nil)
	})
	return out, err
}
