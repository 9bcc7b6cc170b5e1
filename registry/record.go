package registry

import (
	"encoding/json"
	"errors"
	"slices"
	"time"
)

// record is what a register reads of a record that it is sent; it keeps the whole.
type record struct {
	ECertID      string `json:"e_cert_id"`
	Version      int    `json:"version"`
	OperateType  string `json:"operate_type"`
	CertState    string `json:"cert_state"`
	Kind         string `json:"kind"`
	CertNum      string `json:"cert_num"`
	IssuerName   string `json:"issuer_name"`
	IssueDate    string `json:"issue_date"`
	Name         string `json:"name"`
	IdentityCard string `json:"identity_card"`
	IdentityType string `json:"identity_card_type"`
}

// read reads a record, and refuses one that no register could show.
func read(body []byte) (record, error) {
	var r record
	if err := json.Unmarshal(body, &r); err != nil {
		return r, errors.New("malformed")
	}
	required := []string{
		r.ECertID, r.OperateType, r.CertState, r.Kind, r.CertNum, r.IssuerName, r.IssueDate, r.Name, r.IdentityCard, r.IdentityType,
	}
	if r.Version < 1 || slices.Contains(required, "") {
		return r, errors.New("incomplete")
	}
	return r, nil
}

// States of a record, as a register says.
const (
	received  = "received"
	published = "published"
)

// receipt is a register's word on a record.
type receipt struct {
	ID      string    `json:"id,omitempty"`
	ECertID string    `json:"e_cert_id"`
	Version int       `json:"version"`
	State   string    `json:"state"`
	Receipt string    `json:"receipt,omitempty"`
	At      time.Time `json:"at"`
}

// held is a record as a register holds it.
type held struct {
	record

	body      []byte // the latest that was taken
	taken     time.Time
	published time.Time // zero until it is
	number    string    // of its receipt
}

// entry is a record in the list that is compared with.
type entry struct {
	ECertID   string    `json:"e_cert_id"`
	Version   int       `json:"version"`
	CertState string    `json:"cert_state"`
	SHA256    string    `json:"content_sha256"`
	UpdatedAt time.Time `json:"updated_at"`
}
