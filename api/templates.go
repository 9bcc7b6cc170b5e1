package api

import (
	"cmp"
	"context"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/notification"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/telling"
)

// TemplateView is how trainees are told of one kind of thing, filled in with examples.
type TemplateView struct {
	Kind      string               `json:"kind" doc:"The kind of the line of a case's timeline."`
	Title     string               `json:"title"`
	Urgency   notification.Urgency `json:"urgency" enum:"now,digest" doc:"At once, or with the day's message."`
	Act       string               `json:"act,omitempty" doc:"What the trainee is to do about it, in a word or two. Left out: nothing."`
	Due       bool                 `json:"due" doc:"There is a day by which it is to be done."`
	Subject   string               `json:"subject"`
	Mail      string               `json:"mail"`
	SMS       string               `json:"sms"`
	SMSLength int                  `json:"sms_length" doc:"In characters; a short message of 70 is one."`
}

type templatesInput struct {
	Lang message.Lang `query:"lang" enum:"zh,en" doc:"The reader's, unless said."`
}

type templatesOutput struct {
	Body struct {
		Templates []TemplateView `json:"templates"`
	}
}

// TellingView is how a channel by which trainees are told has been doing in the last 24 hours.
type TellingView struct {
	Channel   notification.Channel `json:"channel" enum:"email,sms"`
	Connected bool                 `json:"connected" doc:"The installation has it."`
	Sent      int64                `json:"sent"`
	Diverted  int64                `json:"diverted" doc:"That did not arrive, and went by the other channel."`
	Failed    int64                `json:"failed" doc:"That arrived by no channel, and stand on the pages only."`
	Unsure    int64                `json:"unsure" doc:"Of which nobody knows whether they arrived. They are not sent again."`
	Waiting   int64                `json:"waiting"`
	Oldest    *time.Time           `json:"oldest,omitempty" doc:"Since when the oldest waits."`
	Error     string               `json:"error,omitempty" doc:"A class of error: why it waits."`
}

type tellingOutput struct {
	Body struct {
		Channels []TellingView `json:"channels"`
	}
}

// registerTemplates adds the operations by which operators look after what trainees are told.
func (s *service) registerTemplates(api huma.API) {
	const telling = "notices"
	read(api, "GET /v1/notification-templates", telling, "What trainees are told, filled in with examples", s.listTemplates)
	read(api, "GET /v1/notification-channels", telling, "How mail and SMS to trainees are doing", s.listTelling)
}

func (s *service) listTemplates(ctx context.Context, in *templatesInput) (*templatesOutput, error) {
	lang := cmp.Or(in.Lang, requestOf(ctx).lang)
	book := notification.Rules()
	out := &templatesOutput{}
	for _, k := range book.Told {
		params := book.Example(k)
		due := calendar.Date{}
		if k.Due != "" {
			due = k.DueOn(params)
		}
		item := telling.Item{Kind: k.Kind, Params: params, Act: k.Act, Due: due, CaseID: uuid.Nil.String()}
		words, told := telling.Write(lang, s.PublicURL, item), notification.Write(lang, k.Kind, params, k.Act, due)
		out.Body.Templates = append(out.Body.Templates, TemplateView{
			Kind: k.Kind, Title: told.Title, Urgency: k.Urgency, Act: told.Button, Due: k.Due != "", Subject: words.Subject, Mail: words.Text,
			SMS: words.Short, SMSLength: utf8.RuneCountInString(words.Short),
		})
	}
	return out, nil
}

func (s *service) listTelling(ctx context.Context, _ *struct{}) (*tellingOutput, error) {
	standings, err := s.Store.Read(ctx).ChannelStandings(s.Now().Add(-store.StandingOf))
	out := &tellingOutput{}
	for _, channel := range notification.Channels() {
		st := standings[channel]
		out.Body.Channels = append(out.Body.Channels, TellingView{
			Channel: channel, Connected: slices.Contains(s.Channels, channel), Sent: st.Sent, Diverted: st.Diverted, Failed: st.Failed,
			Unsure: st.Unsure, Waiting: st.Waiting, Oldest: st.OldestAt, Error: st.LastError,
		})
	}
	return out, err
}
