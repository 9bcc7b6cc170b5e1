package telling

import (
	"errors"
	"fmt"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/notification"
	"github.com/dengpan/dengpan/people"
	"github.com/dengpan/dengpan/store"
)

// outgoing is what a dispatch says, to whom.
type outgoing struct {
	reach  people.Reach
	wanted notification.Preferences
	told   Words
	due    calendar.Date // the first day by which something is to be done; zero: none
	code   bool
}

// outgoing reads what a dispatch says and to whom, and whether it may go there.
func (s *Sender) outgoing(tx *store.Tx, d store.Dispatch, now time.Time) (m outgoing, reached bool, err error) {
	m.code = d.CodeID != nil
	if m.wanted, _, err = tx.NotificationPreferences(d.PersonID); err != nil {
		return m, false, err
	}
	sealed, err := tx.Contacts(d.PersonID)
	if errors.Is(err, store.ErrNotFound) {
		return m, false, nil
	} else if err != nil {
		return m, false, err
	}
	if m.reach, err = people.Contacts(s.Keys, sealed); err != nil {
		return m, false, err
	}
	if m.code {
		return s.codeMessage(tx, d, m, now)
	}
	confirmed := map[notification.Channel]*time.Time{notification.Email: sealed.EmailConfirmedAt, notification.SMS: sealed.PhoneConfirmedAt}
	all, err := tx.NotificationsIn(d.ID)
	if err != nil || len(all) == 0 || confirmed[d.Channel] == nil || !m.wanted.Wants(d.Channel) {
		return m, false, err
	}
	m.told, m.due, err = s.write(tx, m.wanted.Language, all)
	return m, true, err
}

// codeMessage writes a code, if it is still of use.
func (s *Sender) codeMessage(tx *store.Tx, d store.Dispatch, m outgoing, now time.Time) (outgoing, bool, error) {
	there := map[notification.Channel]bool{notification.Email: m.reach.Email.Address() != "", notification.SMS: m.reach.Phone.Mobile()}
	c, err := tx.ContactCodeToSend(*d.CodeID, now)
	if errors.Is(err, store.ErrNotFound) || !there[d.Channel] {
		return m, false, nil
	} else if err != nil {
		return m, false, err
	}
	code, err := s.Keys.Open(c.CodeSealed, store.ContactCodeSeal(c.ID))
	if err != nil {
		return m, false, fmt.Errorf("open a code: %w", err)
	}
	params := map[string]any{"code": string(code), "minutes": int(c.ExpiresAt.Sub(c.MadeAt).Minutes())}
	m.told = Words{
		Subject: message.Text(m.wanted.Language, "notification.code.subject", nil),
		Text:    message.Text(m.wanted.Language, "notification.code.text", params) + "\n",
		Short:   message.Text(m.wanted.Language, "notification.code.short", params),
	}
	return m, true, nil
}

// write writes what some notifications tell, in a language: each with what is to be done, by when and where, and how to be told
// otherwise.
func (s *Sender) write(tx *store.Tx, lang message.Lang, all []store.Notification) (Words, calendar.Date, error) {
	var institutions []string
	for _, n := range all {
		institutions = append(institutions, message.Institutions(n.Params)...)
	}
	names, err := tx.InstitutionNames(institutions)
	if err != nil {
		return Words{}, calendar.Date{}, err
	}
	items := make([]Item, len(all))
	for i, n := range all {
		items[i] = Item{Kind: n.Kind, Params: message.Named(n.Params, names), Act: n.Act, Due: n.ActDue}
		if n.CaseID != nil {
			items[i].CaseID = *n.CaseID
		}
	}
	return Write(lang, s.Origin, items...), first(items).Due, nil
}
