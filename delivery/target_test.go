package delivery

import (
	"net"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEndpointsAreReachedByHTTPSOnThePublicInternet(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]error{
		"https://example.org/callbacks?token=x":             nil,
		"https://93.184.216.34:8443/":                       nil,
		"https://[2606:2800:220:1:248:1893:25c8:1946]/":     nil,
		"http://example.org/":                               ErrInsecureURL,
		"https://localhost/":                                ErrPrivateTarget,
		"https://LOCALHOST./":                               ErrPrivateTarget,
		"https://api.localhost/":                            ErrPrivateTarget,
		"https://127.0.0.1/":                                ErrPrivateTarget,
		"https://169.254.169.254/latest/meta-data/":         ErrPrivateTarget,
		"https://[::ffff:10.0.0.1]/":                        ErrPrivateTarget,
		"https://[fe80::1%25eth0]/":                         ErrPrivateTarget,
		"":                                                  ErrInvalidURL,
		"example.org/callbacks":                             ErrInvalidURL,
		"https://":                                          ErrInvalidURL,
		"https:///path":                                     ErrInvalidURL,
		"https:example.org":                                 ErrInvalidURL,
		"ftp://example.org/":                                ErrInvalidURL,
		"file:///etc/passwd":                                ErrInvalidURL,
		"https://user:pass@example.org/":                    ErrInvalidURL,
		"https://example.org/#part":                         ErrInvalidURL,
		"https://example.org:port/":                         ErrInvalidURL,
		"https://example.org/\n":                            ErrInvalidURL,
		"https://example.org/" + strings.Repeat("x", 1<<12): ErrInvalidURL,
	} {
		require.ErrorIs(t, Guard{}.Check(address, false), want, "%.60s", address)
	}
}

func TestCallbacksGoToFewPorts(t *testing.T) {
	t.Parallel()
	require.NoError(t, Guard{}.Check("https://example.org:443/", false))
	require.NoError(t, Guard{}.Check("https://example.org:8443/", false))
	for _, address := range []string{"https://example.org:22/", "https://example.org:5432/", "https://example.org:80/"} {
		require.ErrorIs(t, Guard{}.Check(address, false), ErrPort)
		require.NoError(t, Guard{}.Check(address, true), "an operator allows that host at that port")
	}
	configured := Guard{Ports: []int{9443}}
	require.NoError(t, configured.Check("https://example.org:9443/", false))
	require.ErrorIs(t, configured.Check("https://example.org/", false), ErrPort)
	require.ErrorIs(t, configured.Check("https://example.org:99999/", true), ErrInvalidURL)

	host, port, err := HostPort("https://Intern.Example.ORG./x")
	require.NoError(t, err)
	require.Equal(t, "intern.example.org:443", net.JoinHostPort(host, strconv.Itoa(port)), "one name for one host")
}

func TestADemonstrationMayReachItsOwnMachine(t *testing.T) {
	t.Parallel()
	demo := Guard{AllowInsecure: true}
	require.NoError(t, demo.Check("http://127.0.0.1:8090/institutions/a/callbacks", false))
	require.NoError(t, demo.Check("http://institution:8090/institutions/a/callbacks", false))
	require.ErrorIs(t, demo.Check("ftp://127.0.0.1/", false), ErrInvalidURL)
	require.ErrorIs(t, demo.Check("http://user@127.0.0.1/", false), ErrInvalidURL)
}

func TestOnlyPublicAddressesArePublic(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"0.0.0.0", "0.1.2.3", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1",
		"172.31.255.255", "192.0.0.8", "192.0.2.1", "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.1",
		"203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
		"::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:192.168.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1",
		"2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "5f00::1", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0",
		"fec0::1", "ff02::1",
	} {
		require.False(t, public(netip.MustParseAddr(address)), address)
	}
	for _, address := range []string{
		"1.1.1.1", "93.184.216.34", "172.15.0.1", "172.32.0.1", "100.63.255.255", "100.128.0.1", "198.17.0.1",
		"2606:2800:220:1::1", "2400:3200::1", "::ffff:93.184.216.34",
	} {
		require.True(t, public(netip.MustParseAddr(address)), address)
	}
}

// A name may lead to a private address though its text does not show it, or lead elsewhere at the second look.
func TestANameThatLeadsToThisMachineIsRefusedWhenConnecting(t *testing.T) {
	t.Parallel()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, listener.Close()) }()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)

	dialer := net.Dialer{Control: publicOnly}
	_, err = dialer.DialContext(t.Context(), "tcp", net.JoinHostPort("localhost", port))
	require.ErrorIs(t, err, ErrPrivateTarget)
	require.Equal(t, ClassPrivateTarget, ClassOf(err))
	require.ErrorIs(t, publicOnly("tcp", "nonsense", nil), ErrPrivateTarget)
	require.ErrorIs(t, publicOnly("tcp", "name:1", nil), ErrPrivateTarget)
}
