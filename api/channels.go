package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/store"
)

// registerChannels adds the operations on the ways to public registers.
func (s *service) registerChannels(api huma.API) {
	const channels = "channels"
	reason, ok := s.bodies.reason.schema, http.StatusOK
	read(api, "GET /v1/channels", channels, "The ways to the public registers, and what waits there", s.listChannels)
	sent(api, "POST /v1/channels/{ref}/pause", channels, "Leave a register alone; what is to be published waits", reason, ok, s.pauseChannel)
	sent(api, "POST /v1/channels/{ref}/resume", channels, "End a pause; what waited is sent", reason, ok, s.resumeChannel)
}

// channelView is how the way to a public register is doing.
type channelView struct {
	ID           string     `json:"id"`
	Name         string     `json:"name"`
	Connected    bool       `json:"connected" doc:"The worker knows an address. Without one everything waits."`
	State        string     `json:"state" enum:"active,paused"`
	StateSince   time.Time  `json:"state_since"`
	FailingSince *time.Time `json:"failing_since,omitempty"`
	Failures     int        `json:"failures" doc:"One after another, since it last answered."`
	NotBefore    *time.Time `json:"not_before,omitempty" doc:"It is left alone until then."`
	Error        string     `json:"error,omitempty" doc:"A class of error."`
	Waiting      int        `json:"waiting" doc:"Certificates that are to be sent there."`
	Acknowledged int        `json:"acknowledged" doc:"That the register has, and is yet to publish."`
	Refused      int        `json:"refused"`
	Published    int        `json:"published"`
	Oldest       *time.Time `json:"oldest,omitempty" doc:"Since when the oldest is to be published that is not."`
	ReconciledAt *time.Time `json:"reconciled_at,omitempty" doc:"When both sides were last compared."`
}

type (
	channelsOutput struct {
		Body struct {
			Channels []channelView `json:"channels"`
		}
	}
	channelOutput struct{ Body channelView }
	channelInput  struct {
		Ref     string `path:"ref" maxLength:"64" doc:"The channel's id."`
		RawBody []byte
	}
)

func (s *service) listChannels(ctx context.Context, _ *struct{}) (*channelsOutput, error) {
	tx, v, out := s.Store.Read(ctx), reader{lang: requestOf(ctx).lang}, &channelsOutput{}
	all, err := tx.Channels()
	if err != nil {
		return nil, err
	}
	backlogs, err := tx.ChannelBacklogs()
	if err != nil {
		return nil, err
	}
	out.Body.Channels = make([]channelView, len(all))
	for i, c := range all {
		out.Body.Channels[i] = v.channel(c, backlogs[c.Channel])
	}
	return out, nil
}

func (v reader) channel(c store.Channel, b store.ChannelBacklog) channelView {
	return channelView{
		ID: c.Channel, Name: v.say("channel", c.Channel), Connected: c.Connected, State: c.State, StateSince: c.StateSince,
		FailingSince: c.FailingSince, Failures: c.Failures, NotBefore: c.NotBefore, Error: c.LastError, Waiting: b.Waiting,
		Acknowledged: b.Acknowledged, Refused: b.Refused, Published: b.Published, Oldest: b.Oldest, ReconciledAt: c.ReconciledAt,
	}
}

func (s *service) pauseChannel(ctx context.Context, in *channelInput) (*channelOutput, error) {
	return s.turnChannel(ctx, in, "channel.pause", store.ChannelPaused)
}

func (s *service) resumeChannel(ctx context.Context, in *channelInput) (*channelOutput, error) {
	return s.turnChannel(ctx, in, "channel.resume", store.ChannelActive)
}

// turnChannel pauses a channel or lets it go on, for a reason. One that is so already stays as it is.
func (s *service) turnChannel(ctx context.Context, in *channelInput, action, state string) (*channelOutput, error) {
	reason, err := s.readReason(in.RawBody)
	if err != nil {
		return nil, err
	}
	r, out := requestOf(ctx), &channelOutput{}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		c, err := tx.LockChannel(in.Ref)
		if err != nil {
			return err
		}
		if c.State != state {
			if err := tx.SetChannelState(c.Channel, state, s.Now().UTC()); err != nil {
				return err
			}
			err := s.auditChange(tx, r, action, "channel:"+c.Channel, reason, map[string]any{"state": c.State}, map[string]any{"state": state})
			if err != nil {
				return err
			}
		}
		if c, err = tx.Channel(in.Ref); err != nil {
			return err
		}
		backlogs, err := tx.ChannelBacklogs()
		out.Body = reader{lang: r.lang}.channel(c, backlogs[c.Channel])
		return err
	})
	return out, err
}
