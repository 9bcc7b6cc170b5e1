package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/message"
)

// product is a stand-in for the API and the simulator's control interface.
type product struct {
	mu            sync.Mutex
	registrations []string
	scripts       []map[string]any
	controlDown   bool
	unknownTokens bool
	sessions      string   // of any case, the latest first
	voided        []string // paths, and reasons
	away          int      // how many voidings not to answer
	logins        map[string]string
	cutShort      bool // a log-in that is made is not heard of
	districts     []string

	employers int      // registered
	lists     [][]byte // of an employer's people
	starts    int      // of lists
	startless bool     // starts are not answered
}

func (p *product) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	switch r.Method + " " + r.URL.Path {
	case "GET /v1/institutions":
		q := r.URL.Query()
		id := q.Get("role") + "-of-" + q.Get("occupation")
		fmt.Fprintf(w, `{"institutions":[{"id":%q,"name":"某机构"}]}`, id)
	case "GET /v1/incidents":
		if p.unknownTokens {
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprint(w, `{"code":"unauthenticated"}`)
			return
		}
		fmt.Fprint(w, `{"incidents":[]}`)
	case "POST /v1/cases":
		p.registrations = append(p.registrations, r.Header.Get("Idempotency-Key")+string(body))
		w.WriteHeader(http.StatusCreated)
		fmt.Fprintf(w, `{"id":"case-%d"}`, len(p.registrations))
	case "GET /v1/session":
		fmt.Fprintf(w, `{"account":{"id":%q}}`, r.Header.Get("Authorization"))
	case "POST /v1/session":
		var sent struct{ Login, Password string }
		_ = json.Unmarshal(body, &sent)
		if secret, known := p.logins[sent.Login]; !known || secret != sent.Password {
			w.WriteHeader(http.StatusUnauthorized)
		}
	case "GET /v1/sessions":
		fmt.Fprintf(w, `{"sessions":[%s]}`, p.sessions)
	case "POST /v1/sessions/s2/voiding":
		p.voided = append(p.voided, r.URL.Path+string(body))
		if p.away > 0 {
			p.away--
			w.WriteHeader(http.StatusBadGateway)
		}
	case "POST /v1/employers":
		p.employers++
		fmt.Fprint(w, `{"id":"e1"}`)
	case "POST /v1/employers/e1/invitations":
		fmt.Fprint(w, `{"token":"t1"}`)
	case "POST /v1/invitations/acceptance":
		var sent struct{ Login, Password string }
		_ = json.Unmarshal(body, &sent)
		if p.logins == nil {
			p.logins = make(map[string]string)
		}
		p.logins[sent.Login] = sent.Password
	case "POST /v1/classes":
		fmt.Fprint(w, `{"id":"k1"}`)
	case "POST /v1/classes/k1/intakes":
		p.lists = append(p.lists, body)
		fmt.Fprint(w, `{"id":"i1"}`)
	case "POST /v1/intakes/i1/start":
		if p.startless {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		p.starts++
	case "POST /control/scripts":
		if p.controlDown {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		var script map[string]any
		_ = json.Unmarshal(body, &script)
		p.scripts = append(p.scripts, script)
	}
}

// Token numbers the accounts it makes.
func (p *product) Token(_ context.Context, role, institution, _ string) (string, error) {
	return role + institution, nil
}

// Endpoint makes a secret.
func (p *product) Endpoint(_ context.Context, institution, _ string) (string, error) {
	return "whsec_" + institution, nil
}

// Account makes a log-in that is not taken.
func (p *product) Account(ctx context.Context, role, institution, district, login, password string) error {
	return p.Login(ctx, role+institution+district, login, password)
}

// Login makes a log-in that is not taken.
func (p *product) Login(_ context.Context, _, login, password string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, taken := p.logins[login]; taken {
		return errors.New("it is another account's")
	}
	if p.logins == nil {
		p.logins = make(map[string]string)
	}
	p.logins[login] = password
	if p.cutShort {
		return errors.New("nobody hears of it")
	}
	return nil
}

// District notes where institutions lie.
func (p *product) District(_ context.Context, institution, district string) error {
	p.districts = append(p.districts, institution+" "+district)
	return nil
}

const scripted = 3 // the first scenario but two whose institutions misbehave

func TestAnInterruptedIntakeGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	p, dir := &product{controlDown: true}, t.TempDir()
	require.Error(t, begin(t, p, dir, today).tryTakeIn(t.Context(), scripted))
	require.Len(t, p.registrations, 1)

	p.controlDown = false
	again := begin(t, p, dir, today.AddDays(400))
	require.NoError(t, again.tryTakeIn(t.Context(), scripted))

	require.Len(t, p.registrations, 1, "registered twice")
	require.Len(t, p.scripts, 1)
	require.Equal(t, "case-1", p.scripts[0]["case_id"])
	require.Equal(t, scenarioOf(scripted).scripts[0].Behaviour, p.scripts[0]["behaviour"])
	require.NoError(t, again.tryTakeIn(t.Context(), scripted))
	require.Len(t, p.scripts, 1, "scripted twice")
}

// An answer that was lost makes the next run send the registration again: it must be the same one.
func TestARegistrationIsTheSameHoweverLateItIsSentAgain(t *testing.T) {
	t.Parallel()
	p, dir := &product{}, t.TempDir()
	first := begin(t, p, dir, today).register(scripted)
	require.Equal(t, first, begin(t, p, dir, today.AddDays(400)).register(scripted))
}

func TestAccountsOfAnotherDatabaseAreNotedWithTheRemedy(t *testing.T) {
	t.Parallel()
	p, dir := &product{}, t.TempDir()
	begin(t, p, dir, today)
	p.unknownTokens = true
	_, err := Open(t.Context(), options(t, p, dir, today))
	require.ErrorContains(t, err, "belongs to another")
	require.ErrorContains(t, err, RecordFile)
}

func TestWhatTheAPIRefusesIsNotTriedForEver(t *testing.T) {
	t.Parallel()
	require.False(t, passing(&problem{Status: http.StatusConflict, Code: "duplicate_case"}))
	require.True(t, passing(&problem{Status: http.StatusServiceUnavailable}))
	require.True(t, passing(errors.New("connection refused")))
}

func begin(t *testing.T, p *product, dir string, on calendar.Date) *Demo {
	t.Helper()
	d, err := Open(t.Context(), options(t, p, dir, on))
	require.NoError(t, err)
	return d
}

func options(t *testing.T, p *product, dir string, on calendar.Date) Options {
	t.Helper()
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	return Options{
		Dir: dir, APIURL: server.URL, InstitutionURL: server.URL, Trainees: 5, Administrator: p, Lang: message.Chinese,
		Calendar: calendar.Calendar{Day: 24 * time.Hour, AnchorWall: time.Now().Add(-time.Hour), AnchorDate: on},
	}
}
