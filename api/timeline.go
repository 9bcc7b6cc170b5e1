package api

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/store"
)

// eventView is one line of a case's timeline.
type eventView struct {
	Seq       int            `json:"seq"`
	At        time.Time      `json:"at"`
	Kind      string         `json:"kind"`
	Stage     string         `json:"stage"`
	Actor     string         `json:"actor" doc:"system, trainee, operator or institution:<id>."`
	ActorName string         `json:"actor_name"`
	Text      string         `json:"text"`
	Params    map[string]any `json:"params"`
}

type eventsInput struct {
	ID    string `path:"id"`
	After int    `query:"after" minimum:"0" doc:"The number of the last line that is known already."`
	Limit int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

type eventsOutput struct {
	Body struct {
		Events []eventView `json:"events"`
		Next   int         `json:"next" doc:"The after of the next request: of the next page, or of new lines."`
	}
}

// events shows a page of a case's timeline.
func (s *service) events(ctx context.Context, in *eventsInput) (*eventsOutput, error) {
	r := requestOf(ctx)
	tx := s.Store.Read(ctx)
	views, err := timeline(tx, r, in.ID, in.After, in.Limit)
	out := &eventsOutput{}
	out.Body.Events, out.Body.Next = views, in.After
	if len(views) > 0 {
		out.Body.Next = views[len(views)-1].Seq
	}
	return out, err
}

func timeline(tx *store.Tx, r *request, caseID string, after, limit int) ([]eventView, error) {
	rows, err := tx.Events(caseID, after, limit)
	if err != nil {
		return nil, err
	}
	var institutions []string
	for _, row := range rows {
		institutions = append(institutions, message.Institutions(row.Params)...)
		if _, id, found := strings.Cut(row.Actor, ":"); found {
			institutions = append(institutions, id)
		}
	}
	v, err := newReader(tx, r, institutions...)
	if err != nil {
		return nil, err
	}
	views := make([]eventView, len(rows))
	for i, row := range rows {
		views[i] = eventView{
			Seq: row.Seq, At: row.At, Kind: row.Kind, Stage: string(row.Stage), Actor: row.Actor, ActorName: v.actor(row.Actor),
			Text: message.Text(v.lang, "event."+row.Kind, v.words(row.Params)), Params: row.Params,
		}
	}
	return views, nil
}

func (v reader) actor(actor string) string {
	if _, id, found := strings.Cut(actor, ":"); found {
		return v.named(id)
	}
	return v.say("actor", actor)
}

const streamRoute = "GET /v1/cases/{id}/stream"

type streamInput struct {
	ID          string `path:"id"`
	LastEventID string `header:"Last-Event-ID" doc:"The id of the last line received; the stream goes on after it."`
}

// streamPage is how many lines are read at a time.
const streamPage = 100

// stream sends a case's timeline as it grows (server-sent events): each line as an `event` whose id is its number, the
// headline when it changes, and `end` when the case is over and all was sent. It looks into the record once a second; a
// reader that comes back with Last-Event-ID misses nothing. It lasts no longer than its reader is logged in.
func (s *service) stream(ctx context.Context, in *streamInput) (*huma.StreamResponse, error) {
	r := requestOf(ctx)
	after := 0
	if in.LastEventID != "" {
		seq, err := strconv.Atoi(in.LastEventID)
		if err != nil || seq < 0 {
			return nil, problem(validationFailed, FieldError{Field: "Last-Event-ID", Code: fieldFormat})
		}
		after = seq
	}
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		hc.SetHeader("Content-Type", "text/event-stream")
		hc.SetHeader("X-Accel-Buffering", "no") // a proxy must not hold lines back
		hc.SetStatus(http.StatusOK)
		s.metrics.streams.Inc()
		defer s.metrics.streams.Dec()
		out := &eventStream{
			w: hc.BodyWriter(), control: http.NewResponseController(humagin.Unwrap(hc).Writer),
			service: s, request: r, caseID: in.ID, after: after,
		}
		out.run(ctx)
	}}, nil
}

// eventStream is one open stream.
type eventStream struct {
	w       io.Writer
	control *http.ResponseController
	service *service
	request *request
	caseID  string
	after   int
	shown   string // the headline as it was sent last
}

func (e *eventStream) run(ctx context.Context) {
	poll, pulse := time.NewTicker(e.service.Poll), time.NewTicker(e.service.Heartbeat)
	defer poll.Stop()
	defer pulse.Stop()
	lastSent := time.Now()
	if e.write(": open\n\n") != nil {
		return
	}
	for {
		sent, over, err := e.look(ctx)
		switch {
		case err != nil || over:
			return // the reader comes back, to where it was
		case sent:
			lastSent = time.Now()
		case time.Since(lastSent) >= e.service.Heartbeat:
			if e.write(": alive\n\n") != nil {
				return
			}
			lastSent = time.Now()
		}
		select {
		case <-poll.C:
		case <-pulse.C:
			if !e.service.stillKnown(ctx) {
				return
			}
		case <-ctx.Done():
			return
		case <-stopping(ctx):
			return
		}
	}
}

// look sends what is new. The headline is read before the lines, so a case seen to be over has all its lines to send.
func (e *eventStream) look(ctx context.Context) (sent, over bool, err error) {
	tx := e.service.Store.Read(ctx)
	c, err := tx.Case(e.caseID)
	if err != nil {
		return false, false, err
	}
	for {
		lines, err := timeline(tx, e.request, e.caseID, e.after, streamPage)
		if err != nil {
			return sent, false, err
		}
		for _, line := range lines {
			if err := e.send("event", strconv.Itoa(line.Seq), line); err != nil {
				return sent, false, err
			}
			e.after, sent = line.Seq, true
		}
		if len(lines) < streamPage {
			break
		}
	}
	v, err := newReader(tx, e.request, bodiesOf(c)...)
	if err != nil {
		return sent, false, err
	}
	headline, err := summarise(v, c)
	if err != nil {
		return sent, false, err
	}
	content, err := json.Marshal(headline)
	if err != nil {
		return sent, false, err
	}
	if string(content) != e.shown {
		if err := e.send("headline", "", headline); err != nil {
			return sent, false, err
		}
		e.shown, sent = string(content), true
	}
	if c.Ended() {
		return true, true, e.send("end", "", map[string]string{"outcome": headline.Outcome})
	}
	return sent, false, nil
}

func (e *eventStream) send(name, id string, data any) error {
	content, err := json.Marshal(data)
	if err != nil {
		return err
	}
	text := "event: " + name + "\n"
	if id != "" {
		text += "id: " + id + "\n"
	}
	return e.write(text + "data: " + string(content) + "\n\n")
}

// write sends a piece, within its own time limit: a reader that takes nothing is let go.
func (e *eventStream) write(text string) error {
	const patience = 10 * time.Second
	_ = e.control.SetWriteDeadline(time.Now().Add(patience)) // a test's recorder has none
	if _, err := io.WriteString(e.w, text); err != nil {
		return fmt.Errorf("write to a stream: %w", err)
	}
	if err := e.control.Flush(); err != nil {
		return fmt.Errorf("flush a stream: %w", err)
	}
	return nil
}
