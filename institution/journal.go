package institution

import (
	"log/slog"
	"maps"
	"sync"
	"time"
)

// journalLength is how many of the newest entries the journal keeps.
const journalLength = 1000

// Entry is one thing the simulator did. It holds ids and codes only.
type Entry struct {
	At            time.Time `json:"at"`
	Action        string    `json:"action"`
	InstitutionID string    `json:"institution_id,omitempty"`
	TaskID        string    `json:"task_id,omitempty"`
	CaseID        string    `json:"case_id,omitempty"`
	Kind          string    `json:"kind,omitempty"`
	Attempt       int       `json:"attempt,omitempty"`
	Behaviour     Behaviour `json:"behaviour,omitempty"`
	Status        int       `json:"status,omitempty"` // of the API's reply
	Code          string    `json:"code,omitempty"`   // of the API's problem, or of our own
}

// What the simulator does, as the journal and the counters name it.
const (
	callbackTaken     = "callback_taken"
	callbackRepeated  = "callback_repeated"
	callbackRefused   = "callback_refused" // not signed as it should be, or not readable
	callbackFailed    = "callback_failed"  // by a script
	callbackSlow      = "callback_slow"    // held open, by a script
	taskSeen          = "task_seen"
	taskHeld          = "task_held" // by a script
	taskGone          = "task_gone" // closed or cancelled before it was answered
	taskUnanswerable  = "task_unanswerable"
	staffNamed        = "staff_named"
	staffRefused      = "staff_refused"
	attendanceTaken   = "attendance_taken"
	attendanceRefused = "attendance_refused" // all of it, or one lesson
	answerTaken       = "answer_taken"
	answerRefused     = "answer_refused"
	misstepRefused    = "misstep_refused" // a wrong answer was refused, as it should be
	misstepTaken      = "misstep_taken"   // a wrong answer was taken: a defect of the product
	exchangeRetried   = "exchange_retried"
	pollFailed        = "poll_failed"
)

// journal keeps what the simulator did, for the control interface, and logs it.
type journal struct {
	log *slog.Logger

	mu       sync.Mutex
	entries  []Entry
	next     int
	counters map[string]int64
}

func newJournal(log *slog.Logger) *journal {
	return &journal{log: log, counters: make(map[string]int64)}
}

// note writes an entry.
func (j *journal) note(entry Entry) {
	entry.At = time.Now().UTC()
	j.say(entry)
	j.mu.Lock()
	defer j.mu.Unlock()
	j.counters[entry.Action]++
	if len(j.entries) < journalLength {
		j.entries = append(j.entries, entry)
		return
	}
	j.entries[j.next] = entry
	j.next = (j.next + 1) % journalLength
}

// say logs an entry, as loudly as it deserves: what may point at a defect is heard, what is routine is not.
func (j *journal) say(entry Entry) {
	log := j.log.With("action", entry.Action, "institution", entry.InstitutionID, "task", entry.TaskID,
		"kind", entry.Kind, "attempt", entry.Attempt, "behaviour", entry.Behaviour,
		"status", entry.Status, "code", entry.Code)
	switch entry.Action {
	case misstepTaken, answerRefused, attendanceRefused, staffRefused, taskUnanswerable, callbackRefused, pollFailed:
		log.Warn("simulated institution")
	case answerTaken, taskHeld, callbackFailed, callbackSlow, misstepRefused:
		log.Info("simulated institution")
	default:
		log.Debug("simulated institution")
	}
}

// newest copies the newest entries, the oldest of them first.
func (j *journal) newest(limit int) []Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	count := min(limit, len(j.entries))
	newest := make([]Entry, count)
	for i := range newest {
		newest[i] = j.entries[(j.next+len(j.entries)-count+i)%len(j.entries)]
	}
	return newest
}

// counts copies the counters.
func (j *journal) counts() map[string]int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return maps.Clone(j.counters)
}
