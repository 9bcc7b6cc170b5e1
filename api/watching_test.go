package api

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/store/storetest"
)

// cinema is an API whose clock the test holds, with people who watch, and the settler that books what they watched.
type cinema struct {
	t       testing.TB
	store   *store.Store
	sql     *sql.DB
	handler http.Handler
	settler *hours.Settler
	rules   policy.AttendanceRule
	token   string // of the training body
	other   string // of another
	trainee string
	account string
	clock   atomic.Int64
}

// opening is when the sessions of a cinema open: the programme's time is the wall's.
func opening() time.Time { return time.Date(2026, time.March, 4, 9, 0, 0, 0, calendar.Beijing) }

func newCinema(t testing.TB) *cinema {
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
	require.NoError(t, record.LoadLists(t.Context(), rules.Lists()))
	c := &cinema{t: t, store: record, sql: raw, rules: rules.Attendance()}
	c.at(0)
	log := &bytes.Buffer{}
	t.Cleanup(func() { audited.learn(t, log.String(), raw) })
	logger := slog.New(slog.NewJSONHandler(&syncWriter{w: log}, nil))
	c.handler, err = New(Config{
		Store: record, Policy: rules, Calendar: calendar.Real(), Keys: keys, Forwarder: &fakeRelay{}, Logger: logger, Now: c.now, LimitFactor: -1,
	})
	require.NoError(t, err)
	c.settler = &hours.Settler{Store: record, Calendar: calendar.Real(), Rules: rules, Logger: logger, Now: c.now}
	c.token = c.account1(store.Account{Role: store.RoleInstitution, InstitutionID: new(trainingBodyID)}, &c.account)
	c.other = c.account1(store.Account{Role: store.RoleInstitution, InstitutionID: new(otherTrainerID)}, new(string))
	c.trainee = c.account1(store.Account{Role: store.RoleTrainee}, new(string))
	return c
}

func (c *cinema) account1(a store.Account, id *string) (token string) {
	c.t.Helper()
	require.NoError(c.t, c.store.Tx(c.t.Context(), func(tx *store.Tx) (err error) {
		a, token, err = tx.CreateToken(a, "test")
		*id = a.ID
		return err
	}))
	return token
}

// now is the server's clock.
func (c *cinema) now() time.Time { return time.Unix(0, c.clock.Load()) }

// at sets the clock to so long after the opening.
func (c *cinema) at(after time.Duration) { c.clock.Store(opening().Add(after).UnixNano()) }

func (c *cinema) exec(statement string, args ...any) {
	c.t.Helper()
	_, err := c.sql.ExecContext(c.t.Context(), statement, args...)
	require.NoError(c.t, err)
}

// viewers admits so many new people to training, and gives their cases.
func (c *cinema) viewers(n int) []string {
	c.t.Helper()
	rows, err := c.sql.QueryContext(c.t.Context(), `
		WITH who AS (SELECT gen_random_uuid() AS person, gen_random_uuid() AS id FROM generate_series(1, $1)),
		persons AS (INSERT INTO persons (id, id_type, id_number_sealed, name_sealed)
			SELECT person, 'resident_id', '\x01', '\x02' FROM who),
		opened AS (INSERT INTO cases (id, person_id, occupation, level, policy_version, training_body, evaluation_body, applicant,
				status, stage, registered_by, registered_on)
			SELECT id, person, $2, 'junior', 'beijing-2023+demo', $3, $4, '{}', 'active', 'training', $5, '2026-03-01' FROM who),
		staged AS (INSERT INTO case_stages (case_id, stage, state, since)
			SELECT id, stage, state, now()
			FROM who, (VALUES ('registration', 'done'), ('training', 'active'), ('ce_hours', 'pending')) AS s (stage, state))
		SELECT id FROM who`, n, occupation, trainingBodyID, evaluationBodyID, c.account)
	require.NoError(c.t, err)
	defer func() { require.NoError(c.t, rows.Close()) }()
	var cases []string
	for rows.Next() {
		var id string
		require.NoError(c.t, rows.Scan(&id))
		cases = append(cases, id)
	}
	require.NoError(c.t, rows.Err())
	return cases
}

// screen announces an online session of ten hours from the opening, or as the changes say, for some cases.
func (c *cinema) screen(ref string, cases ...string) string {
	c.t.Helper()
	id := uuid.NewString()
	c.exec(`INSERT INTO sessions (id, institution_id, ref, module, mode, opens_at, closes_at, announced_by)
		VALUES ($1, $2, $3, '基础知识', 'online', $4, $5, $6)`,
		id, trainingBodyID, ref, opening(), opening().Add(10*time.Hour), c.account)
	c.exec(`INSERT INTO session_roster (session_id, person_id, case_id) SELECT $1, person_id, id FROM cases WHERE id = ANY ($2)`,
		id, cases)
	return id
}

func beatObject(session, attendee string, seq int, position time.Duration, changes object) object {
	return merge(object{
		"session": session, "attendee": attendee, "seq": seq, "position_ms": position.Milliseconds(), "playing": true,
	}, changes)
}

func (c *cinema) post(path, token string, body any) reply {
	c.t.Helper()
	content, ok := body.([]byte)
	if !ok {
		var err error
		content, err = json.Marshal(body)
		require.NoError(c.t, err)
	}
	req := httptest.NewRequestWithContext(c.t.Context(), http.MethodPost, path, bytes.NewReader(content))
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	recorder := httptest.NewRecorder()
	c.handler.ServeHTTP(recorder, req)
	return reply{status: recorder.Code, header: recorder.Header(), body: recorder.Body.Bytes()}
}

// send sends a batch of heartbeats, and checks that all of it is answered for.
func (c *cinema) send(beats ...object) beatsView {
	c.t.Helper()
	r := c.post("/v1/heartbeats", c.token, object{"beats": beats})
	require.Equal(c.t, http.StatusOK, r.status, "%s", r.body)
	var view beatsView
	require.NoError(c.t, json.Unmarshal(r.body, &view), "%s", r.body)
	require.Equal(c.t, len(beats), view.Recorded+view.Repeated+view.Refused)
	require.Len(c.t, view.Rows, view.Repeated+view.Refused)
	return view
}

// settle books all that was watched, once everybody has been quiet for long enough.
func (c *cinema) settle() {
	c.t.Helper()
	before := c.now()
	c.clock.Store(before.Add(time.Hour).UnixNano())
	require.NoError(c.t, c.settler.SettleWatches(c.t.Context()))
	c.clock.Store(before.UnixNano())
}

// credited is the time that stands for a case.
func (c *cinema) credited(caseID string) time.Duration {
	c.t.Helper()
	entries, err := c.store.Read(c.t.Context()).Hours(caseID)
	require.NoError(c.t, err)
	return ledger.Total(entries)
}

// askNobody keeps challenges from coming due.
func (c *cinema) askNobody() {
	c.t.Helper()
	c.exec(`UPDATE watches SET challenge = NULL, challenge_due = last_beat + interval '1 year'`)
}

// watch plays a session at the speed of the clock, a heartbeat each half minute, and nobody is asked anything.
func (c *cinema) watch(session, attendee string, from, length time.Duration) {
	c.t.Helper()
	c.play(session, attendee, from, length, 30*time.Second)
}

// play is watch with the time between two heartbeats.
func (c *cinema) play(session, attendee string, from, length, every time.Duration) {
	c.t.Helper()
	c.askNobody()
	for at := from; at <= from+length; at += every {
		c.at(at)
		require.Equal(c.t, 1, c.send(beatObject(session, attendee, int(at/time.Second), at, nil)).Recorded)
		c.askNobody()
	}
}
