package main

import (
	"fmt"

	"github.com/spf13/pflag"

	"github.com/dengpan/dengpan/sms"
)

// smsConfig is the gateway that takes the product's short messages.
type smsConfig struct {
	URL        string `env:"DENGPAN_SMS_URL"`
	SecretFile string `env:"DENGPAN_SMS_SECRET_FILE"`
}

func (c *smsConfig) flags(f *pflag.FlagSet) {
	f.StringVar(&c.URL, "sms-url", c.URL,
		"https address of the gateway that takes short messages; empty: trainees are told by mail and on their pages only (DENGPAN_SMS_URL)")
	f.StringVar(&c.SecretFile, "sms-secret-file", c.SecretFile,
		"file with the secret that signs what it is sent (DENGPAN_SMS_SECRET_FILE)")
}

// sender sends short messages; nil when there is no gateway to take them.
func (c *smsConfig) sender(demo bool) (sms.Sender, error) {
	if c.URL == "" {
		return nil, nil //nolint:nilnil // no gateway is no mistake
	}
	at, err := neighbourAt(c.URL, c.SecretFile, "DENGPAN_SMS", demo)
	if err != nil {
		return nil, err
	}
	gateway, err := sms.NewGateway(at)
	if err != nil {
		return nil, fmt.Errorf("gateway of short messages (DENGPAN_SMS_URL, _SECRET_FILE): %w", err)
	}
	return gateway, nil
}
