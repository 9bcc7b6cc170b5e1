package main

import (
	"fmt"

	"github.com/spf13/pflag"

	"github.com/dengpan/dengpan/mail"
)

// smtpConfig is the server that takes the product's mail.
type smtpConfig struct {
	Address      string `env:"DENGPAN_SMTP_ADDRESS"`
	From         string `env:"DENGPAN_SMTP_FROM"`
	TLS          string `env:"DENGPAN_SMTP_TLS"           envDefault:"starttls"`
	User         string `env:"DENGPAN_SMTP_USER"`
	PasswordFile string `env:"DENGPAN_SMTP_PASSWORD_FILE"`
}

func (c *smtpConfig) flags(f *pflag.FlagSet) {
	f.StringVar(&c.Address, "smtp-address", c.Address,
		"server that takes notices to be mailed, HOST:PORT; empty: they stand in the console only (DENGPAN_SMTP_ADDRESS)")
	f.StringVar(&c.From, "smtp-from", c.From, "address that mail comes from (DENGPAN_SMTP_FROM)")
	f.StringVar(&c.TLS, "smtp-tls", c.TLS,
		"how the connection to it is protected: starttls, implicit, or none in a demonstration (DENGPAN_SMTP_TLS)")
	f.StringVar(&c.User, "smtp-user", c.User, "name to give the server, if it asks for one (DENGPAN_SMTP_USER)")
	f.StringVar(&c.PasswordFile, "smtp-password-file", c.PasswordFile,
		"file with the password that goes with it (DENGPAN_SMTP_PASSWORD_FILE)")
}

// sender sends mail; nil when there is no server to take it.
func (c *smtpConfig) sender(demo bool) (*mail.Sender, error) {
	if c.Address == "" {
		return nil, nil //nolint:nilnil // no server is no mistake
	}
	if c.TLS == mail.Plain && !demo {
		return nil, fmt.Errorf("mail (DENGPAN_SMTP_TLS): %s is for demonstrations", mail.Plain)
	}
	password, err := secret("", c.PasswordFile, "DENGPAN_SMTP_PASSWORD")
	if err != nil {
		return nil, err
	}
	sender, err := mail.NewSender(mail.Server{Address: c.Address, From: c.From, TLS: c.TLS, User: c.User, Password: password})
	if err != nil {
		return nil, fmt.Errorf("mail (DENGPAN_SMTP_ADDRESS, _FROM, _TLS): %w", err)
	}
	return sender, nil
}
