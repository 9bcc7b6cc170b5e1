package contract

import "strconv"

// CertificateChanged tells a case that a certificate of its was suspended, reinstated or revoked. It also reaches a case
// that has ended: it is opened again.
var CertificateChanged = Update[CertificateChange, Taken]{Name: "CertificateChanged"}

// CertificateChange says that a certificate of the case is not what it was.
type CertificateChange struct {
	Asked

	ChangeID string `json:"change_id"`
	// Mark says that it is a mark whose review was answered: a case that is stuck over its evaluation takes it up at once.
	Mark bool `json:"mark,omitempty"`
}

// ReviewCertificates is the step that lets a case follow its certificates.
var ReviewCertificates = Step[ReviewCertificatesRequest, ReviewCertificatesReply]{Name: "ReviewCertificates"}

// ReviewCertificatesRequest asks what of a case still stands on its certificates.
type ReviewCertificatesRequest struct {
	CaseID string `json:"case_id"`
	Change string `json:"change"`
	Try    int    `json:"try"`
}

// Key identifies the step within its case.
func (r ReviewCertificatesRequest) Key() string {
	return "review-certificates/" + r.Change + "/" + strconv.Itoa(r.Try)
}

// ReviewCertificatesReply says what became of the case.
type ReviewCertificatesReply struct {
	// Incident holds the case: a certificate that it stands on is revoked or suspended.
	Incident *Incident `json:"incident,omitempty"`
	// GivenUp is how the case ends when it is given up over the incident.
	GivenUp string `json:"given_up,omitempty"`
	// Ends is how the case ends now: the certificate that it had come to is revoked.
	Ends string `json:"ends,omitempty"`
	// Outcome is how a case had ended that is open again for this; empty for any other.
	Outcome string `json:"outcome,omitempty"`
	// Again is where the case is again, when what it had come to was voided.
	Again *Resume `json:"again,omitempty"`
	// Retitle says that the title is to be decided again: it was held.
	Retitle bool `json:"retitle,omitempty"`
}
