package store

import (
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/notification"
)

// Dispatch is one message on its way to a person by one channel: of one notification, of several, or of a code.
type Dispatch struct {
	ID            string
	PersonID      string
	Channel       notification.Channel
	FailedChannel *notification.Channel // the one that was tried before
	State         string                `gorm:"default:due"`
	Attempts      int                   // on this channel
	CreatedAt     time.Time
	ChannelSince  time.Time
	NextAttemptAt time.Time
	LeaseUntil    *time.Time
	EndedAt       *time.Time
	LastError     string // a class
	Unheard       bool   // it may have arrived, and nobody said so
	CodeID        *string
	WokenAt       *time.Time
}

// States of a dispatch.
const (
	DispatchDue     = "due"
	DispatchSending = "sending" // written before the first byte is sent: it may arrive
	DispatchSent    = "sent"
	DispatchFailed  = "failed" // the pages tell it all the same
	DispatchUnsure  = "unsure" // nobody knows whether it arrived, and it is not sent again
)

// PeopleToAddress reads whose notifications are to be looked at, whoever waits longest first, each by the record that stands for
// them.
func (tx *Tx) PeopleToAddress(now time.Time, limit int) ([]string, error) {
	var people []string
	err := tx.db.Table("notifications n").Joins("JOIN persons p ON p.id = n.person_id").Where("n.address_at <= ?", now).
		Group("p.human").Order("min(n.address_at)").Limit(limit).Pluck("p.human", &people).Error
	return people, found(err, "look for people to be told")
}

// ToAddress reads the notifications of a person, who is locked, that are to be looked at, the oldest first.
func (tx *Tx) ToAddress(personID string, now time.Time) ([]Notification, error) {
	var all []Notification
	err := tx.db.Order("created_at, id").Find(&all, "person_id "+family+" AND address_at <= ?", personID, now).Error
	return all, found(err, "read what a person is to be told")
}

// ReachOf says by which channels a person said that they are reached.
func (tx *Tx) ReachOf(personID string) (notification.Reach, error) {
	c, err := tx.Contacts(personID)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	return notification.Reach{notification.Email: c.EmailConfirmedAt != nil, notification.SMS: c.PhoneConfirmedAt != nil}, nil
}

// AddressLater has a notification looked at again at a moment.
func (tx *Tx) AddressLater(id string, at time.Time) error {
	err := tx.db.Model(&Notification{}).Where("id = ?", id).Update("address_at", at).Error
	return found(err, "look at a notification later")
}

// LeaveOnPages notes that some notifications are told on the product's own pages only.
func (tx *Tx) LeaveOnPages(ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	err := tx.db.Model(&Notification{}).Where("id IN ?", ids).Update("address_at", nil).Error
	return found(err, "leave notifications on the pages")
}

// Dispatch puts some notifications of a person on their way, in one message.
func (tx *Tx) Dispatch(personID string, channel notification.Channel, ids []string, now time.Time) error {
	d := Dispatch{
		ID: uuid.NewString(), PersonID: personID, Channel: channel, State: DispatchDue, CreatedAt: now, ChannelSince: now, NextAttemptAt: now,
	}
	if err := tx.db.Create(&d).Error; err != nil {
		return fmt.Errorf("write a dispatch: %w", err)
	}
	res := tx.db.Model(&Notification{}).Where("id IN ? AND address_at IS NOT NULL", ids).
		Updates(map[string]any{"address_at": nil, "dispatch_id": d.ID})
	if res.Error == nil && res.RowsAffected != int64(len(ids)) {
		return errors.New("put notifications on their way: some are already")
	}
	return found(res.Error, "put notifications on their way")
}

// NotificationsIn reads what a dispatch tells, the oldest first.
func (tx *Tx) NotificationsIn(dispatchID string) ([]Notification, error) {
	var all []Notification
	err := tx.db.Order("created_at, id").Find(&all, "dispatch_id = ?", dispatchID).Error
	return all, found(err, "read what a dispatch tells")
}

// DispatchesOf reads what was and is on its way to a person, the oldest first.
func (tx *Tx) DispatchesOf(personID string) ([]Dispatch, error) {
	var all []Dispatch
	err := tx.db.Order("created_at, id").Find(&all, "person_id "+family, personID).Error
	return all, found(err, "read what is on its way to a person")
}

// DueDispatches reads what is due to be sent by a channel, what is due longest first.
func (tx *Tx) DueDispatches(channel notification.Channel, now time.Time, limit int) ([]Dispatch, error) {
	var due []Dispatch
	err := tx.db.Order("next_attempt_at, id").Limit(limit).
		Find(&due, "channel = ? AND state = 'due' AND next_attempt_at <= ?", channel, now).Error
	return due, found(err, "read due dispatches")
}

// NextDispatch is when there is something to do on a channel: to send, or to say that nobody knows; nil when nothing is.
func (tx *Tx) NextDispatch(channel notification.Channel) (*time.Time, error) {
	q := tx.db.Table(`(SELECT next_attempt_at AS at FROM dispatches WHERE channel = ? AND state = 'due'
		UNION ALL SELECT lease_until FROM dispatches WHERE channel = ? AND state = 'sending') AS ahead`, channel, channel)
	return earliest(q, "at", "look for due dispatches")
}

// BeginDispatch notes that a dispatch is being sent, and reports whether it was ours to send: one does of many who try.
func (tx *Tx) BeginDispatch(d Dispatch, now, until time.Time) (bool, error) {
	res := tx.db.Model(&Dispatch{}).Where("id = ? AND state = 'due' AND channel = ? AND attempts = ?", d.ID, d.Channel, d.Attempts).
		Updates(map[string]any{"state": DispatchSending, "attempts": d.Attempts + 1, "next_attempt_at": now, "lease_until": until})
	return res.RowsAffected == 1, found(res.Error, "begin a dispatch")
}

// EndDispatch notes what became of a dispatch that is being sent.
func (tx *Tx) EndDispatch(d Dispatch, state, class string, at time.Time) error {
	return tx.settleDispatch(d, map[string]any{"state": state, "lease_until": nil, "ended_at": at, "last_error": class})
}

// PostponeDispatch makes a dispatch due again that nobody said had arrived; unheard: it may have.
func (tx *Tx) PostponeDispatch(d Dispatch, class string, unheard bool, until time.Time) error {
	return tx.settleDispatch(d, map[string]any{
		"state": DispatchDue, "lease_until": nil, "next_attempt_at": until, "last_error": class, "unheard": d.Unheard || unheard,
	})
}

// DivertDispatch makes a dispatch due by the other channel: it did not arrive by its own.
func (tx *Tx) DivertDispatch(d Dispatch, class string, now, until time.Time) error {
	return tx.settleDispatch(d, map[string]any{
		"state": DispatchDue, "lease_until": nil, "next_attempt_at": until, "last_error": class, "attempts": 0, "woken_at": nil,
		"channel": d.Channel.Other(), "failed_channel": d.Channel, "channel_since": now,
	})
}

func (tx *Tx) settleDispatch(d Dispatch, set map[string]any) error {
	err := tx.db.Model(&Dispatch{}).Where("id = ? AND state = 'sending' AND channel = ? AND attempts = ?", d.ID, d.Channel, d.Attempts+1).
		Updates(set).Error
	return found(err, "note what became of a dispatch")
}

// TakeUpDispatches takes up what was being sent by a channel when its sender was not heard of again. A mail server cannot be asked
// whether it has a letter, so that nobody knows; a gateway of short messages knows a repeat, so that it is sent again.
func (tx *Tx) TakeUpDispatches(channel notification.Channel, now time.Time) error {
	set := map[string]any{"lease_until": nil, "last_error": "interrupted", "unheard": true}
	if channel == notification.Email {
		set["state"], set["ended_at"] = DispatchUnsure, now
	} else {
		set["state"], set["next_attempt_at"] = DispatchDue, now
	}
	err := tx.db.Model(&Dispatch{}).Where("channel = ? AND state = 'sending' AND lease_until < ?", channel, now).Updates(set).Error
	return found(err, "take up what was being sent")
}

// UnwokenDispatches reads the dispatches that their channels' workflows were not told of yet, by channel.
func (tx *Tx) UnwokenDispatches(limit int) (map[notification.Channel][]string, error) {
	var rows []Dispatch
	err := tx.db.Select("id", "channel").Limit(limit).Find(&rows, "woken_at IS NULL").Error
	fresh := map[notification.Channel][]string{}
	for _, row := range rows {
		fresh[row.Channel] = append(fresh[row.Channel], row.ID)
	}
	return fresh, found(err, "look for new dispatches")
}

// MarkDispatchesWoken notes that a channel's workflow was told of these. They are named one by one: one that was committed after
// the look must not be marked with those that were seen.
func (tx *Tx) MarkDispatchesWoken(channel notification.Channel, ids []string, at time.Time) error {
	err := tx.db.Model(&Dispatch{}).Where("channel = ? AND id IN ?", channel, ids).Update("woken_at", at).Error
	return found(err, "mark dispatches")
}

// ForgottenDispatches reads the channels on which something has been due since before a moment: their workflows have ended.
func (tx *Tx) ForgottenDispatches(before time.Time) ([]notification.Channel, error) {
	var channels []notification.Channel
	err := tx.db.Model(&Dispatch{}).Distinct("channel").
		Where("state = 'due' AND next_attempt_at < ? OR state = 'sending' AND lease_until < ?", before, before).Pluck("channel", &channels).Error
	return channels, found(err, "look for forgotten dispatches")
}

// ForgetDispatches removes how messages were sent whose way ended before a moment, at most so many, and says how many that were.
func (tx *Tx) ForgetDispatches(before time.Time, limit int) (int64, error) {
	res := tx.db.Exec(`DELETE FROM dispatches WHERE id IN (SELECT id FROM dispatches WHERE ended_at < ? ORDER BY ended_at LIMIT ?)`, before, limit)
	return res.RowsAffected, found(res.Error, "forget how people were told")
}

// StandingOf is the time of which it is said how a channel has been doing.
const StandingOf = 24 * time.Hour

// ChannelStanding is how a channel has been doing.
type ChannelStanding struct {
	Channel   notification.Channel
	Sent      int64
	Diverted  int64 // to the other channel
	Failed    int64
	Unsure    int64
	Waiting   int64 // that are due, or being sent
	OldestAt  *time.Time
	LastError string // of what waits longest
}

// ChannelStandings reads how the channels have been doing since a moment.
func (tx *Tx) ChannelStandings(since time.Time) (map[notification.Channel]ChannelStanding, error) {
	var rows []ChannelStanding
	err := tx.db.Raw(`WITH recent AS (SELECT * FROM dispatches WHERE ended_at >= @since OR state IN ('due', 'sending'))
		SELECT c.channel, count(*) FILTER (WHERE d.state = 'sent') AS sent, count(*) FILTER (WHERE d.state = 'failed') AS failed,
			count(*) FILTER (WHERE d.state = 'unsure') AS unsure, count(*) FILTER (WHERE d.state IN ('due', 'sending')) AS waiting,
			(SELECT count(*) FROM recent f WHERE f.failed_channel = c.channel) AS diverted,
			min(d.channel_since) FILTER (WHERE d.ended_at IS NULL) AS oldest_at,
			coalesce((array_agg(d.last_error ORDER BY d.channel_since) FILTER (WHERE d.ended_at IS NULL AND d.last_error <> ''))[1], '') AS last_error
		FROM unnest(ARRAY['email', 'sms']) AS c (channel) LEFT JOIN recent d ON d.channel = c.channel GROUP BY c.channel`,
		map[string]any{"since": since}).Scan(&rows).Error
	all := map[notification.Channel]ChannelStanding{}
	for _, row := range rows {
		all[row.Channel] = row
	}
	return all, found(err, "read how channels have been doing")
}
