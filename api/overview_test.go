package api

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/store/storetest"
	"github.com/dengpan/dengpan/worker"
)

type overviewAnswer struct {
	AsOf    *time.Time `json:"as_of"`
	Year    int
	Plan    planView
	Figures []figureView
	Today   []figureView
	Asked   []figureView
	By      map[string][]brokenDown
	Funnel  []funnelStep
	Ageing  []queueAges
}

// led are the figures of an overview by the lists that they lead to.
func (o overviewAnswer) led() map[[2]string]int {
	led := map[[2]string]int{}
	add := func(figures []figureView) {
		for _, f := range figures {
			led[[2]string{f.List, f.Filter}] = f.Count
		}
	}
	add(o.Figures)
	add(o.Today)
	add(o.Asked)
	for _, rows := range o.By {
		for _, row := range rows {
			add(row.Figures)
		}
	}
	for _, step := range o.Funnel {
		led[[2]string{"cases", step.Filter}] = step.Count
	}
	for _, q := range o.Ageing {
		led[[2]string{"cases", q.Filter}] = q.Count
		for _, band := range q.Bands {
			led[[2]string{"cases", band.Filter}] = band.Count
		}
	}
	return led
}

// Counting it and listing it are two pieces of code: they must agree on every figure there is.
func TestEveryFigureOfTheOverviewIsTheTotalOfTheListThatItLeadsTo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var before overviewAnswer
	w.get("/v1/overview", w.operator).into(t, &before)
	require.Nil(t, before.AsOf, "what was not counted says so")

	storetest.Fill(t, w.sql, 600, 120)
	w.exec("UPDATE institutions SET district = 'haidian' WHERE id IN (SELECT DISTINCT training_body FROM cases ORDER BY 1 LIMIT 3)")
	w.exec("UPDATE cases SET registered_at = now() WHERE id IN (SELECT id FROM cases WHERE outcome IS NULL ORDER BY id LIMIT 5)")
	w.exec("UPDATE cases SET ended_at = now() WHERE id IN (SELECT id FROM cases WHERE outcome IS NOT NULL ORDER BY id LIMIT 4)")
	w.exec("UPDATE incidents SET opened_at = now() WHERE id IN (SELECT id FROM incidents WHERE holds AND state = 'open' ORDER BY id LIMIT 3)")
	w.exec("UPDATE incidents SET closed_at = now() WHERE id IN (SELECT id FROM incidents WHERE holds AND state = 'closed' ORDER BY id LIMIT 2)")
	counting := worker.Overviews{Store: w.store, Calendar: calendar.Real()}
	require.NoError(t, counting.Count(t.Context(), time.Minute))
	district := "haidian"
	for _, token := range []string{w.operator, w.token(store.Account{Role: store.RoleOperator, District: &district})} {
		var o overviewAnswer
		w.get("/v1/overview", token).into(t, &o)
		require.NotNil(t, o.AsOf)
		require.Equal(t, 10_000, o.Plan.Annual)
		require.NotEmpty(t, o.Plan.Citation.Clause)
		positive := 0
		for led, count := range o.led() {
			var page struct{ Total int }
			w.list("/v1/"+led[0], token, "filter", led[1], "page", "1", "limit", "1").into(t, &page)
			require.Equal(t, page.Total, count, led)
			if count > 0 {
				positive++
			}
		}
		require.Greater(t, positive, 60)
		require.Positive(t, *o.Figures[1].Persons)
		for _, f := range append(o.Figures, o.Today...) {
			require.True(t, f.Count > 0 || token != w.operator, f.Figure)
		}
	}
	var again overviewAnswer
	require.NoError(t, counting.Count(t.Context(), time.Hour))
	w.get("/v1/overview", w.operator).into(t, &again)
	require.NoError(t, counting.Count(t.Context(), 0))
	var anew overviewAnswer
	w.get("/v1/overview", w.operator).into(t, &anew)
	require.True(t, anew.AsOf.After(*again.AsOf), "what was counted a moment ago is left, what is older is replaced")
	require.Equal(t, http.StatusForbidden, w.get("/v1/overview", w.trainee).status)
}
