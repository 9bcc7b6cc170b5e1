package institution_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/institution"
)

const (
	secretA = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
	secretB = "whsec_YWJjZGVmZ2hpamFiY2RlZmdoaWphYmNkZWZnaGlqYWI="
)

// world is two institutions and the API they work for, in time that passes only when everybody waits.
type world struct {
	t    *testing.T
	api  *tasksAPI
	sim  *institution.Simulator
	log  *logged
	file string
	stop func()
}

// inWorld plays in a world of its own, with the institutions at work.
func inWorld(t *testing.T, play func(w *world)) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "state.json")
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, api: newTasksAPI(), file: file, log: new(logged)}
		w.start()
		defer func() { w.stop() }()
		play(w)
	})
}

func (w *world) start() {
	w.t.Helper()
	sim, err := institution.New(institution.Config{
		APIURL: "http://api.test",
		Institutions: []institution.Institution{
			{ID: "body-b", APIKey: "key-b", WebhookSecret: secretB},
			{ID: "body-a", APIKey: "key-a", WebhookSecret: secretA},
		},
		Delay: time.Second, PollInterval: time.Hour, StateFile: w.file,
		Moment: w.api.calendar.Moment, Day: w.api.calendar.Day,
		Logger:    slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Transport: direct{w.api},
	})
	require.NoError(w.t, err)
	ctx, cancel := context.WithCancel(w.t.Context())
	sim.Start(ctx)
	w.sim = sim
	w.stop = func() {
		cancel()
		sim.Wait()
	}
	synctest.Wait()
}

// restart ends the simulator and begins another from its state file.
func (w *world) restart() {
	w.stop()
	w.start()
}

// pass lets time pass.
func (w *world) pass(d time.Duration) {
	timer := time.NewTimer(d)
	<-timer.C
	synctest.Wait()
}

// tell sends a callback about a task to body-a, and returns the status it is answered with.
func (w *world) tell(kind string, t *apiTask) int {
	return w.deliver("evt-"+kind+"-"+t.ID, secretA, callbackBody(kind, t))
}

func callbackBody(kind string, t *apiTask) string {
	return fmt.Sprintf(`{"specversion":"1.0","id":"e","type":"task.%s","source":"/v1","data":{"task_id":%q,"case_id":%q,"kind":%q}}`,
		kind, t.ID, t.CaseID, t.Kind)
}

func (w *world) deliver(id, secret, body string) int {
	w.t.Helper()
	signer, err := standardwebhooks.NewWebhook(secret)
	require.NoError(w.t, err)
	signature, err := signer.Sign(id, time.Now(), []byte(body))
	require.NoError(w.t, err)
	req := httptest.NewRequestWithContext(w.t.Context(), http.MethodPost, "/institutions/body-a/callbacks",
		strings.NewReader(body))
	req.Header.Set(standardwebhooks.HeaderWebhookID, id)
	req.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(time.Now().Unix(), 10))
	req.Header.Set(standardwebhooks.HeaderWebhookSignature, signature)
	return w.serve(req).Code
}

// control makes a control request from this machine.
func (w *world) control(method, path, body string) *httptest.ResponseRecorder {
	req := httptest.NewRequestWithContext(w.t.Context(), method, "http://127.0.0.1:8090"+path, strings.NewReader(body))
	req.RemoteAddr = "127.0.0.1:4711"
	req.Header.Set("Content-Type", "application/json")
	return w.serve(req)
}

// script makes an institution misbehave.
func (w *world) script(body string) {
	w.t.Helper()
	res := w.control(http.MethodPost, "/control/scripts", body)
	require.Equal(w.t, http.StatusOK, res.Code, res.Body.String())
}

func (w *world) serve(req *http.Request) *httptest.ResponseRecorder {
	res := httptest.NewRecorder()
	w.sim.Handler().ServeHTTP(res, req)
	return res
}

// journal is what the control interface tells of.
type journal struct {
	Counters map[string]int64    `json:"counters"`
	Entries  []institution.Entry `json:"entries"`
}

func (w *world) journal() journal {
	w.t.Helper()
	var got journal
	res := w.control(http.MethodGet, "/control/log", "")
	require.Equal(w.t, http.StatusOK, res.Code)
	require.NoError(w.t, json.Unmarshal(res.Body.Bytes(), &got))
	return got
}

// direct carries requests to a handler without a network.
type direct struct{ handler http.Handler }

func (d direct) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	res := httptest.NewRecorder()
	d.handler.ServeHTTP(res, req)
	return res.Result(), nil
}

// logged is everything that was logged.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(data []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(data)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
