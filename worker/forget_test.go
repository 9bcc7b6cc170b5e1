package worker_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/store/storetest"
	"github.com/dengpan/dengpan/worker"
)

func TestTheDeliveryLogIsKeptForNinetyDays(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	rules, err := policy.Load("beijing-2023", false)
	require.NoError(t, err)
	require.NoError(t, db.LoadLists(t.Context(), rules.Lists()))
	tx := db.Read(t.Context())
	require.NoError(t, tx.SaveEndpoint(store.Endpoint{ID: uuid.NewString(), InstitutionID: "ouc", URL: "https://example.org/"}))
	endpoint, err := tx.Endpoint("ouc")
	require.NoError(t, err)
	const day = 24 * time.Hour
	now := time.Now().UTC()
	require.NoError(t, tx.QueueAnswer("ouc", store.OutboxAnswerApplied, store.OutboxPayload{LetterID: uuid.NewString()}, now))
	events, err := tx.OutboxEvents(store.EventFilter{Limit: 1})
	require.NoError(t, err)
	test, err := tx.QueueTest(endpoint, store.OutboxPing)
	require.NoError(t, err)
	for _, id := range []string{events[0].ID, test.ID} {
		for i, age := range []time.Duration{91 * day, 89 * day} {
			require.NoError(t, tx.RecordAttempt(store.DeliveryAttempt{EventID: id, Attempt: i + 1, At: now.Add(-age)}, store.OutboxPending, now))
		}
	}
	gone, soon := now.Add(-91*day), now.Add(-89*day)
	for _, at := range []*time.Time{nil, &gone, &soon} {
		require.NoError(t, tx.AddEndpointSecret(store.EndpointSecret{
			ID: uuid.NewString(), InstitutionID: "ouc", Kind: store.SecretHMAC, SecretSealed: []byte{1}, RetiresAt: at,
		}))
	}
	forgetting := &worker.Forgetting{Store: db, Logger: slog.New(slog.DiscardHandler)}
	require.NoError(t, forgetting.Forget(t.Context(), now))
	for _, id := range []string{events[0].ID, test.ID} {
		left, err := tx.DeliveryAttempts(id)
		require.NoError(t, err)
		require.Len(t, left, 1)
		require.WithinDuration(t, now.Add(-89*day), left[0].At, time.Second)
	}
	secrets, err := tx.EndpointSecrets("ouc", now.Add(-100*day))
	require.NoError(t, err)
	require.Len(t, secrets, 2)

	require.NoError(t, forgetting.Forget(t.Context(), now.Add(100*day)))
	left, err := tx.OutboxEvents(store.EventFilter{Limit: 10})
	require.NoError(t, err)
	require.Len(t, left, 1, "a test goes with its log; an event stays in the feed")
	require.Equal(t, events[0].ID, left[0].ID)

	t.Run("and what waits is among the figures", func(t *testing.T) {
		require.NoError(t, tx.SetEndpointState("ouc", store.EndpointPaused, store.StoppedByOperator))
		registry := prometheus.NewRegistry()
		require.NoError(t, registry.Register(&worker.Waiting{Store: db}))
		families, err := registry.Gather()
		require.NoError(t, err)
		figures := map[string]float64{}
		for _, family := range families {
			require.Len(t, family.GetMetric(), 1)
			figures[family.GetName()] = family.GetMetric()[0].GetGauge().GetValue()
		}
		require.Len(t, figures, 3)
		require.Zero(t, figures["dengpan_endpoint_active"])
		require.InDelta(t, 1, figures["dengpan_deliveries_waiting"], 0)
		require.InDelta(t, time.Since(now).Seconds(), figures["dengpan_deliveries_oldest_seconds"], 1)
	})
}

// A key that is remembered no longer goes, with the answer that is kept under it, though nobody sends another.
func TestKeysOfRequestsAreForgottenWhetherAnybodySendsOneOrNot(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	now := time.Now().UTC()
	var account store.Account
	require.NoError(t, db.Tx(t.Context(), func(tx *store.Tx) (err error) {
		if account, err = tx.CreateAccount(store.Account{Role: store.RoleOperator}); err != nil {
			return err
		}
		for key, age := range map[string]time.Duration{"old": store.IdempotencyRemembered + time.Minute, "new": store.IdempotencyRemembered - time.Minute} {
			err := tx.InsertIdempotencyKey(store.IdempotencyKey{AccountID: account.ID, Key: key, RequestDigest: []byte{1}, CreatedAt: now.Add(-age)})
			if err != nil {
				return err
			}
		}
		return nil
	}))
	require.NoError(t, (&worker.Forgetting{Store: db, Logger: slog.New(slog.DiscardHandler)}).Forget(t.Context(), now))
	_, err := db.Read(t.Context()).IdempotencyKey(account.ID, "old")
	require.ErrorIs(t, err, store.ErrNotFound)
	_, err = db.Read(t.Context()).IdempotencyKey(account.ID, "new")
	require.NoError(t, err)
}
