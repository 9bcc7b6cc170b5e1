package api

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/store"
)

// certify records a certificate as the case's workflow would, and returns its verification token.
func (w *world) certify(caseID, kind, issuer, number, name string, n int) string {
	w.t.Helper()
	id, token := uuid.NewString(), strings.ReplaceAll(uuid.NewString(), "-", "")
	holder := certificate.Holder{
		Name: name, IDType: store.IDTypeResident,
		IDNumber: identity.Synthetic(n, calendar.MustParseDate("1990-05-17")).Number(),
	}
	facts := certificate.Facts{
		Kind: kind, Number: number, IssuerID: issuer, IssuerName: "国家开放大学", Occupation: "智能制造工程技术人员",
		Direction: certificate.NoDirection, Level: "初级", IssuedOn: w.calendar.Today(time.Now()), Demonstration: true,
	}
	if kind == contract.TrainingCertificate {
		facts.From, facts.To, facts.Hours = facts.IssuedOn.AddDays(-9), facts.IssuedOn, "80"
	}
	digest, err := certificate.Digest(facts, holder)
	require.NoError(w.t, err)
	plain, err := json.Marshal(holder)
	require.NoError(w.t, err)
	sealed, err := w.keys.Seal(plain, store.HolderSeal(id))
	require.NoError(w.t, err)
	require.NoError(w.t, w.store.Tx(w.t.Context(), func(tx *store.Tx) error {
		return tx.InsertCertificate(store.Certificate{
			ID: id, CaseID: &caseID, Kind: kind, Issuer: issuer, Number: number, Origin: store.CertificateIssued,
			Status: store.CertificateValid, Facts: facts, HolderSealed: sealed, Digest: digest, VerifyToken: token,
			PolicyVersion: "beijing-2023+demo", IssuedOn: facts.IssuedOn, RecordedAt: time.Now().UTC(),
		}, store.ActorSystem)
	}))
	return token
}

// change makes the certificate with a number what it is to be.
func (w *world) change(number, status string) {
	w.t.Helper()
	require.NoError(w.t, w.store.Tx(w.t.Context(), func(tx *store.Tx) error {
		found, err := tx.CertificatesByNumber(number)
		if err != nil {
			return err
		}
		require.Len(w.t, found, 1)
		return tx.ChangeCertificate(found[0], store.CertificateChange{
			Status: status, ReasonClass: "test", Actor: store.ActorSystem, At: time.Now().UTC(),
		})
	}))
}

func TestACertificateIsVerifiedByAllThreeOrNotAtAll(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.certify(w.newCase(1), contract.TrainingCertificate, trainingBodyID, "OUC-1", "王小明", 1)
	born := calendar.MustParseDate("1990-05-17")
	right := object{"name": "王小明", "id_number": identity.Synthetic(1, born).Number(), "certificate_number": "OUC-1"}
	r := w.post("/v1/verifications", "", right)
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	var answer struct {
		Found       bool
		Certificate verifiedCertificate
	}
	r.into(t, &answer)
	require.True(t, answer.Found)
	require.Equal(t, "国家开放大学", answer.Certificate.Issuer)
	require.Equal(t, "80", answer.Certificate.Hours)
	require.True(t, answer.Certificate.Demonstration)
	require.NotContains(t, string(r.body), "王小明")

	for name, changed := range map[string]object{
		"another name":      {"name": "王小红"},
		"no name":           {"name": "<>"},
		"another number":    {"id_number": identity.Synthetic(2, born).Number()},
		"no ID number":      {"id_number": "123"},
		"wrong check digit": {"id_number": "110101199003070000"},
		"unknown":           {"certificate_number": "OUC-2"},
		"empty":             {"certificate_number": ""},
	} {
		body := object{}
		maps.Copy(body, right)
		maps.Copy(body, changed)
		r := w.post("/v1/verifications", "", body)
		require.Equal(t, http.StatusOK, r.status, name)
		require.JSONEq(t, `{"found":false}`, string(r.body), name)
	}
	require.Equal(t, map[string]string{"id_number": "required"},
		w.post("/v1/verifications", "", object{"name": "王小明", "certificate_number": "OUC-1"}).refused(t, 422, validationFailed))
}

func TestTheCertificatePageShowsFactsAndHidesTheHolder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.certify(w.newCase(1), contract.TrainingCertificate, trainingBodyID, "OUC-1", "王小明", 1)
	number := identity.Synthetic(1, calendar.MustParseDate("1990-05-17"))
	r := w.get("/verify/"+token, "")
	require.Equal(t, http.StatusOK, r.status)
	page := string(r.body)
	for _, text := range []string{"证书有效", "OUC-1", "王*明", number.Mask(), "智能制造工程技术人员", "国家开放大学", "演示数据", `lang="zh"`} {
		require.Contains(t, page, text)
	}
	require.NotContains(t, page, "王小明")
	require.NotContains(t, page, number.Number())
	require.NotContains(t, page, "verify.")
	require.Contains(t, r.header.Get("Content-Security-Policy"), "default-src 'none'")
	require.NotContains(t, r.header.Get("Content-Security-Policy"), "unsafe")
	require.Contains(t, string(w.get("/verify/"+token+"?lang=en", "").body), "The certificate is valid")

	for _, unknown := range []string{"0123456789abcdef0123", "x", "%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00", "'%20OR%201=1"} {
		r := w.get("/verify/"+unknown, "")
		require.Equal(t, http.StatusNotFound, r.status)
		require.Contains(t, string(r.body), "未查到此证书")
	}

	w.change("OUC-1", store.CertificateRevoked)
	require.Contains(t, string(w.get("/verify/"+token, "").body), "证书已撤销")
	w.exec(`ALTER TABLE certificates DISABLE TRIGGER frozen`)
	w.exec(`UPDATE certificates SET facts = jsonb_set(facts, '{level}', '"高级"')`)
	changed := string(w.get("/verify/"+token, "").body)
	require.Contains(t, changed, "登记内容与签发时不一致")
	require.NotContains(t, changed, "证书已撤销", "what was changed is not relied on")
}

func TestNamesAreMasked(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"": "", "王": "王*", "王明": "王*", "王小明": "王*明", "买买提·艾力": "买****力"} {
		require.Equal(t, want, maskName(name))
	}
}

func TestATraineeSeesTheirCertificatesAndHours(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.register(w.trainee, "k", registrationOf(1, nil))
	require.Equal(t, http.StatusCreated, r.status, "%s", r.body)
	var c caseView
	r.into(t, &c)
	w.certify(c.ID, contract.TrainingCertificate, trainingBodyID, "OUC-1", "王小明", 1)
	_, err := w.sql.ExecContext(t.Context(), `INSERT INTO ce_entries (person_id, case_id, year, subject, hours)
		SELECT person_id, id, y, 'professional', h FROM cases, (VALUES (2026, 60.5), (2027, 19.5)) v(y, h)`)
	require.NoError(t, err)

	var mine struct {
		Certificates []CertificateView
	}
	w.get("/v1/me/certificates", w.trainee).into(t, &mine)
	require.Len(t, mine.Certificates, 1)
	require.Equal(t, "OUC-1", mine.Certificates[0].Number)
	require.Equal(t, http.StatusOK, w.get(mine.Certificates[0].Verify, "").status)
	require.JSONEq(t, `{"ce_hours":[{"case_id":"`+c.ID+`","year":2026,"subject":"professional","hours":60.5}]}`,
		string(w.get("/v1/me/ce-hours?year=2026", w.trainee).body))
	require.Contains(t, string(w.get("/v1/me/ce-hours", w.trainee).body), `"hours":19.5`)

	other := w.token(store.Account{Role: store.RoleTrainee})
	require.JSONEq(t, `{"ce_hours":[]}`, string(w.get("/v1/me/ce-hours", other).body))
	require.JSONEq(t, `{"certificates":[]}`, string(w.get("/v1/me/certificates", other).body))
	require.JSONEq(t, `{"cases":[]}`, string(w.get("/v1/me/cases", other).body))
	var cases struct{ Cases []CaseSummary }
	w.get("/v1/me/cases", w.trainee).into(t, &cases)
	require.Len(t, cases.Cases, 1)
}

// issuedPage is what a list of certificates answers.
type issuedPage struct {
	Certificates []struct{ Number, Holder, Verify string }
	Next         *string
	Total        *int64
}

func (p issuedPage) numbers() string {
	all := make([]string, len(p.Certificates))
	for i, c := range p.Certificates {
		all[i] = c.Number
	}
	return strings.Join(all, " ")
}

func TestAnInstitutionListsTheCertificatesItIssuedAndNoOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first, second := w.newCase(1), w.newCase(2)
	w.certify(first, contract.TrainingCertificate, trainingBodyID, "OUC-1", "王小明", 1)
	w.certify(second, contract.TrainingCertificate, trainingBodyID, "ouc-2", "王明", 2)
	w.certify(first, contract.GradeCertificate, evaluationBodyID, "CMES-1", "王小明", 1)
	w.change("OUC-1", store.CertificateRevoked)
	staff := w.institution(trainingBodyID)

	var all issuedPage
	list := w.get("/v1/certificates", staff)
	list.into(t, &all)
	require.Equal(t, "ouc-2 OUC-1", all.numbers(), "the latest first")
	require.Equal(t, "王*明", all.Certificates[1].Holder)
	require.NotContains(t, string(list.body), "王小明")
	require.Equal(t, http.StatusOK, w.get(all.Certificates[0].Verify, "").status)

	for query, want := range map[string]string{
		"?institution=" + evaluationBodyID: "ouc-2 OUC-1", "?status=revoked": "OUC-1", "?kind=grade": "", "?kind=training&status=valid": "ouc-2",
		"?q=OUC-": "ouc-2 OUC-1", "?q=uc-2": "ouc-2", "?q=%25": "",
	} {
		var page issuedPage
		w.get("/v1/certificates"+query, staff).into(t, &page)
		require.Equal(t, want, page.numbers(), query)
	}
	var beyond issuedPage
	w.get("/v1/certificates?page=2&limit=1&status=valid", staff).into(t, &beyond)
	require.Empty(t, beyond.Certificates)
	require.Equal(t, int64(1), *beyond.Total)
	var walked []string
	for after := ""; ; {
		var page issuedPage
		w.get("/v1/certificates?limit=1&after="+after, staff).into(t, &page)
		walked = append(walked, page.numbers())
		if page.Next == nil {
			break
		}
		after = *page.Next
	}
	require.Equal(t, []string{"ouc-2", "OUC-1"}, walked)

	var theirs issuedPage
	w.get("/v1/certificates?institution="+evaluationBodyID, w.operator).into(t, &theirs)
	require.Equal(t, "CMES-1", theirs.numbers(), "an operator asks for an issuer's")
}
