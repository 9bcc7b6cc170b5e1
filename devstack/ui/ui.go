// Package ui serves Temporal's web interface for the stack's Temporal server.
package ui

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/temporalio/ui-server/v2/server"
	"github.com/temporalio/ui-server/v2/server/config"
	"github.com/temporalio/ui-server/v2/server/server_options"
)

// DefaultAddress is where the interface is served unless told otherwise.
const DefaultAddress = "127.0.0.1:8233"

// Options say where the interface is served, and what it shows.
type Options struct {
	Address         string
	TemporalAddress string
	Namespace       string
	// APIURL is the product's API, which opens payloads for whoever is logged in there and allowed to see them.
	APIURL string
}

// locked is what the interface says of payloads that it is not given.
const locked = "内容是加密的：请先以市级经办人身份登录登攀，再刷新本页。" +
	" Contents are sealed: log in to Dengpan as an operator of the city, then load this page again."

// Serve runs the interface until ctx ends. If the address cannot be listened on, the
// interface's own server ends the whole program: run it as a process of its own.
func Serve(ctx context.Context, o Options) error {
	host, port, err := net.SplitHostPort(o.Address)
	if err != nil {
		return fmt.Errorf("read the address of Temporal UI: %w", err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		return fmt.Errorf("read the port of Temporal UI: %w", err)
	}
	interfaceServer := server.NewServer(server_options.WithConfigProvider(&config.Config{
		Host:                host,
		Port:                number,
		TemporalGRPCAddress: o.TemporalAddress,
		DefaultNamespace:    o.Namespace,
		EnableUI:            true,
		HideLogs:            true,
		DisableNewsFetch:    true,                              // a development machine's page asks nothing of the internet
		CORS:                config.CORS{CookieInsecure: true}, // served over plain HTTP on loopback
		Codec: config.Codec{
			Endpoint: o.APIURL + "/v1/codec", IncludeCredentials: true,
			DefaultErrorMessage: locked, DefaultErrorLink: o.APIURL + "/app/",
		},
	}))
	ended := make(chan error, 1)
	go func() { ended <- interfaceServer.Start() }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
		interfaceServer.Stop()
		return <-ended
	}
}

// Ready waits until the interface at address answers.
func Ready(ctx context.Context, address string) error {
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/healthz", http.NoBody)
		if err != nil {
			return fmt.Errorf("ask Temporal UI at %s: %w", address, err)
		}
		answer, err := http.DefaultClient.Do(request)
		if err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return nil
			}
			err = fmt.Errorf("it answered %s", answer.Status)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("Temporal UI at %s did not become ready: %w", address, err)
		case <-time.After(30 * time.Millisecond):
		}
	}
}
