package api

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/notification"
	"github.com/dengpan/dengpan/store"
)

// NotificationAct is what somebody is to do about what they are told.
type NotificationAct struct {
	Code   string            `json:"code"`
	Text   string            `json:"text" doc:"What is to be done, and by when."`
	Button string            `json:"button" doc:"The same in a word or two."`
	Page   notification.Page `json:"page" enum:"case,certificates,reach,requests" doc:"Where it is done, or where it says how."`
	Due    string            `json:"due,omitempty" doc:"The last day for it."`
}

// NotificationView is something that the trainee who reads is told of.
type NotificationView struct {
	ID        string           `json:"id"`
	Kind      string           `json:"kind" doc:"The kind of the line of the case's timeline that it tells of."`
	Title     string           `json:"title"`
	Text      string           `json:"text"`
	CaseID    string           `json:"case_id,omitempty"`
	Act       *NotificationAct `json:"act,omitempty"`
	CreatedAt time.Time        `json:"created_at"`
	ReadAt    *time.Time       `json:"read_at,omitempty" doc:"Left out: not read yet."`
}

type notificationsInput struct {
	State string `query:"state" enum:"unread,all" default:"all"`
	Page  int    `query:"page" minimum:"1" maximum:"100000" default:"1"`
	Limit int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
}

type notificationsOutput struct {
	Body struct {
		Notifications []NotificationView `json:"notifications"`
		Total         int64              `json:"total" doc:"How many there are of the state that was asked for."`
		Unread        int64              `json:"unread" doc:"How many were not read yet, in all."`
	}
}

type readingBody struct {
	IDs []string `json:"ids,omitempty" maxItems:"100" doc:"Those that were read."`
	All bool     `json:"all,omitempty" doc:"All were."`
}

type readingOutput struct {
	Body struct {
		Unread int64 `json:"unread" doc:"How many are left that were not read yet."`
	}
}

// PreferencesBody is how a trainee wants to be told.
type PreferencesBody struct {
	Language   message.Lang         `json:"language" enum:"zh,en" doc:"The language of mail and SMS."`
	First      notification.Channel `json:"first" enum:"email,sms" doc:"Which is tried first; the other one if it fails."`
	Email      bool                 `json:"email"`
	SMS        bool                 `json:"sms"`
	QuietFrom  string               `json:"quiet_from" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$" doc:"From when nothing is sent, HH:MM in Beijing. Equal to quiet_until: never."`
	QuietUntil string               `json:"quiet_until" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$"`
	Digest     notification.Rhythm  `json:"digest" enum:"daily,each,none" doc:"What is not urgent: once a day in one message, each as it happens, or on these pages only."`
	DigestAt   string               `json:"digest_at" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$" doc:"When the day's message is sent."`
}

type preferencesOutput struct {
	Body struct {
		PreferencesBody

		ChangedAt *time.Time             `json:"changed_at" doc:"Null: nothing was said; these are the usual ones."`
		Channels  []notification.Channel `json:"channels" enum:"email,sms" doc:"Those by which trainees can be told at all."`
	}
}

type notificationBodies struct {
	reading     body[readingBody]
	preferences body[PreferencesBody]
}

// registerNotifications adds the operations on what trainees are told, and how.
func (s *service) registerNotifications(api huma.API) {
	const mine = "me"
	schemas := api.OpenAPI().Components.Schemas
	s.notifications = notificationBodies{reading: bodyFor[readingBody](schemas), preferences: bodyFor[PreferencesBody](schemas)}
	read(api, "GET /v1/me/notifications", mine, "What I am told of, the newest first", s.listNotifications)
	sent(api, "POST /v1/me/notifications/reading", mine, "I have read it", s.notifications.reading.schema, http.StatusOK, s.readNotifications)
	read(api, "GET /v1/me/notification-preferences", mine, "How I want to be told", s.ownPreferences)
	sent(api, "PUT /v1/me/notification-preferences", mine, "Say how I want to be told", s.notifications.preferences.schema,
		http.StatusOK, s.setPreferences)
	s.registerTemplates(api)
}

func (s *service) listNotifications(ctx context.Context, in *notificationsInput) (*notificationsOutput, error) {
	r := requestOf(ctx)
	out := &notificationsOutput{}
	out.Body.Notifications = []NotificationView{}
	if r.account.PersonID == nil {
		return out, nil // who has registered nothing yet is told nothing
	}
	unread := store.NotificationFilter{PersonID: *r.account.PersonID, Unread: true}
	filter := store.NotificationFilter{
		PersonID: *r.account.PersonID, Unread: in.State == "unread", Limit: in.Limit, Numbered: store.Numbered{Page: in.Page},
	}
	tx := s.Store.Read(ctx)
	var err error
	if out.Body.Unread, err = tx.CountNotifications(unread); err != nil {
		return nil, err
	}
	if out.Body.Total = out.Body.Unread; !filter.Unread {
		if out.Body.Total, err = tx.CountNotifications(filter); err != nil {
			return nil, err
		}
	}
	rows, err := tx.Notifications(filter)
	if err != nil {
		return nil, err
	}
	out.Body.Notifications, err = viewNotifications(tx, r, rows)
	return out, err
}

func viewNotifications(tx *store.Tx, r *request, rows []store.Notification) ([]NotificationView, error) {
	var institutions []string
	for _, row := range rows {
		institutions = append(institutions, message.Institutions(row.Params)...)
	}
	v, err := newReader(tx, r, institutions...)
	if err != nil {
		return nil, err
	}
	views := make([]NotificationView, len(rows))
	for i, row := range rows {
		words := notification.Write(v.lang, row.Kind, v.words(row.Params), row.Act, row.ActDue)
		views[i] = NotificationView{
			ID: row.ID, Kind: row.Kind, Title: words.Title, Text: words.Text, CaseID: deref(row.CaseID), CreatedAt: row.CreatedAt, ReadAt: row.ReadAt,
		}
		if row.Act != "" {
			views[i].Act = &NotificationAct{
				Code: row.Act, Text: words.Act, Button: words.Button, Page: notification.PageOf(row.Act), Due: row.ActDue.String(),
			}
		}
	}
	return views, nil
}

// readNotifications notes that the trainee who asks has read some of what they were told, or all of it. Those of others, and
// those that there are not, change nothing and are not told apart.
func (s *service) readNotifications(ctx context.Context, in *bodyInput) (*readingOutput, error) {
	r := requestOf(ctx)
	body, found, err := s.notifications.reading.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	if !body.All && len(body.IDs) == 0 {
		found.add("ids", fieldRequired)
	}
	for i, id := range body.IDs {
		if !isID(id) {
			found.add(fmt.Sprintf("ids[%d]", i), fieldFormat)
		}
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	id, err := r.person()
	if err != nil {
		return nil, err
	}
	out := &readingOutput{}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.ReadNotifications(id, body.IDs, body.All, s.Now().UTC()); err != nil {
			return err
		}
		out.Body.Unread, err = tx.CountNotifications(store.NotificationFilter{PersonID: id, Unread: true})
		return err
	})
	return out, err
}

func (s *service) ownPreferences(ctx context.Context, _ *struct{}) (*preferencesOutput, error) {
	id, err := requestOf(ctx).person()
	if err != nil {
		return nil, err
	}
	p, at, err := s.Store.Read(ctx).NotificationPreferences(id)
	return s.viewPreferences(p, at), err
}

func (s *service) viewPreferences(p notification.Preferences, at *time.Time) *preferencesOutput {
	out := &preferencesOutput{}
	out.Body.PreferencesBody = PreferencesBody{
		Language: p.Language, First: p.First, Email: p.Email, SMS: p.SMS, QuietFrom: p.QuietFrom.String(),
		QuietUntil: p.QuietUntil.String(), Digest: p.Digest, DigestAt: p.DigestAt.String(),
	}
	out.Body.ChangedAt, out.Body.Channels = at, append([]notification.Channel{}, s.Channels...)
	return out
}

func (s *service) setPreferences(ctx context.Context, in *bodyInput) (*preferencesOutput, error) {
	r := requestOf(ctx)
	body, err := s.notifications.preferences.readAll(in.RawBody)
	if err != nil {
		return nil, err
	}
	id, err := r.person()
	if err != nil {
		return nil, err
	}
	p := notification.Preferences{
		Language: body.Language, First: body.First, Email: body.Email, SMS: body.SMS, QuietFrom: notification.ParseMinute(body.QuietFrom),
		QuietUntil: notification.ParseMinute(body.QuietUntil), Digest: body.Digest, DigestAt: notification.ParseMinute(body.DigestAt),
	}
	now := s.Now().UTC()
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.LockPerson(id); err != nil {
			return err
		}
		before, _, err := tx.NotificationPreferences(id)
		if err != nil {
			return err
		}
		if err := tx.SaveNotificationPreferences(id, p, now); err != nil {
			return err
		}
		return s.auditChange(tx, r, "preferences.set", personSubject(id), "at their own request",
			s.viewPreferences(before, nil).Body.PreferencesBody, body)
	})
	return s.viewPreferences(p, &now), err
}
