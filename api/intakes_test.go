package api

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/consent"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/intake"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/registering"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/workbook"
)

// shownIntake is an intake as it is shown.
type shownIntake struct {
	ID, State string
	Known     bool
	Totals    intakeTotals
	Consents  string `json:"consents_version"`
}

// somebody is a row of a workbook that is right in every cell; changes replace some of them.
func somebody(n int, changes map[string]string) map[string]string {
	row := map[string]string{
		"name": "李一", "id_number": identity.Synthetic(n, calendar.MustParseDate("1990-05-17")).Number(), "category": "in_post",
		"degree": "bachelor", "related_major": "是", "full_time": "是", "graduated_on": "2015-07-01", "work_started_on": "2016-01-01",
		"evaluation_body": evaluationBodyID,
	}
	maps.Copy(row, changes)
	return row
}

// list is a workbook of people.
func list(t *testing.T, rows ...map[string]string) []byte {
	t.Helper()
	var content bytes.Buffer
	require.NoError(t, workbook.Write(&content, workbook.Book{
		Kind: workbook.Intake, Lang: message.Chinese, Sheets: []workbook.Sheet{{Form: workbook.SheetIntake, Rows: rows}},
	}))
	return content.Bytes()
}

func (s *sponsorship) upload(token string, content []byte) (shown shownIntake, status int) {
	s.t.Helper()
	r := httptest.NewRequestWithContext(s.t.Context(), http.MethodPost, "/v1/classes/"+s.class.ID+"/intakes", bytes.NewReader(content))
	r.Header.Set("Content-Type", mediaXLSX)
	r.Header.Set("Authorization", "Bearer "+token)
	recorder := httptest.NewRecorder()
	s.handler.ServeHTTP(recorder, r)
	got := reply{status: recorder.Code, header: recorder.Header(), body: recorder.Body.Bytes()}
	require.Less(s.t, got.status, 300, "%s", got.body)
	got.into(s.t, &shown)
	return shown, got.status
}

func (s *sponsorship) start(id, mode string, abreast int) reply {
	s.t.Helper()
	body := object{"mode": mode, "consents": intake.Declaration}
	if abreast > 0 {
		body["abreast"] = abreast
	}
	return s.post("/v1/intakes/"+id+"/start", s.sponsor, body)
}

// turn takes turns of an intake until it is over, or waits.
func (s *sponsorship) turn(id string) {
	s.t.Helper()
	rules, err := policy.ByID("beijing-2023")
	require.NoError(s.t, err)
	desk := intake.Desk{Registering: registering.Desk{Rules: rules, Calendar: calendar.Real(), Keys: s.keys}}
	for {
		at := time.Now()
		next, err := desk.Go(s.t.Context(), s.store, id, time.Now)
		require.NoError(s.t, err)
		if next.Over || next.NextAt == nil || next.NextAt.After(at.Add(time.Second)) {
			return
		}
	}
}

func (s *sponsorship) intake(id string) (shown shownIntake) {
	s.t.Helper()
	s.get("/v1/intakes/"+id, s.sponsor).into(s.t, &shown)
	return shown
}

func TestX44AnIntakeIsCheckedRowByRowAndReportsEveryFaultByItsCell(t *testing.T) {
	t.Parallel()
	s := newSponsorship(t, 50)
	s.agree()
	shown, status := s.upload(s.sponsor, list(t,
		somebody(1, nil),
		somebody(2, map[string]string{"id_number": "110101199005171234"}),
		somebody(3, map[string]string{"category": "", "phone": "12"}),
		somebody(1, nil),
		somebody(4, map[string]string{"evaluation_body": "没有这家机构", "work_started_on": "9999"}),
	))
	require.Equal(t, http.StatusCreated, status)
	require.Equal(t, intakeTotals{Rows: 5, Ready: 1, Refused: 4}, shown.Totals)
	require.Zero(t, s.count("SELECT count(*) FROM cases"), "nobody is registered by looking")
	var rows struct {
		Rows []struct {
			Row    int
			State  string
			Faults []struct{ Column, Code, Message string }
		}
		Total int
	}
	s.get("/v1/intakes/"+shown.ID+"/rows?state=refused", s.sponsor).into(t, &rows)
	found := map[string]string{}
	for _, row := range rows.Rows {
		for _, f := range row.Faults {
			require.NotEmpty(t, f.Message)
			found[fmt.Sprintf("%d %s", row.Row, f.Column)] = f.Code
		}
	}
	require.Equal(t, map[string]string{
		"3 id_number": "id_check_digit", "4 category": fieldRequired, "4 phone": "phone_format", "5 id_number": fieldDuplicate,
		"6 work_started_on": fieldDate,
	}, found)
	report := s.get("/v1/intakes/"+shown.ID+"/report", s.sponsor)
	require.Equal(t, http.StatusOK, report.status)
	require.Equal(t, mediaXLSX, report.header.Get("Content-Type"))

	none, _ := s.upload(s.sponsor, list(t, somebody(1, map[string]string{"category": ""})))
	s.start(none.ID, store.ModeRows, 0).refused(t, http.StatusConflict, intakeEmpty)
	again, status := s.upload(s.sponsor, list(t, somebody(1, nil)))
	require.Equal(t, http.StatusCreated, status, "another file is another intake")
	require.NotEqual(t, shown.ID, again.ID)
	s.get("/v1/intakes/"+shown.ID, s.body).refused(t, http.StatusNotFound, notFound)
}

func TestX44EveryGoodRowIsRegisteredOnceAndWhoIsThereAlreadyIsSaidToBe(t *testing.T) {
	t.Parallel()
	s := newSponsorship(t, 50)
	s.agree()
	require.Equal(t, http.StatusCreated, s.register(s.operator, "there", merge(registrationOf(1, nil), object{"name": "李一"})).status)
	file := list(t, somebody(1, nil), somebody(2, map[string]string{"phone": "13800138000"}), somebody(3, map[string]string{"name": ""}),
		somebody(4, nil))
	shown, _ := s.upload(s.sponsor, file)
	s.start(shown.ID, store.ModeWhole, 0).refused(t, http.StatusConflict, workbookFaulty)
	require.Equal(t, map[string]string{"consents": fieldUnknownValue},
		s.post("/v1/intakes/"+shown.ID+"/start", s.sponsor, object{"mode": "rows", "consents": "0"}).refused(t, http.StatusUnprocessableEntity, validationFailed))
	require.Equal(t, http.StatusOK, s.start(shown.ID, store.ModeRows, 0).status)
	s.turn(shown.ID)
	s.turn(shown.ID) // a turn that is taken again changes nothing
	done := s.intake(shown.ID)
	require.Equal(t, store.IntakeDone, done.State)
	require.Equal(t, intakeTotals{Rows: 4, Refused: 1, Registered: 2, Already: 1}, done.Totals)
	require.Equal(t, 3, s.count("SELECT count(*) FROM cases"))
	require.Equal(t, 2, s.count("SELECT count(*) FROM sponsored_places WHERE way = 'intake'"))
	require.Equal(t, 1, s.count("SELECT count(*) FROM contacts"))
	require.Equal(t, 3, s.count("SELECT count(*) FROM inbox WHERE kind = 'start'"), "each case has its start")
	require.Equal(t, 2, s.count("SELECT count(*) FROM consents WHERE kind = $1 AND version = $2 AND given_by = $3 AND withdrawn_at IS NULL",
		intake.DeclaredConsent, intake.Declaration, s.accountOf(s.sponsor)), "who declared it, in which words, is kept with each")

	known, status := s.upload(s.sponsor, file)
	require.Equal(t, http.StatusOK, status)
	require.True(t, known.Known)
	require.Equal(t, shown.ID, known.ID, "the same file is the same intake")
	mended, _ := s.upload(s.sponsor, list(t, somebody(2, nil), somebody(3, nil), somebody(4, nil)))
	require.Equal(t, http.StatusOK, s.start(mended.ID, store.ModeRows, 0).status)
	s.turn(mended.ID)
	require.Equal(t, intakeTotals{Rows: 3, Registered: 1, Already: 2}, s.intake(mended.ID).Totals)
	require.Equal(t, 4, s.count("SELECT count(*) FROM cases"))
}

func TestX44AnIntakeThatIsWholeRegistersNobodyWhenOneRowIsRefused(t *testing.T) {
	t.Parallel()
	s := newSponsorship(t, 50)
	s.agree()
	require.Equal(t, http.StatusCreated, s.register(s.operator, "there", registrationOf(3, object{"name": "另一人", "level": "junior"})).status)
	shown, _ := s.upload(s.sponsor, list(t, somebody(1, nil), somebody(2, nil), somebody(3, nil)))
	require.Equal(t, http.StatusOK, s.start(shown.ID, store.ModeWhole, 0).status)
	s.turn(shown.ID)
	stopped := s.intake(shown.ID)
	require.Equal(t, store.IntakeStopped, stopped.State)
	require.Equal(t, intakeTotals{Rows: 3, Ready: 2, Refused: 1}, stopped.Totals)
	require.Equal(t, 1, s.count("SELECT count(*) FROM cases"), "all or none")
	require.Equal(t, 1, s.count("SELECT count(*) FROM intake_rows WHERE faults @> '[{\"column\":\"name\",\"code\":\"name_mismatch\"}]'"))
}

func TestAnIntakeGoesNoFasterThanItsCasesGetThroughTheirRegistrationAndCanBePaused(t *testing.T) {
	t.Parallel()
	s := newSponsorship(t, 50)
	s.agree()
	var rows []map[string]string
	for n := range 7 {
		rows = append(rows, somebody(n+1, nil))
	}
	shown, _ := s.upload(s.sponsor, list(t, rows...))
	require.Equal(t, http.StatusOK, s.start(shown.ID, store.ModeRows, 3).status)
	s.turn(shown.ID)
	require.Equal(t, 3, s.intake(shown.ID).Totals.Registered)
	s.turn(shown.ID)
	require.Equal(t, 3, s.intake(shown.ID).Totals.Registered, "none of them is through")
	s.exec("UPDATE case_stages SET state = 'done' WHERE stage = 'registration' AND case_id = (SELECT id FROM cases LIMIT 1)")
	s.turn(shown.ID)
	require.Equal(t, 4, s.intake(shown.ID).Totals.Registered)

	require.Equal(t, http.StatusOK, s.post("/v1/intakes/"+shown.ID+"/pause", s.sponsor, nil).status)
	s.exec("UPDATE case_stages SET state = 'done' WHERE stage = 'registration'")
	s.turn(shown.ID)
	require.Equal(t, 4, s.intake(shown.ID).Totals.Registered, "it is paused")
	require.Equal(t, http.StatusOK, s.post("/v1/intakes/"+shown.ID+"/resumption", s.sponsor, nil).status)
	s.turn(shown.ID)
	require.Equal(t, 7, s.intake(shown.ID).Totals.Registered)
	s.exec("UPDATE case_stages SET state = 'done' WHERE stage = 'registration'")
	s.turn(shown.ID)
	require.Equal(t, store.IntakeDone, s.intake(shown.ID).State)
	s.post("/v1/intakes/"+shown.ID+"/pause", s.sponsor, nil).refused(t, http.StatusConflict, intakeEnded)
}

func TestWhoStopsAnIntakeHasNobodyMoreRegisteredAndIsNamedForIt(t *testing.T) {
	t.Parallel()
	s := newSponsorship(t, 50)
	s.agree()
	shown, _ := s.upload(s.sponsor, list(t, somebody(1, nil), somebody(2, nil), somebody(3, nil)))
	require.Equal(t, http.StatusOK, s.start(shown.ID, store.ModeRows, 2).status)
	s.turn(shown.ID)
	require.Equal(t, http.StatusOK, s.post("/v1/intakes/"+shown.ID+"/stop", s.sponsor, nil).status)
	s.exec("UPDATE case_stages SET state = 'done' WHERE stage = 'registration'")
	s.turn(shown.ID)
	stopped := s.intake(shown.ID)
	require.Equal(t, store.IntakeStopped, stopped.State)
	require.Equal(t, intakeTotals{Rows: 3, Ready: 1, Registered: 2}, stopped.Totals)
	require.Equal(t, 1, s.count("SELECT count(*) FROM audit_entries WHERE action = 'intake.stop' AND subject = $1 AND actor = $2",
		"intake:"+shown.ID, s.accountOf(s.sponsor)))
}

func TestWhatAnIntakeSaidOfPeopleIsForgottenAfterAWhile(t *testing.T) {
	t.Parallel()
	s := newSponsorship(t, 50)
	s.agree()
	shown, _ := s.upload(s.sponsor, list(t, somebody(1, nil)))
	now := time.Now().UTC()
	n, err := s.store.ForgetIntakes(t.Context(), now.Add(-time.Hour), now)
	require.NoError(t, err)
	require.Zero(t, n, "it is not old enough")
	n, err = s.store.ForgetIntakes(t.Context(), now.Add(time.Hour), now)
	require.NoError(t, err)
	require.Equal(t, int64(1), n)
	require.Zero(t, s.count("SELECT count(*) FROM intake_rows WHERE content_sealed IS NOT NULL OR person_key IS NOT NULL"))
	s.start(shown.ID, store.ModeRows, 0).refused(t, http.StatusConflict, intakeForgotten)
	s.get("/v1/intakes/"+shown.ID+"/report", s.sponsor).refused(t, http.StatusConflict, intakeForgotten)
}

func TestX16WhoCameByAnIntakeTakesTheirCaseUpByRegisteringAndConsentsToItThemselves(t *testing.T) {
	t.Parallel()
	s := newSponsorship(t, 50)
	code := s.agree()
	shown, _ := s.upload(s.sponsor, list(t, somebody(1, nil), somebody(2, nil)))
	require.Equal(t, http.StatusOK, s.start(shown.ID, store.ModeRows, 0).status)
	s.turn(shown.ID)
	mine := func(token string) []CaseSummary {
		var all struct{ Cases []CaseSummary }
		s.get("/v1/me/cases", token).into(t, &all)
		return all.Cases
	}
	first, second := s.token(store.Account{Role: store.RoleTrainee}), s.token(store.Account{Role: store.RoleTrainee})
	before := s.counts()
	s.register(first, "1", registrationOf(1, nil)).refused(t, http.StatusConflict, personClaimed)
	require.Equal(t, map[string]string{"consents": fieldConsentNeeded},
		s.register(first, "2", registrationOf(1, object{"name": "李一", "consents": nil})).refused(t, http.StatusUnprocessableEntity, validationFailed),
		"who made the list declared that they consented; to have the case on their page they do it themselves")
	require.Equal(t, before, s.counts())

	var taken struct {
		ID      string
		TakenUp string `json:"taken_up"`
	}
	r := s.register(first, "3", registrationOf(1, object{"name": "李一"}))
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	r.into(t, &taken)
	require.Contains(t, taken.TakenUp, "没有重复报名", "they are told why they see a case that they did not make")
	require.Equal(t, "/v1/cases/"+taken.ID, r.header.Get("Location"))
	require.Len(t, mine(first), 1)
	require.Equal(t, taken.ID, mine(first)[0].ID)
	require.Equal(t, http.StatusOK, s.register(first, "3", registrationOf(1, object{"name": "李一"})).status, "asked again, it is answered the same")
	require.Equal(t, http.StatusOK, s.register(second, "4", merge(byCode(2, code), object{"name": "李一"})).status, "with the code of the class that it is in")
	require.NotEqual(t, taken.ID, mine(second)[0].ID)

	require.Equal(t, 2, s.count("SELECT count(*) FROM cases"), "nothing is registered again")
	require.Equal(t, 2, s.count("SELECT count(*) FROM sponsored_places WHERE way = 'intake'"))
	require.Equal(t, 2, s.count("SELECT count(*) FROM audit_entries WHERE action = 'case.take_up'"))
	require.Equal(t, 2*len(consentsTo(consent.Registration)), s.count("SELECT count(*) FROM consents WHERE kind <> $1", intake.DeclaredConsent))
	require.Equal(t, 2, s.count("SELECT count(*) FROM consents WHERE kind = $1", intake.DeclaredConsent), "what others declared is no consent of theirs")
	s.register(first, "5", registrationOf(1, object{"name": "李一"})).refused(t, http.StatusConflict, duplicateCase)
	third := s.token(store.Account{Role: store.RoleTrainee})
	s.register(third, "6", registrationOf(1, object{"name": "李一"})).refused(t, http.StatusConflict, personClaimed)
	require.Empty(t, mine(third))
}
