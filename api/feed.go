package api

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/delivery"
	"github.com/dengpan/dengpan/store"
)

// A feed is read on from a cursor: where the last of what was read stands. It stays good for ever, an answer without
// anything new included, and nothing that is committed later stands before it.

// feedStart is the cursor of whoever has read nothing.
const feedStart = "p0-00000000"

// feedCursor writes a place in the feed.
func feedCursor(m store.Mark) string { return fmt.Sprintf("p%d-%.8s", m.Position, m.EventID) }

// feedMark reads what feedCursor wrote; its pattern is checked.
func feedMark(cursor string) store.Mark {
	position, id, _ := strings.Cut(strings.TrimPrefix(cursor, "p"), "-")
	at, _ := strconv.ParseInt(position, 10, 64)
	return store.Mark{Position: at, EventID: id}
}

// standing refuses a cursor at which something else stands now, or nothing: the record was restored from an older copy.
func standing(tx *store.Tx, m store.Mark) error {
	stands, err := tx.Marked(m)
	if err == nil && !stands {
		return problem(cursorUnknown)
	}
	return err
}

// PageEnd is where the next page begins, and where the next reading does.
type PageEnd struct {
	Next   *string `json:"next" doc:"The after of the next page; null when there is nothing more for now."`
	Cursor string  `json:"cursor,omitempty" doc:"The after to go on with, now or later, whether or not there is more: keep it. Not with pages by number."`
}

// endOf cuts a list of one too many off at its limit, and says where to go on.
func endOf[T interface{ Mark() store.Mark }](rows []T, limit int, sent string) ([]T, PageEnd) {
	end := PageEnd{Cursor: sent}
	more := len(rows) > limit
	if more {
		rows = rows[:limit]
	}
	if len(rows) > 0 {
		end.Cursor = feedCursor(rows[len(rows)-1].Mark())
	}
	if more {
		end.Next = &end.Cursor
	}
	return rows, end
}

// registerFeed adds what is polled.
func (s *service) registerFeed(api huma.API) {
	const tasks = "tasks"
	polled(api, "GET /v1/tasks", tasks, "The tasks of an institution", s.listTasks)
	polled(api, "GET /v1/events", tasks, "What an institution is told by callbacks, to be polled", s.feed)
}

// polled adds an operation that is read on from a cursor.
func polled[In, Out any](api huma.API, route, tag, summary string, handle func(context.Context, *In) (*Out, error)) {
	op := operation(route, tag, summary)
	op.Errors = append(op.Errors, http.StatusGone)
	huma.Register(api, op, handle)
}

type feedInput struct {
	After string `query:"after" pattern:"^p[0-9]{1,18}-[0-9a-f]{8}$" default:"p0-00000000" doc:"The cursor of the answer before; everything there ever was without it."`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type feedOutput struct {
	Body struct {
		Events []delivery.Event `json:"events" doc:"Each with the same bytes as the body of its callback."`
		PageEnd
	}
}

// feed lists what an institution's callbacks tell, whether or not it has a callback address: the same events, each once, in
// an order that can be read on from.
func (s *service) feed(ctx context.Context, in *feedInput) (*feedOutput, error) {
	at := requestOf(ctx).within("").InstitutionID
	if err := s.Store.LineUp(ctx, at); err != nil {
		return nil, err
	}
	tx, after := s.Store.Read(ctx), feedMark(in.After)
	if err := standing(tx, after); err != nil {
		return nil, err
	}
	events, err := tx.Feed(at, after.Position, in.Limit+1)
	if err != nil {
		return nil, err
	}
	out := &feedOutput{}
	events, out.Body.PageEnd = endOf(events, in.Limit, in.After)
	out.Body.Events = make([]delivery.Event, len(events))
	for i, event := range events {
		out.Body.Events[i] = delivery.EventOf(event)
	}
	return out, nil
}
