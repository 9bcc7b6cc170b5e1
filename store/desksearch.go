package store

import (
	"time"

	"github.com/dengpan/dengpan/authority"
	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/filter"
	"github.com/dengpan/dengpan/policy"
)

// By what is found of what operators do, decide on and look after.

var (
	batchSearch = search{
		"state":       {columns: []string{"state"}},
		"verb":        {columns: []string{"verb"}},
		"name":        {columns: []string{"name"}, part: true},
		"by":          {columns: []string{"requested_by"}},
		"requested":   {columns: []string{"requested_at"}},
		"ended":       {columns: []string{"ended_at"}},
		"institution": {columns: []string{"coalesce(institution_id, selection->>'institution')"}},
		"cause":       {columns: []string{"selection->>'cause'"}},
	}
	itemSearch = search{
		"batch":   {columns: []string{"batch_id"}},
		"case":    {columns: []string{"case_id"}},
		"state":   {columns: []string{"state"}},
		"why":     {columns: []string{"code"}, none: "code = ''"},
		"acted":   {columns: []string{"acted_at"}},
		"settled": {columns: []string{"settled_at"}},
	}
	approvalSearch = search{
		"state":     {columns: []string{"state"}},
		"verb":      {columns: []string{"verb"}},
		"case":      {columns: []string{"case_id"}},
		"by":        {columns: []string{"requested_by"}},
		"decider":   {columns: []string{"decided_by"}},
		"requested": {columns: []string{"requested_at"}},
		"decided":   {columns: []string{"decided_at"}},
	}
	misconductSearch = search{
		"state":       {columns: []string{"state"}},
		"act":         {columns: []string{"act"}},
		"part":        {columns: []string{"part"}},
		"institution": {columns: []string{"institution_id"}},
		"case":        {columns: []string{"case_id"}},
		"occurred":    {columns: []string{"occurred_on"}, civil: true},
		"recorded":    {columns: []string{"recorded_at"}},
		"due":         {columns: []string{"due_at"}},
		"overdue":     {codes: map[string]string{"yes": "due_at < now()", "no": "(due_at < now()) IS NOT TRUE"}},
	}
	inspectionSearch = search{
		"state":       {columns: []string{"state"}},
		"role":        {columns: []string{"role"}},
		"institution": {columns: []string{"institution_id"}},
		"district":    {columns: []string{"district"}},
		"planned":     {columns: []string{"planned_on"}, civil: true},
		"visited":     {columns: []string{"visited_on"}, civil: true},
		"due": {
			columns: []string{"f.due_on"}, civil: true,
			through: "EXISTS (SELECT FROM inspection_findings f WHERE f.inspection_id = inspections.id AND f.state IN ('open', 'escalated') AND %)",
			none:    "NOT EXISTS (SELECT FROM inspection_findings f WHERE f.inspection_id = inspections.id AND f.state IN ('open', 'escalated'))",
		},
	}
)

// institutionSearch is by what institutions are found on a day: what they are listed for changes.
func institutionSearch(on calendar.Date) search {
	listed := "EXISTS (SELECT FROM institution_roles r WHERE r.institution_id = institutions.id AND r.valid_from <= '" + on.String() +
		"' AND (r.valid_to IS NULL OR r.valid_to > '" + on.String() + "') AND %)"
	return search{
		"name":       {columns: []string{"institutions.name"}, part: true},
		"status":     {columns: []string{"institutions.status"}},
		"district":   {columns: []string{"institutions.district"}},
		"role":       {columns: []string{"r.role"}, through: listed},
		"occupation": {columns: []string{"r.occupation"}, through: listed},
	}
}

// States of a deadline, as it is found by.
const (
	deadlineAhead  = "ahead"
	deadlineNear   = "near"
	deadlinePassed = "passed"
)

// search is by the column that an index is on: when it was given, where the day it is due on follows from that ([DeadlineFilter.shift]).
func (f DeadlineFilter) search() search {
	column := f.column()
	at := func(t time.Time) string { return "'" + f.shift(t).UTC().Format(time.RFC3339Nano) + "'" }
	return search{
		"state": {codes: map[string]string{
			deadlinePassed: column + " < " + at(f.Now),
			deadlineNear:   "(" + column + " >= " + at(f.Now) + " AND " + column + " < " + at(f.Near) + ")",
			deadlineAhead:  column + " >= " + at(f.Near),
		}},
		"institution": {columns: []string{"institution_id"}},
		"case":        {columns: []string{"case_id"}},
		"due":         {columns: []string{column}, shift: f.shift},
		"given":       {columns: []string{"given_at"}},
	}
}

// BatchFields are the fields that batches are found by.
func BatchFields() filter.Fields {
	return filter.Fields{
		"state": {Codes: []string{
			BatchAwaiting, BatchRunning, BatchPaused, BatchStopping, BatchStopped, BatchDone, BatchRejected,
		}},
		"verb": {Codes: codes([]contract.Verb{
			contract.Retry, contract.Extend, contract.Reassign, contract.Override, contract.Cancel, contract.ResumeEndpoint,
		})},
		"name":        {Kind: filter.Text},
		"by":          {Kind: filter.ID, Account: true},
		"requested":   {Kind: filter.Date},
		"ended":       {Kind: filter.Date, Optional: true},
		"institution": {Kind: filter.ID, Optional: true},
		"cause":       {Codes: codes(contract.Causes()), Optional: true},
	}
}

// ItemFields are the fields that the cases of batches are found by.
func ItemFields() filter.Fields {
	return filter.Fields{
		"batch": {Kind: filter.ID, Row: true},
		"case":  {Kind: filter.ID, Row: true, Optional: true},
		"state": {Codes: []string{
			ItemWaiting, ItemActed, ItemCleared, ItemStuckAgain, ItemRefused, ItemUnchanged, ItemSkipped,
		}},
		"why":     {Kind: filter.Text, Optional: true},
		"acted":   {Kind: filter.Date, Optional: true},
		"settled": {Kind: filter.Date, Optional: true},
	}
}

// ApprovalFields are the fields that approvals are found by.
func ApprovalFields() filter.Fields {
	return filter.Fields{
		"state": {Codes: []string{
			ApprovalPending, ApprovalApproved, ApprovalRejected, ApprovalWithdrawn, ApprovalOvertaken,
		}},
		"verb":      {Codes: codes([]contract.Verb{contract.Waive, contract.Override, contract.Cancel})},
		"case":      {Kind: filter.ID, Row: true, Optional: true},
		"by":        {Kind: filter.ID, Account: true},
		"decider":   {Kind: filter.ID, Account: true, Optional: true},
		"requested": {Kind: filter.Date},
		"age":       {Kind: filter.Age, Of: "requested"},
		"decided":   {Kind: filter.Date, Optional: true},
	}
}

// MisconductFields are the fields that misconduct is found by.
func MisconductFields() filter.Fields {
	return filter.Fields{
		"state": {Codes: []string{
			MisconductRecorded, MisconductDropped, MisconductNoticed, MisconductReviewed, MisconductDecided, MisconductDelivered,
		}},
		"act":         {Kind: filter.Text},
		"part":        {Codes: []string{contract.TheoryTask, contract.PracticalTask}},
		"institution": {Kind: filter.ID},
		"case":        {Kind: filter.ID, Row: true},
		"occurred":    {Kind: filter.Date},
		"recorded":    {Kind: filter.Date},
		"due":         {Kind: filter.Date, Optional: true},
		"overdue":     {Codes: yesNo()},
	}
}

// InspectionFields are the fields that inspections are found by.
func InspectionFields() filter.Fields {
	return filter.Fields{
		"state":       {Codes: []string{InspectionPlanned, InspectionVisited, InspectionClosed, InspectionCancelled}},
		"role":        {Codes: []string{"training", "evaluation"}},
		"institution": {Kind: filter.ID},
		"district":    {Codes: authority.Districts(), Optional: true},
		"planned":     {Kind: filter.Date},
		"visited":     {Kind: filter.Date, Optional: true},
		"due":         {Kind: filter.Date, Optional: true},
	}
}

// InstitutionFields are the fields that institutions are found by.
func InstitutionFields(rules *policy.Policy) filter.Fields {
	return filter.Fields{
		"name":       {Kind: filter.Text},
		"status":     {Codes: []string{InstitutionActive, InstitutionSuspended}},
		"district":   {Codes: authority.Districts(), Optional: true},
		"role":       {Codes: []string{"training", "evaluation"}},
		"occupation": {Codes: occupations(rules)},
	}
}

// DeadlineFields are the fields that deadlines are found by.
func DeadlineFields() filter.Fields {
	return filter.Fields{
		"state":       {Codes: []string{deadlineAhead, deadlineNear, deadlinePassed}},
		"institution": {Kind: filter.ID},
		"case":        {Kind: filter.ID, Row: true, Optional: true},
		"due":         {Kind: filter.Date},
		"given":       {Kind: filter.Date},
	}
}
