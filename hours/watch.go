package hours

import (
	"cmp"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
)

// Beat is a heartbeat as an institution's platform passes it on. Everything in it is a claim; when it was received is not.
type Beat struct {
	Session  string // the institution's name for it
	Attendee string // the case, or the place in a course: a UUID in small letters
	// Seq is the player's own number of the heartbeat; one with a Statement has none.
	Seq        int64
	PositionMS int32
	Playing    bool
	Answers    string // the presence challenge that is answered; empty for none
	Statement  string // the xAPI statement that says so; empty for none
}

// BeatStatus is what became of a heartbeat.
type BeatStatus string

// What can become of a heartbeat.
const (
	BeatRecorded BeatStatus = "recorded"
	BeatRepeated BeatStatus = "repeated"
	BeatRefused  BeatStatus = "refused"
)

// Codes of heartbeats that are refused, beside those of attendance.
const (
	CodeNotOnline = "not_online"
	CodeNotOpen   = "session_not_open"
	CodeTooOften  = "too_often"
)

// BeatResult is what became of one heartbeat, and why it was refused.
type BeatResult struct {
	Status BeatStatus
	Code   string
	Field  string
}

// Question is a presence challenge to be shown to whoever watches.
type Question struct {
	Session  string
	Attendee string
	ID       string
	// Within is how long is left to answer it, in the programme's time.
	Within time.Duration
}

// Intake is what became of a batch.
type Intake struct {
	Results   []BeatResult // one for each heartbeat
	Questions []Question
	// Begun are the sessions of which somebody began to watch, once for each who did.
	Begun []string
}

// TakeBeats takes a batch of heartbeats that an institution's platform passed on, all of them received at one instant of
// the programme's time.
//
// A number counts once in a watch, and so does a statement. Of one watch no more than one heartbeat is kept in each
// MinInterval of the rules: of several in one batch the latest is kept, for the others are stories of the past. One that
// answers the open challenge is kept in any case. What is refused harms nothing else in the batch.
//
// A challenge is put to a watch that plays, from time to time, when nobody can foresee; and again when one was not answered.
func TakeBeats(tx *store.Tx, institutionID string, beats []Beat, received time.Time) (Intake, error) {
	t := taking{tx: tx, institution: institutionID, received: received.UTC().Truncate(time.Microsecond), beats: beats}
	t.out.Results = make([]BeatResult, len(beats))
	t.group()
	if err := t.open(); err != nil {
		return Intake{}, err
	}
	if err := t.settleKnown(); err != nil {
		return Intake{}, err
	}
	if err := t.keep(); err != nil {
		return Intake{}, err
	}
	return t.out, t.challenge()
}

// taking is a batch on its way in.
type taking struct {
	tx          *store.Tx
	institution string
	received    time.Time
	beats       []Beat
	names       []store.SeatName
	viewers     []*viewer // one for each name
	out         Intake
}

// viewer is who watches, with what the batch has of them.
type viewer struct {
	store.Seat

	rule    policy.AttendanceRule
	beats   []int // in the batch
	refusal BeatResult
	begins  bool
	chosen  int // the heartbeat to keep; -1 for none
}

// group sorts the batch by who watches what.
func (t *taking) group() {
	index := make(map[store.SeatName]int, len(t.beats))
	for i, b := range t.beats {
		name := store.SeatName{Session: b.Session, Attendee: b.Attendee}
		at, known := index[name]
		if !known {
			at = len(t.names)
			index[name] = at
			t.names, t.viewers = append(t.names, name), append(t.viewers, &viewer{chosen: -1})
		}
		t.viewers[at].beats = append(t.viewers[at].beats, i)
	}
}

// open finds and holds the watches of the batch, and begins those that are new.
func (t *taking) open() error {
	held, err := t.tx.HoldWatches(t.institution, t.names)
	if err != nil {
		return err
	}
	var missing []int
	for i, v := range t.viewers {
		seat, found := held[i]
		if !found {
			missing = append(missing, i)
			continue
		}
		v.Seat = seat
		if err := v.admit(t.received); err != nil {
			return err
		}
	}
	if len(missing) == 0 {
		return nil
	}
	seats, err := t.tx.Seats(t.institution, t.pick(missing))
	if err != nil {
		return err
	}
	var begin []store.Watch
	var who []int
	for at, i := range missing {
		v := t.viewers[i]
		v.Seat = seats[at]
		if err := v.admit(t.received); err != nil {
			return err
		}
		if v.refusal.Status == "" {
			who = append(who, i)
			begin = append(begin, store.Watch{
				SessionID: v.SessionID, PersonID: v.PersonID, LastBeat: t.received,
				ChallengeDue: foreseenByNobody(t.received, v.rule.ChallengeEvery),
			})
		}
	}
	return t.begin(begin, who)
}

// begin begins watches. Those that another batch began at the same time are held instead.
func (t *taking) begin(watches []store.Watch, who []int) error {
	if len(watches) == 0 {
		return nil
	}
	if err := t.tx.BeginWatches(watches); err != nil {
		return err
	}
	var lost []int
	for at, i := range who {
		if watches[at].ID == 0 {
			lost = append(lost, i)
			continue
		}
		v := t.viewers[i]
		v.Watch, v.begins = &watches[at], true
		t.out.Begun = append(t.out.Begun, v.SessionID)
	}
	if len(lost) == 0 {
		return nil
	}
	held, err := t.tx.HoldWatches(t.institution, t.pick(lost))
	if err != nil {
		return err
	}
	for at, i := range lost {
		seat, found := held[at]
		if !found {
			return errors.New("take heartbeats: a watch was begun and is not there")
		}
		t.viewers[i].Seat = seat
	}
	return nil
}

func (t *taking) pick(indexes []int) []store.SeatName {
	names := make([]store.SeatName, len(indexes))
	for at, i := range indexes {
		names[at] = t.names[i]
	}
	return names
}

// admit finds out whether heartbeats count here and now, and by which rules.
func (v *viewer) admit(received time.Time) error {
	refuse := func(code, field string) { v.refusal = BeatResult{Status: BeatRefused, Code: code, Field: field} }
	switch {
	case v.SessionID == "":
		refuse(CodeSessionUnknown, "session")
	case v.PersonID == "":
		refuse(string(ledger.ErrNotOnRoster), "attendee")
	case v.Mode != string(ledger.Online):
		refuse(CodeNotOnline, "session")
	case v.Voided:
		refuse(string(ledger.ErrSessionVoided), "session")
	case v.Over:
		refuse(CodeAttendeeOver, "attendee")
	case received.Before(v.OpensAt) || received.After(v.ClosesAt):
		refuse(CodeNotOpen, "session")
	}
	if v.PersonID == "" {
		return nil
	}
	rules, err := policy.ByID(v.PolicyVersion)
	if err != nil {
		return fmt.Errorf("take heartbeats: read the rules they count by: %w", err)
	}
	v.rule = rules.Attendance()
	return nil
}

// soon reports whether the last heartbeat that was kept is too near for another.
func (v *viewer) soon(received time.Time) bool {
	return !v.begins && received.Sub(v.Watch.LastBeat) < v.rule.MinInterval
}

// answers reports whether a heartbeat answers the challenge that is open.
func (v *viewer) answers(b Beat) bool {
	return b.Answers != "" && v.Watch.Challenge != nil && *v.Watch.Challenge == b.Answers
}

// settleKnown finds the heartbeats that are on record already, and chooses of the others which to keep. One heartbeat of a
// watch that has been silent for long enough needs no question: it is kept unless it is on record.
func (t *taking) settleKnown() error {
	var asked []store.Heartbeat
	var which []int
	for _, v := range t.viewers {
		if v.Watch == nil || len(v.beats) == 1 && v.refusal.Status == "" && !v.soon(t.received) {
			continue
		}
		for _, i := range v.beats {
			asked, which = append(asked, t.row(v, i)), append(which, i)
		}
	}
	known := map[int]bool{}
	if len(asked) > 0 {
		found, err := t.tx.KnownHeartbeats(asked)
		if err != nil {
			return err
		}
		for at := range found {
			known[which[at]] = true
		}
	}
	for _, v := range t.viewers {
		t.choose(v, known)
	}
	return nil
}

// choose says which heartbeat of a watch is kept, and what becomes of the others.
func (t *taking) choose(v *viewer, known map[int]bool) {
	type name struct {
		seq       int64
		statement string
	}
	seen := map[name]bool{}
	var fresh []int
	for _, i := range v.beats {
		b := t.beats[i]
		key := name{b.Seq, b.Statement}
		switch {
		case known[i] || seen[key]:
			t.out.Results[i] = BeatResult{Status: BeatRepeated}
		case v.refusal.Status != "":
			t.out.Results[i] = v.refusal
		default:
			t.out.Results[i] = BeatResult{Status: BeatRefused, Code: CodeTooOften}
			fresh = append(fresh, i)
		}
		seen[key] = true
	}
	if len(fresh) == 0 {
		return
	}
	best := slices.MaxFunc(fresh, func(a, b int) int {
		return cmp.Or(compareBool(v.answers(t.beats[a]), v.answers(t.beats[b])),
			cmp.Compare(t.beats[a].Seq, t.beats[b].Seq), cmp.Compare(a, b))
	})
	if !v.soon(t.received) || v.answers(t.beats[best]) {
		v.chosen = best
	}
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// row is a heartbeat as the record keeps it. A statement has no number: it is given the instant it was received at.
func (t *taking) row(v *viewer, i int) store.Heartbeat {
	b := t.beats[i]
	h := store.Heartbeat{WatchID: v.Watch.ID, Seq: b.Seq, PositionMS: b.PositionMS, Playing: b.Playing}
	if b.Answers != "" {
		h.Answers = &b.Answers
	}
	if b.Statement != "" {
		h.Seq, h.Statement = t.received.UnixMicro(), &b.Statement
	}
	return h
}

// keep writes what was chosen.
func (t *taking) keep() error {
	var rows []store.Heartbeat
	for _, v := range t.viewers {
		if v.chosen >= 0 {
			rows = append(rows, t.row(v, v.chosen))
		}
	}
	if len(rows) == 0 {
		return nil
	}
	kept, err := t.tx.KeepHeartbeats(rows, t.received)
	if err != nil {
		return err
	}
	for _, v := range t.viewers {
		if v.chosen < 0 {
			continue
		}
		t.out.Results[v.chosen] = BeatResult{Status: BeatRecorded}
		if !kept[v.Watch.ID] {
			t.out.Results[v.chosen] = BeatResult{Status: BeatRepeated}
			v.chosen = -1
		}
	}
	return nil
}

// challenge puts the challenges that are due, and repeats those that are open: an answer to the platform may be lost.
func (t *taking) challenge() error {
	var changed []store.Watch
	var fresh []bool
	for i, v := range t.viewers {
		if v.Watch == nil || v.refusal.Status != "" {
			continue
		}
		if v.chosen >= 0 {
			if put, moved := v.ask(t.beats[v.chosen], t.received); moved {
				changed, fresh = append(changed, *v.Watch), append(fresh, put)
			}
		}
		if w := v.Watch; w.Challenge != nil && w.ChallengeDue.After(t.received) {
			t.out.Questions = append(t.out.Questions, Question{
				Session: t.names[i].Session, Attendee: t.names[i].Attendee, ID: *w.Challenge,
				Within: w.ChallengeDue.Sub(t.received),
			})
		}
	}
	if len(changed) == 0 {
		return nil
	}
	return t.tx.SetChallenges(changed, fresh, t.received)
}

// ask moves a watch's challenges on by a heartbeat that was kept: an answer in time closes the open one, and when one is
// due and somebody watches, one is put.
func (v *viewer) ask(b Beat, received time.Time) (put, moved bool) {
	w := v.Watch
	switch {
	case v.answers(b) && !received.After(w.ChallengeDue):
		w.Challenge, w.ChallengeDue = nil, foreseenByNobody(received, v.rule.ChallengeEvery)
		return false, true
	case b.Playing && !received.Before(w.ChallengeDue):
		id := uuid.NewString()
		w.Challenge, w.ChallengeDue = &id, received.Add(v.rule.Credit.AnswerWithin)
		return true, true
	}
	return false, false
}

// foreseenByNobody is an instant after half of a time to one and a half of it.
func foreseenByNobody(from time.Time, every time.Duration) time.Time {
	var b [8]byte
	rand.Read(b[:]) // never fails: it crashes the program instead
	n := binary.BigEndian.Uint64(b[:]) % uint64(max(1, every))
	return from.Add(every/2 + time.Duration(n)).Truncate(time.Microsecond)
}
