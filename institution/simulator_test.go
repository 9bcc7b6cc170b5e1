package institution_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/delivery"
	"github.com/dengpan/dengpan/institution"
)

func TestAnInstitutionAnswersATaskAfterItsDelay(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		enrolment := w.api.issue("t1", "c1", "enrolment", nil)
		require.Equal(t, http.StatusNoContent, w.tell("issued", enrolment))
		w.pass(900 * time.Millisecond)
		require.Empty(t, w.api.sent())
		w.pass(200 * time.Millisecond)
		got := w.api.taken(t, "t1")
		require.JSONEq(t, `{"accepted_on":"2026-03-20"}`, got.body)
		require.NotEmpty(t, got.idempotency)
	})
}

func TestWhatNoCallbackToldIsFoundByPolling(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.api.pageMax = 2
		for i := range 5 {
			w.api.issue(fmt.Sprint("t", i), "c1", "exam", nil)
		}
		w.pass(90 * time.Minute)
		for i := range 5 {
			w.api.taken(t, fmt.Sprint("t", i))
		}
	})
}

func TestATaskToldOfTwiceIsAnsweredOnce(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		exam := w.api.issue("t1", "c1", "exam", nil)
		require.Equal(t, http.StatusNoContent, w.tell("issued", exam))
		require.Equal(t, http.StatusNoContent, w.tell("issued", exam), "the same event again")
		require.Equal(t, http.StatusNoContent, w.deliver("evt-2", secretA, callbackBody("issued", exam)), "another event")
		w.pass(3 * time.Hour)
		w.api.taken(t, "t1")
		counters := w.journal().Counters
		require.EqualValues(t, 1, counters["answer_taken"])
		require.EqualValues(t, 1, counters["callback_repeated"])
		require.EqualValues(t, 2, counters["callback_taken"])
	})
}

func TestACallbackThatIsNotOursIsRefused(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		body := callbackBody("issued", w.api.issue("t1", "c1", "exam", nil))
		require.Equal(t, http.StatusUnauthorized, w.deliver("evt-1", secretB, body), "another institution's secret")
		require.Equal(t, http.StatusBadRequest, w.deliver("evt-1", secretA, "{"))
		require.Equal(t, http.StatusBadRequest,
			w.deliver("evt-1", secretA, strings.Replace(body, `"t1"`, `"../t1"`, 1)), "an id that is a path")
		require.Equal(t, http.StatusRequestEntityTooLarge, w.deliver("evt-1", secretA, strings.Repeat(" ", 1<<17)))

		for path, status := range map[string]int{
			"/institutions/body-a/callbacks": http.StatusUnauthorized,
			"/institutions/nobody/callbacks": http.StatusNotFound,
		} {
			req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(body))
			require.Equal(t, status, w.serve(req).Code, "unsigned, to %s", path)
		}
		w.pass(10 * time.Second)
		require.Empty(t, w.api.sent())
		require.EqualValues(t, 5, w.journal().Counters["callback_refused"])
	})
}

func TestATrialIsTakenAndMeansNothing(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		body := callbackBody("issued", w.api.issue("t1", "c1", "exam", nil))
		require.Equal(t, http.StatusNoContent, w.deliver("evt-1", secretA, `{"type":"endpoint.ping","data":{}}`))
		require.Equal(t, http.StatusNoContent,
			w.deliver("evt-2", secretA, strings.Replace(body, `"data":{`, `"data":{"example":true,`, 1)))
		require.EqualValues(t, 0, w.journal().Counters["callback_taken"])
	})
}

func TestWhatBecameOfACertificateIsTakenThoughItIsAboutNoTask(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		body := `{"type":"certificate.issued","data":{"certificate_id":"k1","case_id":"c1","kind":"grade"}}`
		require.Equal(t, http.StatusNoContent, w.deliver("evt-1", secretA, body))
		require.EqualValues(t, 1, w.journal().Counters["callback_taken"])
		require.Equal(t, http.StatusBadRequest, w.deliver("evt-2", secretA, `{"type":"task.issued","data":{"case_id":"c1"}}`))
	})
}

func TestACancelledTaskIsLeftAlone(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		exam := w.api.issue("t1", "c1", "exam", nil)
		w.tell("issued", exam)
		w.pass(500 * time.Millisecond)
		require.Equal(t, http.StatusNoContent, w.tell("cancelled", exam))
		closed := w.api.issue("t2", "c1", "exam", nil)
		w.tell("issued", closed)
		w.api.reset("t2", "cancelled")
		w.pass(3 * time.Hour)
		require.Empty(t, w.api.sent())
	})
}

func TestAnAnswerIsSentUntilTheAPITakesIt(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		exam := w.api.issue("t1", "c1", "exam", nil)
		w.tell("issued", exam)
		w.api.mu.Lock()
		w.api.away, w.api.busy = 6, 2
		w.api.mu.Unlock()
		w.pass(time.Minute)
		w.api.taken(t, "t1")
		require.EqualValues(t, 8, w.journal().Counters["exchange_retried"])
	})
}

func TestARefusedAnswerIsNotSentAgain(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		exam := w.api.issue("t1", "c1", "exam", nil)
		exam.answer = "something else"
		w.tell("issued", exam)
		w.pass(3 * time.Hour)
		require.Len(t, w.api.sent(), 1)
		require.Contains(t, w.log.String(), "result_conflict")
		require.EqualValues(t, 1, w.journal().Counters["answer_refused"])
	})
}

func TestAKeyThatDoesNotHoldIsTriedAgainByPolling(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		delete(w.api.keys, "key-a")
		w.tell("issued", w.api.issue("t1", "c1", "exam", nil))
		w.pass(3 * time.Hour)
		require.Empty(t, w.api.sent())
		w.api.mu.Lock()
		w.api.keys["key-a"] = "body-a"
		w.api.mu.Unlock()
		w.pass(3 * time.Hour)
		w.api.taken(t, "t1")
	})
}

func TestNoPersonIsNamedInLogOrJournal(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.tell("issued", w.api.issue("t1", "c1", "exam", nil))
		w.pass(time.Minute)
		journal := w.control(http.MethodGet, "/control/log", "").Body.String()
		for _, text := range []string{w.log.String(), journal} {
			require.Contains(t, text, "t1")
			for _, personal := range []string{"王", "990", "key-a", "whsec"} {
				require.NotContains(t, text, personal)
			}
		}
	})
}

func TestRunServesCallbacksAndStopsInOrder(t *testing.T) {
	t.Parallel()
	api := newTasksAPI()
	server := httptest.NewServer(api)
	defer server.Close()
	var config institution.Config
	file := filepath.Join(t.TempDir(), "institutions.json")
	require.NoError(t, os.WriteFile(file, []byte(`{"delay":"1ms","institutions":[
		{"id":"body-a","name":"甲","api_key":"key-a","webhook_secret":"`+secretA+`"}]}`), 0o600))
	require.NoError(t, config.ReadFile(file))
	config.APIURL, config.PollInterval = server.URL, 10*time.Millisecond
	sim, err := institution.New(config)
	require.NoError(t, err)
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- sim.Serve(ctx, listener) }()

	api.issue("t1", "c1", "theory", nil)
	<-api.took // by the first poll, or the next
	health := "http://" + listener.Addr().String() + "/healthz"
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, health, nil)
	require.NoError(t, err)
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer func() { _ = res.Body.Close() }()
	var said map[string]string
	require.NoError(t, json.NewDecoder(res.Body).Decode(&said))
	require.Equal(t, "ok", said["status"])

	asked := api.issue("t2", "c1", "practical", nil)
	attempt := delivery.NewClient(delivery.Options{Guard: delivery.Guard{AllowInsecure: true}}).Deliver(t.Context(), delivery.Request{
		URL:     "http://" + listener.Addr().String() + "/institutions/body-a/callbacks",
		Secrets: []string{secretA}, ID: "evt-1", At: time.Now(), Body: []byte(callbackBody("issued", asked)),
	})
	require.True(t, attempt.Accepted, "the product's own callbacks are taken: %+v", attempt)
	<-api.took

	stop()
	require.NoError(t, <-ended)
	_, err = new(net.Dialer).DialContext(t.Context(), "tcp", listener.Addr().String())
	require.Error(t, err, "nobody listens any more")
}

func TestAConfigurationThatCannotWorkIsRefused(t *testing.T) {
	t.Parallel()
	good := institution.Institution{ID: "a", APIKey: "k"}
	broken := filepath.Join(t.TempDir(), "state.json")
	require.NoError(t, os.WriteFile(broken, []byte("{"), 0o600))
	for problem, config := range map[string]institution.Config{
		"not an http":    {APIURL: "localhost:8080", Institutions: []institution.Institution{good}},
		"no institution": {APIURL: "http://x"},
		"twice":          {APIURL: "http://x", Institutions: []institution.Institution{good, good}},
		"no id":          {APIURL: "http://x", Institutions: []institution.Institution{{APIKey: "k"}}},
		"no API key":     {APIURL: "http://x", Institutions: []institution.Institution{{ID: "a"}}},
		"not in base64": {APIURL: "http://x", Institutions: []institution.Institution{
			{ID: "a", APIKey: "k", WebhookSecret: "whsec_?"},
		}},
		"negative":     {APIURL: "http://x", Delay: -1, Institutions: []institution.Institution{good}},
		"start afresh": {APIURL: "http://x", StateFile: broken, Institutions: []institution.Institution{good}},
	} {
		_, err := institution.New(config)
		require.ErrorContains(t, err, problem)
		require.NotContains(t, err.Error(), "whsec_")
	}
	require.Error(t, new(institution.Config).ReadFile(broken))
	require.Error(t, new(institution.Config).ReadFile(broken+"-missing"))
}

func TestAnInstitutionNeverPrintsItsSecrets(t *testing.T) {
	t.Parallel()
	body := institution.Institution{ID: "body-a", Name: "甲", APIKey: "key-a", WebhookSecret: secretA}
	require.Equal(t, "body-a", fmt.Sprintf("%v", body))
	require.Equal(t, "body-a", fmt.Sprintf("%+v", body))
	require.Equal(t, "body-a", body.LogValue().String())
}

func TestTheEnvironmentSaysWhomToPlay(t *testing.T) {
	for _, name := range []string{
		"DENGPAN_API_URL", "DENGPAN_INSTITUTION_ADDRESS", "DENGPAN_INSTITUTION_FILE", "DENGPAN_INSTITUTION_STATE",
	} {
		t.Setenv(name, "")
	}
	_, err := institution.ConfigFromEnv()
	require.ErrorContains(t, err, "DENGPAN_INSTITUTION_FILE")

	file := filepath.Join(t.TempDir(), "institutions.json")
	require.NoError(t, os.WriteFile(file, []byte(`{"institutions":[{"id":"a","api_key":"k"}],"delay":"3s"}`), 0o600))
	t.Setenv("DENGPAN_INSTITUTION_FILE", file)
	t.Setenv("DENGPAN_INSTITUTION_STATE", "state.json")
	config, err := institution.ConfigFromEnv()
	require.NoError(t, err)
	require.Equal(t, institution.Config{
		APIURL: "http://127.0.0.1:8080", Address: "127.0.0.1:8090", StateFile: "state.json", Delay: 3 * time.Second,
		Institutions: []institution.Institution{{ID: "a", APIKey: "k"}},
	}, config)
}
