package secondfactor_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/secondfactor"
)

var now = time.Date(2026, 3, 2, 9, 0, 15, 0, time.UTC)

func TestACodeIsTakenAroundItsTimeAndOnce(t *testing.T) {
	t.Parallel()
	secret, _, err := secondfactor.New("operator.1")
	require.NoError(t, err)
	code, err := totp.GenerateCode(secret, now)
	require.NoError(t, err)
	step, right := secondfactor.Step(secret, code, now, 0)
	require.True(t, right)
	require.Equal(t, now.Unix()/30, step)
	for late, want := range map[int]bool{-60: false, -30: true, 30: true, 60: false} {
		_, right := secondfactor.Step(secret, code, now.Add(time.Duration(late)*time.Second), 0)
		require.Equal(t, want, right, late)
	}
	_, right = secondfactor.Step(secret, code, now, step)
	require.False(t, right, "it is used up")
	before, err := totp.GenerateCode(secret, now.Add(-30*time.Second))
	require.NoError(t, err)
	_, right = secondfactor.Step(secret, before, now, step)
	require.False(t, right, "so are those before it")
	for _, bad := range []string{"", "12345", "abcdef", code + "0"} {
		_, right := secondfactor.Step(secret, bad, now, 0)
		require.False(t, right, bad)
	}
}

// The codes of RFC 6238, appendix B, for its secret: the last six of their eight digits.
func TestTheCodesAreThoseOfTheStandard(t *testing.T) {
	t.Parallel()
	const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	for at, code := range map[int64]string{59: "287082", 1111111109: "081804", 1234567890: "005924", 20000000000: "353130"} {
		step, right := secondfactor.Step(secret, code, time.Unix(at, 0), 0)
		require.True(t, right, at)
		require.Equal(t, at/30, step)
	}
}

func TestAnAuthenticatorReadsTheAddress(t *testing.T) {
	t.Parallel()
	secret, uri, err := secondfactor.New("operator.1")
	require.NoError(t, err)
	u, err := url.Parse(uri)
	require.NoError(t, err)
	require.Equal(t, "otpauth", u.Scheme)
	require.Equal(t, "/Dengpan:operator.1", u.Path)
	require.Equal(t, secret, u.Query().Get("secret"))
	require.Equal(t, "Dengpan", u.Query().Get("issuer"))
	other, _, err := secondfactor.New("operator.1")
	require.NoError(t, err)
	require.NotEqual(t, secret, other)
}

func TestARecoveryCodeIsKnownHoweverItIsTyped(t *testing.T) {
	t.Parallel()
	codes := secondfactor.RecoveryCodes()
	require.Len(t, codes, 10)
	seen := map[string]bool{}
	for _, code := range codes {
		require.Regexp(t, `^[a-z2-7]{4}(-[a-z2-7]{4}){3}$`, code)
		require.False(t, seen[code])
		seen[code] = true
		for _, typed := range []string{code, strings.ToUpper(code), strings.ReplaceAll(code, "-", " "), strings.ReplaceAll(code, "-", "")} {
			known, is := secondfactor.Recovery(typed)
			require.True(t, is)
			require.Equal(t, code, known)
		}
	}
	for _, other := range []string{"", "123456", codes[0] + "a", strings.Repeat("1", 16)} {
		_, is := secondfactor.Recovery(other)
		require.False(t, is, other)
	}
}
