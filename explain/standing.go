package explain

import (
	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/progress"
)

// Bodies are the names of the two institutions of a case, for the sentences about it.
type Bodies struct{ Training, Evaluation string }

func (b Bodies) params() map[string]any {
	return map[string]any{"training": b.Training, "evaluation": b.Evaluation}
}

// Stage says where a stage of a case stands, in a sentence that its trainee understands without knowing the system. Whoever
// is waited for is named by party. By when, the stage says itself.
func Stage(lang message.Lang, v progress.StageView, bodies Bodies, party string) string {
	key := "standing." + string(v.Stage) + "." + string(v.State)
	params := bodies.params()
	// That a stage is stuck is an operator's business, unless others are to act.
	stuck := v.State == progress.Stuck && v.Owes != nil && v.Owes.Kind != progress.ByOperator
	if stuck || v.State == progress.Waiting && v.Owes != nil {
		key += "." + string(v.Owes.Kind)
		if !message.Has(key) { // nothing special about this stage: the same is said of all
			key = "standing.waiting." + string(v.Owes.Kind)
		}
		params["party"], params["stage"] = party, string(v.Stage)
	}
	return message.Text(lang, key, params)
}

// Over says how a case ended, in a sentence that its trainee understands.
func Over(lang message.Lang, outcome progress.Outcome, bodies Bodies) string {
	return message.Text(lang, "standing.over."+string(outcome), bodies.params())
}

// Paused says that nothing goes on for now, and until when; nil: until somebody lets it go on. Own is a pause of the trainee's.
func Paused(lang message.Lang, until *calendar.Date, own bool) string {
	if until == nil {
		return message.Text(lang, "standing.paused", nil)
	}
	key := "standing.paused_until"
	if own {
		key = "standing.paused_own"
	}
	return message.Text(lang, key, map[string]any{"until": until.String()})
}
