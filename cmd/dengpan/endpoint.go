package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/dengpan/dengpan/callbacks"
	"github.com/dengpan/dengpan/store"
)

func endpointCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "endpoint", Short: "set an institution's callback URL and print its new signing secret, once", Args: cobra.NoArgs,
	}
	cfg := configured(cmd)
	institutionID := cmd.Flags().String("institution", "", "the institution to be called")
	url := cmd.Flags().String("url", "", "its callback URL")
	overlap := cmd.Flags().Duration("overlap", 0, "how long the secrets it has sign beside the new one")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if *overlap < 0 || *overlap > callbacks.LongestOverlap {
			return fmt.Errorf("--overlap: want 0 to %s", callbacks.LongestOverlap)
		}
		guard, err := cfg.callbacks()
		if err != nil {
			return err
		}
		keys, err := cfg.keys()
		if err != nil {
			return err
		}
		return mutate(cmd.Context(), cfg, func(tx *store.Tx) error {
			if _, err := tx.Institution(*institutionID); err != nil {
				return fmt.Errorf("--institution %s: %w", *institutionID, err)
			}
			secret, err := putEndpoint(tx, callbacks.Keeper{Keys: keys, Guard: guard}, *institutionID, *url, *overlap)
			if err != nil {
				return fmt.Errorf("set the endpoint: %w", err)
			}
			fmt.Fprintln(cmd.OutOrStdout(), secret)
			return tx.Audit(store.AuditEntry{
				Actor: store.ActorSystem, Action: "endpoint.set", Subject: "institution:" + *institutionID,
				Reason: "set by command line",
			})
		})
	}
	return cmd
}

// putEndpoint sets an institution's endpoint. One that it has is called at the new address from now on, though it was
// stopped, and has a new secret.
func putEndpoint(
	tx *store.Tx, keeper callbacks.Keeper, institutionID, url string, overlap time.Duration,
) (secret string, err error) {
	now := time.Now().UTC()
	e, err := tx.Endpoint(institutionID)
	if errors.Is(err, store.ErrNotFound) {
		_, secret, err = keeper.Set(tx, institutionID, url, now)
		return secret, err
	}
	if err != nil {
		return "", err
	}
	if err := keeper.Move(tx, e, url); err != nil {
		return "", err
	}
	if err := tx.SetEndpointState(institutionID, store.EndpointActive, ""); err != nil {
		return "", err
	}
	_, secret, err = keeper.Rotate(tx, e, store.SecretHMAC, overlap, now)
	return secret, err
}
