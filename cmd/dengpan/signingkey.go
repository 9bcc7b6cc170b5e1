package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dengpan/dengpan/signing"
	"github.com/dengpan/dengpan/store"
)

func signingKeyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "signing-key", Short: "make keys that documents are signed with, look at them, withdraw one",
		Long: "Keys are in the folder that DENGPAN_SIGNING_KEYS names. See docs/operations.md for how a key is made,\n" +
			"changed, and what to do when one is lost.",
	}
	cmd.AddCommand(signingKeyCreateCommand(), signingKeyRequestCommand(), signingKeyCredentialsCommand(),
		signingKeyListCommand(), signingKeyWithdrawCommand())
	return cmd
}

// makesKey gives a command the flags of a key that is to be made.
func makesKey(cmd *cobra.Command, do func(cmd *cobra.Command, r signing.Request) error) *cobra.Command {
	cfg := configured(cmd)
	var r signing.Request
	cmd.Flags().StringVar(&r.Name, "name", signing.Default, "default, or the id of the institution that is to sign with it")
	cmd.Flags().StringVar(&r.Kind, "kind", signing.KindECDSA, "kind of key: "+strings.Join(signing.Kinds(), ", "))
	cmd.Flags().StringVar(&r.Subject, "subject", "登攀", "whose key it is, as its certificate will name them")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if r.Folder = cfg.Signing.Folder; r.Folder == "" {
			return errors.New("no folder: set DENGPAN_SIGNING_KEYS")
		}
		return do(cmd, r)
	}
	return cmd
}

func signingKeyCreateCommand() *cobra.Command {
	return makesKey(&cobra.Command{
		Use: "create", Args: cobra.NoArgs, Short: "make a key of a demonstration, with certificates that say so and that nobody outside trusts",
	}, func(cmd *cobra.Command, r signing.Request) error {
		if err := signing.CreateDemonstration(r, time.Now()); err != nil {
			return err
		}
		cmd.Printf("made %s in %s\n", r.Name, r.Folder)
		return nil
	})
}

func signingKeyRequestCommand() *cobra.Command {
	return makesKey(&cobra.Command{
		Use: "request", Args: cobra.NoArgs, Short: "make a key, and print the request by which an authority makes its certificate",
	}, func(cmd *cobra.Command, r signing.Request) error {
		request, err := signing.CreateRequest(r)
		if err != nil {
			return err
		}
		cmd.Print(string(request))
		return nil
	})
}

func signingKeyCredentialsCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "credentials", Args: cobra.NoArgs, Short: "make the key that credentials (Open Badges) and status lists are signed with"}
	cfg := configured(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if cfg.Signing.Folder == "" {
			return errors.New("no folder: set DENGPAN_SIGNING_KEYS")
		}
		return signing.CreateCredentials(cfg.Signing.Folder)
	}
	return cmd
}

func signingKeyListCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "list", Short: "list every key that documents were signed with", Args: cobra.NoArgs}
	cfg := configured(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return administer(cmd.Context(), cfg, func(db *store.Store) error {
			keys, err := db.Read(cmd.Context()).SigningKeys()
			for _, key := range keys {
				owner, state := signing.Default, "valid until "+key.NotAfter.Format(time.DateOnly)
				if key.Owner != nil {
					owner = *key.Owner
				}
				if key.WithdrawnAt != nil {
					state = "withdrawn " + key.WithdrawnAt.Format(time.DateOnly)
				}
				cmd.Printf("%s  %-12s  %-12s  %s  %s\n", key.ID, owner, key.Algorithm, state, key.Subject)
			}
			if err != nil {
				return err
			}
			others, err := db.Read(cmd.Context()).CredentialKeys()
			for _, key := range others {
				cmd.Printf("%-64s  %-12s  %-12s  since %s\n", key.ID, signing.Credentials, "ES256", key.RegisteredAt.Format(time.DateOnly))
			}
			return err
		})
	}
	return cmd
}

func signingKeyWithdrawCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "withdraw ID", Args: cobra.ExactArgs(1),
		Short: "say of a key that it was lost: nothing is signed with it any more, and only the record vouches for what it signed",
	}
	cfg := configured(cmd)
	var reason string
	cmd.Flags().StringVar(&reason, "reason", "", "why, for the audit log")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if reason == "" {
			return errors.New("say why: --reason")
		}
		return administer(cmd.Context(), cfg, func(db *store.Store) error {
			return db.Tx(cmd.Context(), func(tx *store.Tx) error { return withdraw(tx, args[0], reason, time.Now().UTC()) })
		})
	}
	return cmd
}

func withdraw(tx *store.Tx, id, reason string, at time.Time) error {
	kind, do := "signing_key", tx.WithdrawSigningKey
	if _, err := tx.SigningKey(id); errors.Is(err, store.ErrNotFound) {
		kind, do = "credential_key", tx.WithdrawCredentialKey
	} else if err != nil {
		return err
	}
	first, err := do(id, reason, store.ActorSystem, at)
	if err != nil {
		return fmt.Errorf("no key has this id, or it cannot be withdrawn: %w", err)
	}
	if !first {
		return nil
	}
	return tx.Audit(store.AuditEntry{Actor: store.ActorSystem, Action: kind + ".withdraw", Subject: kind + ":" + id, Reason: reason, At: at})
}
