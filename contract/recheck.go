package contract

// CertificateCheckWorkflow is the registered name of the nightly check of all certificates.
const CertificateCheckWorkflow = "CertificateCheck"

// CertificateCheckSchedule is the id of its schedule, and what its workflows' ids begin with.
const CertificateCheckSchedule = "certificate-check"

// CheckCertificates derives every certificate anew. It is a remote activity: it takes long, and says how far it is.
var CheckCertificates = Step[CheckCertificatesRequest, CheckCertificatesReply]{Name: "CheckCertificates"}

// CheckCertificatesRequest asks for all certificates to be checked.
type CheckCertificatesRequest struct{}

// CheckCertificatesReply says what came of it.
type CheckCertificatesReply struct {
	Checked int `json:"checked"`
	Differ  int `json:"differ"`
}
