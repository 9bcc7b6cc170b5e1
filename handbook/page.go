package handbook

import (
	"io"
	"strconv"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/font"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/ruled"
)

// Page is a statement as it is printed. It carries no seal: whoever confirms it puts theirs on the paper.
type Page struct {
	Statement

	Digest    string
	IDNumber  string // masked
	Document  string // what the document is called
	PrintedOn calendar.Date
	// Demonstration marks a page that rests on 演示数据.
	Demonstration bool
	// CrossYear says that the two readings of the year differ for some row.
	CrossYear    bool
	Rows         []Row
	BySession    Totals
	ByCompletion Totals
	// Rule is where the year's requirement is written, and how sure we are of it.
	Rule string
}

// Row is a line of a statement in words.
type Row struct {
	Title       string
	Institution string
	From        calendar.Date
	To          calendar.Date
	Subject     string
	Hours       string
	Note        string
}

// columns are the register's; their widths come to the paper's.
func columns() []ruled.Column {
	return []ruled.Column{
		{Title: say("column_no"), Width: 30, Align: ruled.Centre},
		{Title: say("column_content"), Width: 168, Align: ruled.Left},
		{Title: say("column_institution"), Width: 118, Align: ruled.Left},
		{Title: say("column_period"), Width: 82, Align: ruled.Centre},
		{Title: say("column_subject"), Width: 48, Align: ruled.Centre},
		{Title: say("column_hours"), Width: 53.28, Align: ruled.Right},
	}
}

// Print writes the page as a PDF, in Chinese: the register is an official form. The error is font.ErrNone when there is no
// font to print it in.
func Print(w io.Writer, fonts *font.Fonts, page Page) error {
	mark := ""
	if page.Demonstration {
		mark = say("demonstration")
	}
	paper, err := ruled.New(fonts, say("title")+" "+page.Number, mark, columns())
	if err != nil {
		return err
	}
	paper.Heading(say("title"), sayWith("subtitle", map[string]any{"year": page.Year}))
	var superseded []string
	if page.Version < page.Latest {
		superseded = append(superseded, sayWith("superseded", map[string]any{"latest": page.Latest}))
	}
	paper.Facts([]string{
		say("name") + page.Holder, say("number") + page.Number,
		page.Document + "：" + page.IDNumber, sayWith("version", map[string]any{"version": page.Version}),
	}, superseded...)
	paper.Table(page.cells())
	paper.Gap()
	paper.Paragraphs(ruled.Normal, page.summary()...)
	paper.Gap()
	paper.Paragraphs(ruled.Small, say("note"))
	if paper.Rare() {
		paper.Paragraphs(ruled.Small, say("rare"))
	}
	// Every page says which statement it is of.
	return paper.Write(w, func(n, pages int) ruled.Foot {
		return ruled.Foot{
			Left:  sayWith("foot", map[string]any{"number": page.Number, "version": page.Version, "date": page.PrintedOn.String()}),
			Right: sayWith("pages", map[string]any{"page": n, "pages": pages}),
			Below: say("digest") + page.Digest,
		}
	})
}

func say(key string) string { return message.Text(message.Chinese, "handbook."+key, nil) }

func sayWith(key string, params map[string]any) string {
	return message.Text(message.Chinese, "handbook."+key, params)
}

// cells are the rows as they stand in the table.
func (p Page) cells() [][]string {
	if len(p.Rows) == 0 {
		return [][]string{{"", say("none"), "", "", "", ""}}
	}
	cells := make([][]string, len(p.Rows))
	for i, row := range p.Rows {
		cells[i] = []string{
			strconv.Itoa(i + 1), row.Title + withNote(row.Note), row.Institution, period(row), row.Subject, row.Hours,
		}
	}
	return cells
}

func withNote(note string) string {
	if note == "" {
		return ""
	}
	return "（" + note + "）"
}

func period(row Row) string {
	switch {
	case row.From.IsZero():
		return "—"
	case row.From == row.To:
		return row.From.String()
	}
	return row.From.String() + "\n" + say("until") + row.To.String()
}

// summary is what the year comes to against what it asks.
func (p Page) summary() []string {
	lines := []string{sum("total", p.BySession.Total), sum("professional", p.BySession.Professional), p.Rule}
	if p.CrossYear {
		lines = append(lines, say("cross_year"), sayWith("by_completion", map[string]any{
			"total": p.ByCompletion.Total.Have.String(), "professional": p.ByCompletion.Professional.Have.String(),
		}))
	}
	return lines
}

func sum(key string, of Asked) string {
	params := map[string]any{"have": of.Have.String(), "need": of.Need.String(), "missing": of.Missing.String()}
	if of.Met {
		return sayWith(key+"_met", params)
	}
	return sayWith(key+"_missing", params)
}
