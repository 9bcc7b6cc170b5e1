// Package institution plays training and evaluation bodies, for demonstrations and tests. One process plays any number
// of them, and talks to the product as a real one would: over HTTP, with an API key, by signed callbacks and by polling.
// It shares no code with the product on purpose, so that what it proves holds for strangers too.
//
// A training is given one lesson a day, and who attended is reported as each day passes; the result follows the last one.
// An institution acts sensibly unless a script says otherwise. A script makes it misbehave over one task of one case,
// or over everything it is asked ([Behaviour]); scripts are sent to the control interface and outlive a restart.
//
// No name or number of a person is read, kept or logged: the simulator needs none to answer.
package institution

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"time"
)

// Config says whom the simulator plays and where.
type Config struct {
	APIURL       string        // where the product's API is, such as DefaultAPIURL
	Address      string        // where to listen for callbacks and control, such as DefaultAddress
	Institutions []Institution // who is played
	Delay        time.Duration // how long an institution takes to answer; DefaultDelay if zero
	StateFile    string        // where scripts and timetables are kept over a restart; empty: nowhere
	PollInterval time.Duration // how often open tasks are asked for; DefaultPollInterval if zero
	Logger       *slog.Logger  // slog.Default if nil

	// Moment is the programme's time at an instant of the wall's: lessons are held by it. Nil: it is the same.
	Moment func(wall time.Time) time.Time
	Day    time.Duration // how long a day of the programme lasts; 24 hours if zero

	// Transport carries requests to the API; nil for the network.
	Transport http.RoundTripper
}

// Institution is one institution that the simulator plays.
type Institution struct {
	ID            string `json:"id"`
	Name          string `json:"name"`
	APIKey        string `json:"api_key"`
	WebhookSecret string `json:"webhook_secret"` // empty: it takes no callbacks and only polls
}

// What a configuration that does not say takes.
const (
	DefaultAPIURL       = "http://127.0.0.1:8080"
	DefaultAddress      = "127.0.0.1:8090"
	DefaultDelay        = time.Second
	DefaultPollInterval = 2 * time.Second
	DefaultDay          = 24 * time.Hour
)

// String is the institution's id: its key and its secret must not reach a log.
func (i Institution) String() string { return i.ID }

// LogValue is the institution's id.
func (i Institution) LogValue() slog.Value { return slog.StringValue(i.ID) }

// ConfigFromEnv reads the configuration from the environment: DENGPAN_API_URL, DENGPAN_INSTITUTION_ADDRESS,
// DENGPAN_INSTITUTION_FILE (see [Config.ReadFile]) and DENGPAN_INSTITUTION_STATE.
func ConfigFromEnv() (Config, error) {
	config := Config{
		APIURL:    cmp.Or(os.Getenv("DENGPAN_API_URL"), DefaultAPIURL),
		Address:   cmp.Or(os.Getenv("DENGPAN_INSTITUTION_ADDRESS"), DefaultAddress),
		StateFile: os.Getenv("DENGPAN_INSTITUTION_STATE"),
	}
	file := os.Getenv("DENGPAN_INSTITUTION_FILE")
	if file == "" {
		return config, errors.New("no institutions: set DENGPAN_INSTITUTION_FILE to the file that lists those to play")
	}
	return config, config.ReadFile(file)
}

// ReadFile takes the institutions and the delay from a JSON file.
func (c *Config) ReadFile(path string) error {
	data, err := os.ReadFile(path) //nolint:gosec // whoever starts the simulator names the file
	if err != nil {
		return fmt.Errorf("read the institutions to play: %w", err)
	}
	var file struct {
		Institutions []Institution `json:"institutions"`
		Delay        Duration      `json:"delay"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return fmt.Errorf("read the institutions to play from %s: %w", path, err)
	}
	c.Institutions = file.Institutions
	if file.Delay > 0 {
		c.Delay = time.Duration(file.Delay)
	}
	return nil
}

// check fills in what was left out and refuses what cannot work.
func (c *Config) check() (*url.URL, error) {
	base, err := url.Parse(c.APIURL)
	if err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") {
		return nil, fmt.Errorf("the API's address %q is not an http or https URL", c.APIURL)
	}
	if len(c.Institutions) == 0 {
		return nil, errors.New("there is no institution to play")
	}
	if c.Delay < 0 || c.PollInterval < 0 || c.Day < 0 {
		return nil, errors.New("a delay or a day is negative")
	}
	if c.Delay == 0 {
		c.Delay = DefaultDelay
	}
	if c.PollInterval == 0 {
		c.PollInterval = DefaultPollInterval
	}
	if c.Day == 0 {
		c.Day = DefaultDay
	}
	if c.Moment == nil {
		c.Moment = func(wall time.Time) time.Time { return wall }
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	return base, nil
}

// Duration is a time span written as 1.5s or 2m in JSON.
type Duration time.Duration

// MarshalText writes the span.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads a span.
func (d *Duration) UnmarshalText(text []byte) error {
	span, err := time.ParseDuration(string(text))
	if err != nil {
		return err
	}
	if span < 0 {
		return fmt.Errorf("the duration %q is negative", text)
	}
	*d = Duration(span)
	return nil
}
