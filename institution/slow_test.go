package institution

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"
)

// The server's time limits guard against slow callers. They must not end a callback that is slow on our side, or the
// sender's own limit would never be tried.
func TestASlowCallbackOutlastsTheServersOwnLimits(t *testing.T) {
	t.Parallel()
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"id":"t1","case_id":"c1","kind":"exam","attempt":1,"state":"cancelled"}`))
	}))
	defer api.Close()
	const secret = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
	sim, err := New(Config{
		APIURL: api.URL, PollInterval: time.Hour, Logger: slog.New(slog.DiscardHandler),
		Institutions: []Institution{{ID: "body-a", APIKey: "key-a", WebhookSecret: secret}},
	})
	require.NoError(t, err)
	const slow = 300 * time.Millisecond
	require.NoError(t, sim.scripts.add(Script{CaseID: "c1", Behaviour: Slow, Delay: Duration(slow)}))

	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	server := sim.server(ctx)
	server.ReadTimeout, server.WriteTimeout = slow/3, slow/3
	sim.Start(ctx)
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()

	body := []byte(`{"type":"task.issued","data":{"task_id":"t1","case_id":"c1","kind":"exam"}}`)
	signature, err := sim.players["body-a"].callbacks.Sign("evt-1", time.Now(), body)
	require.NoError(t, err)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost,
		"http://"+listener.Addr().String()+"/institutions/body-a/callbacks", bytes.NewReader(body))
	require.NoError(t, err)
	req.Header.Set(standardwebhooks.HeaderWebhookID, "evt-1")
	req.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(time.Now().Unix(), 10))
	req.Header.Set(standardwebhooks.HeaderWebhookSignature, signature)
	began := time.Now()
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, http.StatusNoContent, res.StatusCode)
	require.GreaterOrEqual(t, time.Since(began), slow)

	stop()
	require.NoError(t, server.Close())
	require.ErrorIs(t, <-served, http.ErrServerClosed)
	sim.Wait()
}
