package main

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/dengpan/dengpan/recheck"
	"github.com/dengpan/dengpan/store"
)

func checkCertificatesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "check-certificates", Short: "derive every certificate anew; exit status 1 if one differs", Args: cobra.NoArgs,
		Long: "Derives every certificate anew from the ledger, the results, the published lists, the rules and its document, by other code\n" +
			"than issues certificates. Writes a line of JSON for each that differs: its id, and what differs. Nothing is changed,\n" +
			"unless incidents are asked for. The worker does the same every night, with incidents.",
	}
	cfg := configured(cmd)
	incidents := cmd.Flags().Bool("incidents", false, "make an incident of each certificate that differs, and close those that no longer do")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		keys, err := cfg.keys()
		if err != nil {
			return err
		}
		return administer(cmd.Context(), cfg, func(db *store.Store) error {
			lines, differ, began := json.NewEncoder(cmd.OutOrStdout()), 0, time.Now()
			book := recheck.Book(cmd.Context(), db, began.UTC())
			checker := recheck.Checker{Store: db, Keys: keys}
			checker.Found = func(after, last string, findings []recheck.Finding) error {
				differ += len(findings)
				for _, f := range findings {
					if err := lines.Encode(f); err != nil {
						return fmt.Errorf("write a line: %w", err)
					}
				}
				if !*incidents {
					return nil
				}
				return book(after, last, findings)
			}
			told := began
			checker.Progress = func(_ string, checked int) {
				if time.Since(told) >= 10*time.Second {
					told = time.Now()
					fmt.Fprintf(cmd.ErrOrStderr(), "%d checked, %d differ\n", checked, differ)
				}
			}
			checked, err := checker.Run(cmd.Context())
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "%d checked in %s, %d differ\n", checked, time.Since(began).Round(time.Millisecond), differ)
			if differ > 0 {
				return fmt.Errorf("%d of %d certificates differ from what they rest on", differ, checked)
			}
			return nil
		})
	}
	return cmd
}
