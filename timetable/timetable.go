// Package timetable writes when classes meet as a calendar file (iCalendar, RFC 5545), which the calendars of telephones and desks
// take in. A session keeps its id in every file, so that a calendar that takes a later one in knows it again, also as called off.
package timetable

import (
	"fmt"
	"io"
	"time"

	ics "github.com/arran4/golang-ical"
)

// Meeting is one session, in the words of whoever reads the calendar. It names nobody.
type Meeting struct {
	ID       string // the session's
	Title    string
	Place    string
	About    string
	From, To time.Time
	Changed  time.Time // when it was announced or, later, called off
	Off      bool      // it was called off
}

// Write writes a calendar file. Of the same meetings it is the same file, byte by byte. Instants are in UTC, which needs no table of
// time zones and is read alike by every calendar.
func Write(w io.Writer, name string, meetings []Meeting) error {
	file := ics.NewCalendar()
	file.SetProductId("-//Dengpan//Timetable//ZH")
	file.SetCalscale("GREGORIAN")
	file.SetXWRCalName(name)
	for _, m := range meetings {
		event := file.AddEvent(m.ID + "@dengpan")
		event.SetDtStampTime(m.Changed)
		event.SetLastModifiedAt(m.Changed)
		event.SetStartAt(m.From)
		event.SetEndAt(m.To)
		event.SetSummary(m.Title)
		if m.Place != "" {
			event.SetLocation(m.Place)
		}
		if m.About != "" {
			event.SetDescription(m.About)
		}
		// A session never moves: it is called off, and another is announced.
		sequence, status := 0, ics.ObjectStatusConfirmed
		if m.Off {
			sequence, status = 1, ics.ObjectStatusCancelled
		}
		event.SetSequence(sequence)
		event.SetStatus(status)
	}
	if err := file.SerializeTo(w, ics.WithNewLineWindows); err != nil {
		return fmt.Errorf("write a calendar file: %w", err)
	}
	return nil
}
