package integration_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/delivery"
	"github.com/dengpan/dengpan/devstack/files"
	"github.com/dengpan/dengpan/devstack/ports"
	"github.com/dengpan/dengpan/devstack/postgres"
	"github.com/dengpan/dengpan/devstack/stack"
	"github.com/dengpan/dengpan/devstack/temporal"
	"github.com/dengpan/dengpan/devstack/testbed"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/mail/postbox"
	"github.com/dengpan/dengpan/payload"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/sms/gateway"
	"github.com/dengpan/dengpan/store"
)

func TestMain(m *testing.M) {
	stack.RunRole()
	os.Exit(m.Run())
}

// system is a whole installation of the product, every piece of it a process that can be killed.
type system struct {
	cluster     *postgres.Cluster
	temporal    *stack.Running
	api         *stack.Running
	worker      *stack.Running
	signer      *stack.Running
	institution *stack.Running
	registers   *stack.Running
	box         *postbox.Server
	gateway     *gateway.Server

	temporalService stack.Service
	store           *store.Store
	keys            *identity.Keyring
	payloads        *payload.Keys
	operator        string            // the operator's token
	apiKeys         map[string]string // by institution
	url             string
	simulator       string
	engine          client.Client
	product         stack.Product
	logs            string
}

// options of a system; the zero value is usual.
type options struct {
	// day is how long one of the programme's calendar lasts: two seconds unless set. A training takes eleven days, and no
	// deadline of five may pass while something is killed and comes back.
	day       time.Duration
	cacheSize string // of the worker
	silent    bool   // no institution is played: the test answers tasks itself
	registers bool   // public registers are played
	tells     bool   // a mail server and a gateway of short messages are played, in the test's own process
}

// newSystem starts an installation with the published institutions loaded.
func newSystem(t testing.TB, o options) *system {
	t.Helper()
	if o.day == 0 {
		o.day = 2 * time.Second
	}
	s := &system{logs: t.TempDir(), apiKeys: map[string]string{}}
	addresses := make([]string, 5)
	for i, port := range free(t, len(addresses)) {
		addresses[i] = fmt.Sprintf("127.0.0.1:%d", port)
	}
	s.startPostgres(t)
	s.startTemporal(t, addresses[0])
	s.url, s.simulator = "http://"+addresses[1], "http://"+addresses[3]

	keyset := filepath.Join(s.logs, "keyset.json")
	var err error
	s.keys, err = identity.CreateKeyring(keyset)
	require.NoError(t, err)
	require.NoError(t, s.cluster.CreateDatabase(t.Context(), "dengpan"))
	s.product = stack.Product{
		Program: testbed.Program(t), LogDir: s.logs,
		DatabaseFile: filepath.Join(s.logs, "database-url"), OwnerFile: filepath.Join(s.logs, "owner-database-url"), TemporalAddress: addresses[0],
		APIAddress: addresses[1], WorkerAddress: addresses[2], InstitutionAddress: addresses[3], SignerAddress: addresses[4],
		KeysetFile: keyset, SigningKeys: filepath.Join(s.logs, "signing-keys"), InstitutionFile: filepath.Join(s.logs, "institutions.json"),
		InstitutionState: filepath.Join(s.logs, "state.json"),
		Demo:             true, Day: o.day, CalendarAnchor: "2026-03-02@" + time.Now().UTC().Format(time.RFC3339),
	}
	if o.cacheSize != "" {
		s.product.Extra = []string{"DENGPAN_WORKFLOW_CACHE=" + o.cacheSize}
	}
	require.NoError(t, files.WriteSecret(s.product.DatabaseFile, s.cluster.ApplicationURL("dengpan")))
	require.NoError(t, files.WriteSecret(s.product.OwnerFile, s.cluster.URL("dengpan")))
	require.NoError(t, s.product.Migrate(t.Context()))
	s.seed(t)
	s.payloads = payload.NewKeys(s.store, s.keys)
	sealing := client.Options{HostPort: addresses[0], Namespace: temporal.DefaultNamespace}
	s.payloads.Seal(&sealing)
	s.engine, err = client.DialContext(t.Context(), sealing)
	require.NoError(t, err)
	t.Cleanup(s.engine.Close)
	if o.registers {
		s.product.RegistryAddress, s.product.RegistryDelay = fmt.Sprintf("127.0.0.1:%d", free(t, 1)[0]), time.Second
		s.product.RegistryState, s.product.ChannelSecret = filepath.Join(s.logs, "registers.jsonl"), filepath.Join(s.logs, "channel-secret")
		require.NoError(t, files.WriteSecret(s.product.ChannelSecret, delivery.NewSecret()))
		s.registers = s.start(t, stack.RegistryRole)
	}
	if o.tells {
		s.startTelling(t)
	}
	s.api = s.start(t, stack.APIRole)
	s.worker = s.start(t, stack.WorkerRole)
	require.NoError(t, stack.CreateSigningKeys(s.product.SigningKeys))
	s.signer = s.start(t, stack.SignerRole)
	if !o.silent {
		s.institution = s.start(t, stack.InstitutionRole)
	}
	return s
}

func free(t testing.TB, n int) []int {
	t.Helper()
	found, err := ports.Free(n)
	require.NoError(t, err)
	return found
}

func (s *system) startPostgres(t testing.TB) {
	t.Helper()
	dir := testbed.Folder(t)
	var err error
	s.cluster, err = postgres.Start(t.Context(), postgres.Options{Dir: filepath.Join(dir, "pg"), Fast: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.cluster.Stop()) })
}

func (s *system) startTemporal(t testing.TB, address string) {
	t.Helper()
	var err error
	s.temporalService, err = stack.TemporalService(temporal.Options{
		DatabaseURL: s.cluster.URL("postgres"), Address: address, LogPath: filepath.Join(s.logs, "temporal.log"),
	})
	require.NoError(t, err)
	s.temporal, err = s.temporalService.Start(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.temporal.Stop()) })
}

// start runs a role of the product until the test ends.
func (s *system) start(t testing.TB, role string) *stack.Running {
	t.Helper()
	running, err := s.product.Service(role).Start(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, running.Stop()) })
	return running
}

// log reads what a role wrote.
func (s *system) log(t testing.TB, role string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(s.logs, role+".log"))
	require.NoError(t, err)
	return string(content)
}

// seed gives the operator a token, and every institution a key and a callback.
func (s *system) seed(t testing.TB) {
	t.Helper()
	var err error
	s.store, err = store.Open(t.Context(), s.cluster.ApplicationURL("dengpan"), s.keys)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.store.Close()) })
	s.operator = s.token(t, store.Account{Role: store.RoleOperator})

	type played struct {
		ID            string `json:"id"`
		Name          string `json:"name"`
		APIKey        string `json:"api_key"`
		WebhookSecret string `json:"webhook_secret"`
	}
	var all []played
	rules, err := policy.Load("beijing-2023", true)
	require.NoError(t, err)
	for _, body := range rules.Lists().Bodies {
		if s.apiKeys[body.InstitutionID] != "" {
			continue
		}
		key := s.token(t, store.Account{Role: store.RoleInstitution, InstitutionID: &body.InstitutionID})
		s.apiKeys[body.InstitutionID] = key
		secret := delivery.NewSecret()
		sealed, err := s.keys.Seal([]byte(secret), store.SecretSeal(body.InstitutionID))
		require.NoError(t, err)
		require.NoError(t, s.store.Read(t.Context()).SaveEndpoint(store.Endpoint{
			ID: uuid.NewString(), InstitutionID: body.InstitutionID,
			URL: s.simulator + "/institutions/" + body.InstitutionID + "/callbacks",
		}))
		require.NoError(t, s.store.Read(t.Context()).AddEndpointSecret(store.EndpointSecret{
			ID: uuid.NewString(), InstitutionID: body.InstitutionID, Kind: store.SecretHMAC, SecretSealed: sealed,
		}))
		all = append(all, played{ID: body.InstitutionID, Name: body.Name, APIKey: key, WebhookSecret: secret})
	}
	file, err := json.Marshal(map[string]any{"institutions": all, "delay": "100ms"})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(s.logs, "institutions.json"), file, 0o600))
}

func (s *system) token(t testing.TB, account store.Account) string {
	t.Helper()
	var token string
	require.NoError(t, s.store.Tx(t.Context(), func(tx *store.Tx) (err error) {
		_, token, err = tx.CreateToken(account, "test")
		return err
	}))
	return token
}

// born is the birthday of every synthetic trainee.
var born = calendar.NewDate(1990, time.May, 4)
