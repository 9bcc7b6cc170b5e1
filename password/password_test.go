package password_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/alexedwards/argon2id"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/password"
)

const good = "竹杖芒鞋轻胜马，谁怕 42"

func newHasher(t *testing.T) *password.Hasher {
	t.Helper()
	h, err := password.NewHasher()
	require.NoError(t, err)
	return h
}

func TestAHashIsItsPasswordsOnly(t *testing.T) {
	t.Parallel()
	h := newHasher(t)
	hash, err := h.Hash(t.Context(), good)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$"), hash)
	again, err := h.Hash(t.Context(), good)
	require.NoError(t, err)
	require.NotEqual(t, hash, again, "each hash has a salt of its own")
	for candidate, want := range map[string]bool{good: true, good + " ": false, "": false, strings.ToUpper(good) + "x": false} {
		right, outdated, err := h.Matches(t.Context(), candidate, hash)
		require.NoError(t, err)
		require.Equal(t, want, right, candidate)
		require.False(t, outdated)
	}
}

func TestAPasswordIsTheSameHoweverAKeyboardComposesIt(t *testing.T) {
	t.Parallel()
	h := newHasher(t)
	hash, err := h.Hash(t.Context(), "cafe\u0301 au lait ０９")
	require.NoError(t, err)
	right, _, err := h.Matches(t.Context(), "caf\u00e9 au lait 09", hash)
	require.NoError(t, err)
	require.True(t, right)
}

func TestNobodysPasswordIsNeverRight(t *testing.T) {
	t.Parallel()
	h := newHasher(t)
	for _, candidate := range []string{"", good, "nobody has this password"} {
		right, _, err := h.Matches(t.Context(), candidate, "")
		require.NoError(t, err)
		require.False(t, right, candidate)
	}
}

func TestAHashOfLessCostIsOutdated(t *testing.T) {
	t.Parallel()
	hash, err := argon2id.CreateHash("plain words", &argon2id.Params{Memory: 8 << 10, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
	require.NoError(t, err)
	right, outdated, err := newHasher(t).Matches(t.Context(), "plain words", hash)
	require.NoError(t, err)
	require.True(t, right)
	require.True(t, outdated)
}

func TestWhatIsNoHashIsAnError(t *testing.T) {
	t.Parallel()
	_, _, err := newHasher(t).Matches(t.Context(), good, "in clear")
	require.Error(t, err)
}

func TestABurstOfLogInsWaitsItsTurnAndIsAnswered(t *testing.T) {
	t.Parallel()
	h := newHasher(t)
	hash, err := h.Hash(t.Context(), good)
	require.NoError(t, err)
	var all sync.WaitGroup
	answers := make(chan bool, 16)
	for range cap(answers) {
		all.Go(func() {
			right, _, err := h.Matches(t.Context(), good, hash)
			answers <- right && err == nil
		})
	}
	all.Wait()
	close(answers)
	for answer := range answers {
		require.True(t, answer)
	}
}

func TestAWeakPasswordIsNotTaken(t *testing.T) {
	t.Parallel()
	for candidate, want := range map[string]password.Weakness{
		"":                       password.TooShort,
		"Kx9#mQ2$vL7":            password.TooShort, // eleven characters
		"密码密码密码密码密码密":            password.TooShort,
		strings.Repeat("长", 129): password.TooLong,
		"password1234":           password.Guessable,
		"123456789012":           password.Guessable,
		"qwertyuiop[]":           password.Guessable,
		"aaaaaaaaaaaaaaaa":       password.Guessable,
		"Wang.Xiaoming":          password.Guessable, // the log-in
		"wang.xiaoming1":         password.Guessable,
		"dengpandengpan":         password.Guessable,
		"我我我我我我我我我我我我":           password.Guessable,
		"密码密码密码密码密码密码":           password.Guessable,
		"小舟从此逝，江海寄余生。。夜饮东坡":         "",
		"人生如逆旅我亦是行人":                password.TooShort,
		"人生如逆旅，我亦是行人":               password.TooShort,
		"人生如逆旅，我亦是行人。此心安处是吾乡，一点浩然气": "",
		good:                       "",
		"correct horse battery st": "",
		"Kx9#mQ2$vL7p":             "",
	} {
		require.Equal(t, want, password.WeaknessOf(candidate, "wang.xiaoming"), candidate)
	}
}

func TestACharacterThatStandsTwiceMakesNoPassphraseWeak(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"小舟从此逝，江海寄余生。。夜饮东坡", "人人都说北京的秋天最好看了"} {
		require.Empty(t, password.WeaknessOf(good, "wang.ming"), good)
	}
	for _, bad := range []string{"。。。。。。。。。。。。", "山山水水山山水水山山水水"} {
		require.Equal(t, password.Guessable, password.WeaknessOf(bad, "wang.ming"), bad)
	}
}
