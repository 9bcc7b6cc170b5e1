package client_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/api"
	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/client"
	"github.com/dengpan/dengpan/delivery"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/store/storetest"
)

// The training body of these tests, and another.
const (
	institution = "ouc"
	other       = "istic"
)

// world is the real interface, over HTTP, with an institution that has one case.
type world struct {
	t      *testing.T
	record *store.Store
	server *httptest.Server
	caseID string
	broken func(w http.ResponseWriter, r *http.Request) bool // answers in place of the interface, if it does
}

// told takes what a case is told: Temporal is somebody else's.
type told struct{}

func (told) Forward(context.Context, store.InboxItem) error { return nil }

func newWorld(t *testing.T) *world {
	t.Helper()
	rules, err := policy.Load("beijing-2023", true)
	require.NoError(t, err)
	keys, err := identity.NewKeyring()
	require.NoError(t, err)
	record, err := store.Open(t.Context(), storetest.Application(t, storetest.NewURL(t)), keys)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, record.Close()) })
	require.NoError(t, record.LoadLists(t.Context(), rules.Lists()))
	handler, err := api.New(api.Config{
		Store: record, Policy: rules, Calendar: calendar.Real(), Keys: keys, Forwarder: told{},
		Logger: slog.New(slog.DiscardHandler), Callbacks: delivery.Guard{AllowInsecure: true},
	})
	require.NoError(t, err)
	w := &world{t: t, record: record}
	w.server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if w.broken == nil || !w.broken(rw, r) {
			handler.ServeHTTP(rw, r)
		}
	}))
	t.Cleanup(w.server.Close)
	w.caseID = w.register()
	return w
}

// register registers a case by hand: trainees and operators do that, and not by this client.
func (w *world) register() string {
	w.t.Helper()
	body := `{"name":"王小明","id_number":"` + identity.Synthetic(1, calendar.MustParseDate("1990-05-17")).Number() + `",
		"occupation":"intelligent-manufacturing","level":"junior","training_body":"` + institution + `","evaluation_body":"cmes",
		"applicant":{"category":"in_post","education":[{"degree":"bachelor","related_major":true,"graduated_on":"2015-07-01",
		"full_time":true}],"titles":[],"grades":[],"work_started_on":"2016-01-01"}}`
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.server.URL+"/v1/cases", strings.NewReader(body))
	require.NoError(w.t, err)
	req.Header.Set("Authorization", "Bearer "+w.token(store.Account{Role: store.RoleOperator}))
	req.Header.Set("Idempotency-Key", "case")
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	require.NoError(w.t, err)
	require.NoError(w.t, res.Body.Close())
	require.Equal(w.t, http.StatusCreated, res.StatusCode)
	cases, err := w.record.Read(w.t.Context()).Cases(store.CaseFilter{Limit: 1})
	require.NoError(w.t, err)
	return cases[0].ID
}

func (w *world) token(a store.Account) string {
	w.t.Helper()
	var token string
	require.NoError(w.t, w.record.Tx(w.t.Context(), func(tx *store.Tx) (err error) {
		_, token, err = tx.CreateToken(a, "test")
		return err
	}))
	return token
}

// client is a client of an institution that does not wait long before it tries again.
func (w *world) client(id string) *client.Client {
	w.t.Helper()
	c, err := client.New(w.server.URL, w.token(store.Account{Role: store.RoleInstitution, InstitutionID: &id}),
		client.WithRetries(4, time.Millisecond))
	require.NoError(w.t, err)
	return c
}

// issue issues a task, as the case's workflow does.
func (w *world) issue(kind string) string {
	w.t.Helper()
	id := uuid.NewString()
	now := time.Now().UTC()
	require.NoError(w.t, w.record.Tx(w.t.Context(), func(tx *store.Tx) error {
		return tx.InsertTask(store.Task{
			ID: id, CaseID: w.caseID, InstitutionID: institution, Kind: kind, Attempt: 1, Issue: 1, IssuedAt: now, DueAt: now.Add(time.Hour),
			Details: store.TaskDetails{PassMark: "60", Modules: []string{"基础知识"}},
		})
	}))
	return id
}
