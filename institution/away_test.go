package institution_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAnInstitutionThatIsAwayTakesNoCallbackAndAsksForNothingUntilItIsBack(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.script(`{"institution_id":"body-a","behaviour":"away"}`)
		task := w.api.issue("t1", "c1", "exam", nil)
		require.Equal(t, http.StatusServiceUnavailable, w.tell("issued", task))
		w.pass(3 * time.Hour) // it would have polled
		require.Empty(t, w.api.sent())
		w.script(`{"institution_id":"body-a","behaviour":"normal"}`)
		w.pass(2 * time.Hour)
		w.api.taken(t, "t1")
	})
}

func TestOnlyAnInstitutionAsAWholeIsAway(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		for body, status := range map[string]int{
			`{"behaviour":"away"}`: http.StatusUnprocessableEntity,
			`{"behaviour":"away","institution_id":"body-a","case_id":"c1"}`:          http.StatusUnprocessableEntity,
			`{"behaviour":"away","institution_id":"body-a","task_kind":"enrolment"}`: http.StatusUnprocessableEntity,
		} {
			require.Equal(t, status, w.control(http.MethodPost, "/control/scripts", body).Code, body)
		}
	})
}
