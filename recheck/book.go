package recheck

import (
	"context"
	"slices"
	"time"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/store"
)

// Book makes an incident of each certificate that differs, and closes those of certificates that no longer do. What an
// operator has accepted is not reported again, unless something else is found besides.
func Book(ctx context.Context, s *store.Store, at time.Time) func(after, last string, findings []Finding) error {
	return func(after, last string, findings []Finding) error {
		return s.Tx(ctx, func(tx *store.Tx) error {
			open, err := tx.DifferingCertificates(after, last)
			if err != nil {
				return err
			}
			for _, i := range open {
				if slices.ContainsFunc(findings, func(f Finding) bool { return f.CertificateID == *i.CertificateID }) {
					continue
				}
				if _, err := tx.CloseFindings(contract.CertificateDiffers, i.CertificateID, "", store.ClosedByVanishing, at); err != nil {
					return err
				}
			}
			for _, f := range findings {
				if err := book(tx, f, at); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

func book(tx *store.Tx, f Finding, at time.Time) error {
	accepted, err := tx.AcceptedDifferences(f.CertificateID)
	if err != nil {
		return err
	}
	fresh := func(d Difference) bool { return !slices.Contains(accepted, string(d)) }
	if !slices.ContainsFunc(f.Differences, fresh) {
		return nil
	}
	_, _, err = tx.OpenFinding(store.Incident{
		Cause: contract.CertificateDiffers, CertificateID: &f.CertificateID, CaseID: f.CaseID, InstitutionID: &f.InstitutionID,
		Params: map[string]any{"differences": f.Differences},
	}, at)
	return err
}
