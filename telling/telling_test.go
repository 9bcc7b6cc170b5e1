package telling_test

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/delivery"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/mail"
	"github.com/dengpan/dengpan/mail/postbox"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/neighbour"
	"github.com/dengpan/dengpan/notification"
	"github.com/dengpan/dengpan/people"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/sms"
	"github.com/dengpan/dengpan/sms/gateway"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/store/storetest"
	"github.com/dengpan/dengpan/telling"
	"github.com/dengpan/dengpan/worker"
)

const origin = "https://dengpan.example"

// world is a record with one person and their case, a mail server, and what tells the person of it.
type world struct {
	*store.Store

	t            *testing.T
	keys         *identity.Keyring
	person, file string
	box          *postbox.Server
	gateway      *gateway.Server
	sender       telling.Sender
	now          time.Time
}

// noon is an instant at which nobody is quiet.
var noon = time.Date(2026, time.December, 1, 12, 0, 0, 0, calendar.Beijing)

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, Store: storetest.New(t), keys: storetest.Keys(t), person: uuid.NewString(), file: uuid.NewString()}
	rules, err := policy.Load("beijing-2023", true)
	require.NoError(t, err)
	require.NoError(t, w.LoadLists(t.Context(), rules.Lists()))
	box, address, err := postbox.Start("127.0.0.1:0", "")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, box.Close()) })
	sender, err := mail.NewSender(mail.Server{Address: address, From: "dengpan@example.com", TLS: mail.Plain})
	require.NoError(t, err)
	w.box = box
	secret := delivery.NewSecret()
	w.gateway, address, err = gateway.Start("127.0.0.1:0", secret, "")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, w.gateway.Close()) })
	short, err := sms.NewGateway(neighbour.Address{URL: gateway.URL(address), Secret: secret, Insecure: true})
	require.NoError(t, err)
	w.sender = telling.Sender{
		Store: w.Store, Keys: w.keys, Calendar: calendar.Real(), Mail: sender, SMS: short, Origin: origin, Clock: func() time.Time { return w.now },
	}
	require.NoError(t, w.Tx(t.Context(), func(tx *store.Tx) error {
		account, _, err := tx.CreateToken(store.Account{Role: store.RoleOperator}, "test")
		if err != nil {
			return err
		}
		p := store.Person{ID: w.person, IDType: store.IDTypeResident, NameSealed: []byte("x"), IDNumberSealed: []byte("x"), CreatedAt: noon}
		if _, err := tx.InsertPerson(p); err != nil {
			return err
		}
		_, err = tx.InsertCase(store.Case{
			ID: w.file, PersonID: w.person, Occupation: "intelligent-manufacturing", Level: "junior", PolicyVersion: "beijing-2023",
			TrainingBody: "ouc", EvaluationBody: "cmes", RegisteredBy: account.ID, RegisteredAt: noon, RegisteredOn: calendar.Real().Today(noon),
		}, store.ActorOperator)
		return err
	}))
	w.later(0) // the record's clock is the machine's, and nothing is told before it happened
	return w
}

// later sets the clock to a noon that lies after all that was written, and some time.
func (w *world) later(more time.Duration) {
	today := calendar.Real().Today(time.Now())
	w.now = calendar.Real().Wall(today.AddDays(1)).Add(12*time.Hour + more).UTC()
}

// reachable has the person be reached by some channels; they say that they have both.
func (w *world) reachable(by ...notification.Channel) {
	w.t.Helper()
	email, err := identity.ParseEmail("trainee@example.com")
	require.NoError(w.t, err)
	phone, err := identity.ParsePhone("13812345678")
	require.NoError(w.t, err)
	sealed, indexes, err := people.SealContacts(w.keys, w.person, people.Reach{Email: email, Phone: phone})
	require.NoError(w.t, err)
	sealed.UpdatedAt = noon
	require.NoError(w.t, w.Tx(w.t.Context(), func(tx *store.Tx) error {
		_, err := tx.SaveContacts(sealed, indexes)
		for _, channel := range by {
			err = errors.Join(err, tx.ConfirmContact(w.person, channel, noon))
		}
		return err
	}))
}

func (w *world) line(kind string, params map[string]any) {
	w.t.Helper()
	w.now = w.now.Add(time.Second)
	require.NoError(w.t, w.Tx(w.t.Context(), func(tx *store.Tx) error {
		f, err := tx.OpenCase(w.file)
		if err != nil {
			return err
		}
		f.Note(progress.Exam, kind, store.ActorSystem, params)
		return f.Save()
	}))
}

func (w *world) address() {
	w.t.Helper()
	a := telling.Addresser{
		Store: w.Store, Calendar: calendar.Real(), Channels: w.sender.Channels(),
		Clock: func() time.Time { return w.now }, Logger: slog.New(slog.DiscardHandler),
	}
	require.NoError(w.t, a.Address(w.t.Context()))
}

func (w *world) turn() *time.Time { return w.turnOf(notification.Email) }

func (w *world) turnOf(channel notification.Channel) *time.Time {
	w.t.Helper()
	next, err := w.sender.Turn(w.t.Context(), channel, func() {})
	require.NoError(w.t, err)
	return next
}

func TestAPersonIsMailedOnceWhatTheyAreToldWithWhatToDoAndWhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.reachable(notification.Email)
	w.address()
	w.turn()
	require.Equal(t, "已登记培养个案", w.box.Letters()[0].Subject)
	w.line("exam_failed", map[string]any{"attempt": 1, "score": 41})
	w.line("hours_insufficient", map[string]any{"have": 70, "need": 90})
	var wg sync.WaitGroup
	for range 4 { // however many workers there are
		wg.Go(func() { w.address() })
	}
	wg.Wait()
	for range 4 {
		wg.Go(func() { w.turn() })
	}
	wg.Wait()
	w.turn()
	letters := w.box.Letters()
	require.Len(t, letters, 2, "all that is to be told now is one letter")
	require.Equal(t, "trainee@example.com", letters[1].To)
	require.Equal(t, "2条新消息", letters[1].Subject)
	text := letters[1].Text
	for _, said := range []string{"第1次结业考核不合格，成绩41分。", "请与培训机构约定补课", origin + "/app/cases/" + w.file, origin + "/app/my-reach"} {
		require.Contains(t, text, said)
	}
	w.address()
	require.Nil(t, w.turn())
	require.Len(t, w.box.Letters(), 2)
}

func TestWhatMayWaitIsOneLetterInTheEvening(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.reachable(notification.Email)
	w.address()
	w.turn()
	w.line("enrolled", map[string]any{"institution": "ouc"})
	w.line("training_completed", nil)
	told, err := w.Read(t.Context()).ToAddress(w.person, w.now)
	require.NoError(t, err)
	require.Len(t, told, 2)
	// The evening is that which follows what happened, whatever time of the day it is told.
	evening := calendar.Real().Wall(calendar.Real().Today(told[1].CreatedAt).AddDays(1)).Add(18 * time.Hour).UTC()
	w.now = told[1].CreatedAt.Add(time.Second)
	for w.now.Before(evening) {
		w.address()
		w.now = w.now.Add(3 * time.Hour)
	}
	w.now = evening
	w.address()
	w.turn()
	require.Len(t, w.box.Letters(), 2)
	require.Equal(t, "2条新消息", w.box.Letters()[1].Subject)
	require.Contains(t, w.box.Letters()[1].Text, "已接收学员")
}

func TestWhoCannotBeReachedIsToldOnThePages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.line("exam_failed", nil)
	w.address()
	require.Nil(t, w.turn())
	require.Empty(t, w.box.Letters())
	told, err := w.Read(t.Context()).ToAddress(w.person, w.now)
	require.NoError(t, err)
	require.Empty(t, told, "and is not looked for again")
}

func TestALetterIsInTheLanguageOfWhoReadsIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.reachable(notification.Email)
	wanted := notification.Usual()
	wanted.Language = message.English
	require.NoError(t, w.Tx(t.Context(), func(tx *store.Tx) error {
		if err := tx.LeaveOnPages(idsOf(t, tx, w)); err != nil {
			return err
		}
		return tx.SaveNotificationPreferences(w.person, wanted, noon)
	}))
	w.line("exam_passed", map[string]any{"attempt": 1, "score": 88})
	w.address()
	w.turn()
	require.Equal(t, "Final exam passed", w.box.Letters()[0].Subject)
}

func idsOf(t *testing.T, tx *store.Tx, w *world) (ids []string) {
	t.Helper()
	all, err := tx.ToAddress(w.person, w.now)
	require.NoError(t, err)
	for _, n := range all {
		ids = append(ids, n.ID)
	}
	return ids
}

func TestALetterThatIsPutOffIsSentLaterAndOneThatIsRefusedIsGivenUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.reachable(notification.Email)
	w.address()
	w.box.Refuse(false)
	next := w.turn()
	require.NotNil(t, next)
	require.True(t, next.After(w.now))
	w.turn()
	require.Equal(t, []string{"due 1 delayed"}, w.dispatches())
	w.box.Accept()
	w.now = *next
	require.Nil(t, w.turn())
	require.Equal(t, []string{"sent 2 "}, w.dispatches())

	w.line("exam_failed", nil)
	w.address()
	w.box.Refuse(true)
	require.Nil(t, w.turn())
	require.Equal(t, []string{"sent 2 ", "failed 1 refused"}, w.dispatches())
	require.Len(t, w.box.Letters(), 1)
}

// dispatches are what became of all messages, in their order.
func (w *world) dispatches() (all []string) {
	w.t.Helper()
	rows, err := w.Read(w.t.Context()).DispatchesOf(w.person)
	require.NoError(w.t, err)
	for _, d := range rows {
		all = append(all, fmt.Sprintf("%s %d %s", d.State, d.Attempts, d.LastError))
	}
	return all
}

func TestALetterOfWhichNobodyKnowsWhetherItArrivedIsNotSentAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.reachable(notification.Email)
	w.address()
	w.box.Behave(postbox.Mute) // after it has the whole letter
	require.Nil(t, w.turn())
	require.Equal(t, []string{"unsure 1 unheard"}, w.dispatches())
	w.box.Behave(postbox.Polite)
	w.later(48 * time.Hour)
	w.address()
	require.Nil(t, w.turn())
	require.Len(t, w.box.Letters(), 1)
}

func (w *world) prefer(change func(*notification.Preferences)) {
	w.t.Helper()
	wanted := notification.Usual()
	change(&wanted)
	require.NoError(w.t, w.Tx(w.t.Context(), func(tx *store.Tx) error {
		return tx.SaveNotificationPreferences(w.person, wanted, w.now)
	}))
}

func TestWhatOneChannelDoesNotTakeGoesByTheOther(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.reachable(notification.Channels()...)
	w.address()
	w.box.Refuse(true)
	require.Nil(t, w.turn())
	require.Equal(t, []string{"due 0 refused"}, w.dispatches())
	require.Nil(t, w.turnOf(notification.SMS))
	require.Equal(t, []string{"sent 1 "}, w.dispatches())
	require.Equal(t, "+8613812345678", w.gateway.Messages()[0].To)
	require.Equal(t, "登攀通知：已登记培养个案。 "+origin+"/app/my-messages", w.gateway.Messages()[0].Text)

	w.prefer(func(p *notification.Preferences) { p.First = notification.SMS })
	w.line("hours_insufficient", map[string]any{"have": 70, "need": 90})
	w.address()
	w.gateway.Behave(gateway.Busy)
	for next := w.turnOf(notification.SMS); next != nil; next = w.turnOf(notification.SMS) {
		w.now = *next // for as long as it is tried
	}
	w.box.Refuse(true) // and neither channel takes it
	require.Nil(t, w.turn())
	require.Equal(t, []string{"sent 1 ", "failed 1 refused"}, w.dispatches())
	require.Len(t, w.gateway.Messages(), 1)
	standing, err := w.Read(t.Context()).ChannelStandings(w.now.Add(-48 * time.Hour))
	require.NoError(t, err)
	require.EqualValues(t, 1, standing[notification.SMS].Sent)
	require.EqualValues(t, 1, standing[notification.SMS].Diverted)
	require.EqualValues(t, 1, standing[notification.Email].Failed)
}

func TestAShortMessageOfWhichNobodyHeardIsSentAgainAndArrivesOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.reachable(notification.SMS)
	w.address()
	w.gateway.Behave(gateway.Mute)
	next := w.turnOf(notification.SMS)
	require.NotNil(t, next)
	require.Equal(t, []string{"due 1 unheard"}, w.dispatches())
	w.gateway.Behave(gateway.Polite)
	w.now = *next
	require.Nil(t, w.turnOf(notification.SMS))
	require.Equal(t, []string{"sent 2 "}, w.dispatches())

	w.line("exam_failed", nil)
	w.address()
	due, err := w.Read(t.Context()).DueDispatches(notification.SMS, w.now, 10)
	require.NoError(t, err)
	ours, err := w.Read(t.Context()).BeginDispatch(due[0], w.now, w.now.Add(time.Minute)) // and the process is no more
	require.NoError(t, err)
	require.True(t, ours)
	w.now = w.now.Add(2 * time.Minute)
	require.Nil(t, w.turnOf(notification.SMS))
	require.Equal(t, []string{"sent 2 ", "sent 2 "}, w.dispatches())
	require.Len(t, w.gateway.Messages(), 2)
	require.Equal(t, 1, w.gateway.Repeats())
}

func TestAMessageThatMayHaveArrivedGoesByNoOtherChannel(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.reachable(notification.Channels()...)
	w.prefer(func(p *notification.Preferences) { p.First = notification.SMS })
	w.address()
	w.gateway.Behave(gateway.Mute)
	next := w.turnOf(notification.SMS)
	w.gateway.Behave(gateway.Refusing)
	w.now = *next
	require.Nil(t, w.turnOf(notification.SMS))
	require.Equal(t, []string{"unsure 2 refused"}, w.dispatches())
	require.Nil(t, w.turn())
	require.Empty(t, w.box.Letters())
}

func TestNothingIsTriedAgainAtNight(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.reachable(notification.Email)
	w.address()
	w.now = w.now.Add(9*time.Hour - time.Second) // it is nearly nine in the evening
	w.box.Refuse(false)
	next := w.turn()
	require.NotNil(t, next)
	require.Equal(t, "08:00", next.In(calendar.Beijing).Format("15:04"))
}

func TestACodeIsSentAtAnyHourAndOnlyWhileItIsGood(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.reachable()
	w.now = w.now.Add(12 * time.Hour) // it is midnight
	send := func() {
		code := store.ContactCode{ID: uuid.NewString(), PersonID: w.person, Channel: notification.SMS, MadeAt: w.now, ExpiresAt: w.now.Add(10 * time.Minute)}
		var err error
		code.CodeSealed, err = w.keys.Seal([]byte("012345"), store.ContactCodeSeal(code.ID))
		require.NoError(t, err)
		require.NoError(t, w.Tx(t.Context(), func(tx *store.Tx) error { return tx.SendContactCode(code) }))
	}
	send()
	require.Nil(t, w.turnOf(notification.SMS))
	require.Contains(t, w.gateway.Messages()[0].Text, "确认码012345")
	w.now = w.now.Add(time.Second)
	send()
	w.gateway.Behave(gateway.Busy)
	next := w.turnOf(notification.SMS)
	require.NotNil(t, next)
	w.gateway.Behave(gateway.Polite)
	w.now = w.now.Add(10 * time.Minute)
	require.Nil(t, w.turnOf(notification.SMS))
	require.Len(t, w.gateway.Messages(), 1)
	require.Equal(t, []string{"sent 1 ", "failed 2 unreachable"}, w.dispatches())
}

func TestHowSomebodyWasToldIsForgottenBeforeWhatTheyWereTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.reachable(notification.Email)
	w.address()
	w.turn()
	kept := func(age time.Duration) (dispatches int, notifications int64) {
		forgetting := worker.Forgetting{Store: w.Store, Logger: slog.New(slog.DiscardHandler)}
		require.NoError(t, forgetting.Forget(t.Context(), w.now.Add(age)))
		notifications, err := w.Read(t.Context()).CountNotifications(store.NotificationFilter{PersonID: w.person})
		require.NoError(t, err)
		return len(w.dispatches()), notifications
	}
	const day = 24 * time.Hour
	dispatches, notifications := kept(89 * day)
	require.Equal(t, 1, dispatches)
	require.EqualValues(t, 1, notifications)
	dispatches, notifications = kept(91 * day)
	require.Zero(t, dispatches)
	require.EqualValues(t, 1, notifications)
	w.now = w.now.Add(91 * day)
	w.address()
	require.Nil(t, w.turn(), "and nobody is told again of what they were told")
	require.Len(t, w.box.Letters(), 1)
	_, notifications = kept(3 * 365 * day)
	require.Zero(t, notifications)
}

func TestHowChannelsAreDoingIsAmongTheFigures(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.reachable(notification.Email)
	w.address()
	w.box.Refuse(false)
	w.turn()
	registry := prometheus.NewRegistry()
	require.NoError(t, registry.Register(&worker.Told{Store: w.Store, Channels: notification.Channels()}))
	families, err := registry.Gather()
	require.NoError(t, err)
	figures := map[string]float64{}
	for _, family := range families {
		for _, figure := range family.GetMetric() {
			name := family.GetName()
			for _, label := range figure.GetLabel() {
				name += " " + label.GetValue()
			}
			figures[name] = figure.GetGauge().GetValue()
		}
	}
	require.InDelta(t, 1, figures["dengpan_messages_waiting email"], 0)
	require.InDelta(t, 0, figures["dengpan_messages_waiting sms"], 0)
	require.Contains(t, figures, "dengpan_messages_day sms diverted")
	require.Contains(t, figures, "dengpan_messages_oldest_seconds email")
}

func TestEverythingThatIsToldFitsIntoAShortMessage(t *testing.T) {
	t.Parallel()
	for _, k := range notification.Rules().Told {
		item := telling.Item{Kind: k.Kind, Act: k.Act, Params: map[string]any{"institution": "中国机械工程学会"}, CaseID: "one"}
		if k.Due != "" {
			item.Due = calendar.NewDate(2026, time.December, 10)
		}
		text, short := telling.Write(message.Chinese, origin, item).Text, telling.Write(message.Chinese, origin, item).Short
		if page := notification.PageOf(k.Act); page == "" || page == notification.CasePage {
			require.Contains(t, text, origin+"/app/cases/one\n")
		} else {
			require.Contains(t, text, origin+"/app/my-"+string(page)+"\n")
		}
		require.LessOrEqual(t, utf8.RuneCountInString(short), 70+utf8.RuneCountInString(origin), short)
		if k.Act != "" {
			require.Contains(t, short, notification.Write(message.Chinese, k.Kind, nil, k.Act, calendar.Date{}).Button)
		}
		if k.Due != "" {
			require.Contains(t, short, "请于2026-12-10前")
		}
	}
}

func TestALetterWhoseSenderDiedIsNotSentAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.reachable(notification.Email)
	w.address()
	due, err := w.Read(t.Context()).DueDispatches(notification.Email, w.now, 10)
	require.NoError(t, err)
	require.Len(t, due, 1)
	ours, err := w.Read(t.Context()).BeginDispatch(due[0], w.now, w.now.Add(time.Minute)) // and the process is no more
	require.NoError(t, err)
	require.True(t, ours)
	ours, err = w.Read(t.Context()).BeginDispatch(due[0], w.now, w.now.Add(time.Minute))
	require.NoError(t, err)
	require.False(t, ours, "of two who saw it due, one sends it")
	next := w.turn()
	require.NotNil(t, next, "somebody comes to look once it should long be over")
	require.Equal(t, []string{"sending 1 "}, w.dispatches())
	w.now = next.Add(time.Second)
	require.Nil(t, w.turn())
	require.Equal(t, []string{"unsure 1 interrupted"}, w.dispatches())
	require.Empty(t, w.box.Letters())
}
