// Package up brings the whole stack up for `make run`, keeps it up, shows it, and takes it down in order.
package up

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/pflag"

	"github.com/dengpan/dengpan/idcheck/bureau"
	"github.com/dengpan/dengpan/mail/postbox"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/registry"
	"github.com/dengpan/dengpan/sms/gateway"

	"github.com/dengpan/dengpan/devstack/ports"
	"github.com/dengpan/dengpan/devstack/provider"
	"github.com/dengpan/dengpan/devstack/temporal"
	"github.com/dengpan/dengpan/devstack/ui"
)

// Options say what to bring up and where. Each can be given as a flag and most by the environment.
type Options struct {
	Dir     string // state, logs and binaries
	Program string // the product's binary

	APIAddress         string
	WorkerAddress      string
	SignerAddress      string
	InstitutionAddress string
	TemporalListen     string
	UIAddress          string
	ProviderAddress    string
	MailAddress        string
	SMSAddress         string
	RegistryAddress    string
	BureauAddress      string
	PostgresPort       int

	// DatabaseURL and TemporalAddress name servers that run already; empty: our own.
	DatabaseURL     string
	OwnerURL        string // the same database as the owner of the schema; empty: DatabaseURL is its owner's
	TemporalAddress string

	NoDemo       bool
	Trainees     int
	Day          time.Duration
	ExitWhenDone bool
	Plain        bool
	Lang         string
}

// setting is an option that the environment can give as well.
type setting struct {
	value     *string
	flag, env string
	what      string
	standard  string
}

// orGiven is what the environment says, or else the standard value.
func (s setting) orGiven() string {
	if given := os.Getenv(s.env); given != "" {
		return given
	}
	return s.standard
}

// addresses are the settings that say where something listens.
func (o *Options) addresses() []setting {
	return []setting{
		{&o.APIAddress, "api-address", "DENGPAN_API_ADDRESS", "the API", "127.0.0.1:8080"},
		{&o.WorkerAddress, "worker-address", "DENGPAN_WORKER_ADDRESS", "the worker's health and metrics", "127.0.0.1:8081"},
		{&o.SignerAddress, "signer-address", "DENGPAN_SIGNER_ADDRESS", "the signer's health and metrics", "127.0.0.1:8082"},
		{&o.InstitutionAddress, "institution-address", "DENGPAN_INSTITUTION_ADDRESS", "the simulated institutions", "127.0.0.1:8090"},
		{&o.TemporalListen, "temporal-address", "DENGPAN_TEMPORAL_LISTEN", "our own Temporal server", temporal.DefaultAddress},
		{&o.UIAddress, "temporal-ui-address", "DENGPAN_TEMPORAL_UI_ADDRESS", "Temporal UI", ui.DefaultAddress},
		{&o.ProviderAddress, "provider-address", "DENGPAN_PROVIDER_ADDRESS", "the identity provider", provider.DefaultAddress},
		{&o.MailAddress, "mail-address", "DENGPAN_MAIL_ADDRESS", "the demonstration's mail server", postbox.DefaultAddress},
		{&o.SMSAddress, "sms-address", "DENGPAN_SMS_ADDRESS", "the demonstration's gateway of short messages", gateway.DefaultAddress},
		{&o.RegistryAddress, "registry-address", "DENGPAN_REGISTRY_ADDRESS", "the simulated public registers", registry.DefaultAddress},
		{&o.BureauAddress, "bureau-address", "DENGPAN_BUREAU_ADDRESS", "the simulated register of persons", bureau.DefaultAddress},
	}
}

// Flags declares the options.
func (o *Options) Flags(flags *pflag.FlagSet) {
	for _, s := range o.addresses() {
		flags.StringVar(s.value, s.flag, s.orGiven(), fmt.Sprintf("where %s listens (%s)", s.what, s.env))
	}
	for _, s := range []setting{
		{&o.Dir, "dir", "DENGPAN_DIR", "folder for state and logs", ".dengpan"},
		{&o.Program, "program", "DENGPAN_BINARY", "the product's binary (bin/dengpan in the folder unless set)", ""},
		{&o.Lang, "lang", "DENGPAN_LANG", "language of the board, zh or en", string(message.Chinese)},
	} {
		flags.StringVar(s.value, s.flag, s.orGiven(), fmt.Sprintf("%s (%s)", s.what, s.env))
	}
	day := time.Second
	if given, err := time.ParseDuration(os.Getenv("DENGPAN_DAY")); err == nil {
		day = given
	}
	flags.DurationVar(&o.Day, "day", day, "how long a day of the demonstration lasts (DENGPAN_DAY)")
	flags.IntVar(&o.PostgresPort, "postgres-port", 0, "port of our own PostgreSQL (a free one unless set)")
	flags.IntVar(&o.Trainees, "trainees", 30, "how many synthetic trainees register")
	flags.BoolVar(&o.NoDemo, "no-demo", false, "no demonstration data, no simulated institutions, days of 24 hours")
	flags.BoolVar(&o.ExitWhenDone, "exit-when-done", false, "stop when every demonstration case has ended")
	flags.BoolVar(&o.Plain, "plain", false, "lines instead of a live board")
	o.DatabaseURL, o.OwnerURL = os.Getenv("DATABASE_URL"), os.Getenv("DENGPAN_OWNER_DATABASE_URL")
	o.TemporalAddress = os.Getenv("TEMPORAL_ADDRESS")
}

// settle completes and checks the options.
func (o *Options) settle() error {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return fmt.Errorf("resolve --dir: %w", err)
	}
	o.Dir = dir
	if o.Program == "" {
		o.Program = filepath.Join(o.Dir, "bin", "dengpan")
	}
	if _, err := os.Stat(o.Program); err != nil {
		return fmt.Errorf("the product's binary is not there (%w): run make build first, or name it with --program", err)
	}
	if o.Lang != string(message.Chinese) && o.Lang != string(message.English) {
		return fmt.Errorf("--lang %s: want zh or en", o.Lang)
	}
	if o.NoDemo {
		o.Day, o.Trainees = 24*time.Hour, 0
		if o.ExitWhenDone {
			return errors.New("--exit-when-done waits for demonstration cases, and --no-demo makes none")
		}
	}
	return nil
}

// checkPorts fails if an address we are to listen on is taken.
func (o *Options) checkPorts() error {
	var uses []ports.Use
	for _, s := range o.addresses() {
		demoOnly := s.value == &o.InstitutionAddress || s.value == &o.ProviderAddress || s.value == &o.MailAddress ||
			s.value == &o.SMSAddress || s.value == &o.RegistryAddress || s.value == &o.BureauAddress
		if (s.value == &o.TemporalListen && o.TemporalAddress != "") || (demoOnly && o.NoDemo) {
			continue
		}
		uses = append(uses, ports.Use{What: s.what, Address: *s.value, Flag: "--" + s.flag, Env: s.env})
	}
	if o.PostgresPort != 0 && o.DatabaseURL == "" {
		uses = append(uses, ports.Use{
			What: "our own PostgreSQL", Address: fmt.Sprintf("127.0.0.1:%d", o.PostgresPort),
			Flag: "--postgres-port", Env: "DATABASE_URL (to use a server that runs already)",
		})
	}
	return ports.Check(uses...)
}
