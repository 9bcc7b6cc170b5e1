// Package xapi reads statements of the Experience API (IEEE 9274.1.1, and 1.0.3 before it), which training platforms
// already speak, as heartbeats of somebody who watches a recording. It is pure.
//
// Of the video profile (https://w3id.org/xapi/video) and of cmi5 it understands what says where in a recording somebody
// is, and whether it plays:
//
//	actor.account.name               the attendee; any homePage
//	verb.id                          what happened, see [Verb]
//	object.id                        an address whose last segment is the session's name
//	result.extensions […/time]       the position, in seconds
//	context.extensions [Challenge]   the presence challenge that is answered
//
// A statement's own timestamp is a claim about the past: it is checked for nothing, kept nowhere and credits nothing. What
// else a statement says is left alone.
package xapi

import (
	"net/url"
	"path"
	"strings"
	"time"
)

// The extensions that are read.
const (
	// Time is where in the recording the player stands, in seconds (video profile).
	Time = "https://w3id.org/xapi/video/extensions/time"
	// Challenge is the id of a presence challenge, in the context of a statement that answers it.
	Challenge = "urn:dengpan:xapi:challenge"
)

// Verb is what a statement says of the player.
type Verb int

// What verbs say.
const (
	Other   Verb = iota // nothing about the player: the statement is taken, and has no effect
	Stopped             // somebody is there, and the recording does not play
	Playing             // the recording plays
	Voiding             // an earlier statement is to be taken back, which heartbeats never are
)

const (
	adl   = "http://adlnet.gov/expapi/verbs/"
	video = "https://w3id.org/xapi/video/verbs/"
)

var verbs = map[string]Verb{
	adl + "initialized": Stopped,
	adl + "launched":    Stopped,
	adl + "resumed":     Playing,
	adl + "progressed":  Playing,
	adl + "suspended":   Stopped,
	adl + "terminated":  Stopped,
	adl + "completed":   Stopped,
	adl + "voided":      Voiding,
	video + "played":    Playing,
	video + "paused":    Stopped,
}

// VerbOf is what a verb says.
func VerbOf(id string) Verb { return verbs[id] }

// Statement is what a statement says about somebody who watches.
type Statement struct {
	// ID is the statement's, in small letters; empty when it has none.
	ID string
	// Counts is false when the statement says nothing of where in a recording somebody is. The rest is then empty.
	Counts   bool
	Attendee string
	Session  string
	Position time.Duration
	Playing  bool
	Answers  string
}

// sessionOf is the name of the session that an activity's id stands for: the last segment of its path.
func sessionOf(id string) (string, bool) {
	u, err := url.Parse(id)
	if err != nil || u.Scheme == "" {
		return "", false
	}
	full := u.Path
	if u.Opaque != "" { // urn:example:sessions:2026-A-01
		if full, err = url.PathUnescape(u.Opaque); err != nil {
			return "", false
		}
		full = strings.ReplaceAll(full, ":", "/")
	}
	name := path.Base(full)
	return name, name != "." && name != "/" && name != ""
}
