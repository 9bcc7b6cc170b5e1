package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/issuing/issuingtest"
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/store"
)

// The CE bases of the tests' courses.
const (
	baseID        = "bjut"
	otherBaseID   = "bitc"
	unconfirmedID = "bjast-safety-env" // published without a number
)

// courseOf is a course that is over: of 16 hours, over New Year of last year.
func (w *world) courseBody(changes object) object {
	year := w.calendar.Today(time.Now()).Year()
	c := object{
		"ref": "DT-1", "title": "数字技术高级研修班", "hours": 16,
		"starts_on": fmt.Sprintf("%d-12-30", year-2), "ends_on": fmt.Sprintf("%d-01-10", year-1),
	}
	maps.Copy(c, changes)
	return c
}

func (w *world) openCourse(token string, changes object) string {
	w.t.Helper()
	r := w.post("/v1/courses", token, w.courseBody(changes))
	require.Equal(w.t, http.StatusCreated, r.status, "%s", r.body)
	var c courseView
	r.into(w.t, &c)
	return c.ID
}

func placeOf(n int, changes object) object {
	p := object{
		"name": "王小明", "id_type": "resident_id",
		"id_number": identity.Synthetic(n, calendar.MustParseDate("1990-05-17")).Number(),
	}
	maps.Copy(p, changes)
	return p
}

func (w *world) enrol(token, course string, body object) string {
	w.t.Helper()
	r := w.post("/v1/courses/"+course+"/places", token, body)
	require.Equal(w.t, http.StatusCreated, r.status, "%s", r.body)
	var p PlaceView
	r.into(w.t, &p)
	return p.ID
}

// attended credits a person with a lesson of a number of hours that began at nine, as attendance would.
func (w *world) attended(tx *store.Tx, e store.HourEntry, lesson float64) error {
	from := time.Date(e.SessionDate.Year(), e.SessionDate.Month(), e.SessionDate.Day(), 9, 0, 0, 0, calendar.Beijing)
	e.Seconds = int(lesson * 45 * 60)
	window := ledger.Interval{From: from, To: from.Add(time.Duration(e.Seconds) * time.Second)}
	s := store.Session{
		ID: uuid.NewString(), InstitutionID: e.InstitutionID, Ref: "S-" + uuid.NewString(), Module: "数字技术", Mode: "online",
		OpensAt: window.From, ClosesAt: window.To, AnnouncedAt: time.Now().UTC(),
	}
	if err := w.sql.QueryRowContext(w.t.Context(), `SELECT id FROM accounts LIMIT 1`).Scan(&s.AnnouncedBy); err != nil {
		return err
	}
	if _, err := tx.InsertSession(s); err != nil {
		return err
	}
	e.SessionID, e.SessionRef, e.Module, e.Mode, e.During = &s.ID, s.Ref, s.Module, s.Mode, store.During(ledger.Union(window))
	e.Evidence, e.ReceivedAt = json.RawMessage(`[{"first":"1","last":"9"}]`), &s.ClosesAt
	return tx.InsertHour(&e)
}

// attend credits a place in a course.
func (w *world) attend(base, place, day string, lesson float64) error {
	w.t.Helper()
	return w.store.Tx(w.t.Context(), func(tx *store.Tx) error {
		p, err := tx.Place(place)
		require.NoError(w.t, err)
		return w.attended(tx, store.HourEntry{
			PlaceID: &place, PersonID: p.PersonID, InstitutionID: base, SessionDate: calendar.MustParseDate(day),
		}, lesson)
	})
}

func (w *world) completion(token, course string) (places map[string]PlaceView, view courseView) {
	w.t.Helper()
	r := w.post("/v1/courses/"+course+"/completion", token, object{})
	require.Equal(w.t, http.StatusOK, r.status, "%s", r.body)
	var answer struct {
		Course courseView
		Places []PlaceView
	}
	r.into(w.t, &answer)
	places = map[string]PlaceView{}
	for _, p := range answer.Places {
		places[p.ID] = p
	}
	return places, answer.Course
}

// issuePrepared prints, signs and publishes the certificates that were prepared, as their workflows would.
func (w *world) issuePrepared() {
	w.t.Helper()
	prepared, err := w.store.Read(w.t.Context()).IssuedCertificates(store.CertificateFilter{Status: store.CertificatePrepared, Limit: 100})
	require.NoError(w.t, err)
	require.NotEmpty(w.t, prepared)
	for _, c := range prepared {
		item, err := w.store.Read(w.t.Context()).InboxItemOf(store.InboxIssuance, c.ID)
		require.NoError(w.t, err)
		require.Empty(w.t, item.CaseID)
		issuingtest.Complete(w.t, w.store, w.keys, c.ID)
	}
}

func (w *world) lastYear() (last, before int) {
	year := w.calendar.Today(time.Now()).Year()
	return year - 1, year - 2
}

func TestWhoseHoursSufficeIsGivenTheBasesCertificateWithoutAnExam(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	base := w.institution(baseID)
	last, before := w.lastYear()
	course := w.openCourse(base, nil)
	done, short := w.enrol(base, course, placeOf(1, nil)), w.enrol(base, course, placeOf(2, object{"name": "李四"}))
	require.NoError(t, w.attend(baseID, done, fmt.Sprintf("%d-12-30", before), 8))
	require.NoError(t, w.attend(baseID, done, fmt.Sprintf("%d-01-04", last), 8.5))
	require.NoError(t, w.attend(baseID, short, fmt.Sprintf("%d-01-04", last), 4))

	places, view := w.completion(base, course)
	require.Equal(t, "closed", view.State)
	require.Equal(t, 1, view.Places.Completed)
	require.Equal(t, 1, view.Places.Incomplete)
	p := places[done]
	require.Equal(t, store.PlaceCompleted, p.State)
	require.Equal(t, "王*明", p.Name)
	require.NotNil(t, p.Certificate)
	require.Equal(t, "ce_base", p.Certificate.Kind)
	require.Equal(t, "数字技术高级研修班", p.Certificate.Course)
	require.Equal(t, "北京工业大学", p.Certificate.Issuer.Name)
	require.Equal(t, store.PlaceIncomplete, places[short].State)
	require.Nil(t, places[short].Certificate)
	require.InDelta(t, 12, places[short].Missing.Float(), 0)
	require.Equal(t, "未完成课程：已学习4学时，课程为16学时，尚缺12学时。", places[short].Text)
	// Hours that were attended count, also when they do not suffice for the certificate.
	require.Len(t, places[short].CEHours, 1)

	rows := w.counts()
	again, _ := w.completion(base, course)
	require.Equal(t, places, again)
	rows["audit_entries"]++ // that it was declared again
	require.Equal(t, rows, w.counts(), "completing twice changes nothing")
	require.Equal(t, http.StatusNotFound, w.get(p.Certificate.Verify, "").status, "not before its document is signed")
	w.issuePrepared()

	var answer struct {
		Found       bool
		Certificate verifiedCertificate
	}
	w.post("/v1/verifications", "", object{
		"name": "王小明", "id_number": placeOf(1, nil)["id_number"], "certificate_number": p.Certificate.Number,
	}).into(t, &answer)
	require.True(t, answer.Found)
	require.Equal(t, "数字技术高级研修班", answer.Certificate.Course)
	require.Equal(t, "16.5", answer.Certificate.Hours)
	require.Equal(t, fmt.Sprintf("%d-12-30", before), answer.Certificate.From.String())
	page := string(w.get(p.Certificate.Verify, "").body)
	for _, text := range []string{"专业技术人员继续教育基地培训证书", "数字技术高级研修班", "16.5", "王*明", "北京工业大学"} {
		require.Contains(t, page, text)
	}
	require.NotContains(t, page, "职业名称")
}

func TestMakeUpSessionsCompleteACourse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	base := w.institution(baseID)
	last, _ := w.lastYear()
	course := w.openCourse(base, nil)
	place := w.enrol(base, course, placeOf(1, nil))
	require.NoError(t, w.attend(baseID, place, fmt.Sprintf("%d-01-04", last), 8))
	places, _ := w.completion(base, course)
	require.Nil(t, places[place].Certificate)
	require.NoError(t, w.attend(baseID, place, fmt.Sprintf("%d-01-12", last), 8))
	places, _ = w.completion(base, course)
	require.NotNil(t, places[place].Certificate)
	require.Equal(t, store.PlaceCompleted, places[place].State)
	require.InDelta(t, 16, places[place].CEHours[0].Hours.Float(), 0)
}

// A credit that was corrected stands once, and the certificate that rested on what was taken back is questioned.
func TestHoursThatAreTakenBackQuestionTheCertificate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	base := w.institution(baseID)
	last, _ := w.lastYear()
	course := w.openCourse(base, object{"hours": 8})
	place := w.enrol(base, course, placeOf(1, nil))
	require.NoError(t, w.attend(baseID, place, fmt.Sprintf("%d-01-04", last), 8))
	w.completion(base, course)
	w.issuePrepared()
	_, err := w.sql.ExecContext(t.Context(), `INSERT INTO hour_entries (place_id, person_id, institution_id, session_ref,
		session_date, module, mode, seconds, during, reverses, reason)
		SELECT place_id, person_id, institution_id, session_ref, session_date, module, mode, -seconds, during, id, 'voided' FROM hour_entries`)
	require.NoError(t, err)
	places, view := w.completion(base, course)
	require.True(t, places[place].Questioned)
	require.Equal(t, 1, view.Places.Questioned)
	require.Empty(t, places[place].CEHours, "CE hours follow the ledger")
	require.Equal(t, "证书所依据的学时已部分冲销：现有0学时，课程为8学时，须由经办人处理。", places[place].Text)
}

func TestACourseBelongsToItsBase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	base, other := w.institution(baseID), w.institution(otherBaseID)
	course := w.openCourse(base, nil)
	place := w.enrol(base, course, placeOf(1, nil))
	for _, path := range []string{"", "/places"} {
		w.get("/v1/courses/"+course+path, other).refused(t, http.StatusNotFound, notFound)
		require.Equal(t, http.StatusOK, w.get("/v1/courses/"+course+path, w.operator).status)
	}
	w.post("/v1/courses/"+course+"/places", other, placeOf(2, nil)).refused(t, http.StatusNotFound, notFound)
	w.post("/v1/courses/"+course+"/completion", other, object{}).refused(t, http.StatusNotFound, notFound)
	w.post("/v1/places/"+place+"/release", base, object{"reason": "x"}).refused(t, http.StatusForbidden, forbidden)
	w.post("/v1/places/"+place+"/crediting", base, object{"reason": "x"}).refused(t, http.StatusForbidden, forbidden)
	for _, unknown := range []string{uuid.NewString(), "x"} {
		w.get("/v1/courses/"+unknown, base).refused(t, http.StatusNotFound, notFound)
		w.post("/v1/places/"+unknown+"/release", w.operator, object{"reason": "x"}).refused(t, http.StatusNotFound, notFound)
	}
	require.JSONEq(t, `{"courses":[],"next":null}`, string(w.get("/v1/courses?institution="+baseID, other).body))
	// Another base's course of the same name is another course.
	require.NotEqual(t, course, w.openCourse(other, nil))

	var list struct {
		Courses []courseView
		Next    *string
	}
	w.get("/v1/courses?limit=1&state=open", w.operator).into(t, &list)
	require.Len(t, list.Courses, 1)
	w.get("/v1/courses?limit=1&after="+*list.Next, w.operator).into(t, &list)
	require.Equal(t, otherBaseID, list.Courses[0].Institution.ID)
}

func TestOnlyAConfirmedActiveBaseHoldsCourses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, id := range []string{trainingBodyID, unconfirmedID} {
		w.post("/v1/courses", w.institution(id), w.courseBody(nil)).refused(t, http.StatusConflict, baseMayNotIssue)
	}
	base := w.institution(baseID)
	course := w.openCourse(base, object{"hours": 4})
	place := w.enrol(base, course, placeOf(1, nil))
	last, _ := w.lastYear()
	require.NoError(t, w.attend(baseID, place, fmt.Sprintf("%d-01-04", last), 4))
	_, err := w.sql.ExecContext(t.Context(), `UPDATE institutions SET status = 'suspended' WHERE id = $1`, baseID)
	require.NoError(t, err)
	w.post("/v1/courses", base, w.courseBody(object{"ref": "DT-2"})).refused(t, http.StatusConflict, baseMayNotIssue)
	w.post("/v1/courses/"+course+"/places", base, placeOf(2, nil)).refused(t, http.StatusConflict, baseMayNotIssue)
	// Whoever is in the middle of a course keeps the hours; the certificate waits for the city bureau.
	places, _ := w.completion(base, course)
	require.Equal(t, "issuer", places[place].Held.Code)
	require.Len(t, places[place].CEHours, 1)
	require.Nil(t, places[place].Certificate)
	r := w.post("/v1/places/"+place+"/release", w.operator, object{"reason": "停办前已结业"})
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	var p PlaceView
	r.into(t, &p)
	require.NotNil(t, p.Certificate)
	require.Nil(t, p.Held)

	_, err = w.sql.ExecContext(t.Context(), `UPDATE ce_bases SET may_issue = false WHERE institution_id = $1`, baseID)
	require.NoError(t, err)
	w.post("/v1/places/"+place+"/release", w.operator, object{"reason": "x"}).refused(t, http.StatusConflict, baseMayNotIssue)
}

func TestACertificateOnAnotherDocumentWaitsForTheCityBureau(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	base := w.institution(baseID)
	last, _ := w.lastYear()
	for n, document := range []object{
		{"id_type": "passport", "id_number": "e1234567", "id_country": "fra"},
		{"id_type": "hong_kong_macao_permit", "id_number": "H1234567802"},
		{"id_type": "taiwan_permit", "id_number": "12345678"},
		{"id_type": "residence_permit", "id_number": "830000199001010020"},
		{"id_type": "resident_id", "id_number": "810000198506150039"}, // a residence permit by its number
	} {
		course := w.openCourse(base, object{"ref": "D-" + strconv.Itoa(n), "hours": 4})
		place := w.enrol(base, course, placeOf(0, document))
		require.NoError(t, w.attend(baseID, place, fmt.Sprintf("%d-01-%02d", last, n+3), 4))
		places, view := w.completion(base, course)
		require.Equal(t, "document", places[place].Held.Code, "%v", document)
		require.Equal(t, 1, view.Places.Held)
		require.Len(t, places[place].CEHours, 1, "the hours count all the same")
		var p PlaceView
		r := w.post("/v1/places/"+place+"/release", w.operator, object{"reason": "已核对证件"})
		require.Equal(t, http.StatusOK, r.status, "%s", r.body)
		r.into(t, &p)
		require.NotNil(t, p.Certificate)
		w.issuePrepared()
		for number, found := range map[string]string{document["id_number"].(string): "true", "H87654321": "false"} {
			answer := w.post("/v1/verifications", "", object{
				"name": "王小明", "id_number": number, "certificate_number": p.Certificate.Number,
			})
			require.Contains(t, string(answer.body), `"found":`+found, "%v", document)
		}
		require.Equal(t, http.StatusOK, w.get(p.Certificate.Verify, "").status)
	}
}

func TestThePassportsOfTwoCountriesAreTwoPeople(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	base := w.institution(baseID)
	course := w.openCourse(base, nil)
	french := placeOf(0, object{"name": "Anne", "id_type": "passport", "id_number": "E1234567", "id_country": "FRA"})
	german := placeOf(0, object{"name": "Berta", "id_type": "passport", "id_number": "E1234567", "id_country": "DEU"})
	require.NotEqual(t, w.enrol(base, course, french), w.enrol(base, course, german))
}

func TestABadEnrolmentIsRefusedAndChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	base := w.institution(baseID)
	course := w.openCourse(base, nil)
	place := w.enrol(base, course, placeOf(1, nil))
	before := w.counts()
	for name, c := range map[string]struct {
		changes object
		field   string
		code    string
	}{
		"a name that is none":          {object{"name": "<>"}, "name", "name_characters"},
		"another's name":               {object{"name": "李四"}, "name", "name_mismatch"},
		"a wrong check digit":          {object{"id_number": "110101199003070000"}, "id_number", "id_check_digit"},
		"no such document":             {object{"id_type": "licence"}, "id_type", "unknown_value"},
		"a passport without a country": {object{"id_type": "passport", "id_number": "E1234567"}, "id_country", "required"},
		"a country that is none":       {object{"id_type": "passport", "id_number": "E1234567", "id_country": "F1"}, "id_country", "format"},
		"a card with a country":        {object{"id_country": "FRA"}, "id_country", "conflict"},
		"a permit's number of no kind": {object{"id_type": "taiwan_permit", "id_number": "1"}, "id_number", "id_taiwan_permit"},
	} {
		fields := w.post("/v1/courses/"+course+"/places", base, placeOf(1, c.changes)).refused(t, http.StatusUnprocessableEntity, validationFailed)
		require.Equal(t, map[string]string{c.field: c.code}, fields, name)
	}
	require.Equal(t, before, w.counts())
	r := w.post("/v1/courses/"+course+"/places", base, placeOf(1, nil))
	require.Equal(t, http.StatusOK, r.status, "enrolled again")
	require.Contains(t, string(r.body), place)
	require.NotContains(t, w.log.String(), placeOf(1, nil)["id_number"])

	for name, c := range map[string]struct {
		changes object
		field   string
		code    string
	}{
		"hours too fine": {object{"hours": 1.25}, "hours", "precision"},
		"no hours":       {object{"hours": 0}, "hours", "out_of_range"},
		"ends first":     {object{"ends_on": "2001-01-01"}, "ends_on", "date_order"},
		"never ends":     {object{"ends_on": "2199-01-01"}, "ends_on", "date_order"},
		"blank title":    {object{"title": "  "}, "title", "required"},
	} {
		fields := w.post("/v1/courses", base, w.courseBody(c.changes)).refused(t, http.StatusUnprocessableEntity, validationFailed)
		require.Equal(t, map[string]string{c.field: c.code}, fields, name)
	}
	w.post("/v1/courses", base, w.courseBody(object{"title": "另一课程"})).refused(t, http.StatusConflict, courseConflict)
	require.Equal(t, http.StatusOK, w.post("/v1/courses", base, w.courseBody(nil)).status, "opened again")

	coming := w.openCourse(base, object{"ref": "DT-9", "ends_on": w.calendar.Today(time.Now()).AddDays(1).String()})
	w.post("/v1/courses/"+coming+"/completion", base, object{}).refused(t, http.StatusConflict, courseNotOver)
	w.completion(base, course)
	w.post("/v1/courses/"+course+"/places", base, placeOf(3, nil)).refused(t, http.StatusConflict, courseClosed)
}

func TestX20AnHourIsCreditedOnceWhoeverClaimsIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	last, _ := w.lastYear()
	day := fmt.Sprintf("%d-01-04", last)
	base, other := w.institution(baseID), w.institution(otherBaseID)
	first := w.enrol(base, w.openCourse(base, nil), placeOf(1, nil))
	second := w.enrol(other, w.openCourse(other, nil), placeOf(1, nil))
	require.NoError(t, w.attend(baseID, first, day, 4))
	require.Equal(t, "hour_claims_no_overlap", store.Constraint(w.attend(otherBaseID, second, day, 2)), "two bases")

	// A class of the programme at the same time.
	c := w.newCase(1)
	err := w.store.Tx(t.Context(), func(tx *store.Tx) error {
		row, err := tx.Case(c)
		require.NoError(t, err)
		return w.attended(tx, store.HourEntry{
			CaseID: &c, PersonID: row.PersonID, InstitutionID: trainingBodyID, SessionDate: calendar.MustParseDate(day),
		}, 8)
	})
	require.Equal(t, "hour_claims_no_overlap", store.Constraint(err), "a base and the programme")
	var credited int
	require.NoError(t, w.sql.QueryRowContext(t.Context(), "SELECT sum(seconds) FROM hour_entries").Scan(&credited))
	require.Equal(t, 4*45*60, credited)
}

func TestManyCompletionsAtOnceIssueOneCertificateEach(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	base := w.institution(baseID)
	last, _ := w.lastYear()
	course := w.openCourse(base, object{"hours": 4})
	for n := range 3 {
		place := w.enrol(base, course, placeOf(n+1, nil))
		require.NoError(t, w.attend(baseID, place, fmt.Sprintf("%d-01-04", last), 4))
	}
	var done sync.WaitGroup
	for range 4 {
		done.Go(func() {
			w.do(call{method: http.MethodPost, path: "/v1/courses/" + course + "/completion", token: base, body: object{}})
		})
	}
	done.Wait()
	places, _ := w.completion(base, course)
	numbers := map[string]bool{}
	for _, p := range places {
		numbers[p.Certificate.Number] = true
		require.True(t, strings.HasPrefix(p.Certificate.Number, "JX-BJUT-"), p.Certificate.Number)
	}
	require.Len(t, numbers, 3)
	require.EqualValues(t, 3, w.counts()["certificates"])
}

func TestAPersonSeesTheirCoursesCertificatesAndHours(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	base := w.institution(baseID)
	last, _ := w.lastYear()
	require.Equal(t, http.StatusCreated, w.register(w.trainee, "k", registrationOf(1, nil)).status)
	course := w.openCourse(base, object{"hours": 4})
	place := w.enrol(base, course, placeOf(1, nil))
	require.NoError(t, w.attend(baseID, place, fmt.Sprintf("%d-01-04", last), 4))
	require.JSONEq(t, `{"ce_hours":[]}`, string(w.get("/v1/me/ce-hours", w.trainee).body), "the course is under way")
	w.completion(base, course)
	require.JSONEq(t, fmt.Sprintf(`{"ce_hours":[{"place_id":%q,"course":"数字技术高级研修班","year":%d,"subject":"professional","hours":4}]}`, place, last),
		string(w.get("/v1/me/ce-hours", w.trainee).body))
	var mine struct{ Certificates []CertificateView }
	w.get("/v1/me/certificates", w.trainee).into(t, &mine)
	require.Len(t, mine.Certificates, 1)
	require.Equal(t, place, mine.Certificates[0].PlaceID)
}
