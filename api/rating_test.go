package api

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/rating"
	"github.com/dengpan/dengpan/store"
)

func TestATraineeRatesACompletedTrainingOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.underWay()
	path := "/v1/cases/" + c + "/rating"
	good := object{"score": 4, "remarks": []string{"clear", "too_fast"}}
	require.Equal(t, map[string]string{whole: fieldTrainingOpen}, w.post(path, w.trainee, good).refused(t, http.StatusConflict, actNotPossible))
	w.exec(`UPDATE case_stages SET state = 'done' WHERE case_id = $1 AND stage = 'training'`, c)
	for field, bad := range map[string]object{
		"score": {"score": 6}, "remarks[0]": {"score": 5, "remarks": []string{"the teacher is called Wang"}},
		"remarks": {"score": 5, "remarks": []string{"clear", "clear"}},
	} {
		fields := w.post(path, w.trainee, bad).refused(t, http.StatusUnprocessableEntity, validationFailed)
		require.Contains(t, fields, field)
	}
	w.post(path, w.trainee, object{"score": 5, "text": "words of one's own"}).refused(t, http.StatusUnprocessableEntity, unknownField)
	require.Equal(t, http.StatusOK, w.post(path, w.trainee, good).status)
	require.Equal(t, map[string]string{whole: fieldRated}, w.post(path, w.trainee, good).refused(t, http.StatusConflict, actNotPossible))
	var may struct{ Rating ownRating }
	w.get("/v1/cases/"+c+"/own-acts", w.trainee).into(t, &may)
	require.Equal(t, []any{4, "rated", len(rating.Remarks())}, []any{may.Rating.Score, may.Rating.WhyNot.Code, len(may.Rating.Remarks)})
	require.Equal(t, 1, w.audited("training.rate"))
	require.Zero(t, w.count("SELECT count(*) FROM audit_entries WHERE action = 'training.rate' AND after::text LIKE '%score%'"))
}

func TestThePublicSeesAnAverageOfWholeTensOfRatingsSoThatNobodyLearnsWhatOnePersonSaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.exec(`ALTER TABLE course_ratings DROP CONSTRAINT course_ratings_case_id_fkey`) // the cases would be nobody's
	shown := func() *publicRating {
		require.NoError(t, w.store.CountFigures(t.Context(), w.calendar, store.Present, time.Now().UTC()))
		var found struct{ Institutions []foundView }
		w.get("/v1/institution-directory", "").into(t, &found)
		for _, f := range found.Institutions {
			if f.ID == trainingBodyID {
				return f.Rating
			}
			require.Nil(t, f.Rating)
		}
		return nil
	}
	later := 0 // so that each comes after the others
	rate := func(n, score int) {
		w.exec(`INSERT INTO course_ratings (case_id, institution_id, score, rated_at)
			SELECT gen_random_uuid(), $1, $2, now() + make_interval(hours => $4, secs => i) FROM generate_series(1, $3) i`,
			trainingBodyID, score, n, later)
	}
	rate(rating.ShownBy()-1, 4)
	require.Nil(t, shown())
	rate(1, 5)
	before := &publicRating{Average: 4.1, Raters: 10}
	require.Equal(t, before, shown())
	for range rating.ShownBy() - 1 {
		later++
		rate(1, 1)
		require.Equal(t, before, shown(), "who knows who was next learns nothing")
	}
	later++
	rate(1, 1)
	require.Equal(t, &publicRating{Average: 2.6, Raters: 20}, shown())
}
