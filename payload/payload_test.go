package payload

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/store/storetest"
)

const (
	secret = "张三丰 11010519491231002X"
	one    = "case/1"
	other  = "case/2"
)

// world is a record with a keyring, and the keys of one process.
type world struct {
	address string
	store   *store.Store
	ring    *identity.Keyring
	keys    *Keys
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{address: storetest.NewURL(t)}
	var err error
	w.ring, err = identity.NewKeyring()
	require.NoError(t, err)
	w.store, err = store.Open(t.Context(), storetest.Application(t, w.address), w.ring)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, w.store.Close()) })
	w.keys = w.process()
	return w
}

// process is the keys of another process: it has read none yet.
func (w *world) process() *Keys { return NewKeys(w.store, w.ring) }

// away makes the database one that cannot be reached, and returns what brings it back.
func (w *world) away(t testing.TB) (back func()) {
	t.Helper()
	address, err := url.Parse(w.address)
	require.NoError(t, err)
	name := pgx.Identifier{strings.TrimPrefix(address.Path, "/")}.Sanitize()
	address.Path = "/postgres"
	server, err := sql.Open("pgx", address.String())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	run := func(statement string, arguments ...any) {
		_, err := server.ExecContext(t.Context(), statement, arguments...)
		require.NoError(t, err)
	}
	run("ALTER DATABASE " + name + " ALLOW_CONNECTIONS false")
	run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", strings.Trim(name, `"`))
	return func() { run("ALTER DATABASE " + name + " ALLOW_CONNECTIONS true") }
}

func (w *world) destroy(t testing.TB, workflow string) {
	t.Helper()
	require.NoError(t, w.store.Read(t.Context()).DestroyPayloadKey(workflow, time.Now().UTC()))
}

// of is how the SDK asks for a workflow's converter.
func of(k *Keys, workflow string) converter.DataConverter {
	return converter.WithDataConverterSerializationContext(k.Converter(), converter.WorkflowSerializationContext{WorkflowID: workflow})
}

func seal(t testing.TB, k *Keys, workflow string) *commonpb.Payload {
	t.Helper()
	sealed, err := of(k, workflow).ToPayload(secret)
	require.NoError(t, err)
	return sealed
}

func TestWhatIsSealedShowsNothingAndOpensForItsWorkflowOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sealed := seal(t, w.keys, one)
	raw, err := proto.Marshal(sealed)
	require.NoError(t, err)
	for _, part := range []string{"张三丰", "11010519491231002X", "json/plain"} {
		require.False(t, bytes.Contains(raw, []byte(part)), part)
	}
	require.NotEqual(t, sealed.GetData(), seal(t, w.keys, one).GetData(), "what is equal does not look equal")

	var opened string
	require.NoError(t, of(w.process(), one).FromPayload(sealed, &opened))
	require.Equal(t, secret, opened)
	require.NoError(t, w.process().Converter().FromPayload(sealed, &opened), "a payload says itself whose it is")
	require.ErrorIs(t, of(w.keys, other).FromPayload(sealed, &opened), ErrSealed)

	its, err := w.keys.of(t.Context(), one, false)
	require.NoError(t, err)
	_, err = its.open(sealed, other)
	require.ErrorIs(t, err, ErrSealed, "even under the same key")
	seal(t, w.keys, other)
	moved := proto.CloneOf(sealed)
	moved.Metadata[metadataKey] = []byte(other)
	require.ErrorIs(t, of(w.keys, other).FromPayload(moved, &opened), ErrSealed, "renamed to another workflow")
	changed := proto.CloneOf(sealed)
	changed.Data[len(changed.GetData())-1] ^= 1
	require.ErrorIs(t, of(w.keys, one).FromPayload(changed, &opened), ErrSealed)
}

func TestAnActivitysPayloadsAreItsWorkflows(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	local := converter.WithDataConverterSerializationContext(w.keys.Converter(),
		converter.ActivitySerializationContext{WorkflowID: one, IsLocal: true})
	sealed, err := local.ToPayloads(secret, 7)
	require.NoError(t, err)
	var (
		text   string
		number int
	)
	require.NoError(t, of(w.keys, one).FromPayloads(sealed, &text, &number))
	require.Equal(t, secret, text)
	require.Equal(t, 7, number)
}

func TestPayloadsOfBeforeThereWereKeysStillOpen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	plain, err := converter.GetDefaultDataConverter().ToPayload(secret)
	require.NoError(t, err)
	var opened string
	require.NoError(t, of(w.keys, one).FromPayload(plain, &opened))
	require.Equal(t, secret, opened)
	_, err = w.store.Read(t.Context()).PayloadKey(one)
	require.ErrorIs(t, err, store.ErrNotFound, "opening makes no key")
}

func TestAPayloadOfNoWorkflowIsNotSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.keys.Converter().ToPayload(secret)
	require.ErrorIs(t, err, ErrNoWorkflow)
}

func TestAWorkflowHasOneKeyHoweverManyProcessesAskAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const processes = 16
	sealed := make([]*commonpb.Payload, processes)
	var wg sync.WaitGroup
	for i := range sealed {
		wg.Go(func() { sealed[i], _ = of(w.process(), one).ToPayload(secret) })
	}
	wg.Wait()
	// Whoever looked before there was one, and comes after another, takes the other's.
	again, err := w.process().create(w.store.Read(t.Context()), one)
	require.NoError(t, err)
	given, err := w.store.Read(t.Context()).PayloadKey(one)
	require.NoError(t, err)
	require.Equal(t, given.KeySealed, again.KeySealed)
	late := w.process()
	for _, p := range sealed {
		var opened string
		require.NoError(t, of(late, one).FromPayload(p, &opened))
		require.Equal(t, secret, opened)
	}
}

func TestAProcessAsksForAKeyOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sealed := seal(t, w.keys, one)
	w.destroy(t, one) // which it would notice if it asked again
	var opened string
	require.NoError(t, of(w.keys, one).FromPayload(sealed, &opened))
	seal(t, w.keys, one)
}

func TestADatabaseThatIsAwayTakesNoKeyFromAProcessThatHasIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sealed := seal(t, w.keys, one)
	w.keys.now = func() time.Time { return time.Now().Add(10 * fresh) }
	w.away(t)
	var opened string
	require.NoError(t, of(w.keys, one).FromPayload(sealed, &opened))
	require.Error(t, of(w.process(), one).FromPayload(sealed, &opened), "one that never had it cannot open it")
}

func TestDestroyingAKeyErasesWhatItSealed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sealed := seal(t, w.keys, one)
	kept := seal(t, w.keys, other)
	w.destroy(t, one)
	w.destroy(t, one) // again, to no effect
	row, err := w.store.Read(t.Context()).PayloadKey(one)
	require.NoError(t, err)
	require.Nil(t, row.KeySealed)
	require.NotNil(t, row.DestroyedAt)

	var opened string
	require.ErrorIs(t, of(w.process(), one).FromPayload(sealed, &opened), ErrDestroyed)
	_, err = of(w.process(), one).ToPayload(secret)
	require.ErrorIs(t, err, ErrDestroyed, "it is given no other")
	require.NoError(t, of(w.process(), other).FromPayload(kept, &opened))

	w.keys.now = func() time.Time { return time.Now().Add(fresh) }
	require.ErrorIs(t, of(w.keys, one).FromPayload(sealed, &opened), ErrDestroyed, "and a process that had it asks again in time")
}

func TestAWorkflowWhoseKeyIsDestroyedBeforeItHadOneGetsNone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.destroy(t, one)
	_, err := of(w.keys, one).ToPayload(secret)
	require.ErrorIs(t, err, ErrDestroyed)
}

func TestFailuresAreSealedWithTheirMessagesTracesAndDetails(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var options client.Options
	w.keys.Seal(&options)
	its := converter.WithFailureConverterSerializationContext(options.FailureConverter,
		converter.ActivitySerializationContext{WorkflowID: one})
	failure := its.ErrorToFailure(temporal.NewApplicationErrorWithCause("message "+secret, "kind", errors.New("cause "+secret), "detail "+secret))
	raw, err := proto.Marshal(failure)
	require.NoError(t, err)
	require.False(t, bytes.Contains(raw, []byte("张三丰")))
	require.Equal(t, "kind", failure.GetApplicationFailureInfo().GetType(), "by which callers decide")

	opened, is := errors.AsType[*temporal.ApplicationError](its.FailureToError(failure))
	require.True(t, is)
	require.Equal(t, "message "+secret, opened.Message())
	var detail string
	require.NoError(t, opened.Details(&detail))
	require.Equal(t, "detail "+secret, detail)
	require.ErrorContains(t, opened.Unwrap(), "cause "+secret)
}

func TestAFailureOfNoWorkflowSaysItsTypeAndNoMore(t *testing.T) {
	t.Parallel()
	var options client.Options
	newWorld(t).keys.Seal(&options)
	failure := options.FailureConverter.ErrorToFailure(temporal.NewApplicationError("message "+secret, "kind", "detail "+secret))
	require.NotContains(t, failure.String(), secret)
	require.Equal(t, "*internal.ApplicationError", failure.GetApplicationFailureInfo().GetType())
	require.Nil(t, options.FailureConverter.ErrorToFailure(nil))
}

func TestATaskIsTakenOnceItsKeyCanBeRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sealed := seal(t, w.process(), one)
	back := w.away(t)
	poll := func(ctx context.Context) error {
		invoke := func(_ context.Context, _ string, _, reply any, _ *grpc.ClientConn, _ ...grpc.CallOption) error {
			reply.(*workflowservice.PollWorkflowTaskQueueResponse).WorkflowExecution = &commonpb.WorkflowExecution{WorkflowId: one}
			return nil
		}
		return w.keys.ahead(ctx, "", nil, &workflowservice.PollWorkflowTaskQueueResponse{}, nil, invoke)
	}
	brief, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	require.Equal(t, codes.Unavailable, status.Code(poll(brief)), "the server gives it out again")

	taken := make(chan error, 1)
	go func() { taken <- poll(t.Context()) }()
	back()
	require.NoError(t, <-taken)
	w.away(t)
	var opened string
	require.NoError(t, of(w.keys, one).FromPayload(sealed, &opened), "it is there before the workflow wants it")
}
