package samples_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/delivery"
)

// run starts a sample, and says where it listens and what it writes.
func run(t *testing.T, secret, api string, command ...string) (address string, lines *bufio.Scanner) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), command[0], command[1:]...)
	cmd.Env = append(os.Environ(), "DENGPAN_URL="+api, "DENGPAN_KEY=the-key", "DENGPAN_SECRET="+secret, "PORT=0")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()         // it was killed
	})
	lines = bufio.NewScanner(out)
	require.True(t, lines.Scan(), "the sample says where it listens")
	return strings.TrimPrefix(lines.Text(), "listening on "), lines
}

// Each sample takes what we deliver, whichever secret of a rotation it knows, fetches each task once, and refuses the rest.
func TestTheSamplesOfGoAndJavaScriptTakeWhatWeDeliver(t *testing.T) {
	t.Parallel()
	binary := t.TempDir() + "/sample"
	built, err := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", binary, "./go").CombinedOutput()
	require.NoError(t, err, "%s", built)
	for name, command := range map[string][]string{"Go": {binary}, "JavaScript": {"node", "receiver.mjs"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Authorization") != "Bearer the-key" {
					w.WriteHeader(http.StatusUnauthorized)
					return
				}
				id := strings.TrimPrefix(r.URL.Path, "/v1/tasks/")
				_, _ = fmt.Fprintf(w, `{"id":%q,"kind":"exam","due_at":"2027-01-10T00:00:00Z"}`, id)
			}))
			t.Cleanup(api.Close)
			known, next := delivery.NewSecret(), delivery.NewSecret()
			private, _ := delivery.NewKeyPair()
			address, lines := run(t, known, api.URL, command...)
			sender := delivery.NewClient(delivery.Options{Guard: delivery.Guard{AllowInsecure: true}})
			deliver := func(id, task string, at time.Time, secrets ...string) delivery.Attempt {
				event := delivery.Event{SpecVersion: "1.0", ID: id, Type: "task.issued", Source: "/v1", Time: at, Data: delivery.EventData{TaskID: task}}
				body, err := event.Body()
				require.NoError(t, err)
				return sender.Deliver(t.Context(), delivery.Request{
					URL: "http://" + address + "/callbacks", Allowed: true, Secrets: secrets, ID: id, Body: body, At: at,
				})
			}
			now := time.Now()
			for _, refused := range []delivery.Attempt{
				deliver("e0", "t0", now, next), deliver("e0", "t0", now, private), deliver("e0", "t0", now.Add(-10*time.Minute), known),
				deliver("e0", "t0", now.Add(10*time.Minute), known),
			} {
				require.Equal(t, http.StatusUnauthorized, refused.Status)
			}
			require.True(t, deliver("e1", "t1", now, next, private, known).Accepted)
			require.True(t, lines.Scan())
			require.Equal(t, "task exam t1 due 2027-01-10", lines.Text())
			require.True(t, deliver("e1", "t1", now, known).Accepted, "it may come twice")
			require.True(t, deliver("e2", "t2", now, known).Accepted)
			require.True(t, lines.Scan())
			require.Equal(t, "task exam t2 due 2027-01-10", lines.Text(), "and is taken once")
			changed, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), http.MethodPost, "http://"+address, strings.NewReader("{}"))
			require.NoError(t, err)
			res, err := http.DefaultClient.Do(changed)
			require.NoError(t, err)
			require.NoError(t, res.Body.Close())
			require.Equal(t, http.StatusUnauthorized, res.StatusCode)
		})
	}
}

// Every sample checks all that there is to check, and compares in constant time.
func TestEverySampleChecksIDTimeAndSignatureAndComparesInConstantTime(t *testing.T) {
	t.Parallel()
	for path, compares := range map[string]string{
		"receiver.mjs": "timingSafeEqual(", "receiver.py": "hmac.compare_digest(", "Receiver.java": "MessageDigest.isEqual(",
		"go/main.go": "verifier.Read(",
	} {
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		sample := string(content)
		require.Contains(t, sample, compares, path)
		if path == "go/main.go" {
			continue // the client does the rest
		}
		for _, checked := range []string{"webhook-id", "webhook-timestamp", "webhook-signature", "5 * 60", "v1", "/v1/tasks/", "401"} {
			require.Contains(t, sample, checked, path)
		}
	}
}
