package api

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/filter"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/store/storetest"
	"github.com/dengpan/dengpan/worker"
)

// BenchmarkLists is every list of the operators', filtered, ordered, counted and grouped in the ways that the console asks, the
// overview and a case's page, through the whole interface, with a million cases and a hundred thousand incidents in the
// record. Each request of a kind asks for something else, and the slowest of a hundred is reported beside the middle one.
func BenchmarkLists(b *testing.B) {
	w := newWorldWith(b, func(c *Config) { c.LimitFactor = -1 })
	began := time.Now()
	storetest.Fill(b, w.sql, 1_000_000, 100_000)
	b.Logf("filled in %s", time.Since(began).Round(time.Second))
	began = time.Now()
	require.NoError(b, (&worker.Overviews{Store: w.store, Calendar: calendar.Real()}).Count(b.Context(), 0))
	b.Logf("the overview was counted in %s", time.Since(began).Round(time.Millisecond))
	district := "haidian"
	ofDistrict := w.token(store.Account{Role: store.RoleOperator, District: &district})
	bodies := w.texts("SELECT DISTINCT training_body FROM cases ORDER BY 1")
	evaluators := w.texts("SELECT DISTINCT evaluation_body FROM cases ORDER BY 1")
	open := w.texts("SELECT id::text FROM cases WHERE outcome IS NULL ORDER BY id LIMIT 1000")
	batch := w.texts("SELECT batch_id::text FROM batch_items LIMIT 1")[0]
	occupations := w.texts("SELECT DISTINCT occupation FROM cases ORDER BY 1")
	w.sealHolders("true", "kind = 'grade'", "status = 'valid'", certificatesOf("haidian"))
	w.sealHolders(each("issuer = '%s'", bodies)...)
	w.sealHolders(each("case_id = '%s'", open[:110])...)
	pick := func(of []string, n int) string { return of[n%len(of)] }
	// anyField is a filter by each field in turn, with one of its values.
	anyField := func(fields filter.Fields, n int) string {
		names := slices.Sorted(maps.Keys(fields))
		name := pick(names, n)
		switch field, n := fields[name], n/len(names); field.Kind {
		case filter.Date:
			return name + pick([]string{">today-30", ":" + strconv.Itoa(time.Now().Year()-1), "<today-300", ":" + strconv.Itoa(time.Now().Year())}, n)
		case filter.Age:
			return name + pick([]string{">30", "<10", ":90", ">300"}, n)
		case filter.ID:
			switch {
			case field.Account && field.Optional:
				return name + ":" + pick([]string{filter.Me, filter.None}, n)
			case field.Account:
				return name + ":" + filter.Me
			case field.Row, name == "task":
				return name + ":" + pick(open, n)
			case name == "actor":
				return name + ":" + pick([]string{"system", bodies[0]}, n)
			}
			return name + ":" + pick(append(bodies, evaluators...), n)
		case filter.Text:
			return name + ":" + pick([]string{"beijing-2023", "beijing-2023+demo", "case", "task"}, n)
		case filter.OneOf:
			return name + ":" + pick(field.Codes, n)
		}
		return ""
	}
	rules := w.config.Policy

	type asked struct {
		name  string
		token string
		path  func(n int) string
	}
	kinds := []asked{
		{"cases/open", w.operator, func(n int) string {
			return "/v1/cases?page=1&filter=status:open&sort=" + pick([]string{"registered", "-registered", "since", "-since", "due", "-due", "stage", "-stage"}, n)
		}},
		{"cases/all", w.operator, func(n int) string {
			return "/v1/cases?page=1&sort=" + pick([]string{"registered", "-registered", "since", "-since", "due", "stage"}, n)
		}},
		{"cases/deep", w.operator, func(n int) string { return fmt.Sprintf("/v1/cases?page=%d&filter=status:open&sort=due", 100+n%100) }},
		{"cases/queue", w.operator, func(n int) string {
			return "/v1/cases?page=1&sort=due&filter=queue:" + pick([]string{"overdue", "decision", "external", "program", "institution", "trainee"}, n)
		}},
		{"cases/institution", w.operator, func(n int) string {
			return "/v1/cases?page=1&sort=-registered&filter=" + url.QueryEscape("status:open institution:"+pick(append(bodies, evaluators...), n))
		}},
		{"cases/target", w.operator, func(n int) string {
			return "/v1/cases?page=1&filter=" + url.QueryEscape("occupation:"+pick(occupations, n)+" level:senior stage:"+pick([]string{"training", "title", "evaluation"}, n))
		}},
		{"cases/joined", w.operator, func(n int) string {
			return "/v1/cases?page=1&sort=since&filter=" + url.QueryEscape(
				"status:open (training:"+pick(bodies, n)+" OR evaluation:"+pick(evaluators, n)+") age>30 -assignee:me")
		}},
		{"cases/cause", w.operator, func(n int) string {
			return "/v1/cases?page=1&sort=since&filter=" + url.QueryEscape("cause:"+pick([]string{"task_overdue", "class_full", "step_failed"}, n)+" occupation:"+pick(occupations, n))
		}},
		{"cases/certified", w.operator, func(n int) string {
			return "/v1/cases?page=1&filter=" + url.QueryEscape(fmt.Sprintf("certified:%d occupation:%s", time.Now().Year()-n%3, pick(occupations, n)))
		}},
		{"cases/district", ofDistrict, func(n int) string {
			return "/v1/cases?page=1&filter=status:open&sort=" + pick([]string{"registered", "due", "since"}, n)
		}},
		{"cases/groups", w.operator, func(n int) string {
			return "/v1/cases?group_by=" + pick([]string{"queue", "stage", "occupation", "level", "training", "institution", "assignee", "cause"}, n)
		}},
		{"cases/groups-filtered", w.operator, func(n int) string {
			return "/v1/cases?group_by=queue&filter=" + url.QueryEscape("occupation:"+pick(occupations, n)+" age>10")
		}},
		{"incidents", w.operator, func(n int) string { return "/v1/incidents?page=1&sort=" + pick([]string{"since", "-since"}, n) }},
		{"incidents/filtered", w.operator, func(n int) string {
			return "/v1/incidents?page=1&filter=" + url.QueryEscape("kind:business institution:"+pick(bodies, n))
		}},
		{"incidents/by-case", w.operator, func(n int) string {
			return "/v1/incidents?page=1&filter=" + url.QueryEscape("occupation:"+pick(occupations, n)+" level:senior -cause:task_overdue")
		}},
		{"incidents/closed", w.operator, func(int) string { return "/v1/incidents?page=1&sort=-since&filter=state:closed" }},
		{"incidents/groups", w.operator, func(int) string { return "/v1/incidents?group_by=cause" }},
		{"incidents/district", ofDistrict, func(int) string { return "/v1/incidents?page=1&sort=since" }},
		{"deadlines", w.operator, func(n int) string {
			return "/v1/deadlines?page=1&of=" + pick([]string{"task", "incident", "case"}, n) + pick([]string{"", "&state=near", "&state=passed", "&sort=-deadline"}, n/3)
		}},
		{"deadlines/district", ofDistrict, func(n int) string {
			return "/v1/deadlines?page=1&state=passed&of=" + pick([]string{"task", "incident", "case"}, n)
		}},
		{"tasks", w.operator, func(n int) string {
			return "/v1/tasks?page=1&sort=" + pick([]string{"issued_at", "-issued_at", "due_at", "-due_at"}, n) + pick([]string{"", "&state=open", "&due=overdue"}, n/4)
		}},
		{"tasks/district", ofDistrict, func(int) string { return "/v1/tasks?page=1&sort=due_at&state=open" }},
		{"certificates", w.operator, func(n int) string {
			return "/v1/certificates?page=1&sort=" + pick([]string{"issued_on", "-issued_on"}, n) + pick([]string{"", "&kind=grade", "&status=valid", "&institution=" + pick(bodies, n)}, n/2)
		}},
		{"certificates/number", w.operator, func(n int) string { return "/v1/certificates?page=1&q=" + pick(open, n)[:8] }},
		{"certificates/district", ofDistrict, func(int) string { return "/v1/certificates?page=1&sort=-issued_on" }},
		{"institutions", w.operator, func(int) string { return "/v1/institution-records?page=1" }},
		{"policies", w.operator, func(int) string { return "/v1/policy-versions" }},
		{"overview", w.operator, func(int) string { return "/v1/overview" }},
		{"case", w.operator, func(n int) string { return "/v1/cases/" + pick(open, n) }},
		{"case/events", w.operator, func(n int) string { return "/v1/cases/" + pick(open, n) + "/events" }},
		{"case/waits", w.operator, func(n int) string { return "/v1/cases/" + pick(open, n) + "/waits" }},
		{"case/acts", w.operator, func(n int) string { return "/v1/cases/" + pick(open, n) + "/acts" }},
		{"case/notes", w.operator, func(n int) string { return "/v1/cases/" + pick(open, n) + "/notes" }},
		{"case/audit", w.operator, func(n int) string { return "/v1/cases/" + pick(open, n) + "/audit" }},
		{"petitions", w.operator, func(n int) string {
			return "/v1/petitions?page=1&sort=" + pick([]string{"asked_at", "-asked_at", "due_at"}, n) + pick([]string{"", "&open=true", "&state=answered", "&institution=" + pick(bodies, n)}, n/3)
		}},
		{"petitions/district", ofDistrict, func(int) string { return "/v1/petitions?page=1" }},
		{"batch/items", w.operator, func(n int) string {
			return "/v1/incident-batches/" + batch + "/items?page=" + pick([]string{"1", "90", "1&state=stuck_again"}, n)
		}},
	}
	// Every list that can be filtered, in each of its orders, by each field in turn, and by what does not meet it.
	for _, name := range slices.Sorted(maps.Keys(exported)) {
		list := exported[name]
		if name == "batch_items" || name == "incident_groups" { // asked for above
			continue
		}
		_, path, _ := strings.Cut(list.route, " ")
		path += map[bool]string{false: "?page=1", true: "?limit=50"}[name == "audit"] // which is read on, and not by pages
		if of, is := strings.CutSuffix(name, "_deadlines"); is {
			path += "&of=" + of
		}
		orders := []string{""}
		for _, by := range list.sorts {
			orders = append(orders, "&sort="+by, "&sort=-"+by)
		}
		kinds = append(kinds, asked{name + "/orders", w.operator, func(n int) string { return path + pick(orders, n) }})
		if fields := list.fields(rules); name != "tasks" && name != "certificates" { // those have parameters of their own, above
			kinds = append(kinds,
				asked{name + "/fields", w.operator, func(n int) string {
					return path + pick(orders, n) + "&filter=" + url.QueryEscape(anyField(fields, n))
				}},
				asked{name + "/contrary", w.operator, func(n int) string {
					return path + pick(orders, n) + "&filter=" + url.QueryEscape("-"+anyField(fields, n))
				}})
		}
	}
	for _, kind := range kinds {
		b.Run(kind.name, func(b *testing.B) {
			const asks, warming = 100, 10
			for b.Loop() {
				took := make([]time.Duration, 0, asks)
				for n := range asks + warming {
					at := time.Now()
					got := w.get(kind.path(n), kind.token)
					if require.Equal(b, http.StatusOK, got.status, "%s: %s", kind.path(n), got.body); n >= warming {
						took = append(took, time.Since(at))
					}
				}
				slices.Sort(took)
				b.ReportMetric(float64(took[asks/2].Microseconds())/1000, "p50-ms")
				b.ReportMetric(float64(took[asks-1].Microseconds())/1000, "p99-ms")
				b.ReportMetric(0, "ns/op")
			}
		})
	}
}

// sealHolders gives holders that can be opened to the certificates that pages of them show, the first and the last of each
// condition: to seal all would take minutes.
func (w *world) sealHolders(conditions ...string) {
	w.t.Helper()
	for _, condition := range conditions {
		for _, order := range []string{"issued_on, id", "issued_on DESC, id DESC"} {
			for _, id := range w.texts("SELECT id::text FROM certificates WHERE " + condition + " ORDER BY " + order + " LIMIT 50") {
				sealed, err := w.keys.Seal([]byte(`{"name": "张一"}`), store.HolderSeal(id))
				require.NoError(w.t, err)
				w.exec("UPDATE certificates SET holder_sealed = $1 WHERE id = $2", sealed, id)
			}
		}
	}
}

// certificatesOf is the condition of lying in a district.
func certificatesOf(district string) string {
	return fmt.Sprintf("(district = '%[1]s' OR trained_by IN (SELECT id FROM institutions WHERE district = '%[1]s'))", district)
}

// each is a text with each of some values in it.
func each(format string, values []string) []string {
	all := make([]string, len(values))
	for i, value := range values {
		all[i] = fmt.Sprintf(format, value)
	}
	return all
}

// texts are what the record answers in one column.
func (w *world) texts(query string) []string {
	w.t.Helper()
	rows, err := w.sql.QueryContext(w.t.Context(), query)
	require.NoError(w.t, err)
	defer func() { require.NoError(w.t, rows.Close()) }()
	var all []string
	for rows.Next() {
		var text string
		require.NoError(w.t, rows.Scan(&text))
		all = append(all, text)
	}
	require.NoError(w.t, rows.Err())
	return all
}
