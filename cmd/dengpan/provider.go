package main

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"github.com/dengpan/dengpan/api"
	"github.com/dengpan/dengpan/openid"
)

// providerConfig is the identity provider that people log in by, and where it sends them back to.
type providerConfig struct {
	PublicURL  string `env:"DENGPAN_PUBLIC_URL"`
	Issuer     string `env:"DENGPAN_OIDC_ISSUER"`
	ClientID   string `env:"DENGPAN_OIDC_CLIENT_ID"`
	SecretFile string `env:"DENGPAN_OIDC_CLIENT_SECRET_FILE"`
	Name       string `env:"DENGPAN_OIDC_NAME"               envDefault:"统一身份认证"`
	Trainees   bool   `env:"DENGPAN_OIDC_TRAINEES"`
}

func (c *providerConfig) flags(f *pflag.FlagSet) {
	f.StringVar(&c.PublicURL, "public-url", c.PublicURL, "where browsers reach the product, https://host (DENGPAN_PUBLIC_URL)")
	f.StringVar(&c.Issuer, "oidc-issuer", c.Issuer, "identity provider that people log in by; none unless set (DENGPAN_OIDC_ISSUER)")
	f.StringVar(&c.ClientID, "oidc-client-id", c.ClientID, "what the identity provider knows the product by (DENGPAN_OIDC_CLIENT_ID)")
	f.StringVar(&c.SecretFile, "oidc-client-secret-file", c.SecretFile,
		"file with the secret that the identity provider knows the product by (DENGPAN_OIDC_CLIENT_SECRET_FILE)")
	f.StringVar(&c.Name, "oidc-name", c.Name, "what people know the identity provider by (DENGPAN_OIDC_NAME)")
	f.BoolVar(&c.Trainees, "oidc-trainees", c.Trainees,
		"whoever the identity provider knows, and we do not, is a trainee and gets an account (DENGPAN_OIDC_TRAINEES)")
}

// origin is where browsers reach the product, as it begins links; empty when it is not said.
func (c *providerConfig) origin(plain bool) (string, error) {
	if c.PublicURL == "" {
		return "", nil
	}
	address, err := secureURL(c.PublicURL, plain)
	if err == nil && strings.Trim(address.Path, "/") != "" {
		err = errors.New("it has a path, and the product is served at the root of its host")
	}
	if err != nil {
		return "", fmt.Errorf("public URL (DENGPAN_PUBLIC_URL): %w", err)
	}
	return address.Scheme + "://" + address.Host, nil
}

// provider is the identity provider, nil when there is none. plain allows connections without TLS.
func (c *providerConfig) provider(plain bool) (*api.Provider, error) {
	if c.Issuer == "" {
		return nil, nil
	}
	if _, err := secureURL(c.Issuer, plain); err != nil {
		return nil, fmt.Errorf("identity provider (DENGPAN_OIDC_ISSUER): %w", err)
	}
	origin, err := c.origin(plain)
	if err == nil && origin == "" {
		err = errors.New("public URL (DENGPAN_PUBLIC_URL): an identity provider must know where to send browsers back to")
	}
	if err != nil {
		return nil, err
	}
	if c.ClientID == "" || c.Name == "" {
		return nil, errors.New("identity provider: set DENGPAN_OIDC_CLIENT_ID, and DENGPAN_OIDC_NAME if it is set at all")
	}
	secret, err := secretIn(c.SecretFile)
	if err != nil {
		return nil, fmt.Errorf("identity provider's secret (DENGPAN_OIDC_CLIENT_SECRET_FILE): %w", err)
	}
	return &api.Provider{
		Provider: &openid.Provider{Issuer: c.Issuer, ClientID: c.ClientID, Secret: secret, Redirect: origin + api.CallbackPath},
		Name:     c.Name, Trainees: c.Trainees,
	}, nil
}

// secureURL reads an address that browsers or we go to. It is not repeated in errors: it may hold a password.
func secureURL(text string, plain bool) (*url.URL, error) {
	address, err := url.Parse(text)
	if err != nil || address.Host == "" || address.User != nil || address.RawQuery != "" || address.Fragment != "" {
		return nil, errors.New("want https://host, without a user, a query or a fragment")
	}
	if address.Scheme != "https" && (address.Scheme != "http" || !plain) {
		return nil, errors.New("want https; http is for demonstrations (DENGPAN_DEMO)")
	}
	return address, nil
}

// secretIn reads a secret from a file that not every user can read; without a file there is none.
func secretIn(path string) (string, error) {
	const others = 0o007
	if path == "" {
		return "", nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if info.Mode().Perm()&others != 0 {
		return "", errors.New("the file can be read by every user of the machine; set its mode to 0600")
	}
	content, err := os.ReadFile(path)
	secret := strings.TrimSpace(string(content))
	if err == nil && secret == "" {
		err = errors.New("the file is empty")
	}
	return secret, err
}
