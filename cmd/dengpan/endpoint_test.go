package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/store"
)

func TestAnEndpointIsSetAndMovedFromTheCommandLine(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	first := d.done("", "endpoint", "--institution", "ouc", "--url", "https://example.org/a")
	require.Contains(t, first, "whsec_")
	require.NoError(t, d.store.Read(t.Context()).SetEndpointState("ouc", store.EndpointDisabled, store.StoppedFailing))
	second := d.done("", "endpoint", "--institution", "ouc", "--url", "https://example.org/b", "--overlap", "24h")
	require.NotEqual(t, first, second)
	tx := d.store.Read(t.Context())
	e, err := tx.Endpoint("ouc")
	require.NoError(t, err)
	require.Equal(t, []string{"https://example.org/b", store.EndpointActive}, []string{e.URL, e.State})
	signing, err := tx.EndpointSecrets("ouc", time.Now())
	require.NoError(t, err)
	require.Len(t, signing, 2, "the one before signs on for a day")
	d.done("", "endpoint", "--institution", "ouc", "--url", "https://example.org/b")
	signing, err = tx.EndpointSecrets("ouc", time.Now())
	require.NoError(t, err)
	require.Len(t, signing, 1)
	for _, args := range [][]string{
		{"--institution", "nowhere", "--url", "https://example.org/"},
		{"--institution", "ouc", "--url", "http://example.org/"},
		{"--institution", "ouc", "--url", "https://10.0.0.1/"},
		{"--institution", "ouc", "--url", "https://example.org/", "--overlap", "200h"},
	} {
		_, err := d.run("", append([]string{"endpoint"}, args...)...)
		require.Error(t, err, args)
	}
}
