package contract

// SigningQueue is the signer's alone: no other process has its keys.
const SigningQueue = "dengpan-signing"

// SignCertificate has the signer sign a certificate's document, once it is rendered.
var SignCertificate = Step[SignCertificateRequest, struct{}]{Name: "SignCertificate"}

// SignCertificateRequest says which.
type SignCertificateRequest struct {
	CertificateID string `json:"certificate_id"`
}
