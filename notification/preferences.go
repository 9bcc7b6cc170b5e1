package notification

import (
	"fmt"
	"time"

	"github.com/dengpan/dengpan/message"
)

// Channel is a way to reach somebody outside the product's own pages.
type Channel string

// The channels.
const (
	Email Channel = "email"
	SMS   Channel = "sms"
)

// Channels lists every channel.
func Channels() []Channel { return []Channel{Email, SMS} }

// Other is the channel that a failed one falls over to.
func (c Channel) Other() Channel {
	if c == Email {
		return SMS
	}
	return Email
}

// Rhythm is when somebody is told of what may wait.
type Rhythm string

// The rhythms.
const (
	Daily Rhythm = "daily" // once a day, all in one message
	Each  Rhythm = "each"  // as soon as it happens
	Never Rhythm = "none"  // on the product's own pages only
)

// Minute is a time of the day in Beijing, in minutes since midnight.
type Minute int

// String is the time as HH:MM.
func (m Minute) String() string { return fmt.Sprintf("%02d:%02d", m/60, m%60) }

// ParseMinute reads a time of the form HH:MM; what is none is midnight.
func ParseMinute(s string) Minute {
	at, err := time.Parse("15:04", s)
	if err != nil {
		return 0
	}
	return Minute(at.Hour()*60 + at.Minute())
}

// Preferences are how a person wants to be told. The product's own pages tell everything in any case.
type Preferences struct {
	Language message.Lang
	First    Channel
	Email    bool
	SMS      bool
	// QuietFrom and QuietUntil are the hours in which nothing is sent; equal: there are none.
	QuietFrom, QuietUntil Minute
	Digest                Rhythm
	DigestAt              Minute
}

// Usual is how somebody is told who has said nothing else: by mail, which costs nothing and shows nothing on a locked screen,
// by SMS if that fails, not at night, and of what may wait once in the evening.
func Usual() Preferences {
	const night, morning, evening = 21 * 60, 8 * 60, 18 * 60
	return Preferences{
		Language: message.Chinese, First: Email, Email: true, SMS: true,
		QuietFrom: night, QuietUntil: morning, Digest: Daily, DigestAt: evening,
	}
}

// Wants reports whether a channel may be used.
func (p Preferences) Wants(c Channel) bool {
	if c == Email {
		return p.Email
	}
	return p.SMS
}
