package relay

import (
	"context"
	"time"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/notification"
)

// wakeTelling tells the workflows that tell trainees of new messages.
func (r *Relay) wakeTelling(ctx context.Context) {
	fresh, err := r.Store.Read(ctx).UnwokenDispatches(1000)
	if err != nil {
		r.report(ctx, "look for messages to trainees", err)
		return
	}
	for channel, ids := range fresh {
		err := r.signalTelling(ctx, channel)
		if err == nil {
			err = r.Store.Read(ctx).MarkDispatchesWoken(channel, ids, time.Now().UTC())
		}
		if err != nil {
			r.report(ctx, "wake what tells trainees", err, "channel", channel)
		}
	}
}

// wakeForgottenTelling tells the workflows on whose channel something is long due: somebody ended them by hand, or a wake was
// lost in a restore.
func (r *Relay) wakeForgottenTelling(ctx context.Context) {
	forgotten, err := r.Store.Read(ctx).ForgottenDispatches(time.Now().Add(-longestTurn))
	if err != nil {
		r.report(ctx, "look for forgotten messages to trainees", err)
		return
	}
	for _, channel := range forgotten {
		if err := r.signalTelling(ctx, channel); err != nil {
			r.report(ctx, "wake what tells trainees", err, "channel", channel)
		}
	}
}

func (r *Relay) signalTelling(ctx context.Context, channel notification.Channel) error {
	return r.rouse(ctx, contract.TellingWorkflowID(string(channel)), contract.DeliveryQueue,
		contract.TellingWorkflow, contract.TellingInput{Channel: string(channel)})
}
