// Package registry plays the public registers in which certificates must be found, for demonstrations and tests: 北京继续教育
// and the national platform. It speaks the exchange format of docs/exchange.md as a real one would, over HTTP and signed, and
// shares no code with the product on purpose, so that what it proves holds for strangers too.
//
// A register publishes what it is sent a while later, and says so in its feed of receipts. It acts sensibly unless its control
// interface tells it otherwise: then it is down, late, refuses, loses answers or receipts, sends them twice or in the wrong
// order, forgets what it held, or holds what nobody sent ([Behaviour]).
package registry

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"
)

// Config says which registers are played and where.
type Config struct {
	Address   string            // where to listen, such as DefaultAddress
	Secrets   map[string]string // by register: what signs the requests to it
	StateFile string            // where what they hold is kept over a restart; empty: nowhere
	Delay     time.Duration     // how long a record takes to be published; 0: it is at once
	Logger    *slog.Logger      // slog.Default if nil
	Now       func() time.Time  // the machine's clock if nil
}

// DefaultAddress is where the registers listen unless told otherwise.
const DefaultAddress = "127.0.0.1:8091"

// The registers that are played, and their names as a public reads them.
var titles = map[string]string{
	"beijing_ce": "北京继续教育（模拟）",
	"national":   "专业技术人员职业能力建设服务平台（模拟）",
}

// ConfigFromEnv reads the configuration from the environment: DENGPAN_REGISTRY_ADDRESS, DENGPAN_REGISTRY_STATE,
// DENGPAN_REGISTRY_DELAY, and for each register the file with its secret, which the product is told of by the same name.
func ConfigFromEnv() (Config, error) {
	config := Config{
		Address:   cmp.Or(os.Getenv("DENGPAN_REGISTRY_ADDRESS"), DefaultAddress),
		StateFile: os.Getenv("DENGPAN_REGISTRY_STATE"),
		Secrets:   map[string]string{},
	}
	if text := os.Getenv("DENGPAN_REGISTRY_DELAY"); text != "" {
		var err error
		if config.Delay, err = time.ParseDuration(text); err != nil || config.Delay < 0 {
			return config, errors.New("DENGPAN_REGISTRY_DELAY is not a duration such as 1.5s or 2m")
		}
	}
	for name := range titles {
		variable := "DENGPAN_CHANNEL_" + strings.ToUpper(name) + "_SECRET_FILE"
		file := os.Getenv(variable)
		if file == "" {
			continue
		}
		secret, err := os.ReadFile(file) //nolint:gosec // whoever starts the registers names the file
		if err != nil {
			return config, fmt.Errorf("%s: %w", variable, err)
		}
		config.Secrets[name] = strings.TrimSpace(string(secret))
	}
	if len(config.Secrets) == 0 {
		return config, errors.New("no register: set DENGPAN_CHANNEL_BEIJING_CE_SECRET_FILE or DENGPAN_CHANNEL_NATIONAL_SECRET_FILE")
	}
	return config, nil
}
