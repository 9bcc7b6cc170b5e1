package integration_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/delivery"
	"github.com/dengpan/dengpan/devstack/files"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/mail/postbox"
	"github.com/dengpan/dengpan/notification"
	"github.com/dengpan/dengpan/people"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/sms/gateway"
	"github.com/dengpan/dengpan/store"
)

// startTelling starts what takes mail and short messages, and has the product send them there.
func (s *system) startTelling(t testing.TB) {
	t.Helper()
	var mailAt, smsAt string
	var err error
	s.box, mailAt, err = postbox.Start("127.0.0.1:0", "")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.box.Close()) })
	secret, file := delivery.NewSecret(), filepath.Join(s.logs, "sms-secret")
	require.NoError(t, files.WriteSecret(file, secret))
	s.gateway, smsAt, err = gateway.Start("127.0.0.1:0", secret, "")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.gateway.Close()) })
	s.product.Extra = append(s.product.Extra, "DENGPAN_SMTP_ADDRESS="+mailAt, "DENGPAN_SMTP_FROM=dengpan@example.com", "DENGPAN_SMTP_TLS=none",
		"DENGPAN_SMS_URL="+gateway.URL(smsAt), "DENGPAN_SMS_SECRET_FILE="+file)
}

// reached is somebody who is reached by both channels and wants one first, and their case.
func (s *system) reached(t *testing.T, n int, first notification.Channel) (person, caseID string) {
	t.Helper()
	person, caseID = uuid.NewString(), uuid.NewString()
	now := time.Now().UTC()
	email, err := identity.ParseEmail("reader@example.com")
	require.NoError(t, err)
	phone, err := identity.ParsePhone("1391234000" + string(rune('0'+n)))
	require.NoError(t, err)
	sealed, indexes, err := people.SealContacts(s.keys, person, people.Reach{Email: email, Phone: phone})
	require.NoError(t, err)
	sealed.UpdatedAt, sealed.EmailConfirmedAt, sealed.PhoneConfirmedAt = now, &now, &now
	wanted := notification.Usual()
	wanted.First, wanted.QuietUntil = first, wanted.QuietFrom // and they are never quiet
	require.NoError(t, s.store.Tx(t.Context(), func(tx *store.Tx) error {
		account, _, err := tx.CreateToken(store.Account{Role: store.RoleOperator}, "test")
		if err != nil {
			return err
		}
		p := store.Person{ID: person, IDType: store.IDTypeResident, IDNumberSealed: []byte{1}, NameSealed: []byte{2}, CreatedAt: now}
		if _, err := tx.InsertPerson(p); err != nil {
			return err
		}
		_, err = tx.SaveContacts(sealed, indexes)
		if err := errors.Join(err, tx.SaveNotificationPreferences(person, wanted, now)); err != nil {
			return err
		}
		_, err = tx.InsertCase(store.Case{
			ID: caseID, PersonID: person, Occupation: "big-data", Level: "junior", PolicyVersion: "beijing-2023+demo", TrainingBody: "ouc",
			EvaluationBody: "miit-education-exam", RegisteredBy: account.ID, RegisteredAt: now, RegisteredOn: calendar.NewDate(2026, time.March, 2),
		}, store.ActorOperator)
		return err
	}))
	return person, caseID
}

func TestNobodyIsToldTwiceThoughWhoeverSendsIsKilledOnceServersHaveTheMessage(t *testing.T) {
	t.Parallel()
	s := newSystem(t, options{silent: true, tells: true})
	s.box.Behave(postbox.Stalled)
	s.gateway.Behave(gateway.Stalled)
	const persons = 6
	var all []string
	for n := range persons {
		person, caseID := s.reached(t, n, notification.Channels()[n%2])
		all = append(all, person)
		require.NoError(t, s.store.Tx(t.Context(), func(tx *store.Tx) error {
			f, err := tx.OpenCase(caseID)
			if err != nil {
				return err
			}
			f.Note(progress.Exam, "exam_passed", store.ActorSystem, map[string]any{"attempt": 1, "score": 88})
			return f.Save()
		}))
	}
	eventually(t, time.Minute, func() bool { return len(s.box.Letters()) > 0 && len(s.gateway.Messages()) > 0 },
		func() string { return "neither server has a message: " + s.log(t, "worker") })
	s.worker.Kill9()
	s.box.Behave(postbox.Polite)
	s.gateway.Behave(gateway.Polite)
	require.NoError(t, s.worker.Start(t.Context()))

	ended := map[string]store.Dispatch{}
	eventually(t, 10*time.Minute, func() bool {
		clear(ended)
		told := 0
		for _, person := range all {
			dispatches, err := s.store.Read(t.Context()).DispatchesOf(person)
			require.NoError(t, err)
			for _, d := range dispatches {
				if d.EndedAt == nil {
					return false
				}
				ended[d.ID] = d
				in, err := s.store.Read(t.Context()).NotificationsIn(d.ID)
				require.NoError(t, err)
				told += len(in)
			}
		}
		return told == 2*persons // of the registration and of the exam
	}, func() string { return "not everybody was told" })

	arrived := map[string]int{}
	for _, letter := range s.box.Letters() {
		id, _, _ := strings.Cut(strings.Trim(letter.ID, "<>"), "@")
		require.Equal(t, notification.Email, ended[id].Channel)
		arrived[id]++
	}
	for _, message := range s.gateway.Messages() {
		require.Equal(t, notification.SMS, ended[message.ID].Channel)
		arrived[message.ID]++
	}
	unsure := 0
	for id, d := range ended {
		require.LessOrEqual(t, arrived[id], 1, "nothing arrives twice")
		require.Nil(t, d.FailedChannel, "and nothing that may have arrived goes by the other channel")
		if d.State == store.DispatchUnsure {
			require.Equal(t, notification.Email, d.Channel)
			unsure++
			continue
		}
		require.Equal(t, store.DispatchSent, d.State)
		require.Equal(t, 1, arrived[id])
	}
	require.Equal(t, 1, unsure, "the letter that was being sent")
	require.Positive(t, s.gateway.Repeats(), "the short message that was being sent was sent again")
}
