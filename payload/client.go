package payload

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	failurepb "go.temporal.io/api/failure/v1"
)

// Seal has a client of Temporal, and every worker that uses it, seal what it sends and open what it is sent.
func (k *Keys) Seal(options *client.Options) {
	options.DataConverter = k.Converter()
	options.FailureConverter = failures{DataConverter: k.Converter()}
	options.ConnectionOptions.DialOptions = append(options.ConnectionOptions.DialOptions, grpc.WithChainUnaryInterceptor(k.ahead))
}

// Converter turns values into sealed payloads, and back.
func (k *Keys) Converter() converter.DataConverter {
	return converter.NewCodecDataConverter(converter.GetDefaultDataConverter(), k.Codec())
}

// ahead reads the key of a task that a worker was given before the worker touches it. Inside a workflow a key that cannot
// be read would be an error of the workflow itself; here it is one of the poll, and the server gives the task out again.
func (k *Keys) ahead(
	ctx context.Context, method string, request, reply any, connection *grpc.ClientConn, invoke grpc.UnaryInvoker, options ...grpc.CallOption,
) error {
	if err := invoke(ctx, method, request, reply, connection, options...); err != nil {
		return err
	}
	var workflow string
	switch task := reply.(type) {
	case *workflowservice.PollWorkflowTaskQueueResponse:
		workflow = task.GetWorkflowExecution().GetWorkflowId()
	case *workflowservice.PollActivityTaskQueueResponse:
		workflow = task.GetWorkflowExecution().GetWorkflowId()
	}
	if workflow == "" {
		return nil // nothing was given out
	}
	const longest = 8 * time.Second // the server gives a task of a workflow out again after ten
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	if err := k.await(ctx, workflow); err != nil {
		return status.Error(codes.Unavailable, "the key of a workflow cannot be read: "+err.Error())
	}
	return nil
}

// failures seals the messages and stack traces of failures as well as their details.
type failures struct {
	converter.DataConverter

	workflow bool // it is known whose failures they are
}

var (
	_ converter.FailureConverter                         = failures{}
	_ converter.FailureConverterWithSerializationContext = failures{}
)

// WithSerializationContext is the converter for the failures of one workflow.
func (f failures) WithSerializationContext(sc converter.SerializationContext) converter.FailureConverter {
	return failures{DataConverter: converter.WithDataConverterSerializationContext(f.DataConverter, sc), workflow: true}
}

// ErrorToFailure seals an error. That a workflow's task failed, a worker reports without saying of which workflow, so there is no
// key to seal it with: it says of which type the error is, and no more. The worker's log has the rest.
func (f failures) ErrorToFailure(err error) *failurepb.Failure {
	if err == nil || f.workflow {
		return f.standard().ErrorToFailure(err)
	}
	return &failurepb.Failure{
		Message: "the worker's log says why", Source: "GoSDK",
		FailureInfo: &failurepb.Failure_ApplicationFailureInfo{
			ApplicationFailureInfo: &failurepb.ApplicationFailureInfo{Type: fmt.Sprintf("%T", err)},
		},
	}
}

// FailureToError opens an error.
func (f failures) FailureToError(failure *failurepb.Failure) error {
	return f.standard().FailureToError(failure)
}

func (f failures) standard() converter.FailureConverter {
	return temporal.NewDefaultFailureConverter(temporal.DefaultFailureConverterOptions{
		DataConverter: f.DataConverter, EncodeCommonAttributes: true,
	})
}
