package api

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

func (w *world) closeYear(year int) {
	w.t.Helper()
	r := w.post(fmt.Sprintf("/v1/ce-years/%d/closing", year), w.operator, object{"reason": "年度结账"})
	require.Equal(w.t, http.StatusOK, r.status, "%s", r.body)
}

// ceYear is a year as operators see it.
func (w *world) ceYear(year int) ceYearView {
	w.t.Helper()
	var list struct{ Years []ceYearView }
	w.get("/v1/ce-years", w.operator).into(w.t, &list)
	for _, y := range list.Years {
		if y.Year == year {
			return y
		}
	}
	w.t.Fatalf("no year %d", year)
	return ceYearView{}
}

func TestX22HoursOfAClosedYearNeverMoveSilently(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	base := w.institution(baseID)
	last, _ := w.lastYear()
	w.closeYear(last)
	course := w.openCourse(base, object{"hours": 4})
	place := w.enrol(base, course, placeOf(1, nil))
	moved := w.enrol(base, course, placeOf(2, nil))
	for _, p := range []string{place, moved} {
		require.NoError(t, w.attend(baseID, p, fmt.Sprintf("%d-01-04", last), 4))
	}
	// The certificate is earned; the hours wait, and nothing is credited to any year.
	for range 2 {
		places, view := w.completion(base, course)
		require.NotNil(t, places[place].Certificate)
		require.Empty(t, places[place].CEHours)
		require.Equal(t, []int{last}, places[place].PendingCE)
		require.Equal(t, 2, view.Places.Pending)
	}
	require.Equal(t, ceWaitingView{Places: 2, Hours: 80}, w.ceYear(last).Waiting)
	crediting := "/v1/places/" + place + "/crediting"
	w.post(crediting, w.operator, object{"reason": "补记"}).refused(t, http.StatusConflict, ceYearClosed)
	w.post(crediting, w.operator, object{"reason": "x", "year": last}).refused(t, http.StatusConflict, ceYearClosed)
	require.Equal(t, map[string]string{"year": "out_of_range"},
		w.post(crediting, w.operator, object{"reason": "x", "year": 2200}).refused(t, 422, validationFailed))

	// The city bureau decides: this one goes to the next year, and says of itself which year it was taken in.
	r := w.post("/v1/places/"+moved+"/crediting", w.operator, object{"reason": "市局决定记入次年", "year": last + 1})
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	var p PlaceView
	r.into(t, &p)
	require.Equal(t, last+1, p.CEHours[0].Year)
	require.Empty(t, p.PendingCE)
	require.Equal(t, ceWaitingView{Places: 1, Hours: 40}, w.ceYear(last).Waiting)

	// And the year is opened again for the other.
	w.post(fmt.Sprintf("/v1/ce-years/%d/reopening", last), w.operator, object{"reason": "补报"})
	places, _ := w.completion(base, course)
	require.Equal(t, last, places[place].CEHours[0].Year)
	require.Empty(t, places[place].PendingCE)
	require.Equal(t, last+1, places[moved].CEHours[0].Year, "what was decided stays")
	require.Len(t, places[moved].CEHours, 1)
}

func TestAClosedYearGivesHoursBackAndTakesNone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	base := w.institution(baseID)
	last, _ := w.lastYear()
	course := w.openCourse(base, object{"hours": 4})
	place := w.enrol(base, course, placeOf(1, nil))
	require.NoError(t, w.attend(baseID, place, fmt.Sprintf("%d-01-04", last), 4))
	require.NoError(t, w.attend(baseID, place, fmt.Sprintf("%d-01-05", last), 4))
	w.completion(base, course)
	w.closeYear(last)
	_, err := w.sql.ExecContext(t.Context(), `INSERT INTO hour_entries (place_id, person_id, institution_id, session_ref,
		session_date, module, mode, seconds, during, reverses, reason)
		SELECT place_id, person_id, institution_id, session_ref, session_date, module, mode, -seconds, during, id, 'voided'
		FROM hour_entries ORDER BY id LIMIT 1`)
	require.NoError(t, err)
	places, _ := w.completion(base, course)
	require.InDelta(t, 4, places[place].CEHours[0].Hours.Float(), 0)
}

func TestAYearIsClosedAndReopenedWithAReasonAndATrace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	last, _ := w.lastYear()
	path := fmt.Sprintf("/v1/ce-years/%d/", last)
	w.post(path+"reopening", w.operator, object{"reason": "x"}).refused(t, http.StatusConflict, ceYearOpen)
	require.Equal(t, map[string]string{"reason": "required"},
		w.post(path+"closing", w.operator, object{"reason": " "}).refused(t, 422, validationFailed))
	w.closeYear(last)
	w.post(path+"closing", w.operator, object{"reason": "x"}).refused(t, http.StatusConflict, ceYearClosed)
	require.Equal(t, map[string]string{"year": "out_of_range"},
		w.post(fmt.Sprintf("/v1/ce-years/%d/closing", last+2), w.operator, object{"reason": "x"}).refused(t, 422, validationFailed))
	for _, wrong := range []string{"1999", "x", "99999999999999999999"} {
		w.post("/v1/ce-years/"+wrong+"/closing", w.operator, object{"reason": "x"}).refused(t, 422, validationFailed)
	}
	var list struct{ Years []ceYearView }
	w.get("/v1/ce-years", w.operator).into(t, &list)
	require.Len(t, list.Years, 1)
	require.Equal(t, "closed", list.Years[0].State)
	require.NotNil(t, list.Years[0].ClosedAt)
	require.NotEmpty(t, list.Years[0].ClosedBy)
	w.stick(w.newCase(1), progress.CEHours, contract.CEYearClosed, store.Incident{Params: map[string]any{"year": last}})
	require.Equal(t, ceWaitingView{Cases: 1}, w.ceYear(last).Waiting, "a case that is stuck because of it is counted")
	require.Equal(t, http.StatusOK, w.post(path+"reopening", w.operator, object{"reason": "补报"}).status)
	w.get("/v1/ce-years", w.operator).into(t, &list)
	require.Equal(t, "open", list.Years[0].State)
	var traces int
	require.NoError(t, w.sql.QueryRowContext(t.Context(), `SELECT count(*) FROM audit_entries
		WHERE subject = $1 AND reason IN ('年度结账', '补报') AND actor <> '' AND request_id <> ''`, fmt.Sprintf("ce_year:%d", last)).Scan(&traces))
	require.Equal(t, 2, traces)
	for _, token := range []string{w.trainee, w.institution(baseID)} {
		w.post(path+"closing", token, object{"reason": "x"}).refused(t, http.StatusForbidden, forbidden)
		w.get("/v1/ce-years", token).refused(t, http.StatusForbidden, forbidden)
	}
}

// A closing that comes while hours are being credited waits for them; hours that come while a year is being closed wait for
// the closing, and are then refused.
func TestAClosingAndACreditNeverCross(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	rules, err := policy.Load("beijing-2023", true)
	require.NoError(t, err)
	base := w.institution(baseID)
	last, _ := w.lastYear()
	course := w.openCourse(base, object{"hours": 4})
	places := make([]store.CoursePlace, 2)
	for n := range places {
		id := w.enrol(base, course, placeOf(n+1, nil))
		require.NoError(t, w.attend(baseID, id, fmt.Sprintf("%d-01-04", last), 4))
		require.NoError(t, w.store.Tx(t.Context(), func(tx *store.Tx) error {
			return tx.ClosePlace(id, store.PlaceCompleted, time.Now().UTC())
		}))
		places[n], err = w.store.Read(t.Context()).Place(id)
		require.NoError(t, err)
	}
	credit := func(tx *store.Tx, p store.CoursePlace) error {
		_, err := hours.SettleCE(tx, hours.EarnedAtPlace(p), rules, time.Now().UTC(), "", nil)
		return err
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	closing, late := make(chan int, 1), make(chan error, 1)
	require.NoError(t, w.store.Tx(ctx, func(tx *store.Tx) error {
		if err := credit(tx, places[0]); err != nil {
			return err
		}
		go func() {
			closing <- w.do(call{
				method: http.MethodPost, path: fmt.Sprintf("/v1/ce-years/%d/closing", last), token: w.operator, body: object{"reason": "x"},
			}).status
		}()
		require.Eventually(t, func() bool {
			n, err := w.store.Read(ctx).Blocked()
			return err == nil && n == 1
		}, time.Minute, 5*time.Millisecond, "the closing waits for the credit")
		go func() { late <- w.store.Tx(ctx, func(tx *store.Tx) error { return credit(tx, places[1]) }) }()
		require.Eventually(t, func() bool {
			n, err := w.store.Read(ctx).Blocked()
			return err == nil && n == 2
		}, time.Minute, 5*time.Millisecond, "whoever comes after the closing waits for it")
		return nil
	}))
	require.Equal(t, http.StatusOK, <-closing)
	var closed *hours.YearClosedError
	require.ErrorAs(t, <-late, &closed)
	require.Equal(t, last, closed.Year)
	var answer struct{ Years []ceYearView }
	w.get("/v1/ce-years", w.operator).into(t, &answer)
	require.Equal(t, 1, answer.Years[0].Persons)
	// Nor does the database itself let anything through.
	_, err = w.sql.ExecContext(ctx, `INSERT INTO ce_entries (person_id, place_id, year, subject, hours)
		VALUES ($1, $2, $3, 'professional', 1)`, places[1].PersonID, places[1].ID, last)
	require.Equal(t, "ce_year_closed", store.Constraint(err))
}
