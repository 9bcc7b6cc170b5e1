package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/store"
)

func TestX16WhoIsThePersonWhomAnotherAccountIsIsFoundByTwoOfTheCityAndToldNothingOfThatAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var c struct{ ID string }
	w.register(w.trainee, "own", registrationOf(1, nil)).into(t, &c)
	w.exec(`INSERT INTO contacts (person_id, updated_at) SELECT person_id, now() FROM cases WHERE id = $1`, c.ID)
	claimant, district := w.token(store.Account{Role: store.RoleTrainee}), "haidian"
	bureau, second := w.token(store.Account{Role: store.RoleOperator, District: &district}), w.second()
	said := func(n int, name string) object {
		return object{"name": name, "id_number": registrationOf(n, nil)["id_number"], "text": "有人用我的证件号码注册了账户"}
	}
	w.register(claimant, "taken", registrationOf(1, object{"level": "senior"})).refused(t, http.StatusConflict, personClaimed)
	w.post("/v1/me/person-claims", claimant, said(2, "王小明")).refused(t, http.StatusConflict, claimNobody)
	w.post("/v1/me/person-claims", w.trainee, said(1, "王小明")).refused(t, http.StatusConflict, accountBound)
	claim := func() (view PersonClaimView) {
		r := w.post("/v1/me/person-claims", claimant, said(1, "王小铭"))
		require.Equal(t, http.StatusCreated, r.status, "%s", r.body)
		r.into(t, &view)
		require.NotContains(t, string(r.body), c.ID)
		return view
	}
	first := claim()
	w.post("/v1/me/person-claims", claimant, said(1, "王小明")).refused(t, http.StatusConflict, claimOpen)
	require.Equal(t, "withdrawn", w.claimed("/v1/me/person-claims/"+first.ID+"/withdrawal", claimant, nil).State.Code)
	w.post("/v1/me/person-claims/"+first.ID+"/withdrawal", claimant, nil).refused(t, http.StatusConflict, requestDecided)

	asked := claim()
	path := "/v1/person-claims/" + asked.ID
	for _, token := range []string{bureau, w.trainee, claimant, w.institution(trainingBodyID)} {
		require.Contains(t, []int{http.StatusForbidden, http.StatusNotFound}, w.get(path, token).status)
	}
	yes, no := object{"agrees": true, "reason": "证件与登记一致"}, object{"agrees": false, "reason": "影像不清"}
	require.Equal(t, map[string]string{"agrees": "document_missing"}, w.post(path+"/decision", w.operator, yes).refused(t, 422, validationFailed))
	content := scoreSheet(5000)
	document := filing(asked.ID, content, object{"subject_kind": "claim", "kind": "identity_document", "name": "证件.pdf"})
	w.post("/v1/evidence", w.trainee, document).refused(t, 422, validationFailed)
	at := w.askFor(claimant, document)
	require.Equal(t, http.StatusOK, w.sendFile(at.Upload, content).status)
	w.get("/v1/evidence/"+at.ID+"/file", bureau).refused(t, http.StatusNotFound, notFound)
	w.get("/v1/evidence/"+at.ID+"/file", w.trainee).refused(t, http.StatusNotFound, notFound)
	require.Equal(t, content, w.get("/v1/evidence/"+at.ID+"/file", w.operator).body)
	var seen struct {
		NameGiven    string `json:"name_given"`
		NameRecorded string `json:"name_recorded"`
		IDNumber     string `json:"id_number"`
		Files        []evidenceView
		Cases        []CaseSummary
		Held, Mine   bool
	}
	w.get(path, w.operator).into(t, &seen)
	require.Equal(t, []any{"王小铭", "王小明", 1, c.ID, true, false},
		[]any{seen.NameGiven, seen.NameRecorded, len(seen.Files), seen.Cases[0].ID, seen.Held, seen.Mine})
	require.Contains(t, seen.IDNumber, "*")

	require.Equal(t, "proposed", w.claimed(path+"/decision", w.operator, yes).State.Code)
	w.post(path+"/decision", w.operator, yes).refused(t, http.StatusConflict, otherPersonNeeded)
	require.Equal(t, "asked", w.claimed(path+"/decision", second, no).State.Code, "who does not agree has it proposed anew")
	w.get("/v1/cases/"+c.ID, claimant).refused(t, http.StatusNotFound, notFound)
	w.claimed(path+"/decision", second, yes)
	require.Equal(t, "agreed", w.claimed(path+"/decision", w.operator, yes).State.Code)
	w.post(path+"/decision", second, no).refused(t, http.StatusConflict, requestDecided)

	require.Equal(t, http.StatusOK, w.get("/v1/cases/"+c.ID, claimant).status, "what stands in the person's name is theirs")
	w.get("/v1/cases/"+c.ID, w.trainee).refused(t, http.StatusNotFound, notFound)
	require.Zero(t, w.count("SELECT count(*) FROM contacts"), "how they were reached was the other account's word")
	var own struct{ Claims, Lost []PersonClaimView }
	w.get("/v1/me/person-claims", w.trainee).into(t, &own)
	require.Equal(t, []int{0, 1}, []int{len(own.Claims), len(own.Lost)}, "the other account is told")
	w.get("/v1/me/person-claims", claimant).into(t, &own)
	require.Equal(t, []any{2, "证件与登记一致"}, []any{len(own.Claims), own.Claims[0].Reason})
	require.NotContains(t, w.dump("person_claims"), "王小铭")
	for action, n := range map[string]int{"person.claim": 2, "person.claim_propose": 2, "person.claim_decline": 1, "person.claim_decide": 1, "person.claim_read": 1} {
		require.Equal(t, n, w.audited(action), action)
	}
}

func TestX16TheRecordRefusesOnePersonInTwoPlacesAboutWhoseAPersonIs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	caseID := w.newCase(1)
	id := w.claimOf(w.accountOf(w.token(store.Account{Role: store.RoleTrainee})), caseID)
	operator := w.accountOf(w.operator)
	w.exec(`UPDATE person_claims SET state = 'proposed', agrees = true, reason = 'r', proposed_by = $2, proposed_at = now() WHERE id = $1`, id, operator)
	_, err := w.sql.ExecContext(t.Context(), `UPDATE person_claims SET state = 'agreed', decided_by = $2, decided_at = now() WHERE id = $1`, id, operator)
	require.ErrorContains(t, err, "person_claims_two_persons")
	_, err = w.sql.ExecContext(t.Context(), "UPDATE person_claims SET state = 'agreed', decided_by = $2, decided_at = now() WHERE id = $1", id,
		w.accountOf(w.institution(trainingBodyID)))
	require.ErrorContains(t, err, "operators of the city decide")
}

// claimed takes a step of a claim that must be taken.
func (w *world) claimed(path, token string, body any) (view PersonClaimView) {
	w.t.Helper()
	r := w.post(path, token, body)
	require.Equal(w.t, http.StatusOK, r.status, "%s", r.body)
	r.into(w.t, &view)
	return view
}
