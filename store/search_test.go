package store_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/filter"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/store/storetest"
)

// facts are what an expression can ask of a row: the values of its fields, as texts; of dates, as instants. None is no value.
type facts struct {
	texts map[string][]string
	dates map[string]*time.Time
}

// holds evaluates an expression in the plainest way there is.
func (f facts) holds(e filter.Expr, today calendar.Date) bool {
	switch e := e.(type) {
	case filter.Not:
		return !f.holds(e.Of, today)
	case filter.All:
		return !slices.ContainsFunc(e, func(part filter.Expr) bool { return !f.holds(part, today) })
	case filter.Any:
		return slices.ContainsFunc(e, func(part filter.Expr) bool { return f.holds(part, today) })
	case filter.Term:
		return slices.ContainsFunc(e.Values, func(v filter.Value) bool { return f.has(e, v, today) })
	}
	return true
}

func (f facts) has(t filter.Term, v filter.Value, today calendar.Date) bool {
	switch t.Kind {
	case filter.Date:
		at := f.dates[t.Field]
		if at == nil || v.Text == filter.None {
			return at == nil && v.Text == filter.None
		}
		from, until := v.From, v.Until
		if v.Relative {
			from, until = today.AddDays(v.Days), today.AddDays(v.Days+1)
		}
		on := calendar.Real().Today(*at)
		return map[filter.Op]bool{
			filter.Before: on.Before(from), filter.After: !on.Before(until), filter.Is: !on.Before(from) && on.Before(until),
		}[t.Op]
	case filter.Age:
		age := today.Sub(calendar.Real().Today(*f.dates["since"]))
		return map[filter.Op]bool{filter.Before: age < v.Days, filter.After: age > v.Days, filter.Is: age == v.Days}[t.Op]
	case filter.OneOf, filter.ID, filter.Text:
	}
	if v.Text == filter.None {
		return len(f.texts[t.Field]) == 0
	}
	return slices.Contains(f.texts[t.Field], v.Text)
}

// expressionOf draws an expression from fields and values that the rows have, and some that they have not.
func expressionOf(t *rapid.T, fields filter.Fields, values map[string][]string) string {
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	term := func() string {
		name := rapid.SampledFrom(names).Draw(t, "field")
		op := ":"
		if kind := fields[name].Kind; kind == filter.Date || kind == filter.Age {
			op = rapid.SampledFrom([]string{":", "<", ">"}).Draw(t, "op")
		}
		drawn := rapid.SliceOfN(rapid.SampledFrom(values[name]), 1, 3).Draw(t, "values")
		if op != ":" {
			drawn = slices.DeleteFunc(drawn[:1], func(v string) bool { return v == filter.None })
		}
		if len(drawn) == 0 {
			return name + ":" + filter.None
		}
		return name + op + strings.Join(drawn, ",")
	}
	var draw func(deep int) string
	draw = func(deep int) string {
		switch kind := rapid.IntRange(0, 4).Draw(t, "kind"); {
		case deep > 0 && kind == 0:
			return "-(" + draw(deep-1) + ")"
		case deep > 0 && kind <= 2:
			return "(" + draw(deep-1) + " " + draw(deep-1) + ")"
		case deep > 0 && kind == 3:
			return "(" + draw(deep-1) + " OR " + draw(deep-1) + ")"
		}
		return term()
	}
	return draw(3)
}

// datesAround are dates in every form, near those of the rows.
func datesAround() []string {
	today := calendar.Real().Today(time.Now())
	return []string{
		"today", "today-30", "today+7", "today+30", today.String(), today.AddDays(-400).String(), strconv.Itoa(today.Year()),
		strconv.Itoa(today.Year() - 1), today.AddDays(-60).String()[:7],
	}
}

func TestWhatTheRecordPicksIsWhatTheExpressionSays(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	storetest.Fill(t, r.sql, 400, 80)
	rules, err := policy.Load("beijing-2023", true)
	require.NoError(t, err)
	const me = "d4e98b5c-0000-4000-8000-000000000000"
	_, err = r.sql.ExecContext(t.Context(), `INSERT INTO accounts (id, role) VALUES ($1, 'operator')`, me)
	require.NoError(t, err)
	_, err = r.sql.ExecContext(t.Context(), `UPDATE cases SET assignee = $1, assigned_at = now() WHERE held = 'business'`, me)
	require.NoError(t, err)
	read := r.store.Read(t.Context())
	cases, err := read.Cases(store.CaseFilter{Limit: 1000})
	require.NoError(t, err)
	require.Len(t, cases, 400)
	rows := map[string]facts{}
	values := map[string][]string{"registered": datesAround(), "since": datesAround(), "age": {"0", "30", "60", "400"}}
	for _, name := range []string{"due", "ended", "trained", "certified"} {
		values[name] = append(datesAround(), filter.None)
	}
	for _, c := range cases {
		f := r.caseFacts(c)
		rows[c.ID] = f
		for name, has := range f.texts {
			for _, value := range has {
				if !slices.Contains(values[name], value) {
					values[name] = append(values[name], value)
				}
			}
		}
	}
	fields := store.CaseFields(rules)
	for name, field := range fields {
		if field.Optional && field.Kind != filter.Date {
			values[name] = append(values[name], filter.None)
		}
		if field.Account {
			values[name] = append(values[name], filter.Me)
		}
		require.NotEmpty(t, values[name], "no value of %s is tried", name)
	}
	reader := filter.Reader{Me: me, Now: time.Now(), Calendar: calendar.Real()}
	today, some := reader.Calendar.Today(reader.Now), 0
	rapid.Check(t, func(rt *rapid.T) {
		written := expressionOf(rt, fields, values)
		e, err := filter.Parse(written, fields)
		require.NoError(rt, err, written)
		f := store.CaseFilter{Where: filter.Bind(e, reader, fields), Limit: 1000}
		picked, err := read.Cases(f)
		require.NoError(rt, err, written)
		var want, got []string
		for _, c := range cases {
			if rows[c.ID].asked(me).holds(e, today) {
				want = append(want, c.ID)
			}
		}
		for _, c := range picked {
			got = append(got, c.ID)
		}
		require.Equal(rt, want, got, written)
		if len(got) > 0 && len(got) < len(cases) {
			some++
		}
		n, err := read.CountCases(f, 10)
		require.NoError(rt, err)
		require.EqualValues(rt, min(len(want), 11), n, "counted no further than is asked")
	})
	require.Positive(t, some, "every expression picked all or nothing")
}

// asked are the facts with the reader's own account as me.
func (f facts) asked(me string) facts {
	if slices.Equal(f.texts["assignee"], []string{me}) {
		f.texts["assignee"] = []string{me, filter.Me}
	}
	return f
}

// caseFacts are what the record says of a case, each read for itself.
func (r *record) caseFacts(c store.Case) facts {
	one := func(value string) []string {
		if value == "" {
			return nil
		}
		return []string{value}
	}
	since := c.StandsSince()
	f := facts{
		texts: map[string][]string{
			"queue": one(string(c.Queue)), "status": {string(c.Status)}, "stage": {string(c.Stage)}, "occupation": {c.Occupation}, "level": {c.Level},
			"training": {c.TrainingBody}, "evaluation": {c.EvaluationBody}, "institution": {c.TrainingBody, c.EvaluationBody},
			"kind": one(string(c.Held)), "policy": {c.PolicyVersion}, "paused": {"no"},
		},
		dates: map[string]*time.Time{
			"registered": &c.RegisteredAt, "since": &since, "due": c.DueAt, "ended": c.EndedAt,
		},
	}
	if !c.Ended() {
		f.texts["status"] = append(f.texts["status"], store.StatusOpen)
	} else {
		f.texts["outcome"] = []string{string(*c.Outcome)}
	}
	if c.PausedAt != nil {
		f.texts["paused"] = []string{"yes"}
	}
	if c.Assignee != nil {
		f.texts["assignee"] = []string{*c.Assignee}
	}
	if c.District != nil {
		f.texts["district"] = []string{*c.District}
	}
	read := r.store.Read(r.t.Context())
	if open, err := read.OpenIncidentOf(c.ID); err == nil {
		f.texts["cause"] = []string{string(open.Cause)}
	}
	stages, err := read.Stages(c.ID)
	require.NoError(r.t, err)
	for _, s := range stages {
		if s.State == progress.Done {
			f.texts["done"] = append(f.texts["done"], string(s.Stage))
		}
	}
	certificates, err := read.Certificates(c.ID)
	require.NoError(r.t, err)
	for _, k := range certificates {
		at := calendar.Real().Wall(k.IssuedOn)
		f.dates[map[string]string{"training": "trained", "grade": "certified"}[k.Kind]] = &at
	}
	return f
}
