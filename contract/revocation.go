package contract

import "time"

// RevocationWorkflow is the registered name of the workflow that revokes many certificates.
const RevocationWorkflow = "Revocation"

// RevocationWorkflowID is the workflow id of a revocation of many certificates.
func RevocationWorkflowID(revocationID string) string { return "revocation/" + revocationID }

// RevocationInput starts the revocation of many certificates, which was approved.
type RevocationInput struct {
	RevocationID string `json:"revocation_id"`
}

// RevokeSome revokes some of the certificates that are left, each in a transaction of its own: what was revoked once is not
// again, however often the step runs.
var RevokeSome = Step[RevokeSomeRequest, RevokeSomeReply]{Name: "RevokeSome"}

// RevokeSomeRequest names the revocation.
type RevokeSomeRequest struct {
	RevocationID string `json:"revocation_id"`
}

// RevokeSomeReply says whether certificates are left.
type RevokeSomeReply struct {
	More bool `json:"more"`
}

// RevocationPause is how long a revocation rests after some certificates: each wakes a case, and channels, and whoever is
// called back.
const RevocationPause = time.Second
