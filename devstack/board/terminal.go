package board

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
)

// How often the board is drawn: over itself in a terminal, as one line elsewhere.
const (
	redraw  = 500 * time.Millisecond
	summary = 5 * time.Second
)

// Terminal is where the board is shown.
type Terminal struct {
	out   *os.File
	live  bool // the board may be drawn over itself
	color bool
	every time.Duration // a line, where it may not
}

// NewTerminal finds out what out can show. Plain asks for lines only.
func NewTerminal(out *os.File, plain bool) Terminal {
	live := !plain && term.IsTerminal(int(out.Fd())) && os.Getenv("TERM") != "dumb"
	return Terminal{out: out, live: live, color: live && os.Getenv("NO_COLOR") == "", every: summary}
}

// Show draws the board until ctx ends, and then leaves its last state on the screen. It returns early,
// with an error, when nothing can be written any more: the terminal was closed.
func (t Terminal) Show(ctx context.Context, snapshot func() Snapshot) error {
	if !t.live {
		return t.showLines(ctx, snapshot)
	}
	const (
		enter = "\x1b[?1049h\x1b[?25l" // the alternate screen, without a cursor
		leave = "\x1b[?25h\x1b[?1049l"
	)
	if err := t.write(enter); err != nil {
		return err
	}
	ticker := time.NewTicker(redraw)
	defer ticker.Stop()
	for {
		if err := t.frame(snapshot()); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return t.write(leave + t.whole(snapshot()))
		case <-ticker.C:
		}
	}
}

// whole is the board with every case, however many lines that takes.
func (t Terminal) whole(s Snapshot) string {
	width, _ := t.size()
	const unlimited = 10000
	return strings.Join(Draw(s, width, unlimited, t.color), "\n") + "\n"
}

func (t Terminal) write(text string) error {
	if _, err := io.WriteString(t.out, text); err != nil {
		return fmt.Errorf("show the board: %w", err)
	}
	return nil
}

func (t Terminal) frame(s Snapshot) error {
	width, height := t.size()
	lines := Draw(s, width, height-1, t.color)
	if len(lines) > height-1 {
		lines = lines[:height-1]
	}
	const home, clearLine, clearBelow = "\x1b[H", "\x1b[K", "\x1b[J"
	return t.write(home + strings.Join(lines, clearLine+"\r\n") + clearLine + "\r\n" + clearBelow)
}

func (t Terminal) showLines(ctx context.Context, snapshot func() Snapshot) error {
	ticker := time.NewTicker(t.every)
	defer ticker.Stop()
	last, told := "", ""
	for {
		select {
		case <-ctx.Done():
			return t.write(t.whole(snapshot()))
		case <-ticker.C:
		}
		s := snapshot()
		// Log-ins are made a moment after the addresses are known.
		if lines := strings.Join(painter{}.lines(s), "\n"); lines != told {
			told = lines
			if err := t.write(lines + "\n"); err != nil {
				return err
			}
		}
		line := Summary(s)
		// When nothing moves, only the clock would differ: say it once a minute.
		still := standing(s)
		if still == last && s.Running.Truncate(summary)%time.Minute != 0 {
			continue
		}
		last = still
		if err := t.write(line + "\n"); err != nil {
			return err
		}
	}
}

// standing is what of the summary changes with the cases alone.
func standing(s Snapshot) string {
	p := painter{words: wordsOf(s.Lang)}
	text := p.tally(s)
	for _, service := range s.Services {
		text += service.Problem
	}
	return text
}

func (t Terminal) size() (width, height int) {
	width, height, err := term.GetSize(int(t.out.Fd()))
	if err != nil || width < 20 || height < 5 {
		return 120, 40
	}
	return width, height
}
