package store_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/store"
)

// newEndpoint gives an institution an endpoint, and three events that wait for it.
func newEndpoint(t *testing.T) (*record, store.Case) {
	t.Helper()
	r := newRecord(t)
	r.write(func(tx *store.Tx) error {
		return tx.SaveEndpoint(store.Endpoint{ID: uuid.NewString(), InstitutionID: "ouc", URL: "https://example.org/"})
	})
	c := r.open("junior")
	for _, kind := range []string{contract.EnrolmentTask, contract.TrainingTask, contract.ExamTask} {
		r.task(c, kind)
	}
	require.NoError(t, r.store.LineUp(t.Context(), ""))
	return r, c
}

func (r *record) events(f store.EventFilter) []store.OutboxEvent {
	r.t.Helper()
	f.Limit = 100
	events, err := r.store.Read(r.t.Context()).OutboxEvents(f)
	require.NoError(r.t, err)
	return events
}

func TestMovingADeadlineTellsTheInstitution(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	c := r.open("junior")
	task := r.task(c, contract.ExamTask)
	for days := range 2 {
		due := time.Now().UTC().AddDate(0, 0, 10+days).Truncate(time.Second)
		r.write(func(tx *store.Tx) error { return tx.ExtendTask(task, due, time.Now().UTC()) })
		told := r.events(store.EventFilter{Kinds: []string{store.OutboxTaskExtended}, TaskID: task.ID})
		require.Len(t, told, days+1, "each time")
		require.Equal(t, due, *told[0].Payload.DueAt, "of the new one")
	}
	r.write(func(tx *store.Tx) error { return tx.CloseTask(task, store.TaskCancelled, "x", time.Now().UTC()) })
	r.write(func(tx *store.Tx) error { return tx.ExtendTask(task, time.Now(), time.Now()) })
	require.Len(t, r.events(store.EventFilter{Kinds: []string{store.OutboxTaskExtended}}), 2, "nothing of a task that is closed")
	require.NoError(t, r.store.LineUp(t.Context(), ""))
	for i, event := range r.events(store.EventFilter{}) {
		require.Equal(t, 4-i, event.Sequence, "each has its place among those of the case")
	}
}

func TestAnEndpointForWhichSomethingIsLongDueIsFound(t *testing.T) {
	t.Parallel()
	r, _ := newEndpoint(t)
	tx := r.store.Read(t.Context())
	forgotten := func() []string {
		found, err := tx.Forgotten(time.Now().Add(-time.Minute))
		require.NoError(t, err)
		return found
	}
	require.Empty(t, forgotten(), "what has just come is not")
	_, err := r.sql.ExecContext(t.Context(), "UPDATE outbox SET next_attempt_at = now() - interval '1 hour'")
	require.NoError(t, err)
	require.Equal(t, []string{"ouc"}, forgotten())
	endpoint, err := tx.Endpoint("ouc")
	require.NoError(t, err)
	soon := time.Now().Add(time.Minute)
	endpoint.NotBefore = &soon
	require.NoError(t, tx.SaveStanding(endpoint))
	require.Empty(t, forgotten(), "it is left alone")
	require.NoError(t, tx.SetEndpointState("ouc", store.EndpointPaused, store.StoppedByOperator))
	require.Empty(t, forgotten(), "it is paused")
}

func TestAChangedEndpointsWorkflowIsToldOfTheLastChange(t *testing.T) {
	t.Parallel()
	r, _ := newEndpoint(t)
	tx := r.store.Read(t.Context())
	first, err := tx.WakesWanted()
	require.NoError(t, err)
	require.Len(t, first, 1, "it is new")
	require.NoError(t, tx.SetEndpointState("ouc", store.EndpointPaused, store.StoppedByInstitution))
	require.NoError(t, tx.MarkWakeDone(first[0]))
	second, err := tx.WakesWanted()
	require.NoError(t, err)
	require.Len(t, second, 1, "what came while it was told is told too")
	require.NoError(t, tx.MarkWakeDone(second[0]))
	none, err := tx.WakesWanted()
	require.NoError(t, err)
	require.Empty(t, none)
}

func TestNoInstitutionWaitsToBeToldBehindTheEventsOfAnother(t *testing.T) {
	t.Parallel()
	r, _ := newEndpoint(t)
	for _, institution := range []string{"cacee", "istic"} {
		r.write(func(tx *store.Tx) error {
			about := store.OutboxPayload{LetterID: uuid.NewString()}
			return tx.QueueAnswer(institution, store.OutboxAnswerApplied, about, time.Now())
		})
	}
	events, err := r.store.Read(t.Context()).Unwoken(4)
	require.NoError(t, err)
	told := make([]string, len(events))
	for i, event := range events {
		told[i] = event.InstitutionID
	}
	require.Equal(t, []string{"cacee", "istic", "ouc", "ouc"}, told)
}

func TestAnEndpointSaysWhyItIsStopped(t *testing.T) {
	t.Parallel()
	r, _ := newEndpoint(t)
	const set = "UPDATE endpoints SET state = $1, state_reason = $2"
	r.refused("endpoints_state_reason", set, "paused", "")
	r.refused("endpoints_state_reason", set, "paused", "failing")
	r.refused("endpoints_state_reason", set, "disabled", "")
	r.refused("endpoints_state_reason", set, "active", "gone")
	r.refused("endpoint_secrets_public_key", `INSERT INTO endpoint_secrets (id, institution_id, kind, secret_sealed)
		VALUES (gen_random_uuid(), 'ouc', 'ed25519', '1')`)
	err := r.store.Read(t.Context()).SetEndpointState("istic", store.EndpointActive, "")
	require.ErrorIs(t, err, store.ErrNotFound)
}

func TestAnEndpointIsEnabledWithWhatItMissedOrWithout(t *testing.T) {
	t.Parallel()
	r, _ := newEndpoint(t)
	tx := r.store.Read(t.Context())
	waiting := r.events(store.EventFilter{})
	now := time.Now().UTC()
	for attempt, event := range waiting[:2] { // one long before it was stopped, one since
		at := now.Add(-time.Duration(1-attempt) * time.Hour)
		require.NoError(t, tx.RecordAttempt(store.DeliveryAttempt{EventID: event.ID, Attempt: 1, At: at, Error: "x"}, store.OutboxFailed, at))
	}
	endpoint, err := tx.Endpoint("ouc")
	require.NoError(t, err)
	endpoint.StateSince = now.Add(-time.Minute)
	n, err := tx.CatchUp(endpoint)
	require.NoError(t, err)
	require.EqualValues(t, 2, n, "what waits, and what was given up since")
	require.Equal(t, waiting[0].ID, r.events(store.EventFilter{States: []string{store.OutboxFailed}})[0].ID)

	n, err = tx.PassOver("ouc")
	require.NoError(t, err)
	require.EqualValues(t, 2, n)
	n, err = tx.Redeliver(store.EventFilter{EventIDs: []string{waiting[0].ID, waiting[2].ID}, Kinds: []string{store.OutboxTaskIssued}})
	require.NoError(t, err)
	require.EqualValues(t, 2, n, "and can be sent once more all the same")
	again := r.events(store.EventFilter{EventIDs: []string{waiting[0].ID}})[0]
	require.Equal(t, []int{0, 1}, []int{again.Charged, again.Attempts}, "on a schedule of its own, and the log goes on")
	require.Equal(t, waiting[0].Sequence, again.Sequence)
}

func TestAnOldSecretSignsUntilItRetires(t *testing.T) {
	t.Parallel()
	r, _ := newEndpoint(t)
	tx := r.store.Read(t.Context())
	now := time.Now().UTC()
	add := func(kind, public string) {
		require.NoError(t, tx.AddEndpointSecret(store.EndpointSecret{
			ID: uuid.NewString(), InstitutionID: "ouc", Kind: kind, SecretSealed: []byte{1}, PublicKey: public, CreatedAt: now,
		}))
	}
	add(store.SecretHMAC, "")
	require.NoError(t, tx.RetireEndpointSecrets("ouc", store.SecretHMAC, now.Add(24*time.Hour)))
	add(store.SecretHMAC, "")
	add(store.SecretEd25519, "whpk_x")
	for after, want := range map[time.Duration]int{0: 3, 23 * time.Hour: 3, 25 * time.Hour: 2} {
		secrets, err := tx.EndpointSecrets("ouc", now.Add(after))
		require.NoError(t, err)
		require.Len(t, secrets, want, after)
	}
	require.NoError(t, tx.RetireEndpointSecrets("ouc", store.SecretHMAC, now.Add(48*time.Hour)))
	secrets, err := tx.EndpointSecrets("ouc", now.Add(25*time.Hour))
	require.NoError(t, err)
	require.Len(t, secrets, 2, "one that retires earlier does not stay for a later change")
}

// A record that has endpoints from before there were several secrets goes on with those it has.
func TestEndpointsOfBeforeKeepTheirSecretAndTheirEventsAreNumbered(t *testing.T) {
	t.Parallel()
	old := newOldRecord(t, 18)
	run := old.run
	account, person, c := uuid.NewString(), uuid.NewString(), uuid.NewString()
	run(`INSERT INTO institutions (id, name) VALUES ('ouc', 'ouc'), ('cmes', 'cmes')`)
	run(`INSERT INTO accounts (id, role) VALUES ($1, 'operator')`, account)
	run(`INSERT INTO persons (id, id_type, id_number_sealed, name_sealed) VALUES ($1, 'resident_id', '1', '1')`, person)
	run(`INSERT INTO cases (id, person_id, occupation, level, policy_version, training_body, evaluation_body, applicant, status,
		stage, registered_by, registered_on) VALUES ($1, $2, 'x', 'junior', 'x', 'ouc', 'cmes', '{}', 'active', 'training', $3, '2025-01-01')`,
		c, person, account)
	run(`INSERT INTO endpoints (id, institution_id, url, secret_sealed, state) VALUES (gen_random_uuid(), 'ouc', 'https://x/', 'sealed', 'paused')`)
	for _, kind := range []string{store.OutboxTaskIssued, store.OutboxTaskCancelled} {
		run(`INSERT INTO outbox (id, institution_id, case_id, kind, subject_id, payload) VALUES (gen_random_uuid(), 'ouc', $1::uuid, $2,
			gen_random_uuid(), jsonb_build_object('case_id', $1::uuid))`, c, kind)
	}
	s := old.migrate()
	endpoint, err := s.Read(t.Context()).Endpoint("ouc")
	require.NoError(t, err)
	require.Equal(t, []string{store.EndpointPaused, store.StoppedByOperator}, []string{endpoint.State, endpoint.StateReason})
	secrets, err := s.Read(t.Context()).EndpointSecrets("ouc", time.Now())
	require.NoError(t, err)
	require.Len(t, secrets, 1)
	require.Equal(t, "sealed", string(secrets[0].SecretSealed))
	events, err := s.Read(t.Context()).Feed("ouc", 0, 10)
	require.NoError(t, err)
	require.Equal(t, []int{1, 2}, []int{events[0].Sequence, events[1].Sequence})
	require.NoError(t, s.Tx(t.Context(), func(tx *store.Tx) error {
		return tx.QueueAnswer("ouc", store.OutboxAnswerApplied, store.OutboxPayload{CaseID: c, LetterID: uuid.NewString()}, time.Now())
	}))
	require.NoError(t, s.LineUp(t.Context(), ""))
	events, err = s.Read(t.Context()).Feed("ouc", 0, 10)
	require.NoError(t, err)
	require.Equal(t, 3, events[2].Sequence, "and the next follow them")
}
