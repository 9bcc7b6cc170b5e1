package main

import (
	"fmt"

	"github.com/spf13/pflag"

	"github.com/dengpan/dengpan/idcheck"
)

// idcheckConfig is the register of persons that is asked whether names and numbers belong together.
type idcheckConfig struct {
	URL        string `env:"DENGPAN_IDENTITY_CHECK_URL"`
	SecretFile string `env:"DENGPAN_IDENTITY_CHECK_SECRET_FILE"`
}

func (c *idcheckConfig) flags(f *pflag.FlagSet) {
	f.StringVar(&c.URL, "identity-check-url", c.URL,
		"https address of the register of persons; empty: people are taken at their word (DENGPAN_IDENTITY_CHECK_URL)")
	f.StringVar(&c.SecretFile, "identity-check-secret-file", c.SecretFile,
		"file with the secret that signs what it is asked (DENGPAN_IDENTITY_CHECK_SECRET_FILE)")
}

// register is the way to the register; nil when there is none.
func (c *idcheckConfig) register(demo bool) (*idcheck.Register, error) {
	if c.URL == "" {
		return nil, nil //nolint:nilnil // no register is no mistake
	}
	at, err := neighbourAt(c.URL, c.SecretFile, "DENGPAN_IDENTITY_CHECK", demo)
	if err != nil {
		return nil, err
	}
	register, err := idcheck.New(at)
	if err != nil {
		return nil, fmt.Errorf("register of persons (DENGPAN_IDENTITY_CHECK_URL, _SECRET_FILE): %w", err)
	}
	return register, nil
}
