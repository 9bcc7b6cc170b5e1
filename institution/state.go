package institution

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// maxScripts bounds what a caller can make the simulator keep.
const maxScripts = 10_000

var errTooManyScripts = errors.New("there are too many scripts")

// scripts is what the institutions are to play, and when the trainings that are under way began. It is written to the
// state file with every change.
type scripts struct {
	path string
	log  *slog.Logger

	mu      sync.Mutex
	byCase  map[string][]*Script // those for any case are under ""
	count   int
	begun   map[string]date // by task: the day of the first lesson
	changed chan struct{}   // closed when a script is added, and made anew
}

// state is the state file.
type state struct {
	Version int             `json:"version"`
	Scripts []*Script       `json:"scripts"`
	Begun   map[string]date `json:"begun,omitempty"`
}

const stateVersion = 1

func loadScripts(path string, log *slog.Logger) (*scripts, error) {
	s := &scripts{
		path: path, log: log, byCase: make(map[string][]*Script), begun: make(map[string]date), changed: make(chan struct{}),
	}
	if path == "" {
		return s, nil
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the simulator's state: %w", err)
	}
	var kept state
	if err := json.Unmarshal(data, &kept); err != nil {
		return nil, fmt.Errorf("read the simulator's state from %s (delete it to start afresh): %w", path, err)
	}
	if kept.Version != stateVersion {
		return nil, fmt.Errorf("the simulator's state in %s has version %d, not %d: delete it to start afresh",
			path, kept.Version, stateVersion)
	}
	for _, script := range kept.Scripts {
		if script != nil {
			s.byCase[script.CaseID] = append(s.byCase[script.CaseID], script)
			s.count++
		}
	}
	maps.Copy(s.begun, kept.Begun)
	return s, nil
}

// away reports whether an institution's system is away.
func (s *scripts) away(institution string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.byCase[""], func(script *Script) bool {
		return script.Behaviour == Away && script.InstitutionID == institution
	})
}

// add takes in a script, in place of an earlier one for the same target, and answers once it is kept.
func (s *scripts) add(script Script) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	others := slices.DeleteFunc(slices.Clone(s.byCase[script.CaseID]), func(other *Script) bool {
		return other.target() == script.target()
	})
	replaced := len(s.byCase[script.CaseID]) - len(others)
	if s.count-replaced >= maxScripts {
		return errTooManyScripts
	}
	before := s.byCase[script.CaseID]
	s.byCase[script.CaseID] = append(others, &script)
	if err := s.save(); err != nil {
		s.byCase[script.CaseID] = before
		return err
	}
	s.count += 1 - replaced
	close(s.changed)
	s.changed = make(chan struct{})
	return nil
}

// all copies the scripts.
func (s *scripts) all() []Script {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Script, 0, s.count)
	for _, script := range s.inOrder() {
		all = append(all, *script)
	}
	return all
}

// watch returns a channel that is closed when a script is added.
func (s *scripts) watch() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// play returns the script to play on a task, and binds it to the task if it is to be played once.
func (s *scripts) play(institution string, t *task) Script {
	s.mu.Lock()
	defer s.mu.Unlock()
	script := s.find(institution, t)
	if script == nil {
		return Script{Behaviour: Normal}
	}
	if script.once() && script.TaskID == "" {
		script.TaskID = t.ID
		s.keep()
	}
	return *script
}

// spend counts a callback that goes wrong by a script for the task, and says whether there was one left to go wrong.
func (s *scripts) spend(institution string, t *task) (Script, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	script := s.find(institution, t)
	if script == nil || script.timesLeft() == 0 {
		return Script{}, false
	}
	if script.once() {
		script.TaskID = t.ID
	}
	script.Used++
	s.keep()
	return *script, true
}

// begin returns the day on which the training that a task asks for begins: the first that was given for it, also before
// a restart, so that no lesson is held twice.
func (s *scripts) begin(taskID string, first date) date {
	s.mu.Lock()
	defer s.mu.Unlock()
	if begun, known := s.begun[taskID]; known {
		return begun
	}
	s.begun[taskID] = first
	s.keep()
	return first
}

// end forgets a training that is over.
func (s *scripts) end(taskID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.begun[taskID]; known {
		delete(s.begun, taskID)
		s.keep()
	}
}

// onCallbacks reports whether a script may make callbacks go wrong for a kind of task of a case, at any attempt.
func (s *scripts) onCallbacks(institution, caseID, kind string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, script := range slices.Concat(s.byCase[caseID], s.byCase[""]) {
		about := task{ID: script.TaskID, CaseID: caseID, Kind: kind, Attempt: script.Attempt}
		if script.timesLeft() > 0 && script.matches(institution, &about) {
			return true
		}
	}
	return false
}

// find returns the script that says most about a task. No two say as much: they would have the same target.
func (s *scripts) find(institution string, t *task) *Script {
	var best *Script
	for _, script := range slices.Concat(s.byCase[t.CaseID], s.byCase[""]) {
		if script.matches(institution, t) && (best == nil || script.weight() > best.weight()) {
			best = script
		}
	}
	return best
}

func (s *scripts) inOrder() []*Script {
	all := make([]*Script, 0, s.count)
	for _, list := range s.byCase {
		all = append(all, list...)
	}
	slices.SortFunc(all, func(a, b *Script) int {
		return cmp.Or(
			cmp.Compare(a.CaseID, b.CaseID), cmp.Compare(a.TaskKind, b.TaskKind),
			cmp.Compare(a.Attempt, b.Attempt), cmp.Compare(a.InstitutionID, b.InstitutionID),
		)
	})
	return all
}

// keep saves what playing a script or a training changed. Losing it is no more than something played twice.
func (s *scripts) keep() {
	if err := s.save(); err != nil {
		s.log.Error("the simulator's state could not be kept", "error", err)
	}
}

// save writes the state file, whole or not at all.
func (s *scripts) save() error {
	if s.path == "" {
		return nil
	}
	data, err := json.MarshalIndent(state{Version: stateVersion, Scripts: s.inOrder(), Begun: s.begun}, "", "  ")
	if err != nil {
		return fmt.Errorf("write the simulator's state: %w", err)
	}
	if err := writeWhole(s.path, append(data, '\n')); err != nil {
		return fmt.Errorf("write the simulator's state: %w", err)
	}
	return nil
}

// writeWhole writes a file so that a reader, or a crash, sees the old content or the new and nothing between.
func writeWhole(path string, data []byte) error {
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	err = errors.Join(err, file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}
