package main

import (
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/publication"
)

// channelsConfig says where the public registers are in which certificates must be found. One without an address waits.
type channelsConfig struct {
	BeijingCE       string `env:"DENGPAN_CHANNEL_BEIJING_CE_URL"`
	BeijingCESecret string `env:"DENGPAN_CHANNEL_BEIJING_CE_SECRET_FILE"`
	National        string `env:"DENGPAN_CHANNEL_NATIONAL_URL"`
	NationalSecret  string `env:"DENGPAN_CHANNEL_NATIONAL_SECRET_FILE"`
}

func (c *channelsConfig) flags(f *pflag.FlagSet) {
	f.StringVar(&c.BeijingCE, "channel-beijing-ce-url", c.BeijingCE,
		"https address of the register of 北京继续教育; empty: what is to be found there waits (DENGPAN_CHANNEL_BEIJING_CE_URL)")
	f.StringVar(&c.BeijingCESecret, "channel-beijing-ce-secret-file", c.BeijingCESecret,
		"file with the secret that signs what it is sent (DENGPAN_CHANNEL_BEIJING_CE_SECRET_FILE)")
	f.StringVar(&c.National, "channel-national-url", c.National,
		"https address of the national platform's register; empty: what is to be found there waits (DENGPAN_CHANNEL_NATIONAL_URL)")
	f.StringVar(&c.NationalSecret, "channel-national-secret-file", c.NationalSecret,
		"file with the secret that signs what it is sent (DENGPAN_CHANNEL_NATIONAL_SECRET_FILE)")
}

// channels are the ways to the registers that have an address.
func (c *channelsConfig) channels(demo bool) (map[string]publication.Channel, error) {
	all := map[string]publication.Channel{}
	for name, set := range map[string][2]string{
		certificate.BeijingCE: {c.BeijingCE, c.BeijingCESecret}, certificate.National: {c.National, c.NationalSecret},
	} {
		if set[0] == "" {
			continue
		}
		variable := "DENGPAN_CHANNEL_" + strings.ToUpper(name)
		at, err := neighbourAt(set[0], set[1], variable, demo)
		if err != nil {
			return nil, err
		}
		channel, err := publication.NewHTTP(name, at)
		if err != nil {
			return nil, fmt.Errorf("register (%s_URL, _SECRET_FILE): %w", variable, err)
		}
		all[name] = channel
	}
	return all, nil
}
