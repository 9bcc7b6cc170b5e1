package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dengpan/dengpan/authority"
	"github.com/dengpan/dengpan/password"
	"github.com/dengpan/dengpan/store"
)

func accountCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "account", Short: "make accounts that people log in to, and see to those there are", Args: cobra.NoArgs,
	}
	cmd.AddCommand(accountCreateCommand(), accountLoginCommand(), accountPasswordCommand(), accountResetCommand(), accountCloseCommand())
	return cmd
}

// newAccount is what an account is to be.
type newAccount struct{ role, district, institution, label string }

func (n *newAccount) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&n.role, "role", "", "operator, trainee, institution or administrator")
	f.StringVar(&n.district, "district", "", "of an operator who sees that district only: "+strings.Join(authority.Districts(), ", "))
	f.StringVar(&n.institution, "institution", "", "the institution that the account acts for")
	f.StringVar(&n.label, "label", "", "what an audit row calls it; not a person's name")
}

// account checks what was given.
func (n *newAccount) account() (store.Account, error) {
	account := store.Account{Role: n.role, Label: n.label}
	switch {
	case n.label == "":
		return account, errors.New("--label is required")
	case !slices.Contains(authority.Roles(), authority.Role(n.role)):
		return account, errors.New("--role must be operator, trainee, institution or administrator")
	case n.district != "" && (n.role != store.RoleOperator || !authority.IsDistrict(n.district)):
		return account, errors.New("--district goes with --role operator, and is one of " + strings.Join(authority.Districts(), ", "))
	case (n.role == store.RoleInstitution) != (n.institution != ""):
		return account, errors.New("--institution goes with --role institution, and only with it")
	case n.institution != "":
		account.InstitutionID = &n.institution
	case n.district != "":
		account.District = &n.district
	}
	return account, nil
}

// known checks that the account's institution is.
func (n *newAccount) known(tx *store.Tx) error {
	if n.institution == "" {
		return nil
	}
	if _, err := tx.Institution(n.institution); err != nil {
		return fmt.Errorf("--institution %s: %w", n.institution, err)
	}
	return nil
}

func accountCreateCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "create", Short: "make an account with a log-in, and print its id; the password is a line of standard input", Args: cobra.NoArgs,
	}
	cfg := configured(cmd)
	var wanted newAccount
	wanted.flags(cmd)
	login := cmd.Flags().String("login", "", "the name to log in with: a letter, then letters, digits, dot, hyphen, underscore")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		account, err := wanted.account()
		if err != nil {
			return err
		}
		hash, err := readPassword(cmd.Context(), cmd.InOrStdin(), *login)
		if err != nil {
			return err
		}
		err = mutate(cmd.Context(), cfg, func(tx *store.Tx) error {
			if err := wanted.known(tx); err != nil {
				return err
			}
			if account, err = tx.CreateAccount(account); err != nil {
				return err
			}
			if err := giveLogin(tx, account.ID, *login, hash); err != nil {
				return err
			}
			return auditAccount(tx, "account.create", account.ID, wanted.label)
		})
		if err != nil {
			return err
		}
		fmt.Fprintln(cmd.OutOrStdout(), account.ID)
		return nil
	}
	return cmd
}

func accountLoginCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "login", Short: "give an account a log-in that has none; the password is a line of standard input", Args: cobra.NoArgs,
	}
	cfg := configured(cmd)
	id := cmd.Flags().String("id", "", "the account")
	login := cmd.Flags().String("login", "", "the name to log in with: a letter, then letters, digits, dot, hyphen, underscore")
	reason := reasonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		hash, err := readPassword(cmd.Context(), cmd.InOrStdin(), *login)
		if err != nil {
			return err
		}
		return mutate(cmd.Context(), cfg, func(tx *store.Tx) error {
			account, err := tx.Account(*id)
			if err != nil {
				return fmt.Errorf("--id: %w", err)
			}
			if err := giveLogin(tx, account.ID, *login, hash); err != nil {
				return err
			}
			return auditAccount(tx, "account.login", account.ID, *reason)
		})
	}
	return cmd
}

func accountPasswordCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "password",
		Short: "set a password that was forgotten, and end the account's sessions; the password is a line of standard input",
		Args:  cobra.NoArgs,
	}
	cfg := configured(cmd)
	login := loginFlag(cmd)
	reason := reasonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		hash, err := readPassword(cmd.Context(), cmd.InOrStdin(), *login)
		if err != nil {
			return err
		}
		return onLogin(cmd.Context(), cfg, *login, "password.reset", *reason, func(tx *store.Tx, id string) error {
			if err := tx.SetPassword(id, hash, time.Now().UTC()); err != nil {
				return err
			}
			if err := tx.ForgetLoginFailures(*login); err != nil {
				return err
			}
			_, err := tx.RevokeWebSessions(id, "")
			return err
		})
	}
	return cmd
}

func accountResetCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "reset-second-factor", Short: "take away a second factor that was lost, and end the account's sessions", Args: cobra.NoArgs,
	}
	cfg := configured(cmd)
	login := loginFlag(cmd)
	reason := reasonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return onLogin(cmd.Context(), cfg, *login, "second_factor.reset", *reason, func(tx *store.Tx, id string) error {
			if err := tx.RemoveSecondFactor(id); err != nil {
				return err
			}
			_, err := tx.RevokeWebSessions(id, "")
			return err
		})
	}
	return cmd
}

func accountCloseCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "close", Short: "close an account for good: its sessions, tokens and invitations end", Args: cobra.NoArgs}
	cfg := configured(cmd)
	login := loginFlag(cmd)
	reason := reasonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return onLogin(cmd.Context(), cfg, *login, "account.close", *reason, func(tx *store.Tx, id string) error {
			return tx.CloseAccount(id, time.Now().UTC())
		})
	}
	return cmd
}

func loginFlag(cmd *cobra.Command) *string {
	return cmd.Flags().String("login", "", "the name that the account logs in with")
}

func reasonFlag(cmd *cobra.Command) *string {
	return cmd.Flags().String("reason", "", "why, for the audit log")
}

// readPassword is the hash of the password on the first line of what is read. It is no flag: other programs see those.
func readPassword(ctx context.Context, from io.Reader, login string) (string, error) {
	const longest = 4096
	line, err := bufio.NewReader(io.LimitReader(from, longest)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the password: %w", err)
	}
	secret := strings.TrimRight(line, "\r\n")
	if weakness := password.WeaknessOf(secret, login); weakness != "" {
		return "", fmt.Errorf("the password on standard input is not taken: %s", weakness)
	}
	hasher, err := password.NewHasher()
	if err != nil {
		return "", err
	}
	return hasher.Hash(ctx, secret)
}

// giveLogin gives an account a log-in.
func giveLogin(tx *store.Tx, id, login, hash string) error {
	err := tx.InsertCredential(store.Credential{AccountID: id, Login: login, PasswordHash: hash, ChangedAt: time.Now().UTC()})
	switch store.Constraint(err) {
	case store.OneLogin:
		return errors.New("--login: it is another account's")
	case store.LoginForm:
		return errors.New("--login: 3 to 32 letters, digits, dots, hyphens and underscores, a letter first")
	case store.OneLoginPerAccount:
		return errors.New("--id: the account has a log-in")
	}
	return err
}

// onLogin does something to the account of a log-in, with its row in the audit log.
func onLogin(ctx context.Context, cfg *config, login, action, reason string, do func(tx *store.Tx, id string) error) error {
	return mutate(ctx, cfg, func(tx *store.Tx) error {
		credential, err := tx.CredentialByLogin(login)
		if err != nil {
			return fmt.Errorf("--login: %w", err)
		}
		if err := do(tx, credential.AccountID); err != nil {
			return err
		}
		return auditAccount(tx, action, credential.AccountID, reason)
	})
}

// auditAccount writes what was done to an account from the command line.
func auditAccount(tx *store.Tx, action, id, reason string) error {
	if reason == "" {
		return errors.New("--reason is required")
	}
	return tx.Audit(store.AuditEntry{Actor: store.ActorSystem, Action: action, Subject: "account:" + id, Reason: reason})
}

// mutate runs a command in one transaction.
func mutate(ctx context.Context, cfg *config, do func(*store.Tx) error) error {
	return administer(ctx, cfg, func(db *store.Store) error { return db.Tx(ctx, do) })
}
