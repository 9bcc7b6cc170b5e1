package institution

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

const (
	longestCallback = 64 << 10
	torrentLength   = 64 << 20
)

// plainID is what an id may look like: it becomes part of a path.
var plainID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// event is what the simulator reads of a callback: which task, and nothing about it that it could not ask for.
type event struct {
	Type string `json:"type"`
	Data struct {
		TaskID string `json:"task_id"`
		CaseID string `json:"case_id"`
		Kind   string `json:"kind"`
		// Example marks an event that is about nothing.
		Example bool `json:"example"`
	} `json:"data"`
}

// callback takes a callback: it answers at once and works afterwards.
func (s *Simulator) callback(w http.ResponseWriter, r *http.Request) {
	p := s.players[r.PathValue("id")]
	if p == nil {
		http.NotFound(w, r)
		return
	}
	if s.scripts.away(p.ID) {
		s.refuse(w, p, http.StatusServiceUnavailable, "institution_away")
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, longestCallback))
	if err != nil {
		s.refuse(w, p, refusal(err), "callback_unreadable")
		return
	}
	if p.callbacks == nil || p.callbacks.Verify(body, r.Header) != nil {
		s.refuse(w, p, http.StatusUnauthorized, "callback_signature")
		return
	}
	var got event
	if err := json.Unmarshal(body, &got); err != nil {
		s.refuse(w, p, http.StatusBadRequest, "callback_unreadable")
		return
	}
	if got.Type == "endpoint.ping" || got.Data.Example {
		w.WriteHeader(http.StatusNoContent) // a trial: it is taken, and means nothing
		return
	}
	if !plainID.MatchString(got.Data.TaskID) {
		if strings.HasPrefix(got.Type, "task.") {
			s.refuse(w, p, http.StatusBadRequest, "callback_unreadable")
			return
		}
		got.Data.TaskID = "" // of a certificate, say: it is about no task
	}
	entry := Entry{
		Action: callbackTaken, InstitutionID: p.ID, TaskID: got.Data.TaskID, CaseID: got.Data.CaseID, Kind: got.Data.Kind,
	}
	id := p.ID + "/" + r.Header.Get(standardwebhooks.HeaderWebhookID)
	if s.callbacks.has(id) {
		entry.Action = callbackRepeated
		s.journal.note(entry)
		w.WriteHeader(http.StatusNoContent)
		return
	}
	switch got.Type {
	case "task.issued":
		if s.spoil(w, r, p, entry) {
			return
		}
		if !s.take(p, got.Data.TaskID, true) { //nolint:contextcheck // the work outlives the callback
			http.Error(w, "shutting down", http.StatusServiceUnavailable)
			return
		}
	case "task.cancelled":
		s.drop(p, got.Data.TaskID)
	default: // a kind of event from a later version concerns later institutions
	}
	s.callbacks.add(id)
	s.journal.note(entry)
	w.WriteHeader(http.StatusNoContent)
}

func refusal(err error) int {
	if tooLong := new(http.MaxBytesError); errors.As(err, &tooLong) {
		return http.StatusRequestEntityTooLarge
	}
	return http.StatusBadRequest
}

func (s *Simulator) refuse(w http.ResponseWriter, p *player, status int, code string) {
	s.journal.note(Entry{Action: callbackRefused, InstitutionID: p.ID, Code: code})
	http.Error(w, code, status)
}

// spoil makes a callback go wrong as a script says, and reports whether it has been answered.
func (s *Simulator) spoil(w http.ResponseWriter, r *http.Request, p *player, entry Entry) bool {
	if !s.scripts.onCallbacks(p.ID, entry.CaseID, entry.Kind) {
		return false
	}
	// A callback does not say which attempt it is about.
	got, err := s.client.once(r.Context(), request{key: p.APIKey, path: "/v1/tasks/" + entry.TaskID})
	var about task
	if err != nil || !got.accepted() || json.Unmarshal(got.body, &about) != nil {
		return false
	}
	script, left := s.scripts.spend(p.ID, &about)
	if !left {
		return false
	}
	entry.Attempt, entry.Behaviour = about.Attempt, script.Behaviour
	if _, fails := script.Behaviour.fails(); fails {
		entry.Action = callbackFailed
		s.journal.note(entry)
		script.fail(w, r)
		return true
	}
	entry.Action = callbackSlow
	s.journal.note(entry)
	slow := script.delayOr(slowFor)
	// The server's own limit on answering would drop the answer. Where it cannot be moved it does, which is slow enough.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(slow + shutdownGrace))
	pause(r.Context(), slow)
	return false
}

// fail answers a callback as a script has it fail.
func (s *Script) fail(w http.ResponseWriter, r *http.Request) {
	switch s.Behaviour {
	case Busy:
		w.Header().Set("Retry-After", strconv.Itoa(int(s.delayOr(busyFor).Seconds())))
		http.Error(w, "busy", http.StatusTooManyRequests)
	case Redirect:
		http.Redirect(w, r, "http://127.0.0.1:1/elsewhere", http.StatusTemporaryRedirect)
	case Torrent:
		w.WriteHeader(http.StatusInternalServerError)
		drop := bytes.Repeat([]byte("words "), 1<<10)
		for range torrentLength / len(drop) {
			if _, err := w.Write(drop); err != nil {
				return // nobody reads on, as it should be
			}
		}
	case Gone:
		http.Error(w, "gone", http.StatusGone)
	default:
		http.Error(w, string(s.Behaviour), http.StatusInternalServerError)
	}
}
