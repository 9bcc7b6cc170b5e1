package temporal_test

import (
	"context"
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/dengpan/dengpan/devstack/ports"
	"github.com/dengpan/dengpan/devstack/postgres"
	"github.com/dengpan/dengpan/devstack/temporal"
	"github.com/dengpan/dengpan/devstack/testbed"
)

const queue = "test"

// awaitWord ends with the word it is signalled.
func awaitWord(ctx workflow.Context) (string, error) {
	var word string
	workflow.GetSignalChannel(ctx, "word").Receive(ctx, &word)
	return word, nil
}

func TestAWorkflowSurvivesARestartOfTheServer(t *testing.T) {
	t.Parallel()
	options := temporal.Options{DatabaseURL: startPostgres(t), Address: freeAddress(t), LogPath: filepath.Join(t.TempDir(), "temporal.log")}
	before := time.Now()
	first, err := temporal.Start(t.Context(), options)
	require.NoError(t, err)
	t.Logf("first start, databases made: %s", time.Since(before))
	connection := dial(t, options.Address)
	run, err := connection.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: "w", TaskQueue: queue}, awaitWord)
	require.NoError(t, err)

	before = time.Now()
	require.NoError(t, first.Stop())
	t.Logf("stop: %s", time.Since(before))
	before = time.Now()
	second, err := temporal.Start(t.Context(), options)
	require.NoError(t, err)
	t.Logf("second start: %s", time.Since(before))
	t.Cleanup(func() { require.NoError(t, second.Stop()) })
	serve(t, connection)
	require.NoError(t, connection.SignalWorkflow(t.Context(), "w", "", "word", "still here"))

	var word string
	require.NoError(t, run.Get(t.Context(), &word))
	require.Equal(t, "still here", word)
}

func TestTheNamespaceKeepsHistoriesThirtyDays(t *testing.T) {
	t.Parallel()
	options := temporal.Options{DatabaseURL: startPostgres(t), Address: freeAddress(t), LogPath: filepath.Join(t.TempDir(), "temporal.log")}
	server, err := temporal.Start(t.Context(), options)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop()) })

	answer, err := dial(t, server.Address()).WorkflowService().DescribeNamespace(t.Context(),
		&workflowservice.DescribeNamespaceRequest{Namespace: temporal.DefaultNamespace})

	require.NoError(t, err)
	require.Equal(t, 30*24*time.Hour, answer.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration())
}

func TestADatabaseURLIsNeverRepeatedInAnError(t *testing.T) {
	t.Parallel()
	_, err := temporal.Start(t.Context(), temporal.Options{DatabaseURL: "postgres://u:secret@h:port/db"})
	require.Error(t, err)
	require.NotContains(t, err.Error(), "secret")
}

func startPostgres(t *testing.T) string {
	t.Helper()
	dir := testbed.Folder(t)
	cluster, err := postgres.Start(t.Context(), postgres.Options{Dir: filepath.Join(dir, "pg"), Fast: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, cluster.Stop()) })
	location, err := url.Parse(cluster.URL("postgres"))
	require.NoError(t, err)
	return location.String()
}

func freeAddress(t *testing.T) string {
	t.Helper()
	address, err := ports.FreeAddress()
	require.NoError(t, err)
	return address
}

func dial(t *testing.T, address string) client.Client {
	t.Helper()
	connection, err := client.DialContext(t.Context(), client.Options{HostPort: address, Namespace: temporal.DefaultNamespace})
	require.NoError(t, err)
	t.Cleanup(connection.Close)
	return connection
}

func serve(t *testing.T, connection client.Client) {
	t.Helper()
	w := worker.New(connection, queue, worker.Options{BackgroundActivityContext: context.WithoutCancel(t.Context())})
	w.RegisterWorkflow(awaitWord)
	require.NoError(t, w.Start())
	t.Cleanup(w.Stop)
}
