package telling

import (
	"strings"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/notification"
)

// Words are a message: as a mail, and short. They name nobody.
type Words struct{ Subject, Text, Short string }

// Item is one thing that a message tells of. Its parameters hold institutions by their names.
type Item struct {
	Kind   string
	Params map[string]any
	Act    string
	Due    calendar.Date
	CaseID string
}

// Write writes a message of some things: each with what is to be done, by when and where, and how to be told otherwise. The short
// one tells of what is to be done first, and leads to the page that tells of them all.
func Write(lang message.Lang, origin string, items ...Item) (w Words) {
	say := func(key string, params map[string]any) string { return message.Text(lang, "notification."+key, params) }
	var text strings.Builder
	for _, item := range items {
		told := notification.Write(lang, item.Kind, item.Params, item.Act, item.Due)
		lines := []string{told.Text, told.Act, item.link(origin)}
		if w.Subject = told.Title; len(items) > 1 {
			lines = append([]string{told.Title}, lines...)
		}
		for _, line := range lines {
			if line != "" {
				text.WriteString(strings.TrimSpace(line) + "\n")
			}
		}
		text.WriteString("\n")
	}
	head := first(items)
	told := notification.Write(lang, head.Kind, head.Params, head.Act, head.Due)
	w.Short = say("sms.one", map[string]any{"title": told.Title})
	if len(items) != 1 {
		w.Subject = say("mail.several", map[string]any{"n": len(items)})
		w.Short = say("sms.several", map[string]any{"n": len(items), "title": told.Title})
	}
	switch {
	case head.Act != "" && !head.Due.IsZero():
		w.Short += say("sms.act_by", map[string]any{"act": told.Button, "day": head.Due.String()})
	case head.Act != "":
		w.Short += say("sms.act", map[string]any{"act": told.Button})
	}
	text.WriteString(say("mail.foot", nil) + "\n")
	if origin != "" {
		text.WriteString(origin + pages[notification.ReachPage] + "\n")
		w.Short += " " + origin + "/app/my-messages"
	}
	w.Text = text.String()
	return w
}

// first is what is to be done first, or else the last thing that happened.
func first(items []Item) Item {
	head := items[len(items)-1]
	for _, item := range items {
		sooner := head.Act == "" || !item.Due.IsZero() && (head.Due.IsZero() || item.Due.Compare(head.Due) < 0)
		if item.Act != "" && sooner {
			head = item
		}
	}
	return head
}

// Where pages are, below the origin; that of a case has its id behind.
var pages = map[notification.Page]string{
	notification.CertificatesPage: "/app/my-certificates", notification.ReachPage: "/app/my-reach", notification.RequestsPage: "/app/my-requests",
}

// link is where something is done, or where its case is followed.
func (i Item) link(origin string) string {
	page, own := pages[notification.PageOf(i.Act)]
	switch {
	case origin == "":
		return ""
	case own:
		return origin + page
	case i.CaseID != "":
		return origin + "/app/cases/" + i.CaseID
	}
	return ""
}
