package remedy

import (
	"github.com/dengpan/dengpan/issuing"
	"github.com/dengpan/dengpan/store"
)

// replace has another certificate issued in the place of one that says something wrong.
func (d Desk) replace(tx *store.Tx, c store.Certificate, r store.CertificateRequest) error {
	proposal, err := d.Proposal(r)
	if err != nil {
		return err
	}
	holder, err := issuing.Opened(d.Keys, c)
	if err != nil {
		return err
	}
	if r.PersonToo {
		if err := d.correctPerson(tx, c, r, holder.IDType, proposal); err != nil {
			return err
		}
	}
	return issuing.Desk{Keys: d.Keys, Printing: d.Printing}.Replace(tx, issuing.Replacement{
		Before: c, Holder: proposal.onto(holder), Photo: proposal.Photo, On: d.Calendar.Today(*r.DecidedAt), Actor: *r.DecidedBy, At: *r.DecidedAt,
	})
}
