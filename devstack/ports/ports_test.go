package ports_test

import (
	"net"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/devstack/ports"
)

func TestFreePortsAreDifferentAndCanBeListenedOn(t *testing.T) {
	t.Parallel()
	seen := make(map[int]bool)
	for range 100 { // nobody has begun to listen on the earlier ones
		free, err := ports.Free(8)
		require.NoError(t, err)
		require.Len(t, free, 8)
		for _, port := range free {
			require.False(t, seen[port], "port %d came twice", port)
			require.Less(t, port, 32768, "an outgoing connection could take it meanwhile")
			seen[port] = true
		}
	}
}

func TestATakenPortIsNamedWithItsHolderAndTheRemedy(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { listener.Close() })

	err = ports.Check(ports.Use{What: "the API", Address: listener.Addr().String(), Flag: "--api-address", Env: "DENGPAN_API_ADDRESS"})

	require.Error(t, err)
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	for _, part := range []string{"port " + port, "the API", "process " + strconv.Itoa(os.Getpid()), "--api-address", "DENGPAN_API_ADDRESS"} {
		require.Contains(t, err.Error(), part)
	}
}

func TestEveryTakenPortIsReportedAtOnce(t *testing.T) {
	t.Parallel()
	var uses []ports.Use
	for _, what := range []string{"the API", "Temporal UI"} {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		t.Cleanup(func() { listener.Close() })
		uses = append(uses, ports.Use{What: what, Address: listener.Addr().String()})
	}
	err := ports.Check(uses...)
	require.ErrorContains(t, err, "the API")
	require.ErrorContains(t, err, "Temporal UI")
}

func TestAnAddressWithoutAPortIsRefusedInPlainWords(t *testing.T) {
	t.Parallel()
	err := ports.Check(ports.Use{What: "the API", Address: "8080", Flag: "--api-address"})
	require.ErrorContains(t, err, "host:port")
}
