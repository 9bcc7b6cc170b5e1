package api

import (
	"slices"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/issuing"
	"github.com/dengpan/dengpan/store"
)

// resolveFinding applies what an operator decided about an incident that holds up no case.
func resolveFinding(tx *store.Tx, i store.Incident, r store.Resolution) error {
	if err := tx.ResolveFinding(r); err != nil {
		return err
	}
	if i.CertificateID == nil || !slices.Contains(contract.CompletionCauses(), i.Cause) {
		return nil
	}
	if r.Verb == contract.Cancel {
		_, _, err := issuing.Cancel(tx, *i.CertificateID, r.Reason, r.RequestedAt)
		return err
	}
	return tx.StartIssuance(*i.CertificateID)
}
