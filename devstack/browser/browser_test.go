package browser_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/devstack/demo"
	"github.com/dengpan/dengpan/devstack/files"
	"github.com/dengpan/dengpan/devstack/portrait"
	"github.com/dengpan/dengpan/devstack/provider"
	"github.com/dengpan/dengpan/devstack/stack"
	"github.com/dengpan/dengpan/devstack/testbed"
	"github.com/dengpan/dengpan/devstack/up"
	"github.com/dengpan/dengpan/identity"
)

// TestMain lets this test program be the stack's own services.
func TestMain(m *testing.M) {
	stack.RunRole()
	os.Exit(m.Run())
}

// world is what the tests in the browser are told.
type world struct {
	URL      string          `json:"url"`
	Chromium string          `json:"chromium"`
	Logins   []demo.WebLogin `json:"logins"`
	Operator string          `json:"operator"` // a token
	// Provider is the identity provider, and somebody whom it knows.
	Provider string        `json:"provider"`
	Known    demo.WebLogin `json:"known"`
	// Second, Changes and Elsewhere are accounts of nobody else's: to set up a second step, to change a password, and to end
	// every other session of.
	Second    demo.WebLogin `json:"second"`
	Changes   demo.WebLogin `json:"changes"`
	Elsewhere demo.WebLogin `json:"elsewhere"`
	// Photo is a file that is a fit photo of somebody new.
	Photo string `json:"photo"`
	// SMS is the folder in which short messages arrive.
	SMS string `json:"sms"`
	// Stuck is a case that is stuck, by the incident Kept; another is stuck by Incident, until that is resolved.
	Stuck    string `json:"stuck"`
	Kept     string `json:"kept"`
	Incident string `json:"incident"`
	// Moving is a case that is stuck again whenever it is tried again.
	Moving string `json:"moving"`
	// Desk is staff of an institution that nothing answers for but they: it has tasks, of as many trainees.
	Desk demo.WebLogin `json:"desk"`
	// Examiners are three people of the body that evaluates the trainee who logs in; Examined is the trainee's case.
	Examiners []demo.WebLogin `json:"examiners"`
	Examined  string          `json:"examined"`
	// Seated is a trainee whose evaluation the staff who log in see to: nothing reports what it comes to.
	Seated     demo.WebLogin `json:"seated"`
	SeatedCase string        `json:"seated_case"`
	// Unknown is a trainee whom the register of persons does not know, of the institution whose staff log in.
	Unknown     demo.WebLogin `json:"unknown"`
	UnknownCase string        `json:"unknown_case"`
}

// deskInstitution trains in the occupation of the cases that are registered here.
const (
	deskInstitution = "norinco-talent"
	deskTrainees    = "甲乙丙丁"
	trainerOfSeated = "ouc"
)

func TestTheWebApplicationInABrowser(t *testing.T) {
	t.Parallel()
	dir := testbed.Folder(t)
	options := up.Options{
		Dir: dir, Program: testbed.Program(t), Plain: true, Lang: "zh", Trainees: 12, Day: 4 * time.Second,
		APIAddress: testbed.Address(t), WorkerAddress: testbed.Address(t), SignerAddress: testbed.Address(t), InstitutionAddress: testbed.Address(t),
		TemporalListen: testbed.Address(t), UIAddress: testbed.Address(t), ProviderAddress: testbed.Address(t), MailAddress: testbed.Address(t),
		RegistryAddress: testbed.Address(t), SMSAddress: testbed.Address(t), BureauAddress: testbed.Address(t),
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- up.Run(ctx, options) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("the stack ended: %v", err)
		}
		if t.Failed() {
			warnings(t, filepath.Join(dir, "log"))
		}
	})
	w := prepare(t, options, ended)
	path := filepath.Join(dir, "world.json")
	require.NoError(t, files.WriteJSON(path, w))

	web, err := filepath.Abs("../../web")
	require.NoError(t, err)
	for name, stories := range lanes(t, filepath.Join(web, "e2e")) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, story := range stories {
				t.Run(story, func(t *testing.T) {
					node := exec.CommandContext(t.Context(), "node", "--test", "--test-reporter=spec", "e2e/"+story+ending)
					node.Dir, node.Env = web, append(os.Environ(), "DENGPAN_WORLD="+path)
					report, err := node.CombinedOutput()
					t.Logf("%s", report)
					require.NoError(t, err, "see above")
				})
			}
		})
	}
}

// warnings shows what the product's own log warned of: a page says no more than that something is away.
func warnings(t *testing.T, folder string) {
	t.Helper()
	for _, role := range []string{stack.APIRole, stack.WorkerRole} {
		content, err := os.ReadFile(filepath.Join(folder, role+".log"))
		require.NoError(t, err)
		for line := range strings.Lines(string(content)) {
			if !strings.Contains(line, `"level":"INFO"`) {
				t.Logf("%s: %s", role, line)
			}
		}
	}
}

// ending is what the file of a story is called, after its name.
const ending = ".test.mjs"

// cases are the stories of a case, of who comes to one and who sees to it, in an order: a mark can be reviewed for thirty days,
// which are two minutes here, and classes begin soon.
var cases = []string{
	"requests", "newcomer", "sittings", "ordercode", "public", "registration", "claims", "certificates", "checks", "employers", "evidence",
	"follow", "misconduct", "messages", "people", "unknown", "workbooks",
}

// lanes are the stories that are told beside one another: one lane is those of cases, the other all that is left. What looks at
// every page comes last, when there is something on them.
func lanes(t *testing.T, dir string) map[string][]string {
	t.Helper()
	const looks = "accessibility"
	files, err := filepath.Glob(filepath.Join(dir, "*"+ending))
	require.NoError(t, err)
	var others, found []string
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ending)
		if found = append(found, name); name != looks && !slices.Contains(cases, name) {
			others = append(others, name)
		}
	}
	require.Subset(t, found, append(cases, looks))
	return map[string][]string{"of cases": cases, "of everything else": append(others, looks)}
}

// prepare waits for the demonstration, and makes what it does not have.
func prepare(t *testing.T, options up.Options, ended chan error) world {
	t.Helper()
	w := world{
		URL: "http://" + options.APIAddress, Provider: "http://" + options.ProviderAddress, Chromium: testbed.Chromium(t),
		SMS: filepath.Join(options.Dir, demo.SMSFolder), Photo: filepath.Join(options.Dir, "photo.png"),
	}
	require.NoError(t, os.WriteFile(w.Photo, portrait.PNG(options.Trainees), 0o600))
	var record demo.Record
	require.Eventually(t, func() bool {
		select {
		case err := <-ended:
			ended <- err
			require.NoError(t, err, "the stack did not come up")
		default:
		}
		err := files.ReadJSON(filepath.Join(options.Dir, demo.RecordFile), &record)
		return (err == nil || !errors.Is(err, fs.ErrNotExist)) && len(record.Logins) == 6 && record.Trainees[3].CaseID != ""
	}, 3*time.Minute, 200*time.Millisecond, "the demonstration makes its log-ins, and takes trainees in")
	w.Logins, w.Operator = record.Logins, record.Operator.Token

	var people provider.Options
	require.NoError(t, files.ReadJSON(filepath.Join(options.Dir, "identity-provider.json"), &people))
	w.Known = demo.WebLogin{Role: "trainee", Login: people.People[0].Login, Password: people.People[0].Password}

	product := stack.Product{
		Program: options.Program, Demo: true,
		DatabaseFile: filepath.Join(options.Dir, "application-database-url"), KeysetFile: filepath.Join(options.Dir, "keyset.json"),
	}
	w.Second, w.Changes = account(t, product, "trainee", "", "second"), account(t, product, "trainee", "", "changes")
	w.Elsewhere = account(t, product, "operator", "", "elsewhere")

	w.examiners(t, record.Trainees[0].CaseID, product)
	w.seated(t, options, product)
	w.unknown(t, options, product)
	w.desk(t, options, product)
	w.owed(t, options)
	w.Stuck, w.Kept = w.stuck(t, 900_001)
	_, w.Incident = w.stuck(t, 900_002)
	w.Moving, _ = w.stuck(t, 900_003)
	return w
}

// account makes an account of a role, of an institution's staff or of nobody's, and says how its holder logs in.
func account(t *testing.T, product stack.Product, role, institution, login string) demo.WebLogin {
	t.Helper()
	made := demo.WebLogin{Role: role, Institution: institution, Login: login, Password: "eleven slow herons at " + login}
	require.NoError(t, product.Account(t.Context(), role, institution, "", login, made.Password))
	return made
}

// stuck registers a case that is stuck at once, and is nobody's of the demonstration: the skilled worker's grade opens the
// junior level only.
func (w *world) stuck(t *testing.T, n int) (caseID, incidentID string) {
	t.Helper()
	caseID = w.register(t, n, "例示甲", "ouc", "senior", map[string]any{
		"category": "skilled_worker", "skill_grade": "高级工",
		"education": []map[string]any{{"degree": "associate", "related_major": true, "graduated_on": "2016-07-01", "full_time": true}},
		"titles":    []any{}, "grades": []any{}, "work_started_on": "2016-09-01",
	})
	var open struct{ Incidents []struct{ ID string } }
	require.Eventually(t, func() bool {
		w.ask(t, http.MethodGet, "/v1/incidents?case_id="+caseID, nil, &open)
		return len(open.Incidents) == 1
	}, time.Minute, 100*time.Millisecond, "the case is stuck")
	return caseID, open.Incidents[0].ID
}

// inPost is an applicant who may join at the junior level.
var inPost = map[string]any{
	"category":  "in_post",
	"education": []map[string]any{{"degree": "bachelor", "related_major": true, "graduated_on": "2016-07-01", "full_time": true}},
	"titles":    []any{}, "grades": []any{}, "work_started_on": "2016-09-01",
}

// desk has the simulator leave an institution to its staff, gives them a log-in and registers trainees with it.
func (w *world) desk(t *testing.T, options up.Options, product stack.Product) {
	t.Helper()
	simulator := world{URL: "http://" + options.InstitutionAddress}
	simulator.ask(t, http.MethodPost, "/control/scripts", map[string]any{"institution_id": deskInstitution, "behaviour": "silent"}, &struct{}{})
	w.Desk = account(t, product, "institution", deskInstitution, "desk")
	for n, called := range deskTrainees {
		w.register(t, 910_000+n, "例示"+string(called), deskInstitution, "junior", inPost)
	}
	require.Eventually(t, func() bool {
		var open struct {
			Tasks []struct {
				Institution string `json:"institution_id"`
			}
		}
		w.ask(t, http.MethodGet, "/v1/tasks?state=open&kind=enrolment&limit=200", nil, &open)
		asked := 0
		for _, task := range open.Tasks {
			if task.Institution == deskInstitution {
				asked++
			}
		}
		return asked >= utf8.RuneCountInString(deskTrainees)
	}, time.Minute, 200*time.Millisecond, "the desk is asked to take trainees")
}

// examiners gives log-ins to three of the staff who evaluate a case: who records, who confirms, and who decides.
func (w *world) examiners(t *testing.T, caseID string, product stack.Product) {
	t.Helper()
	var c struct {
		Body struct{ ID string } `json:"evaluation_body"`
	}
	w.ask(t, http.MethodGet, "/v1/cases/"+caseID, nil, &c)
	w.Examined = caseID
	for _, login := range []string{"examiner-1", "examiner-2", "examiner-3"} {
		w.Examiners = append(w.Examiners, account(t, product, "institution", c.Body.ID, login))
	}
}

// seated registers a trainee with a log-in, and has the simulator leave their evaluation to the body's staff.
func (w *world) seated(t *testing.T, options up.Options, product stack.Product) {
	t.Helper()
	w.Seated = account(t, product, "trainee", "", "seated")
	w.SeatedCase = w.ownCase(t, w.Seated, registrationOf(930_000, "例示庚", trainerOfSeated, "junior", inPost))
	simulator := world{URL: "http://" + options.InstitutionAddress}
	for _, part := range []string{"theory", "practical"} {
		simulator.ask(t, http.MethodPost, "/control/scripts",
			map[string]any{"case_id": w.SeatedCase, "task_kind": part, "behaviour": "silent"}, &struct{}{})
	}
}

// owed leaves to the staff who log in what the simulator would do at once for two trainees: to enrol them.
func (w *world) owed(t *testing.T, options up.Options) {
	t.Helper()
	trainer := w.trainer(t)
	simulator := world{URL: "http://" + options.InstitutionAddress}
	behave := func(whose, id, as string) {
		simulator.ask(t, http.MethodPost, "/control/scripts", map[string]any{whose: id, "task_kind": "enrolment", "behaviour": as}, &struct{}{})
	}
	behave("institution_id", trainer, "silent")
	for n, called := range []string{"戊", "己"} {
		id := w.register(t, 920_000+n, "例示"+called, trainer, "junior", inPost)
		behave("case_id", id, "silent")
	}
	behave("institution_id", trainer, "normal")
}

// register registers a case that is nobody's of the demonstration.
func (w *world) register(t *testing.T, n int, name, trainer, level string, applicant map[string]any) (caseID string) {
	t.Helper()
	var registered struct{ ID string }
	w.ask(t, http.MethodPost, "/v1/cases", registrationOf(n, name, trainer, level, applicant), &registered)
	return registered.ID
}

func registrationOf(n int, name, trainer, level string, applicant map[string]any) map[string]any {
	return map[string]any{
		"name": name, "id_number": identity.Synthetic(n, calendar.NewDate(1990, time.May, 17)).Number(),
		"occupation": "intelligent-manufacturing", "level": level, "district": "haidian", "training_body": trainer, "evaluation_body": "cmes",
		"applicant": applicant,
	}
}

// ask asks the product as the operator.
func (w *world) ask(t *testing.T, method, path string, body, into any) {
	t.Helper()
	content, err := json.Marshal(body)
	require.NoError(t, err)
	request, err := http.NewRequestWithContext(t.Context(), method, w.URL+path, bytes.NewReader(content))
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+w.Operator)
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Idempotency-Key", rand.Text())
	} else {
		request.Body = http.NoBody
		request.ContentLength = 0
	}
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer answer.Body.Close()
	said, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.Less(t, answer.StatusCode, http.StatusBadRequest, "%s %s: %s", method, path, said)
	require.NoError(t, json.Unmarshal(said, into))
}
