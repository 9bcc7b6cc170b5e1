package api

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// casesPage is a page of cases, or their groups.
type casesPage struct {
	Cases        []listedCase
	Groups       []caseGroup
	Next         *string
	Total        *int64
	TotalIsLeast bool `json:"total_is_least"`
}

func (p casesPage) ids() []string {
	ids := []string{}
	for _, c := range p.Cases {
		ids = append(ids, c.ID)
	}
	return ids
}

// cases asks for cases by parameters: name, value, name, value.
func (w *world) cases(token string, parameters ...string) casesPage {
	w.t.Helper()
	var page casesPage
	w.list("/v1/cases", token, parameters...).into(w.t, &page)
	return page
}

func (w *world) list(path, token string, parameters ...string) reply {
	w.t.Helper()
	got := w.get(path+"?"+query(parameters...), token)
	require.Equal(w.t, http.StatusOK, got.status, "%s", got.body)
	return got
}

func query(parameters ...string) string {
	values := url.Values{}
	for i := 0; i < len(parameters); i += 2 {
		values.Set(parameters[i], parameters[i+1])
	}
	return values.Encode()
}

func TestAnOperatorFindsCasesByAnExpressionInAnyOrderPageByPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var id []string
	for n := range 4 {
		id = append(id, w.newCase(n))
	}
	w.end(id[0], progress.Rejected)
	incident := w.stick(id[1], progress.Registration, contract.TaskOverdue, store.Incident{})
	w.exec("UPDATE cases SET assignee = (SELECT id FROM accounts WHERE role = 'operator' LIMIT 1), assigned_at = now(), due_at = now() + interval '1 day' WHERE id = $1", id[1])
	w.exec("UPDATE cases SET due_at = now() + interval '9 days', owes_since = now() - interval '40 days', district = 'haidian' WHERE id = $1", id[2])
	for written, want := range map[string][]string{
		"":                                id,
		"status:open":                     id[1:],
		"queue:overdue,running":           id[1:],
		"queue:none":                      id[:1],
		"-queue:running":                  id[:2],
		"cause:task_overdue":              {id[1]},
		"assignee:me":                     {id[1]},
		"status:open assignee:none":       id[2:],
		"age>30":                          {id[2]},
		"outcome:rejected OR due<today+3": id[:2],
		"district:haidian institution:" + trainingBodyID:          {id[2]},
		"(stage:registration kind:overdue) OR evaluation:nowhere": {id[1]},
	} {
		page := w.cases(w.operator, "filter", written, "page", "1")
		require.Equal(t, want, page.ids(), written)
		require.EqualValues(t, len(want), *page.Total, written)
		require.False(t, page.TotalIsLeast)
	}
	for sort, want := range map[string][]string{
		"registered": id, "-registered": {id[3], id[2], id[1], id[0]}, "due": {id[1], id[2]}, "since": {id[2]}, "-age": {id[2]},
	} {
		got := w.cases(w.operator, "sort", sort, "page", "1").ids()
		require.Len(t, got, 4)
		require.Equal(t, want, got[:len(want)], sort)
	}
	require.Equal(t, []string{id[2]}, w.cases(w.operator, "sort", "registered", "page", "3", "limit", "1").ids())

	row := w.cases(w.operator, "filter", "kind:overdue").Cases[0]
	require.Equal(t, "overdue", row.Queue)
	require.Equal(t, "逾期", row.QueueName)
	require.Equal(t, string(contract.TaskOverdue), row.Cause.Code)
	require.Equal(t, incident, row.Incident)
	require.NotEmpty(t, row.Assignee.ID)
	require.True(t, row.NearDue)
	require.False(t, w.cases(w.operator, "filter", "district:haidian").Cases[0].NearDue)
}

func TestOpenCasesAreCountedByWhatTheyHaveInCommonAndEachGroupLeadsToItsList(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var id []string
	for n := range 5 {
		id = append(id, w.newCase(n))
	}
	w.end(id[0], progress.Rejected)
	w.stick(id[1], progress.Registration, contract.TaskOverdue, store.Incident{})
	w.stick(id[2], progress.Registration, contract.EligibilityNotMet, store.Incident{})
	w.stick(id[3], progress.Registration, contract.EligibilityNotMet, store.Incident{})
	for by, want := range map[string]map[string]int{
		"queue": {"overdue": 1, "decision": 2, "running": 1}, "stage": {"registration": 4}, "cause": {"task_overdue": 1, "eligibility_not_met": 2},
		"assignee": {"none": 4}, "institution": {trainingBodyID: 4, evaluationBodyID: 4}, "training": {trainingBodyID: 4},
		"evaluation": {evaluationBodyID: 4}, "occupation": {occupation: 4}, "level": {"junior": 4},
	} {
		got := map[string]int{}
		for _, g := range w.cases(w.operator, "group_by", by).Groups {
			got[g.Value] = g.Count
			require.NotEmpty(t, g.Name)
			require.NotEqual(t, by+"."+g.Value, g.Name, "it has no words")
			require.Len(t, w.cases(w.operator, "filter", g.Filter).Cases, g.Count, g.Filter)
		}
		require.Equal(t, want, got, by)
	}
	groups := w.cases(w.operator, "group_by", "queue", "filter", "kind:business OR cause:task_overdue", "status", "stuck").Groups
	require.Len(t, groups, 2)
	require.Equal(t, "(kind:business OR cause:task_overdue) status:stuck queue:decision", groups[0].Filter)
}

func TestIncidentsArePickedByAnExpressionThatMaySpeakOfTheirCases(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first, second := w.newCase(1), w.newCase(2)
	overdue := w.stick(first, progress.Training, contract.TaskOverdue, store.Incident{})
	undecided := w.stick(second, progress.Registration, contract.EligibilityNotMet, store.Incident{})
	w.exec("UPDATE cases SET district = 'haidian' WHERE id = $1", first)
	closed := w.stick(second, progress.Registration, contract.InstitutionNotListed, store.Incident{})
	for written, want := range map[string][]string{
		"": {overdue, closed}, "kind:business": {closed}, "state:closed": {undecided}, "state:closed,open": {overdue, undecided, closed},
		"district:haidian": {overdue}, "district:none": {closed}, "occupation:" + occupation + " -cause:task_overdue": {closed},
		"assignee:me": {}, "assignee:none stage:training": {overdue}, "since:today age:0 holds:yes": {overdue, closed}, "closed:today": {},
		"state:closed closed:today institution:none": {undecided},
	} {
		var page struct {
			Incidents []struct{ ID string }
			Total     int64
		}
		w.list("/v1/incidents", w.operator, "filter", written, "page", "1").into(t, &page)
		got := []string{}
		for _, i := range page.Incidents {
			got = append(got, i.ID)
		}
		require.Equal(t, want, got, written)
		require.EqualValues(t, len(want), page.Total, written)
	}
	var counted struct{ Groups []incidentGroup }
	w.list("/v1/incidents", w.operator, "filter", "district:haidian", "group_by", "cause").into(t, &counted)
	require.Len(t, counted.Groups, 1)
	require.Equal(t, string(contract.TaskOverdue), counted.Groups[0].Cause)
}

func TestWhatIsWrongWithAListsParametersIsSaidByPlaceAndFieldAndNotRepeated(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for parameters, want := range map[string]map[string]string{
		query("filter", "queue:overdue stage:zhang"): {"filter[20].stage": fieldUnknownValue},
		query("filter", "due<zhang"):                 {"filter[4].due": fieldDate},
		query("filter", "zhang"):                     {"filter[5]": "filter_syntax"},
		query("filter", "name:zhang"):                {"filter[0]": "filter_field"},
		query("filter", "stage>exam"):                {"filter[5].stage": "filter_operator"},
		query("filter", "policy:11010519491231002X"): {"filter": fieldReveals},
		query("page", "51", "limit", "200"):          {"page": "page_too_deep"},
		query("page", "201"):                         {"page": "page_too_deep"},
		query("sort", "due"):                         {"sort": fieldConflict},
		query("group_by", "queue", "page", "1"):      {"page": fieldConflict},
		query("sort", "name", "page", "1"):           {"sort": fieldUnknownValue},
		query("page", "1", "occupation", "zhang"):    {"occupation": fieldNoOccupation},
	} {
		got := w.get("/v1/cases?"+parameters, w.operator)
		require.Equal(t, want, got.refused(t, http.StatusUnprocessableEntity, validationFailed), parameters)
		require.NotContains(t, string(got.body), "zhang")
	}
	require.Equal(t, map[string]string{"filter[6].stage": fieldUnknownValue, "page": "page_too_deep"},
		w.get("/v1/incidents?page=300&filter="+url.QueryEscape("stage:x"), w.operator).refused(t, http.StatusUnprocessableEntity, validationFailed))
	w.list("/v1/cases", w.operator, "page", "50", "limit", "200")
}
