package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/sync/errgroup"

	"github.com/dengpan/dengpan/activities"
	"github.com/dengpan/dengpan/attestation"
	"github.com/dengpan/dengpan/credential"
	"github.com/dengpan/dengpan/document"
	"github.com/dengpan/dengpan/signing"
	"github.com/dengpan/dengpan/signing/token"
	"github.com/dengpan/dengpan/worker"
)

// signingConfig says where the keys are that documents are signed with. Only the signer is told.
type signingConfig struct {
	Folder  string `env:"DENGPAN_SIGNING_KEYS"`
	Address string `env:"DENGPAN_SIGNER_ADDRESS"           envDefault:"127.0.0.1:8082"`
	Module  string `env:"DENGPAN_SIGNING_TOKEN_MODULE"`
	Label   string `env:"DENGPAN_SIGNING_TOKEN_LABEL"`
	PINFile string `env:"DENGPAN_SIGNING_TOKEN_PIN_FILE"`
}

func (c *signingConfig) flags(f *pflag.FlagSet) {
	f.StringVar(&c.Folder, "signing-keys", c.Folder, "folder of the keys that documents are signed with (DENGPAN_SIGNING_KEYS)")
	f.StringVar(&c.Address, "signer-address", c.Address, "where the signer's health and metrics listen (DENGPAN_SIGNER_ADDRESS)")
	f.StringVar(&c.Module, "signing-token-module", c.Module,
		"library (PKCS #11) of the token that holds keys which are not in the folder (DENGPAN_SIGNING_TOKEN_MODULE)")
	f.StringVar(&c.Label, "signing-token-label", c.Label, "label of the token (DENGPAN_SIGNING_TOKEN_LABEL)")
	f.StringVar(&c.PINFile, "signing-token-pin-file", c.PINFile, "file with the token's PIN (DENGPAN_SIGNING_TOKEN_PIN_FILE)")
}

// token opens the token; nil when there is none.
func (c *signingConfig) token() (signing.Token, error) {
	if c.Folder == "" {
		return nil, errors.New("no signing keys: set DENGPAN_SIGNING_KEYS to the folder that holds them")
	}
	if c.Module == "" {
		return nil, nil //nolint:nilnil // there is none
	}
	pin, err := secret("", c.PINFile, "DENGPAN_SIGNING_TOKEN_PIN")
	if err != nil {
		return nil, err
	}
	device, err := token.Open(token.Config{Module: c.Module, Label: c.Label, PIN: pin})
	if err != nil {
		return nil, fmt.Errorf("token (DENGPAN_SIGNING_TOKEN_…): %w", err)
	}
	return device, nil
}

// keys opens the keys. Those of a demonstration are for demonstrations: nobody outside trusts what they sign.
func (c *signingConfig) keys(device signing.Token, demo bool) (*signing.Keys, error) {
	keys, err := signing.Open(c.Folder, device)
	if err != nil {
		return nil, fmt.Errorf("signing keys (DENGPAN_SIGNING_KEYS): %w", err)
	}
	for _, name := range keys.Names() {
		if !demo && strings.Contains(keys.For(name).Public().Subject, signing.Demonstration) {
			return nil, fmt.Errorf("signing keys (DENGPAN_SIGNING_KEYS): %s is of a demonstration", name)
		}
	}
	return keys, nil
}

// credentials opens the key that credentials are signed with; nil when there is none, or no address that an issuer is named by.
func (c *signingConfig) credentials(device signing.Token, origin string) (*credential.Issuer, error) {
	private, err := signing.OpenCredentials(c.Folder, device)
	if err != nil || private == nil || origin == "" {
		return nil, err
	}
	key, err := credential.NewKey(private)
	if err != nil {
		return nil, fmt.Errorf("the credentials' key (DENGPAN_SIGNING_KEYS): %w", err)
	}
	did, err := credential.DID(origin)
	if err != nil {
		return nil, fmt.Errorf("DENGPAN_PUBLIC_URL: %w", err)
	}
	return &credential.Issuer{Key: key, Origin: origin, DID: did}, nil
}

func signerCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "signer", Short: "sign certificates' documents, with keys that no other process has", Args: cobra.NoArgs}
	cfg := configured(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return serve(cmd.Context(), cfg, (*process).signer)
	}
	return cmd
}

func (p *process) signer(ctx context.Context) error {
	device, err := p.cfg.Signing.token()
	if err != nil {
		return err
	}
	keys, err := p.cfg.Signing.keys(device, p.cfg.Demo)
	if err != nil {
		return err
	}
	issuer, err := p.cfg.Signing.credentials(device, p.origin)
	if err != nil {
		return err
	}
	if err := prometheus.Register(worker.Expiries{Keys: keys}); err != nil {
		return fmt.Errorf("prepare the signer's figures: %w", err)
	}
	var keeper *attestation.Keeper
	if issuer == nil {
		p.logger.WarnContext(ctx, "no credentials are made: there is no key for them, or no DENGPAN_PUBLIC_URL")
	} else {
		keeper = &attestation.Keeper{Store: p.store, Keys: p.keys, Issuer: *issuer, Logger: p.logger}
	}
	group, ctx := errgroup.WithContext(ctx)
	health := &worker.Health{Store: p.store}
	group.Go(func() error { return health.Serve(ctx, p.cfg.Signing.Address) })
	group.Go(func() error {
		return worker.RunSigner(ctx, worker.SignerConfig{
			Temporal: p.temporal, Logger: p.logger, Credentials: keeper,
			Signatures: &activities.Signatures{Store: p.store, Keys: p.keys, Sign: keys, Lint: &document.Printer{}},
		}, health.Ready)
	})
	return group.Wait()
}
