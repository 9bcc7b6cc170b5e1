package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/dengpan/dengpan/audit"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/worker"
)

func auditCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "audit", Short: "check the audit log, or write it out"}
	cmd.AddCommand(auditVerifyCommand(), auditExportCommand())
	return cmd
}

func auditVerifyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "verify", Short: "find every entry that was changed, taken out, put in or moved; exit status 1 if there is one", Args: cobra.NoArgs,
		Long: "Finds every entry of the audit log that was changed, taken out, put in or moved since it was written.\n" +
			"That the end of the log was cut off only shows against an anchor: an end that was written down elsewhere.\n" +
			"The worker writes one to its log every minute in which the log grew; this command prints one.",
	}
	cfg := configured(cmd)
	given := cmd.Flags().StringArray("anchor", nil, "N:LINK, a place that the log must lead through; may be given again and again")
	file := cmd.Flags().String("anchors", "", "a worker's log, whose anchors the audit log must lead through")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		anchors, err := anchorsIn(*file)
		if err != nil {
			return err
		}
		for _, text := range *given {
			anchor, err := audit.ParseAnchor(text)
			if err != nil {
				return fmt.Errorf("--anchor: %w", err)
			}
			anchors = append(anchors, anchor)
		}
		return administer(cmd.Context(), cfg, func(db *store.Store) error {
			end, faults, err := db.CheckAudit(cmd.Context(), anchors, func(f audit.Fault) { fmt.Fprintln(cmd.OutOrStdout(), f) })
			switch {
			case errors.Is(err, store.ErrNotFound):
				return errors.New("there is no audit log: its key is missing, or nothing was ever written")
			case err != nil:
				return err
			case faults > 0:
				return fmt.Errorf("the audit log has %d faults; the first stands first", faults)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "whole: %d rows, %d anchors; it ends at %s\n", end.N, len(anchors), end)
			return nil
		})
	}
	return cmd
}

// anchorsIn reads the anchors in a worker's log.
func anchorsIn(path string) ([]audit.Anchor, error) {
	if path == "" {
		return nil, nil
	}
	const longest = 1 << 20
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("--anchors: %w", err)
	}
	defer func() { _ = file.Close() }()
	var anchors []audit.Anchor
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, longest)
	for lines.Scan() {
		var line struct {
			Msg    string `json:"msg"`
			Anchor string `json:"anchor"`
		}
		if json.Unmarshal(lines.Bytes(), &line) != nil || line.Msg != worker.AnchorMessage {
			continue // not every line of a log is ours
		}
		anchor, err := audit.ParseAnchor(line.Anchor)
		if err != nil {
			return nil, fmt.Errorf("--anchors %s: %w", path, err)
		}
		anchors = append(anchors, anchor)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("--anchors %s: %w", path, err)
	}
	if len(anchors) == 0 {
		return nil, fmt.Errorf("--anchors %s: no anchor is in it", path)
	}
	return anchors, nil
}

func auditExportCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "export", Short: "write the audit log's entries of a span of time, one JSON object a line", Args: cobra.NoArgs,
	}
	cfg := configured(cmd)
	from := cmd.Flags().String("from", "", "a date or an RFC 3339 instant; the beginning unless set")
	to := cmd.Flags().String("to", "", "a date or an RFC 3339 instant, not included; now unless set")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		since, err := instant(*from, time.Time{})
		if err != nil {
			return fmt.Errorf("--from: %w", err)
		}
		until, err := instant(*to, time.Now())
		if err != nil {
			return fmt.Errorf("--to: %w", err)
		}
		out := bufio.NewWriter(cmd.OutOrStdout())
		lines := json.NewEncoder(out)
		lines.SetEscapeHTML(false)
		err = administer(cmd.Context(), cfg, func(db *store.Store) error {
			return db.Snapshot(cmd.Context(), func(tx *store.Tx) error {
				return tx.AuditSpan(since, until, func(row audit.Row) error { return lines.Encode(exported(row)) })
			})
		})
		return errors.Join(err, out.Flush())
	}
	return cmd
}

// exportedRow is a row of the log as it is written out, with its place in the chain.
type exportedRow struct {
	N         int64           `json:"n"`
	ID        int64           `json:"id"`
	At        time.Time       `json:"at"`
	Actor     string          `json:"actor"`
	Action    string          `json:"action"`
	Subject   string          `json:"subject"`
	Reason    string          `json:"reason"`
	Before    json.RawMessage `json:"before,omitempty"`
	After     json.RawMessage `json:"after,omitempty"`
	RequestID string          `json:"request_id,omitempty"`
	Link      string          `json:"link"`
}

func exported(row audit.Row) exportedRow {
	e := row.Entry
	return exportedRow{
		N: row.N, ID: e.ID, At: e.At.UTC(), Actor: e.Actor, Action: e.Action, Subject: e.Subject, Reason: e.Reason,
		Before: e.Before, After: e.After, RequestID: e.RequestID, Link: hex.EncodeToString(row.Link),
	}
}

// instant reads a date, which begins in Beijing, or an instant.
func instant(text string, unless time.Time) (time.Time, error) {
	if text == "" {
		return unless, nil
	}
	const beijing = 8 * 60 * 60
	if day, err := time.ParseInLocation(time.DateOnly, text, time.FixedZone("Beijing", beijing)); err == nil {
		return day, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return at, errors.New("want a date (2026-01-31) or an instant (2026-01-31T09:00:00+08:00)")
	}
	return at, nil
}
