package api

import (
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/queue"
	"github.com/dengpan/dengpan/store"
)

// second is another operator of the city.
func (w *world) second() string { return w.token(store.Account{Role: store.RoleOperator}) }

// decides decides on an approval, as it was seen.
func (w *world) decidesOn(id, token, decision string) reply {
	w.t.Helper()
	var a ApprovalView
	w.get("/v1/approvals/"+id, token).into(w.t, &a)
	return w.post("/v1/approvals/"+id+"/decision", token, object{"decision": decision, "reason": "已核对", "seen": a.Seen})
}

// approves has somebody else approve what an answer says waits for them.
func (w *world) approves(asked reply, other string) {
	w.t.Helper()
	require.Equal(w.t, http.StatusAccepted, asked.status, "%s", asked.body)
	var a struct{ Approval ApprovalView }
	asked.into(w.t, &a)
	r := w.decidesOn(a.Approval.ID, other, "approve")
	require.Equal(w.t, http.StatusOK, r.status, "%s", r.body)
}

// giving asks for a case to be given up, and says which approval that waits for.
func (w *world) giving(caseID string) string {
	w.t.Helper()
	r := w.acts(caseID, object{"verb": "cancel", "legal_basis": "京人社专技字〔2023〕91号"})
	require.Equal(w.t, http.StatusAccepted, r.status, "%s", r.body)
	var a actAnswer
	r.into(w.t, &a)
	require.Equal(w.t, "awaiting_approval", a.Act.State)
	return a.Act.ApprovalID
}

// sent is how many acts have gone to a case.
func (w *world) sent(caseID string) int {
	w.t.Helper()
	return w.count("SELECT count(*) FROM inbox WHERE kind = 'act' AND case_id = $1", caseID)
}

func (w *world) queueOf(caseID string) queue.Queue {
	w.t.Helper()
	c, err := w.store.Read(w.t.Context()).Case(caseID)
	require.NoError(w.t, err)
	return c.Queue
}

func TestWhatNeedsTwoIsDoneOnceASecondPersonApproves(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.carryActs()
	c, other := w.waiting(1), w.second()
	id := w.giving(c)
	require.Equal(t, queue.Approval, w.queueOf(c))
	require.Zero(t, w.sent(c), "nothing has gone to the case")

	var shown struct {
		ApprovalView
		Effects []effectLine
	}
	w.get("/v1/approvals/"+id, other).into(t, &shown)
	require.Equal(t, "京人社专技字〔2023〕91号", shown.LegalBasis)
	require.Equal(t, "case_ends", shown.Effects[0].Code, "who decides sees what it would do")
	require.False(t, shown.Mine)
	require.Equal(t, queue.Approval, w.queueOf(c), "looking changes nothing")

	require.Equal(t, map[string]string{"verb": "approval_pending"},
		w.acts(c, object{"verb": "cancel", "legal_basis": "x"}).refused(t, http.StatusConflict, actNotPossible))
	r := w.decidesOn(id, other, "approve")
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	require.Equal(t, 1, w.sent(c))
	require.Equal(t, queue.Institution, w.queueOf(c), "its workflow ends it")
	var listed struct{ Acts []ActView }
	w.get("/v1/cases/"+c+"/acts", w.operator).into(t, &listed)
	require.Equal(t, "applied", listed.Acts[0].State)
	require.Equal(t, []int{1, 1, 1}, []int{w.audited("case.act"), w.audited("approval.approved"), w.audited("case.cancel")})
	require.Equal(t, 1, w.count("SELECT count(*) FROM notices WHERE kind = 'approval_asked'"))
}

func TestFourEyesCannotBeGotRound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.carryActs()
	c, other := w.waiting(1), w.second()
	id := w.giving(c)
	path := "/v1/approvals/" + id
	approve := object{"decision": "approve", "reason": "x", "seen": w.seen(c)}

	w.post(path+"/decision", w.operator, approve).refused(t, http.StatusConflict, secondPersonNeeded)
	same := w.sessionToken(w.operator)
	w.post(path+"/decision", same, approve).refused(t, http.StatusConflict, secondPersonNeeded)
	for _, stranger := range []string{w.trainee, w.institution(trainingBodyID), w.token(store.Account{Role: store.RoleAdministrator})} {
		w.post(path+"/decision", stranger, approve).refused(t, http.StatusForbidden, forbidden)
	}
	far := "xicheng"
	w.post(path+"/decision", w.token(store.Account{Role: store.RoleOperator, District: &far}), approve).refused(t, http.StatusNotFound, notFound)
	w.post(path+"/decision", other, object{"decision": "approve", "reason": "x", "seen": w.seen(c) - 1}).refused(t, http.StatusConflict, caseChanged)
	w.post(path+"/withdrawal", other, nil).refused(t, http.StatusConflict, notTheRequester)
	for _, forged := range []string{
		`UPDATE approvals SET state = 'approved', decided_by = requested_by, decided_at = now(), decision_reason = 'x'`,
		`UPDATE acts SET state = 'pending'`,
		`UPDATE acts SET state = 'applied', answered_at = now()`,
		`UPDATE approvals SET legal_basis = 'other'`,
		`DELETE FROM approvals`,
		`INSERT INTO acts (id, case_id, verb, reason, seen, requested_by, requested_at, state)
			SELECT gen_random_uuid(), case_id, 'cancel', 'x', seen, requested_by, now(), 'pending' FROM acts`,
	} {
		_, err := w.sql.ExecContext(t.Context(), forged)
		require.Error(t, err, forged)
	}
	require.Zero(t, w.sent(c))

	key := call{method: http.MethodPost, path: path + "/decision", token: other, body: approve, header: map[string]string{"Idempotency-Key": "once"}}
	first := w.do(key)
	require.Equal(t, http.StatusOK, first.status, "%s", first.body)
	again := w.do(key)
	require.Equal(t, string(first.body), string(again.body), "the same request is answered the same")
	w.post(path+"/decision", other, approve).refused(t, http.StatusConflict, requestDecided)
	w.post(path+"/decision", w.second(), object{"decision": "reject", "reason": "x", "seen": 0}).refused(t, http.StatusConflict, requestDecided)
	require.Equal(t, 1, w.sent(c), "what was approved is carried out once")
}

// sessionToken is another token of the same account.
func (w *world) sessionToken(token string) (another string) {
	w.t.Helper()
	account, err := w.store.Read(w.t.Context()).AccountByToken(token)
	require.NoError(w.t, err)
	another = "another" + token
	w.exec(`INSERT INTO access_tokens (id, account_id, token_hash, label) VALUES (gen_random_uuid(), $1, sha256($2::text::bytea), 'another')`,
		account.ID, another)
	return another
}

func TestAnApprovalOfACaseThatHasChangedSinceIsVoidAndWhoAskedIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.carryActs()
	c, other := w.waiting(1), w.second()
	id := w.giving(c)
	seen := w.seen(c)
	require.Equal(t, http.StatusOK, w.acts(c, object{"verb": "retry"}).status)
	require.Equal(t, queue.Institution, w.queueOf(c), "it waits for nobody's approval any more")
	w.post("/v1/approvals/"+id+"/decision", other, object{"decision": "approve", "reason": "x", "seen": seen}).refused(t, http.StatusConflict, requestDecided)
	var a ApprovalView
	w.get("/v1/approvals/"+id, w.operator).into(t, &a)
	require.Equal(t, "overtaken", a.State)
	require.True(t, a.Mine)
	require.Equal(t, 1, w.count("SELECT count(*) FROM notices WHERE kind = 'approval_overtaken'"))
	require.Equal(t, 1, w.count("SELECT count(*) FROM acts WHERE state = 'overtaken'"))
}

func TestWhoAskedMayTakeItBackAndWhoIsAskedMayRejectIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c, other := w.waiting(1), w.second()
	for state, end := range map[string]func(id string) reply{
		"withdrawn": func(id string) reply { return w.post("/v1/approvals/"+id+"/withdrawal", w.operator, nil) },
		"rejected":  func(id string) reply { return w.decidesOn(id, other, "reject") },
	} {
		id := w.giving(c)
		r := end(id)
		require.Equal(t, http.StatusOK, r.status, "%s", r.body)
		require.Contains(t, string(r.body), `"state":"`+state+`"`)
		require.Equal(t, queue.Institution, w.queueOf(c))
		require.Equal(t, 1, w.count("SELECT count(*) FROM acts WHERE state = $1 AND approval_id = $2", state, id))
		require.Equal(t, 1, w.audited("approval."+state))
	}
	require.Zero(t, w.sent(c))
	var listed struct{ Approvals []ApprovalView }
	w.get("/v1/approvals?state=rejected&verb=cancel&whose=others", other).into(t, &listed)
	require.Len(t, listed.Approvals, 1)
	w.get("/v1/approvals?whose=mine", other).into(t, &listed)
	require.Empty(t, listed.Approvals)
	w.get("/v1/approvals?state=pending&case_id="+c, w.operator).into(t, &listed)
	require.Empty(t, listed.Approvals)
}

func TestOfTwoWhoDecideAtOnceExactlyOneDoes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.carryActs()
	c := w.waiting(1)
	id, seen := w.giving(c), w.seen(c)
	statuses := make([]int, 4)
	var wg sync.WaitGroup
	for i := range statuses {
		token, decision := w.second(), []string{"approve", "reject"}[i%2]
		wg.Go(func() {
			req := call{
				method: http.MethodPost, path: "/v1/approvals/" + id + "/decision", token: token,
				body: object{"decision": decision, "reason": "x", "seen": seen},
			}
			statuses[i] = w.do(req).status
		})
	}
	wg.Wait()
	won := 0
	for _, status := range statuses {
		if status == http.StatusOK {
			won++
		} else {
			require.Equal(t, http.StatusConflict, status)
		}
	}
	require.Equal(t, 1, won)
	require.LessOrEqual(t, w.sent(c), 1)
}

func TestGivingUpWhatACaseIsStuckOnNeedsASecondPersonAsWell(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.carryActs()
	c, other := w.newCase(1), w.second()
	incident := w.stick(c, progress.Registration, contract.EligibilityNotMet, store.Incident{})
	path := "/v1/incidents/" + incident + "/resolution"
	override := object{"verb": "override", "reason": "x", "evidence": "批复 12 号", "legal_basis": "91 号文"}
	r := w.post(path, w.operator, override)
	require.Equal(t, http.StatusAccepted, r.status, "%s", r.body)
	var asked struct {
		IncidentState string `json:"incident_state"`
		Applied       bool
		Resolution    resolutionView
		Approval      ApprovalView
	}
	r.into(t, &asked)
	require.Equal(t, []any{"open", false, "awaiting_approval", "pending"},
		[]any{asked.IncidentState, asked.Applied, asked.Resolution.Outcome, asked.Approval.State})
	require.Equal(t, queue.Approval, w.queueOf(c))
	w.post(path, w.operator, override).refused(t, http.StatusConflict, approvalPending)
	require.Equal(t, http.StatusOK, w.decidesOn(asked.Approval.ID, other, "approve").status)
	require.Equal(t, 1, w.count("SELECT count(*) FROM resolutions WHERE outcome = 'applied'"))
	require.Equal(t, 1, w.count("SELECT count(*) FROM incidents WHERE state = 'closed'"))

	again := w.stick(c, progress.Registration, contract.EligibilityNotMet, store.Incident{})
	r = w.post("/v1/incidents/"+again+"/resolution", w.operator, override)
	r.into(t, &asked)
	require.Equal(t, http.StatusOK, w.post("/v1/incidents/"+again+"/resolution", w.operator, object{"verb": "retry", "reason": "x"}).status)
	w.post("/v1/approvals/"+asked.Approval.ID+"/decision", other, object{"decision": "approve", "reason": "x", "seen": asked.Approval.Seen}).
		refused(t, http.StatusConflict, requestDecided)
	require.Equal(t, 1, w.count("SELECT count(*) FROM approvals WHERE state = 'overtaken'"), "the incident was resolved otherwise")
}

func TestAFindingIsAcceptedByTwo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other := w.second()
	down := w.find(store.Incident{Cause: contract.ChannelDown, Channel: "national"})
	path := "/v1/incidents/" + down + "/resolution"
	accept := object{"verb": "override", "reason": "渠道停机检修", "evidence": "渠道公告", "legal_basis": "渠道公告"}
	var asked struct{ Approval ApprovalView }
	w.post(path, w.operator, accept).into(t, &asked)
	w.post(path, w.operator, accept).refused(t, http.StatusConflict, approvalPending)
	require.Equal(t, http.StatusOK, w.decidesOn(asked.Approval.ID, other, "approve").status)
	require.Equal(t, 1, w.count("SELECT count(*) FROM incidents WHERE state = 'closed'"))

	down = w.find(store.Incident{Cause: contract.ChannelDown, Channel: "national"})
	w.post("/v1/incidents/"+down+"/resolution", w.operator, accept).into(t, &asked)
	w.exec("UPDATE incidents SET state = 'closed', closed_at = now(), closed_by = 'vanishing' WHERE id = $1", down)
	w.decidesOn(asked.Approval.ID, other, "approve").refused(t, http.StatusConflict, approvalOvertaken)
	require.Equal(t, 1, w.count("SELECT count(*) FROM approvals WHERE state = 'overtaken'"), "that is kept")
	w.decidesOn(asked.Approval.ID, other, "approve").refused(t, http.StatusConflict, requestDecided)
}
