// Package kms knows the key management systems that the keys of personal data can be encrypted by: the transit engine of
// HashiCorp Vault, by URIs like hcvault://vault.example:8200/transit/keys/dengpan.
package kms

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/hashicorp/vault/api"
	"github.com/tink-crypto/tink-go-hcvault/v2/integration/hcvault"
	"github.com/tink-crypto/tink-go/v2/core/registry"
)

// Errors of key management systems.
var (
	// ErrURI says that a URI names no key of a system that is known here.
	ErrURI = errors.New("not the URI of a key of Vault's transit engine (hcvault://HOST:PORT/transit/keys/NAME)")
	// ErrToken says that there is no token to show to a system.
	ErrToken = errors.New("a file that holds the token for Vault is needed")
)

// scheme is of URIs that name a key of a system; other URIs are no business of this package.
const scheme = "hcvault"

// Vault has Tink ask a Vault for the key that a URI names. The token is read from its file for every request, so that an
// agent can renew it. Which certificates are trusted is told as Vault's own tools are: by VAULT_CACERT and its like.
//
// A URI of another kind is left alone.
func Vault(uri, tokenFile string) error {
	address, err := url.Parse(uri)
	if err != nil || address.Scheme != scheme {
		return nil //nolint:nilerr // somebody else's
	}
	if address.Host == "" || address.User != nil || !strings.Contains(address.Path, "/keys/") {
		return ErrURI
	}
	if _, err := token(tokenFile); err != nil {
		return err
	}
	const patience = 10 * time.Second
	config := api.DefaultConfig()
	if config.Error != nil {
		return fmt.Errorf("set up the client of Vault: %w", config.Error)
	}
	config.Address, config.Timeout = "https://"+address.Host, patience
	config.HttpClient.Transport = bearer{file: tokenFile, next: config.HttpClient.Transport}
	client, err := api.NewClient(config)
	if err != nil {
		return fmt.Errorf("set up the client of Vault: %w", err)
	}
	keys, err := hcvault.NewClientWithAEADOptions(scheme+"://"+address.Host+"/", client.Logical())
	if err != nil {
		return fmt.Errorf("set up the client of Vault: %w", err)
	}
	registry.RegisterKMSClient(keys)
	return nil
}

// bearer shows a token that is in a file.
type bearer struct {
	file string
	next http.RoundTripper
}

// RoundTrip shows the token as it is now.
func (b bearer) RoundTrip(request *http.Request) (*http.Response, error) {
	secret, err := token(b.file)
	if err != nil {
		return nil, err
	}
	request = request.Clone(request.Context())
	request.Header.Set("X-Vault-Token", secret)
	return b.next.RoundTrip(request)
}

func token(file string) (string, error) {
	if file == "" {
		return "", ErrToken
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrToken, err)
	}
	secret := strings.TrimSpace(string(content))
	if secret == "" {
		return "", ErrToken
	}
	return secret, nil
}
