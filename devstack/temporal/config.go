package temporal

import (
	"fmt"
	"net"
	"net/url"
	"strconv"
	"time"

	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/dynamicconfig"
	"go.temporal.io/server/common/membership/static"
	postgresplugin "go.temporal.io/server/common/persistence/sql/sqlplugin/postgresql"
	"go.temporal.io/server/common/primitives"

	"github.com/dengpan/dengpan/devstack/ports"
)

// historyShards is fixed for the life of a database: the server refuses to change it.
const historyShards = 64

// The server's own databases. Visibility has one to itself, so that listing cases for a person does
// not contend with running them.
const (
	mainDatabase       = "temporal"
	visibilityDatabase = "temporal_visibility"
)

// clusterName is how the server calls itself in its metadata.
const clusterName = "active"

// store describes one database to the server, on the PostgreSQL server that the URL names.
func store(server *url.URL, database string, connections int) *config.SQL {
	password, _ := server.User.Password()
	address := server.Host
	if server.Port() == "" {
		address = net.JoinHostPort(server.Hostname(), "5432")
	}
	attributes := make(map[string]string)
	for name := range server.Query() {
		attributes[name] = server.Query().Get(name)
	}
	return &config.SQL{
		PluginName:        postgresplugin.PluginNamePGX,
		ConnectAddr:       address,
		ConnectProtocol:   "tcp",
		ConnectAttributes: attributes,
		User:              url.QueryEscape(server.User.Username()),
		Password:          password,
		DatabaseName:      database,
		MaxConns:          connections,
		MaxIdleConns:      connections,
		MaxConnLifetime:   time.Hour,
	}
}

// hosts are the addresses of the services that share this process.
type hosts map[primitives.ServiceName]string

func allot(frontend string) (hosts, error) {
	inner := []primitives.ServiceName{primitives.HistoryService, primitives.MatchingService, primitives.WorkerService}
	free, err := ports.Free(len(inner))
	if err != nil {
		return nil, err
	}
	all := hosts{primitives.FrontendService: frontend}
	for i, service := range inner {
		all[service] = net.JoinHostPort("127.0.0.1", strconv.Itoa(free[i]))
	}
	return all, nil
}

// static tells each service where the others are. Without it they would form a gossip ring through
// the database, in which the addresses of a killed server linger and hold up the next one.
func (h hosts) static() map[primitives.ServiceName]static.Hosts {
	fixed := make(map[primitives.ServiceName]static.Hosts, len(h))
	for service, address := range h {
		fixed[service] = static.SingleLocalHost(address)
	}
	return fixed
}

func (h hosts) services() (map[string]config.Service, error) {
	services := make(map[string]config.Service, len(h))
	for service, address := range h {
		host, port, err := net.SplitHostPort(address)
		if err != nil {
			return nil, fmt.Errorf("read the address of %s: %w", service, err)
		}
		number, err := strconv.Atoi(port)
		if err != nil {
			return nil, fmt.Errorf("read the port of %s: %w", service, err)
		}
		ip := net.ParseIP(host)
		if host == "localhost" {
			ip = net.IPv4(127, 0, 0, 1)
		}
		if ip == nil {
			return nil, fmt.Errorf("the address of Temporal's %s must be an IP address, not %q", service, host)
		}
		services[string(service)] = config.Service{RPC: config.RPC{GRPCPort: number, BindOnIP: ip.String()}}
	}
	return services, nil
}

func serverConfig(database *url.URL, addresses hosts) (*config.Config, error) {
	services, err := addresses.services()
	if err != nil {
		return nil, err
	}
	frontend := addresses[primitives.FrontendService]
	disabled := config.ArchivalNamespaceDefaults{
		History:    config.HistoryArchivalNamespaceDefaults{State: "disabled"},
		Visibility: config.VisibilityArchivalNamespaceDefaults{State: "disabled"},
	}
	return &config.Config{
		Global: config.Global{
			Membership: config.Membership{MaxJoinDuration: 10 * time.Second, BroadcastAddress: "127.0.0.1"},
		},
		Persistence: config.Persistence{
			DefaultStore:     mainDatabase,
			VisibilityStore:  visibilityDatabase,
			NumHistoryShards: historyShards,
			DataStores: map[string]config.DataStore{
				mainDatabase:       {SQL: store(database, mainDatabase, 24)},
				visibilityDatabase: {SQL: store(database, visibilityDatabase, 8)},
			},
		},
		ClusterMetadata: &cluster.Config{
			FailoverVersionIncrement: 10,
			MasterClusterName:        clusterName,
			CurrentClusterName:       clusterName,
			ClusterInformation: map[string]cluster.ClusterInformation{
				clusterName: {Enabled: true, InitialFailoverVersion: 1, RPCAddress: frontend},
			},
		},
		DCRedirectionPolicy: config.DCRedirectionPolicy{Policy: "noop"},
		Services:            services,
		Archival: config.Archival{
			History:    config.HistoryArchival{State: "disabled"},
			Visibility: config.VisibilityArchival{State: "disabled"},
		},
		NamespaceDefaults: config.NamespaceDefaults{Archival: disabled},
		PublicClient:      config.PublicClient{HostPort: frontend},
	}, nil
}

// settings are the dynamic configuration: what the product relies on, and what one machine is
// better served by than the defaults made for a fleet.
func settings() dynamicconfig.StaticClient {
	return dynamicconfig.StaticClient{
		// Relied on.
		dynamicconfig.WorkflowPauseEnabled.Key():                               true,
		dynamicconfig.FrontendEnableUpdateWorkflowExecution.Key():              true,
		dynamicconfig.FrontendEnableUpdateWorkflowExecutionAsyncAccepted.Key(): true,
		dynamicconfig.EnableEagerWorkflowStart.Key():                           true,
		dynamicconfig.EnableActivityEagerExecution.Key():                       true,
		// A workflow whose task fails twice in a row is listed as one that has problems; the default waits for five, which takes
		// a minute.
		dynamicconfig.NumConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute.Key(): 2,
		// The default is 10 a second, which a console page with counts exceeds alone.
		dynamicconfig.FrontendMaxNamespaceVisibilityRPSPerInstance.Key(): 1000,

		// One machine.
		dynamicconfig.FrontendRPS.Key():                         20000,
		dynamicconfig.FrontendMaxNamespaceRPSPerInstance.Key():  20000,
		dynamicconfig.MatchingNumTaskqueueReadPartitions.Key():  1,
		dynamicconfig.MatchingNumTaskqueueWritePartitions.Key(): 1,
		// New search attributes and namespaces are seen at once instead of a minute later.
		dynamicconfig.ForceSearchAttributesCacheRefreshOnRead.Key(): true,
		dynamicconfig.NamespaceCacheRefreshInterval.Key():           time.Second,
	}
}
