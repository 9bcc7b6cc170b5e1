package activities

import (
	"context"

	"go.temporal.io/sdk/activity"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/publication"
	"github.com/dengpan/dengpan/store"
)

// Publications bring certificates to the public registers, and compare what both sides hold.
type Publications struct {
	Sender *publication.Sender
}

// Register registers the steps of publication under their contract's names.
func (p *Publications) Register(reg Registry) {
	reg.RegisterActivityWithOptions(p.PublishBatch, activity.RegisterOptions{Name: contract.PublishBatch.Name})
	reg.RegisterActivityWithOptions(p.ComparedChannels, activity.RegisterOptions{Name: contract.ComparedChannels.Name})
	reg.RegisterActivityWithOptions(p.ReconcileChannel, activity.RegisterOptions{Name: contract.ReconcileChannel.Name})
}

// PublishBatch sends what is due to one register, and reads its receipts. It is safe to run again.
func (p *Publications) PublishBatch(ctx context.Context, req contract.PublishBatchRequest) (contract.Turn, error) {
	next, err := p.Sender.Turn(ctx, req.Channel, func() { activity.RecordHeartbeat(ctx) })
	return contract.Turn{NextAt: next}, err
}

// ComparedChannels are those that have an address and are not paused.
func (p *Publications) ComparedChannels(ctx context.Context, _ contract.ComparedChannelsRequest) (contract.ComparedChannelsReply, error) {
	var reply contract.ComparedChannelsReply
	all, err := p.Sender.Store.Read(ctx).Channels()
	for _, c := range all {
		if _, connected := p.Sender.Channels[c.Channel]; connected && c.State == store.ChannelActive {
			reply.Channels = append(reply.Channels, c.Channel)
		}
	}
	return reply, err
}

// ReconcileChannel compares what one register holds with what it was sent.
func (p *Publications) ReconcileChannel(
	ctx context.Context, req contract.ReconcileChannelRequest,
) (contract.ReconcileChannelReply, error) {
	reconciler := publication.Reconciler{Sender: p.Sender}
	found, err := reconciler.Reconcile(ctx, req.Channel, func() { activity.RecordHeartbeat(ctx) })
	return contract.ReconcileChannelReply{
		Listed: found.Listed, Differences: len(found.Differences), Opened: found.Opened, Closed: found.Closed,
	}, err
}
