package activities

import (
	"context"

	"go.temporal.io/sdk/activity"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/notification"
	"github.com/dengpan/dengpan/telling"
)

// Telling sends trainees what they are told.
type Telling struct {
	Sender *telling.Sender
}

// Register registers the step under its contract's name.
func (t *Telling) Register(reg Registry) {
	reg.RegisterActivityWithOptions(t.TellBatch, activity.RegisterOptions{Name: contract.TellBatch.Name})
}

// TellBatch sends what is due by one channel. It is safe to run again: what was being sent is not sent again.
func (t *Telling) TellBatch(ctx context.Context, req contract.TellBatchRequest) (contract.Turn, error) {
	next, err := t.Sender.Turn(ctx, notification.Channel(req.Channel), func() { activity.RecordHeartbeat(ctx) })
	return contract.Turn{NextAt: next}, err
}
