package calendar

import "time"

// Clock tells the time. Nil is the machine's.
type Clock func() time.Time

// UTC is the time now, in UTC.
func (c Clock) UTC() time.Time {
	if c == nil {
		return time.Now().UTC()
	}
	return c().UTC()
}
