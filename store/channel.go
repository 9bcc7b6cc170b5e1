package store

import (
	"fmt"
	"time"
)

// Channel is how the way to a public register is doing.
type Channel struct {
	Channel      string
	Connected    bool // the worker knows an address
	State        string
	StateSince   time.Time
	Failures     int // one after another, since it last answered
	FailingSince *time.Time
	NotBefore    *time.Time // it is left alone until then
	LastError    string     // a class
	Place        string     // in its feed of receipts
	AskedAt      *time.Time // for them
	ReconciledAt *time.Time
	WakeWantedAt *time.Time
}

// States of a channel. One that is paused keeps collecting.
const (
	ChannelActive = "active"
	ChannelPaused = "paused"
)

// Channels reads every channel.
func (tx *Tx) Channels() ([]Channel, error) {
	var all []Channel
	err := tx.db.Order("channel").Find(&all).Error
	return all, found(err, "read the channels")
}

// Channel reads a channel.
func (tx *Tx) Channel(channel string) (Channel, error) {
	var c Channel
	err := tx.db.Take(&c, "channel = ?", channel).Error
	return c, found(err, "read a channel")
}

// LockChannel reads a channel and keeps it from being changed until the transaction is over.
func (tx *Tx) LockChannel(channel string) (Channel, error) {
	var c Channel
	err := tx.held().Take(&c, "channel = ?", channel).Error
	return c, found(err, "lock a channel")
}

func (tx *Tx) saveChannel(channel string, set map[string]any) error {
	res := tx.db.Model(&Channel{}).Where("channel = ?", channel).Updates(set)
	if res.Error == nil && res.RowsAffected == 0 {
		return fmt.Errorf("write a channel: %w", ErrNotFound)
	}
	return found(res.Error, "write a channel")
}

// ConnectChannels notes which channels the worker knows an address of. One that is new is woken.
func (tx *Tx) ConnectChannels(connected []string, at time.Time) error {
	known := map[string]bool{}
	for _, channel := range connected {
		known[channel] = true
	}
	all, err := tx.Channels()
	if err != nil {
		return err
	}
	for _, c := range all {
		if c.Connected == known[c.Channel] {
			continue
		}
		if err := tx.saveChannel(c.Channel, map[string]any{"connected": known[c.Channel], "wake_wanted_at": at}); err != nil {
			return err
		}
	}
	return nil
}

// SetChannelState pauses a channel or lets it go on, and has its workflow told. One that goes on is judged anew.
func (tx *Tx) SetChannelState(channel, state string, at time.Time) error {
	set := map[string]any{"state": state, "state_since": at, "wake_wanted_at": at}
	if state == ChannelActive {
		set["not_before"] = nil
	}
	return tx.saveChannel(channel, set)
}

// FailChannel notes that a channel, which is locked, failed and is left alone for a while.
func (tx *Tx) FailChannel(c Channel, class string, at, notBefore time.Time) error {
	set := map[string]any{"failures": c.Failures + 1, "last_error": class, "not_before": notBefore}
	if c.FailingSince == nil {
		set["failing_since"] = at
	}
	return tx.saveChannel(c.Channel, set)
}

// MendChannel notes that a channel answers again.
func (tx *Tx) MendChannel(channel string) error {
	return tx.saveChannel(channel, map[string]any{"failures": 0, "failing_since": nil, "last_error": "", "not_before": nil})
}

// ReadOn notes how far a channel's feed of receipts was read.
func (tx *Tx) ReadOn(channel, place string, at time.Time) error {
	return tx.saveChannel(channel, map[string]any{"place": place, "asked_at": at})
}

// Reconciled notes that both sides of a channel were compared.
func (tx *Tx) Reconciled(channel string, at time.Time) error {
	return tx.saveChannel(channel, map[string]any{"reconciled_at": at})
}

// NewPublication is a version of a publication that its channel's workflow was not told of yet.
type NewPublication struct {
	CertificateID string
	Version       int
}

// UnwokenChannels reads what the workflows of channels that have an address were not told of yet: versions of publications, at
// most so many, and changes of their own, by channel.
func (tx *Tx) UnwokenChannels(limit int) (map[string][]NewPublication, []Channel, error) {
	var rows []Publication
	err := tx.db.Select("channel", "certificate_id", "version").Limit(limit).Where("woken_at IS NULL").
		Where("channel IN (SELECT channel FROM channels WHERE connected)").Find(&rows).Error
	if err != nil {
		return nil, nil, found(err, "look for new publications")
	}
	fresh := map[string][]NewPublication{}
	for _, row := range rows {
		fresh[row.Channel] = append(fresh[row.Channel], NewPublication{CertificateID: row.CertificateID, Version: row.Version})
	}
	var changed []Channel
	err = tx.db.Find(&changed, "connected AND wake_wanted_at IS NOT NULL").Error
	return fresh, changed, found(err, "look for changed channels")
}

// MarkPublicationsWoken notes that a channel's workflow was told of these versions. They are named one by one: one that was
// committed after the look must not be marked with those that were seen.
func (tx *Tx) MarkPublicationsWoken(channel string, seen []NewPublication, at time.Time) error {
	pairs := make([][]any, len(seen))
	for i, p := range seen {
		pairs[i] = []any{p.CertificateID, p.Version}
	}
	err := tx.db.Model(&Publication{}).Where("channel = ? AND (certificate_id, version) IN ?", channel, pairs).Update("woken_at", at).Error
	return found(err, "mark publications")
}

// MarkChannelWoken notes that a channel's workflow was told of its change, unless there was another since.
func (tx *Tx) MarkChannelWoken(c Channel) error {
	err := tx.db.Model(&Channel{}).Where("channel = ? AND wake_wanted_at = ?", c.Channel, c.WakeWantedAt).Update("wake_wanted_at", nil).Error
	return found(err, "mark a channel")
}

// ForgottenChannels reads the active channels that something has been due on since before a moment, or that owe a receipt and
// have not been asked for it since: their workflows have ended, or sleep too long.
func (tx *Tx) ForgottenChannels(before time.Time) ([]string, error) {
	var channels []string
	err := tx.db.Model(&Channel{}).Where("connected AND state = ? AND (not_before IS NULL OR not_before < ?)", ChannelActive, before).
		Where(`EXISTS (SELECT FROM publications p WHERE p.channel = channels.channel
			AND (p.state IN ('waiting', 'sending') AND p.next_at < ? OR p.state = 'acknowledged' AND channels.asked_at < ?))`, before, before).
		Pluck("channel", &channels).Error
	return channels, found(err, "look for forgotten channels")
}

// ChannelBacklog is how many certificates stand how on a channel.
type ChannelBacklog struct {
	Channel      string
	Waiting      int // to be sent, or on their way
	Acknowledged int
	Refused      int
	Published    int
	Oldest       *time.Time // since when the oldest is wanted that is not published
}

// ChannelBacklogs counts how certificates stand, by channel.
func (tx *Tx) ChannelBacklogs() (map[string]ChannelBacklog, error) {
	var rows []ChannelBacklog
	err := tx.db.Raw(`SELECT channel, count(*) FILTER (WHERE state IN ('waiting', 'sending')) AS waiting,
			count(*) FILTER (WHERE state = 'acknowledged') AS acknowledged, count(*) FILTER (WHERE state = 'refused') AS refused,
			count(*) FILTER (WHERE state = 'published') AS published, min(wanted_at) FILTER (WHERE state <> 'published') AS oldest
		FROM publications GROUP BY channel`).Scan(&rows).Error
	return keyed(rows, func(r ChannelBacklog) string { return r.Channel }), found(err, "count publications")
}
