package institution

import (
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"time"
)

const (
	longestControl = 16 << 10
	longestDelay   = 24 * time.Hour
	mostTimes      = 1000
)

// loopbackOnly keeps the control interface to this machine. A page in a browser on this machine is kept out, too: it
// cannot name the host it speaks to as anything but its own, nor send JSON without being asked first.
func loopbackOnly(next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		from, err := netip.ParseAddrPort(r.RemoteAddr)
		if err != nil || !from.Addr().Unmap().IsLoopback() || !loopbackName(r.Host) {
			answerError(w, http.StatusForbidden, errors.New("the control interface answers on this machine only"))
			return
		}
		next(w, r)
	})
}

func loopbackName(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	if name == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(name)
	return err == nil && address.Unmap().IsLoopback()
}

// scriptRequest is a script as it is sent.
type scriptRequest struct {
	CaseID        string    `json:"case_id"`
	TaskKind      string    `json:"task_kind"`
	Attempt       int       `json:"attempt"`
	InstitutionID string    `json:"institution_id"`
	Behaviour     Behaviour `json:"behaviour"`
	Delay         Duration  `json:"delay"`
	Times         int       `json:"times"`
}

func (s *Simulator) addScript(w http.ResponseWriter, r *http.Request) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		answerError(w, http.StatusUnsupportedMediaType, errors.New("a script is sent as application/json"))
		return
	}
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, longestControl))
	decoder.DisallowUnknownFields()
	var sent scriptRequest
	if err := decoder.Decode(&sent); err != nil {
		answerError(w, refusal(err), fmt.Errorf("read the script: %w", err))
		return
	}
	if err := s.check(sent); err != nil {
		answerError(w, http.StatusUnprocessableEntity, err)
		return
	}
	script := Script{
		CaseID: sent.CaseID, TaskKind: sent.TaskKind, Attempt: sent.Attempt, InstitutionID: sent.InstitutionID,
		Behaviour: sent.Behaviour, Delay: sent.Delay, Times: sent.Times,
	}
	switch err := s.scripts.add(script); {
	case errors.Is(err, errTooManyScripts):
		answerError(w, http.StatusUnprocessableEntity, err)
	case err != nil:
		s.log.Error("a script could not be kept", "error", err)
		answerError(w, http.StatusInternalServerError, errors.New("the script could not be kept"))
	default:
		answerJSON(w, http.StatusOK, script)
	}
}

// check refuses a script that could never be played.
func (s *Simulator) check(sent scriptRequest) error {
	possible, known := behaviours[sent.Behaviour]
	switch {
	case !known:
		return fmt.Errorf("there is no behaviour %q", sent.Behaviour)
	case sent.TaskKind != "" && !slices.Contains(kinds, sent.TaskKind):
		return fmt.Errorf("there is no kind of task %q", sent.TaskKind)
	case sent.TaskKind != "" && !slices.Contains(possible, sent.TaskKind):
		return fmt.Errorf("%s makes no sense for a task of the kind %s", sent.Behaviour, sent.TaskKind)
	case sent.Behaviour == Away && (sent.InstitutionID == "" || sent.CaseID != "" || sent.Attempt != 0):
		return errors.New("away is what a whole institution is")
	case sent.InstitutionID != "" && s.players[sent.InstitutionID] == nil:
		return fmt.Errorf("the institution %q is not played here", sent.InstitutionID)
	case sent.Behaviour == WrongInstitution && len(s.players) < 2:
		return errors.New("wrong_institution takes two institutions to play")
	case sent.Attempt < 0 || sent.Times < 0 || sent.Times > mostTimes:
		return errors.New("attempt or times is out of range")
	case time.Duration(sent.Delay) > longestDelay:
		return fmt.Errorf("the delay is longer than %s", longestDelay)
	}
	return nil
}

func (s *Simulator) listScripts(w http.ResponseWriter, _ *http.Request) {
	answerJSON(w, http.StatusOK, map[string]any{"scripts": s.scripts.all()})
}

func (s *Simulator) showLog(w http.ResponseWriter, r *http.Request) {
	limit := journalLength
	if asked := r.URL.Query().Get("limit"); asked != "" {
		number, err := strconv.Atoi(asked)
		if err != nil || number < 0 {
			answerError(w, http.StatusBadRequest, errors.New("limit is not a number"))
			return
		}
		limit = number
	}
	answerJSON(w, http.StatusOK, map[string]any{"counters": s.journal.counts(), "entries": s.journal.newest(limit)})
}

func (s *Simulator) health(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	atWork := s.running != nil && s.running.Err() == nil
	s.mu.Unlock()
	if !atWork {
		answerJSON(w, http.StatusServiceUnavailable, map[string]string{"status": "stopped"})
		return
	}
	answerJSON(w, http.StatusOK, map[string]string{"status": "ok"})
}

func answerError(w http.ResponseWriter, status int, err error) {
	answerJSON(w, status, map[string]string{"error": err.Error()})
}

func answerJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) //nolint:errchkjson // a caller that is gone cannot be told
}
