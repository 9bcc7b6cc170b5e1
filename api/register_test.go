package api

import (
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/store"
)

func TestACaseIsRegisteredStartedAndShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.register(w.trainee, "k1", registrationOf(1, nil))
	require.Equal(t, http.StatusCreated, r.status, "%s", r.body)
	require.NotContains(t, string(r.body), "王小明")
	var c caseView
	r.into(t, &c)
	require.Equal(t, "/v1/cases/"+c.ID, r.header.Get("Location"))
	require.Empty(t, r.header.Get("Idempotency-Replayed"))
	require.Len(t, c.Stages, 7)
	require.Equal(t, bodyView{ID: trainingBodyID, Name: "国家开放大学"}, c.TrainingBody)
	require.Equal(t, store.InboxStart, w.relay.last(t).Kind)
	require.Equal(t, c.ID, w.relay.last(t).CaseID)
	require.Equal(t, 1, w.audited("case.register"))

	for _, token := range []string{w.trainee, w.operator} {
		shown := w.get("/v1/cases/"+c.ID, token)
		require.Equal(t, http.StatusOK, shown.status, "%s", shown.body)
		require.JSONEq(t, string(r.body), string(shown.body))
	}
	other := w.token(store.Account{Role: store.RoleTrainee})
	for _, path := range []string{"", "/events", "/stream"} {
		w.get("/v1/cases/"+c.ID+path, other).refused(t, http.StatusNotFound, notFound)
		w.get("/v1/cases/nonsense"+path, w.operator).refused(t, http.StatusNotFound, notFound)
	}
	english := w.do(call{
		method: http.MethodGet, path: "/v1/cases/" + c.ID, token: w.trainee, header: map[string]string{"Accept-Language": "en-GB"},
	})
	require.Contains(t, string(english.body), `"name":"Junior"`)
}

func TestACaseStartsEvenWhenItCannotBeForwarded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.relay.set(true)
	require.Equal(t, http.StatusCreated, w.register(w.trainee, "k1", registrationOf(1, nil)).status)
	require.EqualValues(t, 1, w.counts()["inbox"])
}

func TestABadRegistrationIsRefusedAndChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorldWith(t, func(c *Config) { c.LimitFactor = -1 }) // one person is tried with many times
	before := w.counts()
	facts := func(changes object) object {
		a := registrationOf(1, nil)["applicant"].(object)
		maps.Copy(a, changes)
		return object{"applicant": a}
	}
	one := func(field, code string) map[string]string { return map[string]string{field: code} }
	for name, bad := range map[string]struct {
		changes object
		code    string
		fields  map[string]string
	}{
		"unknown field":      {object{"nickname": "x"}, unknownField, one("nickname", "unknown_field")},
		"no name":            {object{"name": nil}, validationFailed, one("name", "required")},
		"empty name":         {object{"name": "  "}, validationFailed, one("name", "name_required")},
		"name with digits":   {object{"name": "王1"}, validationFailed, one("name", "name_characters")},
		"long name":          {object{"name": strings.Repeat("王", 65)}, validationFailed, one("name", "name_length")},
		"check digit":        {object{"id_number": "110101199003070000"}, validationFailed, one("id_number", "id_check_digit")},
		"legacy ID":          {object{"id_number": "110101900307001"}, validationFailed, one("id_number", "id_legacy")},
		"short ID":           {object{"id_number": "1101"}, validationFailed, one("id_number", "id_length")},
		"ID of letters":      {object{"id_number": "11010119900307000A"}, validationFailed, one("id_number", "id_characters")},
		"impossible birth":   {object{"id_number": "110101199002300000"}, validationFailed, one("id_number", "id_date")},
		"ID as a number":     {object{"id_number": 110101199003070000}, validationFailed, one("id_number", "wrong_type")},
		"unknown occupation": {object{"occupation": "alchemy"}, validationFailed, one("occupation", "unknown_occupation")},
		"unknown level":      {object{"level": "master"}, validationFailed, one("level", "unknown_level")},
		"unknown direction":  {object{"direction": "up"}, validationFailed, one("direction", "unknown_direction")},
		"unknown training body": {
			object{"training_body": "nowhere"}, validationFailed, one("training_body", "unknown_institution"),
		},
		"not listed at all": {
			object{"training_body": unlistedID}, validationFailed, one("training_body", "not_listed_for_role"),
		},
		"evaluates but does not train": {
			object{"training_body": evaluationBodyID, "evaluation_body": trainingBodyID},
			validationFailed,
			map[string]string{"training_body": "not_listed_for_role", "evaluation_body": "not_listed_for_role"},
		},
		"one body for both": {
			object{"evaluation_body": trainingBodyID}, sameBody, one("evaluation_body", "same_body"),
		},
		"no facts":         {object{"applicant": nil}, validationFailed, one("applicant", "required")},
		"unknown category": {facts(object{"category": "wizard"}), validationFailed, one("applicant.category", "unknown_value")},
		"unknown degree": {
			facts(object{"education": []object{{"degree": "knighthood"}}}), validationFailed,
			one("applicant.education[0].degree", "unknown_value"),
		},
		"graduates tomorrow": {
			facts(object{"education": []object{{"degree": "bachelor", "graduated_on": "2099-01-01"}}}), validationFailed,
			one("applicant.education[0].graduated_on", "date_future"),
		},
		"unknown fact": {
			facts(object{"education": []object{{"degree": "bachelor", "gpa": 4}}}), unknownField,
			one("applicant.education[0].gpa", "unknown_field"),
		},
		"no date": {
			facts(object{"titles": []object{{"title": "技术员", "obtained_on": "yesterday"}}}), validationFailed,
			one("applicant.titles[0].obtained_on", "date"),
		},
		"skill grade of no worker": {facts(object{"skill_grade": "技师"}), validationFailed, one("applicant.skill_grade", "conflict")},
		"all at once": {
			object{
				"name": "王1", "id_number": "1101", "level": nil, "occupation": "alchemy", "training_body": "nowhere",
				"applicant": object{"category": "wizard"},
			},
			validationFailed,
			map[string]string{
				"name": "name_characters", "id_number": "id_length", "level": "required", "occupation": "unknown_occupation",
				"training_body": "unknown_institution", "applicant.category": "unknown_value",
			},
		},
	} {
		for _, token := range []string{w.trainee, w.operator} {
			r := w.register(token, "k", registrationOf(1, bad.changes))
			require.Equal(t, http.StatusUnprocessableEntity, r.status, "%s: %s", name, r.body)
			require.Equal(t, bad.fields, r.refused(t, http.StatusUnprocessableEntity, bad.code), name)
		}
	}
	w.register(w.trainee, "k", `{"name":`).refused(t, http.StatusBadRequest, malformedJSON)
	w.post("/v1/cases", w.trainee, registrationOf(1, nil)).refused(t, http.StatusBadRequest, idempotencyRequired)
	require.Equal(t, map[string]string{"Idempotency-Key": "too_long"},
		w.register(w.trainee, strings.Repeat("k", 256), registrationOf(1, nil)).refused(t, 422, validationFailed))
	require.Equal(t, map[string]string{"Idempotency-Key": "format"},
		w.register(w.trainee, "a b", registrationOf(1, nil)).refused(t, 422, validationFailed))
	require.Equal(t, before, w.counts())
	require.Empty(t, w.relay.items)
}

func TestARequestRepeatedUnderItsKeyIsAnsweredAsBefore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.register(w.trainee, "key-1", registrationOf(1, nil))
	require.Equal(t, http.StatusCreated, first.status, "%s", first.body)
	before := w.counts()
	again := w.register(w.trainee, "key-1", registrationOf(1, nil))
	require.Equal(t, http.StatusCreated, again.status, "%s", again.body)
	require.Equal(t, "true", again.header.Get("Idempotency-Replayed"))
	require.Equal(t, first.header.Get("Location"), again.header.Get("Location"))
	require.JSONEq(t, string(first.body), string(again.body))
	w.register(w.trainee, "key-1", registrationOf(1, object{"level": "senior"})).
		refused(t, http.StatusUnprocessableEntity, idempotencyReused)
	w.register(w.trainee, "key-1", registrationOf(1, object{"name": "王大明"})).
		refused(t, http.StatusUnprocessableEntity, idempotencyReused)
	require.Equal(t, before, w.counts())
	// A key is its account's own.
	r := w.register(w.operator, "key-1", registrationOf(2, nil))
	require.Equal(t, http.StatusCreated, r.status, "%s", r.body)
}

func TestOneRequestSentTenTimesAtOnceRegistersOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	replies := w.each(10, func(int) call {
		return call{
			method: http.MethodPost, path: "/v1/cases", token: w.trainee, body: registrationOf(1, nil),
			header: map[string]string{"Idempotency-Key": "same"},
		}
	})
	for _, r := range replies {
		if r.status != http.StatusCreated {
			r.refused(t, http.StatusConflict, idempotencyInUse)
		}
	}
	require.EqualValues(t, 1, w.counts()["cases"])
	require.Equal(t, http.StatusCreated, w.register(w.trainee, "same", registrationOf(1, nil)).status)
	require.EqualValues(t, 1, w.counts()["cases"])
}

func TestOneRequestUnderTenKeysAtOnceRegistersOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	registered := 0
	for _, r := range w.each(10, func(i int) call {
		return call{
			method: http.MethodPost, path: "/v1/cases", token: w.trainee, body: registrationOf(1, nil),
			header: map[string]string{"Idempotency-Key": strings.Repeat("k", i+1)},
		}
	}) {
		if r.status == http.StatusCreated {
			registered++
			continue
		}
		r.refused(t, http.StatusConflict, duplicateCase)
	}
	require.Equal(t, 1, registered)
	require.EqualValues(t, 1, w.counts()["cases"])
	require.EqualValues(t, 1, w.counts()["persons"])
}

func TestX18OnePersonHasOneCaseForATarget(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.Equal(t, http.StatusCreated, w.register(w.trainee, "1", registrationOf(1, nil)).status)
	before := w.counts()
	w.register(w.trainee, "2", registrationOf(1, nil)).refused(t, http.StatusConflict, duplicateCase)
	w.register(w.operator, "3", registrationOf(1, nil)).refused(t, http.StatusConflict, duplicateCase)
	require.Equal(t, before, w.counts())
	r := w.register(w.trainee, "4", registrationOf(1, object{"level": "intermediate"}))
	require.Equal(t, http.StatusCreated, r.status, "%s", r.body)
	require.EqualValues(t, 1, w.counts()["persons"])
}

func TestAnIDNumberBelongsToOneAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other := w.token(store.Account{Role: store.RoleTrainee})
	require.Equal(t, http.StatusCreated, w.register(w.trainee, "1", registrationOf(1, nil)).status)
	before := w.counts()
	// Whether the name was right is not told to somebody else.
	taken := w.register(other, "2", registrationOf(1, object{"level": "senior"}))
	guessed := w.register(other, "3", registrationOf(1, object{"level": "senior", "name": "李四"}))
	taken.refused(t, http.StatusConflict, personClaimed)
	guessed.refused(t, http.StatusConflict, personClaimed)
	require.Equal(t, withoutInstance(t, taken), withoutInstance(t, guessed))
	w.register(w.trainee, "4", registrationOf(2, nil)).refused(t, http.StatusConflict, accountBound)
	require.Equal(t, map[string]string{"name": "name_mismatch"},
		w.register(w.operator, "5", registrationOf(1, object{"level": "senior", "name": "李四"})).refused(t, 422, validationFailed))
	require.Equal(t, before, w.counts())

	r := w.register(w.operator, "6", registrationOf(3, nil))
	require.Equal(t, http.StatusCreated, r.status, "%s", r.body)
	r = w.register(other, "7", registrationOf(3, object{"level": "senior"}))
	require.Equal(t, http.StatusCreated, r.status, "who was registered at a desk may take the account up: %s", r.body)
	var mine struct{ Cases []CaseSummary }
	w.get("/v1/me/cases", other).into(t, &mine)
	require.Len(t, mine.Cases, 2)
}

func withoutInstance(t testing.TB, r reply) Problem {
	t.Helper()
	p := r.problem(t)
	p.Instance = ""
	return p
}

func TestTwoAccountsThatClaimOnePersonAtOnceDoNotBothGetThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	levels := []string{"junior", "intermediate", "senior"}
	tokens := []string{w.trainee, w.token(store.Account{Role: store.RoleTrainee}), w.token(store.Account{Role: store.RoleTrainee})}
	won := 0
	for _, r := range w.each(3, func(i int) call {
		return call{
			method: http.MethodPost, path: "/v1/cases", token: tokens[i], body: registrationOf(1, object{"level": levels[i]}),
			header: map[string]string{"Idempotency-Key": "k"},
		}
	}) {
		if r.status == http.StatusCreated {
			won++
			continue
		}
		r.refused(t, http.StatusConflict, personClaimed)
	}
	require.Equal(t, 1, won)
	require.EqualValues(t, 1, w.counts()["cases"])
}

func TestOneAccountThatRegistersTwoPeopleAtOnceGetsOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	won := 0
	for _, r := range w.each(4, func(i int) call {
		return call{
			method: http.MethodPost, path: "/v1/cases", token: w.trainee, body: registrationOf(i, nil),
			header: map[string]string{"Idempotency-Key": strings.Repeat("k", i+1)},
		}
	}) {
		if r.status == http.StatusCreated {
			won++
			continue
		}
		r.refused(t, http.StatusConflict, accountBound)
	}
	require.Equal(t, 1, won)
	require.EqualValues(t, 1, w.counts()["persons"])
}

func TestWhatIsStoredOfAPersonIsSealed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.Equal(t, http.StatusCreated, w.register(w.trainee, "1", registrationOf(1, nil)).status)
	number := identity.Synthetic(1, calendar.MustParseDate("1990-05-17")).Number()
	rows, err := w.sql.QueryContext(t.Context(), `
		SELECT p::text FROM persons p
		UNION ALL SELECT c::text FROM cases c UNION ALL SELECT i::text FROM idempotency_keys i
		UNION ALL SELECT e::text FROM case_events e UNION ALL SELECT a::text FROM audit_entries a
		UNION ALL SELECT x::text FROM accounts x UNION ALL SELECT i::text FROM inbox i`)
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var text string
		require.NoError(t, rows.Scan(&text))
		for _, plain := range []string{"王小明", number} {
			require.NotContains(t, text, plain)
			require.NotContains(t, text, hex.EncodeToString([]byte(plain)), "bytes show as hexadecimal digits")
		}
	}
	require.NoError(t, rows.Err())
	require.NotContains(t, w.log.String(), "王小明")
	require.NotContains(t, w.log.String(), number)
}

func TestATraineeMayRegisterByAnyDocumentTheProgrammeKnows(t *testing.T) { // E-14
	t.Parallel()
	w := newWorld(t)
	by := func(idType, number, country string) object {
		changes := object{"id_type": idType, "id_number": number}
		if country != "" {
			changes["id_country"] = country
		}
		return registrationOf(1, changes)
	}
	for n, document := range []object{
		by("passport", "E12345678", "DEU"), by("passport", "E12345678", "FRA"), by("hong_kong_macao_permit", "H12345678", ""),
		by("taiwan_permit", "12345678", ""),
	} {
		r := w.register(w.token(store.Account{Role: trainee}), fmt.Sprint("document-", n), document)
		require.Equal(t, http.StatusCreated, r.status, "%s", r.body)
		require.NotContains(t, string(r.body), document["id_number"], "no answer repeats a number")
	}
	for _, bad := range []struct {
		body  object
		field map[string]string
	}{
		{by("passport", "E12345678", ""), map[string]string{"id_country": "required"}},
		{by("passport", "E12345678", "DE"), map[string]string{"id_country": "format"}},
		{by("taiwan_permit", "12345678", "TWN"), map[string]string{"id_country": "conflict"}},
		{by("driving_licence", "1", ""), map[string]string{"id_type": "unknown_value"}},
	} {
		r := w.register(w.token(store.Account{Role: trainee}), "bad", bad.body)
		require.Equal(t, bad.field, r.refused(t, http.StatusUnprocessableEntity, validationFailed))
	}
}
