package timetable_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/dengpan/dengpan/timetable"
)

func meeting() timetable.Meeting {
	nine := time.Date(2026, time.March, 2, 9, 0, 0, 0, time.FixedZone("Beijing", 8*60*60))
	return timetable.Meeting{
		ID: "0190-1", Title: "装备与产线的数字化改造, 一", Place: "海淀区；教室 1", About: "智能制造一班\n北京开放大学",
		From: nine, To: nine.Add(3 * time.Hour), Changed: nine.AddDate(0, 0, -9),
	}
}

func written(t require.TestingT, meetings ...timetable.Meeting) string {
	var file bytes.Buffer
	require.NoError(t, timetable.Write(&file, "智能制造一班", meetings))
	return file.String()
}

func TestACalendarFileHasWhatRFC5545AsksForAndInstantsAsUTC(t *testing.T) {
	t.Parallel()
	text := strings.ReplaceAll(written(t, meeting()), "\r\n ", "") // lines are folded
	require.True(t, strings.HasPrefix(text, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:"))
	for _, line := range []string{
		"UID:0190-1@dengpan", "DTSTAMP:20260221T010000Z", "LAST-MODIFIED:20260221T010000Z", "DTSTART:20260302T010000Z", "DTEND:20260302T040000Z",
		`SUMMARY:装备与产线的数字化改造\, 一`, "LOCATION:海淀区；教室 1", `DESCRIPTION:智能制造一班\n北京开放大学`, "SEQUENCE:0", "STATUS:CONFIRMED",
		"X-WR-CALNAME:智能制造一班",
	} {
		require.Contains(t, text, "\r\n"+line+"\r\n")
	}
	require.Equal(t, strings.Count(text, "\n"), strings.Count(text, "\r\n"))
}

func TestASessionThatIsCalledOffIsTheSameEventAgainAndNewer(t *testing.T) {
	t.Parallel()
	before, after := meeting(), meeting()
	after.Off, after.Changed = true, after.Changed.AddDate(0, 0, 1)
	first, again := written(t, before), written(t, before)
	require.Equal(t, first, again, "nothing changed, and so nothing does in the file")
	text := written(t, after)
	require.Contains(t, text, "UID:0190-1@dengpan\r\n")
	require.Contains(t, text, "SEQUENCE:1\r\n")
	require.Contains(t, text, "STATUS:CANCELLED\r\n")
	require.Contains(t, text, "DTSTAMP:20260222T010000Z\r\n")
}

// Whatever is written of a session is one event with that text, and no line is longer than calendars read.
func TestWhateverASessionIsCalledItIsReadBackAsItIs(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := meeting()
		m.Title = rapid.StringMatching(`[\p{Han}a-z,;:\\"=]{1,80}`).Draw(t, "title")
		m.About = rapid.StringMatching(`[\p{Han}a-z,;:\\"=\n]{1,200}`).Draw(t, "about")
		text := written(t, m, m)
		for line := range strings.SplitSeq(text, "\r\n") {
			require.LessOrEqual(t, len(line), 75)
		}
		read, err := ics.ParseCalendar(strings.NewReader(text))
		require.NoError(t, err)
		require.Len(t, read.Events(), 2)
		for _, event := range read.Events() {
			require.Equal(t, m.Title, event.GetProperty(ics.ComponentPropertySummary).Value)
			require.Equal(t, m.About, event.GetProperty(ics.ComponentPropertyDescription).Value)
		}
	})
}

func TestAClassWithoutSessionsIsAnEmptyCalendar(t *testing.T) {
	t.Parallel()
	require.NotContains(t, written(t), "VEVENT")
}
