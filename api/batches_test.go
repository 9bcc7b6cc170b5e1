package api

import (
	"encoding/csv"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/acting"
	"github.com/dengpan/dengpan/batches"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// jam is cases that are stuck on one cause, and the clock of the batch that acts on them.
type jam struct {
	*world

	cases     []string
	incidents []string
	clock     time.Time
}

func newJam(t *testing.T, n int, cause contract.Cause) *jam {
	t.Helper()
	c := &jam{world: newWorld(t)}
	at := trainingBodyID
	for i := range n {
		id := c.newCase(i + 1)
		c.cases = append(c.cases, id)
		c.incidents = append(c.incidents, c.stick(id, progress.Training, cause, store.Incident{InstitutionID: &at, Params: object{"task": "training"}}))
	}
	return c
}

// group is what the cases of the jam have in common.
func (c *jam) group(cause contract.Cause) object {
	return object{"cause": cause, "stage": "training", "institution": trainingBodyID}
}

func (c *jam) ask(body object) batchDetail {
	c.t.Helper()
	r := c.post("/v1/incident-batches", c.operator, body)
	require.Equal(c.t, http.StatusCreated, r.status, "%s", r.body)
	var b batchDetail
	r.into(c.t, &b)
	c.clock = time.Now().UTC() // from now on it is ours
	return b
}

func (c *jam) desk() batches.Desk {
	return batches.Desk{Keys: c.keys, Acting: acting.Desk{Calendar: c.calendar}}
}

// turn takes a turn of a batch at the jam's time, which goes on by a while first.
func (c *jam) turn(id string, later time.Duration) contract.Turn {
	c.t.Helper()
	c.clock = c.clock.Add(later)
	reply, err := c.desk().Go(c.t.Context(), c.store, id, func() time.Time { return c.clock })
	require.NoError(c.t, err)
	return reply
}

// answer answers a batch's resolution of a case as the case would, and has it stuck on something else afterwards if a cause is
// given.
func (c *jam) answer(caseID, refusal string, next contract.Cause) {
	c.t.Helper()
	require.NoError(c.t, c.store.Tx(c.t.Context(), func(tx *store.Tx) error {
		f, err := tx.OpenCase(caseID)
		require.NoError(c.t, err)
		incident, err := tx.OpenIncidentOf(caseID)
		require.NoError(c.t, err)
		latest, err := tx.LatestResolutions([]string{incident.ID})
		require.NoError(c.t, err)
		if refusal == "" {
			require.NoError(c.t, f.CloseIncident(store.ClosedByResolution))
			require.NoError(c.t, f.Move(progress.Training, progress.Active, nil, nil))
		}
		require.NoError(c.t, tx.AnswerResolution(latest[incident.ID], refusal))
		if next != "" {
			_, err := f.OpenIncident(progress.Training, next, store.Incident{})
			require.NoError(c.t, err)
		}
		return f.Save()
	}))
}

func (c *jam) batch(id string) (b batchDetail) {
	c.t.Helper()
	c.get("/v1/incident-batches/"+id, c.operator).into(c.t, &b)
	return b
}

func (c *jam) items(id, query string) []batchItemView {
	c.t.Helper()
	var page struct {
		Items []batchItemView
		Total int
	}
	c.get("/v1/incident-batches/"+id+"/items?limit=200"+query, c.operator).into(c.t, &page)
	require.Len(c.t, page.Items, page.Total)
	return page.Items
}

func TestABatchIsOfTheCasesThatWereCountedAndOfNoOthers(t *testing.T) {
	t.Parallel()
	c := newJam(t, 3, contract.HoursInsufficient)
	other := c.newCase(9)
	c.stick(other, progress.Exam, contract.ExamAttemptsExhausted, store.Incident{})
	group := c.group(contract.HoursInsufficient)
	before := c.counts()

	var preview struct {
		Count         int
		NeedsApproval bool `json:"needs_approval"`
		Sample        []batchSample
		Effects       []effectText
	}
	r := c.post("/v1/incident-batches/preview", c.operator, object{"verb": "retry", "group": group})
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	r.into(t, &preview)
	require.Equal(t, 3, preview.Count)
	require.False(t, preview.NeedsApproval)
	require.Len(t, preview.Sample, 3)
	require.Contains(t, preview.Effects[0].Text, "3 件个案")
	require.Equal(t, before, c.counts(), "a preview writes nothing")
	require.Zero(t, c.count("SELECT count(*) FROM batches"))

	ask := object{"name": "补学时", "reason": "机构已补录", "verb": "retry", "group": group, "expected": 4}
	r = c.post("/v1/incident-batches", c.operator, ask)
	r.refused(t, http.StatusConflict, batchCountChanged)
	require.Equal(t, 3, *r.problem(t).Count, "it says how many they are now")
	require.Zero(t, c.count("SELECT count(*) FROM batches"), "and nothing was begun")

	ask["expected"] = 3
	b := c.ask(ask)
	require.Equal(t, store.BatchRunning, b.State)
	require.Equal(t, batchCounted{Total: 3, Waiting: 3}, b.Progress)
	late := c.newCase(10)
	at := trainingBodyID
	c.stick(late, progress.Training, contract.HoursInsufficient, store.Incident{InstitutionID: &at})
	c.turn(b.ID, 0)
	require.Equal(t, 3, c.count("SELECT count(*) FROM resolutions"))
	require.Equal(t, 3, c.count("SELECT count(*) FROM batch_items WHERE case_id = ANY($1::uuid[])", "{"+strings.Join(c.cases, ",")+"}"))
	require.Equal(t, 1, c.count("SELECT count(*) FROM audit_entries WHERE action = 'batch.ask' AND reason = '机构已补录'"))

	r = c.post("/v1/incident-batches/preview", c.operator, object{"verb": "retry", "group": object{"filter": "institution:" + trainingBodyID + " cause:hours_insufficient"}})
	r.into(t, &preview)
	require.Equal(t, 1, preview.Count, "a filter picks what it picks of a list; the others are being resolved")

	elsewhere := "xicheng"
	district := c.token(store.Account{Role: store.RoleOperator, District: &elsewhere})
	c.post("/v1/incident-batches", district, ask).refused(t, http.StatusConflict, batchCountChanged)
	c.get("/v1/incident-batches/"+b.ID, district).refused(t, http.StatusNotFound, notFound)
}

func TestWhatIsWrongWithABatchIsSaidByField(t *testing.T) {
	t.Parallel()
	c := newJam(t, 1, contract.HoursInsufficient)
	group := c.group(contract.HoursInsufficient)
	right := func(changes object) object {
		b := object{"name": "n", "reason": "r", "verb": "retry", "group": group, "expected": 1}
		maps.Copy(b, changes)
		return b
	}
	for field, wrong := range map[string]object{
		"name":               {"name": " "},
		"reason":             {"reason": " "},
		"group.cause":        {"group": object{}},
		"group.filter[0]":    {"group": object{"filter": "nonsense:x"}},
		"group.endpoint_id":  {"verb": "resume_endpoint", "group": object{"endpoint_id": "00000000-0000-4000-8000-000000000000"}},
		"params.institution": {"verb": "reassign", "params": object{"institution": "nobody"}},
		"params.days":        {"params": object{"days": 3}},
		"params.evidence":    {"verb": "override", "legal_basis": "x"},
		"params.url":         {"params": object{"url": "https://example.org"}},
		"legal_basis":        {"verb": "cancel"},
		"verb":               {"verb": "extend", "params": object{"days": 3}},
		"per_minute":         {"per_minute": 6001},
		"watch_seconds":      {"watch_seconds": -1},
	} {
		p := c.post("/v1/incident-batches", c.operator, right(wrong)).problem(t)
		require.NotEmpty(t, p.Errors, field)
		require.Equal(t, field, p.Errors[0].Field, "%+v", p)
	}
	require.Zero(t, c.count("SELECT count(*) FROM batches"))
}

func TestDoneMeansThatTheCaseHasLeftWhatItWasStuckInAndNotThatACommandWasTaken(t *testing.T) {
	t.Parallel()
	c := newJam(t, 6, contract.HoursInsufficient)
	b := c.ask(object{
		"name": "补学时", "reason": "r", "verb": "retry", "group": c.group(contract.HoursInsufficient), "expected": 6, "per_minute": 6000, "watch_seconds": 60,
	})
	c.exec("UPDATE incidents SET state = 'closed', closed_at = now(), closed_by = 'arrival' WHERE id = $1", c.incidents[5])
	c.exec("UPDATE cases SET held = '' WHERE id = $1", c.cases[5])
	c.turn(b.ID, 0)
	require.Equal(t, batchCounted{Total: 6, Acted: 5, Skipped: 1}, c.batch(b.ID).Progress, "commands that were accepted are not outcomes")
	require.Equal(t, 5, c.count("SELECT count(*) FROM inbox WHERE kind = 'resolution'"))

	c.answer(c.cases[0], "", "")
	c.answer(c.cases[1], "", "")
	c.answer(c.cases[2], "", contract.HoursInsufficient) // at once
	c.answer(c.cases[3], "verb_not_allowed", "")
	c.turn(b.ID, time.Second)
	require.Equal(t, batchCounted{Total: 6, Acted: 1, Cleared: 2, StuckAgain: 1, Refused: 1, Skipped: 1}, c.batch(b.ID).Progress)
	out := c.clock

	c.stick(c.cases[1], progress.Training, contract.TaskRejected, store.Incident{}) // later, while the batch is watching
	c.turn(b.ID, 10*time.Second)
	for !c.turn(b.ID, 20*time.Second).Over {
		require.Less(t, c.clock.Sub(out), time.Hour)
	}
	done := c.batch(b.ID)
	require.Equal(t, store.BatchDone, done.State)
	require.Equal(t, batchCounted{Total: 6, Cleared: 1, StuckAgain: 2, Refused: 1, Unchanged: 1, Skipped: 1}, done.Progress)
	require.GreaterOrEqual(t, c.clock.Sub(out), batches.Patience, "what does not change is waited for")

	why := map[string]string{}
	for _, cause := range done.Causes {
		require.Equal(t, 1, cause.Count)
		why[cause.Cause.Code] = cause.State
		require.NotEqual(t, cause.Cause.Code, cause.Cause.Name, "it has no words")
	}
	require.Equal(t, map[string]string{
		"hours_insufficient": "stuck_again", "task_rejected": "stuck_again", "verb_not_allowed": "refused", "not_taken": "unchanged",
		"incident_closed": "skipped",
	}, why)
	items := c.items(b.ID, "")
	require.Equal(t, []string{"stuck_again", "stuck_again", "refused", "unchanged", "skipped", "cleared"}, []string{
		items[0].State, items[1].State, items[2].State, items[3].State, items[4].State, items[5].State,
	}, "what must be looked at comes first")
	require.Len(t, c.items(b.ID, "&state=stuck_again"), 2)
	again := items[0]
	require.Equal(t, c.cases[1], again.CaseID)
	require.True(t, again.ClearedAt.Before(*again.SettledAt), "both are shown: when it had left, and when it was stuck again")
	require.Equal(t, "task_rejected", again.Now.Cause.Code)

	r := c.get("/v1/incident-batches/"+b.ID+"/items/csv", c.operator)
	require.Equal(t, http.StatusOK, r.status)
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(r.body), "\ufeff"))).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 7)
	require.Equal(t, []string{"2", c.cases[1], "又卡住"}, rows[1][:3])
	require.Equal(t, 1, c.count("SELECT count(*) FROM audit_entries WHERE action = 'batch.done' AND after->>'stuck_again' = '2'"))
	require.True(t, c.turn(b.ID, time.Hour).Over, "what is over stays as it was")
	require.Equal(t, done.Progress, c.batch(b.ID).Progress)
}

func TestABatchGoesNoFasterThanItsPaceHoweverOftenItsTurnIsTaken(t *testing.T) {
	t.Parallel()
	c := newJam(t, 5, contract.HoursInsufficient)
	b := c.ask(object{
		"name": "n", "reason": "r", "verb": "retry", "group": c.group(contract.HoursInsufficient), "expected": 5, "per_minute": 2,
	})
	began := c.clock
	for range 3 { // a worker that was killed has its turn taken again
		reply := c.turn(b.ID, 0)
		require.Equal(t, began.Add(30*time.Second).Truncate(time.Microsecond), reply.NextAt.UTC())
		require.Equal(t, 1, c.batch(b.ID).Progress.Acted)
	}
	for n := 2; n <= 5; n++ {
		c.turn(b.ID, 29*time.Second)
		require.Equal(t, n-1, c.batch(b.ID).Progress.Acted)
		c.turn(b.ID, time.Second)
		require.Equal(t, n, c.batch(b.ID).Progress.Acted)
	}
	require.Equal(t, 2*time.Minute, c.clock.Sub(began))
	for perMinute, want := range map[int]time.Duration{1: time.Minute, 60: time.Second, 90: time.Minute / 90, 1200: time.Second, 6000: time.Minute / 240} {
		atOnce, rest := batches.Pace(perMinute)
		require.Equal(t, want, rest, perMinute)
		require.LessOrEqual(t, time.Duration(atOnce)*time.Minute, time.Duration(perMinute)*rest+time.Minute, "no more than so many a minute")
	}
}

func TestABatchThatIsPausedOrStoppedActsOnNothingMoreAndLooksAtWhatItDid(t *testing.T) {
	t.Parallel()
	c := newJam(t, 3, contract.HoursInsufficient)
	b := c.ask(object{
		"name": "n", "reason": "r", "verb": "retry", "group": c.group(contract.HoursInsufficient), "expected": 3, "per_minute": 1,
		"watch_seconds": 0,
	})
	do := func(turn, token string) reply {
		return c.post("/v1/incident-batches/"+b.ID+"/"+turn, token, object{"reason": "先看看"})
	}
	c.turn(b.ID, 0)
	c.answer(c.cases[0], "", "")
	require.Equal(t, http.StatusOK, do("pause", c.operator).status)
	do("pause", c.operator).refused(t, http.StatusConflict, batchState)
	reply := c.turn(b.ID, time.Hour)
	require.Equal(t, contract.Turn{}, reply, "it waits for somebody")
	require.Equal(t, batchCounted{Total: 3, Waiting: 2, Cleared: 1}, c.batch(b.ID).Progress)

	require.Equal(t, http.StatusOK, do("resume", c.operator).status)
	c.turn(b.ID, 0)
	require.Equal(t, 1, c.batch(b.ID).Progress.Acted)
	require.Equal(t, http.StatusOK, do("stop", c.operator).status)
	require.False(t, c.turn(b.ID, time.Minute).Over, "what it did is looked at")
	require.Equal(t, store.BatchStopping, c.batch(b.ID).State)
	c.answer(c.cases[1], "", "")
	require.True(t, c.turn(b.ID, time.Minute).Over)
	stopped := c.batch(b.ID)
	require.Equal(t, store.BatchStopped, stopped.State)
	require.Equal(t, batchCounted{Total: 3, Cleared: 2, Skipped: 1}, stopped.Progress)
	do("resume", c.operator).refused(t, http.StatusConflict, batchState)
	require.Equal(t, 2, c.count("SELECT count(*) FROM resolutions"))
	require.Equal(t, 3, c.count("SELECT count(*) FROM audit_entries WHERE action IN ('batch.pause', 'batch.resume', 'batch.stop') AND reason = '先看看'"))
	require.Equal(t, 1, c.count("SELECT count(*) FROM batches WHERE wake_wanted_at IS NOT NULL"), "its workflow is told")
}

func TestWhatGoesBeyondTheRulesForManyWaitsForASecondPerson(t *testing.T) {
	t.Parallel()
	c := newJam(t, 2, contract.IssuerNotListed)
	ask := object{
		"name": "n", "reason": "r", "legal_basis": "市人社局批复", "verb": "override", "params": object{"evidence": "批复扫描件"},
		"group": c.group(contract.IssuerNotListed), "expected": 2, "watch_seconds": 0,
	}
	b := c.ask(ask)
	require.Equal(t, store.BatchAwaiting, b.State)
	require.True(t, b.Mine)
	c.turn(b.ID, time.Hour)
	require.Zero(t, c.count("SELECT count(*) FROM resolutions"), "nothing is done before")

	decide := func(id, token, decision string) reply {
		return c.post("/v1/incident-batches/"+id+"/decision", token, object{"decision": decision, "reason": "已核"})
	}
	const second = "another-session-of-the-same-person"
	c.exec(`INSERT INTO access_tokens (id, account_id, token_hash, label) VALUES (gen_random_uuid(), $1, sha256($2::text::bytea), 'x')`,
		c.accountOf(c.operator), second)
	for _, session := range []string{c.operator, second} {
		decide(b.ID, session, "approve").refused(t, http.StatusConflict, secondPersonNeeded)
	}
	_, err := c.sql.ExecContext(t.Context(), `UPDATE batches SET state = 'running', decided_by = requested_by, decided_at = now(), decision_reason = 'x'
		WHERE id = $1`, b.ID)
	require.ErrorContains(t, err, "batches_two_persons", "nor past the interface")
	_, err = c.sql.ExecContext(t.Context(), "UPDATE batches SET state = 'running' WHERE id = $1", b.ID)
	require.ErrorContains(t, err, "check constraint")

	other := c.token(store.Account{Role: store.RoleOperator})
	c.exec("UPDATE incidents SET state = 'closed', closed_at = now(), closed_by = 'arrival' WHERE id = $1", c.incidents[0])
	c.exec("UPDATE cases SET held = '' WHERE id = $1", c.cases[0])
	require.Equal(t, http.StatusOK, decide(b.ID, other, "approve").status)
	decide(b.ID, other, "approve").refused(t, http.StatusConflict, requestDecided)
	c.turn(b.ID, 0)
	require.Equal(t, batchCounted{Total: 2, Acted: 1, Skipped: 1}, c.batch(b.ID).Progress, "what changed before it was approved is left alone")

	ask["expected"], ask["verb"], ask["params"] = 1, "cancel", object{}
	c.stick(c.cases[0], progress.Training, contract.IssuerNotListed, store.Incident{})
	ask["group"] = object{"cause": "issuer_not_listed"}
	refused := c.ask(ask)
	require.Equal(t, http.StatusOK, decide(refused.ID, other, "refuse").status)
	require.Equal(t, store.BatchRejected, c.batch(refused.ID).State)
	require.Equal(t, batchCounted{Total: 1, Skipped: 1}, c.batch(refused.ID).Progress)
	require.True(t, c.turn(refused.ID, 0).Over)
	require.Equal(t, 1, c.count("SELECT count(*) FROM resolutions"))
}

func TestABatchOfWhatNeedsTwoIsDoneToNoCaseThatMovedSinceItWasCountedAndByNoOneAlone(t *testing.T) {
	t.Parallel()
	c := newJam(t, 3, contract.IssuerNotListed)
	ask := object{
		"name": "n", "reason": "r", "legal_basis": "市人社局批复", "verb": "waive", "params": object{"evidence": "批复扫描件"},
		"group": c.group(contract.IssuerNotListed), "expected": 3, "watch_seconds": 0,
	}
	delete(ask, "legal_basis")
	require.Equal(t, map[string]string{"legal_basis": fieldRequired},
		c.post("/v1/incident-batches", c.operator, ask).refused(t, http.StatusUnprocessableEntity, validationFailed))
	ask["legal_basis"] = "市人社局批复"
	keyed := call{
		method: http.MethodPost, path: "/v1/incident-batches", token: c.operator, body: ask, header: map[string]string{"Idempotency-Key": "k"},
	}
	var b, again batchDetail
	c.do(keyed).into(t, &b)
	c.do(keyed).into(t, &again)
	require.Equal(t, b.ID, again.ID, "asked again it is the same")
	require.Equal(t, store.BatchAwaiting, b.State)
	require.Equal(t, "override", b.Verb.Code)
	c.clock = time.Now().UTC()

	decide := object{"decision": "approve", "reason": "已核"}
	path := "/v1/incident-batches/" + b.ID
	c.post(path+"/decision", c.operator, decide).refused(t, http.StatusConflict, secondPersonNeeded)
	c.post(path+"/resume", c.operator, object{"reason": "r"}).refused(t, http.StatusConflict, batchState)
	c.turn(b.ID, time.Hour)
	_, err := c.sql.ExecContext(t.Context(), "UPDATE batch_items SET seen = seen + 1 WHERE batch_id = $1", b.ID)
	require.ErrorContains(t, err, "append-only", "nor is what was seen changed")

	require.NoError(t, c.store.Tx(t.Context(), func(tx *store.Tx) error { // one of them moves, stuck on the same
		f, err := tx.OpenCase(c.cases[0])
		require.NoError(t, err)
		f.Note(progress.Training, "hours_booked", store.ActorSystem, nil)
		return f.Save()
	}))
	other := c.second()
	require.Equal(t, http.StatusOK, c.post(path+"/decision", other, decide).status)
	c.post(path+"/decision", other, decide).refused(t, http.StatusConflict, requestDecided)
	c.exec("UPDATE cases SET paused_at = now() WHERE id = $1", c.cases[1])
	c.turn(b.ID, 0)
	require.Equal(t, batchCounted{Total: 3, Acted: 1, Skipped: 2}, c.batch(b.ID).Progress)
	why := map[string]string{}
	for _, item := range c.items(b.ID, "&state=skipped") {
		why[item.CaseID] = item.Why.Code
		require.NotEqual(t, item.Why.Code, item.Why.Name)
	}
	require.Equal(t, map[string]string{c.cases[0]: "case_changed", c.cases[1]: "case_paused"}, why)
	require.Equal(t, 1, c.count("SELECT count(*) FROM resolutions"))

	ask["verb"], ask["params"] = "retry", object{}
	delete(ask, "legal_basis")
	ask["expected"] = 2
	b = c.ask(ask)
	c.turn(b.ID, 0)
	require.Equal(t, batchCounted{Total: 2, Acted: 1, Skipped: 1}, c.batch(b.ID).Progress, "what one may do alone is done to a case as it stands")
}

func TestX50WhatABatchWouldDoToAPersonWhomWhoAsksOrApprovesDeclaredIsLeftOutAndSaidSo(t *testing.T) {
	t.Parallel()
	c := newJam(t, 3, contract.IssuerNotListed)
	other := c.second()
	c.declares(c.operator, registrationOf(1, nil), "self")
	c.declares(other, registrationOf(2, nil), "relative")
	ask := object{
		"name": "n", "reason": "r", "legal_basis": "市人社局批复", "verb": "override", "params": object{"evidence": "批复扫描件"},
		"group": c.group(contract.IssuerNotListed), "expected": 3, "watch_seconds": 0,
	}
	r := c.post("/v1/incident-batches/preview", c.operator, object{"verb": "override", "params": ask["params"], "group": ask["group"]})
	require.Contains(t, string(r.body), "own_cases", "it is told before: %s", r.body)
	b := c.ask(ask)
	require.Equal(t, http.StatusOK, c.post("/v1/incident-batches/"+b.ID+"/decision", other, object{"decision": "approve", "reason": "已核"}).status)
	_, err := c.desk().Go(t.Context(), c.store, b.ID, func() time.Time { return c.clock.Add(time.Hour) })
	require.NoError(t, err)
	require.Equal(t, batchCounted{Total: 3, Acted: 1, Skipped: 2}, c.batch(b.ID).Progress)
	for _, item := range c.items(b.ID, "&state=skipped") {
		require.Equal(t, "own_case", item.Why.Code)
	}
	require.Equal(t, 1, c.count("SELECT count(*) FROM resolutions r JOIN incidents i ON i.id = r.incident_id WHERE i.case_id = $1", c.cases[2]))

	var charge struct{ Changed int }
	c.post("/v1/incident-groups/claim", c.operator, object{"group": object{"cause": "issuer_not_listed"}}).into(t, &charge)
	require.LessOrEqual(t, charge.Changed, 2)
	require.Zero(t, c.count("SELECT count(*) FROM case_assignments WHERE case_id = $1", c.cases[0]), "nobody takes charge of their own")
	var assigned struct{ Cases []assignmentResult }
	c.post("/v1/assignments", c.operator, object{"assignee": "me", "cases": c.cases[:1]}).into(t, &assigned)
	require.Equal(t, ownCase, assigned.Cases[0].Outcome)
}

func TestAGroupIsTakenChargeOfAtOnceButNobodysCaseIsTakenFromThem(t *testing.T) {
	t.Parallel()
	c := newJam(t, 3, contract.HoursInsufficient)
	other := c.token(store.Account{Role: store.RoleOperator})
	c.exec("UPDATE cases SET assignee = $1, assigned_at = now() WHERE id = $2", c.accountOf(other), c.cases[0])
	body := object{"group": c.group(contract.HoursInsufficient)}
	var charge struct{ Changed, Mine, Others int }
	r := c.post("/v1/incident-groups/claim", c.operator, body)
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	r.into(t, &charge)
	require.Equal(t, struct{ Changed, Mine, Others int }{2, 2, 1}, charge)
	group := c.groups("", c.operator)[0]
	require.Equal(t, []int{3, 3, 2}, []int{group.Cases, group.Claimed, group.Mine})
	require.Equal(t, 1, c.groups("", other)[0].Mine)
	require.Equal(t, 1, c.count("SELECT count(*) FROM audit_entries WHERE action = 'group.claim' AND after->>'cases' = '2'"), "one row for all")
	const kept = "SELECT count(*) FROM case_assignments WHERE assigned_by = $1 AND assignee IS NOT DISTINCT FROM $2 AND before IS NOT DISTINCT FROM $3"
	me := c.accountOf(c.operator)
	require.Equal(t, 2, c.count(kept, me, me, nil), "and each case says who sees to it since when, as if it had been claimed by itself")

	c.post("/v1/incident-groups/release", c.operator, body).into(t, &charge)
	require.Equal(t, struct{ Changed, Mine, Others int }{2, 0, 1}, charge)
	require.Equal(t, 2, c.count(kept, me, nil, me))
	require.Equal(t, 4, c.count("SELECT count(*) FROM case_assignments"), "nothing is written of what does not change")
	c.post("/v1/incident-groups/claim", c.operator, object{"group": object{"cause": "nonsense"}}).refused(t, http.StatusUnprocessableEntity, validationFailed)
}
