package resealing_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/people"
	"github.com/dengpan/dengpan/resealing"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/store/storetest"
)

// archive is a record with keys in a file.
type archive struct {
	t     testing.TB
	store *store.Store
	sql   *sql.DB
	file  identity.KeyFile
}

func newArchive(t *testing.T) *archive {
	t.Helper()
	address := storetest.NewURL(t)
	a := &archive{t: t, file: identity.KeyFile{Path: filepath.Join(t.TempDir(), "keys.json")}}
	keys, err := a.file.Create()
	require.NoError(t, err)
	a.store, err = store.Open(t.Context(), storetest.Application(t, address), keys)
	require.NoError(t, err)
	a.sql, err = sql.Open("pgx", address)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, errors.Join(a.store.Close(), a.sql.Close())) })
	return a
}

func (a *archive) keys() *identity.Keyring {
	a.t.Helper()
	keys, err := a.file.Load()
	require.NoError(a.t, err)
	return keys
}

func (a *archive) rotate() {
	a.t.Helper()
	require.NoError(a.t, a.file.Add())
	require.NoError(a.t, a.file.Promote(time.Now()))
}

// person writes somebody with the keys of a process, and reads whoever holds the number.
func (a *archive) person(keys *identity.Keyring, n int) store.Person {
	a.t.Helper()
	p := store.Person{ID: uuid.NewString(), IDType: store.IDTypeResident, CreatedAt: time.Now().UTC()}
	number := number(n)
	var err error
	p.NameSealed, err = keys.Seal([]byte(name(n)), store.NameSeal(p.ID))
	require.NoError(a.t, err)
	p.IDNumberSealed, err = keys.Seal([]byte(number), store.IDNumberSeal(p.ID))
	require.NoError(a.t, err)
	require.NoError(a.t, a.store.Tx(a.t.Context(), func(tx *store.Tx) error {
		p, err = tx.InsertPerson(p, a.indexes(keys, n)...)
		return err
	}))
	return p
}

func (a *archive) indexes(keys *identity.Keyring, n int) []store.PersonIndex {
	a.t.Helper()
	document, err := identity.ParseDocument(identity.ResidentCard, number(n))
	require.NoError(a.t, err)
	return people.ByDocument(keys, document, "")
}

func number(n int) string {
	return identity.Synthetic(n, calendar.MustParseDate("1990-01-01")).Number()
}

func name(n int) string { return fmt.Sprintf("学员%c", '甲'+rune(n)) }

// reseal runs, and says how far each column came.
func (a *archive) reseal(keys *identity.Keyring, batch int) (map[string]resealing.Progress, error) {
	a.t.Helper()
	done := map[string]resealing.Progress{}
	err := resealing.Resealing{
		Store: a.store, Keys: keys, Batch: batch, Report: func(p resealing.Progress) { done[p.What] = p },
	}.Run(a.t.Context())
	return done, err
}

func (a *archive) retire() error {
	a.t.Helper()
	held, err := a.file.Keys()
	require.NoError(a.t, err)
	var all []uint32
	for _, key := range held.Indexing {
		all = append(all, key.Number)
	}
	_, err = a.file.Retire(time.Now(), 0, func(sealing, indexing []uint32) error {
		return resealing.Unused(a.t.Context(), a.store, time.Now(), sealing, indexing, all)
	})
	return err
}

// found checks that somebody is found by their number, and opens.
func (a *archive) found(keys *identity.Keyring, n int, id string) {
	a.t.Helper()
	p, err := a.store.Read(a.t.Context()).PersonByIndex(people.Hashes(a.indexes(keys, n))...)
	require.NoError(a.t, err)
	require.Equal(a.t, id, p.ID)
	opened, err := people.Name(keys, p)
	require.NoError(a.t, err)
	require.Equal(a.t, name(n), opened)
}

func TestEverythingIsSealedUnderTheKeyInUseAndTheOldOneGoes(t *testing.T) {
	t.Parallel()
	a := newArchive(t)
	before := a.keys()
	var ids []string
	for n := range 7 {
		ids = append(ids, a.person(before, n).ID)
	}
	a.rotate()
	after := a.keys()
	a.found(after, 3, ids[3])
	require.ErrorIs(t, a.retire(), resealing.ErrNeeded)
	done, err := a.reseal(after, 3)
	require.NoError(t, err)
	require.Equal(t, int64(7), done["persons.name_sealed"].Done)
	require.Equal(t, int64(7), done["persons.id_number_sealed"].Done)
	require.Equal(t, int64(7), done["person_indexes"].Done)
	done, err = a.reseal(after, 3)
	require.NoError(t, err)
	for what, p := range done {
		require.Zero(t, p.Done, "a second run has nothing to do in %s", what)
	}
	require.NoError(t, a.retire())
	last := a.keys()
	for n, id := range ids {
		a.found(last, n, id)
		require.Equal(t, id, a.person(last, n).ID, "nobody is written twice")
	}
}

func TestARunThatWasCutOffIsGoneOnWith(t *testing.T) {
	t.Parallel()
	a := newArchive(t)
	before := a.keys()
	for n := range 5 {
		a.person(before, n)
	}
	a.rotate()
	ctx, cancel := context.WithCancel(t.Context())
	err := resealing.Resealing{
		Store: a.store, Keys: a.keys(), Batch: 2, Report: func(resealing.Progress) { cancel() },
	}.Run(ctx)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, a.retire(), resealing.ErrNeeded)
	done, err := a.reseal(a.keys(), 2)
	require.NoError(t, err)
	require.Equal(t, int64(3), done["persons.name_sealed"].Done, "what was done is not done again")
	require.NoError(t, a.retire())
}

func TestWhatSomebodyWroteMeanwhileIsNotOverwritten(t *testing.T) {
	t.Parallel()
	a := newArchive(t)
	keys := a.keys()
	p := a.person(keys, 1)
	column := store.SealedColumns()[0]
	require.Equal(t, "persons.name_sealed", column.String())
	read, err := a.store.Read(t.Context()).SealedOtherwise(column, []byte("other"), nil, 10)
	require.NoError(t, err)
	require.Len(t, read, 1)
	changed, err := keys.Seal([]byte("改名"), store.NameSeal(p.ID))
	require.NoError(t, err)
	_, err = a.sql.ExecContext(t.Context(), "UPDATE persons SET name_sealed = $1", changed)
	require.NoError(t, err)
	replaced, err := a.store.Read(t.Context()).ReplaceSealed(column, read[0], []byte("resealed"))
	require.NoError(t, err)
	require.False(t, replaced)
	p, err = a.store.Read(t.Context()).Person(p.ID)
	require.NoError(t, err)
	require.Equal(t, changed, p.NameSealed)
}

func TestWhatOpensWithNoKeyIsToldAndLeftAsItIs(t *testing.T) {
	t.Parallel()
	a := newArchive(t)
	keys := a.keys()
	lost, whole := a.person(keys, 1), a.person(keys, 2)
	_, err := a.sql.ExecContext(t.Context(), "UPDATE persons SET name_sealed = '\\x0102030405' WHERE id = $1", lost.ID)
	require.NoError(t, err)
	a.rotate()
	done, err := a.reseal(a.keys(), 1)
	require.ErrorIs(t, err, resealing.ErrUnreadable)
	require.Equal(t, resealing.Progress{What: "persons.name_sealed", Done: 1, Unreadable: 1}, done["persons.name_sealed"])
	a.found(a.keys(), 2, whole.ID)
	p, err := a.store.Read(t.Context()).Person(lost.ID)
	require.NoError(t, err)
	require.Equal(t, []byte{1, 2, 3, 4, 5}, p.NameSealed)
}

// A process that has not heard of a new key yet, and one that has, and one that knows the new key only.
func TestNobodyIsWrittenTwiceByProcessesThatKnowDifferentKeys(t *testing.T) {
	t.Parallel()
	a := newArchive(t)
	old, err := identity.LoadKeyring(a.copyOfFile())
	require.NoError(t, err)
	a.rotate()
	both := a.keys()
	first := a.person(old, 1)
	require.Equal(t, first.ID, a.person(both, 1).ID)
	second := a.person(both, 2)
	require.Equal(t, second.ID, a.person(old, 2).ID)
	_, err = a.reseal(both, 10)
	require.NoError(t, err)
	require.NoError(t, a.retire())
	last := a.keys()
	require.Equal(t, first.ID, a.person(last, 1).ID)
	require.Equal(t, second.ID, a.person(last, 2).ID)
	require.Equal(t, second.ID, a.person(both, 2).ID)
	var n int
	require.NoError(t, a.sql.QueryRowContext(t.Context(), "SELECT count(*) FROM persons").Scan(&n))
	require.Equal(t, 2, n)
}

// copyOfFile is the keys in a file that nobody changes.
func (a *archive) copyOfFile() string {
	a.t.Helper()
	path := filepath.Join(a.t.TempDir(), "copy.json")
	content, err := os.ReadFile(a.file.Path)
	require.NoError(a.t, err)
	require.NoError(a.t, os.WriteFile(path, content, 0o600))
	return path
}

func TestAnIndexOfBeforeKeysHadNumbersIsNamed(t *testing.T) {
	t.Parallel()
	a := newArchive(t)
	keys := a.keys()
	p := a.person(keys, 1)
	_, err := a.sql.ExecContext(t.Context(), "UPDATE person_indexes SET key = 0")
	require.NoError(t, err)
	a.found(keys, 1, p.ID)
	_, err = a.reseal(keys, 10)
	require.NoError(t, err)
	var key int64
	require.NoError(t, a.sql.QueryRowContext(t.Context(), "SELECT key FROM person_indexes").Scan(&key))
	require.Equal(t, int64(keys.IndexKeys()[0]), key)
	a.found(keys, 1, p.ID)
}

func TestAKeyIsKeptWhileARequestOfTheLastDayIsKnownByIt(t *testing.T) {
	t.Parallel()
	a := newArchive(t)
	before := a.keys()
	require.NoError(t, a.store.Tx(t.Context(), func(tx *store.Tx) error {
		account, _, err := tx.CreateToken(store.Account{Role: store.RoleOperator}, "test")
		if err != nil {
			return err
		}
		return tx.InsertIdempotencyKey(store.IdempotencyKey{
			AccountID: account.ID, Key: "k", RequestDigest: before.Fingerprint("request", []byte("x")), CreatedAt: time.Now().UTC(),
		})
	}))
	a.rotate()
	require.ErrorIs(t, a.retire(), resealing.ErrNeeded)
	_, err := a.sql.ExecContext(t.Context(), "UPDATE idempotency_keys SET created_at = now() - interval '25 hours'")
	require.NoError(t, err)
	require.NoError(t, a.retire())
}
