package board

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"

	"github.com/dengpan/dengpan/progress"
)

// Columns, in the cells of a terminal; a Chinese character takes two. The last column takes the rest.
const (
	nameCells  = 8
	stageCells = 3 // each of the seven
	stateCells = 12
)

func (p painter) header() string {
	bar := ""
	for _, stage := range progress.Stages() {
		bar += pad(p.words.stages[stage], stageCells)
	}
	return pad(p.words.name, nameCells) + pad(p.words.work, p.words.workCells) + bar + " " + pad(p.words.status, stateCells) + p.words.waits
}

func (p painter) row(s Snapshot, c Case) string {
	bar := ""
	for _, stage := range progress.Stages() {
		mark, tint := markOf(c.Stages[stage])
		bar += p.paint(tint, pad(mark, stageCells))
	}
	status, tint := p.text("status."+string(c.Status)), plain
	switch c.Status {
	case progress.CaseStuck:
		tint = red
	case progress.CaseWaiting:
		tint = yellow
	case progress.CaseEnded, progress.CaseWithdrawn:
		tint = dim
	case progress.CaseActive:
		tint = cyan
	}
	return pad(c.Name, nameCells) + pad(c.Occupation+" "+c.Level, p.words.workCells) + bar + " " +
		p.paint(tint, pad(status, stateCells)) + p.last(s, c)
}

// last is the column that says whom the case waits on, what it is stuck on, or how it ended.
func (p painter) last(s Snapshot, c Case) string {
	switch {
	case c.Outcome != progress.Open:
		return p.paint(dim, p.words.outcomes[c.Outcome])
	case c.Cause != "":
		return p.paint(red, p.text("cause."+c.Cause+".title")) + p.party(c)
	case c.Again:
		return p.paint(yellow, p.words.again) + p.party(c) + p.due(s, c)
	default:
		return strings.TrimPrefix(p.party(c), "  ") + p.due(s, c)
	}
}

func (p painter) party(c Case) string {
	if c.Party == "" {
		return ""
	}
	who := p.words.parties[c.Party]
	if c.PartyName != "" {
		who = c.PartyName
	}
	return "  " + p.paint(dim, "← ") + who
}

// due says how many of the demonstration's days are left.
func (p painter) due(s Snapshot, c Case) string {
	if c.DueAt.IsZero() || s.Day == 0 {
		return ""
	}
	days := int(time.Until(c.DueAt) / s.Day)
	return p.paint(dim, fmt.Sprintf(p.words.due, days))
}

// markOf is how a stage's state is drawn. Every mark is one cell wide in any locale.
func markOf(state progress.State) (mark, tint string) {
	switch state {
	case progress.Done:
		return "✓", green
	case progress.Active:
		return ">", cyan
	case progress.Waiting:
		return "~", yellow
	case progress.Stuck:
		return "!", red
	case progress.Failed:
		return "✗", red
	case progress.Skipped:
		return "-", dim
	case progress.Pending:
		return ".", dim
	}
	return " ", plain
}

// Select Graphic Rendition codes.
const (
	plain  = ""
	bold   = "1"
	dim    = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
	cyan   = "36"
)

func (p painter) paint(tint, text string) string {
	if !p.color || tint == plain || text == "" {
		return text
	}
	return "\x1b[" + tint + "m" + text + "\x1b[0m"
}

// cells measures text as terminals do by default; ambiguous characters are avoided.
var cells = &runewidth.Condition{StrictEmojiNeutral: true}

// pad fits plain text into a column, with a space after it.
func pad(text string, width int) string {
	if cells.StringWidth(text) >= width {
		text = cells.Truncate(text, width-1, "")
	}
	return cells.FillRight(text, width)
}

// clip cuts a painted line to a width; the codes in it take no room.
func clip(line string, width int) string {
	var out strings.Builder
	used, painted := 0, false
	for i := 0; i < len(line); {
		if strings.HasPrefix(line[i:], "\x1b[") {
			end := strings.IndexByte(line[i:], 'm')
			out.WriteString(line[i : i+end+1])
			painted = line[i:i+end+1] != "\x1b[0m"
			i += end + 1
			continue
		}
		r, size := utf8.DecodeRuneInString(line[i:])
		used += cells.RuneWidth(r)
		if used > width {
			break
		}
		out.WriteString(line[i : i+size])
		i += size
	}
	if painted {
		out.WriteString("\x1b[0m")
	}
	return out.String()
}
