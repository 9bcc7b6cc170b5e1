package api

import (
	"maps"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/store"
)

func TestAViewIsItsOwnersToChangeAndSharedOnesAreEveryOperators(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	district := "haidian"
	other := w.token(store.Account{Role: store.RoleOperator, District: &district})
	view := func(changes object) object {
		body := object{"list": "cases", "name": "逾期的", "search": "filter=queue%3Aoverdue&sort=due", "columns": []string{"id", "due"}, "shared": false}
		maps.Copy(body, changes)
		return body
	}
	var kept SavedView
	made := w.post("/v1/views", w.operator, view(nil))
	require.Equal(t, http.StatusCreated, made.status, "%s", made.body)
	made.into(t, &kept)
	require.True(t, kept.Mine)
	require.Equal(t, []string{"id", "due"}, kept.Columns)
	names := func(token, list string) []string {
		var page struct{ Views []SavedView }
		w.list("/v1/views", token, "list", list).into(t, &page)
		found := []string{}
		for _, v := range page.Views {
			found = append(found, v.Name)
			require.Equal(t, token == w.operator, v.Mine)
		}
		return found
	}
	require.Equal(t, []string{"逾期的"}, names(w.operator, "cases"))
	require.Empty(t, names(w.operator, "incidents"))
	require.Empty(t, names(other, "cases"), "it is not shared")
	path := "/v1/views/" + kept.ID
	put := func(token string, body object) reply {
		return w.do(call{method: http.MethodPut, path: path, token: token, body: body})
	}
	put(other, view(object{"shared": true})).refused(t, http.StatusNotFound, notFound)
	require.Equal(t, http.StatusOK, put(w.operator, view(object{"shared": true, "name": "全市逾期"})).status)
	require.Equal(t, []string{"全市逾期"}, names(other, "cases"))
	put(other, view(nil)).refused(t, http.StatusNotFound, notFound)

	require.Equal(t, map[string]string{"name": fieldViewTaken},
		w.post("/v1/views", w.operator, view(object{"name": "全市逾期"})).refused(t, http.StatusUnprocessableEntity, validationFailed))
	require.Equal(t, http.StatusCreated, w.post("/v1/views", w.operator, view(object{"name": "全市逾期", "list": "incidents"})).status)
	require.Equal(t, map[string]string{"name": fieldReveals, "search": fieldReveals, "list": fieldFormat},
		w.post("/v1/views", w.operator, view(object{"name": "13800138000", "search": "q=11010519491231002X", "list": "Cases"})).
			refused(t, http.StatusUnprocessableEntity, validationFailed))
	w.do(call{method: http.MethodDelete, path: path, token: other}).refused(t, http.StatusNotFound, notFound)
	require.Equal(t, http.StatusOK, w.do(call{method: http.MethodDelete, path: path, token: w.operator}).status)
	require.Empty(t, names(w.operator, "cases"))
	require.Equal(t, 4, w.count("SELECT count(*) FROM audit_entries WHERE action LIKE 'view.%'"))
}
