package api

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/acting"
	"github.com/dengpan/dengpan/batches"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// supervisors are a world with an operator of a district, in which a training body and an evaluation body lie.
type supervisors struct {
	*world

	district, body string
}

func newSupervisors(t *testing.T) supervisors {
	t.Helper()
	w := newWorld(t)
	haidian := "haidian"
	w.exec("UPDATE institutions SET district = 'haidian' WHERE id IN ($1, $2)", trainingBodyID, evaluationBodyID)
	w.exec("UPDATE institutions SET district = 'xicheng' WHERE id = $1", otherTrainerID)
	return supervisors{world: w, district: w.token(store.Account{Role: store.RoleOperator, District: &haidian}), body: w.institution(trainingBodyID)}
}

func (s supervisors) planned(changes object) object {
	return merge(object{"institution_id": trainingBodyID, "role": "training", "planned_on": s.today(), "scope": "考勤与教学质量"}, changes)
}

func (s supervisors) plan(token string, changes object) inspectionView {
	s.t.Helper()
	return s.shown(s.post("/v1/inspections", token, s.planned(changes)), http.StatusCreated)
}

func (s supervisors) shown(r reply, status int) (i inspectionView) {
	s.t.Helper()
	require.Equal(s.t, status, r.status, "%s", r.body)
	r.into(s.t, &i)
	return i
}

func finding(changes object) object {
	return merge(object{"severity": "major", "what": "签到记录与实际不符", "citation": "方案四（四）", "due_on": "2099-01-31"}, changes)
}

func (s supervisors) visit(token, id string, findings ...object) inspectionView {
	s.t.Helper()
	return s.shown(s.post("/v1/inspections/"+id+"/visit", token, object{
		"visited_on": s.today(), "report": "现场检查", "findings": append([]object{}, findings...),
	}), http.StatusOK)
}

func TestADistrictInspectsTheTrainingBodiesInItAndTheCityAlonEvaluates(t *testing.T) {
	t.Parallel()
	s := newSupervisors(t)
	for name, changes := range map[string]object{
		"an evaluation body": {"institution_id": evaluationBodyID, "role": "evaluation"}, "another district's": {"institution_id": otherTrainerID},
		"nobody": {"institution_id": "nobody"},
	} {
		fields := s.post("/v1/inspections", s.district, s.planned(changes)).refused(t, http.StatusUnprocessableEntity, validationFailed)
		require.Equal(t, map[string]string{"institution_id": fieldNoInstitution}, fields, name)
	}
	fields := s.post("/v1/inspections", s.operator, s.planned(object{"role": "evaluation"})).refused(t, http.StatusUnprocessableEntity, validationFailed)
	require.Equal(t, map[string]string{"role": fieldNotListed}, fields, "it evaluates nothing")
	fields = s.post("/v1/inspections", s.operator, object{"institution_id": "x", "role": "x", "planned_on": "x", "scope": " "}).
		refused(t, http.StatusUnprocessableEntity, validationFailed)
	require.Equal(t, map[string]string{"role": fieldUnknownValue, "planned_on": fieldDate, "scope": fieldRequired}, fields)

	evaluator := s.plan(s.operator, object{"institution_id": evaluationBodyID, "role": "evaluation"})
	trainer := s.plan(s.operator, object{"institution_id": evaluationBodyID, "role": "training"})
	theirs := s.plan(s.operator, object{"institution_id": otherTrainerID})
	for _, id := range []string{evaluator.ID, theirs.ID} {
		s.get("/v1/inspections/"+id, s.district).refused(t, http.StatusNotFound, notFound)
		s.post("/v1/inspections/"+id+"/visit", s.district, object{}).refused(t, http.StatusNotFound, notFound)
	}
	require.Equal(t, http.StatusOK, s.get("/v1/inspections/"+trainer.ID, s.district).status, "in its other role it is a training body of the district")
	list := string(s.get("/v1/inspections", s.district).body)
	require.Contains(t, list, trainer.ID)
	require.NotContains(t, list, evaluator.ID)
	require.NotContains(t, list, theirs.ID)

	records := string(s.get("/v1/institution-records", s.district).body)
	require.Contains(t, records, trainingBodyID)
	require.NotContains(t, records, otherTrainerID)
	s.get("/v1/institution-records/"+otherTrainerID, s.district).refused(t, http.StatusNotFound, notFound)
	s.get("/v1/institution-records/"+otherTrainerID, s.body).refused(t, http.StatusNotFound, notFound)
	require.Equal(t, http.StatusOK, s.get("/v1/institution-records/"+trainingBodyID, s.body).status)

	// That it will be inspected, an institution learns when it is.
	own := s.plan(s.district, nil)
	require.Equal(t, "haidian", own.District.Code)
	s.get("/v1/inspections/"+own.ID, s.body).refused(t, http.StatusNotFound, notFound)
	require.NotContains(t, string(s.get("/v1/inspections", s.body).body), own.ID)
	s.visit(s.district, own.ID, finding(nil))
	require.Equal(t, http.StatusOK, s.get("/v1/inspections/"+own.ID, s.body).status)
	require.Contains(t, string(s.get("/v1/inspections", s.body).body), own.ID)
	s.post("/v1/inspections/"+own.ID+"/publication", s.district, object{}).refused(t, http.StatusForbidden, forbidden)
}

func TestWhatAnInspectionFoundIsPutRightStepByStepAndIsPublicOnlyWhenPublished(t *testing.T) {
	t.Parallel()
	s := newSupervisors(t)
	i := s.plan(s.district, nil)
	at := "/v1/inspections/" + i.ID
	fields := s.post(at+"/visit", s.district, object{"visited_on": "2099-01-01", "report": "x", "findings": []object{}}).
		refused(t, http.StatusUnprocessableEntity, validationFailed)
	require.Equal(t, map[string]string{"visited_on": fieldDateFuture}, fields)
	fields = s.post(at+"/visit", s.district, object{"visited_on": s.today(), "report": "x", "findings": []object{
		finding(object{"due_on": "2020-01-01", "citation": " "}), finding(object{"severity": "huge"}),
	}}).refused(t, http.StatusUnprocessableEntity, validationFailed)
	require.Equal(t, map[string]string{
		"findings[0].due_on": fieldDateOrder, "findings[0].citation": fieldRequired, "findings[1].severity": fieldUnknownValue,
	}, fields)
	i = s.visit(s.district, i.ID, finding(object{"what": "身份证 110101199003070003 的学员缺课"}), finding(object{"severity": "minor"}))
	require.NotContains(t, i.Details[0].What, "110101199003070003", "numbers of persons are masked")
	s.post(at+"/visit", s.district, object{"visited_on": s.today(), "report": "x", "findings": []object{}}).refused(t, http.StatusConflict, inspectionPassed)

	first, second := "/v1/inspection-findings/"+i.Details[0].ID, "/v1/inspection-findings/"+i.Details[1].ID
	s.post(first+"/decision", s.district, object{"decision": "accept", "reason": "x"}).refused(t, http.StatusConflict, findingPassed)
	fields = s.post(first+"/decision", s.district, object{"decision": "return", "reason": "x", "legal_basis": "x"}).
		refused(t, http.StatusUnprocessableEntity, validationFailed)
	require.Equal(t, map[string]string{"due_on": fieldRequired, "legal_basis": fieldConflict}, fields)
	answered := s.shown(s.post(first+"/answer", s.body, object{"text": "已补充签到记录"}), http.StatusOK)
	require.Equal(t, store.FindingAnswered, answered.Details[0].State.Code)
	s.post(first+"/answer", s.body, object{"text": "再次"}).refused(t, http.StatusConflict, findingPassed)
	returned := s.shown(s.post(first+"/decision", s.district, object{"decision": "return", "reason": "材料不全", "due_on": "2099-03-01"}), http.StatusOK)
	require.Equal(t, [2]string{store.FindingOpen, "2099-03-01"}, [2]string{returned.Details[0].State.Code, returned.Details[0].DueOn.String()})
	s.shown(s.post(first+"/answer", s.body, object{"text": "材料已补齐"}), http.StatusOK)
	s.shown(s.post(first+"/decision", s.district, object{"decision": "accept", "reason": "已核实"}), http.StatusOK)

	// A deadline that has passed settles nothing.
	s.exec("UPDATE inspection_findings SET due_on = '2026-01-01' WHERE number = 2 AND inspection_id = $1", i.ID)
	late := s.shown(s.get(at, s.district), http.StatusOK)
	require.Equal(t, [2]int{1, 1}, [2]int{late.Unsettled, late.Overdue})
	require.Contains(t, string(s.get("/v1/inspections?overdue=true", s.district).body), i.ID)
	require.Equal(t, store.InspectionVisited, late.State.Code)
	s.shown(s.post(second+"/answer", s.body, object{"text": "已整改"}), http.StatusOK)
	closed := s.shown(s.post(second+"/decision", s.district, object{"decision": "accept", "reason": "已核实"}), http.StatusOK)
	require.Equal(t, store.InspectionClosed, closed.State.Code)
	require.Equal(t, "closed", closed.History[len(closed.History)-1].Kind.Code)
	require.NotContains(t, string(s.get("/v1/inspections?overdue=true", s.district).body), i.ID)

	public := "/v1/institutions/" + trainingBodyID
	require.NotContains(t, string(s.get(public, "").body), "整改")
	s.shown(s.post(at+"/publication", s.operator, object{"text": "经检查，该机构已完成整改。", "reason": "公开"}), http.StatusOK)
	require.Contains(t, string(s.get(public, "").body), "经检查，该机构已完成整改。")
	require.NotContains(t, string(s.get(public, "").body), "签到", "and nothing else of it")
	s.shown(s.post(at+"/publication", s.operator, object{"text": "", "reason": "撤下"}), http.StatusOK)
	require.NotContains(t, string(s.get(public, "").body), "整改")

	cancelled := s.plan(s.district, nil)
	require.Equal(t, store.InspectionCancelled,
		s.shown(s.post("/v1/inspections/"+cancelled.ID+"/cancellation", s.district, object{"reason": "合并检查"}), http.StatusOK).State.Code)
	require.Equal(t, store.InspectionClosed, s.visit(s.district, s.plan(s.district, nil).ID).State.Code, "what found nothing is closed")
}

func TestAnEscalatedFindingBecomesASuspensionOnlyByAnotherOperatorOfTheCity(t *testing.T) {
	t.Parallel()
	s := newSupervisors(t)
	i := s.visit(s.operator, s.plan(s.operator, nil).ID, finding(object{"severity": "grave"}), finding(nil))
	decide := func(n int, body object) reply {
		return s.post("/v1/inspection-findings/"+i.Details[n].ID+"/decision", s.operator, merge(object{"decision": "escalate", "reason": "拒不整改"}, body))
	}
	require.Equal(t, map[string]string{"legal_basis": fieldRequired}, decide(0, nil).refused(t, http.StatusUnprocessableEntity, validationFailed))
	escalated := s.shown(decide(0, object{"legal_basis": "方案四（一）"}), http.StatusOK)
	require.Len(t, escalated.Proposals, 1)
	require.True(t, escalated.Proposals[0].Mine)
	decide(1, object{"legal_basis": "方案四（一）"}).refused(t, http.StatusConflict, suspensionProposed)
	require.Empty(t, s.shown(s.get("/v1/inspections/"+i.ID, s.body), http.StatusOK).Proposals)
	require.Equal(t, 0, s.count("SELECT count(*) FROM institution_suspensions"))

	proposal := "/v1/suspension-proposals/" + escalated.Proposals[0].ID + "/decision"
	approve := object{"decision": "approve", "reason": "同意", "planned_until": "2099-06-30"}
	s.post(proposal, s.operator, approve).refused(t, http.StatusConflict, secondPersonNeeded)
	s.post(proposal, s.district, approve).refused(t, http.StatusForbidden, forbidden)
	other := s.token(store.Account{Role: store.RoleOperator})
	var decided proposalView
	r := s.post(proposal, other, approve)
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	r.into(t, &decided)
	require.Equal(t, store.ProposalApproved, decided.State.Code)
	s.post(proposal, s.token(store.Account{Role: store.RoleOperator}), approve).refused(t, http.StatusConflict, requestDecided)

	var record recordView
	s.get("/v1/institution-records/"+trainingBodyID, s.district).into(t, &record)
	require.Equal(t, store.InstitutionSuspended, record.Status.Code)
	require.Equal(t, [2]string{"拒不整改", "方案四（一）"}, [2]string{record.Suspension.Reason, record.Suspension.LegalBasis})
	require.Equal(t, "2099-06-30", record.Suspension.PlannedUntil.String())
	require.Contains(t, string(s.get("/v1/notices", s.body).body), "资格已暂停")
	still := s.shown(s.get("/v1/inspections/"+i.ID, s.operator), http.StatusOK)
	require.Equal(t, store.FindingEscalated, still.Details[0].State.Code, "it is still to be put right")

	end := "/v1/institutions/" + trainingBodyID + "/suspension-end"
	require.Equal(t, http.StatusOK, s.post(end, s.operator, object{"planned_until": "", "reason": "另定"}).status)
	s.get("/v1/institution-records/"+trainingBodyID, s.operator).into(t, &record)
	require.Equal(t, "拒不整改", record.Suspension.Reason)
	require.Equal(t, http.StatusOK, s.post("/v1/institutions/"+trainingBodyID+"/reinstatement", s.operator, object{"reason": "已整改"}).status)
	s.post(end, s.operator, object{"planned_until": "", "reason": "x"}).refused(t, http.StatusConflict, notSuspended)
	require.Contains(t, string(s.get("/v1/notices", s.body).body), "资格已恢复")
}

func TestCasesOfASuspendedInstitutionAreSpreadByWhatOthersSaidTheyCanCarry(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const third = "cesi" // 中国电子技术标准化研究院
	declare := func(id string, places int, changes object) reply {
		return w.post("/v1/capacities", w.institution(id), object{"capacities": []object{
			merge(object{"role": "training", "occupation": occupation, "level": "junior", "places": places}, changes),
		}})
	}
	fields := declare(otherTrainerID, 3, object{"role": "evaluation"}).refused(t, http.StatusUnprocessableEntity, validationFailed)
	require.Equal(t, map[string]string{"capacities[0].occupation": fieldNotListed}, fields)
	require.Equal(t, map[string]string{"capacities[0].places": fieldOutOfRange},
		declare(otherTrainerID, -1, nil).refused(t, http.StatusUnprocessableEntity, validationFailed))
	var shown struct{ Capacities []capacityView }
	w.get("/v1/capacities", w.institution(third)).into(t, &shown)
	require.NotEmpty(t, shown.Capacities)
	require.Nil(t, shown.Capacities[0].Places, "who has declared nothing has none")

	for n := range 6 {
		w.newCase(n + 1)
	}
	held := w.newCase(7)
	w.exec(`UPDATE case_stages SET state = 'done' WHERE case_id = $1 AND stage IN ('training', 'exam')`, held)
	busy := w.register(w.operator, "busy", registrationOf(8, object{"training_body": otherTrainerID}))
	require.Equal(t, http.StatusCreated, busy.status, "%s", busy.body)
	plan := func(body object) (p transferView) {
		r := w.post("/v1/institutions/"+trainingBodyID+"/transfer-plan", w.operator, merge(object{"role": "training"}, body))
		require.Equal(t, http.StatusOK, r.status, "%s", r.body)
		r.into(t, &p)
		return p
	}
	none := plan(nil)
	require.Equal(t, 6, none.Cases, "what is trained goes to nobody")
	require.Empty(t, none.Targets)
	require.Equal(t, 6, none.Unplaced[0].Cases)

	require.Equal(t, http.StatusOK, declare(otherTrainerID, 9, nil).status)
	require.Equal(t, http.StatusOK, declare(otherTrainerID, 4, nil).status, "the latest holds")
	require.Equal(t, http.StatusOK, declare(third, 1, nil).status)
	spread := map[string][2]int{}
	p := plan(nil)
	for _, target := range p.Targets {
		spread[target.Institution.ID] = [2]int{target.Cases, target.Free}
	}
	require.Equal(t, map[string][2]int{otherTrainerID: {3, 3}, third: {1, 1}}, spread, "one place is taken")
	require.Equal(t, 2, p.Unplaced[0].Cases)

	w.exec("UPDATE institutions SET status = 'suspended' WHERE id = $1", otherTrainerID)
	require.Equal(t, 5, plan(nil).Unplaced[0].Cases, "nobody who is suspended is given any")
	w.exec("UPDATE institutions SET status = 'active' WHERE id = $1", otherTrainerID)
	require.Equal(t, 0, plan(object{"class_id": "5c0f3a52-1111-4222-8333-444455556666"}).Cases)
	require.Equal(t, map[string]string{"class_id": fieldFormat}, w.post("/v1/institutions/"+trainingBodyID+"/transfer-plan", w.operator,
		object{"role": "training", "class_id": "x"}).refused(t, http.StatusUnprocessableEntity, validationFailed))
	w.post("/v1/institutions/nobody/transfer-plan", w.operator, object{"role": "training"}).refused(t, http.StatusNotFound, notFound)
}

func TestFiguresOfAnInstitutionSayWhenTheyWereCountedAndGiveNoRateOfAFew(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	record := func() (v recordView) {
		w.get("/v1/institution-records/"+trainingBodyID, w.operator).into(t, &v)
		return v
	}
	require.Nil(t, record().AsOf)
	for n := range 6 {
		id := w.newCase(n + 1)
		task := w.issue(id, contract.TrainingTask, trainingBodyID)
		if n < 4 {
			w.exec(`UPDATE tasks SET state = 'answered', closed_at = issued_at + $2 * interval '1 hour', close_reason = 'x' WHERE id = $1`, task, n+1)
		}
	}
	w.exec("UPDATE tasks SET due_at = issued_at + interval '90 minutes'")
	w.stick(w.newCase(9), "training", contract.TaskOverdue, store.Incident{InstitutionID: new(trainingBodyID)})
	now := time.Now()
	count := func() {
		for _, year := range []int{store.Present, w.calendar.Today(now).Year()} {
			require.NoError(t, w.store.CountFigures(t.Context(), w.calendar, year, now.UTC()))
		}
	}
	count()
	v := record()
	require.NotNil(t, v.AsOf)
	require.Equal(t, [3]int{7, 0, 1}, [3]int{v.Open, v.Owed, v.Stuck})
	require.Len(t, v.Years, 1)
	year := v.Years[0]
	require.Equal(t, [2]int{7, 6}, [2]int{year.Trained, year.Tasks})
	require.InDelta(t, 4.0/6, *year.Answered.Rate, 0.001)
	require.InDelta(t, 3.0/6, *year.Overdue.Rate, 0.001, "three were answered after their deadline; two are open and in time")
	require.Nil(t, year.Median, "four answers are too few")
	require.Equal(t, []causeCount{{coded{"task_overdue", year.Incidents[0].Cause.Name}, 1}}, year.Incidents)

	w.exec("UPDATE tasks SET state = 'answered', closed_at = issued_at + interval '5 hours', close_reason = 'x' WHERE state = 'open'")
	count()
	year = record().Years[0]
	require.InDelta(t, 3.5, *year.Median, 0.001)
	require.InDelta(t, 5, *year.P90, 0.001)
	var list recordsOutput
	w.get("/v1/institution-records?role=training&occupation="+occupation, w.operator).into(t, &list.Body)
	require.Contains(t, list.Body.Institutions[0].Roles[0].Code, "training")
	for path, n := range map[string]int64{"?q=开放": 1, "?status=suspended": 0, "?role=evaluation&occupation=" + occupation: 1} {
		w.get("/v1/institution-records"+path, w.operator).into(t, &list.Body)
		require.Equal(t, n, list.Body.Total, path)
	}
}

// X-07 for a whole class: what waits for the suspended body goes to others, each case as it was planned.
func TestX07ATransferIsRunAsItWasShownAndEachCaseGoesToItsOwnTarget(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := "/v1/institutions/" + trainingBodyID
	var cases []string
	for n := range 3 {
		id := w.admitted(n+1, nil)
		w.issue(id, contract.TrainingTask, trainingBodyID)
		cases = append(cases, id)
	}
	w.stick(cases[2], progress.Training, contract.InstitutionNotListed, store.Incident{Params: map[string]any{"role": "training"}})
	class := w.classroom(trainingBodyID).makeClass(nil)
	require.Equal(t, http.StatusOK, w.classroom(trainingBodyID).join(class, cases...).status)
	for id, places := range map[string]int{otherTrainerID: 2, "cesi": 30} {
		w.post("/v1/capacities", w.institution(id), object{"capacities": []object{
			{"role": "training", "occupation": occupation, "level": "junior", "places": places},
		}})
	}
	require.Equal(t, http.StatusOK, w.post(path+"/suspension", w.operator, object{"reason": "x", "legal_basis": "x"}).status)
	var plan transferView
	w.post(path+"/transfer-plan", w.operator, object{"role": "training", "class_id": class}).into(t, &plan)
	require.Equal(t, "cesi", plan.Classes[0].Institution.ID, "it alone can take the whole class")
	run := object{"role": "training", "class_id": class, "name": "转班", "reason": "暂停资格"}
	run["seen"] = "other"
	w.post(path+"/transfers", w.operator, run).refused(t, http.StatusConflict, transferChanged)
	run["seen"] = plan.Seen
	r := w.post(path+"/transfers", w.operator, run)
	require.Equal(t, http.StatusCreated, r.status, "%s", r.body)
	var b batchDetail
	r.into(t, &b)
	require.Equal(t, 3, b.Progress.Total)

	w.exec("UPDATE cases SET training_body = $1 WHERE id = $2", otherTrainerID, cases[0])
	turn := func() {
		now := time.Now().UTC().Add(time.Second)
		for range 5 {
			now = now.Add(time.Minute)
			_, err := batches.Desk{Acting: acting.Desk{Calendar: w.calendar}}.Go(t.Context(), w.store, b.ID, func() time.Time { return now })
			require.NoError(t, err)
		}
	}
	turn()
	require.Equal(t, 1, w.count("SELECT count(*) FROM acts WHERE case_id = $1 AND params->>'institution' = 'cesi'", cases[1]))
	require.Equal(t, 1, w.count("SELECT count(*) FROM resolutions WHERE params->>'institution' = 'cesi' AND verb = 'reassign'"))
	require.Equal(t, 1, w.count("SELECT count(*) FROM batch_items WHERE state = 'skipped' AND code = 'case_elsewhere' AND case_id = $1", cases[0]))
	turn()
	require.Equal(t, 2, w.count("SELECT count(*) FROM acts")+w.count("SELECT count(*) FROM resolutions"), "each once")
	require.Equal(t, 2, w.count("SELECT count(*) FROM batch_items WHERE state = 'acted'"), "asked for is not done")

	w.exec("UPDATE acts SET state = 'applied', answered_at = now()")
	w.exec("UPDATE resolutions SET outcome = 'refused', refusal = 'not_listed_for_role'")
	turn()
	require.Equal(t, 1, w.count("SELECT count(*) FROM batch_items WHERE state = 'refused'"))
	require.Equal(t, 0, w.count("SELECT count(*) FROM batch_items WHERE state = 'cleared'"), "its body is who it was")
	w.exec("UPDATE cases SET training_body = 'cesi' WHERE id = $1", cases[1])
	turn()
	require.Equal(t, 1, w.count("SELECT count(*) FROM batch_items WHERE state = 'cleared' AND case_id = $1", cases[1]))
}
