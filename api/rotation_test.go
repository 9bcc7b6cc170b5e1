package api

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/resealing"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/store/storetest"
)

// sharing are processes of the interface that read one file of keys, and one record.
func sharing(t *testing.T, w *world, file identity.KeyFile, n int) []http.Handler {
	t.Helper()
	rules, err := policy.Load("beijing-2023", true)
	require.NoError(t, err)
	handlers := make([]http.Handler, n)
	for i := range handlers {
		keys, err := file.Load()
		require.NoError(t, err)
		record, err := store.Open(t.Context(), storetest.Application(t, w.address), keys)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, record.Close()) })
		handlers[i], err = New(Config{
			Store: record, Policy: rules, Calendar: w.calendar, Keys: keys, Forwarder: w.relay, Logger: slog.New(slog.DiscardHandler),
		})
		require.NoError(t, err)
	}
	return handlers
}

// visitor asks a process for something, and gives an error when the answer is another than wanted.
func visitor(t *testing.T, handler http.Handler, c call, want int) (string, error) {
	t.Helper()
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, c.request(t))
	if recorder.Code != want {
		return "", fmt.Errorf("%s %s: %d %s", c.method, c.path, recorder.Code, recorder.Body)
	}
	return recorder.Body.String(), nil
}

// Three processes register people and read names and certificates, while keys are rotated, resealed and retired again and
// again. Everything is readable at every moment, and nobody is written twice.
func TestKeysAreRotatedAndResealedWhileCasesMove(t *testing.T) {
	t.Parallel()
	const processes, rotations = 3, 3
	w := newWorld(t)
	file := identity.KeyFile{Path: filepath.Join(t.TempDir(), "keys.json")}
	_, err := file.Create()
	require.NoError(t, err)
	handlers := sharing(t, w, file, processes)
	trainer := w.institution(trainingBodyID)

	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	group, ctx := errgroup.WithContext(ctx)
	var registered atomic.Int64
	for i, handler := range handlers {
		group.Go(func() error {
			for n := 1; ctx.Err() == nil; n++ {
				// Everybody is registered by every process, so that the processes meet.
				who := registrationOf(n, object{"occupation": occupation, "level": []string{"junior", "intermediate", "senior"}[i]})
				key := call{
					method: http.MethodPost, path: "/v1/cases", token: w.operator, body: who,
					header: map[string]string{"Idempotency-Key": fmt.Sprintf("%d-%d", i, n)},
				}
				if _, err := visitor(t, handler, key, http.StatusCreated); err != nil {
					return err
				}
				// A repeat at another process is answered as before, whichever key the first was known by.
				if _, err := visitor(t, handlers[(i+1)%processes], key, http.StatusCreated); err != nil {
					return err
				}
				if err := w.readEverybody(t, ctx, handlers[(i+1)%processes], trainer); err != nil {
					return err
				}
				registered.Store(max(registered.Load(), int64(n)))
			}
			return nil
		})
	}
	group.Go(func() error {
		defer stop()
		for range rotations {
			if err := rotateOnce(t, w, file); err != nil {
				return err
			}
		}
		return nil
	})
	require.NoError(t, group.Wait())

	var persons, indexed, sealedByOthers int
	keys, err := file.Load()
	require.NoError(t, err)
	require.NoError(t, w.sql.QueryRowContext(t.Context(), `SELECT count(*), (SELECT count(DISTINCT person_id) FROM person_indexes) FROM persons`).
		Scan(&persons, &indexed))
	require.Equal(t, persons, indexed)
	require.GreaterOrEqual(t, int64(persons), registered.Load())
	require.LessOrEqual(t, int64(persons), registered.Load()+1, "nobody is written twice")
	inUse, others := keys.SealingKeys()
	require.Empty(t, others, "every key of before is gone")
	require.NoError(t, w.sql.QueryRowContext(t.Context(), `SELECT count(*) FROM persons WHERE substring(name_sealed FOR 5) <> $1`,
		identity.SealPrefix(inUse)).Scan(&sealedByOthers))
	require.Zero(t, sealedByOthers)
	require.NoError(t, w.readEverybody(t, t.Context(), sharing(t, w, file, 1)[0], trainer))
}

// readEverybody has a process show whom a few tasks are about, for which it opens names and numbers.
func (w *world) readEverybody(t *testing.T, ctx context.Context, handler http.Handler, trainer string) error {
	t.Helper()
	var cases string
	err := w.sql.QueryRowContext(ctx, `SELECT string_agg(id::text, ' ') FROM (SELECT id FROM cases ORDER BY random() LIMIT 3) c`).Scan(&cases)
	if err != nil {
		return nil // the test is over
	}
	for id := range strings.FieldsSeq(cases) {
		task := store.Task{CaseID: id, InstitutionID: trainingBodyID, Kind: contract.EnrolmentTask}
		shown, err := w.taskOf(ctx, task)
		if err != nil {
			return nil // the test is over
		}
		if _, err := visitor(t, handler, call{method: http.MethodGet, path: "/v1/tasks/" + shown, token: trainer}, http.StatusOK); err != nil {
			return err
		}
	}
	return nil
}

// taskOf is a case's task, which is issued when there is none.
func (w *world) taskOf(ctx context.Context, task store.Task) (string, error) {
	var id string
	err := w.sql.QueryRowContext(ctx, `
		WITH fresh AS (INSERT INTO tasks (id, case_id, institution_id, kind, attempt, issue, state, due_at)
			VALUES (gen_random_uuid(), $1, $2, $3, 1, 1, 'open', now() + interval '1 day') ON CONFLICT DO NOTHING RETURNING id)
		SELECT id FROM fresh UNION SELECT id FROM tasks WHERE case_id = $1 LIMIT 1`, task.CaseID, task.InstitutionID, task.Kind).Scan(&id)
	return id, err
}

// rotateOnce takes the record from one key to the next, as the commands do. Two runs are enough: after the first only what
// was under way when the key was promoted is left.
func rotateOnce(t *testing.T, w *world, file identity.KeyFile) error {
	t.Helper()
	if err := file.Add(); err != nil {
		return err
	}
	if err := file.Promote(time.Now()); err != nil {
		return err
	}
	keys, err := file.Load()
	if err != nil {
		return err
	}
	// The operator of the keys waits ten minutes before retiring; here, until the others have looked at the file.
	deadline := time.Now().Add(30 * time.Second)
	for {
		run := resealing.Resealing{Store: w.store, Keys: keys, Batch: 7, Report: func(resealing.Progress) {}}
		if err := run.Run(t.Context()); err != nil {
			return err
		}
		tomorrow := time.Now().Add(store.IdempotencyRemembered) // until then a request may be repeated
		_, err := file.Retire(time.Now(), 2*time.Second, func(sealing, indexing []uint32) error {
			return resealing.Unused(t.Context(), w.store, tomorrow, sealing, indexing, keys.IndexKeys())
		})
		if err == nil || time.Now().After(deadline) {
			return err
		}
	}
}
