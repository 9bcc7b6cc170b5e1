package integration_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/delivery"
	"github.com/dengpan/dengpan/store"
)

// What is measured: so many callbacks a turn, one after another at a pace.
const (
	callbacks = 200
	pace      = 25 * time.Millisecond
	backlog   = 1000
)

// BenchmarkCallbacks is how long a callback takes from the commit of its event to its arrival at an endpoint that is well, by
// itself, and beside one that takes connections and answers none, with a thousand callbacks waiting for it.
func BenchmarkCallbacks(b *testing.B) {
	s := newSystem(b, options{silent: true})
	arrived := make(chan string, callbacks)
	well := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var event delivery.Event
		if json.NewDecoder(r.Body).Decode(&event) == nil {
			arrived <- event.Data.LetterID
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	b.Cleanup(well.Close)
	dead := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	b.Cleanup(dead.CloseClientConnections)
	for institution, url := range map[string]string{"ouc": well.URL, "cacee": dead.URL} {
		require.NoError(b, s.store.Read(b.Context()).SaveEndpoint(store.Endpoint{ID: uuid.NewString(), InstitutionID: institution, URL: url}))
	}
	s.measureCallbacks(b, "alone", arrived)
	for range backlog {
		s.tell(b, "cacee")
	}
	s.measureCallbacks(b, "beside a dead one", arrived)
}

// tell writes an event for an institution, and says what it is about.
func (s *system) tell(t testing.TB, institution string) string {
	t.Helper()
	letter := uuid.NewString()
	require.NoError(t, s.store.Tx(t.Context(), func(tx *store.Tx) error {
		return tx.QueueAnswer(institution, store.OutboxAnswerApplied, store.OutboxPayload{LetterID: letter}, time.Now().UTC())
	}))
	return letter
}

// measureCallbacks reports how long callbacks took: half of them, and all but one in a hundred.
func (s *system) measureCallbacks(b *testing.B, name string, arrived <-chan string) {
	b.Helper()
	b.Run(name, func(b *testing.B) {
		var took []time.Duration
		for b.Loop() {
			committed, seen := make(map[string]time.Time, callbacks), make(map[string]time.Time, callbacks)
			tick := time.NewTicker(pace)
			for len(seen) < callbacks {
				select {
				case <-tick.C:
					if len(committed) < callbacks {
						committed[s.tell(b, "ouc")] = time.Now()
					}
				case letter := <-arrived:
					seen[letter] = time.Now()
				case <-b.Context().Done():
					b.Fatal("it has not arrived")
				}
			}
			tick.Stop()
			for letter, at := range seen {
				took = append(took, at.Sub(committed[letter]))
			}
		}
		slices.Sort(took)
		b.ReportMetric(float64(took[len(took)/2].Milliseconds()), "p50-ms")
		b.ReportMetric(float64(took[len(took)*99/100].Milliseconds()), "p99-ms")
		b.ReportMetric(0, "ns/op")
	})
}
