package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

func TestX46NewFactsAreKeptBesideTheOldAndTheCaseIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.register(w.trainee, "k", registrationOf(1, nil))
	require.Equal(t, http.StatusCreated, r.status, "%s", r.body)
	var c caseView
	r.into(t, &c)
	path := "/v1/cases/" + c.ID + "/facts"
	applicant, _ := registrationOf(1, nil)["applicant"].(object)

	require.JSONEq(t, `{"case_id":"`+c.ID+`","forwarded":true,"repeated":true}`,
		string(w.post(path, w.trainee, object{"applicant": applicant, "reason": "再提交一次"}).body), "nothing is new")

	applicant["titles"] = []object{{"title": "助理工程师", "obtained_on": "2020-01-01"}}
	require.Equal(t, map[string]string{"reason": "required"},
		w.post(path, w.trainee, object{"applicant": applicant, "reason": "  "}).refused(t, 422, validationFailed))
	r = w.post(path, w.trainee, object{"applicant": applicant, "reason": "取得助理工程师职称"})
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	require.JSONEq(t, `{"case_id":"`+c.ID+`","forwarded":true,"repeated":false}`, string(r.body))
	require.Contains(t, string(w.post(path, w.trainee, object{"applicant": applicant, "reason": "取得助理工程师职称"}).body),
		`"repeated":true`)

	titles := applicant["titles"].([]object)
	titles[0]["obtained_on"] = "2999-01-01"
	require.Equal(t, map[string]string{"applicant.titles[0].obtained_on": "date_future"},
		w.post(path, w.trainee, object{"applicant": applicant, "reason": "r"}).refused(t, 422, validationFailed))

	w.post(path, w.token(store.Account{Role: trainee}), object{"applicant": applicant, "reason": "r"}).
		refused(t, http.StatusNotFound, notFound)
	w.post(path, w.institution(trainingBodyID), object{"applicant": applicant, "reason": "r"}).
		refused(t, http.StatusForbidden, forbidden)

	titles[0]["obtained_on"] = "2021-01-01"
	w.end(c.ID, progress.Untrained)
	w.post(path, w.trainee, object{"applicant": applicant, "reason": "r"}).refused(t, http.StatusConflict, alreadyEnded)
	w.end(c.ID, progress.Mapped)
	w.post(path, w.trainee, object{"applicant": applicant, "reason": "r"}).refused(t, http.StatusConflict, titleDecided)
	w.end(c.ID, progress.Certified)
	r = w.post(path, w.trainee, object{"applicant": applicant, "reason": "r"})
	require.Equal(t, http.StatusOK, r.status, "a case that ended without a title is decided anew")
}

func TestTheFactsAreReadAsTheyWereGivenLastAndItIsWrittenDownByWhom(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.register(w.trainee, "k", registrationOf(1, nil))
	var c caseView
	r.into(t, &c)
	path := "/v1/cases/" + c.ID + "/facts"
	applicant, _ := registrationOf(1, nil)["applicant"].(object)
	var known struct{ Applicant policy.Applicant }
	w.get(path, w.operator).into(t, &known)
	require.Empty(t, known.Applicant.Titles)
	applicant["titles"] = []object{{"title": "助理工程师", "obtained_on": "2020-01-01"}}
	require.Equal(t, http.StatusOK, w.post(path, w.trainee, object{"applicant": applicant, "reason": "取得职称"}).status)
	w.get(path, w.operator).into(t, &known)
	require.Equal(t, "助理工程师", known.Applicant.Titles[0].Title, "though the case has not taken them yet")
	require.Equal(t, http.StatusOK, w.post(path, w.operator, object{"applicant": known.Applicant, "reason": "原样交回"}).status, "what is read can be sent")

	require.Equal(t, 2, w.audited("facts.read"))
	require.Equal(t, 2, w.count(`SELECT count(*) FROM audit_entries e JOIN cases c ON e.subject = 'person:' || c.person_id
		WHERE action = 'facts.read' AND actor = $1 AND c.id = $2`, w.accountOf(w.operator), c.ID))
	w.get(path, w.trainee).refused(t, http.StatusForbidden, forbidden)
	w.get(path, w.institution(trainingBodyID)).refused(t, http.StatusForbidden, forbidden)
	elsewhere := "yanqing"
	w.get(path, w.token(store.Account{Role: store.RoleOperator, District: &elsewhere})).refused(t, http.StatusNotFound, notFound)
	require.Equal(t, 2, w.audited("facts.read"), "what is refused was not read")
}

func TestX45RulesThatChangeMidCaseApplyOnlyByAnOperatorsDecision(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.newCase(1)
	path := "/v1/cases/" + id + "/rules"
	version := func() string {
		c, err := w.store.Read(t.Context()).Case(id)
		require.NoError(t, err)
		return c.PolicyVersion
	}
	before := version()
	require.Equal(t, map[string]string{"version": "unknown_value"},
		w.post(path, w.operator, object{"version": "beijing-2099", "reason": "r"}).refused(t, 422, validationFailed))
	w.post(path, w.token(store.Account{Role: trainee}), object{"version": "beijing-2023", "reason": "r"}).
		refused(t, http.StatusForbidden, forbidden)
	require.Contains(t, string(w.post(path, w.operator, object{"version": before, "reason": "r"}).body), `"repeated":true`)
	require.Equal(t, before, version())

	after := "beijing-2023"
	require.NotEqual(t, before, after)
	r := w.post(path, w.operator, object{"version": after, "reason": "按新标准办理"})
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	require.Equal(t, after, version())
	require.Contains(t, string(w.get("/v1/cases/"+id+"/events", w.operator).body), "适用的规则版本由"+before+"改为"+after)

	w.end(id, progress.Mapped)
	w.post(path, w.operator, object{"version": before, "reason": "r"}).refused(t, http.StatusConflict, alreadyEnded)
}
