package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/kms"
	"github.com/dengpan/dengpan/resealing"
	"github.com/dengpan/dengpan/store"
)

func keysetCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "keyset", Short: "make the keys that seal personal data, in a file that must not be there yet", Args: cobra.NoArgs,
		Long: "Without a further word: make the keys, in a file that must not be there yet.\n" +
			"Keys are changed in this order, while everything runs:\n" +
			"add, promote, reseal, and after ten minutes retire. See docs/operations.md.",
	}
	cfg := configured(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		file, err := cfg.keyFile()
		if err != nil {
			return err
		}
		if _, err := file.Create(); err != nil {
			return fmt.Errorf("make the keys: %w", err)
		}
		cmd.Printf("made %s: back it up where the database is not, for one is unreadable without the other\n", file.Path)
		return nil
	}
	cmd.AddCommand(keysetListCommand(), keysetAddCommand(), keysetPromoteCommand(), keysetRotateCommand(),
		keysetResealCommand(), keysetRetireCommand(), keysetKEKCommand(), keysetWrapCommand())
	return cmd
}

// onKeys makes a command that works on the file of keys.
func onKeys(use, short string, do func(cmd *cobra.Command, cfg *config, file identity.KeyFile) error) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: short, Args: cobra.NoArgs}
	cfg := configured(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		file, err := cfg.keyFile()
		if err != nil {
			return err
		}
		return do(cmd, cfg, file)
	}
	return cmd
}

func keysetAddCommand() *cobra.Command {
	return onKeys("add", "add new keys, which open but do not seal yet",
		func(cmd *cobra.Command, _ *config, file identity.KeyFile) error {
			if err := file.Add(); err != nil {
				return err
			}
			cmd.Println("added; promote them once every process has this file (who reads this very file has it within a second)")
			return nil
		})
}

func keysetPromoteCommand() *cobra.Command {
	return onKeys("promote", "have the newest keys seal from now on",
		func(cmd *cobra.Command, _ *config, file identity.KeyFile) error {
			if err := file.Promote(time.Now()); err != nil {
				return err
			}
			cmd.Println("promoted; now reseal what is under the keys of before")
			return nil
		})
}

func keysetRotateCommand() *cobra.Command {
	return onKeys("rotate", "add and promote at once, where every process reads this very file",
		func(cmd *cobra.Command, _ *config, file identity.KeyFile) error {
			if err := file.Add(); err != nil {
				return err
			}
			if err := file.Promote(time.Now()); err != nil {
				return err
			}
			cmd.Println("rotated; now reseal what is under the keys of before")
			return nil
		})
}

func keysetListCommand() *cobra.Command {
	return onKeys("list", "say which keys there are, and how much is sealed under each",
		func(cmd *cobra.Command, cfg *config, file identity.KeyFile) error {
			keys, err := file.Keys()
			if err != nil {
				return err
			}
			return administer(cmd.Context(), cfg, func(db *store.Store) error {
				for _, key := range keys.Sealing {
					needed, err := resealing.Needed(cmd.Context(), db, key.Number)
					if err != nil {
						return err
					}
					total := int64(0)
					for _, n := range needed {
						total += n
					}
					cmd.Printf("sealing  %10d  %-6s  %d sealed under it\n", key.Number, use(key), total)
				}
				for _, key := range keys.Indexing {
					cmd.Printf("indexing %10d  %s\n", key.Number, use(key))
				}
				return nil
			})
		})
}

func use(key identity.Key) string {
	if key.InUse {
		return "in use"
	}
	return "kept"
}

func keysetResealCommand() *cobra.Command {
	var batch int
	cmd := onKeys("reseal", "seal everything under the key in use, while everything runs",
		func(cmd *cobra.Command, cfg *config, _ identity.KeyFile) error {
			keys, err := cfg.keys()
			if err != nil {
				return err
			}
			return administer(cmd.Context(), cfg, func(db *store.Store) error {
				done := map[string]resealing.Progress{}
				run := resealing.Resealing{Store: db, Keys: keys, Batch: batch, Report: func(p resealing.Progress) {
					done[p.What] = p
					cmd.Printf("%-32s %8d done %6d overtaken %6d unreadable\n", p.What, p.Done, p.Overtaken, p.Unreadable)
				}}
				err := run.Run(cmd.Context())
				return errors.Join(err, db.Tx(cmd.Context(), func(tx *store.Tx) error {
					return tx.Audit(store.AuditEntry{
						Actor: store.ActorSystem, Action: "keys.reseal", Subject: "keys:sealing", Reason: resealed(done),
					})
				}))
			})
		})
	cmd.Flags().IntVar(&batch, "batch", resealing.Batch, "how much is read at once")
	return cmd
}

// resealed says what a resealing came to.
func resealed(done map[string]resealing.Progress) string {
	var total, unreadable int64
	for _, p := range done {
		total, unreadable = total+p.Done, unreadable+p.Unreadable
	}
	return fmt.Sprintf("resealed by command line: %d done, %d unreadable", total, unreadable)
}

func keysetRetireCommand() *cobra.Command {
	var patience time.Duration
	cmd := onKeys("retire", "remove the keys of before, if nothing rests on them",
		func(cmd *cobra.Command, cfg *config, file identity.KeyFile) error {
			keys, err := file.Keys()
			if err != nil {
				return err
			}
			var all []uint32
			for _, key := range keys.Indexing {
				all = append(all, key.Number)
			}
			return administer(cmd.Context(), cfg, func(db *store.Store) error {
				removed, err := file.Retire(time.Now(), patience, func(sealing, indexing []uint32) error {
					return resealing.Unused(cmd.Context(), db, time.Now(), sealing, indexing, all)
				})
				if err != nil {
					return err
				}
				if err := forget(cmd, db, removed, all); err != nil {
					return err
				}
				cmd.Printf("retired %d; keep a copy of the file as it was with the backups from before\n",
					len(removed.Sealing)+len(removed.Indexing))
				return nil
			})
		})
	cmd.Flags().DurationVar(&patience, "patience", 10*time.Minute, "how long ago the keys in use must have been promoted")
	return cmd
}

// forget removes what was indexed with keys that are no more, and writes down which those are.
func forget(cmd *cobra.Command, db *store.Store, removed identity.Keys, all []uint32) error {
	var stay []int64
	for _, key := range all {
		if !slices.ContainsFunc(removed.Indexing, func(gone identity.Key) bool { return gone.Number == key }) {
			stay = append(stay, int64(key))
		}
	}
	return db.Tx(cmd.Context(), func(tx *store.Tx) error {
		if len(removed.Indexing) > 0 {
			if err := tx.RemoveIndexes(stay); err != nil {
				return err
			}
		}
		for _, key := range slices.SortedFunc(slices.Values(slices.Concat(removed.Sealing, removed.Indexing)),
			func(a, b identity.Key) int { return cmp.Compare(a.Number, b.Number) }) {
			err := tx.Audit(store.AuditEntry{
				Actor: store.ActorSystem, Action: "keys.retire", Subject: fmt.Sprintf("key:%d", key.Number), Reason: "retired by command line",
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func keysetKEKCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "kek FILE", Short: "make a key encryption key in a file that must not be there yet; its URI is file:// and the path",
		Args: cobra.ExactArgs(1),
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := identity.CreateKEK(args[0]); err != nil {
			return err
		}
		cmd.Printf("made %s\n", args[0])
		return nil
	}
	return cmd
}

func keysetWrapCommand() *cobra.Command {
	var under string
	cmd := onKeys("wrap", "encrypt the keys under another key encryption key, or write them in clear",
		func(cmd *cobra.Command, cfg *config, file identity.KeyFile) error {
			if err := kms.Vault(under, cfg.VaultToken); err != nil {
				return err
			}
			if err := file.Wrap(under); err != nil {
				return err
			}
			cmd.Println("done; start the processes again with DENGPAN_KEYSET_KEK as it is now")
			return nil
		})
	cmd.Flags().StringVar(&under, "under", "", "URI of the new key encryption key (file:///… or hcvault://…); empty: in clear")
	return cmd
}
