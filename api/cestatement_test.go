package api

import (
	"fmt"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
)

// lesson credits a case with a lesson, and settles its CE hours.
func (w *world) lesson(caseID, day string, length float64) {
	w.t.Helper()
	rules, err := policy.Load("beijing-2023", true)
	require.NoError(w.t, err)
	require.NoError(w.t, w.store.Tx(w.t.Context(), func(tx *store.Tx) error {
		c, err := tx.Case(caseID)
		if err != nil {
			return err
		}
		err = w.attended(tx, store.HourEntry{
			CaseID: &caseID, PersonID: c.PersonID, InstitutionID: trainingBodyID, SessionDate: calendar.MustParseDate(day),
		}, length)
		if err != nil {
			return err
		}
		_, err = hours.SettleCE(tx, hours.EarnedInCase(c), rules, time.Now().UTC(), "hours_changed", nil)
		return err
	}))
}

func (w *world) statement(path, token string) statementView {
	w.t.Helper()
	r := w.get(path, token)
	require.Equal(w.t, http.StatusOK, r.status, "%s", r.body)
	var s statementView
	r.into(w.t, &s)
	return s
}

func (w *world) ownCase() string {
	w.t.Helper()
	r := w.register(w.trainee, "own", registrationOf(1, nil))
	require.Equal(w.t, http.StatusCreated, r.status, "%s", r.body)
	var c caseView
	r.into(w.t, &c)
	return c.ID
}

func TestAStatementShowsWhatAYearHasAndWhatIsMissing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	last, before := w.lastYear()
	mine := w.ownCase()
	base := w.institution(baseID)
	course := w.openCourse(base, object{"hours": 4})
	place := w.enrol(base, course, placeOf(1, nil))
	require.NoError(t, w.attend(baseID, place, fmt.Sprintf("%d-03-04", last), 4))
	w.completion(base, course)
	w.lesson(mine, fmt.Sprintf("%d-05-04", last), 8)

	path := fmt.Sprintf("/v1/me/ce-statements/%d", last)
	s := w.statement(path, w.trainee)
	require.Equal(t, "王小明", s.Holder)
	require.Len(t, s.Lines, 2)
	require.Equal(t, "数字技术高级研修班", s.Lines[0].Title)
	require.Equal(t, place, s.Lines[0].PlaceID)
	require.Equal(t, "北京工业大学", s.Lines[0].Institutions[0].Name)
	require.Equal(t, "智能制造工程技术人员（初级）规范化培训", s.Lines[1].Title)
	require.Equal(t, mine, s.Lines[1].CaseID)
	require.Equal(t, fmt.Sprintf("%d-05-04", last), s.Lines[1].From.String())
	require.Equal(t, "专业课", s.Lines[1].Subject.Name)
	require.InDelta(t, 12, s.BySession.Total.Have.Float(), 0)
	require.InDelta(t, 78, s.BySession.Total.Missing.Float(), 0)
	require.InDelta(t, 48, s.BySession.Professional.Missing.Float(), 0)
	require.Equal(t, "人社部令第25号", s.Requirement.Document)
	require.Equal(t, "recalled", s.Requirement.Basis)
	require.Equal(t, "合计12学时，年度规定90学时，尚缺78学时。", s.Text[0])
	require.True(t, s.Demonstration)
	require.Equal(t, 2, s.Version)

	// The version before the second credit stays as it was, and says that it is not the latest.
	old := w.statement(path+"?version=1", w.trainee)
	require.True(t, old.Superseded)
	require.Len(t, old.Lines, 1)
	require.NotEqual(t, s.Digest, old.Digest)
	w.get(path+"?version=3", w.trainee).refused(t, http.StatusNotFound, notFound)
	w.get(path+"?version=0", w.trainee).refused(t, http.StatusUnprocessableEntity, validationFailed)

	// An operator reads the same, by the case, and sees the holder masked; that somebody did is written down.
	byCase := w.statement(fmt.Sprintf("/v1/cases/%s/ce-statements/%d", mine, last), w.operator)
	s.Holder = "王*明"
	require.Equal(t, s, byCase)
	var readings int
	require.NoError(t, w.sql.QueryRowContext(t.Context(), `SELECT count(*) FROM audit_entries
		WHERE action = 'ce_statement.read' AND subject LIKE 'person:%' AND reason = 'case:' || $1`, mine).Scan(&readings))
	require.Equal(t, 1, readings)

	empty := w.statement(fmt.Sprintf("/v1/me/ce-statements/%d", before), w.trainee)
	require.Zero(t, empty.Version)
	require.Empty(t, empty.Lines)
	require.Nil(t, empty.Since)
	require.InDelta(t, 90, empty.BySession.Total.Missing.Float(), 0)
	require.NotContains(t, w.log.String(), "王小明")
}

func TestX21HoursOfACourseOverNewYearAreSplitBySession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	last, before := w.lastYear()
	mine := w.ownCase()
	w.lesson(mine, fmt.Sprintf("%d-12-31", before), 5)
	w.lesson(mine, fmt.Sprintf("%d-01-01", last), 3)
	for _, c := range []struct{ year, bySession, byCompletion int }{{before, 5, 0}, {last, 3, 8}} {
		s := w.statement(fmt.Sprintf("/v1/me/ce-statements/%d", c.year), w.trainee)
		require.True(t, s.CrossYear)
		require.True(t, s.Lines[0].CrossYear)
		require.InDelta(t, c.bySession, s.BySession.Total.Have.Float(), 0)
		require.InDelta(t, c.byCompletion, s.ByCompletion.Total.Have.Float(), 0)
	}
}

func TestAStatementIsForItsPersonAndOperatorsOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mine := w.ownCase()
	stranger := w.token(store.Account{Role: store.RoleTrainee})
	for _, suffix := range []string{"", "/pdf"} {
		w.get("/v1/me/ce-statements/2026"+suffix, stranger).refused(t, http.StatusNotFound, notFound)
		path := "/v1/cases/" + mine + "/ce-statements/2026" + suffix
		for _, token := range []string{w.trainee, stranger, w.institution(trainingBodyID)} {
			w.get(path, token).refused(t, http.StatusForbidden, forbidden)
		}
		w.get("/v1/cases/"+"x"+"/ce-statements/2026"+suffix, w.operator).refused(t, http.StatusNotFound, notFound)
		for _, year := range []string{"1999", "x", "20266"} {
			w.get("/v1/me/ce-statements/"+year+suffix, w.trainee).refused(t, http.StatusUnprocessableEntity, validationFailed)
		}
	}
}

func TestAStatementIsPrinted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	last, _ := w.lastYear()
	mine := w.ownCase()
	w.lesson(mine, fmt.Sprintf("%d-05-04", last), 8)
	for path, token := range map[string]string{
		fmt.Sprintf("/v1/me/ce-statements/%d/pdf", last):             w.trainee,
		fmt.Sprintf("/v1/cases/%s/ce-statements/%d/pdf", mine, last): w.operator,
	} {
		r := w.get(path, token)
		require.Equal(t, http.StatusOK, r.status, "%s", r.body)
		require.Equal(t, "application/pdf", r.header.Get("Content-Type"))
		require.Contains(t, r.header.Get("Content-Disposition"), fmt.Sprintf("ce-statement-%d.pdf", last))
		require.Equal(t, "%PDF-", string(r.body[:5]))
		require.Equal(t, "no-store", r.header.Get("Cache-Control"))
	}
}

func TestWithoutAFontThePageIsUnavailableAndTheStatementIsNot(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	rules, err := policy.Load("beijing-2023", true)
	require.NoError(t, err)
	w.handler, err = New(Config{
		Store: w.store, Policy: rules, Calendar: w.calendar, Keys: w.keys, Forwarder: w.relay,
		Font: filepath.Join(t.TempDir(), "none.ttf"),
	})
	require.NoError(t, err)
	w.ownCase()
	before := w.counts()
	r := w.get("/v1/me/ce-statements/2026/pdf", w.trainee)
	r.refused(t, http.StatusServiceUnavailable, fontMissing)
	require.Contains(t, r.problem(t).Detail, "fonts-lxgw-wenkai")
	require.Equal(t, before, w.counts(), "nobody's name was read")
	require.Equal(t, http.StatusOK, w.get("/v1/me/ce-statements/2026", w.trainee).status)
}

// The form is Chinese whatever its reader's language is; the data is in the reader's.
func TestAStatementIsInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	last, _ := w.lastYear()
	w.lesson(w.ownCase(), fmt.Sprintf("%d-05-04", last), 8)
	r := w.do(call{
		method: http.MethodGet, path: fmt.Sprintf("/v1/me/ce-statements/%d", last), token: w.trainee,
		header: map[string]string{"Accept-Language": "en"},
	})
	var s statementView
	r.into(t, &s)
	require.Equal(t, "8 hours in all; the year asks 90; 82 are missing.", s.Text[0])
	require.Contains(t, s.Lines[0].Title, "Standardised training")
}
