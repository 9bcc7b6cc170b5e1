package api

import (
	"context"
	"time"
)

// chainLooked is how many of the newest rows of the log are checked when somebody looks.
const chainLooked = 1000

type auditChainOutput struct {
	Body struct {
		Rows      int64     `json:"rows" doc:"How long the chain is."`
		Checked   int64     `json:"checked" doc:"How many of the newest rows were looked at just now."`
		Faults    int       `json:"faults" doc:"What was found wrong among them."`
		End       string    `json:"end" doc:"Where the log ends: an anchor, to be written down elsewhere."`
		CheckedAt time.Time `json:"checked_at"`
	}
}

// auditChain checks the newest rows of the log: each says what it said when it was written, and follows the one before. The
// whole log is checked by dengpan audit verify.
func (s *service) auditChain(ctx context.Context, _ *struct{}) (*auditChainOutput, error) {
	out := &auditChainOutput{}
	end, checked, faults, err := s.Store.CheckAuditEnd(ctx, chainLooked)
	if err != nil {
		return nil, err
	}
	out.Body.Rows, out.Body.Checked, out.Body.Faults, out.Body.CheckedAt = end.N, checked, faults, s.Now().UTC()
	if end.N > 0 {
		out.Body.End = end.String()
	}
	return out, nil
}
