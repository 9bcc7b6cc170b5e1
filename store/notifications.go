package store

import (
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/notification"
)

// Notification is something that a person is told of. It names nobody; what it says is in the catalogue of messages, under event
// and notification, and is put into words for its reader.
type Notification struct {
	ID         string
	PersonID   string
	CaseID     *string
	Kind       string
	Occasion   string         // what it tells of, such as a line of a timeline: it is told once
	Params     map[string]any `gorm:"serializer:json"`
	Urgency    notification.Urgency
	Act        string // what the person is to do about it; empty: nothing
	ActDue     calendar.Date
	CreatedAt  time.Time
	ReadAt     *time.Time
	AddressAt  *time.Time // when it is looked at how it is sent; nil: it was
	DispatchID *string
}

// occasionOf is what a line of a case's timeline is as an occasion.
func occasionOf(caseID string, seq int) string { return caseID + "/" + strconv.Itoa(seq) }

// tell has the case's person told of the new lines of the timeline, in the transaction that writes them.
func (f *CaseFile) tell() error {
	var fresh []Notification
	for _, e := range f.events {
		kind, told := notification.Of(e.Kind, e.Params)
		if !told {
			continue
		}
		fresh = append(fresh, Notification{
			ID: uuid.NewString(), PersonID: f.PersonID, CaseID: &f.ID, Kind: e.Kind, Occasion: occasionOf(f.ID, e.Seq), Params: e.Params,
			Urgency: kind.Urgency, Act: kind.Act, ActDue: kind.DueOn(e.Params), CreatedAt: f.now, AddressAt: &f.now,
		})
	}
	if len(fresh) == 0 {
		return nil
	}
	return found(f.tx.db.Create(&fresh).Error, "tell a person")
}

// TellPerson has a person told of something that is of no case, once an occasion.
func (tx *Tx) TellPerson(personID, kind, occasion string, params map[string]any, at time.Time) error {
	of, told := notification.Of(kind, params)
	if !told {
		return nil
	}
	n := Notification{
		ID: uuid.NewString(), PersonID: personID, Kind: kind, Occasion: occasion, Params: params, Urgency: of.Urgency, Act: of.Act,
		ActDue: of.DueOn(params), CreatedAt: at, AddressAt: &at,
	}
	return found(tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&n).Error, "tell a person")
}

// NotificationFilter picks notifications of one person.
type NotificationFilter struct {
	PersonID string
	Unread   bool
	Numbered Numbered
	Limit    int
}

var notificationOrders = map[string]string{"": "created_at DESC, id DESC"}

func (f NotificationFilter) pick(q *gorm.DB) *gorm.DB {
	q = q.Where("person_id "+family, f.PersonID)
	if f.Unread {
		q = q.Where("read_at IS NULL")
	}
	return q
}

// Notifications reads what a person is told of, the newest first.
func (tx *Tx) Notifications(f NotificationFilter) ([]Notification, error) {
	var all []Notification
	err := f.Numbered.of(f.pick(tx.db), notificationOrders, f.Limit).Find(&all).Error
	return all, found(err, "list notifications")
}

// CountNotifications counts what a person is told of.
func (tx *Tx) CountNotifications(f NotificationFilter) (int64, error) {
	var n int64
	err := f.pick(tx.db.Model(&Notification{})).Count(&n).Error
	return n, found(err, "count notifications")
}

// ReadNotifications notes that a person has read some of what they were told, or all of it.
func (tx *Tx) ReadNotifications(personID string, ids []string, all bool, at time.Time) error {
	q := tx.db.Model(&Notification{}).Where("person_id "+family+" AND read_at IS NULL", personID)
	if !all {
		q = q.Where("id IN ?", ids)
	}
	return found(q.Update("read_at", at).Error, "note what was read")
}

// notificationPreferences is a row of how a person wants to be told.
type notificationPreferences struct {
	PersonID     string `gorm:"primaryKey"`
	Language     message.Lang
	FirstChannel notification.Channel
	Email        bool
	SMS          bool `gorm:"column:sms"`
	QuietFrom    notification.Minute
	QuietUntil   notification.Minute
	Digest       notification.Rhythm
	DigestAt     notification.Minute
	ChangedAt    time.Time
}

func (notificationPreferences) TableName() string { return "notification_preferences" }

// NotificationPreferences reads how a person wants to be told: as usual, and at no time, when they have said nothing.
func (tx *Tx) NotificationPreferences(personID string) (notification.Preferences, *time.Time, error) {
	var rows []notificationPreferences
	err := ownFirst(tx.db, personID).Limit(1).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return notification.Usual(), nil, found(err, "read how a person is told")
	}
	row := rows[0]
	return notification.Preferences{
		Language: row.Language, First: row.FirstChannel, Email: row.Email, SMS: row.SMS, QuietFrom: row.QuietFrom,
		QuietUntil: row.QuietUntil, Digest: row.Digest, DigestAt: row.DigestAt,
	}, &row.ChangedAt, nil
}

// SaveNotificationPreferences writes how a person wants to be told. What waits to be sent is looked at anew.
func (tx *Tx) SaveNotificationPreferences(personID string, p notification.Preferences, at time.Time) error {
	err := tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&notificationPreferences{
		PersonID: personID, Language: p.Language, FirstChannel: p.First, Email: p.Email, SMS: p.SMS, QuietFrom: p.QuietFrom,
		QuietUntil: p.QuietUntil, Digest: p.Digest, DigestAt: p.DigestAt, ChangedAt: at,
	}).Error
	if err != nil {
		return fmt.Errorf("write how a person is told: %w", err)
	}
	err = tx.db.Model(&Notification{}).Where("person_id "+family+" AND address_at IS NOT NULL", personID).Update("address_at", at).Error
	return found(err, "look anew at what waits")
}

// EraseNotifications erases what a person was told of, how it was sent, and how they wanted to be told.
func (tx *Tx) EraseNotifications(personID string) error {
	for _, table := range []string{"notifications", "dispatches", "contact_codes", "notification_preferences"} {
		if err := tx.db.Exec("DELETE FROM "+table+" WHERE person_id "+family, personID).Error; err != nil {
			return fmt.Errorf("erase what a person was told of: %w", err)
		}
	}
	return nil
}

// ForgetNotifications removes what people were told of before a moment, at most so many, and says how many that were.
func (tx *Tx) ForgetNotifications(before time.Time, limit int) (int64, error) {
	res := tx.db.Exec(`DELETE FROM notifications WHERE id IN (SELECT id FROM notifications
		WHERE created_at < ? AND address_at IS NULL ORDER BY created_at LIMIT ?)`, before, limit)
	return res.RowsAffected, found(res.Error, "forget what people were told of")
}
