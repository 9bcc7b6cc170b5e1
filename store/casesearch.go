package store

import (
	"fmt"
	"slices"

	"github.com/dengpan/dengpan/authority"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/filter"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/queue"
)

// By what cases and incidents are found.

// StatusOpen stands for every status of a case that has not ended.
const StatusOpen = "open"

// sinceColumn is since when a case stands where it stands: since somebody owes what is next, or since its end.
const sinceColumn = "coalesce(cases.owes_since, cases.ended_at, cases.registered_at)"

// openIncidents is a condition of a case by the incident that it is stuck on.
const openIncidents = "cases.id IN (SELECT case_id FROM incidents WHERE holds AND state IN ('open', 'resolving') AND %)"

var caseSearch = search{
	"queue":       {columns: []string{"cases.queue"}, none: "cases.queue = ''", known: true},
	"status":      {columns: []string{"cases.status"}, codes: map[string]string{StatusOpen: "cases.outcome IS NULL"}, known: true},
	"stage":       {columns: []string{"cases.stage"}, known: true},
	"done":        {codes: doneStages(), known: true},
	"occupation":  {columns: []string{"cases.occupation"}, known: true},
	"level":       {columns: []string{"cases.level"}, known: true},
	"training":    {columns: []string{"cases.training_body"}, known: true},
	"evaluation":  {columns: []string{"cases.evaluation_body"}, known: true},
	"institution": {columns: []string{"cases.training_body", "cases.evaluation_body"}, known: true},
	"district":    {columns: []string{"cases.district"}},
	"assignee":    {columns: []string{"cases.assignee"}},
	"cause": {
		columns: []string{"cause"}, through: openIncidents,
		none: "NOT EXISTS (SELECT FROM incidents i WHERE i.case_id = cases.id AND i.holds AND i.state <> 'closed')",
	},
	"kind":       {columns: []string{"cases.held"}, none: "cases.held = ''", known: true},
	"outcome":    {columns: []string{"cases.outcome"}},
	"policy":     {columns: []string{"cases.policy_version"}, known: true},
	"registered": {columns: []string{"cases.registered_at"}, known: true},
	"since":      {columns: []string{sinceColumn}, known: true},
	"due":        {columns: []string{"cases.due_at"}},
	"ended":      {columns: []string{sinceColumn}, through: "(cases.outcome IS NOT NULL AND %)", none: "cases.outcome IS NULL", known: true},
	"trained":    {columns: []string{"cases.trained_on"}, civil: true},
	"certified":  {columns: []string{"cases.certified_on"}, civil: true},
	"paused": {codes: map[string]string{
		"yes": "cases.paused_at IS NOT NULL", "no": "cases.paused_at IS NULL",
	}, known: true},
}

var incidentSearch = search{
	"state":       {columns: []string{"incidents.state"}, known: true},
	"cause":       {columns: []string{"incidents.cause"}, known: true},
	"kind":        {columns: []string{"incidents.kind"}, known: true},
	"stage":       {columns: []string{"incidents.stage"}, none: "incidents.stage = ''", known: true},
	"institution": {columns: []string{"incidents.institution_id"}},
	"channel":     {columns: []string{"incidents.channel"}, none: "incidents.channel = ''", known: true},
	"since":       {columns: []string{"incidents.opened_at"}, known: true},
	"closed":      {columns: []string{"incidents.closed_at"}},
	"assignee": {
		columns: []string{"assignee"}, through: "incidents.case_id IN (SELECT id FROM cases WHERE %)",
		none: "(incidents.case_id IN (SELECT id FROM cases WHERE assignee IS NOT NULL)) IS NOT TRUE",
	},
	"occupation": {columns: []string{"incidents.occupation"}},
	"level":      {columns: []string{"incidents.level"}},
	"district":   {columns: []string{"incidents.district"}},
	"holds":      {codes: map[string]string{"yes": "incidents.holds", "no": "NOT incidents.holds"}, known: true},
}

// doneStages are the conditions of a case by the stages that are done.
func doneStages() map[string]string {
	conditions := map[string]string{}
	for _, stage := range progress.Stages() {
		conditions[string(stage)] = fmt.Sprintf("cases.done & %d <> 0", bit(stage))
	}
	return conditions
}

// CaseFields are the fields that cases are found by.
func CaseFields(rules *policy.Policy) filter.Fields {
	outcomes := []progress.Outcome{
		progress.Rejected, progress.Withdrawn, progress.Untrained, progress.Trained, progress.Certified, progress.Mapped,
	}
	statuses := []progress.Status{
		StatusOpen, progress.CaseActive, progress.CaseWaiting, progress.CaseStuck, progress.CaseWithdrawn, progress.CaseEnded,
	}
	return filter.Fields{
		"queue":       {Codes: codes(queue.All()), Optional: true},
		"status":      {Codes: codes(statuses)},
		"stage":       {Codes: codes(progress.Stages())},
		"done":        {Codes: codes(progress.Stages())},
		"occupation":  {Codes: occupations(rules)},
		"level":       {Codes: levels(rules)},
		"training":    {Kind: filter.ID},
		"evaluation":  {Kind: filter.ID},
		"institution": {Kind: filter.ID},
		"district":    {Codes: authority.Districts(), Optional: true},
		"assignee":    {Kind: filter.ID, Account: true, Optional: true},
		"cause":       {Codes: codes(contract.Causes()), Optional: true},
		"kind":        {Codes: codes(contract.Kinds()), Optional: true},
		"outcome":     {Codes: codes(outcomes), Optional: true},
		"policy":      {Kind: filter.Text},
		"registered":  {Kind: filter.Date},
		"since":       {Kind: filter.Date},
		"age":         {Kind: filter.Age, Of: "since"},
		"due":         {Kind: filter.Date, Optional: true},
		"ended":       {Kind: filter.Date, Optional: true},
		"trained":     {Kind: filter.Date, Optional: true},
		"certified":   {Kind: filter.Date, Optional: true},
		"paused":      {Codes: yesNo()},
	}
}

// IncidentFields are the fields that incidents are found by.
func IncidentFields(rules *policy.Policy) filter.Fields {
	return filter.Fields{
		"state":       {Codes: []string{IncidentOpen, IncidentResolving, IncidentClosed}},
		"cause":       {Codes: codes(contract.Causes())},
		"kind":        {Codes: codes(contract.Kinds())},
		"stage":       {Codes: codes(progress.Stages()), Optional: true},
		"institution": {Kind: filter.ID, Optional: true},
		"channel":     {Kind: filter.ID, Optional: true},
		"assignee":    {Kind: filter.ID, Account: true, Optional: true},
		"occupation":  {Codes: occupations(rules)},
		"level":       {Codes: levels(rules)},
		"district":    {Codes: authority.Districts(), Optional: true},
		"since":       {Kind: filter.Date},
		"age":         {Kind: filter.Age, Of: "since"},
		"closed":      {Kind: filter.Date, Optional: true},
		"holds":       {Codes: yesNo()},
	}
}

// codes are texts that are codes of a kind.
func codes[T ~string](of []T) []string {
	all := make([]string, len(of))
	for i, code := range of {
		all[i] = string(code)
	}
	return all
}

func occupations(rules *policy.Policy) []string {
	var all []string
	for _, o := range rules.Occupations() {
		all = append(all, o.Code)
	}
	return all
}

func levels(rules *policy.Policy) []string {
	var all []string
	for _, l := range rules.Levels() {
		all = append(all, l.Code)
	}
	return all
}

// picksOpen reports whether an expression picks only open cases, by what the schema says of their queue and status.
func picksOpen(e filter.Expr) bool {
	return onlyOf(e, func(t filter.Term) bool {
		switch t.Field {
		case "queue", "cause": // what a case is stuck on ends with it
			return !hasValue(t, filter.None)
		case "status":
			return !hasValue(t, string(progress.CaseWithdrawn)) && !hasValue(t, string(progress.CaseEnded))
		}
		return false
	})
}

// picksEnded reports the same of cases that have ended.
func picksEnded(e filter.Expr) bool {
	return onlyOf(e, func(t filter.Term) bool {
		switch t.Field {
		case "ended", "outcome":
			return !hasValue(t, filter.None)
		case "status":
			return !slices.ContainsFunc(t.Values, func(v filter.Value) bool {
				return v.Text != string(progress.CaseWithdrawn) && v.Text != string(progress.CaseEnded)
			})
		}
		return false
	})
}
