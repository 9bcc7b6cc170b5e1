package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/institution"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/worker"
)

func migrateCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "migrate",
		Short: "bring the schema, the published lists and the Temporal namespace up to date",
		Args:  cobra.NoArgs,
	}
	cfg := configured(cmd)
	databaseOnly := cmd.Flags().Bool("database-only", false, "leave Temporal alone")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		ctx, cancel := context.WithTimeout(cmd.Context(), 2*time.Minute)
		defer cancel()
		version, err := migrate(ctx, cmd, cfg)
		if err != nil {
			return err
		}
		db, err := cfg.openStore(ctx)
		if err != nil {
			return err
		}
		defer func() { _ = db.Close() }()
		rules, err := cfg.policy()
		if err != nil {
			return err
		}
		if err := db.LoadLists(ctx, rules.Lists()); err != nil {
			return err
		}
		cmd.Printf("schema at version %d, published lists of %d loaded\n", version, rules.Lists().ListYear)
		if *databaseOnly {
			return nil
		}
		return prepareNamespace(ctx, cmd, cfg)
	}
	return cmd
}

// migrate brings the schema up to date as its owner, and lets the application's role use it.
func migrate(ctx context.Context, cmd *cobra.Command, cfg *config) (version int64, err error) {
	owner, err := cfg.owner()
	if err != nil {
		return 0, err
	}
	application, err := cfg.database()
	if err != nil {
		return 0, err
	}
	reached, err := cfg.openStoreAt(ctx, owner) // waits for a database that is still starting
	if err != nil {
		return 0, err
	}
	if err := reached.Close(); err != nil {
		return 0, err
	}
	if version, err = store.Migrate(ctx, owner); err != nil {
		return 0, err
	}
	err = store.GrantApplication(ctx, owner, application)
	if errors.Is(err, store.ErrOneRole) {
		cmd.PrintErrln("warning: the application's database role owns the schema, so nothing keeps it from changing the audit log; " +
			"set DENGPAN_OWNER_DATABASE_URL to the owner's, and DATABASE_URL to another role's")
		err = nil
	}
	return version, err
}

func prepareNamespace(ctx context.Context, cmd *cobra.Command, cfg *config) error {
	logger, err := cfg.logger()
	if err != nil {
		return err
	}
	temporal, err := worker.Dial(cfg.Temporal, cfg.Namespace, nil, logger)
	if err != nil {
		return err
	}
	defer temporal.Close()
	if err := worker.PrepareNamespace(ctx, temporal, cfg.Namespace); err != nil {
		return err
	}
	cmd.Printf("Temporal namespace %s is ready\n", cfg.Namespace)
	return nil
}

func tokenCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "token", Short: "make an account and print its bearer token, once", Args: cobra.NoArgs}
	cfg := configured(cmd)
	var wanted newAccount
	wanted.flags(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		account, err := wanted.account()
		if err != nil {
			return err
		}
		return mutate(cmd.Context(), cfg, func(tx *store.Tx) error {
			if err := wanted.known(tx); err != nil {
				return err
			}
			account, token, err := tx.CreateToken(account, wanted.label)
			if err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), token)
			return auditAccount(tx, "token.create", account.ID, wanted.label)
		})
	}
	return cmd
}

// administer runs a command on the database.
func administer(ctx context.Context, cfg *config, do func(*store.Store) error) error {
	db, err := cfg.openStore(ctx)
	if err != nil {
		return err
	}
	return errors.Join(do(db), db.Close())
}

func institutionCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "institution", Short: "play institutions: take tasks, answer them, misbehave on request", Args: cobra.NoArgs,
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		cfg, err := institution.ConfigFromEnv()
		if err != nil {
			return err
		}
		cal, err := calendar.Parse(os.Getenv("DENGPAN_DAY"), os.Getenv("DENGPAN_CALENDAR_ANCHOR"))
		if err != nil {
			return fmt.Errorf("calendar (DENGPAN_DAY, DENGPAN_CALENDAR_ANCHOR): %w", err)
		}
		cfg.Moment, cfg.Day = cal.Moment, cal.Day
		simulator, err := institution.New(cfg)
		if err != nil {
			return err
		}
		return simulator.Run(cmd.Context())
	}
	return cmd
}
