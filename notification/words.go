package notification

import (
	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/message"
)

// Words are what somebody is told, in their language.
type Words struct {
	Title string
	// Text is the line of the timeline.
	Text string
	// Act is what is to be done about it and by when, and Button the same in a word or two; empty: nothing.
	Act    string
	Button string
}

// Write puts into words what somebody is told of. Parameters hold institutions by their names.
func Write(lang message.Lang, kind string, params map[string]any, act string, due calendar.Date) Words {
	w := Words{
		Title: message.Text(lang, "notification.title."+kind, params),
		Text:  message.Text(lang, "event."+kind, params),
	}
	if act == "" {
		return w
	}
	w.Act = message.Text(lang, "notification.act."+act+".text", params)
	w.Button = message.Text(lang, "notification.act."+act+".button", params)
	if !due.IsZero() {
		w.Act += message.Text(lang, "notification.due", map[string]any{"day": due.String()})
	}
	return w
}
