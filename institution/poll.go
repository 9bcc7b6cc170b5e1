package institution

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	pageLength      = 100
	longestPollWait = 30 * time.Second
)

// poll asks for the institution's open tasks again and again. It finds what a lost callback or a restart left undone.
func (s *Simulator) poll(ctx context.Context, p *player) {
	wait := time.Duration(0)
	failing := false
	for pause(ctx, jittered(wait)) {
		if s.scripts.away(p.ID) {
			wait = s.config.PollInterval
			continue
		}
		code, status, ok := s.pollOnce(ctx, p)
		switch {
		case ctx.Err() != nil:
			return
		case ok:
			wait = s.config.PollInterval
			if failing {
				s.log.Info("open tasks can be asked for again", "institution", p.ID)
			}
		default:
			wait = min(max(2*wait, s.config.PollInterval), longestPollWait)
			if !failing { // once is enough to say it
				s.journal.note(Entry{Action: pollFailed, InstitutionID: p.ID, Status: status, Code: code})
			}
		}
		failing = !ok
	}
}

// pollOnce asks for the open tasks, page by page.
func (s *Simulator) pollOnce(ctx context.Context, p *player) (code string, status int, ok bool) {
	query := url.Values{"state": {"open"}, "limit": {strconv.Itoa(pageLength)}}
	for {
		got, err := s.client.once(ctx, request{key: p.APIKey, path: "/v1/tasks", query: query})
		if err != nil {
			return "unreachable", 0, false
		}
		if !got.accepted() {
			return got.code, got.status, false
		}
		var page struct {
			Tasks []struct {
				ID string `json:"id"`
			} `json:"tasks"`
			Next json.RawMessage `json:"next"`
		}
		if err := json.Unmarshal(got.body, &page); err != nil {
			return "page_unreadable", got.status, false
		}
		for _, t := range page.Tasks {
			if plainID.MatchString(t.ID) {
				s.take(p, t.ID, false) //nolint:contextcheck // it works in the context polling began with
			}
		}
		// The cursor is the API's own; a number or a string, it is handed back as it came.
		next := strings.Trim(string(page.Next), `"`)
		if len(page.Tasks) == 0 || next == "" || next == "null" || next == query.Get("after") {
			return "", got.status, true
		}
		query.Set("after", next)
	}
}
