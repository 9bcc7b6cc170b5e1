// Package playing is what those that play a neighbour of the product do alike: listen until they are told to stop, and take orders
// from this machine only. It is nothing that the product does, and knows nothing of it.
package playing

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// grace is how long requests that are under way have when one is told to stop. What is not answered by then is asked again.
const grace = 5 * time.Second

// Serve answers at a listener, which it closes, until the context ends; the error is of what ended it before.
func Serve(ctx context.Context, server *http.Server, listener net.Listener) error {
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err //nolint:wrapcheck // the caller says what was served
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if server.Shutdown(last) != nil {
		_ = server.Close()
	}
	return nil
}

// FromThisMachine reports whether a request is from a program on this machine, and not from a page in a browser on it: a page
// cannot name the host it speaks to as anything but its own.
func FromThisMachine(r *http.Request) bool {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && from.Addr().Unmap().IsLoopback() && loopback(r.Host)
}

func loopback(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	address, err := netip.ParseAddr(strings.Trim(name, "[]"))
	return name == "localhost" || err == nil && address.Unmap().IsLoopback()
}

// Wait waits, and reports whether the context lets one go on.
func Wait(ctx context.Context, long time.Duration) bool {
	timer := time.NewTimer(long)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
