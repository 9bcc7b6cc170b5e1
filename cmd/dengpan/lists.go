package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dengpan/dengpan/directory"
	"github.com/dengpan/dengpan/listing"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/store"
)

func listsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "lists", Short: "check, import and show the published lists of institutions", Args: cobra.NoArgs,
	}
	cmd.AddCommand(listsCheckCommand(), listsImportCommand(), listsShowCommand())
	return cmd
}

// readList reads a list from a file whose name says its form. What is wrong is printed, a line each.
func readList(cmd *cobra.Command, cfg *config, path string) (listing.Snapshot, error) {
	rules, err := cfg.policy()
	if err != nil {
		return listing.Snapshot{}, err
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return listing.Snapshot{}, fmt.Errorf("read the list: %w", err)
	}
	format := listing.Format(strings.TrimPrefix(strings.ToLower(filepath.Ext(path)), "."))
	if format == "yml" {
		format = listing.YAML
	}
	list, err := listing.Read(format, content, listing.TermsOf(rules))
	return list, printFaults(cmd.OutOrStdout(), path, err)
}

// printFaults prints what is wrong with a list by row and column, and says how much it is.
func printFaults(out io.Writer, path string, err error) error {
	faults, wrong := errors.AsType[listing.RowErrors](err)
	if !wrong {
		return err
	}
	for _, fault := range faults {
		fmt.Fprintf(out, "%s:%d: %s: %s\n", path, fault.Row, fault.Column, message.Text(message.Chinese, "field."+fault.Code, nil))
	}
	return fmt.Errorf("the list: %d found wrong", len(faults))
}

func listsCheckCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "check FILE", Short: "read a list (.yaml, .csv, .xlsx) and print what is wrong with it, by row and column", Args: cobra.ExactArgs(1),
	}
	cfg := configured(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		list, err := readList(cmd, cfg, args[0])
		if err == nil {
			fmt.Fprintf(cmd.OutOrStdout(), "nothing wrong: %s, of %d, from %s, %d rows\n",
				list.Document, list.ListYear, list.ValidFrom, len(list.Bodies)+len(list.Bases))
		}
		return err
	}
	return cmd
}

func listsImportCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "keep a list as a draft and print what it would change",
		Long:  "The list is decided on and applied in the web application or by the interface: by a person, with a reason.",
		Args:  cobra.ExactArgs(1),
	}
	cfg := configured(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		list, err := readList(cmd, cfg, args[0])
		if err != nil {
			return err
		}
		err = mutate(cmd.Context(), cfg, func(tx *store.Tx) error {
			snapshot, _, err := directory.Desk{Tx: tx, Actor: store.ActorSystem, At: time.Now().UTC()}.Import(list)
			if err != nil {
				return err
			}
			preview, err := directory.Look(tx, snapshot)
			if err == nil {
				printPreview(cmd.OutOrStdout(), snapshot, preview)
			}
			return err
		})
		return printFaults(cmd.OutOrStdout(), args[0], err)
	}
	return cmd
}

func printPreview(out io.Writer, s store.ListSnapshot, p directory.Preview) {
	d := p.Difference
	fmt.Fprintf(out, "%s  %s  from %s  %s\n", s.ID, s.Document, s.ValidFrom, s.State)
	fmt.Fprintf(out, "institutions: %d new, %d renamed; names to decide on: %d\n", len(d.New), len(d.Renamed), p.Undecided())
	fmt.Fprintf(out, "listings: %d added, %d removed, %d unchanged\n", len(d.Added), len(d.Removed), d.Unchanged)
	fmt.Fprintf(out, "CE bases: %d added, %d removed, %d changed, %d unchanged\n",
		len(d.BasesAdded), len(d.BasesRemoved), len(d.BasesChanged), d.BasesUnchanged)
	for _, e := range p.Effects {
		fmt.Fprintf(out, "running cases of %s (%s, %s): %d stop, %d finish, %d wait for a certificate, %d go on; open courses: %d\n",
			e.InstitutionID, e.Role, e.Cause, e.Stops, e.Finishes, e.Held, e.Unaffected, e.Courses)
	}
}

func listsShowCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "show", Short: "show the lists that were imported, or the one that holds as a table to make the next one of", Args: cobra.NoArgs,
	}
	cfg := configured(cmd)
	asTable := cmd.Flags().Bool("csv", false, "the list that was applied last, as a table")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return administer(cmd.Context(), cfg, func(db *store.Store) error {
			if *asTable {
				return showTable(cmd.Context(), cmd.OutOrStdout(), cfg, db)
			}
			all, err := db.Read(cmd.Context()).ListSnapshots()
			for _, s := range all {
				fmt.Fprintf(cmd.OutOrStdout(), "%s  %-9s  %d  from %s  %s\n", s.ID, s.State, s.ListYear, s.ValidFrom, s.Document)
			}
			return err
		})
	}
	return cmd
}

func showTable(ctx context.Context, out io.Writer, cfg *config, db *store.Store) error {
	rules, err := cfg.policy()
	if err != nil {
		return err
	}
	last, err := db.Read(ctx).LastApplied()
	if err != nil {
		return err
	}
	w := csv.NewWriter(out)
	if err := w.WriteAll(last.Content.Table(rules)); err != nil {
		return fmt.Errorf("write the list: %w", err)
	}
	return nil
}
