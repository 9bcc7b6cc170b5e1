// Package delivery sends one event to one institution's endpoint: it signs the event as Standard Webhooks prescribes,
// posts it, and says how that went. From that follows how the endpoint is doing, and how long it is left alone. What is sent
// when is decided elsewhere.
//
// An endpoint's address is an institution's to choose, so a delivery is a request that a stranger has us make. It goes
// only to public addresses and only by https unless an operator allows the host, follows no redirect, uses no proxy, and
// reads little of what comes back. The beginning of that is kept for whoever looks for a fault, masked.
package delivery

import (
	"encoding/binary"
	"hash/fnv"
	"strconv"
	"time"
)

// Schedule is how long to wait before each attempt to send an event; the first entry is before the first attempt.
type Schedule []time.Duration

// ScheduleOf is the schedule that an endpoint has of its own, in seconds, or the standard one.
func ScheduleOf(seconds []int, standard Schedule) Schedule {
	if len(seconds) == 0 {
		return standard
	}
	own := make(Schedule, len(seconds))
	for i, s := range seconds {
		own[i] = time.Duration(s) * time.Second
	}
	return own
}

// jitter is the part of a wait that may be added to it.
const jitter = 0.2

// Next is how long to wait for the next attempt after so many were made, and whether there is one. A wait is up to a
// fifth longer than scheduled, never shorter, and always the same for the same seed: that spreads events which failed
// together, and a workflow that is replayed computes what it computed before.
func (s Schedule) Next(made int, jitterSeed string) (time.Duration, bool) {
	made = max(made, 0)
	if made >= len(s) {
		return 0, false
	}
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(jitterSeed))
	_, _ = hash.Write(strconv.AppendInt([]byte{'/'}, int64(made), 10))
	// The upper bits of this hash are the well-mixed ones once it is multiplied through.
	mixed := hash.Sum64() * 0x9e3779b97f4a7c15
	part := float64(binary.BigEndian.Uint32(binary.BigEndian.AppendUint64(nil, mixed)[:4])) / (1 << 32)
	return s[made] + time.Duration(float64(s[made])*jitter*part), true
}
