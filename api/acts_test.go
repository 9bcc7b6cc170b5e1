package api

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/activities"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// carryActs has acts carried out as a case's workflow would, when they are forwarded to it.
func (w *world) carryActs() {
	w.relay.mu.Lock()
	defer w.relay.mu.Unlock()
	steps := &activities.Records{Store: w.store, Calendar: w.calendar, Keys: w.keys}
	w.relay.then = func(item store.InboxItem) {
		switch item.Kind {
		case store.InboxAct:
			_, err := steps.ApplyAct(w.t.Context(), contract.ApplyActRequest{
				CaseID: item.CaseID, ActID: item.SubjectID, Position: contract.Position{Asks: true},
			})
			require.NoError(w.t, err)
		case store.InboxResolution:
			_, err := steps.ApplyResolution(w.t.Context(), contract.ApplyResolutionRequest{CaseID: item.CaseID, ResolutionID: item.SubjectID})
			require.NoError(w.t, err)
		}
	}
}

// waiting is a case that waits for its training body's enrolment.
func (w *world) waiting(n int) string {
	w.t.Helper()
	id := w.newCase(n)
	require.NoError(w.t, w.store.Tx(w.t.Context(), func(tx *store.Tx) error {
		f, err := tx.OpenCase(id)
		if err != nil {
			return err
		}
		due := time.Now().UTC().Add(24 * time.Hour)
		task := store.Task{
			ID: id, CaseID: id, InstitutionID: trainingBodyID, Kind: contract.EnrolmentTask, Attempt: 1, Issue: 1,
			IssuedAt: f.Now(), DueAt: due,
		}
		if err := tx.InsertTask(task); err != nil {
			return err
		}
		if err := f.Move(progress.Registration, progress.Done, nil, nil); err != nil {
			return err
		}
		f.Note(progress.Training, "task_issued", store.ActorSystem, nil)
		if err := f.Move(progress.Training, progress.Waiting, &progress.Party{Kind: progress.ByInstitution, ID: trainingBodyID}, &due); err != nil {
			return err
		}
		return f.Save()
	}))
	return id
}

// seen is the last line of a case's timeline.
func (w *world) seen(caseID string) int {
	w.t.Helper()
	c, err := w.store.Read(w.t.Context()).Case(caseID)
	require.NoError(w.t, err)
	return c.LastEvent
}

// acts asks for an act on a case as it stands.
func (w *world) acts(caseID string, body object) reply {
	w.t.Helper()
	return w.post("/v1/cases/"+caseID+"/acts", w.operator, merge(object{"reason": "核实后处理", "seen": w.seen(caseID)}, body))
}

type actAnswer struct {
	Act ActView
}

func TestAnActIsAnsweredByWhatBecameOfIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.carryActs()
	c := w.waiting(1)
	until := w.day(10)
	for _, step := range []struct {
		body  object
		queue string
	}{
		{object{"verb": "retry"}, "institution"},
		{object{"verb": "extend", "days": 5}, "institution"},
		{object{"verb": "correct", "applicant": registrationOf(1, nil)["applicant"]}, "institution"},
		{object{"verb": "pause", "until": until}, "paused"},
		{object{"verb": "resume"}, "institution"},
		{object{"verb": "reassign", "institution": otherTrainerID}, "running"},
		{object{"verb": "return", "stage": "registration"}, "running"},
	} {
		r := w.acts(c, step.body)
		require.Equal(t, http.StatusOK, r.status, "%s: %s", step.body["verb"], r.body)
		var a actAnswer
		r.into(t, &a)
		require.Equal(t, "applied", a.Act.State, step.body["verb"])
		kept, err := w.store.Read(t.Context()).Case(c)
		require.NoError(t, err)
		require.Equal(t, step.queue, string(kept.Queue), step.body["verb"])
		require.Equal(t, 1, w.audited("case."+step.body["verb"].(string)), "with what held before and after")
	}
	require.Equal(t, 7, w.audited("case.act"))

	var listed struct {
		Acts     []ActView
		Possible []possibleAct
		Seen     int
	}
	w.get("/v1/cases/"+c+"/acts", w.operator).into(t, &listed)
	require.Len(t, listed.Acts, 7)
	require.Equal(t, "return", listed.Acts[0].Verb.Code, "the latest first")
	require.Equal(t, w.seen(c), listed.Seen)

	w.relay.set(true)
	r := w.acts(c, object{"verb": "pause"})
	require.Equal(t, http.StatusAccepted, r.status, "%s", r.body)
	require.Contains(t, string(r.body), `"state":"pending"`)
	require.Equal(t, map[string]string{"verb": "act_pending"}, w.acts(c, object{"verb": "pause"}).refused(t, http.StatusConflict, actNotPossible))
}

func TestOnACaseThatIsStuckAnActResolvesWhatItIsStuckOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.carryActs()
	c := w.newCase(1)
	w.stick(c, progress.Registration, contract.EligibilityNotMet, store.Incident{})
	var listed struct{ Possible []possibleAct }
	w.get("/v1/cases/"+c+"/acts", w.operator).into(t, &listed)
	why := map[string]string{}
	for _, p := range listed.Possible {
		why[p.Verb.Code] = ""
		if p.WhyNot != nil {
			why[p.Verb.Code] = p.WhyNot.Code
			require.NotEqual(t, "field."+p.WhyNot.Code, p.WhyNot.Name)
		}
	}
	require.Equal(t, map[string]string{
		"retry": "", "correct": "", "waive": "", "cancel": "", "pause": "", "withdraw": "", "extend": "not_for_cause", "reassign": "not_for_cause",
		"override": "not_for_cause", "return": "no_earlier_stage", "resume": "not_paused",
	}, why)

	r := w.acts(c, object{"verb": "retry"})
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	var a actAnswer
	r.into(t, &a)
	require.Equal(t, "applied", a.Act.State)
	require.Equal(t, "eligibility_not_met", a.Act.Incident.Cause.Code)
}

func TestAnActOnACaseThatHasChangedSinceItWasSeenIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.carryActs()
	c := w.waiting(1)
	seen := w.seen(c)
	require.Equal(t, http.StatusOK, w.acts(c, object{"verb": "retry"}).status)
	before := w.counts()
	w.acts(c, object{"verb": "pause", "seen": seen}).refused(t, http.StatusConflict, caseChanged)
	w.post("/v1/cases/"+c+"/acts/preview", w.operator, object{"verb": "pause", "seen": seen}).refused(t, http.StatusConflict, caseChanged)
	require.Equal(t, before, w.counts())
}

func TestABadActIsRefusedAndChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.waiting(1)
	before := w.counts()
	for name, bad := range map[string]struct {
		body   object
		status int
		code   string
		fields map[string]string
	}{
		"empty": {
			object{"verb": nil, "reason": nil, "seen": nil},
			422, validationFailed,
			map[string]string{"verb": "required", "reason": "required", "seen": "required"},
		},
		"unknown verb":          {object{"verb": "pray"}, 422, validationFailed, map[string]string{"verb": "unknown_value"}},
		"extend by nothing":     {object{"verb": "extend"}, 422, validationFailed, map[string]string{"days": "required"}},
		"extend by 366 days":    {object{"verb": "extend", "days": 366}, 422, validationFailed, map[string]string{"days": "out_of_range"}},
		"pause with days":       {object{"verb": "pause", "days": 3}, 422, validationFailed, map[string]string{"days": "conflict"}},
		"pause until today":     {object{"verb": "pause", "until": w.today()}, 422, validationFailed, map[string]string{"until": "date_past"}},
		"return to nowhere":     {object{"verb": "return"}, 422, validationFailed, map[string]string{"stage": "required"}},
		"return to the title":   {object{"verb": "return", "stage": "title"}, 422, validationFailed, map[string]string{"stage": "unknown_value"}},
		"return forward":        {object{"verb": "return", "stage": "exam"}, 409, actNotPossible, map[string]string{"stage": "stage_not_earlier"}},
		"cancel without a text": {object{"verb": "cancel"}, 422, validationFailed, map[string]string{"legal_basis": "required"}},
		"retry with a text":     {object{"verb": "retry", "legal_basis": "x"}, 422, validationFailed, map[string]string{"legal_basis": "conflict"}},
		"override nothing": {
			object{"verb": "override", "legal_basis": "x"}, 422, validationFailed, map[string]string{"marks": "required", "evidence": "required"},
		},
		"override twice": {object{"verb": "override", "legal_basis": "x", "evidence": "e", "marks": []object{
			{"part": "exam", "score": 60}, {"part": "exam", "score": 60.001},
		}}, 422, validationFailed, map[string]string{"marks[1].part": "duplicate", "marks[1].score": "score_precision"}},
		"override what there is not": {object{"verb": "override", "legal_basis": "x", "evidence": "e", "marks": []object{
			{"part": "exam", "score": 60},
		}}, 409, actNotPossible, map[string]string{"marks": "no_mark"}},
		"waive nothing":            {object{"verb": "waive", "legal_basis": "x", "evidence": "e"}, 409, actNotPossible, map[string]string{"verb": "nothing_to_waive"}},
		"resume what is not":       {object{"verb": "resume"}, 409, actNotPossible, map[string]string{"verb": "not_paused"}},
		"correct nothing":          {object{"verb": "correct"}, 422, validationFailed, map[string]string{"applicant": "required"}},
		"reassign to nobody":       {object{"verb": "reassign"}, 422, validationFailed, map[string]string{"institution": "required"}},
		"reassign to the unknown":  {object{"verb": "reassign", "institution": "nowhere"}, 422, validationFailed, map[string]string{"institution": "unknown_institution"}},
		"reassign to the unlisted": {object{"verb": "reassign", "institution": unlistedID}, 422, validationFailed, map[string]string{"institution": "not_listed_for_role"}},
		"reassign to the other":    {object{"verb": "reassign", "institution": evaluationBodyID}, 422, sameBody, map[string]string{"institution": "same_body"}},
		"unknown field":            {object{"verb": "retry", "force": true}, 422, unknownField, map[string]string{"force": "unknown_field"}},
	} {
		body := merge(object{"reason": "核实后处理", "seen": w.seen(c)}, bad.body)
		for field, value := range bad.body {
			if value == nil {
				delete(body, field)
			}
		}
		r := w.post("/v1/cases/"+c+"/acts", w.operator, body)
		require.Equal(t, bad.fields, r.refused(t, bad.status, bad.code), name)
	}
	require.Equal(t, before, w.counts())
}

func TestAPreviewSaysInWordsWhatAnActWouldDo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.waiting(1)
	before := w.counts()
	preview := func(body object) (p struct {
		Allowed       bool
		NeedsApproval bool `json:"needs_approval"`
		Effects       []effectLine
		Faults        []FieldError
	},
	) {
		r := w.post("/v1/cases/"+c+"/acts/preview", w.operator, merge(object{"seen": w.seen(c)}, body))
		require.Equal(t, http.StatusOK, r.status, "%s", r.body)
		r.into(t, &p)
		return p
	}
	p := preview(object{"verb": "reassign", "institution": otherTrainerID})
	require.True(t, p.Allowed)
	require.False(t, p.NeedsApproval)
	require.Equal(t, []effectLine{
		{"task_cancelled", "收回国家开放大学的“接收学员”任务。"},
		{"asked_next", "接着由中国科学技术信息研究所办理“规范化培训”。"},
	}, p.Effects)
	p = preview(object{"verb": "cancel"})
	require.True(t, p.NeedsApproval)
	require.Equal(t, "个案结束：未取得培训合格证书。", p.Effects[0].Text)
	p = preview(object{"verb": "resume"})
	require.False(t, p.Allowed)
	require.Equal(t, "not_paused", p.Faults[0].Code)
	require.NotEmpty(t, p.Faults[0].Message)
	require.Equal(t, before, w.counts())
	w.get("/v1/cases/"+c, w.trainee).refused(t, http.StatusNotFound, notFound)
}

func TestFreeTextOfAnActNamesNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.carryActs()
	c := w.waiting(1)
	number := registrationOf(7, nil)["id_number"].(string)
	r := w.acts(c, object{"verb": "cancel", "reason": "本人" + number, "legal_basis": "依据" + number})
	require.Equal(t, http.StatusAccepted, r.status, "%s", r.body)
	for _, table := range []string{"acts", "approvals", "audit_entries"} {
		require.Zero(t, w.count("SELECT count(*) FROM "+table+" x WHERE x::text LIKE '%' || $1 || '%'", number), table)
	}
	require.False(t, slices.Contains([]string{r.header.Get("Location")}, number))
}
