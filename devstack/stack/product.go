package stack

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/idcheck/bureau"
	"github.com/dengpan/dengpan/sms/gateway"

	"github.com/dengpan/dengpan/devstack/process"
)

// Product is the product's binary with everything its roles are configured by. Empty fields are left
// to the product's own defaults.
type Product struct {
	Program string // path of the dengpan binary
	LogDir  string // each role logs to <LogDir>/<role>.log

	// DatabaseFile holds the database's URL for the application, OwnerFile for the owner of the schema: only the migration is
	// told of the latter.
	DatabaseFile       string
	OwnerFile          string
	TemporalAddress    string
	TemporalNamespace  string
	APIAddress         string
	WorkerAddress      string
	SignerAddress      string
	InstitutionAddress string

	KeysetFile       string
	SigningKeys      string // folder; only the signer is told of it
	InstitutionFile  string
	InstitutionState string

	// Registers are where the stand-ins for the public registers listen; empty: there are none, and what is to be published waits.
	RegistryAddress string
	RegistryState   string
	RegistryDelay   time.Duration // before they publish what they were sent
	ChannelSecret   string        // the file with what signs the requests to them

	// Where a gateway of short messages and a register of persons are played, and the files with what signs the requests to them;
	// empty: there is none.
	SMSAddress    string
	SMSSecret     string
	SMSFolder     string // in which messages are kept
	BureauAddress string
	BureauSecret  string

	TemporalUI string // the origin of Temporal's web interface

	Demo           bool
	Day            time.Duration
	CalendarAnchor string

	Extra []string // more environment, NAME=value
}

// Roles of the product's binary that serve until they are told to stop.
const (
	APIRole         = "api"
	WorkerRole      = "worker"
	SignerRole      = "signer"
	InstitutionRole = "institution"
	RegistryRole    = "registry"
	GatewayRole     = "gateway"
	BureauRole      = "bureau"
)

// environment is ours, without what is secret in it, and with the product's settings over it.
func (p Product) environment() []string {
	settings := map[string]string{
		"DATABASE_URL_FILE":           p.DatabaseFile,
		"TEMPORAL_ADDRESS":            p.TemporalAddress,
		"TEMPORAL_NAMESPACE":          p.TemporalNamespace,
		"DENGPAN_API_ADDRESS":         p.APIAddress,
		"DENGPAN_WORKER_ADDRESS":      p.WorkerAddress,
		"DENGPAN_INSTITUTION_ADDRESS": p.InstitutionAddress,
		"DENGPAN_KEYSET_FILE":         p.KeysetFile,
		"DENGPAN_INSTITUTION_FILE":    p.InstitutionFile,
		"DENGPAN_INSTITUTION_STATE":   p.InstitutionState,
		"DENGPAN_CALENDAR_ANCHOR":     p.CalendarAnchor,
		"DENGPAN_TEMPORAL_UI_ORIGIN":  p.TemporalUI,
	}
	if p.APIAddress != "" {
		settings["DENGPAN_API_URL"] = "http://" + p.APIAddress
	}
	if p.Demo {
		settings["DENGPAN_DEMO"] = "true"
		settings["DENGPAN_REQUIRE_SECOND_FACTOR"] = "false" // who looks at a demonstration has no authenticator for it
	}
	if p.RegistryAddress != "" {
		settings["DENGPAN_REGISTRY_ADDRESS"] = p.RegistryAddress
		settings["DENGPAN_REGISTRY_STATE"], settings["DENGPAN_REGISTRY_DELAY"] = p.RegistryState, p.RegistryDelay.String()
		for _, channel := range certificate.Channels() {
			name := "DENGPAN_CHANNEL_" + strings.ToUpper(channel)
			settings[name+"_URL"] = "http://" + p.RegistryAddress + "/registers/" + channel
			settings[name+"_SECRET_FILE"] = p.ChannelSecret
		}
	}
	if p.SMSAddress != "" {
		settings["DENGPAN_SMS_ADDRESS"], settings["DENGPAN_SMS_URL"] = p.SMSAddress, gateway.URL(p.SMSAddress)
		settings["DENGPAN_SMS_SECRET_FILE"], settings["DENGPAN_SMS_FOLDER"] = p.SMSSecret, p.SMSFolder
	}
	if p.BureauAddress != "" {
		settings["DENGPAN_BUREAU_ADDRESS"], settings["DENGPAN_IDENTITY_CHECK_URL"] = p.BureauAddress, bureau.URL(p.BureauAddress)
		settings["DENGPAN_IDENTITY_CHECK_SECRET_FILE"] = p.BureauSecret
	}
	if p.Demo && p.APIAddress != "" {
		// A demonstration's certificates are looked up where it runs.
		origin := "http://" + p.APIAddress
		settings["DENGPAN_PUBLIC_URL"] = origin
		for _, kind := range []string{"CE_BASE", "TRAINING", "GRADE"} {
			settings["DENGPAN_LOOKUP_"+kind] = origin + "/verify"
		}
		settings["DENGPAN_LOOKUP_HOSTS"], _, _ = net.SplitHostPort(p.APIAddress)
	}
	if p.Day != 0 {
		settings["DENGPAN_DAY"] = p.Day.String()
	}
	environment := process.Environment()
	for name, value := range settings {
		if value != "" {
			environment = append(environment, name+"="+value)
		}
	}
	return append(environment, p.Extra...)
}

// Service is one of the product's serving roles.
func (p Product) Service(role string) Service {
	service := Service{
		Spec: process.Spec{
			Name: role, Path: p.Program, Args: []string{role}, Env: p.environment(),
			LogPath: filepath.Join(p.LogDir, role+".log"),
		},
		Grace: 30 * time.Second,
	}
	address, path := "", "/readyz"
	switch role {
	case APIRole:
		address = p.APIAddress
	case WorkerRole:
		address = p.WorkerAddress
	case SignerRole:
		address = p.SignerAddress
		service.Spec.Env = append(service.Spec.Env, "DENGPAN_SIGNING_KEYS="+p.SigningKeys, "DENGPAN_SIGNER_ADDRESS="+p.SignerAddress)
	case InstitutionRole:
		address, path = p.InstitutionAddress, "/healthz"
	case RegistryRole:
		address, path = p.RegistryAddress, "/healthz"
	case GatewayRole:
		address, path = p.SMSAddress, "/healthz"
	case BureauRole:
		address, path = p.BureauAddress, "/healthz"
	}
	if address != "" {
		service.Ready = func(ctx context.Context) error { return Answers(ctx, "http://"+address+path) }
	}
	return service
}

// Command runs one of the product's other commands to its end and returns what it printed.
func (p Product) Command(ctx context.Context, arguments ...string) (string, error) {
	return p.tell(ctx, "", arguments)
}

// tell is Command, with something to read.
func (p Product) tell(ctx context.Context, input string, arguments []string) (string, error) {
	command := exec.CommandContext(ctx, p.Program, arguments...)
	command.Env = p.environment()
	command.Stdin = strings.NewReader(input)
	var out, problems bytes.Buffer
	command.Stdout, command.Stderr = &out, &problems
	if err := command.Run(); err != nil {
		said := strings.TrimSpace(problems.String())
		return "", fmt.Errorf("dengpan %s: %w: %s", arguments[0], err, said[max(0, len(said)-600):])
	}
	return strings.TrimSpace(out.String()), nil
}

// Migrate brings the database, the published lists and the Temporal namespace up to date.
func (p Product) Migrate(ctx context.Context, arguments ...string) error {
	p.Extra = append(slices.Clone(p.Extra), "DENGPAN_OWNER_DATABASE_URL_FILE="+p.OwnerFile)
	_, err := p.Command(ctx, append([]string{"migrate"}, arguments...)...)
	return err
}

// Token makes an account and returns its token. institution is set for that role only.
func (p Product) Token(ctx context.Context, role, institution, label string) (string, error) {
	arguments := []string{"token", "--role", role, "--label", label}
	if institution != "" {
		arguments = append(arguments, "--institution", institution)
	}
	return p.secret(ctx, arguments)
}

// Account makes an account that is logged in to, with the password given.
func (p Product) Account(ctx context.Context, role, institution, district, login, password string) error {
	arguments := []string{"account", "create", "--role", role, "--login", login, "--label", "demo " + login}
	if institution != "" {
		arguments = append(arguments, "--institution", institution)
	}
	if district != "" {
		arguments = append(arguments, "--district", district)
	}
	_, err := p.tell(ctx, password+"\n", arguments)
	return err
}

// Login gives an account a log-in.
func (p Product) Login(ctx context.Context, account, login, password string) error {
	_, err := p.tell(ctx, password+"\n", []string{"account", "login", "--id", account, "--login", login, "--reason", "demonstration"})
	return err
}

// District says which district an institution lies in.
func (p Product) District(ctx context.Context, institution, district string) error {
	_, err := p.Command(ctx, "district", "--institution", institution, "--district", district, "--reason", "demonstration")
	return err
}

// Endpoint sets an institution's callback URL and returns the secret that signs its callbacks.
func (p Product) Endpoint(ctx context.Context, institution, url string) (string, error) {
	return p.secret(ctx, []string{"endpoint", "--institution", institution, "--url", url})
}

// secret runs a command that prints one secret, and nothing but it.
func (p Product) secret(ctx context.Context, arguments []string) (string, error) {
	printed, err := p.Command(ctx, arguments...)
	if err == nil && (printed == "" || strings.ContainsAny(printed, " \n")) {
		err = fmt.Errorf("dengpan %s did not print one word", arguments[0])
	}
	return printed, err
}

// Answers returns when url answers with 200.
func Answers(ctx context.Context, url string) error {
	return once(ctx, url, func() error { return ask(ctx, url) })
}

// once returns when something works at last.
func once(ctx context.Context, what string, works func() error) error {
	for {
		err := works()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: %w", what, err)
		case <-time.After(30 * time.Millisecond):
		}
	}
}

func ask(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return errors.New("it answers " + answer.Status)
	}
	return nil
}
