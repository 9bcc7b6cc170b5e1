// Package idcheck asks the authority's register of persons, over signed HTTP, whether a name and a number belong together. That it
// cannot say is not a no: what becomes of the answer is decided elsewhere.
package idcheck

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/dengpan/dengpan/delivery"
	"github.com/dengpan/dengpan/store"
)

const (
	patience      = 20 * time.Second // that the register is waited for, in all
	longestAnswer = 16 << 10
)

// Question is whose name and number are asked about.
type Question struct {
	ID      string `json:"id"` // the same however often it is asked
	Name    string `json:"name"`
	Type    string `json:"id_type"`
	Country string `json:"id_country,omitempty"`
	Number  string `json:"id_number"`
}

// Register is the way to the register. It may be used by many at once.
type Register struct {
	url, secret string
	client      *http.Client
}

// New is the way to a register; it does not connect before there is a question. It refuses an address that would not protect what
// is sent there, unless it may be plain http, for demonstrations.
func New(address, secret string, insecure bool) (*Register, error) {
	to, err := url.Parse(address)
	switch {
	case err != nil || to.Hostname() == "" || to.User != nil || to.RawQuery != "" || to.Fragment != "":
		return nil, errors.New("its address is not a URL such as https://register.example.cn/checks")
	case to.Scheme != "https" && (to.Scheme != "http" || !insecure):
		return nil, errors.New("its address must begin with https://: what is sent there says who people are")
	}
	if _, err := delivery.Sign([]string{secret}, "try", time.Now(), nil); err != nil {
		return nil, errors.New("its secret is not whsec_ and 24 to 64 bytes in base64")
	}
	return &Register{url: to.String(), secret: secret, client: &http.Client{
		Timeout: patience,
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true,
			MaxIdleConnsPerHost: 2, IdleConnTimeout: time.Minute, TLSHandshakeTimeout: 10 * time.Second,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// errAway says that the register did not answer. It never holds what the register said, which may repeat a name.
var errAway = errors.New("the register of persons did not answer")

// Ask asks the register. An error says that it did not answer, and is to be asked again.
func (g *Register) Ask(ctx context.Context, q Question) (outcome string, err error) {
	body, err := json.Marshal(q)
	if err != nil {
		return "", fmt.Errorf("write a question: %w", err)
	}
	headers, err := delivery.Sign([]string{g.secret}, q.ID, time.Now(), body)
	if err != nil {
		return "", err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, g.url, bytes.NewReader(body))
	if err != nil {
		return "", errAway
	}
	request.Header = headers
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "dengpan")
	response, err := g.client.Do(request)
	if err != nil {
		return "", errAway
	}
	defer func() { _ = response.Body.Close() }() // it was read
	var answer struct {
		Result string `json:"result"`
	}
	plain, err := io.ReadAll(io.LimitReader(response.Body, longestAnswer))
	if err != nil || response.StatusCode != http.StatusOK || json.Unmarshal(plain, &answer) != nil {
		return "", errAway
	}
	switch answer.Result {
	case store.IdentityMatches, store.IdentityDiffers, store.IdentityUnknown:
		return answer.Result, nil
	}
	return "", errAway
}
