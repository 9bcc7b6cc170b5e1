package delivery

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// Why an endpoint's address is refused.
var (
	ErrInvalidURL    = errors.New("the address is not a URL such as https://example.org/callbacks")
	ErrInsecureURL   = errors.New("the address must begin with https://")
	ErrPort          = errors.New("the address's port is not one that callbacks are sent to")
	ErrPrivateTarget = errors.New("the address is not on the public internet")
)

const longestURL = 2048

// Guard says where events may go.
type Guard struct {
	// AllowInsecure lets events go by plain http, to any port, and to this machine's own network, for demonstrations.
	AllowInsecure bool
	// Ports are those that events may go to; 443 and 8443 if there are none.
	Ports []int
}

func (g Guard) port(port int) bool {
	if len(g.Ports) == 0 {
		return port == 443 || port == 8443
	}
	return slices.Contains(g.Ports, port)
}

// Check refuses an endpoint's address that events are never sent to. One that it lets pass is checked again, by the
// addresses its name leads to, whenever a connection is made. allowed says that an operator allows its host and port (see
// [HostPort]), which then may be private and any.
func (g Guard) Check(address string, allowed bool) error {
	u, err := url.Parse(address)
	// The address itself is not shown: it may hold a token.
	if err != nil || len(address) > longestURL || u.Hostname() == "" || u.User != nil || u.Fragment != "" || u.Opaque != "" {
		return ErrInvalidURL
	}
	host, port, err := HostPort(address)
	switch {
	case err != nil || u.Scheme != "https" && u.Scheme != "http":
		return ErrInvalidURL
	case g.AllowInsecure:
		return nil
	case u.Scheme != "https":
		return ErrInsecureURL
	case allowed:
		return nil
	case !g.port(port):
		return ErrPort
	case host == "localhost" || strings.HasSuffix(host, ".localhost"):
		return ErrPrivateTarget
	}
	if literal, err := netip.ParseAddr(host); err == nil && !public(literal) {
		return ErrPrivateTarget
	}
	return nil
}

// HostPort is the host of an address, in small letters, and its port.
func HostPort(address string) (host string, port int, err error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return "", 0, ErrInvalidURL
	}
	host = strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	switch {
	case u.Port() != "":
		port, err = strconv.Atoi(u.Port())
		if err != nil || port < 1 || port > 65535 {
			return "", 0, ErrInvalidURL
		}
	case u.Scheme == "http":
		port = 80
	default:
		port = 443
	}
	return host, port, nil
}

// publicOnly refuses a connection to an address that is not public. It is asked after a name is resolved, so that no
// name, and no change of a name between two look-ups, gets past it.
func publicOnly(_, address string, _ syscall.RawConn) error {
	to, err := resolved(address)
	if err != nil || !public(to) {
		return ErrPrivateTarget
	}
	return nil
}

// onANetwork refuses a connection to an address that is this link's alone, where clouds keep the credentials of machines, or
// none of one host. It is asked for names that an operator allows: they may lead to private addresses, and not there.
func onANetwork(_, address string, _ syscall.RawConn) error {
	to, err := resolved(address)
	if err != nil || to.IsLinkLocalUnicast() || to.IsMulticast() || to.IsUnspecified() {
		return ErrPrivateTarget
	}
	return nil
}

func resolved(address string) (netip.Addr, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return netip.Addr{}, err
	}
	to, err := netip.ParseAddr(host)
	return to.Unmap(), err
}

// Address blocks that are not this machine's, private or link-local by name, and yet lead to no public host: IANA's
// special-purpose registries. Those that carry an IPv4 address within could lead anywhere.
var special = prefixes(
	"0.0.0.0/8",       // this network
	"100.64.0.0/10",   // shared with carriers
	"192.0.0.0/24",    // protocol assignments
	"192.0.2.0/24",    // documentation
	"192.88.99.0/24",  // 6to4 relays, retired
	"198.18.0.0/15",   // benchmarks
	"198.51.100.0/24", // documentation
	"203.0.113.0/24",  // documentation
	"240.0.0.0/4",     // reserved
	"::/96",           // IPv4-compatible, retired
	"64:ff9b::/96",    // IPv4 within: translation
	"64:ff9b:1::/48",  // IPv4 within: local translation
	"100::/64",        // discard
	"2001::/23",       // protocol assignments, Teredo among them
	"2001:db8::/32",   // documentation
	"2002::/16",       // IPv4 within: 6to4
	"3fff::/20",       // documentation
	"5f00::/16",       // segment routing
	"fec0::/10",       // site-local, retired
)

func prefixes(blocks ...string) []netip.Prefix {
	parsed := make([]netip.Prefix, len(blocks))
	for i, block := range blocks {
		parsed[i] = netip.MustParsePrefix(block)
	}
	return parsed
}

// public reports whether an address is one host on the public internet.
func public(address netip.Addr) bool {
	address = address.Unmap().WithZone("")
	return address.IsGlobalUnicast() && !address.IsPrivate() &&
		!slices.ContainsFunc(special, func(block netip.Prefix) bool { return block.Contains(address) })
}
