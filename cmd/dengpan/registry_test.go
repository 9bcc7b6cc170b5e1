package main

import (
	"bytes"
	"encoding/base64"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/registry"
)

func TestBothSidesAreComparedByHandAndEachDifferenceIsPrinted(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	secret := "whsec_" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{1}, 32))
	server, err := registry.New(registry.Config{Secrets: map[string]string{"national": secret}, Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	listener := httptest.NewServer(server.Handler())
	t.Cleanup(listener.Close)
	file := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(file, []byte(secret+"\n"), 0o600))
	reconcile := func(flags ...string) (string, error) {
		return d.run("", append([]string{
			"reconcile", "--channel-national-url", listener.URL + "/registers/national", "--channel-national-secret-file", file,
		}, flags...)...)
	}
	_, err = reconcile()
	require.ErrorContains(t, err, "DENGPAN_CHANNEL_NATIONAL", "what is sent there names people")
	require.ErrorContains(t, err, "https://")
	out, err := reconcile("--demo")
	require.NoError(t, err)
	require.Equal(t, "national: 0 listed, 0 differences, 0 incidents opened, 0 closed", out)

	stranger := uuid.NewString()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, listener.URL+"/control/national/accidents",
		strings.NewReader(`{"invent":"`+stranger+`"}`))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	out, err = reconcile("--demo")
	require.EqualError(t, err, "there are 1 differences")
	require.Contains(t, out, "national publication_unknown "+stranger+" (younger than a day)")
}
