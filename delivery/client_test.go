package delivery

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"
)

// quiet keeps the endpoints' complaints about us out of the tests' output.
var quiet = log.New(io.Discard, "", 0)

const secret = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="

func event(address string) Request {
	return Request{URL: address, Secrets: []string{secret}, ID: "evt-1", Body: []byte(`{"id":"evt-1"}`), At: time.Now()}
}

// endpoint is an institution's endpoint on this machine, and a client that may reach it.
func endpoint(t *testing.T, handler http.HandlerFunc) (*Client, Request) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return NewClient(Options{Guard: Guard{AllowInsecure: true}}), event(server.URL + "/callbacks")
}

func TestAnEventArrivesSignedAndWhole(t *testing.T) {
	t.Parallel()
	verified := make(chan error, 1)
	client, event := endpoint(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			var verifier *standardwebhooks.Webhook
			if verifier, err = standardwebhooks.NewWebhook(secret); err == nil {
				err = verifier.Verify(body, r.Header)
			}
		}
		verified <- err
		if r.Method != http.MethodPost || r.URL.Path != "/callbacks" || r.Header.Get("Content-Type") != "application/json" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	attempt := client.Deliver(t.Context(), event)
	require.NoError(t, <-verified)
	require.Positive(t, attempt.Duration)
	attempt.Duration = 0
	require.Equal(t, Attempt{Status: http.StatusNoContent, Accepted: true}, attempt)
}

func TestTheStatusDecides(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]Attempt{
		200: {Accepted: true},
		202: {Accepted: true},
		299: {Accepted: true},
		304: {ErrorClass: ClassRedirect},
		400: {ErrorClass: ClassClientError},
		410: {ErrorClass: ClassClientError, Gone: true},
		429: {ErrorClass: ClassClientError, RetryAfter: 7 * time.Second},
		500: {ErrorClass: ClassServerError},
		503: {ErrorClass: ClassServerError, RetryAfter: 7 * time.Second},
	} {
		client, event := endpoint(t, func(w http.ResponseWriter, _ *http.Request) {
			if want.RetryAfter > 0 {
				w.Header().Set("Retry-After", "7")
			}
			w.WriteHeader(status)
		})
		got := client.Deliver(t.Context(), event)
		want.Status, want.Duration = status, got.Duration
		require.Equal(t, want, got)
	}
}

func TestARedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		client, event := endpoint(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/callbacks" {
				t.Errorf("followed to %s", r.URL.Path)
			}
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(status)
		})
		attempt := client.Deliver(t.Context(), event)
		require.Equal(t, ClassRedirect, attempt.ErrorClass)
		require.Equal(t, status, attempt.Status)
		require.False(t, attempt.Accepted)
	}
}

func TestAPrivateEndpointIsNotTouched(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("it was touched")
	}))
	defer server.Close()
	require.Equal(t, ClassPort, NewClient(Options{}).Deliver(t.Context(), event(server.URL)).ErrorClass)
	_, port, err := HostPort(server.URL)
	require.NoError(t, err)
	client := NewClient(Options{Guard: Guard{Ports: []int{port}}})
	require.Equal(t, ClassPrivateTarget, client.Deliver(t.Context(), event(server.URL)).ErrorClass)
	byName := strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	require.Equal(t, ClassPrivateTarget, client.Deliver(t.Context(), event(byName)).ErrorClass)
	plain := strings.Replace(server.URL, "https", "http", 1)
	require.Equal(t, ClassInsecureURL, client.Deliver(t.Context(), event(plain)).ErrorClass)
}

// An operator's leave is for a host and a port: its name may lead to a private address, and is looked at when connecting.
func TestAHostThatAnOperatorAllowsMayBePrivate(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("its certificate is nobody's, so it is sent nothing")
	}))
	server.Config.ErrorLog = quiet
	server.StartTLS()
	defer server.Close()
	client := NewClient(Options{})
	byName := event(strings.Replace(server.URL, "127.0.0.1", "localhost", 1))
	require.Equal(t, ClassPort, client.Deliver(t.Context(), byName).ErrorClass)
	byName.Allowed = true
	require.Equal(t, ClassTLS, client.Deliver(t.Context(), byName).ErrorClass, "it is reached")
	byName.URL = strings.Replace(byName.URL, "https", "http", 1)
	require.Equal(t, ClassInsecureURL, client.Deliver(t.Context(), byName).ErrorClass)

	for _, address := range []string{"169.254.169.254:443", "[fe80::1]:443", "[::ffff:169.254.169.254]:443", "0.0.0.0:443", "224.0.0.1:443", "x"} {
		require.ErrorIs(t, onANetwork("tcp", address, nil), ErrPrivateTarget, address)
	}
	for _, address := range []string{"10.0.0.1:443", "127.0.0.1:443", "[fd00::1]:443", "1.1.1.1:443"} {
		require.NoError(t, onANetwork("tcp", address, nil), address)
	}
}

func TestTheBeginningOfAReplyIsKeptForReadersAndMasked(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("字", 3000)
	for name, c := range map[string]struct{ kind, reply, want string }{
		"text":        {"text/plain; charset=utf-8", "no such task\n", "no such task\n"},
		"json":        {"application/problem+json", `{"a":1}`, `{"a":1}`},
		"no text":     {"image/png", "PNG", ""},
		"undeclared":  {"", "text", ""},
		"a telephone": {"text/plain", "call 13800138000", "call 138****8000"},
		"nonsense":    {"text/plain", "a\x00b\xffc\x1b[1m", "abc[1m"},
		"a long one":  {"text/plain", long, long[:2046]},
	} {
		client, event := endpoint(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Type"] = []string{c.kind}
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, c.reply)
		})
		require.Equal(t, c.want, client.Deliver(t.Context(), event).Response, name)
	}
}

func TestWhatFailsBeforeAStatusIsClassed(t *testing.T) {
	t.Parallel()
	unknown := httptest.NewUnstartedServer(nil)
	unknown.Config.ErrorLog = quiet
	unknown.StartTLS()
	defer unknown.Close()
	gone := httptest.NewServer(nil)
	gone.Close()
	silent := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		connection, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_ = connection.Close()
		}
	}))
	defer silent.Close()
	chatty := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Long", strings.Repeat("x", 2*longestHeaders))
	}))
	defer chatty.Close()

	client := NewClient(Options{Guard: Guard{AllowInsecure: true}})
	for class, address := range map[string]string{
		ClassTLS:        unknown.URL,
		ClassRefused:    gone.URL,
		ClassInvalidURL: "nowhere",
	} {
		attempt := client.Deliver(t.Context(), event(address))
		require.Equal(t, class, attempt.ErrorClass)
		require.Zero(t, attempt.Status)
	}
	require.Equal(t, ClassConnection, client.Deliver(t.Context(), event(silent.URL)).ErrorClass)
	require.Equal(t, ClassConnection, client.Deliver(t.Context(), event(chatty.URL)).ErrorClass)
	notTLS := strings.Replace(silent.URL, "http", "https", 1)
	require.Equal(t, ClassTLS, client.Deliver(t.Context(), event(notTLS)).ErrorClass)

	nowhere := func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.DNSError{Err: "no such host", Name: "nowhere.invalid", IsTimeout: true}
	}
	lost := newClient(Options{Guard: Guard{AllowInsecure: true}}, nowhere, nowhere)
	require.Equal(t, ClassName, lost.Deliver(t.Context(), event("http://nowhere.invalid/")).ErrorClass)

	unsigned := event(silent.URL)
	unsigned.Secrets = []string{"whsec_short"}
	require.Equal(t, ClassUnsigned, client.Deliver(t.Context(), unsigned).ErrorClass)
}

func TestALongReplyIsNotReadToItsEnd(t *testing.T) {
	t.Parallel()
	written := make(chan int64, 1)
	client, event := endpoint(t, func(w http.ResponseWriter, _ *http.Request) {
		n, _ := io.Copy(w, io.LimitReader(endless{}, 1<<30))
		written <- n
	})
	attempt := client.Deliver(t.Context(), event)
	require.True(t, attempt.Accepted)
	require.Less(t, <-written, int64(1<<28), "the connection is closed on it")
}

// endless is a body without end.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestRetryAfterIsReadInBothForms(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 20, 8, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"":                              0,
		"120":                           2 * time.Minute,
		"0":                             0,
		"-5":                            0,
		"soon":                          0,
		"1e3":                           0,
		"Fri, 20 Mar 2026 08:00:30 GMT": 30 * time.Second,
		"Fri, 20 Mar 2026 07:00:00 GMT": 0,
		"Fri, 20 Mar 2099 07:00:00 GMT": 24 * time.Hour,
		"9223372036854775807":           24 * time.Hour,
		"92233720368547758070":          0,
	} {
		require.Equal(t, want, RetryAfter(value, now), value)
	}
}

// hang reads a request and does nothing about it until whoever made it has gone.
func hang(r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}

// inTime plays with an endpoint in time that passes only when everybody waits.
func inTime(t *testing.T, handler http.HandlerFunc, play func(t *testing.T, client *Client)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		pipes := make(pipeListener)
		server := &http.Server{Handler: handler, ErrorLog: quiet, ReadHeaderTimeout: time.Hour}
		var serving sync.WaitGroup
		serving.Go(func() { _ = server.Serve(pipes) })
		client := newClient(Options{Guard: Guard{AllowInsecure: true}}, pipes.dial, pipes.dial)
		play(t, client)
		client.public.CloseIdleConnections()
		require.NoError(t, server.Close())
		serving.Wait()
	})
}

func TestAnEndpointThatDoesNotAnswerTimesOut(t *testing.T) {
	t.Parallel()
	inTime(t, func(_ http.ResponseWriter, r *http.Request) { hang(r) }, func(t *testing.T, client *Client) {
		t.Helper()
		attempt := client.Deliver(t.Context(), event("http://endpoint.test/"))
		require.Equal(t, Attempt{ErrorClass: ClassTimeout, Duration: 15 * time.Second}, attempt)
	})
}

func TestAReplyThatDribblesIsTakenByItsStatus(t *testing.T) {
	t.Parallel()
	inTime(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		_ = http.NewResponseController(w).Flush()
		hang(r)
	}, func(t *testing.T, client *Client) {
		t.Helper()
		attempt := client.Deliver(t.Context(), event("http://endpoint.test/"))
		require.Equal(t, Attempt{Status: http.StatusOK, Accepted: true, Duration: time.Second}, attempt)
	})
}

func TestBeingToldToStopSaysNothingAboutTheEndpoint(t *testing.T) {
	t.Parallel()
	inTime(t, func(_ http.ResponseWriter, r *http.Request) { hang(r) }, func(t *testing.T, client *Client) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		attempt := client.Deliver(ctx, event("http://endpoint.test/"))
		require.Equal(t, Attempt{ErrorClass: ClassCancelled, Duration: time.Second}, attempt)
	})
}

// pipeListener connects a client and a server within the process.
type pipeListener chan net.Conn

func (l pipeListener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case l <- far:
		return near, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l pipeListener) Accept() (net.Conn, error) {
	connection, open := <-l
	if !open {
		return nil, net.ErrClosed
	}
	return connection, nil
}

func (l pipeListener) Close() error {
	close(l)
	return nil
}

func (l pipeListener) Addr() net.Addr { return &net.IPAddr{} }
