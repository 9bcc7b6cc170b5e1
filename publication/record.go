package publication

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/store"
)

// Record is a certificate as a register is sent it: the whole of it, whatever the change was, so that the newest alone is
// enough. Its fields and their codes are those of the national e-certificate interface, as far as it has them.
type Record struct {
	ECertID      string `json:"e_cert_id"` // ours, and the same for ever
	Version      int    `json:"version"`   // grows with every change
	OperateType  string `json:"operate_type"`
	CertState    string `json:"cert_state"`
	AssociatedID string `json:"associated_id,omitempty"` // of the certificate that it stands in the place of, or that stands in its
	NationalID   string `json:"national_id,omitempty"`   // once a type code is assigned

	Kind       string        `json:"kind"`
	CertNum    string        `json:"cert_num"`
	IssuerID   string        `json:"issuer_id"`
	IssuerName string        `json:"issuer_name"`
	IssuedDate calendar.Date `json:"issued_date"` // of the first of those that were corrected
	IssueDate  calendar.Date `json:"issue_date"`
	ExpiryDate calendar.Date `json:"expiry_date,omitzero"` // none: it does not expire

	Name             string `json:"name"`
	IdentityCard     string `json:"identity_card"`
	IdentityCardType string `json:"identity_card_type"`

	Occupation    string        `json:"occupation,omitempty"`
	Direction     string        `json:"direction,omitempty"`
	Level         string        `json:"level,omitempty"`
	Course        string        `json:"course,omitempty"`
	From          calendar.Date `json:"from,omitzero"`
	To            calendar.Date `json:"to,omitzero"`
	Hours         string        `json:"hours,omitempty"`
	Demonstration bool          `json:"demonstration,omitempty"`
}

// operateTypes are the codes of what led to a version.
var operateTypes = map[string]string{
	store.OperationIssue: "01", store.OperationSuspend: "03", store.OperationRevoke: "05", store.OperationSupersede: "05",
	store.OperationResume: "06", store.OperationCorrect: "08",
}

// certStates are the codes of what a certificate is.
var certStates = map[string]string{
	store.CertificateValid: "01", store.CertificateSuspended: "02", store.CertificateRevoked: "04", store.CertificateSuperseded: "05",
}

// identityCardTypes are the codes of documents after GA/T 517, and after the prefix of the number where that is silent.
var identityCardTypes = map[string]string{
	store.IDTypeResident: "111", store.IDTypeResidencePermit: "111", store.IDTypePassport: "414", store.IDTypeTaiwan: "511",
	store.IDTypeHongKongMacao: "516", store.IDTypePermanent: "554",
}

// recordOf is a certificate as the register of a publication is to be sent it now.
func recordOf(tx *store.Tx, p store.Publication, c store.Certificate, holder certificate.Holder) (Record, error) {
	f := c.Facts
	r := Record{
		ECertID: c.ID, Version: p.Version, OperateType: operateTypes[p.Operation], CertState: certStates[c.Status], NationalID: f.NationalID,
		Kind: f.Kind, CertNum: f.Number, IssuerID: f.IssuerID, IssuerName: f.IssuerName, IssuedDate: c.IssuedOn, IssueDate: c.IssuedOn,
		ExpiryDate: f.ExpiresOn, Name: holder.Name, IdentityCard: holder.IDNumber, IdentityCardType: identityCardTypes[holder.IDType],
		Occupation: f.Occupation, Direction: f.Direction, Level: f.Level, Course: f.Course, From: f.From, To: f.To, Hours: f.Hours,
		Demonstration: f.Demonstration,
	}
	if c.Status == store.CertificateSuperseded {
		successor, err := tx.CertificateSuccessor(c.ID)
		if err != nil {
			return r, err
		}
		r.AssociatedID = successor.ID
	}
	for before := c; before.Supersedes != nil; {
		earlier, err := tx.Certificate(*before.Supersedes)
		if err != nil {
			return r, err
		}
		if r.AssociatedID == "" {
			r.AssociatedID = earlier.ID
		}
		r.IssuedDate, before = earlier.IssuedOn, earlier
	}
	return r, nil
}

// Body is the record as it is sent and signed: the same bytes for the same version, however often it is.
func (r Record) Body() ([]byte, error) {
	body, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("encode a record: %w", err)
	}
	return body, nil
}

// Receipt is a register's word on a version of a record: in answer to it, or in its feed of receipts.
type Receipt struct {
	ID      string    `json:"id"` // in the feed; empty in an answer
	ECertID string    `json:"e_cert_id"`
	Version int       `json:"version"`
	State   string    `json:"state"`
	Reason  string    `json:"reason"` // why it was refused: a code
	Receipt string    `json:"receipt"`
	At      time.Time `json:"at"`
}

// Entry is a record as a register lists it, without anything personal.
type Entry struct {
	ECertID   string    `json:"e_cert_id"`
	Version   int       `json:"version"`
	CertState string    `json:"cert_state"`
	SHA256    string    `json:"content_sha256"` // of the record as it was sent, in hex
	UpdatedAt time.Time `json:"updated_at"`
}
