package relay

import (
	"context"
	"maps"
	"slices"
	"time"

	"go.temporal.io/sdk/client"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/notification"
	"github.com/dengpan/dengpan/store"
)

// wakeChanged tells workflows of what became of what they are about, and starts those that are new or do not run.
func (r *Relay) wakeChanged(ctx context.Context) {
	tx := r.Store.Read(ctx)

	endpoints, err := tx.WakesWanted()
	wakeEach(ctx, r, "endpoint", endpoints, err, func(e store.WakeWanted) string { return e.InstitutionID }, r.endpoint, tx.MarkWakeDone)

	news, channels, err := tx.UnwokenChannels(1000)
	wakeEach(ctx, r, "channel", slices.Collect(maps.Keys(news)), err, itself, r.channel, func(channel string) error {
		return tx.MarkPublicationsWoken(channel, news[channel], time.Now().UTC())
	})
	wakeEach(ctx, r, "channel", channels, nil, func(c store.Channel) string { return c.Channel }, r.channel, tx.MarkChannelWoken)

	fresh, err := tx.UnwokenDispatches(1000)
	wakeEach(ctx, r, "telling", slices.Collect(maps.Keys(fresh)), err, itself, r.telling, func(channel notification.Channel) error {
		return tx.MarkDispatchesWoken(channel, fresh[channel], time.Now().UTC())
	})

	batches, err := tx.BatchesToWake()
	wakeEach(ctx, r, "batch", batches, err, func(b store.BatchWake) string { return b.ID }, r.batch, tx.MarkBatchWoken)

	intakes, err := tx.IntakesToWake()
	wakeEach(ctx, r, "intake", intakes, err, func(i store.Intake) string { return i.ID }, r.intake, tx.MarkIntakeWoken)

	misconduct, err := tx.UnwokenMisconduct(batch)
	wakeEach(ctx, r, "misconduct", misconduct, err, func(m store.Misconduct) string { return m.ID }, r.misconduct, tx.MarkMisconductWoken)

	petitions, err := tx.UnwokenPetitions(batch)
	wakeEach(ctx, r, "petition", petitions, err, func(p store.Petition) string { return p.ID }, r.petition, tx.MarkPetitionWoken)

	doors, err := tx.UnwokenDoorChecks(batch)
	wakeEach(ctx, r, "door check", doors, err, func(c store.DoorCheck) string { return c.ID }, r.doorCheck, tx.MarkDoorCheckWoken)
}

// wakeForgotten tells the workflows of endpoints and channels on which something is long due: somebody ended them by hand, or a wake
// was lost in a restore.
func (r *Relay) wakeForgotten(ctx context.Context) {
	tx, before := r.Store.Read(ctx), time.Now().Add(-longestTurn)

	endpoints, err := tx.Forgotten(before)
	wakeEach(ctx, r, "endpoint", endpoints, err, itself, r.endpoint, nil)

	channels, err := tx.ForgottenChannels(before)
	wakeEach(ctx, r, "channel", channels, err, itself, r.channel, nil)

	told, err := tx.ForgottenDispatches(before)
	wakeEach(ctx, r, "telling", told, err, itself, r.telling, nil)
}

// wakeEach tells the workflow of each of some things that there is something to do, and marks the thing as told, if it is marked at
// all. What goes wrong with one keeps nobody else.
func wakeEach[T any](
	ctx context.Context, r *Relay, what string, all []T, err error,
	id func(T) string, tell func(context.Context, string) error, mark func(T) error,
) {
	if err != nil {
		r.report(ctx, "look for what is to be woken", err, "kind", what)
		return
	}
	for _, one := range all {
		err := tell(ctx, id(one))
		if err == nil && mark != nil {
			err = mark(one)
		}
		if err != nil {
			r.report(ctx, "wake a workflow", err, "kind", what, "of", id(one))
		}
	}
}

func itself[T ~string](id T) string { return string(id) }

func (r *Relay) endpoint(ctx context.Context, institution string) error {
	return r.rouse(ctx, contract.EndpointWorkflowID(institution), contract.DeliveryQueue,
		contract.EndpointWorkflow, contract.EndpointInput{InstitutionID: institution})
}

func (r *Relay) channel(ctx context.Context, channel string) error {
	return r.rouse(ctx, contract.ChannelWorkflowID(channel), contract.DeliveryQueue,
		contract.ChannelWorkflow, contract.ChannelInput{Channel: channel})
}

func (r *Relay) telling(ctx context.Context, channel string) error {
	return r.rouse(ctx, contract.TellingWorkflowID(channel), contract.DeliveryQueue,
		contract.TellingWorkflow, contract.TellingInput{Channel: channel})
}

func (r *Relay) batch(ctx context.Context, id string) error {
	return r.rouse(ctx, contract.BatchWorkflowID(id), contract.CaseQueue, contract.BatchWorkflow, contract.BatchInput{BatchID: id})
}

func (r *Relay) intake(ctx context.Context, id string) error {
	return r.rouse(ctx, contract.CohortWorkflowID(id), contract.CaseQueue, contract.CohortWorkflow, contract.CohortInput{IntakeID: id})
}

func (r *Relay) misconduct(ctx context.Context, id string) error {
	return r.rouse(ctx, contract.MisconductWorkflowID(id), contract.CaseQueue, contract.MisconductWorkflow, contract.MisconductInput{MisconductID: id})
}

func (r *Relay) petition(ctx context.Context, id string) error {
	return r.rouse(ctx, contract.PetitionWorkflowID(id), contract.CaseQueue, contract.PetitionWorkflow, contract.PetitionInput{PetitionID: id})
}

func (r *Relay) doorCheck(ctx context.Context, id string) error {
	return r.rouse(ctx, contract.DoorCheckWorkflowID(id), contract.CaseQueue, contract.DoorCheckWorkflow, contract.DoorCheckInput{CheckID: id})
}

// rouse tells a workflow that there is something to do, and starts it if it does not run.
func (r *Relay) rouse(ctx context.Context, id, queue, workflow string, input any) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, err := r.Temporal.SignalWithStartWorkflow(ctx, id, contract.Wake.Name, struct{}{},
		client.StartWorkflowOptions{ID: id, TaskQueue: queue}, workflow, input)
	return err
}
