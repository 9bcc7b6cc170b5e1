// Package provider is an identity provider that belongs to nobody but the stack: OpenID Connect by the certified library of
// Zitadel, with a page to log in at and a few people who exist nowhere. What logs in to it would log in to any other.
package provider

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/zitadel/oidc/v3/pkg/op"
)

// DefaultAddress is where the provider is served unless told otherwise.
const DefaultAddress = "127.0.0.1:8086"

// ClientID is what the provider knows the product by.
const ClientID = "dengpan"

// Person is somebody who can log in.
type Person struct {
	Subject  string `json:"subject"`
	Login    string `json:"login"`
	Password string `json:"password"`
}

// Options say who the provider is, and whom it serves.
type Options struct {
	Issuer   string   `json:"issuer"`
	Redirect string   `json:"redirect"` // where the product has browsers sent back to
	Secret   string   `json:"secret"`   // the product's
	People   []Person `json:"people"`
}

// Load reads options from a file; it holds secrets.
func Load(path string) (Options, error) {
	var o Options
	content, err := os.ReadFile(path)
	if err != nil {
		return o, fmt.Errorf("read the identity provider's options: %w", err)
	}
	if err := json.Unmarshal(content, &o); err != nil {
		return o, fmt.Errorf("read the identity provider's options in %s: %w", path, err)
	}
	return o, nil
}

// New is a provider. What it signs with and whom it is logging in is in memory: it begins anew with its process.
func New(o Options) (*Provider, error) {
	s := &storage{options: o, requests: map[string]*authRequest{}, codes: map[string]string{}}
	if err := s.rotate(); err != nil {
		return nil, err
	}
	config := &op.Config{CodeMethodS256: true, AuthMethodPost: true}
	rand.Read(config.CryptoKey[:])
	served, err := op.NewProvider(config, s, op.StaticIssuer(o.Issuer), op.WithAllowInsecure(),
		op.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		return nil, fmt.Errorf("make an identity provider: %w", err)
	}
	p := &Provider{storage: s}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+loginPath, p.askLogin)
	mux.Handle("POST "+loginPath, op.NewIssuerInterceptor(served.IssuerFromRequest).HandlerFunc(p.checkLogin))
	mux.Handle("/", served)
	p.handler, p.back = mux, op.AuthCallbackURL(served)
	return p, nil
}

// Provider is an identity provider.
type Provider struct {
	storage *storage
	handler http.Handler
	back    func(context.Context, string) string
}

// ServeHTTP serves the protocol and the page.
func (p *Provider) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.handler.ServeHTTP(w, r) }

// Rotate has it sign with a new key, and forget the one before.
func (p *Provider) Rotate() error { return p.storage.rotate() }

// knows reports who somebody is, by login and password.
func (o Options) knows(login, password string) (subject string, known bool) {
	for _, person := range o.People {
		if person.Login == login && subtle.ConstantTimeCompare([]byte(person.Password), []byte(password)) == 1 {
			return person.Subject, true
		}
	}
	return "", false
}

// Serve runs a provider at an address until the context ends.
func Serve(ctx context.Context, address string, o Options) error {
	p, err := New(o)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	const patience = 5 * time.Second
	server := &http.Server{Handler: p, ReadHeaderTimeout: patience}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serve the identity provider: %w", err)
	case <-ctx.Done():
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	return server.Shutdown(stopping)
}
