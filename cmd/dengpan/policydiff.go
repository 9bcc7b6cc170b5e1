package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
)

func policyDiffCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "say what changes between two versions, and whom it would affect",
		Long: "Versions are names (beijing-2023, beijing-2023+demo) or folders (a path with a slash).\n" +
			"With --database-url, the open cases that keep OLD are counted, and those that a change is about by where they stand.",
		Args: cobra.ExactArgs(2),
	}
	url := cmd.Flags().String("database-url", "", "PostgreSQL URL of the cases to count")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		before, err := policyNamed(args[0], false)
		if err != nil {
			return fmt.Errorf("OLD: %w", err)
		}
		after, err := policyNamed(args[1], false)
		if err != nil {
			return fmt.Errorf("NEW: %w", err)
		}
		changes := policy.Diff(before, after)
		printChanges(cmd.OutOrStdout(), changes)
		if *url == "" {
			return nil
		}
		return administer(cmd.Context(), &config{DatabaseURL: *url}, func(db *store.Store) error {
			counts, err := openCases(cmd.Context(), db, before.ID())
			if err != nil {
				return err
			}
			printCounts(cmd.OutOrStdout(), before.ID(), counts, changes)
			return nil
		})
	}
	return cmd
}

// printChanges writes changes rule by rule.
func printChanges(out io.Writer, changes []policy.Change) {
	if len(changes) == 0 {
		fmt.Fprintln(out, "no rule changes")
	}
	rule := ""
	for i, c := range changes {
		name := cmp.Or(c.Rule, c.Field)
		if c.Rule == "" {
			name, _, _ = strings.Cut(c.Field, ".")
		}
		if i == 0 || name != rule {
			rule = name
			fmt.Fprintln(out, rule)
		}
		field := ""
		if c.Field != "" && c.Field != rule {
			field = strings.TrimPrefix(c.Field, rule+".") + ": "
		}
		switch {
		case c.Old == "":
			fmt.Fprintf(out, "  + %s%s\n", field, c.New)
		case c.New == "":
			fmt.Fprintf(out, "  - %s%s\n", field, c.Old)
		default:
			fmt.Fprintf(out, "  ~ %s%s -> %s\n", field, c.Old, c.New)
		}
	}
}

// openCases counts the open cases that keep a version.
func openCases(ctx context.Context, db *store.Store, version string) (counts []store.CaseCount, err error) {
	err = db.Snapshot(ctx, func(tx *store.Tx) error {
		counts, err = tx.OpenCasesKeeping(version)
		return err
	})
	return counts, err
}

// printCounts writes how many cases keep a version, and of those the changes may touch where they stand.
func printCounts(out io.Writer, version string, counts []store.CaseCount, changes []policy.Change) {
	total, affected := 0, 0
	var lines strings.Builder
	for _, at := range counts {
		total += at.Count
		if slices.ContainsFunc(changes, func(c policy.Change) bool { return c.Affects(at.Occupation, at.Level) }) {
			affected += at.Count
			fmt.Fprintf(&lines, "  %-26s %-13s %-13s %-8s %d\n", at.Occupation, at.Level, at.Stage, at.Status, at.Count)
		}
	}
	fmt.Fprintf(out, "\nopen cases that keep %s: %d, affected: %d\n%s", version, total, affected, lines.String())
}
