package api

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/store"
)

// mostBeats is the most heartbeats, or statements, of one batch.
const mostBeats = 2000

type heartbeatsBody struct {
	Beats []beatRow `json:"beats" minItems:"1" maxItems:"2000"`
}

type beatRow struct {
	Session    string `json:"session" minLength:"1" maxLength:"100" doc:"Your name for the session."`
	Attendee   string `json:"attendee" format:"uuid" doc:"The id of the case, or of the place in a course."`
	Seq        int64  `json:"seq" minimum:"0" maximum:"9007199254740991" doc:"Grows from one heartbeat to the next, also when the player is opened anew: milliseconds since 1970 will do."`
	PositionMS int64  `json:"position_ms" minimum:"0" maximum:"2147483647" doc:"Where in the recording the player stands."`
	Playing    bool   `json:"playing" doc:"False: paused, or ended."`
	Answers    string `json:"answers,omitempty" format:"uuid" doc:"The presence challenge that the person answers with this heartbeat."`
}

// beatsView is what became of a batch of heartbeats.
type beatsView struct {
	Recorded   int             `json:"recorded"`
	Repeated   int             `json:"repeated"`
	Refused    int             `json:"refused"`
	Rows       []beatResult    `json:"rows" doc:"Those that were repeated or refused."`
	Challenges []challengeView `json:"challenges" doc:"To be shown to whoever watches, now. What counts is an answer in time."`
}

type beatResult struct {
	Index int `json:"index" doc:"Of the row in the batch, from 0."`
	RowResult
}

type challengeView struct {
	Session  string `json:"session"`
	Attendee string `json:"attendee"`
	ID       string `json:"id" doc:"To be sent as the answer, with the person's next heartbeat."`
	Within   int    `json:"answer_within_seconds"`
}

type beatsOutput struct {
	Body beatsView
}

// batch is heartbeats on their way in: those that are right in themselves, with their place in what was sent.
type batch struct {
	beats []hours.Beat
	index []int
	view  beatsView
}

func newBatch() *batch {
	return &batch{view: beatsView{Rows: []beatResult{}, Challenges: []challengeView{}}}
}

func (b *batch) add(index int, beat hours.Beat) {
	b.beats, b.index = append(b.beats, beat), append(b.index, index)
}

func (b *batch) refuse(index int, row RowResult) {
	b.view.Refused++
	b.view.Rows = append(b.view.Rows, beatResult{Index: index, RowResult: row})
}

// postHeartbeats takes what players report of themselves.
func (s *service) postHeartbeats(ctx context.Context, in *bodyInput) (*beatsOutput, error) {
	received := s.Now()
	rows, err := readBeats(in.RawBody)
	if err != nil {
		return nil, err
	}
	r := requestOf(ctx)
	b := newBatch()
	for i, row := range rows {
		found := check(s.bodies.beat.registry, s.bodies.beat.schema, row)
		beat := beatOf(row)
		if beat.Attendee == "" {
			found.add("attendee", fieldFormat)
		}
		if len(found.list) > 0 {
			b.refuse(i, faultRow(r, found))
			continue
		}
		b.add(i, beat)
	}
	if err := s.take(ctx, r, b, received); err != nil {
		return nil, err
	}
	return &beatsOutput{Body: b.view}, nil
}

// readBeats takes a batch apart into its rows.
func readBeats(raw []byte) ([]any, error) {
	parsed, err := parse(raw)
	if err != nil {
		return nil, err
	}
	found := &faults{}
	fields, isObject := parsed.(map[string]any)
	rows, isArray := fields["beats"].([]any)
	switch _, there := fields["beats"]; {
	case !isObject:
		found.add(whole, fieldWrongType)
	case !there:
		found.add("beats", fieldRequired)
	case !isArray:
		found.add("beats", fieldWrongType)
	case len(rows) == 0:
		found.add("beats", fieldTooFew)
	case len(rows) > mostBeats:
		found.add("beats", fieldTooMany)
	}
	for name := range fields {
		if name != "beats" {
			found.add(nameable(name), fieldUnknown)
		}
	}
	return rows, found.err()
}

// beatOf reads a row that its schema finds right.
func beatOf(row any) hours.Beat {
	fields, _ := row.(map[string]any)
	text := func(name string) string {
		s, _ := fields[name].(string)
		return s
	}
	number := func(name string) int64 {
		n, _ := fields[name].(float64)
		return int64(n)
	}
	playing, _ := fields["playing"].(bool)
	return hours.Beat{
		Session: text("session"), Attendee: canonicalID(text("attendee")), Seq: number("seq"),
		PositionMS: int32(number("position_ms")), Playing: playing, Answers: canonicalID(text("answers")),
	}
}

// canonicalID writes an id the one way in which ids are compared.
func canonicalID(id string) string {
	if !isID(id) {
		return ""
	}
	return strings.ToLower(id)
}

// take takes a batch in one transaction: of its rows each counts for itself, and all that count are kept or none.
//
// A heartbeat is evidence and not a change that somebody answers for, so what is audited is that somebody began to watch,
// by whose word, and not each of a hundred heartbeats that follow.
func (s *service) take(ctx context.Context, r *request, b *batch, received time.Time) error {
	if len(b.beats) == 0 {
		return nil
	}
	var intake hours.Intake
	err := s.Store.Tx(ctx, func(tx *store.Tx) (err error) {
		intake, err = hours.TakeBeats(tx, *r.account.InstitutionID, b.beats, hours.At(s.Calendar, received).Programme)
		if err != nil {
			return err
		}
		began := map[string]int{}
		for _, session := range intake.Begun {
			began[session]++
		}
		for session, watches := range began {
			if err := s.audit(tx, r, "session.watch", "session:"+session, "", map[string]any{"watches": watches}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i, res := range intake.Results {
		switch res.Status {
		case hours.BeatRecorded:
			b.view.Recorded++
		case hours.BeatRepeated:
			b.view.Repeated++
			b.view.Rows = append(b.view.Rows, beatResult{Index: b.index[i], RowResult: RowResult{Status: rowRepeated}})
		case hours.BeatRefused:
			b.refuse(b.index[i], RowResult{
				Status: rowRefused, Code: res.Code, Field: res.Field, Message: sayRefusal(r, res.Code),
			})
		}
	}
	slices.SortFunc(b.view.Rows, func(x, y beatResult) int { return cmp.Compare(x.Index, y.Index) })
	for _, q := range intake.Questions {
		b.view.Challenges = append(b.view.Challenges, challengeView{
			Session: q.Session, Attendee: q.Attendee, ID: q.ID, Within: int(q.Within / time.Second),
		})
	}
	return nil
}
