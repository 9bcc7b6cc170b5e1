package playing_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/playing"
)

func TestOrdersAreTakenFromProgramsOnThisMachineOnly(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		from, host string
		taken      bool
	}{
		{"127.0.0.1:5", "127.0.0.1:8090", true},
		{"[::1]:5", "[::1]:8090", true},
		{"[::ffff:127.0.0.1]:5", "localhost", true},
		{"192.0.2.7:5", "127.0.0.1:8090", false},
		{"127.0.0.1:5", "evil.example:8090", false}, // a page whose name now leads here
		{"nonsense", "127.0.0.1", false},
	} {
		request := httptest.NewRequestWithContext(t.Context(), http.MethodPut, "/control", nil)
		request.RemoteAddr, request.Host = tt.from, tt.host
		require.Equal(t, tt.taken, playing.FromThisMachine(request), "%s, %s", tt.from, tt.host)
	}
}

func TestWhoIsToldToStopAnswersWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		stop()
		_, _ = w.Write([]byte("answered"))
	})}
	ended := make(chan error, 1)
	go func() { ended <- playing.Serve(ctx, server, listener) }()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+listener.Addr().String(), nil)
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, response.Body.Close()) })
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Equal(t, "answered", string(body))
	require.NoError(t, <-ended)
	require.False(t, playing.Wait(ctx, time.Hour))
	require.True(t, playing.Wait(t.Context(), time.Millisecond))
}
