package notification_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/notification"
)

func TestEveryLineOfATimelineIsToldOrNotToldForAReason(t *testing.T) {
	t.Parallel()
	var known []string
	for _, k := range notification.Rules().Told {
		known = append(known, k.Kind)
	}
	for _, u := range notification.Rules().Untold {
		known = append(known, u.Kind)
	}
	var lines []string
	for _, key := range message.Keys("event.") {
		lines = append(lines, strings.TrimPrefix(key, "event."))
	}
	slices.Sort(known)
	require.Equal(t, lines, known)
}

func TestEverythingThatIsToldHasItsWordsInBothLanguages(t *testing.T) {
	t.Parallel()
	var titles, acts []string
	for _, k := range notification.Rules().Told {
		titles = append(titles, "notification.title."+k.Kind)
	}
	for _, a := range notification.Rules().Acts {
		acts = append(acts, "notification.act."+a.Act+".button", "notification.act."+a.Act+".text")
	}
	slices.Sort(titles)
	slices.Sort(acts)
	require.Equal(t, message.Keys("notification.title."), titles) // the catalogue has the same keys in both languages
	require.Equal(t, message.Keys("notification.act."), acts)
}

func TestWhatIsAskedSaysWhatByWhenAndWhere(t *testing.T) {
	t.Parallel()
	params := map[string]any{"part": "theory", "attempt": 1, "act": "phone", "until": "2026-12-10"}
	kind, told := notification.Of("misconduct_noticed", params)
	require.True(t, told)
	due := kind.DueOn(params)
	require.Equal(t, calendar.NewDate(2026, time.December, 10), due)
	words := notification.Write(message.Chinese, kind.Kind, params, kind.Act, due)
	require.Contains(t, words.Act, "陈述申辩")
	require.Contains(t, words.Act, "请于2026-12-10前办理。")
	require.Contains(t, notification.Write(message.English, kind.Kind, params, kind.Act, due).Act, "by 2026-12-10")
	require.NotEmpty(t, words.Button)
	require.Equal(t, notification.CasePage, notification.PageOf(kind.Act))
	require.True(t, kind.DueOn(map[string]any{}).IsZero(), "where no day is known, none is said")
}

func TestEverythingThatIsToldHasAnExampleForAllItIsFilledInWith(t *testing.T) {
	t.Parallel()
	for _, k := range notification.Rules().Told {
		words := notification.Write(message.Chinese, k.Kind, notification.Rules().Example(k), k.Act, calendar.Date{})
		said := words.Title + words.Text + words.Act
		require.NotContains(t, said, "—", "%s: a dash stands where nothing is given", k.Kind)
		require.NotRegexp(t, "[a-z]{3}", said, "%s: a code stands where it has no word", k.Kind)
	}
}

func TestOfWhatHoldsUpACaseATraineeIsToldOnlyWhatTheyCanMove(t *testing.T) {
	t.Parallel()
	kind, told := notification.Of("incident_opened", map[string]any{"cause": "photo_missing"})
	require.True(t, told)
	require.Equal(t, "send_photo", kind.Act)
	require.Equal(t, notification.ReachPage, notification.PageOf(kind.Act))
	_, told = notification.Of("incident_opened", map[string]any{"cause": "task_overdue"})
	require.False(t, told)
	_, told = notification.Of("task_issued", nil)
	require.False(t, told)
}

func TestATitleFitsOnAPhone(t *testing.T) {
	t.Parallel()
	for _, k := range notification.Rules().Told {
		title := notification.Write(message.Chinese, k.Kind, nil, "", calendar.Date{}).Title
		require.LessOrEqual(t, utf8.RuneCountInString(title), 20, title)
	}
}

// at is an instant in Beijing on 1 December 2026.
func at(hour, minute int) time.Time {
	return time.Date(2026, time.December, 1, hour, minute, 0, 0, calendar.Beijing)
}

func TestWhatIsUrgentIsSentAtOnceButNotAtNightUnlessItIsDueBeforeMorning(t *testing.T) {
	t.Parallel()
	morning := time.Date(2026, time.December, 2, 8, 0, 0, 0, calendar.Beijing)
	today, tomorrow := calendar.NewDate(2026, time.December, 1), calendar.NewDate(2026, time.December, 2)
	for name, c := range map[string]struct {
		now  time.Time
		due  calendar.Date
		plan notification.Plan
		at   time.Time
	}{
		"by day":                         {now: at(12, 0), plan: notification.Send},
		"a minute before the quiet":      {now: at(20, 59), plan: notification.Send},
		"as the quiet begins":            {now: at(21, 0), plan: notification.Wait, at: morning},
		"before dawn":                    {now: at(3, 0), plan: notification.Wait, at: at(8, 0)},
		"as the quiet ends":              {now: at(8, 0), plan: notification.Send},
		"at night, due before morning":   {now: at(22, 0), due: today, plan: notification.Send},
		"at night, due on the next day":  {now: at(22, 0), due: tomorrow, plan: notification.Wait, at: morning},
		"before dawn, due the day after": {now: at(3, 0), due: tomorrow, plan: notification.Wait, at: at(8, 0)},
	} {
		subject := notification.Subject{Urgency: notification.Now, Due: c.due, At: c.now}
		plan, when := notification.Usual().When(subject, calendar.Real(), c.now)
		require.Equal(t, c.plan, plan, name)
		require.True(t, c.at.Equal(when), "%s: %s", name, when)
	}
	never := notification.Usual()
	never.QuietFrom, never.QuietUntil = 0, 0
	plan, _ := never.When(notification.Subject{Urgency: notification.Now, At: at(3, 0)}, calendar.Real(), at(3, 0))
	require.Equal(t, notification.Send, plan, "who wants no quiet has none")
	nap := notification.Usual()
	nap.QuietFrom, nap.QuietUntil = notification.ParseMinute("12:30"), notification.ParseMinute("14:00")
	plan, when := nap.When(notification.Subject{Urgency: notification.Now, At: at(13, 0)}, calendar.Real(), at(13, 0))
	require.Equal(t, notification.Wait, plan)
	require.True(t, at(14, 0).Equal(when))
}

func TestWhatMayWaitIsToldOnceADayOrAtOnceOrOnThePagesOnly(t *testing.T) {
	t.Parallel()
	may := notification.Subject{Urgency: notification.Digest, At: at(9, 0)}
	daily, each, never := notification.Usual(), notification.Usual(), notification.Usual()
	each.Digest, never.Digest = notification.Each, notification.Never
	plan, when := daily.When(may, calendar.Real(), at(9, 1))
	require.Equal(t, notification.Wait, plan)
	require.True(t, at(18, 0).Equal(when))
	plan, _ = daily.When(may, calendar.Real(), at(18, 0))
	require.Equal(t, notification.Send, plan, "with all that came since the day before")
	plan, when = daily.When(notification.Subject{Urgency: notification.Digest, At: at(18, 30)}, calendar.Real(), at(18, 30))
	require.Equal(t, notification.Wait, plan)
	require.True(t, at(18, 0).AddDate(0, 0, 1).Equal(when))
	plan, _ = each.When(may, calendar.Real(), at(9, 1))
	require.Equal(t, notification.Send, plan)
	plan, _ = never.When(may, calendar.Real(), at(9, 1))
	require.Equal(t, notification.Stand, plan)
}

func TestADemonstrationsDayHasItsEveningToo(t *testing.T) {
	t.Parallel()
	cal, err := calendar.Parse("24s", "2026-12-01@2026-11-01T00:00:00Z")
	require.NoError(t, err)
	start := cal.Wall(calendar.NewDate(2026, time.December, 1))
	plan, when := notification.Usual().When(notification.Subject{Urgency: notification.Digest, At: start.Add(9 * time.Second)}, cal, start.Add(9*time.Second))
	require.Equal(t, notification.Wait, plan)
	require.True(t, start.Add(18*time.Second).Equal(when), "%s", when)
}

func TestAPersonIsReachedByWhatTheyHaveAndWantTheFirstFirst(t *testing.T) {
	t.Parallel()
	both := notification.Reach{notification.Email: true, notification.SMS: true}
	p := notification.Usual()
	require.Equal(t, []notification.Channel{notification.Email, notification.SMS}, p.Channels(both))
	p.First = notification.SMS
	require.Equal(t, []notification.Channel{notification.SMS, notification.Email}, p.Channels(both))
	require.Equal(t, []notification.Channel{notification.Email}, p.Channels(notification.Reach{notification.Email: true}))
	p.Email = false
	require.Equal(t, []notification.Channel{notification.SMS}, p.Channels(both))
	require.Empty(t, p.Channels(notification.Reach{notification.Email: true}))
	require.Equal(t, "21:00", p.QuietFrom.String())
	require.Equal(t, p.QuietFrom, notification.ParseMinute(p.QuietFrom.String()))
}
