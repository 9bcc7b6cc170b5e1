package house_test

import (
	"net"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/stretchr/testify/require"
)

// pinned is an image by one exact release: two numbers and more, or a digest. postgres:15.18 and server:1.32.1 are;
// alpine:3, postgres:15 and anything:latest are not.
var pinned = regexp.MustCompile(`^[a-z0-9./-]+(:v?\d+\.\d+[\w.-]*|@sha256:[0-9a-f]{64})$`)

// compose loads docker-compose.yml as `docker compose config` does: interpolated, validated against the schema, merged,
// and its references between services, volumes and networks checked.
func compose(t *testing.T) *types.Project {
	t.Helper()
	options, err := cli.NewProjectOptions(
		[]string{filepath.Join(root, "docker-compose.yml")},
		cli.WithEnv(nil), cli.WithResolvedPaths(true), cli.WithConsistency(true), cli.WithNormalization(true),
	)
	require.NoError(t, err)
	project, err := options.LoadProject(t.Context())
	require.NoError(t, err)
	return project
}

// oneShot reports whether a service does its work and ends.
func oneShot(service types.ServiceConfig) bool { return service.Restart == "no" }

func TestComposeHoldsTheWholeSystem(t *testing.T) {
	t.Parallel()
	require.ElementsMatch(t, []string{
		"postgres", "temporal-schema", "temporal", "temporal-ui", "migrate", "prepare", "api", "worker",
		"prepare-signer", "signer", "institution", "gateway", "mail",
	}, compose(t).ServiceNames())
}

func TestComposeTellsWhetherEachServiceIsWell(t *testing.T) {
	t.Parallel()
	for name, service := range compose(t).Services {
		if oneShot(service) {
			require.Nil(t, service.HealthCheck, "%s ends: there is nothing to check", name)
			continue
		}
		require.NotNil(t, service.HealthCheck, "%s has no health check", name)
		require.NotEmpty(t, service.HealthCheck.Test, name)
		require.NotEqual(t, "NONE", service.HealthCheck.Test[0], name)
		require.NotNil(t, service.HealthCheck.Interval, name)
		require.NotNil(t, service.HealthCheck.Timeout, name)
		require.Equal(t, "unless-stopped", service.Restart, "%s comes back after a crash", name)
	}
}

func TestComposeStartsEachServiceOnlyWhenWhatItNeedsIsThere(t *testing.T) {
	t.Parallel()
	project := compose(t)
	for name, service := range project.Services {
		for needed, dependency := range service.DependsOn {
			want := types.ServiceConditionHealthy
			if oneShot(project.Services[needed]) {
				want = types.ServiceConditionCompletedSuccessfully
			}
			require.Equal(t, want, dependency.Condition, "%s waits for %s", name, needed)
		}
	}
	// The order that matters, spelled out.
	require.Contains(t, project.Services["temporal"].DependsOn, "temporal-schema")
	require.Contains(t, project.Services["migrate"].DependsOn, "temporal")
	require.Contains(t, project.Services["prepare"].DependsOn, "migrate")
	for _, role := range []string{"api", "worker", "signer"} {
		require.Contains(t, project.Services[role].DependsOn, "prepare")
	}
}

func TestComposeSetsWhatCertificatesArePrintedWith(t *testing.T) {
	t.Parallel()
	for _, role := range []string{"api", "worker", "signer"} {
		service := compose(t).Services[role]
		for _, name := range []string{"DENGPAN_PUBLIC_URL", "DENGPAN_LOOKUP_CE_BASE", "DENGPAN_LOOKUP_TRAINING", "DENGPAN_LOOKUP_GRADE"} {
			require.NotNil(t, service.Environment[name], "%s: %s", role, name)
			require.NotEmpty(t, *service.Environment[name], "%s: %s", role, name)
		}
	}
}

func TestComposePinsEveryImage(t *testing.T) {
	t.Parallel()
	for name, service := range compose(t).Services {
		if service.Build != nil {
			require.FileExists(t, filepath.Join(service.Build.Context, service.Build.Dockerfile), name)
			continue
		}
		require.Regexp(t, pinned, service.Image, name)
	}
}

func TestComposeOpensNoPortBeyondThisMachine(t *testing.T) {
	t.Parallel()
	for name, service := range compose(t).Services {
		for _, port := range service.Ports {
			require.Equal(t, "127.0.0.1", port.HostIP, "%s publishes %s", name, port.Published)
		}
		require.Empty(t, service.NetworkMode, name)
		require.False(t, service.Privileged, name)
	}
}

func TestComposeSaysThatTemporalAuthorizesEverybody(t *testing.T) {
	t.Parallel()
	require.Contains(t, compose(t).Services["temporal"].Command, "--allow-no-auth")
}

func TestComposeMountsOnlyFilesThatExist(t *testing.T) {
	t.Parallel()
	for name, service := range compose(t).Services {
		for _, volume := range service.Volumes {
			if volume.Type == types.VolumeTypeBind {
				require.FileExists(t, volume.Source, name)
				require.True(t, volume.ReadOnly, "%s may change %s", name, volume.Source)
			}
		}
	}
}

// Who could sign could issue.
func TestComposeGivesTheSigningKeysToTheSignerAlone(t *testing.T) {
	t.Parallel()
	for name, service := range compose(t).Services {
		holds := slices.ContainsFunc(service.Volumes, func(v types.ServiceVolumeConfig) bool { return v.Source == "signing" })
		require.Equal(t, name == "signer" || name == "prepare-signer", holds, name)
	}
}

// The simulators stand for strangers.
func TestComposeKeepsTheDatabaseAndTheKeysFromTheSimulators(t *testing.T) {
	t.Parallel()
	public := []string{"DENGPAN_API_URL", "DENGPAN_DAY", "DENGPAN_CALENDAR_ANCHOR"} // everybody knows the date
	for name, own := range map[string]string{"institution": "DENGPAN_INSTITUTION_", "gateway": "DENGPAN_SMS_"} {
		simulator := compose(t).Services[name]
		for variable := range simulator.Environment {
			require.True(t, strings.HasPrefix(variable, own) || slices.Contains(public, variable), variable)
		}
		for _, volume := range simulator.Volumes {
			require.NotEqual(t, "keys", volume.Source)
		}
	}
}

func TestComposeHasTheProductAndTheGatewayShareASecret(t *testing.T) {
	t.Parallel()
	services := compose(t).Services
	const file = "DENGPAN_SMS_SECRET_FILE"
	for _, name := range []string{"prepare", "api", "worker", "signer", "gateway"} {
		service := services[name]
		require.NotNil(t, service.Environment[file], name)
		require.Equal(t, *services["gateway"].Environment[file], *service.Environment[file], name)
		there := slices.IndexFunc(service.Volumes, func(v types.ServiceVolumeConfig) bool {
			return v.Target == filepath.Dir(*service.Environment[file])
		})
		require.GreaterOrEqual(t, there, 0, "%s does not see it", name)
		require.Equal(t, "sms", service.Volumes[there].Source, name)
	}
	require.Contains(t, read(t, "deploy/compose/prepare.sh"), file)
	_, port, err := net.SplitHostPort(*services["gateway"].Environment["DENGPAN_SMS_ADDRESS"])
	require.NoError(t, err)
	for _, name := range []string{"api", "worker"} {
		require.Equal(t, "http://gateway:"+port+"/messages", *services[name].Environment["DENGPAN_SMS_URL"], name)
	}
}

var environmentName = regexp.MustCompile(`"((?:DENGPAN|TEMPORAL|DATABASE)_[A-Z_]+)"`)

func TestComposeSetsOnlyWhatTheProductReads(t *testing.T) {
	t.Parallel()
	var known []string
	for _, path := range files(t, ".go") {
		if !strings.HasSuffix(path, "_test.go") && !strings.HasPrefix(path, "devstack/") {
			for _, match := range environmentName.FindAllStringSubmatch(read(t, path), -1) {
				known = append(known, match[1])
			}
		}
	}
	for name, service := range compose(t).Services {
		if service.Build == nil || name == "prepare" {
			continue
		}
		for variable := range service.Environment {
			require.True(t, slices.Contains(known, variable), "%s sets %s, which nothing reads", name, variable)
		}
	}
}

var commandUse = regexp.MustCompile(`Use:\s+"([a-z]+)`)

func TestComposeRunsOnlyCommandsTheProductHas(t *testing.T) {
	t.Parallel()
	var commands []string
	for _, path := range files(t, ".go") {
		if strings.HasPrefix(path, "cmd/dengpan/") {
			for _, match := range commandUse.FindAllStringSubmatch(read(t, path), -1) {
				commands = append(commands, match[1])
			}
		}
	}
	for name, service := range compose(t).Services {
		if service.Build != nil && len(service.Command) > 0 {
			require.Contains(t, commands, service.Command[0], name)
		}
	}
	for _, match := range regexp.MustCompile(`\bdengpan ([a-z]+)`).FindAllStringSubmatch(read(t, "deploy/compose/prepare.sh"), -1) {
		require.Contains(t, commands, match[1], "deploy/compose/prepare.sh")
	}
}

var listedInstitution = regexp.MustCompile(`(?m)^  - \{id: ([a-z-]+), name:`)

func TestComposeSimulatesEveryPublishedInstitution(t *testing.T) {
	t.Parallel()
	var listed []string
	for _, match := range listedInstitution.FindAllStringSubmatch(read(t, "policy/data/beijing-2023/institutions-2022.yaml"), -1) {
		listed = append(listed, match[1])
	}
	require.NotEmpty(t, listed)
	simulated := compose(t).Services["prepare"].Environment["INSTITUTIONS"]
	require.NotNil(t, simulated)
	require.ElementsMatch(t, listed, strings.Fields(*simulated))
}
