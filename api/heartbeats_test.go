package api

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/store"
)

func TestWhatIsWatchedIsBookedOnceTheWatchingHasCeased(t *testing.T) {
	t.Parallel()
	c := newCinema(t)
	who := c.viewers(1)[0]
	session := c.screen("s1", who)
	c.watch("s1", who, 0, 45*time.Minute)
	require.NoError(t, c.settler.SettleWatches(t.Context()))
	require.Zero(t, c.credited(who), "the next heartbeat may be on its way")
	c.at(45*time.Minute + c.rules.Credit.MaxGap + time.Second)
	require.NoError(t, c.settler.SettleWatches(t.Context()))
	require.Equal(t, 45*time.Minute, c.credited(who))
	var evidence, reporter, action string
	var sessionID string
	require.NoError(t, c.sql.QueryRowContext(t.Context(), `SELECT e.evidence, e.reporter, e.session_id, a.action FROM hour_entries e
		JOIN audit_entries a ON a.subject = 'hour:' || e.id WHERE case_id = $1`, who).Scan(&evidence, &reporter, &sessionID, &action))
	require.Contains(t, evidence, `"first": "0"`, "every minute points to heartbeats")
	require.Equal(t, []string{"", session, "hours.watched"}, []string{reporter, sessionID, action})

	for range 3 {
		c.settle()
	}
	require.Equal(t, 45*time.Minute, c.credited(who), "settling again changes nothing")
	c.watch("s1", who, 2*time.Hour, 15*time.Minute)
	c.settle()
	require.Equal(t, time.Hour, c.credited(who), "what is watched later is added")
}

func TestHeartbeatsAreTakenRowByRow(t *testing.T) {
	t.Parallel()
	c := newCinema(t)
	both := c.viewers(2)
	who, stranger := both[0], both[1]
	c.screen("s1", who)
	c.screen("void", who)
	c.exec(`UPDATE sessions SET voided_at = now(), voided_by = announced_by, void_reason = 'x' WHERE ref = 'void'`)
	c.screen("room", who)
	c.exec(`INSERT INTO staff VALUES ($1, 'T1', '\x01', $2)`, trainingBodyID, c.account)
	c.exec(`UPDATE sessions SET mode = 'offline', place = 'x', instructor = 'T1' WHERE ref = 'room'`)
	c.screen("later", who)
	c.exec(`UPDATE sessions SET opens_at = opens_at + interval '1 hour' WHERE ref = 'later'`)
	c.at(time.Minute)
	rows := []struct {
		beat        object
		code, field string
	}{
		{beatObject("s1", who, 1, 0, nil), "", ""},
		{beatObject("s1", stranger, 1, 0, nil), "not_on_roster", "attendee"},
		{beatObject("s1", uuid.NewString(), 1, 0, nil), "not_on_roster", "attendee"},
		{beatObject("s2", who, 1, 0, nil), "session_unknown", "session"},
		{beatObject("void", who, 1, 0, nil), "session_voided", "session"},
		{beatObject("room", who, 1, 0, nil), "not_online", "session"},
		{beatObject("later", who, 1, 0, nil), "session_not_open", "session"},
		{beatObject("s1", "nobody", 1, 0, nil), "format", "attendee"},
		{beatObject("s1", "urn:uuid:"+who, 1, 0, nil), "format", "attendee"},
		{beatObject("s1", who, 2, -time.Second, nil), "out_of_range", "position_ms"},
		{beatObject("s1", who, -1, 0, nil), "out_of_range", "seq"},
		{beatObject("s1", who, 3, 0, object{"seq": 1.5}), "wrong_type", "seq"},
		{beatObject("s1", who, 4, 0, object{"playing": "yes"}), "wrong_type", "playing"},
		{beatObject("s1", who, 5, 0, object{"playing": nil}), "required", "playing"},
		{beatObject("s1", who, 6, 0, object{"timestamp": "2026-03-04T09:00:00Z"}), "unknown_field", "timestamp"},
		{beatObject("s1", who, 7, 0, object{"answers": "yes"}), "format", "answers"},
	}
	var beats []object
	for _, row := range rows {
		beats = append(beats, row.beat)
	}
	view := c.send(beats...)
	require.Equal(t, 1, view.Recorded, "%+v", view)
	for i, row := range rows[1:] {
		require.Equal(t, []any{i + 1, "refused", row.code, row.field},
			[]any{view.Rows[i].Index, view.Rows[i].Status, view.Rows[i].Code, view.Rows[i].Field}, "%+v", row)
		require.NotEmpty(t, view.Rows[i].Message)
		require.NotContains(t, view.Rows[i].Message, "attendance.", "the code has words")
	}
	c.exec(`UPDATE cases SET status = 'withdrawn', outcome = 'withdrawn', ended_at = now() WHERE id = $1`, who)
	c.at(2 * time.Minute)
	require.Equal(t, "attendee_over", c.send(beatObject("s1", who, 2, time.Minute, nil)).Rows[0].Code)
}

func TestHeartbeatsThatAreNoBatchAreRefusedWhole(t *testing.T) {
	t.Parallel()
	c := newCinema(t)
	for body, field := range map[string]string{
		`[]`: "$", `{}`: "beats", `{"beats":{}}`: "beats", `{"beats":[]}`: "beats",
		`{"beats":[` + strings.Repeat("1,", mostBeats) + `1]}`: "beats",
	} {
		r := c.post("/v1/heartbeats", c.token, []byte(body))
		require.Equal(t, http.StatusUnprocessableEntity, r.status, "%s", r.body)
		require.Contains(t, string(r.body), `"field":"`+field+`"`)
	}
	require.Contains(t, string(c.post("/v1/heartbeats", c.token, []byte(`{"beats":[1],"x":1}`)).body), unknownField)
	require.Equal(t, http.StatusBadRequest, c.post("/v1/heartbeats", c.token, []byte(`{"beats":[`)).status)
}

func TestHeartbeatsAreTakenFromTheSessionsOwnInstitutionOnly(t *testing.T) {
	t.Parallel()
	c := newCinema(t)
	who := c.viewers(1)[0]
	c.screen("s1", who)
	body := object{"beats": []object{beatObject("s1", who, 1, 0, nil)}}
	r := c.post("/v1/heartbeats", c.other, body)
	require.Equal(t, http.StatusOK, r.status)
	require.Contains(t, string(r.body), `"code":"session_unknown"`, "as if it were not there")
	for _, path := range []string{"/v1/heartbeats", "/v1/xapi/statements"} {
		require.Equal(t, http.StatusForbidden, c.post(path, c.trainee, body).status)
		require.Equal(t, http.StatusUnauthorized, c.post(path, "nonsense", body).status)
	}
	var n int
	require.NoError(t, c.sql.QueryRowContext(t.Context(), `SELECT (SELECT count(*) FROM watches) + (SELECT count(*) FROM heartbeats)`).Scan(&n))
	require.Zero(t, n)
}

// a script that knows the recording, and tells the story of having watched it.
func TestX49AScriptThatReplaysTheWholeVideoInOneBatchEarnsNothing(t *testing.T) {
	t.Parallel()
	c := newCinema(t)
	who := c.viewers(1)[0]
	c.screen("s1", who)
	var story []object
	for i := range 91 {
		story = append(story, beatObject("s1", who, i, time.Duration(i)*30*time.Second, nil))
	}
	c.at(time.Hour)
	view := c.send(story...)
	require.Equal(t, []int{1, 90}, []int{view.Recorded, view.Refused}, "an instant has one heartbeat")
	require.Equal(t, "too_often", view.Rows[0].Code)
	c.settle()
	require.Zero(t, c.credited(who))
	c.at(2 * time.Hour)
	view = c.send(story...)
	require.Equal(t, 1, view.Repeated, "the latest is known; the others are past still")
	c.settle()
	require.Zero(t, c.credited(who))
}

func TestAPlayerThatWasCutOffLosesNothingByTellingLate(t *testing.T) {
	t.Parallel()
	c := newCinema(t)
	who := c.viewers(1)[0]
	c.screen("s1", who)
	c.send(beatObject("s1", who, 0, 0, nil))
	c.at(75 * time.Second)
	view := c.send(beatObject("s1", who, 2, 60*time.Second, nil), beatObject("s1", who, 3, 75*time.Second, nil), beatObject("s1", who, 1, 30*time.Second, nil))
	require.Equal(t, []int{0, 2}, []int{view.Rows[0].Index, view.Rows[1].Index}, "the latest is kept")
	c.at(105 * time.Second)
	c.send(beatObject("s1", who, 4, 105*time.Second, nil))
	c.settle()
	require.Equal(t, 105*time.Second, c.credited(who))
}

// X-49 again: heartbeats as fast as they can be sent.
func TestX49AFloodOfHeartbeatsIsKeptAtTheRulesInterval(t *testing.T) {
	t.Parallel()
	c := newCinema(t)
	who := c.viewers(1)[0]
	c.screen("s1", who)
	recorded := 0
	for i := range 600 { // ten a second, for a minute
		at := time.Duration(i) * 100 * time.Millisecond
		c.at(at)
		recorded += c.send(beatObject("s1", who, i, at, nil)).Recorded
	}
	require.Equal(t, int(time.Minute/c.rules.MinInterval), recorded)
	c.settle()
	require.LessOrEqual(t, c.credited(who), time.Minute)
	require.GreaterOrEqual(t, c.credited(who), 50*time.Second, "who really watched loses nothing by it")
}

// one active session for each person. Two players at once earn what one does.
func TestX49TwoSessionsWatchedAtOnceCreditEachInstantOnce(t *testing.T) {
	t.Parallel()
	c := newCinema(t)
	who := c.viewers(1)[0]
	c.screen("s1", who)
	c.screen("s2", who)
	for i := range 41 {
		at := time.Duration(i) * 30 * time.Second
		c.at(at)
		c.send(beatObject("s1", who, i, at, nil), beatObject("s2", who, i, at, nil))
		c.askNobody()
	}
	c.settle()
	require.Equal(t, 20*time.Minute, c.credited(who))
}

// Attack 4: a player that runs faster than a person can follow.
func TestPlayingFasterThanTheRateCapEarnsNothing(t *testing.T) {
	t.Parallel()
	c := newCinema(t)
	for percent, credited := range map[int]time.Duration{
		100: 10 * time.Minute, c.rules.Credit.MaxRate: 10 * time.Minute, c.rules.Credit.MaxRate + 1: 0, 200: 0, 1600: 0,
	} {
		who, ref := c.viewers(1)[0], fmt.Sprintf("at %d%%", percent)
		c.screen(ref, who)
		for i := range 21 {
			at := time.Duration(i) * 30 * time.Second
			c.at(at)
			c.send(beatObject(ref, who, i, at*time.Duration(percent)/100, nil))
			c.askNobody()
		}
		c.settle()
		require.Equal(t, credited, c.credited(who), ref)
	}
}

// Attack 5: nobody is there. Whatever a client says, only the right answer, in time, is an answer.
func TestPresenceChallengesCountByTheAbsenceOfAnAnswerWhateverTheClientSays(t *testing.T) {
	t.Parallel()
	c := newCinema(t)
	long := time.Hour
	answers := map[string]func(id string) string{
		"nothing":          func(string) string { return "" },
		"anything":         func(string) string { return uuid.NewString() },
		"what is forgiven": func(id string) string { return id },
	}
	for says, answer := range answers {
		who := c.viewers(1)[0]
		session := c.screen(says, who)
		id := ""
		for i := range int(long/(30*time.Second)) + 1 {
			at := time.Duration(i) * 30 * time.Second
			c.at(at)
			changes := object{}
			if says := answer(id); says != "" {
				changes["answers"] = says
			}
			id = ""
			for _, q := range c.send(beatObject(says, who, i, at, changes)).Challenges {
				require.LessOrEqual(t, q.Within, int(c.rules.Credit.AnswerWithin/time.Second))
				id = q.ID
			}
		}
		c.settle()
		var put time.Time
		require.NoError(t, c.sql.QueryRowContext(t.Context(), `SELECT min(issued_at) FROM challenges JOIN watches w ON w.id = watch_id
			WHERE session_id = $1`, session).Scan(&put))
		first := put.Sub(opening())
		require.GreaterOrEqual(t, first, c.rules.ChallengeEvery/2)
		require.LessOrEqual(t, first, c.rules.ChallengeEvery*3/2+30*time.Second)
		if says == "what is forgiven" {
			require.Equal(t, long, c.credited(who))
		} else {
			require.Equal(t, first, c.credited(who), says)
		}
	}
}

func TestAChallengeIsRepeatedUntilItIsAnsweredAndPutAnewWhenItWasNot(t *testing.T) {
	t.Parallel()
	c := newCinema(t)
	who := c.viewers(1)[0]
	c.screen("s1", who)
	send := func(at time.Duration, answers string) []challengeView {
		c.at(at)
		changes := object{}
		if answers != "" {
			changes["answers"] = answers
		}
		return c.send(beatObject("s1", who, int(at/time.Millisecond), at, changes)).Challenges
	}
	require.Empty(t, send(0, ""))
	c.exec(`UPDATE watches SET challenge_due = last_beat`)
	first := send(30*time.Second, "")
	require.Len(t, first, 1)
	again := send(30*time.Second, "") // the answer was lost: the same batch again
	require.Equal(t, first, again)
	require.Equal(t, 90, send(time.Minute, "")[0].Within, "half a minute has gone")

	second := send(3*time.Minute, first[0].ID) // too late
	require.Len(t, second, 1)
	require.NotEqual(t, first[0].ID, second[0].ID)
	require.Len(t, send(181*time.Second, first[0].ID), 1, "the old one is no answer to the new")
	require.Empty(t, send(182*time.Second, second[0].ID), "an answer is kept however soon it comes")
	require.Empty(t, send(4*time.Minute, ""), "and the next is due when nobody knows")
}

func TestTwoSettlersAtOnceBookOnce(t *testing.T) {
	t.Parallel()
	c := newCinema(t)
	all := c.viewers(8)
	c.screen("s1", all...)
	for i := range 5 {
		at := time.Duration(i) * 30 * time.Second
		c.at(at)
		var beats []object
		for _, who := range all {
			beats = append(beats, beatObject("s1", who, i, at, nil))
		}
		c.send(beats...)
	}
	c.at(time.Hour)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if err := c.settler.SettleWatches(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	require.NoError(t, c.settler.SettleWatches(t.Context()))
	for _, who := range all {
		require.Equal(t, 2*time.Minute, c.credited(who))
	}
}

func TestOneWhoCannotBeSettledKeepsNobodyElseFromIt(t *testing.T) {
	t.Parallel()
	c := newCinema(t)
	all := c.viewers(3)
	c.screen("s1", all...)
	for _, at := range []time.Duration{0, time.Minute} {
		c.at(at)
		for i, who := range all {
			c.send(beatObject("s1", who, int(at)+i, at, nil))
		}
	}
	c.exec(`UPDATE cases SET policy_version = 'nowhere-1900' WHERE id = $1`, all[1])
	c.settle()
	require.Equal(t, []time.Duration{time.Minute, 0, time.Minute}, []time.Duration{c.credited(all[0]), c.credited(all[1]), c.credited(all[2])})
	c.exec(`UPDATE cases SET policy_version = 'beijing-2023+demo' WHERE id = $1`, all[1])
	c.settle()
	require.Equal(t, time.Minute, c.credited(all[1]))
}

func TestAVoidedSessionIsSettledForNothing(t *testing.T) {
	t.Parallel()
	c := newCinema(t)
	who := c.viewers(1)[0]
	c.screen("s1", who)
	c.watch("s1", who, 0, 5*time.Minute)
	c.exec(`UPDATE sessions SET voided_at = now(), voided_by = announced_by, void_reason = 'x'`)
	c.settle()
	require.Zero(t, c.credited(who))
	var unsettled int
	require.NoError(t, c.sql.QueryRowContext(t.Context(), `SELECT count(*) FROM watches WHERE unsettled`).Scan(&unsettled))
	require.Zero(t, unsettled)
}

func TestWhatAFullDayHadNoRoomForIsCreditedOnceItHas(t *testing.T) {
	t.Parallel()
	c := newCinema(t)
	who := c.viewers(1)[0]
	long, short := c.screen("long", who), c.screen("short", who)
	c.play("long", who, 0, 5*time.Hour, c.rules.Credit.MaxGap)
	c.settle()
	c.play("short", who, 5*time.Hour+time.Minute, 2*time.Hour, c.rules.Credit.MaxGap)
	c.settle()
	require.Equal(t, c.rules.Credit.DailyCap, c.credited(who))
	lines := func() (n int) {
		require.NoError(t, c.sql.QueryRowContext(t.Context(), `SELECT count(*) FROM hour_entries WHERE session_id = $1`, short).Scan(&n))
		return n
	}
	c.exec(`UPDATE watches SET unsettled = true`)
	c.settle()
	require.Equal(t, 1, lines(), "a day that is full is left alone")
	require.NoError(t, c.store.Tx(t.Context(), func(tx *store.Tx) error {
		_, err := hours.Void(tx, long, c.account, "no such recording", hours.At(c.settler.Calendar, c.now()))
		return err
	}))
	require.Equal(t, time.Hour, c.credited(who))
	c.settle()
	require.Equal(t, 2*time.Hour, c.credited(who))
	require.Equal(t, 3, lines(), "credited, taken back, credited with more")
	c.exec(`UPDATE watches SET unsettled = true`)
	c.settle()
	require.Equal(t, 3, lines(), "and then left alone")
}

func TestHoursThatAreWatchedAfterTheTrainingTellTheCase(t *testing.T) {
	t.Parallel()
	c := newCinema(t)
	who := c.viewers(1)[0]
	session := c.screen("s1", who)
	c.watch("s1", who, 0, 5*time.Minute)
	c.exec(`UPDATE case_stages SET state = 'done' WHERE case_id = $1 AND stage = 'training'`, who)
	c.settle()
	c.settle()
	var items int
	require.NoError(t, c.sql.QueryRowContext(t.Context(), `SELECT count(*) FROM inbox WHERE case_id = $1 AND kind = 'hours' AND subject_id = $2`,
		who, session).Scan(&items))
	require.Equal(t, 1, items)
}

func TestAPersonCanBeSettledWhileTheyStillWatch(t *testing.T) {
	t.Parallel()
	c := newCinema(t)
	who := c.viewers(1)[0]
	c.screen("s1", who)
	c.watch("s1", who, 0, 10*time.Minute)
	require.NoError(t, c.store.Tx(t.Context(), func(tx *store.Tx) error {
		file, err := tx.Case(who)
		if err != nil {
			return err
		}
		settled, err := hours.SettlePerson(tx, file.PersonID, hours.At(c.settler.Calendar, c.now()))
		require.Len(t, settled.Entries, 1)
		return err
	}))
	require.Equal(t, 10*time.Minute, c.credited(who), "as a gate needs it")
	c.watch("s1", who, 10*time.Minute+30*time.Second, 9*time.Minute+30*time.Second) // it goes on where it was
	c.settle()
	require.Equal(t, 20*time.Minute, c.credited(who))
}
