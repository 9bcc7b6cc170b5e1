package institution

import "sync"

// recent remembers the newest of what it is given, up to a limit.
type recent struct {
	mu    sync.Mutex
	limit int
	known map[string]struct{}
	ring  []string
	next  int
}

func newRecent(limit int) *recent {
	return &recent{limit: limit, known: make(map[string]struct{})}
}

// add remembers a key, and reports whether it is new.
func (r *recent) add(key string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, known := r.known[key]; known {
		return false
	}
	r.known[key] = struct{}{}
	if len(r.ring) < r.limit {
		r.ring = append(r.ring, key)
		return true
	}
	delete(r.known, r.ring[r.next])
	r.ring[r.next] = key
	r.next = (r.next + 1) % r.limit
	return true
}

// has reports whether a key is remembered.
func (r *recent) has(key string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, known := r.known[key]
	return known
}
