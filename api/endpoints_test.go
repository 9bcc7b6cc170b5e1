package api

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/delivery"
	"github.com/dengpan/dengpan/store"
)

const callbackURL = "https://example.org/callbacks/hidden"

// endpoint sets the endpoint of the training body.
func (w *world) endpoint(token string) newEndpointView {
	w.t.Helper()
	r := w.post("/v1/endpoints", token, object{"url": callbackURL})
	require.Equal(w.t, http.StatusCreated, r.status, "%s", r.body)
	var made newEndpointView
	r.into(w.t, &made)
	return made
}

func (w *world) endpointAt(id, token string) EndpointDetail {
	w.t.Helper()
	var e EndpointDetail
	w.get("/v1/endpoints/"+id, token).into(w.t, &e)
	return e
}

func TestAnInstitutionSetsItsEndpointAndSeesTheSecretOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	staff := w.institution(trainingBodyID)
	machine := w.key(staff, object{"label": "gateway", "scopes": []string{"callbacks"}}).Key
	w.post("/v1/endpoints", w.key(staff, object{"label": "other", "scopes": []string{"tasks", "read"}}).Key, object{"url": callbackURL}).
		refused(t, http.StatusForbidden, forbidden)
	replies := w.each(5, func(int) call {
		return call{method: http.MethodPost, path: "/v1/endpoints", token: machine, body: object{"url": callbackURL}}
	})
	var made newEndpointView
	for _, r := range replies {
		if r.status == http.StatusCreated {
			require.Empty(t, made.ID, "an institution has one endpoint, whoever asks at once")
			r.into(t, &made)
			continue
		}
		r.refused(t, http.StatusConflict, endpointExists)
	}
	require.True(t, strings.HasPrefix(made.Secret, "whsec_"))
	require.Equal(t, "active", made.State)
	require.Len(t, made.Schedule, len(w.config.Policy.DeliverySchedule()))
	require.True(t, made.Standard)
	require.Equal(t, healthView{Level: "steady"}, made.Health)
	require.Len(t, made.Secrets, 1)

	secrets, err := w.store.Read(t.Context()).EndpointSecrets(trainingBodyID, time.Now())
	require.NoError(t, err)
	require.Len(t, secrets, 1)
	opened, err := w.keys.Open(secrets[0].SecretSealed, store.SecretSeal(trainingBodyID))
	require.NoError(t, err)
	require.Equal(t, made.Secret, string(opened), "it signs with what was shown")
	for _, path := range []string{"/v1/endpoints", "/v1/endpoints/" + made.ID} {
		shown := string(w.get(path, staff).body)
		require.Contains(t, shown, callbackURL)
		require.NotContains(t, shown, made.Secret)
	}
	require.Equal(t, 1, w.audited("endpoint.set"))
	require.NotContains(t, w.text("SELECT string_agg(after::text, ' ') FROM audit_entries"), "hidden", "an address may hold a token")
	require.NotContains(t, w.log.String(), "hidden")

	r := w.post("/v1/endpoints", w.operator, object{"url": callbackURL, "institution_id": otherTrainerID})
	require.Equal(t, http.StatusCreated, r.status, "%s", r.body)
	require.Equal(t, map[string]string{"institution_id": "unknown_institution"},
		w.post("/v1/endpoints", w.operator, object{"url": callbackURL, "institution_id": "nobody"}).
			refused(t, http.StatusUnprocessableEntity, validationFailed))
}

// text is what a query answers with.
func (w *world) text(query string, args ...any) string {
	w.t.Helper()
	var text string
	require.NoError(w.t, w.sql.QueryRowContext(w.t.Context(), query, args...).Scan(&text))
	return text
}

func TestABadAddressIsRefusedWithWhatIsWrongWithIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	staff := w.institution(trainingBodyID)
	e := w.endpoint(staff)
	move := "/v1/endpoints/" + e.ID + "/url"
	before := w.counts()
	for address, code := range map[string]string{
		"x":                               "url",
		"ftp://example.org":               "url",
		"https://user:secret@example.org": "url",
		"http://example.org/":             "url_insecure",
		"https://example.org:22/":         "url_port",
		"https://localhost/":              "url_private",
		"https://10.1.2.3/":               "url_private",
		"https://[fe80::1]/":              "url_private",
		"https://169.254.169.254/":        "url_private",
	} {
		r := w.post(move, staff, object{"url": address})
		require.Equal(t, map[string]string{"url": code}, r.refused(t, http.StatusUnprocessableEntity, validationFailed), address)
		require.NotContains(t, string(r.body), "secret")
	}
	require.Equal(t, before, w.counts())
	require.Equal(t, callbackURL, w.endpointAt(e.ID, staff).URL)

	private := object{"url": "https://callbacks.internal:9443/x"}
	w.post(move, staff, private).refused(t, http.StatusUnprocessableEntity, validationFailed)
	host := object{"host": "Callbacks.INTERNAL", "port": 9443, "reason": "政务外网内的机构"}
	r := w.post("/v1/allowed-hosts", w.operator, host)
	require.Equal(t, http.StatusCreated, r.status, "%s", r.body)
	require.Equal(t, http.StatusOK, w.post("/v1/allowed-hosts", w.operator, host).status, "the same again changes nothing")
	require.Equal(t, http.StatusOK, w.post(move, staff, private).status, "an operator allows the host")
	var allowed allowedHostView
	r.into(t, &allowed)
	require.Equal(t, "callbacks.internal", allowed.Host)
	removal := "/v1/allowed-hosts/" + allowed.ID + "/removal"
	for range 2 {
		require.Equal(t, http.StatusOK, w.post(removal, w.operator, object{"reason": "已迁移"}).status)
	}
	w.post(move, staff, private).refused(t, http.StatusUnprocessableEntity, validationFailed)
	require.Equal(t, []int{1, 1}, []int{w.audited("host.allow"), w.audited("host.remove")})
	for bad, field := range map[string]object{
		"host":   {"host": "a/b", "port": 443, "reason": "x"},
		"port":   {"host": "a", "port": 0, "reason": "x"},
		"reason": {"host": "a", "port": 443},
	} {
		require.Contains(t, w.post("/v1/allowed-hosts", w.operator, field).refused(t, http.StatusUnprocessableEntity, validationFailed), bad)
	}
	for _, linkLocal := range []string{"169.254.169.254", "[fe80::1]", "0.0.0.0", "224.0.0.1"} {
		w.post("/v1/allowed-hosts", w.operator, object{"host": linkLocal, "port": 80, "reason": "x"}).
			refused(t, http.StatusUnprocessableEntity, validationFailed)
	}
}

func TestASecretAndItsSuccessorSignBesideEachOther(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	staff := w.institution(trainingBodyID)
	e := w.endpoint(staff)
	rotate := func(body object) reply { return w.post("/v1/endpoints/"+e.ID+"/rotation", staff, body) }
	r := rotate(object{"kind": "hmac"})
	require.Equal(t, http.StatusCreated, r.status, "%s", r.body)
	var next newSecretView
	r.into(t, &next)
	require.NotEqual(t, e.Secret, next.Secret)
	require.Nil(t, next.RetiresAt)
	signing := w.endpointAt(e.ID, staff).Secrets
	require.Len(t, signing, 2)
	require.WithinDuration(t, time.Now().Add(24*time.Hour), *signing[1].RetiresAt, time.Minute)

	r = rotate(object{"kind": "ed25519", "overlap_hours": 0})
	require.NotContains(t, string(r.body), "whsk_", "the private key is nobody's but ours")
	var pair newSecretView
	r.into(t, &pair)
	require.True(t, strings.HasPrefix(pair.PublicKey, "whpk_"))
	require.Empty(t, pair.Secret)
	require.Len(t, w.endpointAt(e.ID, staff).Secrets, 3, "another kind is another secret")

	require.Equal(t, http.StatusCreated, rotate(object{"kind": "hmac"}).status)
	rotate(object{"kind": "hmac"}).refused(t, http.StatusConflict, endpointRotating)
	require.Equal(t, http.StatusCreated, rotate(object{"kind": "hmac", "overlap_hours": 0}).status)
	require.Len(t, w.endpointAt(e.ID, staff).Secrets, 2, "what leaked signs no more")
	require.Equal(t, 4, w.audited("endpoint.rotate"))
	require.Equal(t, map[string]string{"kind": "unknown_value", "overlap_hours": "out_of_range"},
		rotate(object{"kind": "rsa", "overlap_hours": 169}).refused(t, http.StatusUnprocessableEntity, validationFailed))
}

func TestWhatAnOperatorStoppedOnlyAnOperatorLetsGoOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	staff := w.institution(trainingBodyID)
	e := w.endpoint(staff)
	tokens := map[string]string{"institution": staff, "operator": w.operator}
	acts := 0
	for _, step := range []struct{ who, verb, refused, state, why string }{
		{"institution", "resume", endpointActive, "active", ""},
		{"institution", "enabling", endpointActive, "active", ""},
		{"institution", "pause", "", "paused", "by_institution"},
		{"operator", "pause", endpointPaused, "paused", "by_institution"},
		{"institution", "enabling", endpointPaused, "paused", "by_institution"},
		{"operator", "resume", "", "active", ""},
		{"operator", "pause", "", "paused", "by_operator"},
		{"institution", "resume", endpointHeld, "paused", "by_operator"},
		{"institution", "disabling", endpointHeld, "paused", "by_operator"},
		{"operator", "disabling", "", "disabled", "by_operator"},
		{"operator", "disabling", endpointDisabled, "disabled", "by_operator"},
		{"operator", "pause", endpointDisabled, "disabled", "by_operator"},
		{"operator", "resume", endpointDisabled, "disabled", "by_operator"},
		{"institution", "enabling", endpointHeld, "disabled", "by_operator"},
		{"operator", "enabling", "", "active", ""},
		{"institution", "disabling", "", "disabled", "by_institution"},
		{"institution", "enabling", "", "active", ""},
	} {
		body := object{"reason": "系统升级"}
		if step.verb == "enabling" {
			body["catch_up"] = true
		}
		name := fmt.Sprintf("%s: %s", step.who, step.verb)
		path := "/v1/endpoints/" + e.ID + "/" + step.verb
		delete(body, "reason")
		require.Contains(t, w.post(path, tokens[step.who], body).refused(t, http.StatusUnprocessableEntity, validationFailed), "reason", name)
		body["reason"] = "系统升级"
		r := w.post(path, tokens[step.who], body)
		if step.refused != "" {
			r.refused(t, http.StatusConflict, step.refused)
		} else {
			require.Equal(t, http.StatusOK, r.status, "%s: %s", name, r.body)
			acts++
		}
		shown := w.endpointAt(e.ID, staff)
		require.Equal(t, []string{step.state, step.why}, []string{shown.State, shown.StateReason}, name)
	}
	require.Equal(t, fmt.Sprint(acts), w.text(`SELECT count(*) FROM audit_entries
		WHERE subject = $1 AND reason = '系统升级' AND before->>'state' IS NOT NULL`, "endpoint:"+e.ID))
}

func TestAnEndpointHasAScheduleOfItsOwnIfItLikes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	staff := w.institution(trainingBodyID)
	e := w.endpoint(staff)
	path := "/v1/endpoints/" + e.ID + "/settings"
	require.Equal(t, http.StatusOK, w.post(path, staff, object{"schedule": []int{0, 60}}).status)
	require.Equal(t, http.StatusOK, w.post(path, staff, object{"concurrency": 2}).status)
	shown := w.endpointAt(e.ID, staff)
	require.Equal(t, []int{0, 60}, shown.Schedule)
	require.False(t, shown.Standard)
	require.Equal(t, 2, shown.Concurrency)
	require.Equal(t, http.StatusOK, w.post(path, staff, object{"schedule": []int{}}).status)
	require.True(t, w.endpointAt(e.ID, staff).Standard)
	require.Equal(t, map[string]string{"schedule[1]": "out_of_range", "concurrency": "out_of_range"},
		w.post(path, staff, object{"schedule": []int{0, -1}, "concurrency": 17}).refused(t, http.StatusUnprocessableEntity, validationFailed))
	require.Equal(t, 3, w.audited("endpoint.settings"))
}

// attempt writes how a sending of an event went, as a delivery does.
func (w *world) attempt(id string, n int, failure, state string) {
	w.t.Helper()
	require.NoError(w.t, w.store.Tx(w.t.Context(), func(tx *store.Tx) error {
		a := store.DeliveryAttempt{EventID: id, Attempt: n, At: time.Now().UTC(), Error: failure, DurationMS: 12}
		if failure != delivery.ClassTimeout {
			answer, err := w.keys.Seal([]byte("我们的系统出错了"), store.ResponseSeal(id))
			require.NoError(w.t, err)
			a.Status, a.ResponseSealed = new(http.StatusInternalServerError), answer
		}
		if failure == "" {
			a.Status, a.ResponseSealed = new(http.StatusNoContent), nil
		}
		return tx.RecordAttempt(a, state, time.Now().UTC().Add(time.Hour))
	}))
}

// event is the id of the event that told of a task.
func (w *world) event(task string) string {
	return w.text("SELECT id FROM outbox WHERE subject_id = $1 AND kind = 'task.issued'", task)
}

func TestTheDeliveryLogShowsWhatWasSentAndHowItWent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	staff := w.institution(trainingBodyID)
	e := w.endpoint(staff)
	c := w.newCase(1)
	first, second := w.issue(c, contract.EnrolmentTask, trainingBodyID), w.issue(c, contract.ExamTask, trainingBodyID)
	w.issue(w.newCase(2), contract.EnrolmentTask, otherTrainerID)
	failed := w.event(first)
	w.attempt(failed, 1, delivery.ClassTimeout, store.OutboxPending)
	w.attempt(failed, 2, delivery.ClassServerError, store.OutboxFailed)
	w.attempt(w.event(second), 1, "", store.OutboxDelivered)
	r := w.post("/v1/endpoints/"+e.ID+"/example", staff, object{"type": "task.issued"})
	require.Equal(t, http.StatusAccepted, r.status, "%s", r.body)
	require.Equal(t, http.StatusAccepted, w.do(call{method: http.MethodPost, path: "/v1/endpoints/" + e.ID + "/ping", token: staff}).status)

	list := func(query, token string) []string {
		var page struct {
			Deliveries []DeliveryView
			Total      int
		}
		w.get("/v1/deliveries?"+query, token).into(t, &page)
		var types []string
		for _, d := range page.Deliveries {
			types = append(types, d.Type+" "+d.State)
		}
		require.Len(t, types, page.Total, query)
		return types
	}
	require.Equal(t, []string{"endpoint.ping pending", "task.issued pending", "task.issued delivered", "task.issued failed"}, list("", staff))
	require.Equal(t, []string{"task.issued failed"}, list("state=failed", staff))
	require.Equal(t, []string{"task.issued delivered"}, list("task="+second, staff))
	require.Equal(t, []string{"endpoint.ping pending"}, list("type=endpoint.ping", staff))
	require.Empty(t, list("since=2999-01-01T00:00:00Z", staff))
	require.Len(t, list("", w.operator), 5)
	require.Len(t, list("institution="+otherTrainerID, w.operator), 1)
	require.Len(t, list("institution="+otherTrainerID, staff), 4, "whatever is asked for: its own")

	r = w.get("/v1/deliveries/"+failed, staff)
	var shown DeliveryDetail
	r.into(t, &shown)
	require.Equal(t, first, shown.Body.Data.TaskID)
	require.Len(t, shown.Log, 2)
	require.Equal(t, "timeout", shown.Log[0].Error)
	require.Nil(t, shown.Log[0].Status)
	require.NotEmpty(t, shown.Log[0].Message)
	require.Equal(t, 500, *shown.Log[1].Status)
	require.Equal(t, "我们的系统出错了", shown.Log[1].Response)
	require.Equal(t, "server_error", shown.Last.Error)
	require.Nil(t, shown.NextAttemptAt, "it was given up")
	require.NotNil(t, w.delivery(w.text("SELECT id FROM outbox WHERE kind = 'endpoint.ping'"), staff).NextAttemptAt)
	require.Len(t, w.poll("/v1/events", staff).Events, 2, "trials are in no feed")
}

func (w *world) delivery(id, token string) DeliveryDetail {
	w.t.Helper()
	var d DeliveryDetail
	w.get("/v1/deliveries/"+id, token).into(w.t, &d)
	return d
}

func TestAnEventIsDueOnceAtATime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	staff := w.institution(trainingBodyID)
	e := w.endpoint(staff)
	var events []string
	for n, state := range []string{store.OutboxDelivered, store.OutboxFailed, store.OutboxPending} {
		id := w.event(w.issue(w.newCase(n), contract.EnrolmentTask, trainingBodyID))
		failure := delivery.ClassServerError
		if state == store.OutboxDelivered {
			failure = ""
		}
		w.attempt(id, 1, failure, state)
		events = append(events, id)
	}
	one := "/v1/deliveries/" + events[0] + "/redelivery"
	taken := 0
	for _, r := range w.each(10, func(int) call { return call{method: http.MethodPost, path: one, token: staff, body: object{}} }) {
		if r.status == http.StatusOK {
			taken++
			continue
		}
		r.refused(t, http.StatusConflict, deliveryPending)
	}
	require.Equal(t, 1, taken)
	shown := w.delivery(events[0], staff)
	require.Equal(t, "pending", shown.State)
	require.Len(t, shown.Log, 1, "what was is kept")

	many := func(body object) int64 {
		r := w.post("/v1/endpoints/"+e.ID+"/redelivery", staff, body)
		require.Equal(t, http.StatusOK, r.status, "%s", r.body)
		var out struct{ Redelivered int64 }
		r.into(t, &out)
		return out.Redelivered
	}
	require.Zero(t, many(object{"states": []string{"delivered"}}), "what is pending is not sent twice")
	require.Zero(t, many(object{"types": []string{"task.cancelled"}}))
	require.Zero(t, many(object{"since": time.Now().Add(time.Hour)}))
	require.EqualValues(t, 1, many(object{"since": time.Now().Add(-time.Hour), "reason": "系统恢复"}))
	require.Zero(t, many(object{}), "all are pending now")
	var trial struct {
		DeliveryID string `json:"delivery_id"`
	}
	w.do(call{method: http.MethodPost, path: "/v1/endpoints/" + e.ID + "/ping", token: staff}).into(t, &trial)
	w.post("/v1/deliveries/"+trial.DeliveryID+"/redelivery", staff, object{}).refused(t, http.StatusConflict, deliveryTest)
	require.Equal(t, map[string]string{"until": "date_order", "states[0]": "unknown_value"},
		w.post("/v1/endpoints/"+e.ID+"/redelivery", staff, object{
			"since": "2026-11-02T00:00:00Z", "until": "2026-11-01T00:00:00Z", "states": []string{"pending"},
		}).refused(t, http.StatusUnprocessableEntity, validationFailed))
	require.Equal(t, 6, w.audited("delivery.redeliver"))
}

func TestEnablingCatchesUpOrPassesOverWhatWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	staff := w.institution(trainingBodyID)
	e := w.endpoint(staff)
	path := "/v1/endpoints/" + e.ID
	for n := range 3 {
		w.issue(w.newCase(n), contract.EnrolmentTask, trainingBodyID)
	}
	for _, catchUp := range []bool{true, false} {
		require.Equal(t, http.StatusOK, w.post(path+"/disabling", staff, object{"reason": "停机"}).status)
		shown := w.endpointAt(e.ID, staff)
		require.Equal(t, 3, shown.Waiting)
		require.NotNil(t, shown.Oldest)
		r := w.post(path+"/enabling", staff, object{"reason": "恢复", "catch_up": catchUp})
		require.Equal(t, http.StatusOK, r.status, "%s", r.body)
		var enabled struct {
			EndpointView
			Events int
		}
		r.into(t, &enabled)
		require.Equal(t, 3, enabled.Events)
		require.Equal(t, catchUp, enabled.Waiting == 3)
	}
	require.Len(t, w.poll("/v1/events", staff).Events, 3, "what is passed over stays in the feed")
}

func TestEveryKindOfEventCanBeTriedAndIsFoundByItsKind(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	staff := w.institution(trainingBodyID)
	e := w.endpoint(staff)
	kinds := regexp.MustCompile(`'([a-z]+\.[a-z]+)'`).FindAllStringSubmatch(
		w.text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'outbox_kind'"), -1)
	require.Greater(t, len(kinds), 10)
	for _, kind := range kinds {
		path := "/v1/endpoints/" + e.ID + "/example"
		if kind[1] == store.OutboxPing {
			path = "/v1/endpoints/" + e.ID + "/ping"
		}
		r := w.post(path, staff, object{"type": kind[1]})
		require.Equal(t, http.StatusAccepted, r.status, "%s: %s", kind[1], r.body)
		var page struct{ Deliveries []DeliveryView }
		w.get("/v1/deliveries?type="+kind[1], staff).into(t, &page)
		require.Len(t, page.Deliveries, 1, kind[1])
	}
}
