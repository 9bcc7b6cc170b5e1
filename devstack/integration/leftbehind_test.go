package integration_test

import (
	"bytes"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/proxy"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/proto"

	"github.com/dengpan/dengpan/devstack/temporal"
)

// recorder keeps what was said.
type recorder struct {
	mu   sync.Mutex
	n    int
	said bytes.Buffer
}

func (r *recorder) add(parts ...[]byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.n++
	for _, part := range parts {
		r.said.Write(part)
		r.said.WriteByte('\n')
	}
}

func (r *recorder) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.n
}

func (r *recorder) all() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	return bytes.Clone(r.said.Bytes())
}

// listen has the callbacks of all institutions pass through an ear of ours.
func (g *garden) listen(t *testing.T) {
	t.Helper()
	to, err := url.Parse(g.simulator)
	require.NoError(t, err)
	onward := httputil.NewSingleHostReverseProxy(to)
	ear := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		var head bytes.Buffer
		_ = r.Header.Write(&head)
		g.calls.add([]byte(r.URL.String()), head.Bytes(), body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		onward.ServeHTTP(w, r)
	}))
	t.Cleanup(ear.Close)
	g.exec(t, "dengpan", "UPDATE endpoints SET url = replace(url, $1, $2)", g.simulator, ear.URL)
}

func (g *garden) exec(t *testing.T, database, statement string, arguments ...any) {
	t.Helper()
	db, err := sql.Open("pgx", g.cluster.URL(database))
	require.NoError(t, err)
	defer db.Close()
	_, err = db.ExecContext(t.Context(), statement, arguments...)
	require.NoError(t, err)
}

// leftBehind is everything that the system has written down or said, by where.
func (g *garden) leftBehind(t *testing.T) map[string][]byte {
	t.Helper()
	all := map[string][]byte{"callbacks": g.calls.all(), "what the API said when it refused": g.answers.all()}
	databases, err := g.cluster.Databases(t.Context())
	require.NoError(t, err)
	for _, name := range databases {
		all["database "+name], err = g.cluster.Dump(t.Context(), name)
		require.NoError(t, err)
	}
	logs, err := filepath.Glob(filepath.Join(g.logs, "*.log"))
	require.NoError(t, err)
	for _, path := range append(logs, g.cluster.LogPath()) {
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		// A log that is empty gives nothing away.
		all["log "+filepath.Base(path)] = append([]byte("-\n"), content...)
	}
	for role, address := range map[string]string{
		"API": g.product.APIAddress, "worker": g.product.WorkerAddress, "signer": g.product.SignerAddress,
	} {
		all["figures of the "+role] = fetch(t, "http://"+address+"/metrics")
	}
	g.addHistories(t, all)
	return all
}

func fetch(t *testing.T, address string) []byte {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, response.StatusCode, address)
	return content
}

// addHistories adds the list of all workflows, and the history of each: as Temporal keeps it, and opened.
func (g *garden) addHistories(t *testing.T, all map[string][]byte) {
	t.Helper()
	list, err := g.engine.ListWorkflow(t.Context(), &workflowservice.ListWorkflowExecutionsRequest{Namespace: temporal.DefaultNamespace, PageSize: 1000})
	require.NoError(t, err)
	raw, err := proto.Marshal(list)
	require.NoError(t, err)
	all["the list of workflows"] = raw
	for _, workflow := range list.GetExecutions() {
		id, run := workflow.GetExecution().GetWorkflowId(), workflow.GetExecution().GetRunId()
		var history historypb.History
		events := g.engine.GetWorkflowHistory(t.Context(), id, run, false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		for events.HasNext() {
			event, err := events.Next()
			require.NoError(t, err)
			history.Events = append(history.Events, event)
		}
		sealed, err := proto.Marshal(&history)
		require.NoError(t, err)
		all["the history of "+id] = sealed
		if strings.HasPrefix(id, "control/") {
			continue
		}
		open := func(_ *proxy.VisitPayloadsContext, payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
			for _, p := range payloads {
				require.Equal(t, "binary/encrypted", string(p.GetMetadata()["encoding"]), "not sealed, in the history of %s: %s", id, p.GetData())
			}
			return g.payloads.Codec().Decode(payloads)
		}
		require.NoError(t, proxy.VisitPayloads(t.Context(), &history, proxy.VisitPayloadsOptions{Visitor: open, SkipSearchAttributes: true}))
		opened, err := proto.Marshal(&history)
		require.NoError(t, err)
		require.NotEqual(t, sealed, opened)
		all["the opened history of "+id] = opened
	}
}

// writeLog writes a line as the product would.
func (g *garden) writeLog(t *testing.T, name, message string, attributes ...any) {
	t.Helper()
	file, err := os.Create(filepath.Join(g.logs, name))
	require.NoError(t, err)
	defer file.Close()
	slog.New(slog.NewJSONHandler(file, nil)).Error(message, attributes...)
}

// writtenAs is a text in the forms in which it could come out.
func writtenAs(text string) map[string]string {
	return map[string]string{
		"plain text":    text,
		"escapes":       strings.Trim(strconv.QuoteToASCII(text), `"`),
		"percent signs": url.QueryEscape(text),
		"hexadecimal":   hex.EncodeToString([]byte(text)),
		"base64":        base64.StdEncoding.EncodeToString([]byte("{" + text + "}")),
	}
}
