package api

import (
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/message"
)

// suggestedAct is what may be done about an incident: a verb of its resolution, or a repair of the execution it is about.
type suggestedAct struct {
	Act    string `json:"act"`
	Name   string `json:"name"`
	Effect string `json:"effect" doc:"What it would do."`
}

func (v reader) suggested(c contract.Cause) []suggestedAct {
	acts := []suggestedAct{}
	for _, verb := range c.Verbs() {
		acts = append(acts, suggestedAct{Act: string(verb), Name: v.say("verb", string(verb)), Effect: v.effect(c, verb)})
	}
	for _, repair := range c.Repairs() {
		acts = append(acts, suggestedAct{
			Act: string(repair), Name: v.say("repair", string(repair)), Effect: v.say("suggestion", string(repair)),
		})
	}
	return acts
}

// effect is what a verb does about a cause: in words of the two where they differ from what the verb does elsewhere.
func (v reader) effect(c contract.Cause, verb contract.Verb) string {
	if own := "suggestion." + string(verb) + "." + string(c); message.Has(own) {
		return message.Text(v.lang, own, nil)
	}
	return v.say("suggestion", string(verb)+".effect")
}
