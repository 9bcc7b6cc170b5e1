// Package attended is the proof of attendance that an employer keeps of the hours for which it released one of its people (脱产):
// the sessions of a period that stand in the ledger, with their times. It is evidence of attendance and no certificate.
package attended

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/font"
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/ruled"
)

// Line is one session that was attended.
type Line struct {
	Ref     string        `json:"ref"` // the training body's own name for it
	Date    calendar.Date `json:"date"`
	From    time.Time     `json:"from,omitzero"`
	To      time.Time     `json:"to,omitzero"`
	Module  string        `json:"module"`
	Mode    string        `json:"mode"`
	Seconds int           `json:"seconds"` // that stand in the ledger
}

// Times are when it was attended, by Beijing's clock.
func (l Line) Times() string {
	if l.From.IsZero() {
		return "—"
	}
	const clock = "15:04"
	return l.From.In(calendar.Beijing).Format(clock) + "–" + l.To.In(calendar.Beijing).Format(clock)
}

// Minutes are how long it was attended, whole minutes only.
func (l Line) Minutes() int { return l.Seconds / int(time.Minute/time.Second) }

// Proof is what one person attended of one class in a period.
type Proof struct {
	Number      string        `json:"number"`
	Holder      string        `json:"holder"`
	Class       string        `json:"class"`
	Institution string        `json:"institution"`
	From        calendar.Date `json:"from"`
	To          calendar.Date `json:"to"`
	Lines       []Line        `json:"lines"`
}

// Number names a proof; it tells nothing of the person. The same period of the same case has the same number.
func Number(caseID string, from, to calendar.Date) string {
	const length = 10
	sum := sha256.Sum256([]byte("attended/" + caseID + "/" + from.String() + "/" + to.String()))
	return "CQ-" + strconv.Itoa(to.Year()) + "-" + base32.StdEncoding.EncodeToString(sum[:])[:length]
}

// Digest is the SHA-256 of the proof in canonical form (JSON in field order). Whoever is shown one can have it made again and
// compared: what was voided meanwhile shows.
func (p Proof) Digest() (string, error) {
	canonical, err := json.Marshal(p)
	if err != nil {
		return "", fmt.Errorf("digest a proof of attendance: %w", err)
	}
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:]), nil
}

// Total is how long the person attended.
func (p Proof) Total() time.Duration {
	seconds := 0
	for _, l := range p.Lines {
		seconds += l.Seconds
	}
	return time.Duration(seconds) * time.Second
}

// Page is what a printed proof says beside what it proves.
type Page struct {
	Hours         ledger.Hours
	PrintedOn     calendar.Date
	Demonstration bool // it rests on 演示数据
}

func say(key string, params map[string]any) string {
	return message.Text(message.Chinese, "attended."+key, params)
}

// Print writes a proof as a PDF with its digest, in Chinese: it is for other offices. The error is font.ErrNone when there is no font.
func (p Proof) Print(w io.Writer, fonts *font.Fonts, digest string, page Page) error {
	mark := ""
	if page.Demonstration {
		mark = message.Text(message.Chinese, "handbook.demonstration", nil)
	}
	paper, err := ruled.New(fonts, say("title", nil)+" "+p.Number, mark, []ruled.Column{
		{Title: say("column.no", nil), Width: 34, Align: ruled.Centre},
		{Title: say("column.date", nil), Width: 78, Align: ruled.Centre},
		{Title: say("column.times", nil), Width: 88, Align: ruled.Centre},
		{Title: say("column.module", nil), Width: 196, Align: ruled.Left},
		{Title: say("column.mode", nil), Width: 50, Align: ruled.Centre},
		{Title: say("column.minutes", nil), Width: ruled.Width - 446, Align: ruled.Right},
	})
	if err != nil {
		return err
	}
	paper.Heading(say("title", nil), say("period", map[string]any{"from": p.From.String(), "to": p.To.String()}))
	paper.Facts(
		[]string{say("name", nil) + p.Holder, say("number", nil) + p.Number},
		say("class", nil)+p.Class, say("institution", nil)+p.Institution,
	)
	paper.Table(p.Cells())
	paper.Gap()
	paper.Paragraphs(ruled.Normal, p.Sum(page.Hours))
	paper.Gap()
	paper.Paragraphs(ruled.Small, say("note", nil))
	if paper.Rare() {
		paper.Paragraphs(ruled.Small, message.Text(message.Chinese, "handbook.rare", nil))
	}
	return paper.Write(w, func(n, pages int) ruled.Foot {
		return ruled.Foot{
			Left:  say("foot", map[string]any{"number": p.Number, "date": page.PrintedOn.String()}),
			Right: message.Text(message.Chinese, "handbook.pages", map[string]any{"page": n, "pages": pages}),
			Below: message.Text(message.Chinese, "handbook.digest", nil) + digest,
		}
	})
}

// Sum is what the period comes to, in a sentence.
func (p Proof) Sum(hours ledger.Hours) string {
	return say("sum", map[string]any{
		"sessions": len(p.Lines), "minutes": int(p.Total() / time.Minute), "hours": hours.String(),
	})
}

// Cells are the lines as they stand in the table.
func (p Proof) Cells() [][]string {
	if len(p.Lines) == 0 {
		return [][]string{{"", "", "", say("none", nil), "", ""}}
	}
	cells := make([][]string, len(p.Lines))
	for i, l := range p.Lines {
		cells[i] = []string{
			strconv.Itoa(i + 1), l.Date.String(), l.Times(), l.Module,
			message.Text(message.Chinese, "session_mode."+l.Mode, nil), strconv.Itoa(l.Minutes()),
		}
	}
	return cells
}
