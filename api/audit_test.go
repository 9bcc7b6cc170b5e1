package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/authority"
)

type auditAnswer struct {
	Entries []AuditEntryView `json:"entries"`
	Next    *string          `json:"next"`
}

func TestTheAuditLogIsReadByActorActionSubjectAndTime(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	read := func(query string) auditAnswer {
		t.Helper()
		var answer auditAnswer
		got := r.get("/v1/audit?"+query, r.operator)
		require.Equal(t, http.StatusOK, got.status, "%s %s", got.body, r.log)
		got.into(t, &answer)
		return answer
	}
	own := read("subject=case:" + r.own[authority.Case])
	require.Len(t, own.Entries, 1)
	registered := own.Entries[0]
	require.Equal(t, "case.register", registered.Action)
	require.Equal(t, "trainee", registered.Actor.Role)
	require.Equal(t, "test", registered.Actor.Label)
	require.Equal(t, "POST /v1/cases", registered.Reason, "who was asked for no reason did what the operation does")
	require.NotEmpty(t, registered.RequestID)
	require.Len(t, read("actor="+registered.Actor.ID).Entries, 2, "they consented, and registered")
	require.Len(t, read("action=case.register").Entries, 2)
	require.Empty(t, read("until=2020-01-01T00:00:00Z").Entries)
	require.Empty(t, read("since=2999-01-01T00:00:00Z").Entries)

	all := read("limit=200")
	require.Nil(t, all.Next)
	var paged []AuditEntryView
	for after := ""; ; {
		page := read("limit=1" + after)
		paged = append(paged, page.Entries...)
		if page.Next == nil {
			break
		}
		after = "&after=" + *page.Next
	}
	require.Equal(t, all.Entries, paged, "the newest first, each once")
	require.Equal(t, map[string]string{"after": "format"}, r.get("/v1/audit?after=!", r.operator).refused(t, 422, validationFailed))
	require.Equal(t, map[string]string{"until": "conflict"},
		r.get("/v1/audit?since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z", r.operator).refused(t, 422, validationFailed))
}

func TestACasesAuditHoldsWhatWasDoneToItAndToNothingElse(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	c, incident := r.own[authority.Case], r.own[authority.Incident]
	require.Equal(t, http.StatusAccepted, r.post("/v1/incidents/"+incident+"/resolution", r.tokens[districtOperator],
		object{"verb": "retry", "reason": "电话13812345678已确认"}).status)
	require.Equal(t, http.StatusOK, r.post("/v1/cases/"+c+"/unmasking", r.tokens[districtOperator],
		object{"fields": []string{"name"}, "reason": "电话核对"}).status)
	var answer auditAnswer
	r.get("/v1/cases/"+c+"/audit", r.tokens[districtOperator]).into(t, &answer)
	require.Len(t, answer.Entries, 5)
	require.Equal(t, "person.unmask", answer.Entries[0].Action)
	require.Equal(t, "incident.resolve", answer.Entries[1].Action)
	require.Equal(t, "incident:"+incident, answer.Entries[1].Subject)
	require.Equal(t, "电话138****5678已确认", answer.Entries[1].Reason)
	require.Equal(t, "evidence.complete", answer.Entries[2].Action)
	require.Equal(t, "evidence.ask", answer.Entries[3].Action)
	require.Equal(t, answer.Entries[3].Actor, answer.Entries[2].Actor, "who sends a file is who was given its address")
	require.Equal(t, "case.register", answer.Entries[4].Action)
}

func TestWhatHeldBeforeAChangeStandsInTheAuditLog(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.newCase(1)
	applicant, _ := registrationOf(1, nil)["applicant"].(object)
	applicant["titles"] = []object{{"title": "助理工程师", "obtained_on": "2020-01-01"}}
	given := w.post("/v1/cases/"+c+"/facts", w.operator, object{"applicant": applicant, "reason": "取得助理工程师职称"})
	require.Equal(t, http.StatusOK, given.status, "%s", given.body)
	var answer auditAnswer
	w.get("/v1/audit?action=case.facts", w.operator).into(t, &answer)
	require.Len(t, answer.Entries, 1)
	require.NotNil(t, answer.Entries[0].Before)
	require.NotNil(t, answer.Entries[0].After)
	require.NotEqual(t, answer.Entries[0].Before, answer.Entries[0].After)
}
