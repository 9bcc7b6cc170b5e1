package activities

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/recheck"
	"github.com/dengpan/dengpan/store"
)

// Checks derive certificates anew.
type Checks struct {
	Store *store.Store
	Keys  *identity.Keyring
}

// Register registers the check under its contract's name.
func (c *Checks) Register(reg Registry) {
	reg.RegisterActivityWithOptions(c.CheckCertificates, activity.RegisterOptions{Name: contract.CheckCertificates.Name})
}

// CheckCertificates checks all certificates, and makes an incident of each that differs. When it is run again, because a
// worker ended, it goes on where that one was.
func (c *Checks) CheckCertificates(
	ctx context.Context, _ contract.CheckCertificatesRequest,
) (reply contract.CheckCertificatesReply, err error) {
	checker := recheck.Checker{Store: c.Store, Keys: c.Keys}
	if activity.HasHeartbeatDetails(ctx) {
		if err := activity.GetHeartbeatDetails(ctx, &checker.After, &reply); err != nil {
			activity.GetLogger(ctx).Warn("how far the check was cannot be read; it begins anew", "error", err)
		}
	}
	before := reply.Checked
	book := recheck.Book(ctx, c.Store, time.Now().UTC())
	checker.Found = func(after, last string, findings []recheck.Finding) error {
		reply.Differ += len(findings)
		return book(after, last, findings)
	}
	checker.Progress = func(last string, checked int) {
		reply.Checked = before + checked
		activity.RecordHeartbeat(ctx, last, reply)
	}
	_, err = checker.Run(ctx)
	return reply, err
}
