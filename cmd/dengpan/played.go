package main

import (
	"fmt"

	"github.com/caarlos0/env/v11"
	"github.com/spf13/cobra"

	"github.com/dengpan/dengpan/idcheck/bureau"
	"github.com/dengpan/dengpan/sms/gateway"
)

// playedConfig says where those listen that are played beside institutions and public registers, and by which secrets they know
// the product: the same that it signs with.
type playedConfig struct {
	SMSAddress    string `env:"DENGPAN_SMS_ADDRESS"`
	SMSFolder     string `env:"DENGPAN_SMS_FOLDER"`
	BureauAddress string `env:"DENGPAN_BUREAU_ADDRESS"`

	SMS      smsConfig
	Identity idcheckConfig
}

// played reads the configuration of who is played.
func played(cmd *cobra.Command) *playedConfig {
	cfg := playedConfig{SMSAddress: gateway.DefaultAddress, BureauAddress: bureau.DefaultAddress}
	if err := env.Parse(&cfg); err != nil {
		cmd.PreRunE = func(*cobra.Command, []string) error { return fmt.Errorf("read the environment: %w", err) }
	}
	return &cfg
}

// shared is the secret that the product signs with, without which nobody could be told from it.
func shared(file, variable string) (string, error) {
	signs, err := secret("", file, variable)
	if err == nil && signs == "" {
		err = fmt.Errorf("no secret: set %s_FILE to the file of the one that the product signs with", variable)
	}
	return signs, err
}

func gatewayCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "gateway", Short: "play a gateway of short messages: take them, keep them to be read, send none", Args: cobra.NoArgs,
	}
	cfg := played(cmd)
	f := cmd.Flags()
	f.StringVar(&cfg.SMSAddress, "sms-address", cfg.SMSAddress, "where it listens (DENGPAN_SMS_ADDRESS)")
	f.StringVar(&cfg.SMSFolder, "sms-folder", cfg.SMSFolder, "folder in which messages are kept; empty: in memory (DENGPAN_SMS_FOLDER)")
	f.StringVar(&cfg.SMS.SecretFile, "sms-secret-file", cfg.SMS.SecretFile,
		"file with the secret that signs what it is sent (DENGPAN_SMS_SECRET_FILE)")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		signs, err := shared(cfg.SMS.SecretFile, "DENGPAN_SMS_SECRET")
		if err != nil {
			return err
		}
		server, _, err := gateway.Start(cfg.SMSAddress, signs, cfg.SMSFolder)
		if err != nil {
			return err
		}
		<-cmd.Context().Done()
		return server.Close()
	}
	return cmd
}

func bureauCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "bureau", Short: "play the register of persons: say whether names and numbers belong together, misbehave on request", Args: cobra.NoArgs,
	}
	cfg := played(cmd)
	f := cmd.Flags()
	f.StringVar(&cfg.BureauAddress, "bureau-address", cfg.BureauAddress, "where it listens (DENGPAN_BUREAU_ADDRESS)")
	f.StringVar(&cfg.Identity.SecretFile, "identity-check-secret-file", cfg.Identity.SecretFile,
		"file with the secret that signs what it is asked (DENGPAN_IDENTITY_CHECK_SECRET_FILE)")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		signs, err := shared(cfg.Identity.SecretFile, "DENGPAN_IDENTITY_CHECK_SECRET")
		if err != nil {
			return err
		}
		register, err := bureau.New(signs)
		if err != nil {
			return err
		}
		return register.Run(cmd.Context(), cfg.BureauAddress)
	}
	return cmd
}
