package client

import (
	"context"
	"net/url"
	"time"
)

// Endpoint is where your institution is called.
type Endpoint struct {
	ID          string    `json:"id"`
	URL         string    `json:"url"`
	State       string    `json:"state"` // active, paused or disabled
	StateReason string    `json:"state_reason"`
	StateSince  time.Time `json:"state_since"`
	Failures    int       `json:"failures"` // one after another
	Waiting     int       `json:"waiting"`  // events that wait to be sent
	// Secret is what callbacks are signed with. It is shown once, when the endpoint is made.
	Secret string `json:"secret"`
}

// endpointAsked is an endpoint to be made.
type endpointAsked struct {
	URL string `json:"url"`
}

// Endpoints are the endpoints of your institution.
func (c *Client) Endpoints(ctx context.Context) ([]Endpoint, error) {
	var list struct {
		Endpoints []Endpoint `json:"endpoints"`
	}
	err := c.get(ctx, "/v1/endpoints", nil, &list)
	return list.Endpoints, err
}

// SetEndpoint has your institution called at an address.
func (c *Client) SetEndpoint(ctx context.Context, address string) (Endpoint, error) {
	var e Endpoint
	err := c.post(ctx, "/v1/endpoints", endpointAsked{address}, &e)
	return e, err
}

// Secret is what callbacks are signed with: of kind hmac the secret itself, of ed25519 a public key.
type Secret struct {
	ID        string `json:"id"`
	Kind      string `json:"kind"`
	PublicKey string `json:"public_key"`
	Secret    string `json:"secret"`
}

// secretAsked is a secret to be made.
type secretAsked struct {
	Kind         string `json:"kind"`
	OverlapHours int    `json:"overlap_hours"`
}

// Rotate makes a new secret of a kind, hmac or ed25519. Those before it sign beside it for so many hours.
func (c *Client) Rotate(ctx context.Context, endpointID, kind string, overlapHours int) (Secret, error) {
	var s Secret
	err := c.post(ctx, "/v1/endpoints/"+url.PathEscape(endpointID)+"/rotation", secretAsked{kind, overlapHours}, &s)
	return s, err
}

// Ping has an endpoint called with an event that is about nothing.
func (c *Client) Ping(ctx context.Context, endpointID string) error {
	return c.post(ctx, "/v1/endpoints/"+url.PathEscape(endpointID)+"/ping", struct{}{}, nil)
}
