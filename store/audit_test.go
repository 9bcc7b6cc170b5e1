package store_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/dengpan/dengpan/audit"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/store/storetest"
)

// tester is a test, or a check of a property.
type tester interface {
	require.TestingT
	Context() context.Context
}

// auditLog is an audit log in a database, with its superuser's connection.
type auditLog struct {
	store *store.Store
	sql   *sql.DB
	keys  *identity.Keyring
	url   string
}

func newAuditLog(t testing.TB, entries int) *auditLog {
	t.Helper()
	l := &auditLog{url: storetest.NewURL(t), keys: storetest.Keys(t)}
	l.store = l.open(t)
	var err error
	l.sql, err = sql.Open("pgx", l.url)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.sql.Close()) })
	for i := range entries {
		l.note(t, i)
	}
	return l
}

// open opens the log as another process of the application would.
func (l *auditLog) open(t testing.TB) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), storetest.Application(t, l.url), l.keys)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func (l *auditLog) note(t tester, i int) {
	require.NoError(t, l.store.Tx(t.Context(), func(tx *store.Tx) error {
		return tx.Audit(store.AuditEntry{
			Actor: "system", Action: "test.do", Subject: fmt.Sprintf("test:%d", i), Reason: "a test",
			Before: json.RawMessage(`{"n":1.50,"m":[1e3,null]}`), After: json.RawMessage(`{"z":"é","a":{"b":true}}`),
		})
	}))
}

// tamper does what only a superuser can.
func (l *auditLog) tamper(t tester, statements ...string) {
	ctx := t.Context()
	conn, err := l.sql.Conn(ctx)
	require.NoError(t, err)
	defer conn.Close()
	for _, statement := range append([]string{"SET session_replication_role = replica"}, statements...) {
		_, err := conn.ExecContext(ctx, statement)
		require.NoError(t, err, statement)
	}
	_, err = conn.ExecContext(ctx, "RESET session_replication_role")
	require.NoError(t, err)
}

func (l *auditLog) check(t tester, anchors ...audit.Anchor) []string {
	var faults []string
	_, n, err := l.store.CheckAudit(t.Context(), anchors, func(f audit.Fault) {
		faults = append(faults, f.String())
	})
	require.NoError(t, err)
	require.Len(t, faults, n)
	return faults
}

func (l *auditLog) end(t tester) audit.Anchor {
	end, err := l.store.Read(t.Context()).AuditEnd()
	require.NoError(t, err)
	return end
}

func TestTamperingOfEachKindIsFoundInTheDatabase(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		statements []string
		want       string
	}{
		"changed":           {[]string{"UPDATE audit_entries SET reason = 'another' WHERE id = (SELECT entry_id FROM audit_chain WHERE n = 4)"}, "row 4 (entry 4): changed"},
		"changed, in time":  {[]string{"UPDATE audit_entries SET at = at + interval '1 microsecond' WHERE id = 4"}, "row 4 (entry 4): changed"},
		"changed, document": {[]string{`UPDATE audit_entries SET after = '{"z":"è","a":{"b":true}}' WHERE id = 4`}, "row 4 (entry 4): changed"},
		"missing, an entry": {[]string{"DELETE FROM audit_entries WHERE id = 4"}, "row 4: missing"},
		"missing, a row":    {[]string{"DELETE FROM audit_chain WHERE n = 4"}, "row 4: missing"},
		"missing, both":     {[]string{"DELETE FROM audit_chain WHERE n = 4", "DELETE FROM audit_entries WHERE id = 4"}, "row 4: missing"},
		"inserted": {
			[]string{`INSERT INTO audit_entries (actor, action, subject, reason) VALUES ('x', 'x', 'x', 'x')`},
			"entry 11: inserted",
		},
		"inserted, in the chain": {[]string{
			`INSERT INTO audit_entries (actor, action, subject, reason) VALUES ('x', 'x', 'x', 'x')`,
			`INSERT INTO audit_chain SELECT 11, 11, seal, link FROM audit_chain WHERE n = 4`,
		}, "row 11 (entry 11): inserted"},
		"reordered": {[]string{
			"UPDATE audit_chain SET n = 100 WHERE n = 4", "UPDATE audit_chain SET n = 4 WHERE n = 5", "UPDATE audit_chain SET n = 5 WHERE n = 100",
		}, "row 4 (entry 5): reordered"},
	} {
		l := newAuditLog(t, 9) // and the entry that the log begins with
		require.Empty(t, l.check(t, l.end(t)), name)
		l.tamper(t, c.statements...)
		faults := l.check(t)
		require.NotEmpty(t, faults, name)
		require.Contains(t, faults[0], c.want, name)
	}
	l := newAuditLog(t, 9)
	anchor := l.end(t)
	l.tamper(t, "DELETE FROM audit_chain WHERE n > 7", "DELETE FROM audit_entries WHERE id > 7")
	require.Empty(t, l.check(t))
	require.Contains(t, l.check(t, anchor)[0], "rows 8 to 10: cut off")
	for i := range 5 {
		l.note(t, i)
	}
	require.Contains(t, l.check(t, anchor)[0], "row 10: cut off")
}

// Whatever a superuser does to the rows, as long as the end was written down elsewhere.
func TestNoTamperingInTheDatabaseGoesUnseen(t *testing.T) {
	t.Parallel()
	l := newAuditLog(t, 12)
	anchor := l.end(t)
	l.tamper(t, "CREATE TABLE entries_then AS TABLE audit_entries", "CREATE TABLE chain_then AS TABLE audit_chain")
	const differs = `SELECT count(*) FROM ((SELECT id::text || e::text FROM audit_entries e EXCEPT SELECT id::text || e::text FROM entries_then e)
		UNION ALL (SELECT e::text FROM entries_then e EXCEPT SELECT e::text FROM audit_entries e)
		UNION ALL (SELECT c::text FROM audit_chain c EXCEPT SELECT c::text FROM chain_then c)
		UNION ALL (SELECT c::text FROM chain_then c EXCEPT SELECT c::text FROM audit_chain c)) d`
	rapid.Check(t, func(rt *rapid.T) {
		l.tamper(rt, "DELETE FROM audit_chain", "DELETE FROM audit_entries",
			"INSERT INTO audit_entries OVERRIDING SYSTEM VALUE SELECT * FROM entries_then", "INSERT INTO audit_chain SELECT * FROM chain_then")
		row := func() int { return rapid.IntRange(1, 13).Draw(rt, "row") }
		for range rapid.IntRange(1, 3).Draw(rt, "acts") {
			l.tamper(rt, rapid.SampledFrom([]string{
				fmt.Sprintf("UPDATE audit_entries SET actor = actor || 'x' WHERE id = %d", row()),
				fmt.Sprintf("UPDATE audit_entries SET before = NULL WHERE id = %d", row()),
				fmt.Sprintf("UPDATE audit_entries SET at = at - interval '1 day' WHERE id >= %d", row()),
				fmt.Sprintf("DELETE FROM audit_entries WHERE id = %d", row()),
				fmt.Sprintf("DELETE FROM audit_chain WHERE n = %d", row()),
				fmt.Sprintf("DELETE FROM audit_chain WHERE n > %d", row()),
				fmt.Sprintf("UPDATE audit_chain SET n = n + 1000 WHERE n >= %d", row()),
				fmt.Sprintf("UPDATE audit_chain SET link = (SELECT link FROM chain_then WHERE n = %d) WHERE n = %d", row(), row()),
				fmt.Sprintf("INSERT INTO audit_entries (id, actor, action, subject, reason) OVERRIDING SYSTEM VALUE VALUES (%d, 'x', 'x', 'x', 'x') ON CONFLICT DO NOTHING", row()+100),
			}).Draw(rt, "act"))
		}
		var different int
		require.NoError(rt, l.sql.QueryRowContext(t.Context(), differs).Scan(&different))
		require.Equal(rt, different > 0, len(l.check(rt, anchor)) > 0)
	})
}

func TestManyProcessesAtOnceWriteOneChain(t *testing.T) {
	t.Parallel()
	l := newAuditLog(t, 0)
	const writers, each = 6, 10
	var wg sync.WaitGroup
	for range writers {
		s := l.open(t) // none of them has seen the log begin
		wg.Go(func() {
			for i := range each {
				err := s.Tx(t.Context(), func(tx *store.Tx) error {
					for range i%3 + 1 {
						if err := tx.Audit(store.AuditEntry{Actor: "system", Action: "test.do", Subject: "test", Reason: "a test"}); err != nil {
							return err
						}
					}
					if i%4 == 3 {
						return errors.New("changed its mind")
					}
					return nil
				})
				if i%4 != 3 && err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	require.Empty(t, l.check(t))
	kept := 0
	for i := range each {
		if i%4 != 3 {
			kept += i%3 + 1
		}
	}
	require.EqualValues(t, writers*kept+1, l.end(t).N, "a transaction that fails leaves nothing")
}

func TestWhatWasLoggedBeforeThereWasAChainIsTakenIntoIt(t *testing.T) {
	t.Parallel()
	l := newAuditLog(t, 0)
	l.tamper(t, `INSERT INTO audit_entries (actor, action, subject, reason) SELECT 'system', 'old.do', 'test:' || i, 'old' FROM generate_series(1, 2500) i`)
	l.note(t, 1)
	require.Empty(t, l.check(t))
	require.EqualValues(t, 2502, l.end(t).N)
	l.tamper(t, "UPDATE audit_entries SET subject = 'test:x' WHERE id = 77")
	require.Len(t, l.check(t), 1)
}

func TestWhatSomebodyTypedIntoAReasonIsMaskedInTheLog(t *testing.T) {
	t.Parallel()
	l := newAuditLog(t, 0)
	require.NoError(t, l.store.Tx(t.Context(), func(tx *store.Tx) error {
		return tx.Audit(store.AuditEntry{
			Actor: "system", Action: "test.do", Subject: "test", Reason: "身份证11010519491231002X核对，电话13812345678",
			Before: json.RawMessage(`{"note":["a@example.com"]}`), After: json.RawMessage(`{"phone":"1","deep":{"x":"138 1234 5678"}}`),
		})
	}))
	var text string
	require.NoError(t, l.sql.QueryRowContext(t.Context(), "SELECT e::text FROM audit_entries e WHERE action = 'test.do'").Scan(&text))
	for _, readable := range []string{"19491231", "12345678", "1234 5678", "example.com"} {
		require.NotContains(t, text, readable)
	}
	require.Contains(t, text, "110***********002X")
	require.Empty(t, l.check(t))
}

func TestAnEntryNeedsAReasonATransactionAndTheKeys(t *testing.T) {
	t.Parallel()
	l := newAuditLog(t, 1)
	entry := store.AuditEntry{Actor: "system", Action: "test.do", Subject: "test", Reason: "a test", At: time.Now()}
	require.Error(t, l.store.Read(t.Context()).Audit(entry))
	require.ErrorContains(t, l.store.Tx(t.Context(), func(tx *store.Tx) error {
		e := entry
		e.Reason = ""
		return tx.Audit(e)
	}), "no reason")
	write := func(keys store.Keys) error {
		s, err := store.Open(t.Context(), storetest.Application(t, l.url), keys)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, s.Close()) })
		return s.Tx(t.Context(), func(tx *store.Tx) error { return tx.Audit(entry) })
	}
	require.ErrorContains(t, write(nil), "DENGPAN_KEYSET_FILE")
	require.ErrorIs(t, write(storetest.Keys(t)), identity.ErrSealed)
	require.NoError(t, write(l.keys))
	require.Empty(t, l.check(t))
}

// BenchmarkAudit is what an audited transaction costs, alone and with others beside it.
func BenchmarkAudit(b *testing.B) {
	for _, writers := range []int{1, 8} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			l := newAuditLog(b, 1)
			b.SetParallelism(writers)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					l.note(b, 1)
				}
			})
		})
	}
}
