package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
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
			"With --database-url, the open cases that keep OLD are counted by stage and level.",
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
		printChanges(cmd.OutOrStdout(), policy.Diff(before, after))
		if *url == "" {
			return nil
		}
		return administer(cmd.Context(), &config{DatabaseURL: *url}, func(db *store.Store) error {
			counts, err := openCases(cmd.Context(), db, before.ID())
			if err != nil {
				return err
			}
			printCounts(cmd.OutOrStdout(), before.ID(), counts)
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

// pinned is where a case stands that keeps a version.
type pinned struct{ stage, level string }

// openCases counts the open cases that keep a version. Every open case is read, a page at a time: this is asked when rules
// change, not while cases run.
func openCases(ctx context.Context, db *store.Store, version string) (map[pinned]int, error) {
	const page = 1000
	counts := map[pinned]int{}
	err := db.Snapshot(ctx, func(tx *store.Tx) error {
		for _, status := range []string{"active", "waiting", "stuck"} {
			filter := store.CaseFilter{Status: status, Limit: page}
			for {
				cases, err := tx.Cases(filter)
				if err != nil {
					return err
				}
				for _, c := range cases {
					if c.PolicyVersion == version {
						counts[pinned{stage: string(c.Stage), level: c.Level}]++
					}
				}
				if len(cases) < page {
					break
				}
				last := cases[len(cases)-1]
				filter.After = &store.Position{At: last.RegisteredAt, ID: last.ID}
			}
		}
		return nil
	})
	return counts, err
}

func printCounts(out io.Writer, version string, counts map[pinned]int) {
	total := 0
	for _, n := range counts {
		total += n
	}
	fmt.Fprintf(out, "\nopen cases that keep %s: %d\n", version, total)
	for _, at := range slices.SortedFunc(maps.Keys(counts), func(a, b pinned) int {
		return cmp.Or(cmp.Compare(a.stage, b.stage), cmp.Compare(a.level, b.level))
	}) {
		fmt.Fprintf(out, "  %-13s %-13s %d\n", at.stage, at.level, counts[at])
	}
}
