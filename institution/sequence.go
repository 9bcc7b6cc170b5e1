package institution

import (
	"strconv"
	"sync"
)

// sequence knows which tasks of a case have been answered, for those that are to be answered after them.
type sequence struct {
	mu      sync.Mutex
	done    *recent
	waiting map[string]chan struct{}
}

func newSequence() *sequence {
	return &sequence{done: newRecent(rememberedTasks), waiting: make(map[string]chan struct{})}
}

func sequenceKey(caseID, kind string, attempt int) string {
	return caseID + "/" + kind + "/" + strconv.Itoa(attempt)
}

// note says that a task has been answered.
func (s *sequence) note(caseID, kind string, attempt int) {
	key := sequenceKey(caseID, kind, attempt)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done.add(key)
	if waiting := s.waiting[key]; waiting != nil {
		close(waiting)
		delete(s.waiting, key)
	}
}

// of returns a channel that is closed once the task has been answered.
func (s *sequence) of(caseID, kind string, attempt int) <-chan struct{} {
	key := sequenceKey(caseID, kind, attempt)
	s.mu.Lock()
	defer s.mu.Unlock()
	waiting := s.waiting[key]
	if waiting == nil {
		waiting = make(chan struct{})
		if s.done.has(key) {
			close(waiting)
			return waiting
		}
		s.waiting[key] = waiting
	}
	return waiting
}
