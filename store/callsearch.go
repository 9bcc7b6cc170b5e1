package store

import (
	"github.com/dengpan/dengpan/filter"
)

// By what is found of what institutions are told, where, and what they answered that nobody could take.

var (
	eventSearch = search{
		"state":       {columns: []string{"state"}},
		"type":        {columns: []string{"kind"}},
		"institution": {columns: []string{"institution_id"}},
		"case":        {columns: []string{"case_id"}, through: "(sequence > 0 AND %)"}, // as its index has it
		"task":        {columns: []string{"payload->>'task_id'"}},
		"written":     {columns: []string{"created_at"}},
		"delivered":   {columns: []string{"delivered_at"}},
		"test":        {codes: map[string]string{"yes": "test", "no": "NOT test"}},
	}
	letterSearch = search{
		"state":       {columns: []string{"state"}},
		"reason":      {columns: []string{"reason"}},
		"kind":        {columns: []string{"kind"}},
		"institution": {columns: []string{"institution_id"}},
		"received":    {columns: []string{"received_at"}},
		"resolved":    {columns: []string{"resolved_at"}},
	}
	endpointSearch = search{
		"state":       {columns: []string{"state"}},
		"institution": {columns: []string{"institution_id"}},
		"name": {
			columns: []string{"id", "name"}, part: true, through: "institution_id IN (SELECT id FROM institutions WHERE %)",
		},
		"since":   {columns: []string{"state_since"}},
		"failing": {columns: []string{"failing_since"}},
	}
)

// EventFields are the fields that events are found by.
func EventFields() filter.Fields {
	return filter.Fields{
		"state":       {Codes: []string{OutboxPending, OutboxDelivered, OutboxFailed}},
		"type":        {Codes: OutboxKinds},
		"institution": {Kind: filter.ID},
		"case":        {Kind: filter.ID, Row: true, Optional: true},
		"task":        {Kind: filter.ID, Optional: true},
		"written":     {Kind: filter.Date},
		"delivered":   {Kind: filter.Date, Optional: true},
		"test":        {Codes: yesNo()},
	}
}

// LetterFields are the fields that letters are found by.
func LetterFields() filter.Fields {
	reasons := []LetterReason{
		LetterTaskUnknown, LetterTaskForeign, LetterSecondOpinion, LetterTaskCancelled, LetterTaskReassigned, LetterAskedAgain,
		LetterCaseEnded, LetterCaseErased,
	}
	return filter.Fields{
		"state":       {Codes: []string{LetterOpen, LetterApplied, LetterDiscarded}},
		"reason":      {Codes: codes(reasons)},
		"kind":        {Codes: []string{"result", "rejection"}},
		"institution": {Kind: filter.ID},
		"received":    {Kind: filter.Date},
		"age":         {Kind: filter.Age, Of: "received"},
		"resolved":    {Kind: filter.Date, Optional: true},
	}
}

// EndpointFields are the fields that endpoints are found by.
func EndpointFields() filter.Fields {
	return filter.Fields{
		"state":       {Codes: []string{EndpointActive, EndpointPaused, EndpointDisabled}},
		"institution": {Kind: filter.ID},
		"name":        {Kind: filter.Text},
		"since":       {Kind: filter.Date},
		"failing":     {Kind: filter.Date, Optional: true},
	}
}

func yesNo() []string { return []string{"yes", "no"} }
