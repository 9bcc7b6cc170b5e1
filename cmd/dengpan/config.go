package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
	"github.com/spf13/cobra"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/delivery"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/kms"
	"github.com/dengpan/dengpan/neighbour"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/redact"
	"github.com/dengpan/dengpan/store"
)

// config is what every role can be told, by flag or by environment.
type config struct {
	DatabaseURL   string   `env:"DATABASE_URL"`
	DatabaseFile  string   `env:"DATABASE_URL_FILE"`
	OwnerURL      string   `env:"DENGPAN_OWNER_DATABASE_URL"`
	OwnerFile     string   `env:"DENGPAN_OWNER_DATABASE_URL_FILE"`
	Temporal      string   `env:"TEMPORAL_ADDRESS"        envDefault:"127.0.0.1:7233"`
	Namespace     string   `env:"TEMPORAL_NAMESPACE"      envDefault:"dengpan"`
	APIAddress    string   `env:"DENGPAN_API_ADDRESS"     envDefault:"127.0.0.1:8080"`
	WorkerAddress string   `env:"DENGPAN_WORKER_ADDRESS"  envDefault:"127.0.0.1:8081"`
	KeysetFile    string   `env:"DENGPAN_KEYSET_FILE"`
	KeysetKEK     string   `env:"DENGPAN_KEYSET_KEK"`
	VaultToken    string   `env:"DENGPAN_VAULT_TOKEN_FILE"`
	Policy        string   `env:"DENGPAN_POLICY"          envDefault:"beijing-2023"`
	Demo          bool     `env:"DENGPAN_DEMO"`
	Day           string   `env:"DENGPAN_DAY"             envDefault:"24h"`
	Anchor        string   `env:"DENGPAN_CALENDAR_ANCHOR"`
	Font          string   `env:"DENGPAN_FONT"`
	CacheSize     int      `env:"DENGPAN_WORKFLOW_CACHE"  envDefault:"10000"`
	Limits        string   `env:"DENGPAN_LIMITS"          envDefault:"1"`
	Proxies       []string `env:"DENGPAN_TRUSTED_PROXIES"`
	CallbackPorts []int    `env:"DENGPAN_CALLBACK_PORTS"  envDefault:"443,8443"`
	LogLevel      string   `env:"DENGPAN_LOG_LEVEL"       envDefault:"info"`
	TemporalUI    string   `env:"DENGPAN_TEMPORAL_UI_ORIGIN"`
	TemporalUIURL string   `env:"DENGPAN_TEMPORAL_UI_URL"`

	SecondFactor    bool          `env:"DENGPAN_REQUIRE_SECOND_FACTOR" envDefault:"true"`
	SignUp          bool          `env:"DENGPAN_SIGN_UP"          envDefault:"true"`
	SessionIdle     time.Duration `env:"DENGPAN_SESSION_IDLE"     envDefault:"30m"`
	SessionLifetime time.Duration `env:"DENGPAN_SESSION_LIFETIME" envDefault:"12h"`

	Provider providerConfig
	SMTP     smtpConfig
	SMS      smsConfig
	Identity idcheckConfig
	Evidence evidenceConfig
	Channels channelsConfig
	Signing  signingConfig
	Printing printingConfig
}

// configured gives a command the flags of config, each with its environment variable as default.
func configured(cmd *cobra.Command) *config {
	cfg, err := env.ParseAs[config]()
	if err != nil {
		cfg = config{}
		cmd.PreRunE = func(*cobra.Command, []string) error { return fmt.Errorf("read the environment: %w", err) }
	}
	f := cmd.Flags()
	f.StringVar(&cfg.DatabaseURL, "database-url", cfg.DatabaseURL, "PostgreSQL URL (DATABASE_URL)")
	f.Lookup("database-url").DefValue = "" // it holds a password, which help must not print
	f.StringVar(&cfg.DatabaseFile, "database-url-file", cfg.DatabaseFile, "file that holds it (DATABASE_URL_FILE)")
	f.StringVar(&cfg.Temporal, "temporal-address", cfg.Temporal, "Temporal frontend (TEMPORAL_ADDRESS)")
	f.StringVar(&cfg.Namespace, "temporal-namespace", cfg.Namespace, "Temporal namespace (TEMPORAL_NAMESPACE)")
	f.StringVar(&cfg.APIAddress, "api-address", cfg.APIAddress, "where the API listens (DENGPAN_API_ADDRESS)")
	f.StringVar(&cfg.WorkerAddress, "worker-address", cfg.WorkerAddress,
		"where the worker's health and metrics listen (DENGPAN_WORKER_ADDRESS)")
	f.StringVar(&cfg.KeysetFile, "keyset-file", cfg.KeysetFile,
		"keys that seal personal data (DENGPAN_KEYSET_FILE)")
	f.StringVar(&cfg.VaultToken, "vault-token-file", cfg.VaultToken,
		"file that holds the token for Vault, when the key of the keys is there (DENGPAN_VAULT_TOKEN_FILE)")
	f.StringVar(&cfg.KeysetKEK, "keyset-kek", cfg.KeysetKEK,
		"URI of the key that the keys are encrypted under; empty: they are in clear (DENGPAN_KEYSET_KEK)")
	f.StringVar(&cfg.Policy, "policy", cfg.Policy, "rules that new cases are registered under (DENGPAN_POLICY)")
	f.BoolVar(&cfg.Demo, "demo", cfg.Demo,
		"use the rules marked 演示数据, and allow callbacks to this machine and log-ins without TLS (DENGPAN_DEMO)")
	f.StringVar(&cfg.Day, "day", cfg.Day, "how long a day of the programme's calendar lasts (DENGPAN_DAY)")
	f.StringVar(&cfg.Anchor, "calendar-anchor", cfg.Anchor,
		"DATE@INSTANT at which a fast calendar starts (DENGPAN_CALENDAR_ANCHOR)")
	f.StringVar(&cfg.Font, "font", cfg.Font,
		"TrueType file with Chinese characters, to print in; empty looks where fonts-lxgw-wenkai is installed (DENGPAN_FONT)")
	f.IntVar(&cfg.CacheSize, "workflow-cache", cfg.CacheSize,
		"cases a worker keeps in memory; 0 replays each (DENGPAN_WORKFLOW_CACHE)")
	f.BoolVar(&cfg.SecondFactor, "require-second-factor", cfg.SecondFactor,
		"have operators and administrators with a password enrol a second factor (DENGPAN_REQUIRE_SECOND_FACTOR)")
	f.BoolVar(&cfg.SignUp, "sign-up", cfg.SignUp, "let trainees make accounts of their own (DENGPAN_SIGN_UP)")
	f.DurationVar(&cfg.SessionIdle, "session-idle", cfg.SessionIdle,
		"how long a browser stays logged in without a request (DENGPAN_SESSION_IDLE)")
	f.DurationVar(&cfg.SessionLifetime, "session-lifetime", cfg.SessionLifetime,
		"how long a browser stays logged in at most (DENGPAN_SESSION_LIFETIME)")
	f.StringVar(&cfg.TemporalUI, "temporal-ui-origin", cfg.TemporalUI,
		"origin of Temporal's interface, such as https://temporal.example.cn, if it may show payloads (DENGPAN_TEMPORAL_UI_ORIGIN)")
	f.StringVar(&cfg.TemporalUIURL, "temporal-ui-url", cfg.TemporalUIURL,
		"where operators are sent to look at a history in Temporal's interface; empty: its origin (DENGPAN_TEMPORAL_UI_URL)")
	cfg.Provider.flags(f)
	cfg.SMTP.flags(f)
	cfg.SMS.flags(f)
	cfg.Identity.flags(f)
	cfg.Evidence.flags(f)
	cfg.Channels.flags(f)
	cfg.Signing.flags(f)
	cfg.Printing.flags(f)
	f.StringVar(&cfg.Limits, "limits", cfg.Limits,
		"what every limit of requests is multiplied by; off: there are none (DENGPAN_LIMITS)")
	f.StringSliceVar(&cfg.Proxies, "trusted-proxies", cfg.Proxies,
		"networks of proxies whose X-Forwarded-For is believed (DENGPAN_TRUSTED_PROXIES)")
	f.IntSliceVar(&cfg.CallbackPorts, "callback-ports", cfg.CallbackPorts,
		"ports that callbacks are sent to, unless an operator allows a host at another (DENGPAN_CALLBACK_PORTS)")
	f.StringVar(&cfg.LogLevel, "log-level", cfg.LogLevel, "debug, info, warn or error (DENGPAN_LOG_LEVEL)")
	return &cfg
}

func (c *config) logger() (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		return nil, fmt.Errorf("log level (DENGPAN_LOG_LEVEL): %w", err)
	}
	logger := slog.New(redact.Handler(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: level})))
	slog.SetDefault(logger) // what others log, with the standard library's log too, goes the same way
	return logger, nil
}

func (c *config) calendar() (calendar.Calendar, error) {
	cal, err := calendar.Parse(c.Day, c.Anchor)
	if err != nil {
		return cal, fmt.Errorf("calendar (DENGPAN_DAY, DENGPAN_CALENDAR_ANCHOR): %w", err)
	}
	return cal, nil
}

// callbacks says where callbacks may go.
func (c *config) callbacks() (delivery.Guard, error) {
	for _, port := range c.CallbackPorts {
		if port < 1 || port > 65535 {
			return delivery.Guard{}, errors.New("ports of callbacks (DENGPAN_CALLBACK_PORTS): want numbers from 1 to 65535")
		}
	}
	return delivery.Guard{AllowInsecure: c.Demo, Ports: c.CallbackPorts}, nil
}

// sessions are how long log-ins of browsers last.
func (c *config) sessions() (store.SessionLimits, error) {
	limits := store.SessionLimits{Idle: c.SessionIdle, Lifetime: c.SessionLifetime}
	if limits.Idle < time.Minute || limits.Lifetime < limits.Idle {
		return limits, errors.New("sessions (DENGPAN_SESSION_IDLE, DENGPAN_SESSION_LIFETIME): at least a minute, and no shorter altogether")
	}
	return limits, nil
}

func (c *config) policy() (*policy.Policy, error) {
	p, err := policy.Load(c.Policy, c.Demo)
	if err != nil {
		return nil, fmt.Errorf("policy (DENGPAN_POLICY): %w", err)
	}
	return p, nil
}

func (c *config) keyFile() (identity.KeyFile, error) {
	if c.KeysetFile == "" {
		return identity.KeyFile{}, errors.New("no keys: set DENGPAN_KEYSET_FILE to the file that holds them")
	}
	if err := kms.Vault(c.KeysetKEK, c.VaultToken); err != nil {
		return identity.KeyFile{}, fmt.Errorf("key of the keys (DENGPAN_KEYSET_KEK, DENGPAN_VAULT_TOKEN_FILE): %w", err)
	}
	return identity.KeyFile{Path: c.KeysetFile, KEK: c.KeysetKEK}, nil
}

func (c *config) keys() (*identity.Keyring, error) {
	file, err := c.keyFile()
	if err != nil {
		return nil, err
	}
	keys, err := file.Load()
	if err != nil {
		return nil, fmt.Errorf("keys (DENGPAN_KEYSET_FILE, DENGPAN_KEYSET_KEK): %w", err)
	}
	return keys, nil
}

// limitFactor is what limits of requests are multiplied by, as the API takes it.
func (c *config) limitFactor() (float64, error) {
	if c.Limits == "off" {
		return -1, nil
	}
	factor, err := strconv.ParseFloat(c.Limits, 64)
	if err != nil || factor <= 0 || factor > 1000 {
		return 0, errors.New("limits (DENGPAN_LIMITS): want a number from above 0 to 1000, or off")
	}
	return factor, nil
}

// secret is a setting that must not be read by others: its value, or what is in a file.
func secret(value, file, variable string) (string, error) {
	switch {
	case value != "" && file != "":
		return "", fmt.Errorf("set %s or %s_FILE, not both", variable, variable)
	case file == "":
		return value, nil
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("%s_FILE: %w", variable, err)
	}
	return strings.TrimSpace(string(content)), nil
}

// neighbourAt is where a neighbour is, whose address and secret's file begin with the name of a variable.
func neighbourAt(url, secretFile, variable string, demo bool) (neighbour.Address, error) {
	signs, err := secret("", secretFile, variable+"_SECRET")
	return neighbour.Address{URL: url, Secret: signs, Insecure: demo}, err
}

// database is the URL that the application uses.
func (c *config) database() (string, error) {
	url, err := secret(c.DatabaseURL, c.DatabaseFile, "DATABASE_URL")
	if err == nil && url == "" {
		err = errors.New("no database: set DATABASE_URL, or DATABASE_URL_FILE, to a PostgreSQL URL")
	}
	return url, err
}

// owner is the URL of the role that owns the schema; the application's own when there is no other.
func (c *config) owner() (string, error) {
	url, err := secret(c.OwnerURL, c.OwnerFile, "DENGPAN_OWNER_DATABASE_URL")
	if err == nil && url == "" {
		return c.database()
	}
	return url, err
}

// openStore opens the database, waiting a little for one that is still starting.
func (c *config) openStore(ctx context.Context) (*store.Store, error) {
	url, err := c.database()
	if err != nil {
		return nil, err
	}
	return c.openStoreAt(ctx, url)
}

func (c *config) openStoreAt(ctx context.Context, url string) (*store.Store, error) {
	var keys store.Keys
	if c.KeysetFile != "" {
		ring, err := c.keys()
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		if err == nil {
			keys = ring
		}
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		s, err := store.Open(ctx, url, keys)
		if err == nil || !store.Away(err) {
			return s, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(500 * time.Millisecond):
		}
	}
}
