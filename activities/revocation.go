package activities

import (
	"context"
	"time"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/remedy"
)

// revokedAtOnce is how many certificates one step revokes.
const revokedAtOnce = 25

// RevokeSome revokes some of the certificates of a revocation that are left.
func (r *Records) RevokeSome(ctx context.Context, req contract.RevokeSomeRequest) (contract.RevokeSomeReply, error) {
	desk := remedy.Desk{Keys: r.Keys, Calendar: r.Calendar}
	for range revokedAtOnce {
		more, err := desk.RevokeNext(ctx, r.Store, req.RevocationID, time.Now().UTC())
		if err != nil || !more {
			return contract.RevokeSomeReply{}, err
		}
	}
	return contract.RevokeSomeReply{More: true}, nil
}
