package api

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/consent"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/issuing/issuingtest"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/store/storetest"
)

// world is an API on a record of its own, with the published lists loaded and nobody registered.
type world struct {
	t        testing.TB
	store    *store.Store
	address  string // of the database, for its superuser
	sql      *sql.DB
	keys     *identity.Keyring
	calendar calendar.Calendar
	config   Config
	handler  http.Handler
	relay    *fakeRelay
	log      *bytes.Buffer
	operator string
	trainee  string
}

// The institutions of the cases that tests register: listed for intelligent manufacturing in these roles.
const (
	occupation       = "intelligent-manufacturing"
	trainingBodyID   = "ouc"
	otherTrainerID   = "istic"
	evaluationBodyID = "cmes"
	unlistedID       = "cie" // evaluates blockchain, nothing else
)

func newWorld(t testing.TB) *world {
	t.Helper()
	return newWorldWith(t, func(*Config) {})
}

// newWorldWith is a world whose interface is configured otherwise.
func newWorldWith(t testing.TB, configure func(*Config)) *world {
	t.Helper()
	rules, err := policy.Load("beijing-2023", true)
	require.NoError(t, err)
	keys, err := identity.NewKeyring()
	require.NoError(t, err)
	address := storetest.NewURL(t)
	record, err := store.Open(t.Context(), storetest.Application(t, address), keys)
	require.NoError(t, err)
	raw, err := sql.Open("pgx", address)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, errors.Join(record.Close(), raw.Close())) })
	w := &world{t: t, address: address, store: record, sql: raw, keys: keys, calendar: calendar.Real(), relay: &fakeRelay{}, log: &bytes.Buffer{}}
	log := w.log // what is cleaned up is kept until all tests are over: not the whole world
	t.Cleanup(func() { audited.learn(t, log.String(), raw) })
	require.NoError(t, w.store.LoadLists(t.Context(), rules.Lists()))
	config := Config{
		Store: w.store, Policy: rules, Calendar: w.calendar, Keys: keys, Forwarder: w.relay, Printing: issuingtest.Printing(),
		Logger:      slog.New(slog.NewJSONHandler(&syncWriter{w: w.log}, &slog.HandlerOptions{Level: slog.LevelDebug})),
		LimitFactor: -1, // limits have tests of their own
		Poll:        10 * time.Millisecond, Heartbeat: 50 * time.Millisecond,
	}
	configure(&config)
	w.config = config
	w.handler, err = New(config)
	require.NoError(t, err)
	w.operator = w.token(store.Account{Role: store.RoleOperator})
	w.trainee = w.token(store.Account{Role: store.RoleTrainee})
	return w
}

// loadLists loads the published lists, as every start does.
func (w *world) loadLists() {
	w.t.Helper()
	rules, err := policy.Load("beijing-2023", true)
	require.NoError(w.t, err)
	require.NoError(w.t, w.store.LoadLists(w.t.Context(), rules.Lists()))
}

// syncWriter lets requests that run at once write one log.
type syncWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (s *syncWriter) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.w.Write(p)
}

// fakeRelay takes what is forwarded, or is away.
type fakeRelay struct {
	mu    sync.Mutex
	away  bool
	items []store.InboxItem
	then  func(item store.InboxItem)
}

func (f *fakeRelay) Forward(_ context.Context, item store.InboxItem) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.away {
		return errors.New("the case's engine is away")
	}
	f.items = append(f.items, item)
	if f.then != nil {
		f.then(item)
	}
	return nil
}

func (f *fakeRelay) set(away bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.away = away
}

// token makes an account and returns its token.
func (w *world) token(a store.Account) string {
	w.t.Helper()
	var token string
	require.NoError(w.t, w.store.Tx(w.t.Context(), func(tx *store.Tx) error {
		var err error
		_, token, err = tx.CreateToken(a, "test")
		return err
	}))
	return token
}

func (w *world) institution(id string) string {
	return w.token(store.Account{Role: store.RoleInstitution, InstitutionID: &id})
}

// reply is an answer of the API.
type reply struct {
	status int
	header http.Header
	body   []byte
}

func (r reply) into(t testing.TB, v any) {
	t.Helper()
	require.NoError(t, json.Unmarshal(r.body, v), "%s", r.body)
}

func (r reply) problem(t testing.TB) Problem {
	t.Helper()
	require.Equal(t, "application/problem+json", r.header.Get("Content-Type"), "%d %s", r.status, r.body)
	var p Problem
	r.into(t, &p)
	require.Equal(t, r.status, p.Status)
	return p
}

// refused checks that an answer is a problem of a code, and returns its fields with their codes.
func (r reply) refused(t testing.TB, status int, code string) map[string]string {
	t.Helper()
	require.Equal(t, status, r.status, "%s", r.body)
	p := r.problem(t)
	require.Equal(t, code, p.Code, "%s", r.body)
	require.NotEmpty(t, p.Title)
	require.NotEmpty(t, p.Detail)
	fields := map[string]string{}
	for _, e := range p.Errors {
		require.NotEmpty(t, e.Message)
		require.NotEqual(t, "field."+e.Code, e.Message, "the code has no words")
		fields[e.Field] = e.Code
	}
	return fields
}

// call is a request to the API.
type call struct {
	method, path, token string
	body                any // a string is sent as it is
	header              map[string]string
}

func (w *world) do(c call) reply {
	w.t.Helper()
	req := c.request(w.t)
	recorder := httptest.NewRecorder()
	w.handler.ServeHTTP(recorder, req)
	return reply{status: recorder.Code, header: recorder.Header(), body: recorder.Body.Bytes()}
}

func (c call) request(t testing.TB) *http.Request {
	t.Helper()
	var body io.Reader
	switch b := c.body.(type) {
	case nil:
	case string:
		body = strings.NewReader(b)
	default:
		content, err := json.Marshal(b)
		require.NoError(t, err)
		body = bytes.NewReader(content)
	}
	req := httptest.NewRequestWithContext(t.Context(), c.method, c.path, body)
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	if c.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for name, value := range c.header {
		req.Header.Set(name, value)
	}
	return req
}

func (w *world) get(path, token string) reply {
	w.t.Helper()
	return w.do(call{method: http.MethodGet, path: path, token: token})
}

func (w *world) post(path, token string, body any) reply {
	w.t.Helper()
	return w.do(call{method: http.MethodPost, path: path, token: token, body: body})
}

type object = map[string]any

// consentsTo consents to every text that is asked for at a time, as it is today.
func consentsTo(when consent.When) []object {
	var all []object
	for _, given := range consent.ToAll(when) {
		all = append(all, object{"kind": given.Kind, "version": given.Version})
	}
	return all
}

// registration is a request that is right in every field; changes replace some of them, and nil takes one out.
func registrationOf(n int, changes object) object {
	born := calendar.MustParseDate("1990-05-17")
	r := object{
		"name": "王小明", "id_number": identity.Synthetic(n, born).Number(),
		"occupation": occupation, "level": "junior",
		"training_body": trainingBodyID, "evaluation_body": evaluationBodyID,
		"applicant": object{
			"category":        "in_post",
			"education":       []object{{"degree": "bachelor", "related_major": true, "graduated_on": "2015-07-01", "full_time": true}},
			"titles":          []object{},
			"grades":          []object{},
			"work_started_on": "2016-01-01",
		},
		"consents": consentsTo(consent.Registration),
	}
	for field, value := range changes {
		if value == nil {
			delete(r, field)
			continue
		}
		r[field] = value
	}
	return r
}

func (w *world) register(token, key string, body any) reply {
	w.t.Helper()
	return w.do(call{
		method: http.MethodPost, path: "/v1/cases", token: token, body: body, header: map[string]string{"Idempotency-Key": key},
	})
}

// newCase registers a case and returns its id.
func (w *world) newCase(n int) string {
	w.t.Helper()
	r := w.register(w.operator, fmt.Sprintf("case-%d", n), registrationOf(n, nil))
	require.Equal(w.t, http.StatusCreated, r.status, "%s", r.body)
	var c struct{ ID string }
	r.into(w.t, &c)
	return c.ID
}

// count is a number that the record is asked for.
func (w *world) count(query string, args ...any) (n int) {
	w.t.Helper()
	require.NoError(w.t, w.sql.QueryRowContext(w.t.Context(), query, args...).Scan(&n))
	return n
}

// counts is how many rows each table has: what a refused request must not change.
func (w *world) counts() map[string]int64 {
	w.t.Helper()
	counts := map[string]int64{}
	for _, table := range []string{
		"persons", "cases", "case_stages", "case_events", "inbox", "idempotency_keys", "audit_entries", "task_answers", "dead_letters", "withdrawals",
		"resolutions", "outbox", "hour_entries", "staff", "sessions", "session_roster", "classes", "class_members", "attendance", "assessments", "certificates", "courses", "course_places", "ce_entries", "ce_years", "accounts", "access_tokens", "invitations",
		"evidence", "acts", "approvals", "consents", "registration_drafts", "class_places", "contacts", "photos",
	} {
		var n int64
		require.NoError(w.t, w.sql.QueryRowContext(w.t.Context(), "SELECT count(*) FROM "+table).Scan(&n))
		counts[table] = n
	}
	return counts
}
