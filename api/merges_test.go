package api

import (
	"fmt"
	"maps"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/store"
)

// twins are two records of one person, each with a case and a log-in.
type twins struct {
	*world

	another      string // operator
	kept, merged string // cases
	other        string // the log-in of the record that is to be merged
	year         int
}

func newTwins(t *testing.T) twins {
	t.Helper()
	w := newWorld(t)
	last, _ := w.lastYear()
	p := twins{world: w, another: w.second(), kept: w.ownCase(), other: w.token(store.Account{Role: store.RoleTrainee}), year: last}
	r := w.register(p.other, "other", registrationOf(2, object{"level": "intermediate"}))
	require.Equal(t, http.StatusCreated, r.status, "%s", r.body)
	var c caseView
	r.into(t, &c)
	p.merged = c.ID
	return p
}

func (p twins) day(monthDay string) string { return fmt.Sprintf("%d-%s", p.year, monthDay) }

func (p twins) look(kept, merged string) (view mergeLookView) {
	p.t.Helper()
	r := p.get("/v1/merge-preview?kept_case="+kept+"&merged_case="+merged, p.operator)
	require.Equal(p.t, http.StatusOK, r.status, "%s", r.body)
	r.into(p.t, &view)
	return view
}

func saying(seen string, more object) object {
	body := object{"reason": "换领了永久居留身份证", "legal_basis": "京人社专技字〔2023〕91号", "evidence": "出入境证明第 7 号", "seen": seen}
	maps.Copy(body, more)
	return body
}

func (p twins) asks(kept, merged string) MergeView {
	p.t.Helper()
	return p.asked(p.post("/v1/merges", p.operator, saying(p.look(kept, merged).Seen, object{"kept_case": kept, "merged_case": merged})))
}

func (p twins) asked(r reply) (view MergeView) {
	p.t.Helper()
	require.Equal(p.t, http.StatusCreated, r.status, "%s", r.body)
	r.into(p.t, &view)
	return view
}

func (p twins) decides(m MergeView, token, decision string) reply {
	p.t.Helper()
	return p.post("/v1/merges/"+m.ID+"/decision", token, object{"decision": decision, "reason": "已核对", "seen": m.Seen})
}

func (p twins) merges(kept, merged string) MergeView {
	p.t.Helper()
	m := p.asks(kept, merged)
	r := p.decides(m, p.another, "approve")
	require.Equal(p.t, http.StatusOK, r.status, "%s", r.body)
	return m
}

// separates takes a merge back.
func (p twins) separates(m MergeView) {
	p.t.Helper()
	var standing struct{ Look mergeLookView }
	p.get("/v1/merges/"+m.ID, p.operator).into(p.t, &standing)
	back := p.asked(p.post("/v1/merges/"+m.ID+"/reversal", p.operator, saying(standing.Look.Seen, nil)))
	require.Equal(p.t, m.ID, back.Reverses)
	r := p.decides(back, p.another, "approve")
	require.Equal(p.t, http.StatusOK, r.status, "%s", r.body)
}

// says is everything that lists, statements and searches say of the two.
func (p twins) says() map[string]string {
	p.t.Helper()
	said := map[string]string{}
	for _, path := range []string{
		"/v1/me/cases", "/v1/me/ce-hours", "/v1/me/certificates", fmt.Sprintf("/v1/me/ce-statements/%d", p.year), "/v1/misconduct",
		"/v1/certificate-requests",
	} {
		said["kept "+path] = string(p.get(path, p.trainee).body)
		said["merged "+path] = string(p.get(path, p.reopened()).body)
	}
	for _, path := range []string{
		"/v1/cases", "/v1/ce-years", fmt.Sprintf("/v1/ce-report?year=%d", p.year), "/v1/cases/" + p.kept, "/v1/cases/" + p.merged,
		fmt.Sprintf("/v1/cases/%s/ce-statements/%d", p.kept, p.year), fmt.Sprintf("/v1/cases/%s/ce-statements/%d", p.merged, p.year),
	} {
		r := p.get(path, p.operator)
		require.Equal(p.t, http.StatusOK, r.status, "%s: %s", path, r.body)
		said[path] = string(r.body)
	}
	for n := 1; n <= 2; n++ {
		said[fmt.Sprintf("search %d", n)] = string(p.post("/v1/person-search", p.operator, object{"id_number": registrationOf(n, nil)["id_number"]}).body)
	}
	return said
}

func (p twins) stillSays(before map[string]string) {
	p.t.Helper()
	for what, said := range p.says() {
		require.Equal(p.t, before[what], said, what)
	}
}

// reopened is the log-in of the record that is to be merged, used anew: closing an account ends what it was used with.
func (p twins) reopened() string {
	p.t.Helper()
	p.exec("UPDATE access_tokens SET revoked_at = NULL WHERE account_id = (SELECT id FROM accounts WHERE person_id = $1)", p.personOf(p.merged))
	return p.other
}

func TestX17TwoRecordsAreOnePersonEverywhereAndTakingThatBackRestoresWhatWasSaid(t *testing.T) {
	t.Parallel()
	p := newTwins(t)
	base := p.institution(baseID)
	course := p.openCourse(base, object{"hours": 4})
	place := p.enrol(base, course, placeOf(2, nil))
	require.NoError(t, p.attend(baseID, place, p.day("03-04"), 4))
	p.completion(base, course)
	p.lesson(p.kept, p.day("05-04"), 8)
	p.lesson(p.merged, p.day("05-05"), 8)
	p.certify(p.kept, contract.TrainingCertificate, trainingBodyID, "T-1", "王小明", 1)
	p.certify(p.merged, contract.TrainingCertificate, trainingBodyID, "T-2", "王小明", 2)
	before := p.says()

	look := p.look(p.kept, p.merged)
	require.Empty(t, look.Obstacles)
	require.True(t, look.Closes, "both have a log-in")
	require.Equal(t, []int{1, 1}, []int{len(look.Kept.Cases), len(look.Merged.Cases)})
	require.Equal(t, "王*明", look.Kept.Records[0].NameMasked)
	require.NotContains(t, look.Kept.Records[0].IDNumberMasked, "19900517")
	require.InDelta(t, 20, look.Together[0].Hours.Float(), 0)
	m := p.asks(p.kept, p.merged)
	p.stillSays(before)
	require.Equal(t, http.StatusOK, p.decides(m, p.another, "approve").status)

	var mine struct {
		Cases        []CaseSummary
		Certificates []myCertificateView
	}
	p.get("/v1/me/cases", p.trainee).into(t, &mine)
	p.get("/v1/me/certificates", p.trainee).into(t, &mine)
	require.Equal(t, []int{2, 3}, []int{len(mine.Cases), len(mine.Certificates)})
	require.Equal(t, http.StatusOK, p.get("/v1/cases/"+p.merged, p.trainee).status, "the one log-in reaches both cases")
	require.Equal(t, http.StatusUnauthorized, p.get("/v1/me/cases", p.other).status, "a person has one log-in")
	s := p.statement(fmt.Sprintf("/v1/me/ce-statements/%d", p.year), p.trainee)
	require.Len(t, s.Lines, 3)
	require.InDelta(t, 20, s.BySession.Total.Have.Float(), 0)
	require.Equal(t, s.Number, p.statement(fmt.Sprintf("/v1/cases/%s/ce-statements/%d", p.merged, p.year), p.operator).Number)
	var report struct{ Total reportRow }
	p.get(fmt.Sprintf("/v1/ce-report?year=%d", p.year), p.operator).into(t, &report)
	require.Equal(t, 1, report.Total.Persons, "one person, not two")
	for n := 1; n <= 2; n++ {
		var found struct{ People []personView }
		p.post("/v1/person-search", p.operator, object{"id_number": registrationOf(n, nil)["id_number"]}).into(t, &found)
		require.Len(t, found.People[0].Cases, 2, "found by either number")
	}
	require.Equal(t, 2, p.count("SELECT count(*) FROM audit_entries WHERE action = 'merge.approved'"), "each case says so")

	p.separates(m)
	p.stillSays(before)
	var again MergeView
	p.get("/v1/merges/"+m.ID, p.operator).into(t, &again)
	require.False(t, again.Stands)
	p.merges(p.kept, p.merged) // with two more operators' acts, and not by the old approval
}

func TestX17WhatOnePersonMayHaveOnceKeepsTwoRecordsApart(t *testing.T) {
	t.Parallel()
	p := newTwins(t)
	base := p.institution(baseID)
	obstacles := func(kept, merged string) (codes []string) {
		for _, o := range p.look(kept, merged).Obstacles {
			codes = append(codes, o.Code)
			require.NotEmpty(t, o.Name)
		}
		return codes
	}
	require.Equal(t, []string{"same_record"}, obstacles(p.kept, p.kept))

	third := p.newCase(3)
	require.Equal(t, []string{"same_target"}, obstacles(p.kept, third))
	p.post("/v1/merges", p.operator, saying(p.look(p.kept, third).Seen, object{"kept_case": p.kept, "merged_case": third})).
		refused(t, http.StatusConflict, mergeInTheWay)
	p.exec("UPDATE cases SET outcome = 'withdrawn', status = 'withdrawn', ended_at = now() WHERE id = $1", third)
	require.Empty(t, obstacles(p.kept, third), "one of the two was withdrawn")

	course := p.openCourse(base, nil)
	place := p.enrol(base, course, placeOf(1, nil))
	p.enrol(base, course, placeOf(3, nil))
	require.Equal(t, []string{"same_course"}, obstacles(p.kept, third))

	p.lesson(p.merged, p.day("05-04"), 8)
	require.NoError(t, p.attend(baseID, place, p.day("05-04"), 2))
	o := p.look(p.kept, p.merged).Obstacles
	require.Len(t, o, 2)
	require.Equal(t, []string{"same_hours", p.day("05-04"), p.merged}, []string{o[0].Code, o[0].Date.String(), o[0].MergedCase})
	require.Equal(t, []string{baseID, trainingBodyID}, []string{o[0].Kept.ID, o[0].Merged.ID}, "who has to correct it")
	p.exec("UPDATE hour_claims SET during = tstzmultirange(tstzrange(lower(during) - interval '8 hours', upper(during) - interval '8 hours')) WHERE institution_id = $1", baseID)
	require.Equal(t, []string{"day_over"}, obstacles(p.kept, p.merged), "ten lessons in one day, where eight count")
	p.exec("DELETE FROM hour_claims WHERE institution_id = $1", baseID)
	require.Empty(t, obstacles(p.kept, p.merged))

	p.exec(`INSERT INTO deletion_requests (id, person_id, requested_by) SELECT $1, person_id, registered_by FROM cases WHERE id = $2`, uuid.NewString(), p.merged)
	require.Equal(t, []string{"forgetting"}, obstacles(p.kept, p.merged))
	p.exec(`DELETE FROM deletion_requests`)

	p.merges(p.kept, p.merged)
	fourth := p.register(p.operator, "fourth", registrationOf(4, object{"level": "senior"}))
	var c caseView
	fourth.into(t, &c)
	require.Equal(t, []string{"has_merged"}, obstacles(c.ID, p.kept), "there are no chains")
	require.Empty(t, obstacles(p.merged, c.ID), "whichever case names the record that stands")
	m := p.asks(p.merged, c.ID)
	require.Equal(t, http.StatusOK, p.decides(m, p.another, "approve").status)
	require.Equal(t, 3, p.count("SELECT count(*) FROM persons WHERE human = (SELECT person_id FROM cases WHERE id = $1)", p.kept))
	p.get("/v1/merge-preview?kept_case="+uuid.NewString()+"&merged_case="+p.kept, p.operator).refused(t, http.StatusUnprocessableEntity, validationFailed)
}

func TestX17TwoOperatorsDecideOnRecordsAsTheyWereSeen(t *testing.T) {
	t.Parallel()
	p := newTwins(t)
	district := "haidian"
	body := saying("x", object{"kept_case": p.kept, "merged_case": p.merged})
	for _, stranger := range []string{
		p.trainee, p.institution(trainingBodyID), p.token(store.Account{Role: store.RoleAdministrator}),
		p.token(store.Account{Role: store.RoleOperator, District: &district}),
	} {
		p.post("/v1/merges", stranger, body).refused(t, http.StatusForbidden, forbidden)
	}
	p.post("/v1/merges", p.operator, body).refused(t, http.StatusConflict, mergeChanged)
	require.Equal(t, map[string]string{"evidence": "required", "legal_basis": "required"}, p.post("/v1/merges", p.operator,
		saying("x", object{"kept_case": p.kept, "merged_case": p.merged, "evidence": " ", "legal_basis": " "})).
		refused(t, http.StatusUnprocessableEntity, validationFailed))

	own := p.second()
	p.declares(own, registrationOf(2, nil), "relative")
	p.post("/v1/merges", own, saying(p.look(p.kept, p.merged).Seen, object{"kept_case": p.kept, "merged_case": p.merged})).
		refused(t, http.StatusForbidden, ownCase)

	m := p.asks(p.kept, p.merged)
	p.post("/v1/merges", p.another, saying(m.Seen, object{"kept_case": p.merged, "merged_case": p.kept})).refused(t, http.StatusConflict, mergeChanged)
	swapped := p.look(p.merged, p.kept).Seen
	p.post("/v1/merges", p.another, saying(swapped, object{"kept_case": p.merged, "merged_case": p.kept})).refused(t, http.StatusConflict, mergeOpen)
	p.decides(m, p.operator, "approve").refused(t, http.StatusConflict, secondPersonNeeded)
	p.decides(m, p.sessionToken(p.operator), "approve").refused(t, http.StatusConflict, secondPersonNeeded)
	p.decides(m, own, "approve").refused(t, http.StatusForbidden, ownCase)
	p.post("/v1/merges/"+m.ID+"/decision", p.another, object{"decision": "approve", "reason": "r", "seen": "x"}).
		refused(t, http.StatusConflict, mergeChanged)
	p.post("/v1/merges/"+m.ID+"/withdrawal", p.another, nil).refused(t, http.StatusConflict, notTheRequester)
	for _, forged := range []string{
		`UPDATE merges SET state = 'approved', decided_by = requested_by, decided_at = now(), decision_reason = 'x'`,
		`UPDATE merges SET kept = merged, merged = kept`,
		`UPDATE persons p SET merged_into = m.kept FROM merges m WHERE p.id = m.merged`,
		`DELETE FROM merges`,
		`INSERT INTO persons (id, id_type, id_number_sealed, name_sealed, merged_into) SELECT gen_random_uuid(), 'resident_id', 'x', 'x', id FROM persons LIMIT 1`,
	} {
		_, err := p.sql.ExecContext(t.Context(), forged)
		require.Error(t, err, forged)
	}
	require.Equal(t, 1, p.count("SELECT count(*) FROM notices WHERE kind = 'merge_asked'"))

	p.register(p.operator, "more", registrationOf(2, object{"level": "senior"}))
	p.decides(m, p.another, "approve").refused(t, http.StatusConflict, mergeChanged)
	var kept MergeView
	p.get("/v1/merges/"+m.ID, p.another).into(t, &kept)
	require.Equal(t, "overtaken", kept.State.Code, "a record has changed since")
	p.decides(m, p.another, "approve").refused(t, http.StatusConflict, requestDecided)

	m = p.asks(p.kept, p.merged)
	require.Equal(t, http.StatusOK, p.decides(m, p.another, "refuse").status)
	p.decides(m, p.another, "approve").refused(t, http.StatusConflict, requestDecided)
	m = p.asks(p.kept, p.merged)
	require.Equal(t, http.StatusOK, p.post("/v1/merges/"+m.ID+"/withdrawal", p.operator, nil).status)
	require.Equal(t, 2, p.count("SELECT count(DISTINCT human) FROM persons"), "nothing was merged by any of it")
	m = p.merges(p.kept, p.merged)
	p.post("/v1/merges/"+m.ID+"/reversal", p.operator, saying("x", nil)).refused(t, http.StatusConflict, mergeChanged)
	p.separates(m)
	p.post("/v1/merges/"+m.ID+"/reversal", p.operator, saying("x", nil)).refused(t, http.StatusConflict, mergeInTheWay)
	_, err := p.sql.ExecContext(t.Context(), `UPDATE persons p SET merged_into = m.kept FROM merges m WHERE p.id = m.merged AND m.reverses IS NULL AND m.state = 'approved'`)
	require.Equal(t, "persons_merge_approved", store.Constraint(err), "an approval is used once")
}

func TestX17OnceMergedAPersonIsTheSameUnderEitherNumber(t *testing.T) {
	t.Parallel()
	p := newTwins(t)
	base := p.institution(baseID)
	course := p.openCourse(base, nil)
	place := p.enrol(base, course, placeOf(1, nil))
	p.lesson(p.kept, p.day("05-04"), 8)
	p.merges(p.kept, p.merged)

	p.register(p.operator, "again", registrationOf(2, nil)).refused(t, http.StatusConflict, duplicateCase)
	require.Equal(t, place, p.enrolledAgain(base, course, placeOf(2, nil)), "the place that the person has")
	err := p.store.Tx(t.Context(), func(tx *store.Tx) error {
		c, err := tx.Case(p.merged)
		require.NoError(t, err)
		require.NotEqual(t, c.PersonID, p.personOf(p.kept), "rows stay where they were")
		return p.attended(tx, store.HourEntry{
			CaseID: &c.ID, PersonID: c.PersonID, InstitutionID: otherTrainerID, SessionDate: calendar.MustParseDate(p.day("05-04")),
		}, 2)
	})
	require.Equal(t, "hour_claims_no_overlap", store.Constraint(err), "nobody is in two places at once")
	require.NoError(t, p.store.Tx(t.Context(), func(tx *store.Tx) error {
		credited, err := tx.CreditedOn(p.personOf(p.merged), calendar.MustParseDate(p.day("05-04")))
		require.Equal(t, 6*time.Hour, credited, "the day's limit is of both together")
		return err
	}))
	fresh := p.register(p.trainee, "fresh", registrationOf(2, object{"level": "senior"}))
	require.Equal(t, http.StatusCreated, fresh.status, "%s", fresh.body)
	var c caseView
	fresh.into(t, &c)
	require.Equal(t, p.personOf(p.kept), p.personOf(c.ID), "what begins now begins with the record that stands")
	exported := p.post("/v1/me/export", p.trainee, nil)
	require.Equal(t, http.StatusOK, exported.status, "%s", exported.body)
	for _, theirs := range []string{p.merged, residentOf(1), residentOf(2)} {
		require.Contains(t, string(exported.body), theirs)
	}

	p.exec("UPDATE cases SET outcome = 'withdrawn', status = 'withdrawn', ended_at = now()")
	p.exec("UPDATE course_places SET state = 'completed', closed_at = now()")
	asked := p.post("/v1/me/deletion-requests", p.trainee, object{})
	require.Equal(t, http.StatusCreated, asked.status, "%s", asked.body)
	var request deletionView
	asked.into(t, &request)
	p.exec("DELETE FROM ce_claims")
	p.exec("ALTER TABLE ce_entries DISABLE TRIGGER append_only")
	p.exec("DELETE FROM ce_entries")
	granted := p.post("/v1/deletion-requests/"+request.ID+"/decision", p.operator, object{"decision": "granted", "reason": "r"})
	require.Equal(t, http.StatusOK, granted.status, "%s", granted.body)
	require.Equal(t, 2, p.count("SELECT count(*) FROM persons WHERE erased_at IS NOT NULL"), "under both numbers")
	require.Zero(t, p.count("SELECT count(*) FROM person_indexes"))
}

func (p twins) personOf(caseID string) (id string) {
	p.t.Helper()
	require.NoError(p.t, p.sql.QueryRowContext(p.t.Context(), "SELECT person_id FROM cases WHERE id = $1", caseID).Scan(&id))
	return id
}

func (p twins) enrolledAgain(token, course string, body object) string {
	p.t.Helper()
	r := p.post("/v1/courses/"+course+"/places", token, body)
	require.Equal(p.t, http.StatusOK, r.status, "%s", r.body)
	var place PlaceView
	r.into(p.t, &place)
	return place.ID
}
