package integration_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	temporalclient "go.temporal.io/sdk/client"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/client"
	"github.com/dengpan/dengpan/consent"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/store"

	"github.com/dengpan/dengpan/devstack/planted"
	"github.com/dengpan/dengpan/devstack/temporal"
)

// person is somebody who can be recognised wherever they come out.
type person struct {
	name, number, phone, email, address string
}

var planting = []person{
	{name: "欧阳踏雪", phone: "13800013871", email: "ouyang.taxue@planted.example", address: "海淀区踏雪东路八十七号"},
	{name: "司徒寻梅", phone: "13800013872", email: "situ.xunmei@planted.example", address: "海淀区寻梅东路八十七号"},
	{name: "上官听雨", phone: "13800013873", email: "shangguan.tingyu@planted.example", address: "海淀区听雨东路八十七号"},
	{name: "慕容望月", phone: "13800013874", email: "murong.wangyue@planted.example", address: "海淀区望月东路八十七号"},
	{name: "诸葛观云", phone: "13800013875", email: "zhuge.guanyun@planted.example", address: "海淀区观云东路八十七号"},
	{name: "宇文饮露", phone: "13800013876", email: "yuwen.yinlu@planted.example", address: "海淀区饮露东路八十七号"},
	{name: "皇甫临风", phone: "13800013877", email: "huangfu.linfeng@planted.example", address: "海淀区临风东路八十七号"}, // nobody's case: only ever sent wrongly
}

// garden is a system in which people were planted, and what it said when it refused.
type garden struct {
	*system

	people   []person
	answers  *recorder // what the API answered with when it refused
	calls    *recorder // what institutions were called with
	search   *planted.Search
	stranger person
}

// TestNothingPersonalIsInClear plants people, has their cases go well and badly, sends the API what it must refuse, and
// then looks for them in everything that the system left behind. What it would find, it is shown afterwards.
func TestNothingPersonalIsInClear(t *testing.T) {
	t.Parallel()
	g := newGarden(t)
	cases := g.runCases(t)
	g.sendWrongly(t, cases)
	g.read(t, cases[0])
	require.Greater(t, g.answers.count(), 100, "the API was to refuse many things")
	require.Greater(t, g.calls.count(), 10, "institutions were to be called")

	t.Run("in databases, histories, lists, logs, figures, callbacks and refusals", func(t *testing.T) {
		for _, found := range g.findings(t) {
			t.Error(found)
		}
	})
	t.Run("and would be found there", func(t *testing.T) { g.requireFound(t) })
}

func newGarden(t *testing.T) *garden {
	t.Helper()
	s := newSystem(t, options{})
	g := &garden{system: s, answers: &recorder{}, calls: &recorder{}}
	var texts []string
	for n, p := range planting {
		p.number = identity.Synthetic(900+n, born).Number()
		g.people = append(g.people, p)
		const area = 6
		texts = append(texts, p.name, p.number, p.number[area:], p.phone, p.email, p.address)
	}
	g.stranger = g.people[len(g.people)-1]
	g.search = planted.For(texts...)
	g.listen(t)
	return g
}

// runCases has the people's cases go well, be refused, be stuck, be withdrawn, and meet a step that fails for good.
func (g *garden) runCases(t *testing.T) []trainee {
	t.Helper()
	all := make([]trainee, len(g.people)-1)
	scripts := [...]struct{ kind, behaviour string }{
		1: {contract.EnrolmentTask, "reject"}, 2: {contract.ExamTask, "silent"}, 3: {contract.ExamTask, "silent"},
		4: {contract.ExamTask, "silent"}, 5: {contract.TheoryTask, "silent"},
	}
	g.still(t, func() {
		for i, p := range g.people[:len(all)] {
			all[i] = g.plant(t, p)
			if i < len(scripts) && scripts[i].kind != "" {
				g.script(t, all[i], scripts[i].kind, 1, scripts[i].behaviour)
			}
		}
	})
	rejected, stuck, withdrawn, failing, asked := all[1], all[2], all[3], all[4], all[5]

	refused := g.stuckWith(t, rejected, "class_full")
	g.resolve(t, refused, document{
		"verb": "cancel", "reason": "本人不再参加：" + freely(g.people[1]), "legal_basis": "本人申请",
	})
	g.task(t, withdrawn, contract.ExamTask)
	status, answer := g.call(t, http.MethodPost, "/v1/cases/"+withdrawn.caseID+"/withdrawal", withdrawn.token,
		document{"reason": "个人原因：" + freely(g.people[3])})
	require.Contains(t, []int{http.StatusOK, http.StatusAccepted}, status, answer)
	g.failAStep(t, failing)
	g.stuckWith(t, stuck, "task_overdue")
	g.file(t, g.task(t, asked, contract.TheoryTask), g.people[5])
	g.task(t, asked, contract.TheoryTask)
	for _, who := range []trainee{all[0], rejected, withdrawn} {
		g.ended(t, who)
	}
	return all
}

// failAStep has the step fail for good that is to issue a certificate, as if a disk had lied: it cannot read the name.
func (g *garden) failAStep(t *testing.T, who trainee) {
	t.Helper()
	exam := g.task(t, who, contract.ExamTask)
	g.exec(t, "dengpan", `UPDATE persons SET name_sealed = '\x00' WHERE id = (SELECT person_id FROM cases WHERE id = $1)`, who.caseID)
	days, err := calendar.Parse(g.product.Day.String(), g.product.CalendarAnchor)
	require.NoError(t, err)
	status, answer := g.call(t, http.MethodPost, "/v1/tasks/"+exam+"/result", g.apiKeys["ouc"],
		document{"score": 88, "held_on": days.Today(time.Now()).String()})
	require.Contains(t, []int{http.StatusOK, http.StatusAccepted}, status, answer)
	g.stuckWith(t, who, "step_failed")
}

// file files a score sheet that names somebody, and reads it back.
func (g *garden) file(t *testing.T, task string, p person) {
	t.Helper()
	c, err := client.New(g.url, g.apiKeys["miit-education-exam"])
	require.NoError(t, err)
	e, err := c.FileEvidence(t.Context(), client.File{
		SubjectKind: "task", SubjectID: task, Kind: "score_sheet", Name: p.name + "的成绩单.csv", MediaType: "text/csv",
		Content: strings.NewReader("姓名,身份证号码,成绩\n" + p.name + "," + p.number + ",85\n"),
	})
	require.NoError(t, err)
	status, _ := g.call(t, http.MethodPost, "/v1/evidence/"+e.ID+"/completion", g.apiKeys["ouc"], document{"name": p.name})
	require.Equal(t, http.StatusNotFound, status, "it is another institution's")
}

// freely is what somebody may write about a person where anything may be written.
func freely(p person) string { return p.number + "，电话" + p.phone + "，" + p.email }

// plant registers a person.
func (g *garden) plant(t *testing.T, p person) trainee {
	t.Helper()
	token := g.token(t, store.Account{Role: store.RoleTrainee})
	status, answer := g.call(t, http.MethodPost, "/v1/cases", token, registrationOf(p))
	require.Equal(t, http.StatusCreated, status, answer)
	status, kept := g.call(t, http.MethodPut, "/v1/me/contacts", token, document{"phone": p.phone, "email": p.email, "address": p.address})
	require.Equal(t, http.StatusOK, status, kept)
	g.pose(t, token, len(p.name))
	return trainee{token: token, caseID: answer["id"].(string)}
}

func registrationOf(p person) document {
	return document{
		"name": p.name, "id_number": p.number, "occupation": "big-data", "level": "junior", "direction": "",
		"training_body": "ouc", "evaluation_body": "miit-education-exam", "district": "haidian",
		"consents": consent.ToAll(consent.Registration),
		"applicant": document{
			"category":  "in_post",
			"education": []document{{"degree": "bachelor", "related_major": true, "full_time": true, "graduated_on": "2012-07-01"}},
			"titles":    []document{}, "grades": []document{}, "work_started_on": "2016-01-01",
		},
	}
}

// stuckWith waits until a case is stuck with a cause, and returns the incident's id.
func (g *garden) stuckWith(t *testing.T, who trainee, cause string) string {
	t.Helper()
	c := g.await(t, who, "stuck with "+cause, func(c document) bool {
		incident, stuck := c["incident"].(map[string]any)
		return stuck && incident["cause"] == cause
	})
	return c["incident"].(map[string]any)["id"].(string)
}

func (g *garden) resolve(t *testing.T, incident string, resolution document) {
	t.Helper()
	g.byTwo(t, "/v1/incidents/"+incident+"/resolution", resolution)
}

// findings is where anybody who was planted comes out.
func (g *garden) findings(t *testing.T) []planted.Finding {
	t.Helper()
	var found []planted.Finding
	for source, content := range g.leftBehind(t) {
		require.NotEmpty(t, content, source)
		found = append(found, g.search.In(source, content)...)
	}
	return found
}

// requireFound is the control without which a search that finds nothing would prove nothing: what is put into a table, a
// log and a workflow without our seals is found, in Temporal's own database too.
func (g *garden) requireFound(t *testing.T) {
	t.Helper()
	shown := g.people[0]
	require.NoError(t, g.cluster.CreateDatabase(t.Context(), "control"))
	g.exec(t, "control", "CREATE TABLE shown (form text, words text, bytes bytea)")
	for form, words := range writtenAs(shown.name) {
		g.exec(t, "control", "INSERT INTO shown VALUES ($1, $2, $3)", form, words, []byte(words))
	}
	g.writeLog(t, "control.log", "registered", "name", shown.name, "error", fmt.Errorf("no such person: %s", shown.number))
	open, err := temporalclient.DialContext(t.Context(), temporalclient.Options{HostPort: g.product.TemporalAddress, Namespace: temporal.DefaultNamespace})
	require.NoError(t, err)
	defer open.Close()
	_, err = open.ExecuteWorkflow(t.Context(), temporalclient.StartWorkflowOptions{
		ID: "control/" + shown.phone, TaskQueue: "nobody", Memo: map[string]any{"mail": shown.email},
		WorkflowExecutionTimeout: time.Hour,
	}, "Control", document{"name": shown.name, "id_number": shown.number})
	require.NoError(t, err)

	found := map[string][]string{}           // by source: what is found there
	eventually(t, time.Minute, func() bool { // lists follow a moment later
		clear(found)
		for _, f := range g.findings(t) {
			found[f.Source] = append(found[f.Source], f.Text+" as "+f.Form)
		}
		return len(found["the list of workflows"]) > 0 && len(found["database temporal_visibility"]) > 0
	}, func() string { return fmt.Sprintf("found no more than: %v", found) })
	for _, form := range []string{
		"plain text", "escapes", "percent signs", "hexadecimal", "base64", "plain text within bytes", "base64 within bytes", "hexadecimal within bytes",
	} {
		require.Contains(t, found["database control"], shown.name+" as "+form)
	}
	require.Contains(t, found["log control.log"], shown.name+" as plain text")
	require.Contains(t, found["log control.log"], shown.number+" as plain text")
	require.Contains(t, found["database temporal"], shown.name+" as plain text within bytes")
	require.Contains(t, found["database temporal"], shown.number+" as plain text within bytes")
	require.Contains(t, found["the list of workflows"], shown.phone+" as plain text")
	require.Contains(t, found["the history of control/"+shown.phone], shown.name+" as plain text")
	require.ElementsMatch(t, []string{
		"database control", "log control.log", "database temporal", "database temporal_visibility", "the list of workflows",
		"the history of control/" + shown.phone,
	}, slices.Collect(maps.Keys(found)), "and nowhere else: %v", found)
}
