package api

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestInstitutionsAreFoundByWhatTheyDoAndASuspendedOneSaysSo(t *testing.T) {
	t.Parallel()
	c := newWorld(t).classroom(trainingBodyID)
	find := func(query url.Values) map[string]foundView {
		r := c.get("/v1/institution-directory?"+query.Encode(), "")
		require.Equal(t, http.StatusOK, r.status, "%s", r.body)
		var shown struct{ Institutions []foundView }
		r.into(t, &shown)
		by := map[string]foundView{}
		for _, f := range shown.Institutions {
			by[f.ID] = f
		}
		return by
	}
	c.offer(c.makeClass(nil), nil)
	c.exec("UPDATE institutions SET district = 'haidian' WHERE id = $1", trainingBodyID)
	all := find(nil)
	require.Len(t, all, 34, "13 bodies and 21 bases, of which none is both")
	mine := all[trainingBodyID]
	require.Equal(t, []any{1, 0, "haidian"}, []any{mine.Classes, mine.Notices, mine.District.Code})
	require.Nil(t, mine.SuspendedSince)
	require.NotEmpty(t, mine.Roles)
	require.Nil(t, mine.Roles[0].Level, "the list names no level")

	for name, asked := range map[string]struct {
		query url.Values
		has   bool
	}{
		"its district":       {url.Values{"district": {"haidian"}}, true},
		"another district":   {url.Values{"district": {"xicheng"}}, false},
		"what it trains":     {url.Values{"role": {"training"}, "occupation": {occupation}, "level": {"senior"}}, true},
		"what it is not":     {url.Values{"role": {"evaluation"}, "occupation": {occupation}}, false},
		"bases":              {url.Values{"role": {"ce_base"}}, false},
		"part of its name":   {url.Values{"q": {mine.Name[:6]}}, true},
		"a name of nobody's": {url.Values{"q": {"zzz"}}, false},
	} {
		_, has := find(asked.query)[trainingBodyID]
		require.Equal(t, asked.has, has, name)
	}
	bases := find(url.Values{"role": {"ce_base"}})
	require.Len(t, bases, 21)
	require.False(t, bases["bjast-safety-env"].CEBase.MayIssue)

	c.exec("UPDATE institutions SET status = 'suspended' WHERE id = $1", trainingBodyID)
	c.exec(`INSERT INTO institution_suspensions (id, institution_id, reason, legal_basis, suspended_by, suspended_at)
		SELECT gen_random_uuid(), $1, 'x', 'x', id, now() FROM accounts LIMIT 1`, trainingBodyID)
	suspended := find(nil)[trainingBodyID]
	require.NotNil(t, suspended.SuspendedSince)
	require.Zero(t, suspended.Classes, "none of its classes can be joined meanwhile")
}
