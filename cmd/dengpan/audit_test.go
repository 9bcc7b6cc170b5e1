package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/store/storetest"
	"github.com/dengpan/dengpan/worker"
)

func TestTheAuditLogIsCheckedAndWrittenOutFromTheCommandLine(t *testing.T) {
	t.Parallel()
	address, keyset := storetest.NewURL(t), filepath.Join(t.TempDir(), "keys.json")
	keys, err := identity.CreateKeyring(keyset)
	require.NoError(t, err)
	db, err := store.Open(t.Context(), storetest.Application(t, address), keys)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	at := func(args ...string) []string {
		return append(append([]string{"audit"}, args...), "--database-url", storetest.Application(t, address), "--keyset-file", keyset)
	}
	_, err = run(t, at("verify")...)
	require.ErrorContains(t, err, "there is no audit log")
	for range 4 {
		require.NoError(t, db.Tx(t.Context(), func(tx *store.Tx) error {
			return tx.Audit(store.AuditEntry{Actor: "system", Action: "test.do", Subject: "test", Reason: "a test", After: json.RawMessage(`{"n":1}`)})
		}))
	}
	log := workersLog(t, db)
	out, err := run(t, at("verify", "--anchors", log)...)
	require.NoError(t, err)
	require.Contains(t, out, "whole: 5 rows, 1 anchors; it ends at 5:")
	anchor := strings.TrimSpace(out[strings.LastIndex(out, " "):])

	out, err = run(t, at("export", "--from", "2020-01-01")...)
	require.NoError(t, err)
	require.Equal(t, 5, strings.Count(out, "\n"))
	require.Contains(t, out, `"action":"test.do","subject":"test","reason":"a test","after":{"n":1}`)
	out, err = run(t, at("export", "--to", "2020-01-01")...)
	require.NoError(t, err)
	require.Empty(t, out)
	_, err = run(t, at("export", "--from", "yesterday")...)
	require.ErrorContains(t, err, "--from")
	_, err = run(t, at("verify", "--anchor", "x")...)
	require.ErrorContains(t, err, "--anchor")

	conn, err := pgx.Connect(t.Context(), address)
	require.NoError(t, err)
	defer conn.Close(t.Context())
	_, err = conn.Exec(t.Context(), `SET session_replication_role = replica; DELETE FROM audit_chain WHERE n = 5; DELETE FROM audit_entries WHERE id = 5`)
	require.NoError(t, err)
	_, err = run(t, at("verify")...)
	require.NoError(t, err, "a shorter log is a good one")
	for _, told := range [][]string{{"--anchor", anchor}, {"--anchors", log}} {
		out, err = run(t, at(append([]string{"verify"}, told...)...)...)
		require.ErrorContains(t, err, "1 faults")
		require.Contains(t, out, "row 5: cut off")
	}
	_, err = conn.Exec(t.Context(), `UPDATE audit_entries SET actor = 'nobody' WHERE id = 3`)
	require.NoError(t, err)
	out, err = run(t, at("verify")...)
	require.ErrorContains(t, err, "the first stands first")
	require.Equal(t, "row 3 (entry 3): changed: the entry does not say what was written\n", out)
}

// workersLog is the log of a worker that saw the end of the audit log.
func workersLog(t *testing.T, db *store.Store) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "worker.log")
	file, err := os.Create(path)
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		(&worker.Anchors{Store: db, Logger: slog.New(slog.NewJSONHandler(file, nil)), Every: time.Millisecond}).Run(ctx)
	}()
	require.Eventually(t, func() bool {
		content, err := os.ReadFile(path)
		return err == nil && strings.Contains(string(content), "\n")
	}, time.Minute, 5*time.Millisecond)
	stop()
	<-done
	require.NoError(t, file.Close())
	return path
}
