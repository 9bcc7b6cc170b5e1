package api

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/authority"
	"github.com/dengpan/dengpan/filter"
	"github.com/dengpan/dengpan/policy"
)

// listOf is where a list is read, and under which name its rows are known there.
func listOf(name string) (path, id string) {
	_, path, _ = strings.Cut(exported[name].route, " ")
	path += "?limit=200"
	if of, is := strings.CutSuffix(name, "_deadlines"); is {
		return path + "&of=" + of, "id"
	}
	if name == "incident_groups" {
		return path + "&group_by=cause", "cause"
	}
	if name == "batch_items" {
		return path + "&page=1", "batch" // it has cases of the batches that the list of these shows
	}
	if name != "audit" {
		path += "&page=1"
	}
	return path, "id"
}

// idsIn are the ids of the rows of a list's page.
func idsIn(t *testing.T, got reply) []string {
	t.Helper()
	var page map[string]json.RawMessage
	require.Equal(t, http.StatusOK, got.status, "%s", got.body)
	got.into(t, &page)
	ids := []string{}
	for _, part := range page {
		var rows []struct {
			ID    string `json:"id"`
			Title string `json:"title"` // of a group, which has no id
		}
		if part[0] != '[' || json.Unmarshal(part, &rows) != nil {
			continue
		}
		for _, row := range rows {
			ids = append(ids, cmp.Or(row.ID, row.Title))
		}
	}
	slices.Sort(ids)
	return ids
}

func TestAFileHasTheRowsOfItsListForEachRoleAndIsRefusedToThoseWhoMayNotReadIt(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	for _, half := range []map[authority.Object]string{r.own, r.foreign} {
		r.exec("INSERT INTO batch_items (batch_id, position, case_id) VALUES ($1, 1, $2)", half[authority.Batch], half[authority.Case])
	}
	r.intakeOf(r.own[authority.Class], "", r.own[authority.EmployerRecord])
	r.intakeOf(r.foreign[authority.Class], "", r.foreign[authority.EmployerRecord])
	for name, list := range exported {
		path, id := listOf(name)
		row, known := authority.Of(list.route)
		require.True(t, known, name)
		for caller, token := range r.tokens {
			if open, _ := reaches(row, caller); !open {
				r.get("/v1/exports/"+name, token).refused(t, http.StatusForbidden, forbidden)
				r.get(path, token).refused(t, http.StatusForbidden, forbidden)
				continue
			}
			if caller == string(authority.Trainee) {
				r.get("/v1/exports/"+name, token).refused(t, http.StatusForbidden, forbidden)
				continue
			}
			rows := r.exportedRows(name, token, "columns", id)
			if name == "audit" {
				continue // which asking adds to
			}
			had := []string{}
			for _, cells := range rows[1:] {
				had = append(had, cells[0])
			}
			slices.Sort(had)
			require.Equal(t, idsIn(t, r.get(path, token)), had, "%s as %s", name, caller)
			if name != "case_deadlines" && name != "approval_deadlines" && caller != string(authority.Institution) {
				require.NotEmpty(t, had, "%s as %s: nothing was tried", name, caller)
			}
		}
	}
}

func TestEveryFieldThatAListHasPicksRowsOfItAndOfItsFile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	rules, err := policy.Load("beijing-2023", true)
	require.NoError(t, err)
	for name, list := range exported {
		path, _ := listOf(name)
		path += "&filter="
		for field, kind := range list.fields(rules) {
			value := map[filter.Kind]string{filter.ID: uuid.NewString(), filter.Text: "x", filter.Date: "today-3", filter.Age: "3"}[kind.Kind]
			if kind.Kind == filter.OneOf {
				value = strings.Join(kind.Codes, ",")
			}
			terms := []string{field + ":" + value}
			if kind.Optional {
				terms = append(terms, field+":none")
			}
			for _, term := range terms {
				w.exportedRows(name, w.operator, "filter", term)
				if name == "batch_items" || name == "tasks" {
					continue // which operators read case by case, and batch by batch
				}
				got := w.get(path+term, w.operator)
				require.Equal(t, http.StatusOK, got.status, "%s %s: %s", name, term, got.body)
			}
		}
	}
}
