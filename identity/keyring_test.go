package identity_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/identity"
)

func newKeyring(t *testing.T) *identity.Keyring {
	t.Helper()
	keyring, err := identity.NewKeyring()
	require.NoError(t, err)
	return keyring
}

func TestWhatIsSealedOpensForItsPurposeOnly(t *testing.T) {
	t.Parallel()
	keyring := newKeyring(t)
	sealed, err := keyring.Seal([]byte(sample), "person/1/id")
	require.NoError(t, err)
	require.NotContains(t, string(sealed), sample)

	plain, err := keyring.Open(sealed, "person/1/id")
	require.NoError(t, err)
	require.Equal(t, sample, string(plain))

	again, err := keyring.Seal([]byte(sample), "person/1/id")
	require.NoError(t, err)
	require.NotEqual(t, sealed, again, "equal data must not look equal at rest")

	_, err = keyring.Open(sealed, "person/2/id")
	require.ErrorIs(t, err, identity.ErrSealed)
	_, err = newKeyring(t).Open(sealed, "person/1/id")
	require.ErrorIs(t, err, identity.ErrSealed)
	_, err = keyring.Open(nil, "person/1/id")
	require.ErrorIs(t, err, identity.ErrSealed)
	sealed[len(sealed)-1] ^= 1
	_, err = keyring.Open(sealed, "person/1/id")
	require.ErrorIs(t, err, identity.ErrSealed)
}

func TestTheIndexFindsAPersonAndTellsNothing(t *testing.T) {
	t.Parallel()
	keyring := newKeyring(t)
	born := calendar.MustParseDate("1990-01-01")
	one, two := identity.Synthetic(1, born), identity.Synthetic(2, born)
	require.Len(t, keyring.Index(one), 1)
	require.Len(t, keyring.Index(one)[0].Hash, 32)
	require.Equal(t, keyring.Index(one), keyring.Index(parse(t, strings.ToLower(one.Number()))))
	require.NotEqual(t, keyring.Index(one), keyring.Index(two))
	require.NotEqual(t, keyring.Index(one)[0].Hash, newKeyring(t).Index(one)[0].Hash, "without the key the index cannot be computed")
}

func TestAFingerprintTellsDataApartForOnePurpose(t *testing.T) {
	t.Parallel()
	keyring := newKeyring(t)
	of := keyring.Fingerprint("request", []byte(sample))
	require.Len(t, of, 4+32)
	require.True(t, keyring.IsFingerprint(of, "request", []byte(sample)))
	require.True(t, keyring.IsFingerprint(of[4:], "request", []byte(sample)), "of before fingerprints named their key")
	require.False(t, keyring.IsFingerprint(of, "request", []byte(sample+" ")))
	require.False(t, keyring.IsFingerprint(of, "reply", []byte(sample)))
	require.False(t, keyring.IsFingerprint(nil, "request", []byte(sample)))
	require.False(t, newKeyring(t).IsFingerprint(of, "request", []byte(sample)))
	require.False(t, keyring.IsFingerprint(keyring.Fingerprint("a", []byte("b")), "a\x00b", nil))
}

func TestAKeyringOutlivesTheProcess(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keyring.json")
	created, err := identity.CreateKeyring(path)
	require.NoError(t, err)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())

	loaded, err := identity.LoadKeyring(path)
	require.NoError(t, err)
	sealed, err := created.Seal([]byte("张三"), "name")
	require.NoError(t, err)
	plain, err := loaded.Open(sealed, "name")
	require.NoError(t, err)
	require.Equal(t, "张三", string(plain))
	id := parse(t, sample)
	require.Equal(t, created.Index(id), loaded.Index(id))
}

func TestAKeyringIsNeverOverwritten(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keyring.json")
	_, err := identity.CreateKeyring(path)
	require.NoError(t, err)
	before, err := os.ReadFile(path)
	require.NoError(t, err)

	_, err = identity.CreateKeyring(path)
	require.ErrorIs(t, err, fs.ErrExist)
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, before, after)

	_, err = identity.CreateKeyring(filepath.Join(t.TempDir(), "missing", "keyring.json"))
	require.ErrorIs(t, err, fs.ErrNotExist)
}

func TestAKeyringThatEverybodyCanReadIsRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keyring.json")
	_, err := identity.CreateKeyring(path)
	require.NoError(t, err)
	require.NoError(t, os.Chmod(path, 0o644))
	_, err = identity.LoadKeyring(path)
	require.ErrorIs(t, err, identity.ErrKeyringReadable)
	require.NoError(t, os.Chmod(path, 0o440)) // as an orchestrator mounts a secret
	_, err = identity.LoadKeyring(path)
	require.NoError(t, err)
}

func TestAFileThatIsNoKeyringIsRefused(t *testing.T) {
	t.Parallel()
	good := filepath.Join(t.TempDir(), "keyring.json")
	_, err := identity.CreateKeyring(good)
	require.NoError(t, err)
	content, err := os.ReadFile(good)
	require.NoError(t, err)

	for name, bad := range map[string]string{
		"empty":      "",
		"no json":    "keys",
		"no keysets": "{}",
		"half":       string(content[:len(content)/2]),
		"misnamed":   strings.Replace(string(content), `"indexing"`, `"index"`, 1),
		"no keys":    `{"sealing":{"key":[]},"indexing":{"key":[]}}`,
		"broken key": strings.Replace(string(content), `"value": "`, `"value": "!`, 1),
	} {
		path := filepath.Join(t.TempDir(), "keyring.json")
		require.NoError(t, os.WriteFile(path, []byte(bad), 0o600))
		_, err := identity.LoadKeyring(path)
		require.Error(t, err, name)
	}
	_, err = identity.LoadKeyring(filepath.Join(t.TempDir(), "none.json"))
	require.ErrorIs(t, err, fs.ErrNotExist)
}
