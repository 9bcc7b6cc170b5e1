package api

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// listOf2027 is an invented list that holds from a day on: what the rules come with, with lines of it changed.
func listOf2027(t *testing.T, from string, changes ...string) string {
	t.Helper()
	rules, err := policy.Load("beijing-2023", true)
	require.NoError(t, err)
	lines := []string{"文号,京人社专技字〔2027〕8号", "年度,2027", "生效日期," + from, "单位名称,角色,职业,等级,序号,基地级别,备注"}
	roles := map[string]string{policy.RoleTraining: "培训机构", policy.RoleEvaluation: "评价机构"}
	for _, b := range rules.Lists().Bodies {
		o, _ := rules.Occupation(b.Occupation)
		lines = append(lines, fmt.Sprintf("%s,%s,%s,,,,", b.Name, roles[b.Role], o.Name))
	}
	for _, b := range rules.Lists().CEBases {
		number := ""
		if b.No != nil {
			number = fmt.Sprint(*b.No)
		}
		lines = append(lines, fmt.Sprintf("%s,继续教育基地,,,%s,%s,%s", b.Name, number, strings.Join(b.Levels, " "), b.Note))
	}
	content := strings.Join(lines, "\n") + "\n"
	for i := 0; i < len(changes); i += 2 {
		require.Contains(t, content, changes[i])
		content = strings.Replace(content, changes[i], changes[i+1], 1)
	}
	return content
}

func listFile(content string) object {
	return object{"format": "csv", "content": base64.StdEncoding.EncodeToString([]byte(content))}
}

// running makes a case that is in its training, and one that waits for its evaluation body.
func (w *world) running() (trained, evaluated string) {
	w.t.Helper()
	trained, evaluated = w.admitted(1, nil), w.admitted(2, nil)
	w.issue(trained, contract.TrainingTask, trainingBodyID)
	for stage, state := range map[progress.Stage]progress.State{progress.Training: progress.Done, progress.Exam: progress.Done, progress.Evaluation: progress.Done} {
		w.exec(`UPDATE case_stages SET state = $1, owes_kind = NULL, owes_id = NULL WHERE case_id = $2 AND stage = $3`, state, evaluated, stage)
	}
	return trained, evaluated
}

// The story of a new list: wrong at first, then imported, decided on, applied, and seen by everybody.
func TestAPublishedListIsImportedLookedAtAndApplied(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	trained, evaluated := w.running()
	fresh := w.newCase(3)
	good := listOf2027(t, w.today(),
		"国家开放大学,培训机构,智能制造,,,,\n", "", // gone, and three cases are there
		"中国地质大学(北京)", "中国地质大学（北京）", // another width of brackets
		"中国机械工程学会,评价机构", "中国机械工程学会（新名）,评价机构", "中国机械工程学会,培训机构", "中国机械工程学会（新名）,培训机构",
		"工业和信息化部人才交流中心,培训机构,区块链", "工信部人才交流中心,培训机构,区块链",
		"中国科学院大学,培训机构,区块链,,,,\n", "中国科学院大学,培训机构,区块链,,,,\n北京未来网络学院,培训机构,云计算,初级,,,\n", // a new batch
		"北京交通大学,继续教育基地,,,19,市级,\n", "",
	)

	bad := strings.NewReplacer("国家开放大学,培训机构,大数据", "国家开放大学,培训及评价,大数据", "中国电子学会,评价机构,区块链", "中国电子学会,评价机构,养蜂").Replace(good)
	fields := w.post("/v1/list-snapshots", w.operator, listFile(bad)).refused(t, http.StatusUnprocessableEntity, validationFailed)
	require.Equal(t, map[string]string{"rows[12].role": "unknown_role", "rows[17].occupation": fieldNoOccupation}, fields)
	fields = w.post("/v1/list-snapshots", w.operator, object{"format": "xlsx", "content": "eA=="}).refused(t, http.StatusUnprocessableEntity, validationFailed)
	require.Equal(t, map[string]string{"content": "unreadable"}, fields)
	fields = w.post("/v1/list-snapshots", w.operator, object{"format": "csv", "content": "***"}).refused(t, http.StatusUnprocessableEntity, validationFailed)
	require.Equal(t, map[string]string{"content": fieldFormat}, fields)

	var list listView
	r := w.post("/v1/list-snapshots", w.operator, listFile(good))
	require.Equal(t, http.StatusCreated, r.status, "%s", r.body)
	r.into(t, &list)
	id, path := list.ID, "/v1/list-snapshots/"+list.ID
	r = w.post("/v1/list-snapshots", w.operator, listFile(good))
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	r.into(t, &list)
	require.Equal(t, id, list.ID, "what says the same is the same list")
	require.Equal(t, 1, list.Undecided, "%+v", list.Names)
	require.Len(t, list.Names, 4)

	post := func(what string, body any) reply { return w.post(path+"/"+what, w.operator, body) }
	post("application", object{"seen": list.Seen, "reason": "2027年度名单"}).refused(t, http.StatusConflict, listUndecided)
	fields = post("names", object{"decisions": []object{{"name": "北京未来网络学院", "as": "new", "institution_id": "ouc"}}}).
		refused(t, http.StatusUnprocessableEntity, validationFailed)
	require.Equal(t, map[string]string{"rows[23].id": fieldDuplicate}, fields)
	r = post("names", object{"decisions": []object{
		{"name": "中国地质大学（北京）", "as": "renamed", "institution_id": "cug-beijing"},
		{"name": "中国机械工程学会（新名）", "as": "renamed", "institution_id": evaluationBodyID},
		{"name": "工信部人才交流中心", "as": "alias", "institution_id": "miit-talent-exchange"},
		{"name": "北京未来网络学院", "as": "new", "institution_id": "future-network"},
	}})
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	post("application", object{"seen": list.Seen, "reason": "2027年度名单"}).refused(t, http.StatusConflict, listChanged)
	r.into(t, &list)
	d := list.Difference
	require.Equal(t, "future-network", d.New[0].ID)
	require.Len(t, d.Renamed, 2)
	require.Equal(t, []renameView{{"miit-talent-exchange", "工业和信息化部人才交流中心", "工信部人才交流中心"}}, d.Aliased)
	require.Len(t, d.Removed, 1)
	require.Equal(t, trainingBodyID, d.Removed[0].Institution.ID)
	require.Len(t, d.Added, 1)
	require.Equal(t, "junior", d.Added[0].Level.Code)
	require.Equal(t, []int{18, 20}, []int{d.Unchanged, d.BasesUnchanged})
	require.Equal(t, "bjtu", d.BasesRemoved[0].Institution.ID)
	effects := map[string]effectView{}
	for _, e := range list.Effects {
		effects[e.Cause+" "+e.Institution.ID] = e
	}
	require.Len(t, effects, 2, "%+v", list.Effects)
	require.Equal(t, [2]int{1, 1}, [2]int{effects["removed ouc"].Stops, effects["removed ouc"].Finishes}, "one has not begun, one is in its training, one is trained")
	require.Equal(t, 3, effects["renamed "+evaluationBodyID].Unaffected)

	r = post("application", object{"seen": list.Seen, "reason": "2027年度名单"})
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	var applied listView
	r.into(t, &applied)
	require.Equal(t, store.ListApplied, applied.State)
	require.Equal(t, list.Difference, applied.Difference, "it is kept as it was seen")
	list.Effects[1].Institution.Name = "中国机械工程学会（新名）" // as it is named since
	require.Equal(t, list.Effects, applied.Effects)
	require.Equal(t, "2027年度名单", w.lastAudit("list.apply").Reason)
	post("discarding", object{"reason": "x"}).refused(t, http.StatusConflict, listSettled)

	// Cases go on where they are, and say what awaits them.
	for caseID, text := range map[string]string{
		fresh:     "京人社专技字〔2027〕8号公布的名单不再将国家开放大学列为此职业的培训机构：后续工作由经办人另行安排。",
		trained:   "京人社专技字〔2027〕8号公布的名单不再将国家开放大学列为此职业的培训机构：已经开始的工作继续完成，证书经市级主管部门同意后颁发。",
		evaluated: "按京人社专技字〔2027〕8号公布的名单，评价机构更名为中国机械工程学会（新名）。",
	} {
		require.Contains(t, string(w.get("/v1/cases/"+caseID+"/events", w.operator).body), text)
		require.Zero(t, w.count(`SELECT count(*) FROM incidents WHERE case_id = $1`, caseID), "no case is stuck because of a list")
	}
	fields = w.register(w.operator, "k9", registrationOf(9, nil)).refused(t, http.StatusUnprocessableEntity, validationFailed)
	require.Equal(t, map[string]string{"training_body": fieldNotListed}, fields)

	// Everybody sees the names and roles over time.
	var cmes institutionDetail
	w.get("/v1/institutions/"+evaluationBodyID, "").into(t, &cmes)
	require.Equal(t, "中国机械工程学会（新名）", cmes.Name)
	require.Equal(t, []string{"中国机械工程学会", "中国机械工程学会（新名）"}, []string{cmes.Names[0].Name, cmes.Names[1].Name})
	require.Equal(t, w.today(), cmes.Names[0].ValidTo.String())
	require.Len(t, cmes.Roles, 4)
	require.Equal(t, []int{2022, 2027}, []int{cmes.Roles[0].ListYear, cmes.Roles[3].ListYear})
	require.Contains(t, string(w.get("/v1/institutions?role=evaluation", "").body), "中国机械工程学会（新名）")
	w.get("/v1/institutions/nobody", "").refused(t, http.StatusNotFound, notFound)

	// A list from the same day cannot follow; it is put aside, and may be imported again.
	late := listFile(listOf2027(t, w.today(), "年度,2027", "年度,2028"))
	w.post("/v1/list-snapshots", w.operator, late).into(t, &list)
	path = "/v1/list-snapshots/" + list.ID
	require.True(t, list.Late)
	post("application", object{"seen": list.Seen, "reason": "x"}).refused(t, http.StatusConflict, listLate)
	post("discarding", object{}).refused(t, http.StatusUnprocessableEntity, validationFailed)
	require.Equal(t, http.StatusOK, post("discarding", object{"reason": "日期有误"}).status)
	require.Equal(t, http.StatusCreated, w.post("/v1/list-snapshots", w.operator, late).status)
	var all struct {
		Lists []ListSummary `json:"list_snapshots"`
	}
	w.get("/v1/list-snapshots", w.operator).into(t, &all)
	require.Len(t, all.Lists, 4)
}

func TestX07ASuspendedInstitutionActsNoMoreUntilItIsReinstated(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	trained, evaluated := w.running()
	path := "/v1/institutions/" + trainingBodyID + "/"
	var before, after struct{ Effects []effectView }
	w.get(path+"suspension", w.operator).into(t, &before)
	require.Len(t, before.Effects, 1)
	require.Equal(t, 1, before.Effects[0].Stops, "the other is trained")
	w.post(path+"reinstatement", w.operator, object{"reason": "x"}).refused(t, http.StatusConflict, notSuspended)
	fields := w.post(path+"suspension", w.operator, object{"reason": " ", "legal_basis": " ", "planned_until": "2020-01-01"}).
		refused(t, http.StatusUnprocessableEntity, validationFailed)
	require.Equal(t, map[string]string{"reason": fieldRequired, "legal_basis": fieldRequired, "planned_until": fieldDateOrder}, fields)
	r := w.post(path+"suspension", w.operator, object{"reason": "检查发现问题", "legal_basis": "方案四（一）"})
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	r.into(t, &after)
	require.Equal(t, before, after)
	w.post(path+"suspension", w.operator, object{"reason": "x", "legal_basis": "x"}).refused(t, http.StatusConflict, alreadySuspended)
	require.Equal(t, "检查发现问题", w.lastAudit("institution.suspend").Reason)
	require.Contains(t, string(w.get("/v1/cases/"+trained+"/events", w.operator).body), "被暂停资格")
	require.NotContains(t, string(w.get("/v1/cases/"+evaluated+"/events", w.operator).body), "被暂停资格")
	fields = w.register(w.operator, "k9", registrationOf(9, nil)).refused(t, http.StatusUnprocessableEntity, validationFailed)
	require.Equal(t, map[string]string{"training_body": fieldNotListed}, fields)
	c := w.classroom(trainingBodyID)
	require.Equal(t, rowRecorded, c.report([]object{w.sessionOn(nil, trained)}, nil).Sessions[0].Status, "the class that runs goes on: its hours are the trainee's")

	require.Equal(t, http.StatusOK, w.post(path+"reinstatement", w.operator, object{"reason": "已整改"}).status)
	require.Contains(t, string(w.get("/v1/cases/"+trained+"/events", w.operator).body), "已恢复资格")
	require.Equal(t, http.StatusCreated, w.register(w.operator, "k10", registrationOf(9, nil)).status)
	var ouc institutionDetail
	answer := w.get("/v1/institutions/"+trainingBodyID, "")
	answer.into(t, &ouc)
	require.Equal(t, "active", ouc.Status)
	require.NotNil(t, ouc.Suspensions[0].Until)
	require.NotContains(t, string(answer.body), "检查", "why is not for everybody")
}
