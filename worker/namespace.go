package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/dengpan/dengpan/contract"
)

// retention is how long Temporal keeps the history of a case that has ended. The record keeps the case itself.
const retention = 30 * 24 * time.Hour

// PrepareNamespace makes sure that the namespace and the search attributes are there. It waits for the server, and for
// the namespace to become known to all of it, as long as the context lasts.
func PrepareNamespace(ctx context.Context, c client.Client, namespace string) error {
	return eventually(ctx, func(ctx context.Context) error {
		_, err := c.WorkflowService().RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
			Namespace: namespace, WorkflowExecutionRetentionPeriod: durationpb.New(retention),
		})
		if _, exists := errors.AsType[*serviceerror.NamespaceAlreadyExists](err); err != nil && !exists {
			return fmt.Errorf("register namespace %s: %w", namespace, err)
		}
		keyword := enumspb.INDEXED_VALUE_TYPE_KEYWORD
		_, err = c.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{
			Namespace: namespace,
			SearchAttributes: map[string]enumspb.IndexedValueType{
				contract.AttributeOccupation: keyword,
				contract.AttributeLevel:      keyword,
				contract.AttributeStuck:      keyword,
			},
		})
		if _, exists := errors.AsType[*serviceerror.AlreadyExists](err); err != nil && !exists {
			return fmt.Errorf("register search attributes: %w", err)
		}
		return nil
	})
}

// eventually repeats what a server that is still starting refuses.
func eventually(ctx context.Context, do func(context.Context) error) error {
	for {
		attempt, cancel := context.WithTimeout(ctx, 5*time.Second)
		err := do(attempt)
		cancel()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(500 * time.Millisecond):
		}
	}
}
