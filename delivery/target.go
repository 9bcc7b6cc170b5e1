package delivery

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
)

var (
	errInvalidURL    = errors.New("the address is not a URL such as https://example.org/callbacks")
	errInsecureURL   = errors.New("the address must begin with https://")
	errPrivateTarget = errors.New("the address is not on the public internet")
)

const longestURL = 2048

// CheckURL refuses an endpoint's address that events are never sent to. One that it lets pass is checked again, by the
// addresses its name leads to, whenever a connection is made. allowInsecure lets plain http and this machine's own
// network pass, for demonstrations.
func CheckURL(address string, allowInsecure bool) error {
	u, err := url.Parse(address)
	// The address itself is not shown: it may hold a token.
	if err != nil || len(address) > longestURL || u.Hostname() == "" || u.User != nil || u.Fragment != "" || u.Opaque != "" {
		return errInvalidURL
	}
	switch {
	case u.Scheme != "https" && u.Scheme != "http":
		return errInvalidURL
	case allowInsecure:
		return nil
	case u.Scheme != "https":
		return errInsecureURL
	}
	name := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return errPrivateTarget
	}
	if literal, err := netip.ParseAddr(u.Hostname()); err == nil && !public(literal) {
		return errPrivateTarget
	}
	return nil
}

// publicOnly refuses a connection to an address that is not public. It is asked after a name is resolved, so that no
// name, and no change of a name between two look-ups, gets past it.
func publicOnly(_, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("%w: %w", errPrivateTarget, err)
	}
	to, err := netip.ParseAddr(host)
	if err != nil || !public(to) {
		return errPrivateTarget
	}
	return nil
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
