package temporal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"google.golang.org/protobuf/types/known/durationpb"
)

// retention is how long a closed workflow's history is kept. The record of the programme is in the
// product's own tables; this is for looking back at how a case ran.
const retention = 30 * 24 * time.Hour

// startTimeout covers a first start on a slow machine.
const startTimeout = 90 * time.Second

// Ready waits until the server at address answers, registers the namespace if it does not exist,
// and returns when a workflow could be started in it.
func Ready(ctx context.Context, address, namespace string) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	connection, err := client.NewLazyClient(client.Options{HostPort: address, Namespace: namespace, Logger: silent{}})
	if err != nil {
		return fmt.Errorf("make a Temporal client: %w", err)
	}
	defer connection.Close()
	for {
		err := probe(ctx, connection, namespace)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the Temporal server at %s did not become ready: %w", address, err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func probe(ctx context.Context, connection client.Client, namespace string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	service := connection.WorkflowService()
	_, err := service.DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: namespace})
	if notFound := new(serviceerror.NamespaceNotFound); errors.As(err, &notFound) {
		_, err = service.RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
			Namespace:                        namespace,
			Description:                      "Dengpan: one workflow per case",
			WorkflowExecutionRetentionPeriod: durationpb.New(retention),
		})
		if exists := new(serviceerror.NamespaceAlreadyExists); errors.As(err, &exists) {
			err = nil
		}
	}
	if err != nil {
		return err
	}
	// Asking after a workflow that does not exist goes the whole way to the shard that would hold it.
	_, err = connection.DescribeWorkflowExecution(ctx, "readiness-probe", "")
	if absent := new(serviceerror.NotFound); errors.As(err, &absent) {
		return nil
	}
	return err
}

// silent keeps the client from writing about a server that is not up yet.
type silent struct{}

var _ log.Logger = silent{}

func (silent) Debug(string, ...any) {}
func (silent) Info(string, ...any)  {}
func (silent) Warn(string, ...any)  {}
func (silent) Error(string, ...any) {}
