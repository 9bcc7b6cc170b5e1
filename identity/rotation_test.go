package identity_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/identity"
)

// unused lets every key go.
func unused([]uint32, []uint32) error { return nil }

func newKeyFile(t *testing.T) (identity.KeyFile, *identity.Keyring) {
	t.Helper()
	file := identity.KeyFile{Path: filepath.Join(t.TempDir(), "keyring.json")}
	keyring, err := file.Create()
	require.NoError(t, err)
	return file, keyring
}

func load(t *testing.T, file identity.KeyFile) *identity.Keyring {
	t.Helper()
	keyring, err := file.Load()
	require.NoError(t, err)
	return keyring
}

func TestWhatAnOldKeySealedOpensUntilTheKeyIsRetired(t *testing.T) {
	t.Parallel()
	file, before := newKeyFile(t)
	old, err := before.Seal([]byte("张三"), "name")
	require.NoError(t, err)
	require.NoError(t, file.Add())
	require.NoError(t, file.Promote(time.Now()))

	after := load(t, file)
	plain, err := after.Open(old, "name")
	require.NoError(t, err)
	require.Equal(t, "张三", string(plain))
	inUse, others := after.SealingKeys()
	require.Len(t, others, 1)
	fresh, err := after.Seal([]byte("张三"), "name")
	require.NoError(t, err)
	require.Equal(t, identity.SealPrefix(inUse), fresh[:5])
	require.Equal(t, identity.SealPrefix(others[0]), old[:5])

	removed, err := file.Retire(time.Now(), 0, unused)
	require.NoError(t, err)
	require.Equal(t, []identity.Key{{Number: others[0]}}, removed.Sealing)
	last := load(t, file)
	_, err = last.Open(old, "name")
	require.ErrorIs(t, err, identity.ErrSealed)
	_, err = last.Open(fresh, "name")
	require.NoError(t, err)
}

func TestAnAddedKeyOpensAndIndexesAndDoesNotSeal(t *testing.T) {
	t.Parallel()
	file, before := newKeyFile(t)
	require.NoError(t, file.Add())
	added := load(t, file)
	inUse, others := added.SealingKeys()
	sealed, err := added.Seal([]byte("x"), "y")
	require.NoError(t, err)
	require.Equal(t, identity.SealPrefix(inUse), sealed[:5])
	require.Len(t, others, 1)
	_, err = before.Open(sealed, "y")
	require.NoError(t, err)

	id := identity.Synthetic(1, calendar.MustParseDate("1990-01-01"))
	require.Len(t, added.Index(id), 2, "people are indexed with every key, so that either finds them")
	require.Equal(t, before.Index(id)[0], added.Index(id)[0])
}

// Two processes on one file: the second was there before the rotation and is told nothing.
func TestARunningProcessOpensWhatANewKeySealedAndSoonUsesIt(t *testing.T) {
	t.Parallel()
	file, running := newKeyFile(t)
	require.NoError(t, file.Add())
	require.NoError(t, file.Promote(time.Now()))
	rotated := load(t, file)
	sealed, err := rotated.Seal([]byte("李四"), "name")
	require.NoError(t, err)
	plain, err := running.Open(sealed, "name")
	require.NoError(t, err, "at once, without waiting for the next look at the file")
	require.Equal(t, "李四", string(plain))
	inUse, _ := rotated.SealingKeys()
	require.Eventually(t, func() bool {
		now, _ := running.SealingKeys()
		return now == inUse
	}, time.Minute, 10*time.Millisecond)
}

func TestAFingerprintIsKnownWhicheverKeyMadeIt(t *testing.T) {
	t.Parallel()
	file, running := newKeyFile(t)
	old := running.Fingerprint("request", []byte(sample))
	require.NoError(t, file.Add())
	require.NoError(t, file.Promote(time.Now()))
	rotated := load(t, file)
	fresh := rotated.Fingerprint("request", []byte(sample))
	require.NotEqual(t, old, fresh)
	require.True(t, rotated.IsFingerprint(old, "request", []byte(sample)))
	require.True(t, rotated.IsFingerprint(fresh, "request", []byte(sample)))
	require.True(t, running.IsFingerprint(fresh, "request", []byte(sample)), "a running process looks for the key")
	_, err := file.Retire(time.Now(), 0, unused)
	require.NoError(t, err)
	require.False(t, load(t, file).IsFingerprint(old, "request", []byte(sample)))
}

func TestKeysAreChangedInOrder(t *testing.T) {
	t.Parallel()
	file, _ := newKeyFile(t)
	now := time.Now()
	require.ErrorIs(t, file.Promote(now), identity.ErrNothingToPromote)
	require.NoError(t, file.Add())
	require.ErrorIs(t, file.Add(), identity.ErrPromoteFirst)
	_, err := file.Retire(now, 0, unused)
	require.ErrorIs(t, err, identity.ErrPromoteFirst)
	require.NoError(t, file.Promote(now))
	_, err = file.Retire(now, time.Minute, unused)
	require.ErrorIs(t, err, identity.ErrTooEarly, "somebody may still be writing what the old key sealed")
	_, err = file.Retire(now.Add(time.Hour), time.Minute, func(sealing, indexing []uint32) error {
		require.Len(t, sealing, 1)
		require.Len(t, indexing, 1)
		return os.ErrInvalid
	})
	require.ErrorIs(t, err, os.ErrInvalid)
	keys, err := file.Keys()
	require.NoError(t, err)
	require.Len(t, keys.Sealing, 2, "what is needed is not removed")
	require.False(t, keys.Sealing[0].InUse)
	require.True(t, keys.Sealing[1].InUse)
}

func TestAKeyringThatIsBeingChangedIsNotChangedByAnother(t *testing.T) {
	t.Parallel()
	file, _ := newKeyFile(t)
	require.NoError(t, os.WriteFile(file.Path+".new", nil, 0o600))
	require.ErrorIs(t, file.Add(), identity.ErrKeyringBusy)
	require.NoError(t, os.Remove(file.Path+".new"))
	require.NoError(t, file.Add())
	require.NoFileExists(t, file.Path+".new")
}

func TestAFileThatWasChangedIntoNonsenseIsReportedAndTheKeysGoOn(t *testing.T) {
	t.Parallel()
	file, running := newKeyFile(t)
	var told error
	running.OnFault(func(err error) { told = err })
	sealed, err := running.Seal([]byte("x"), "y")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file.Path, []byte("nonsense"), 0o600))
	_, err = running.Open([]byte("nothing that opens"), "y")
	require.ErrorIs(t, err, identity.ErrSealed)
	require.ErrorIs(t, told, identity.ErrKeyringFormat)
	_, err = running.Open(sealed, "y")
	require.NoError(t, err)
}

func TestKeysUnderAKeyEncryptionKeyAreNotInTheFile(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	require.NoError(t, identity.CreateKEK(filepath.Join(folder, "kek.json")))
	require.NoError(t, identity.CreateKEK(filepath.Join(folder, "other.json")))
	file := identity.KeyFile{Path: filepath.Join(folder, "keyring.json"), KEK: "file://" + filepath.Join(folder, "kek.json")}
	created, err := file.Create()
	require.NoError(t, err)
	sealed, err := created.Seal([]byte("x"), "y")
	require.NoError(t, err)
	content, err := os.ReadFile(file.Path)
	require.NoError(t, err)
	var parts map[string]map[string]any
	require.NoError(t, json.Unmarshal(content, &parts))
	for _, part := range []string{"sealing", "indexing"} {
		require.Contains(t, parts[part], "encryptedKeyset")
		require.NotContains(t, parts[part], "key")
	}
	_, err = load(t, file).Open(sealed, "y")
	require.NoError(t, err)

	for _, kek := range []string{
		"", "file://" + filepath.Join(folder, "other.json"), "file://" + filepath.Join(folder, "none.json"), "file://",
		"aws-kms://somewhere", "://",
	} {
		_, err := identity.KeyFile{Path: file.Path, KEK: kek}.Load()
		require.Error(t, err, kek)
	}
	require.NoError(t, os.Chmod(filepath.Join(folder, "kek.json"), 0o644))
	_, err = file.Load()
	require.ErrorIs(t, err, identity.ErrKEK, "a key encryption key that everybody can read is none")
	require.NoError(t, os.Chmod(filepath.Join(folder, "kek.json"), 0o600))

	other := "file://" + filepath.Join(folder, "other.json")
	require.NoError(t, file.Wrap(other))
	_, err = file.Load()
	require.ErrorIs(t, err, identity.ErrKeyringFormat)
	moved := identity.KeyFile{Path: file.Path, KEK: other}
	_, err = load(t, moved).Open(sealed, "y")
	require.NoError(t, err, "the keys are the same under another key")
	require.NoError(t, moved.Wrap(""))
	_, err = load(t, identity.KeyFile{Path: file.Path}).Open(sealed, "y")
	require.NoError(t, err)
}

func TestAKeyringMayBeUsedWhileItsKeysChange(t *testing.T) {
	t.Parallel()
	file, running := newKeyFile(t)
	var group errgroup.Group
	stop := make(chan struct{})
	for range 4 {
		other := load(t, file)
		group.Go(func() error {
			for {
				select {
				case <-stop:
					return nil
				default:
				}
				sealed, err := other.Seal([]byte("x"), "y")
				if err == nil {
					_, err = running.Open(sealed, "y")
				}
				if err != nil {
					return err
				}
			}
		})
	}
	for range 5 {
		require.NoError(t, file.Add())
		require.NoError(t, file.Promote(time.Now()))
	}
	close(stop)
	require.NoError(t, group.Wait())
}

func TestAllWhoMeetANewKeyAtTheSameMomentOpenWhatItSealed(t *testing.T) {
	t.Parallel()
	const many = 32
	file, running := newKeyFile(t)
	for range 5 {
		require.NoError(t, file.Add())
		require.NoError(t, file.Promote(time.Now()))
		rotated := load(t, file)
		sealed, err := rotated.Seal([]byte("x"), "y")
		require.NoError(t, err)
		fingerprint := rotated.Fingerprint("request", []byte("x"))
		var group errgroup.Group
		begin := make(chan struct{})
		for range many {
			group.Go(func() error {
				<-begin
				_, err := running.Open(sealed, "y")
				if err == nil && !running.IsFingerprint(fingerprint, "request", []byte("x")) {
					err = errors.New("the fingerprint is not known")
				}
				return err
			})
		}
		close(begin)
		require.NoError(t, group.Wait(), "whoever of them looked at the file")
	}
}

func TestWhatWasReadBeforeItsKeyWasRetiredIsOpenedStill(t *testing.T) {
	t.Parallel()
	file, running := newKeyFile(t)
	read, err := running.Seal([]byte("x"), "y")
	require.NoError(t, err)
	require.NoError(t, file.Add())
	require.NoError(t, file.Promote(time.Now()))
	fresh, err := load(t, file).Seal([]byte("x"), "y")
	require.NoError(t, err)
	_, err = running.Open(fresh, "y") // has both keys by now
	require.NoError(t, err)
	_, err = file.Retire(time.Now(), 0, unused)
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		_, others := running.SealingKeys()
		return len(others) == 0
	}, time.Minute, 10*time.Millisecond)
	_, err = running.Open(read, "y")
	require.NoError(t, err)
}
