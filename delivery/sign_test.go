package delivery

import (
	"crypto/ed25519"
	"encoding/base64"
	"strconv"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"
)

func TestTheReferenceLibraryVerifiesWhatWeSign(t *testing.T) {
	t.Parallel()
	secret, body := NewSecret(), []byte(`{"specversion":"1.0"}`)
	headers, err := Sign([]string{secret}, "0198f0a6-0000-7000-8000-000000000001", time.Now(), body)
	require.NoError(t, err)
	verifier, err := standardwebhooks.NewWebhook(secret)
	require.NoError(t, err)
	require.NoError(t, verifier.Verify(body, headers))
	require.Error(t, verifier.Verify(append(body, ' '), headers), "another body")
	headers.Set(standardwebhooks.HeaderWebhookID, "0198f0a6-0000-7000-8000-000000000002")
	require.Error(t, verifier.Verify(body, headers), "another event")

	old, err := Sign([]string{secret}, "evt", time.Now().Add(-time.Hour), body)
	require.NoError(t, err)
	require.Error(t, verifier.Verify(body, old), "signed long ago")
}

// The vector of the Standard Webhooks reference libraries.
func TestTheSignatureIsThePublishedOne(t *testing.T) {
	t.Parallel()
	headers, err := Sign([]string{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}, "msg_p5jXN8AQM9LWM0D4loKWxJek",
		time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	require.NoError(t, err)
	require.Equal(t, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", headers.Get(standardwebhooks.HeaderWebhookSignature))
	require.Equal(t, "1614265330", headers.Get(standardwebhooks.HeaderWebhookTimestamp))
	require.Equal(t, "msg_p5jXN8AQM9LWM0D4loKWxJek", headers.Get(standardwebhooks.HeaderWebhookID))
	require.Len(t, headers, 3)
}

func TestWhileASecretIsChangedWhoKnowsEitherCanVerify(t *testing.T) {
	t.Parallel()
	before, after, body := NewSecret(), NewSecret(), []byte(`{"specversion":"1.0"}`)
	private, public := NewKeyPair()
	at := time.Now()
	headers, err := Sign([]string{after, before, private}, "evt", at, body)
	require.NoError(t, err)
	for _, secret := range []string{before, after} {
		verifier, err := standardwebhooks.NewWebhook(secret)
		require.NoError(t, err)
		require.NoError(t, verifier.Verify(body, headers))
	}
	stranger, err := standardwebhooks.NewWebhook(NewSecret())
	require.NoError(t, err)
	require.Error(t, stranger.Verify(body, headers))

	// As the specification writes it: v1a, and the signature over id, timestamp and body with full stops between.
	signatures := strings.Split(headers.Get(standardwebhooks.HeaderWebhookSignature), " ")
	require.Len(t, signatures, 3)
	encoded, asymmetric := strings.CutPrefix(signatures[2], "v1a,")
	require.True(t, asymmetric)
	signature, err := base64.StdEncoding.DecodeString(encoded)
	require.NoError(t, err)
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(public, "whpk_"))
	require.NoError(t, err)
	signed := "evt." + strconv.FormatInt(at.Unix(), 10) + "." + string(body)
	require.True(t, ed25519.Verify(key, []byte(signed), signature))
	require.False(t, ed25519.Verify(key, []byte(signed+" "), signature))
}

func TestSecretsAreLongAndNeverTheSame(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 100 {
		secret := NewSecret()
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
		require.NoError(t, err)
		require.Len(t, key, 32)
		require.False(t, seen[secret])
		seen[secret] = true
	}
}

func TestWhatCannotBeSignedSafelyIsNotSigned(t *testing.T) {
	t.Parallel()
	encode := func(n int) string { return "whsec_" + base64.StdEncoding.EncodeToString(make([]byte, n)) }
	for _, secret := range []string{
		"", "whsec_", "whsec_?", encode(23), encode(65), strings.TrimPrefix(NewSecret(), "whsec_"),
		"whsk_", "whsk_?", "whsk_" + encode(32)[len("whsec_"):], // the seed alone
	} {
		_, err := Sign([]string{secret}, "evt", time.Now(), nil)
		require.ErrorIs(t, err, errSecret)
		if len(secret) > 6 {
			require.NotContains(t, err.Error(), secret[6:])
		}
	}
	for _, id := range []string{"", "a.b", "a b", "a\n", "a\x00", "é"} {
		_, err := Sign([]string{NewSecret()}, id, time.Now(), nil)
		require.ErrorIs(t, err, errID, "%q", id)
	}
	for _, n := range []int{24, 64} {
		_, err := Sign([]string{encode(n)}, "evt", time.Now(), nil)
		require.NoError(t, err)
	}
}
