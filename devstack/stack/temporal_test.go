package stack_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/dengpan/dengpan/devstack/ports"
	"github.com/dengpan/dengpan/devstack/postgres"
	"github.com/dengpan/dengpan/devstack/stack"
	"github.com/dengpan/dengpan/devstack/temporal"
	"github.com/dengpan/dengpan/devstack/testbed"
	"github.com/dengpan/dengpan/devstack/ui"
)

func TestMain(m *testing.M) {
	stack.RunRole()
	os.Exit(m.Run())
}

const queue = "test"

// awaitWord ends with the word it is signalled.
func awaitWord(ctx workflow.Context) (string, error) {
	var word string
	workflow.GetSignalChannel(ctx, "word").Receive(ctx, &word)
	return word, nil
}

func TestAWorkflowSurvivesKillingTheServer(t *testing.T) {
	t.Parallel()
	service := temporalService(t, startPostgres(t))
	server, err := service.Start(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop()) })
	connection, run := begin(t, server, service)

	server.Kill9()
	before := time.Now()
	require.NoError(t, server.Start(t.Context()))
	t.Logf("boot after kill -9: %s", time.Since(before))

	finish(t, connection, run)
}

func TestAWorkflowSurvivesKillingPostgreSQL(t *testing.T) {
	t.Parallel()
	cluster := startPostgres(t)
	service := temporalService(t, cluster)
	server, err := service.Start(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop()) })
	connection, run := begin(t, server, service)

	cluster.Kill()
	require.NoError(t, cluster.Recover(t.Context()))
	before := time.Now()
	require.NoError(t, service.AwaitReady(t.Context(), server.Done()))
	t.Logf("Temporal answers again after: %s", time.Since(before))

	finish(t, connection, run)
}

func TestTheInterfaceServesItsPageAndReachesTheServer(t *testing.T) {
	t.Parallel()
	service := temporalService(t, startPostgres(t))
	server, err := service.Start(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop()) })
	address, err := ports.FreeAddress()
	require.NoError(t, err)
	page, err := stack.UIService(ui.Options{
		Address: address, TemporalAddress: service.Spec.Args[2], Namespace: temporal.DefaultNamespace, APIURL: "http://127.0.0.1:1",
	}, filepath.Join(t.TempDir(), "ui.log"))
	require.NoError(t, err)
	before := time.Now()
	running, err := page.Start(t.Context())
	require.NoError(t, err)
	t.Logf("interface up after: %s", time.Since(before))
	t.Cleanup(func() { require.NoError(t, running.Stop()) })

	require.Contains(t, get(t, "http://"+address+"/"), "<html")
	require.Contains(t, get(t, "http://"+address+"/api/v1/namespaces/dengpan"), "dengpan")
	require.Contains(t, get(t, "http://"+address+"/api/v1/settings"), `"Endpoint":"http://127.0.0.1:1/v1/codec"`)
}

func get(t *testing.T, url string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	require.NoError(t, err)
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, answer.StatusCode, string(body))
	return string(body)
}

func startPostgres(t *testing.T) *postgres.Cluster {
	t.Helper()
	dir := testbed.Folder(t)
	cluster, err := postgres.Start(t.Context(), postgres.Options{Dir: filepath.Join(dir, "pg"), Fast: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, cluster.Stop()) })
	return cluster
}

func temporalService(t *testing.T, cluster *postgres.Cluster) stack.Service {
	t.Helper()
	address, err := ports.FreeAddress()
	require.NoError(t, err)
	service, err := stack.TemporalService(temporal.Options{
		DatabaseURL: cluster.URL("postgres"), Address: address, LogPath: filepath.Join(t.TempDir(), "temporal.log"),
	})
	require.NoError(t, err)
	return service
}

// begin starts a workflow that no worker serves yet.
func begin(t *testing.T, _ *stack.Running, service stack.Service) (client.Client, client.WorkflowRun) {
	t.Helper()
	connection, err := client.DialContext(t.Context(), client.Options{HostPort: service.Spec.Args[2], Namespace: temporal.DefaultNamespace})
	require.NoError(t, err)
	t.Cleanup(connection.Close)
	run, err := connection.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: "w", TaskQueue: queue}, awaitWord)
	require.NoError(t, err)
	return connection, run
}

// finish serves the workflow, signals it and takes its result.
func finish(t *testing.T, connection client.Client, run client.WorkflowRun) {
	t.Helper()
	w := worker.New(connection, queue, worker.Options{})
	w.RegisterWorkflow(awaitWord)
	require.NoError(t, w.Start())
	t.Cleanup(w.Stop)
	require.NoError(t, connection.SignalWorkflow(t.Context(), "w", "", "word", "still here"))
	before := time.Now()
	var word string
	require.NoError(t, run.Get(t.Context(), &word))
	t.Logf("workflow ended after: %s", time.Since(before))
	require.Equal(t, "still here", word)
}
