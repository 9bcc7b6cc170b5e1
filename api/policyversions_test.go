package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/policy"
)

func TestOperatorsReadEveryVersionOfTheRulesWithWhereItIsWrittenAndHowManyCasesKeepIt(t *testing.T) {
	t.Parallel()
	o := newCasework(t)
	o.end(o.newCase(2), "withdrawn")
	var list struct{ Versions []PolicyVersionView }
	o.get("/v1/policy-versions", o.operator).into(t, &list)
	kept := map[string]int64{}
	for _, v := range list.Versions {
		kept[v.ID] = v.OpenCases
		require.NotEmpty(t, v.Name)
		require.NotEmpty(t, v.Citation.Document)
		require.Equal(t, v.ID == o.config.Policy.ID(), v.Current)
	}
	require.Equal(t, int64(1), kept[o.config.Policy.ID()], "those that are over do not count")
	o.get("/v1/policy-versions", o.elsewhere).into(t, &list)
	for _, v := range list.Versions {
		require.Zero(t, v.OpenCases, "none lies in that district")
	}

	var one struct{ Rules policy.Catalogue }
	o.get("/v1/policy-versions/"+o.config.Policy.ID(), o.operator).into(t, &one)
	require.NotEmpty(t, one.Rules.WhoMayJoin)
	require.NotEmpty(t, one.Rules.WhoMayJoin[0].Citation.Document)
	o.get("/v1/policy-versions/beijing-1900", o.operator).refused(t, http.StatusNotFound, notFound)

	var differ struct{ Changes []policy.Change }
	o.get("/v1/policy-versions/beijing-2023+demo/changes?from=beijing-2023", o.operator).into(t, &differ)
	require.Equal(t, policy.Diff(mustLoad(t, false), mustLoad(t, true)), differ.Changes)
	o.get("/v1/policy-versions/beijing-2023/changes?from=beijing-1900", o.operator).refused(t, http.StatusUnprocessableEntity, validationFailed)
}

func mustLoad(t *testing.T, demonstration bool) *policy.Policy {
	t.Helper()
	p, err := policy.Load("beijing-2023", demonstration)
	require.NoError(t, err)
	return p
}

func TestTheAuditPageSaysWhetherTheNewestOfTheLogIsAsItWasWritten(t *testing.T) {
	t.Parallel()
	o := newCasework(t)
	chain := func() (view struct {
		Rows, Checked, Faults int
		End                   string
	},
	) {
		r := o.get("/v1/audit/chain", o.operator)
		require.Equal(t, http.StatusOK, r.status, "%s", r.body)
		r.into(t, &view)
		return view
	}
	require.Equal(t, http.StatusOK, o.assigns(o.operator, object{"assignee": "me"}).status)
	whole := chain()
	require.Zero(t, whole.Faults)
	require.Equal(t, whole.Rows, whole.Checked)
	require.NotEmpty(t, whole.End)
	o.exec("ALTER TABLE audit_entries DISABLE TRIGGER append_only")
	o.exec("UPDATE audit_entries SET reason = 'another' WHERE action = 'case.assign'")
	require.Equal(t, 1, chain().Faults)

	var log struct{ Entries []AuditEntryView }
	o.get("/v1/audit?action=case.assign", o.operator).into(t, &log)
	require.Equal(t, "认领或转交个案", log.Entries[0].Name)
	require.Equal(t, "经办人", log.Entries[0].Actor.Name)
	end, checked, faults, err := o.store.CheckAuditEnd(t.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, []int{1, 1}, []int{int(checked), faults}, "only the newest is looked at, and it is the one that was changed")
	require.EqualValues(t, whole.Rows, end.N)
}
