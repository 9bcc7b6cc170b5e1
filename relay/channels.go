package relay

import (
	"context"
	"time"

	"github.com/dengpan/dengpan/contract"
)

// wakeChannels tells the workflows of channels of certificates that changed, and of changes of their own.
func (r *Relay) wakeChannels(ctx context.Context) {
	fresh, changed, err := r.Store.Read(ctx).UnwokenChannels(1000)
	if err != nil {
		r.report(ctx, "look for channels to wake", err)
		return
	}
	for channel, seen := range fresh {
		err := r.signalChannel(ctx, channel)
		if err == nil {
			err = r.Store.Read(ctx).MarkPublicationsWoken(channel, seen, time.Now().UTC())
		}
		if err != nil {
			r.report(ctx, "wake a channel", err, "channel", channel)
		}
	}
	for _, c := range changed {
		err := r.signalChannel(ctx, c.Channel)
		if err == nil {
			err = r.Store.Read(ctx).MarkChannelWoken(c)
		}
		if err != nil {
			r.report(ctx, "wake a changed channel", err, "channel", c.Channel)
		}
	}
}

// wakeForgottenChannels tells the workflows of channels on which something is long due: somebody ended them by hand, or a wake
// was lost in a restore.
func (r *Relay) wakeForgottenChannels(ctx context.Context) {
	forgotten, err := r.Store.Read(ctx).ForgottenChannels(time.Now().Add(-longestTurn))
	if err != nil {
		r.report(ctx, "look for forgotten channels", err)
		return
	}
	for _, channel := range forgotten {
		if err := r.signalChannel(ctx, channel); err != nil {
			r.report(ctx, "wake a forgotten channel", err, "channel", channel)
		}
	}
}

func (r *Relay) signalChannel(ctx context.Context, channel string) error {
	return r.rouse(ctx, contract.ChannelWorkflowID(channel), contract.DeliveryQueue,
		contract.ChannelWorkflow, contract.ChannelInput{Channel: channel})
}
