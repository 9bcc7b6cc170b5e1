// Package board draws the running demonstration in a terminal: each case by stage, whom it waits on,
// what is stuck, and where to log in.
package board

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/progress"
)

// Snapshot is what the board shows.
type Snapshot struct {
	Lang    message.Lang
	Date    string // in the demonstration's calendar
	Day     time.Duration
	Running time.Duration

	Cases    []Case
	Intended int // cases there will be when the intake is over
	Services []Service
	Lines    []Line   // addresses and log-ins
	News     []string // what happened last, the newest first
}

// Case is one row.
type Case struct {
	Name       string
	Occupation string // name
	Level      string // name
	Status     progress.Status
	Stage      progress.Stage
	Outcome    progress.Outcome
	Stages     map[progress.Stage]progress.State
	// Party and PartyName say on whom the case waits; PartyName is set for an institution.
	Party     progress.PartyKind
	PartyName string
	Cause     string // of the open incident, if any
	Again     bool   // its hours were voided, and its training is under way again
	DueAt     time.Time
}

// Ended says whether nothing more happens to the case.
func (c Case) Ended() bool {
	return c.Status == progress.CaseEnded || c.Status == progress.CaseWithdrawn
}

// Service is one of the stack's processes.
type Service struct {
	Name     string
	Up       bool
	Restarts int
	Problem  string // why it is down or was, if it ever was
	LogPath  string
}

// Line is a label with what it stands for.
type Line struct{ Label, Value string }

// lines are the addresses and log-ins.
func (p painter) lines(s Snapshot) []string {
	lines := make([]string, len(s.Lines))
	for i, line := range s.Lines {
		lines[i] = p.paint(dim, pad(line.Label, 12)) + " " + line.Value
	}
	return lines
}

// Draw lays the snapshot out for a terminal of the given size. When there is not room for every
// case, those that are stuck come first and those that have ended are left out first.
func Draw(s Snapshot, width, height int, color bool) []string {
	p := painter{color: color, words: wordsOf(s.Lang)}
	top := []string{p.headline(s), p.tally(s)}
	var bottom []string
	for _, service := range s.Services {
		if service.Problem != "" {
			bottom = append(bottom, p.trouble(service))
		}
	}
	bottom = append(bottom, p.lines(s)...)
	if len(s.Cases) > 0 {
		top = append(top, "", p.paint(dim, p.header()))
		const gap = 2 // between the cases and what is below them
		room := height - len(top) - len(bottom) - gap
		news := s.News[:min(len(s.News), 3, max(0, room-len(s.Cases)))]
		shown, hidden := choose(s.Cases, room-len(news))
		for _, c := range shown {
			top = append(top, p.row(s, c))
		}
		if hidden > 0 {
			top = append(top, p.paint(dim, fmt.Sprintf(p.words.more, hidden)))
		}
		for _, item := range news {
			top = append(top, p.paint(dim, "› "+item))
		}
		top = append(top, "")
	}
	lines := slices.Concat(top, bottom)
	for i, line := range lines {
		lines[i] = clip(line, width)
	}
	return lines
}

// Summary is the snapshot in one line, for an output that is not a terminal.
func Summary(s Snapshot) string {
	p := painter{words: wordsOf(s.Lang)}
	line := p.headline(s) + "  " + p.tally(s)
	for _, service := range s.Services {
		if service.Problem != "" {
			line += "  " + p.trouble(service)
		}
	}
	return line
}

// choose takes as many cases as there is room for and says how many were left out. The order of the
// cases is kept.
func choose(cases []Case, room int) (shown []Case, hidden int) {
	if len(cases) <= room {
		return cases, 0
	}
	room = max(room-1, 0) // one line says how many are hidden
	urgency := func(c Case) int {
		switch {
		case c.Status == progress.CaseStuck:
			return 0
		case !c.Ended():
			return 1
		default:
			return 2
		}
	}
	order := make([]int, len(cases))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return urgency(cases[a]) - urgency(cases[b]) })
	order = order[:room]
	slices.Sort(order)
	for _, i := range order {
		shown = append(shown, cases[i])
	}
	return shown, len(cases) - room
}

type painter struct {
	color bool
	words words
}

func (p painter) text(key string) string { return message.Text(p.words.lang, key, nil) }

func (p painter) headline(s Snapshot) string {
	running := s.Running.Round(time.Second)
	clock := fmt.Sprintf(p.words.clock, s.Date, s.Day, running)
	if s.Day == 24*time.Hour {
		clock = fmt.Sprintf(p.words.realClock, s.Date, running)
	}
	return p.paint(bold, "登攀 Dengpan") + "  " + clock
}

// tally counts the cases by status and the ended ones by outcome.
func (p painter) tally(s Snapshot) string {
	if s.Intended == 0 && len(s.Cases) == 0 {
		return p.words.noCases
	}
	statuses, outcomes := make(map[progress.Status]int), make(map[progress.Outcome]int)
	for _, c := range s.Cases {
		statuses[c.Status]++
		if c.Outcome != progress.Open {
			outcomes[c.Outcome]++
		}
	}
	parts := []string{fmt.Sprintf(p.words.cases, len(s.Cases), s.Intended)}
	for _, status := range []progress.Status{progress.CaseActive, progress.CaseWaiting, progress.CaseStuck, progress.CaseWithdrawn, progress.CaseEnded} {
		text := fmt.Sprintf("%s %d", p.text("status."+string(status)), statuses[status])
		if status == progress.CaseStuck && statuses[status] > 0 {
			text = p.paint(red, text)
		}
		parts = append(parts, text)
	}
	line := strings.Join(parts, "  ")
	var ends []string
	for _, outcome := range []progress.Outcome{progress.Mapped, progress.Certified, progress.Trained, progress.Untrained, progress.Rejected} {
		if outcomes[outcome] > 0 {
			ends = append(ends, fmt.Sprintf("%s %d", p.words.outcomes[outcome], outcomes[outcome]))
		}
	}
	if len(ends) > 0 {
		line += " (" + strings.Join(ends, p.words.comma) + ")"
	}
	return line
}

func (p painter) trouble(s Service) string {
	text := fmt.Sprintf("%s: %s", s.Name, s.Problem)
	if s.Restarts > 0 {
		text += fmt.Sprintf(p.words.restarts, s.Restarts)
	}
	tint := yellow
	if !s.Up {
		tint = red
	}
	return p.paint(tint, "! "+text) + "  " + s.LogPath
}
