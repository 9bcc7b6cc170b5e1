package client_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/client"
	"github.com/dengpan/dengpan/delivery"
)

const body = `{"specversion":"1.0","id":"e1","type":"task.issued","source":"/v1","time":"2026-11-23T08:00:00Z","data":{"task_id":"t1","sequence":41}}`

// signed is a callback as we send it.
func signed(t *testing.T, at time.Time, secrets ...string) http.Header {
	t.Helper()
	header, err := delivery.Sign(secrets, "e1", at, []byte(body))
	require.NoError(t, err)
	return header
}

func verifier(t *testing.T, secrets ...string) *client.Verifier {
	t.Helper()
	v, err := client.NewVerifier(secrets...)
	require.NoError(t, err)
	return v
}

func TestACallbackOfOursVerifiesWithEitherKindOfSecretAndDuringARotation(t *testing.T) {
	t.Parallel()
	before, after := delivery.NewSecret(), delivery.NewSecret()
	private, public := delivery.NewKeyPair()
	now := time.Now()
	for name, sent := range map[string]struct {
		with    []string
		knows   []string
		genuine bool
	}{
		"a secret":             {[]string{before}, []string{before}, true},
		"a public key":         {[]string{private}, []string{public}, true},
		"both, of which one":   {[]string{before, private}, []string{public}, true},
		"before the rotation":  {[]string{before, after}, []string{before}, true},
		"after the rotation":   {[]string{before, after}, []string{after}, true},
		"a secret among more":  {[]string{after}, []string{before, after, public}, true},
		"another's secret":     {[]string{before}, []string{after}, false},
		"another's public key": {[]string{before}, []string{public}, false},
	} {
		v := verifier(t, sent.knows...)
		event, err := v.Verify(signed(t, now, sent.with...), []byte(body))
		if sent.genuine {
			require.NoError(t, err, name)
			require.Equal(t, "t1", event.Data.TaskID)
			require.Equal(t, 41, event.Data.Sequence)
		} else {
			require.ErrorIs(t, err, client.ErrForged, name)
		}
	}
}

func TestACallbackThatWasChangedOrIsOldDoesNotVerify(t *testing.T) {
	t.Parallel()
	secret := delivery.NewSecret()
	private, public := delivery.NewKeyPair()
	v := verifier(t, secret, public)
	for _, with := range []string{secret, private} {
		for _, at := range []time.Duration{-6 * time.Minute, 6 * time.Minute} {
			_, err := v.Verify(signed(t, time.Now().Add(at), with), []byte(body))
			require.ErrorIs(t, err, client.ErrForged)
		}
		header := signed(t, time.Now(), with)
		_, err := v.Verify(header, bytes.Replace([]byte(body), []byte("t1"), []byte("t2"), 1))
		require.ErrorIs(t, err, client.ErrForged)
		for _, name := range []string{"webhook-id", "webhook-timestamp", "webhook-signature"} {
			changed := header.Clone()
			changed.Set(name, "1"+changed.Get(name)[1:]+"1")
			_, err := v.Verify(changed, []byte(body))
			require.ErrorIs(t, err, client.ErrForged, name)
			changed.Del(name)
			_, err = v.Verify(changed, []byte(body))
			require.ErrorIs(t, err, client.ErrForged, name)
		}
	}
	for _, bad := range []string{"", "whsec_!", "whpk_AAAA"} {
		_, err := client.NewVerifier(bad)
		if bad != "" {
			require.Error(t, err)
		}
	}
	_, err := client.NewVerifier()
	require.Error(t, err)
}

// An institution sets its endpoint up, is called there, and follows a rotation, all by the client.
func TestAnEndpointIsSetUpAndItsCallbacksAreRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(institution)
	made, err := c.SetEndpoint(t.Context(), "http://127.0.0.1:9/callbacks")
	require.NoError(t, err)
	require.Equal(t, "active", made.State)
	next, err := c.Rotate(t.Context(), made.ID, "ed25519", 24)
	require.NoError(t, err)
	verifier(t, made.Secret, next.PublicKey)
	require.NoError(t, c.Ping(t.Context(), made.ID))
	all, err := c.Endpoints(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.Empty(t, all[0].Secret, "it is shown once")
	require.Equal(t, made.ID, all[0].ID)

	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/callbacks", bytes.NewReader([]byte(body)))
	r.Header = signed(t, time.Now(), made.Secret)
	event, err := verifier(t, made.Secret).Read(r)
	require.NoError(t, err)
	require.Equal(t, "e1", event.ID)
}
