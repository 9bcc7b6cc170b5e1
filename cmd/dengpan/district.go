package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dengpan/dengpan/authority"
	"github.com/dengpan/dengpan/store"
)

func districtCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "district", Short: "say which district an institution lies in: the published lists do not", Args: cobra.NoArgs,
	}
	cfg := configured(cmd)
	institutionID := cmd.Flags().String("institution", "", "the institution")
	district := cmd.Flags().String("district", "", "one of "+strings.Join(authority.Districts(), ", "))
	reason := reasonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if !authority.IsDistrict(*district) {
			return errors.New("--district is one of " + strings.Join(authority.Districts(), ", "))
		}
		if *reason == "" {
			return errors.New("--reason is required")
		}
		return mutate(cmd.Context(), cfg, func(tx *store.Tx) error {
			if err := tx.SetInstitutionDistrict(*institutionID, *district); err != nil {
				return fmt.Errorf("--institution %s: %w", *institutionID, err)
			}
			return tx.Audit(store.AuditEntry{
				Actor: store.ActorSystem, Action: "institution.district", Subject: "institution:" + *institutionID,
				Reason: *reason, After: []byte(`{"district":"` + *district + `"}`),
			})
		})
	}
	return cmd
}
