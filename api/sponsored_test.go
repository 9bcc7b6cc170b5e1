package api

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/registering"
	"github.com/dengpan/dengpan/store"
)

// sponsoredClass is a class as its training body and its sponsor see it.
type sponsoredClass struct {
	ID      string
	Mode    struct{ Code string }
	Sponsor *struct {
		Employer  struct{ ID, Name string }
		AgreedAt  *string `json:"agreed_at"`
		OrderCode *string `json:"order_code"`
		Taken     int
	}
}

// sponsorship is a training body, an employer, and the order class between them.
type sponsorship struct {
	*world

	body, sponsor string // tokens
	employerID    string
	class         sponsoredClass
}

// newSponsorship makes an order class that the employer has yet to agree to.
func newSponsorship(t *testing.T, capacity int) *sponsorship {
	t.Helper()
	w := newWorld(t)
	s := &sponsorship{world: w, body: w.institution(trainingBodyID), employerID: w.employer(1, "haidian")}
	s.sponsor = w.token(store.Account{Role: store.RoleEmployer, EmployerID: &s.employerID})
	got := w.post("/v1/classes", s.body, w.classOf(object{"mode": "order", "sponsor": creditCode(1), "capacity": capacity}))
	require.Equal(t, http.StatusCreated, got.status, "%s", got.body)
	got.into(t, &s.class)
	return s
}

// agree has the employer agree to its class, and gives the class's code.
func (s *sponsorship) agree() string {
	s.t.Helper()
	got := s.post("/v1/classes/"+s.class.ID+"/agreement", s.sponsor, nil)
	require.Equal(s.t, http.StatusOK, got.status, "%s", got.body)
	got.into(s.t, &s.class)
	require.NotNil(s.t, s.class.Sponsor.OrderCode)
	return *s.class.Sponsor.OrderCode
}

// byCode is a registration with a code and the consent that goes with it.
func byCode(n int, code string) object {
	return registrationOf(n, object{"order_code": code, "sponsor_consent": registering.SponsorConsent})
}

func TestAnOrderClassTakesNobodyBeforeItsSponsorHasAgreedAndThenWhoHasItsCode(t *testing.T) {
	t.Parallel()
	s := newSponsorship(t, 2)
	require.Equal(t, "order", s.class.Mode.Code)
	require.Nil(t, s.class.Sponsor.AgreedAt)
	require.Nil(t, s.class.Sponsor.OrderCode, "there is no code before the sponsor has agreed")
	s.post("/v1/classes/"+s.class.ID+"/order-code", s.body, object{"reason": "x"}).refused(t, http.StatusConflict, classNotAgreed)
	code := s.agree()
	require.GreaterOrEqual(t, len(code), 10)
	require.Equal(t, code, s.agree(), "agreed to again, it is as it was")

	var found struct {
		Class          sponsoredClass
		ConsentVersion string `json:"consent_version"`
		Consent        string
	}
	spoken := strings.ToLower(code[:4] + "-" + code[4:8] + " " + code[8:])
	got := s.post("/v1/order-codes/lookup", "", object{"code": spoken})
	require.Equal(t, http.StatusOK, got.status, "%s", got.body)
	got.into(t, &found)
	require.Equal(t, s.class.ID, found.Class.ID)
	require.Nil(t, found.Class.Sponsor.OrderCode, "whoever asks has it, and is not told")
	require.Contains(t, found.Consent, "第1公司")
	require.Equal(t, registering.SponsorConsent, found.ConsentVersion)

	without := byCode(1, spoken)
	delete(without, "sponsor_consent")
	require.Equal(t, map[string]string{"sponsor_consent": fieldRequired},
		s.register(s.trainee, "k1", without).refused(t, http.StatusUnprocessableEntity, validationFailed))
	elsewhere := byCode(1, code)
	elsewhere["training_body"] = otherTrainerID
	require.Equal(t, map[string]string{"order_code": "class_other_target"},
		s.register(s.trainee, "k2", elsewhere).refused(t, http.StatusUnprocessableEntity, validationFailed))
	require.Equal(t, map[string]string{"order_code": orderCodeUnknown},
		s.register(s.trainee, "k3", byCode(1, "AAAABBBBCCCC")).refused(t, http.StatusUnprocessableEntity, validationFailed))
	require.Equal(t, http.StatusCreated, s.register(s.trainee, "k4", byCode(1, spoken)).status)

	renewed := s.post("/v1/classes/"+s.class.ID+"/order-code", s.body, object{"reason": "it got about"})
	require.Equal(t, http.StatusOK, renewed.status, "%s", renewed.body)
	renewed.into(t, &s.class)
	require.NotEqual(t, code, *s.class.Sponsor.OrderCode)
	s.post("/v1/order-codes/lookup", "", object{"code": code}).refused(t, http.StatusNotFound, orderCodeUnknown)
	require.Equal(t, http.StatusCreated, s.register(s.operator, "k5", byCode(2, *s.class.Sponsor.OrderCode)).status)
	s.register(s.operator, "k6", byCode(3, *s.class.Sponsor.OrderCode)).refused(t, http.StatusConflict, classFull)
	require.Equal(t, http.StatusCreated, s.register(s.operator, "k7", registrationOf(3, nil)).status, "the place was full, the programme is not")
}

func TestASponsoredClassTakesNobodyFromOutside(t *testing.T) {
	t.Parallel()
	s := newSponsorship(t, 5)
	code := s.agree()
	var inside struct{ ID string }
	s.register(s.operator, "in", byCode(1, code)).into(t, &inside)
	s.exec("UPDATE case_stages SET state = 'done' WHERE stage = 'registration' AND case_id = $1", inside.ID)
	outside := s.admitted(2, nil)
	fill := func(id string) reply {
		return s.post("/v1/classes/"+s.class.ID+"/members", s.body, object{"case_ids": []string{id}})
	}
	fill(outside).refused(t, http.StatusConflict, classSponsored)
	got := fill(inside.ID)
	require.Equal(t, http.StatusOK, got.status, "%s", got.body)
	var candidates struct{ Total int }
	s.get("/v1/classes/"+s.class.ID+"/candidates", s.body).into(t, &candidates)
	require.Zero(t, candidates.Total, "who is from outside is no candidate")
}

func TestAnEmployerSeesItsOwnPeopleInItsClassesAndNothingOfWhoWithdrewTheConsent(t *testing.T) {
	t.Parallel()
	s := newSponsorship(t, 5)
	code := s.agree()
	var mine, other struct{ ID string }
	s.register(s.trainee, "a", byCode(1, code)).into(t, &mine)
	s.register(s.operator, "b", byCode(2, code)).into(t, &other)
	require.Equal(t, http.StatusCreated, s.register(s.operator, "c", registrationOf(3, nil)).status)
	type staff struct {
		Staff []struct {
			Hidden bool
			CaseID string `json:"case_id"`
			Name   string
			Hours  *float64
			Stage  *struct{ Code string }
		}
		Total int
	}
	look := func() (seen staff, body string) {
		got := s.get("/v1/sponsored-classes/"+s.class.ID+"/staff", s.sponsor)
		require.Equal(t, http.StatusOK, got.status, "%s", got.body)
		got.into(t, &seen)
		return seen, string(got.body)
	}
	before := s.count("SELECT count(*) FROM audit_entries WHERE action = 'trainee.read'")
	seen, body := look()
	require.Equal(t, 2, seen.Total, "who came without the code is none of its people")
	require.Equal(t, mine.ID, seen.Staff[0].CaseID)
	require.NotEmpty(t, seen.Staff[0].Name)
	require.Equal(t, "registration", seen.Staff[0].Stage.Code)
	require.NotContains(t, body, "id_number")
	require.NotContains(t, body, "score")
	require.Equal(t, before+2, s.count("SELECT count(*) FROM audit_entries WHERE action = 'trainee.read'"), "each was written down")

	var consent struct {
		Employer    *struct{ Name string }
		WithdrawnAt *string `json:"withdrawn_at"`
	}
	s.post("/v1/cases/"+mine.ID+"/sponsor-consent/withdrawal", s.trainee, nil).into(t, &consent)
	require.NotNil(t, consent.WithdrawnAt)
	require.Equal(t, "第1公司", consent.Employer.Name)
	seen, body = look()
	require.Equal(t, 2, seen.Total)
	require.True(t, seen.Staff[0].Hidden)
	require.NotContains(t, body, mine.ID)
	require.Empty(t, seen.Staff[0].Name)
	require.False(t, seen.Staff[1].Hidden)

	for _, path := range []string{"/v1/cases/" + other.ID, "/v1/classes", "/v1/tasks", "/v1/cases"} {
		require.Equal(t, http.StatusForbidden, s.get(path, s.sponsor).status, path)
	}
}

func TestAnEmployerIsRegisteredOnceByItsCodeAndItsPeopleAreInvited(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	asked := object{"name": "北京某某科技有限公司", "uscc": creditCode(7), "district": "haidian"}
	require.Equal(t, map[string]string{"uscc": "uscc_check"}, w.post("/v1/employers", w.operator, object{
		"name": "x", "uscc": "911101080000000070", "district": "haidian",
	}).refused(t, http.StatusUnprocessableEntity, validationFailed))
	got := w.post("/v1/employers", w.operator, asked)
	require.Equal(t, http.StatusCreated, got.status, "%s", got.body)
	var e struct{ ID string }
	got.into(t, &e)
	w.post("/v1/employers", w.operator, asked).refused(t, http.StatusConflict, employerKnown)
	var invitation struct{ Token string }
	got = w.post("/v1/employers/"+e.ID+"/invitations", w.operator, object{"label": "人事"})
	require.Equal(t, http.StatusCreated, got.status, "%s", got.body)
	got.into(t, &invitation)
	var who struct {
		Account struct {
			Role     string
			Employer struct{ ID, Name string }
		}
	}
	got = w.post("/v1/invitations/acceptance", "", object{"token": invitation.Token, "login": "hr-desk", "password": "correct horse battery 9"})
	require.Equal(t, http.StatusCreated, got.status, "%s", got.body)
	got.into(t, &who)
	require.Equal(t, employer, who.Account.Role)
	require.Equal(t, e.ID, who.Account.Employer.ID)
}

func TestWhatApplicationsForSubsidiesNameIsTheTrainingAndNoAmount(t *testing.T) {
	t.Parallel()
	s := newSponsorship(t, 5)
	code := s.agree()
	var trained, under, hidden struct{ ID string }
	s.register(s.operator, "a", byCode(1, code)).into(t, &trained)
	s.register(s.operator, "b", byCode(2, code)).into(t, &under)
	s.register(s.trainee, "c", byCode(3, code)).into(t, &hidden)
	s.post("/v1/cases/"+hidden.ID+"/sponsor-consent/withdrawal", s.trainee, nil)
	s.certify(trained.ID, contract.TrainingCertificate, trainingBodyID, "OUC-1", "王小明", 1)
	before := s.count("SELECT count(*) FROM audit_entries WHERE action = 'trainee.read'")
	path := "/v1/sponsored-classes/" + s.class.ID + "/subsidy-facts"
	got := s.get(path+"?format=csv", s.sponsor)
	require.Equal(t, http.StatusOK, got.status, "%s", got.body)
	lines := strings.Split(strings.TrimSpace(string(got.body)), "\r\n")
	require.Len(t, lines, 4, "a heading, two people and a note: who withdrew the consent is left out")
	require.Contains(t, lines[1], "OUC-1")
	require.Contains(t, lines[1], "有效")
	require.Contains(t, lines[2], "尚未取得")
	require.Contains(t, lines[3], "不含补贴金额")
	require.NotContains(t, lines[0], "金额")
	require.NotContains(t, string(got.body), registrationOf(1, nil)["id_number"])
	require.Equal(t, before+2, s.count("SELECT count(*) FROM audit_entries WHERE action = 'trainee.read'"), "each was written down")

	book, err := excelize.OpenReader(bytes.NewReader(s.get(path, s.sponsor).body))
	require.NoError(t, err)
	rows, err := book.GetRows("Sheet1")
	require.NoError(t, err)
	require.Len(t, rows, 4)
	require.NoError(t, book.Close())
	other := s.employer(2, "haidian")
	stranger := s.token(store.Account{Role: store.RoleEmployer, EmployerID: &other})
	s.get(path, stranger).refused(t, http.StatusNotFound, notFound)
}
