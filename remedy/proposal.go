package remedy

import (
	"encoding/json"
	"fmt"

	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/store"
)

// Proposal is what is to be printed on a certificate in the place of what is. What is empty stays.
type Proposal struct {
	Name     string `json:"name,omitempty"`
	IDNumber string `json:"id_number,omitempty"` // of the document that the certificate is made out on
	Photo    []byte `json:"photo,omitempty"`
}

func (p Proposal) fields() []string {
	fields := []string{}
	if p.Name != "" {
		fields = append(fields, store.FieldName)
	}
	if p.IDNumber != "" {
		fields = append(fields, store.FieldIDNumber)
	}
	if len(p.Photo) > 0 {
		fields = append(fields, store.FieldPhoto)
	}
	return fields
}

func (p Proposal) seal(keys *identity.Keyring, requestID string) ([]byte, error) {
	plain, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("encode a proposal: %w", err)
	}
	sealed, err := keys.Seal(plain, store.ProposalSeal(requestID))
	if err != nil {
		return nil, fmt.Errorf("seal a proposal: %w", err)
	}
	return sealed, nil
}

// Proposal opens what a request wants printed; nothing for one that is no correction.
func (d Desk) Proposal(r store.CertificateRequest) (p Proposal, err error) {
	if r.ProposalSealed == nil {
		return p, nil
	}
	plain, err := d.Keys.Open(r.ProposalSealed, store.ProposalSeal(r.ID))
	if err != nil {
		return p, fmt.Errorf("open a proposal: %w", err)
	}
	if err := json.Unmarshal(plain, &p); err != nil {
		return p, fmt.Errorf("read a proposal: %w", err)
	}
	return p, nil
}

// onto is a holder as the proposal has them.
func (p Proposal) onto(h certificate.Holder) certificate.Holder {
	if p.Name != "" {
		h.Name = p.Name
	}
	if p.IDNumber != "" {
		h.IDNumber = p.IDNumber
	}
	return h
}
