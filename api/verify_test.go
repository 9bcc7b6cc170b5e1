package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/signintech/gopdf"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/signing"
	"github.com/dengpan/dengpan/store"
)

// presented is a certificate as whoever has it before them would type it.
type presented struct {
	id, number, token string
	form              url.Values
}

func (p presented) body() object {
	return object{"name": p.form.Get("name"), "id_number": p.form.Get("id_number"), "certificate_number": p.number}
}

// signer is a key of a demonstration that the record knows.
func (w *world) signer() *signing.Key {
	w.t.Helper()
	folder, now := w.t.TempDir(), time.Now().UTC()
	require.NoError(w.t, signing.CreateDemonstration(signing.Request{
		Folder: folder, Name: signing.Default, Kind: signing.KindECDSA, Subject: "评价机构",
	}, now))
	keys, err := signing.Open(folder, nil)
	require.NoError(w.t, err)
	key := keys.For("anybody")
	public := key.Public()
	_, err = w.store.Read(w.t.Context()).RegisterSigningKey(store.SigningKey{
		ID: public.ID, Algorithm: public.Algorithm, Subject: public.Subject, NotBefore: public.NotBefore, NotAfter: public.NotAfter,
		Chain: string(public.Chain), RegisteredAt: now,
	})
	require.NoError(w.t, err)
	return key
}

// signed is a document that leads to a certificate by its link, as the key signed it.
func (w *world) signed(key *signing.Key, token string) []byte {
	w.t.Helper()
	var pdf gopdf.GoPdf
	pdf.Start(gopdf.Config{PageSize: *gopdf.PageSizeA4})
	pdf.AddPage()
	pdf.Line(50, 50, 500, 700)
	pdf.AddExternalLink("https://dengpan.example/verify/"+token, 50, 50, 100, 100)
	content, err := pdf.GetBytesPdfReturnErr()
	require.NoError(w.t, err)
	file, err := key.SignPDF(w.t.Context(), content, signing.Statement{Reason: "签发", Location: "北京", At: time.Now()})
	require.NoError(w.t, err)
	return file
}

// issued records the grade certificate of a case, changed as a test wants it; and the file that was signed, if there is one.
func (w *world) issued(caseID, number string, file []byte, changes ...func(*store.Certificate)) presented {
	w.t.Helper()
	born := calendar.MustParseDate("1990-05-17")
	holder := certificate.Holder{Name: "王小明", IDType: store.IDTypeResident, IDNumber: identity.Synthetic(1, born).Number()}
	c := store.Certificate{
		ID: uuid.NewString(), CaseID: &caseID, Kind: contract.GradeCertificate, Issuer: evaluationBodyID, Number: number,
		Origin: store.CertificateIssued, Status: store.CertificatePrepared, VerifyToken: strings.ReplaceAll(uuid.NewString(), "-", ""),
		PolicyVersion: "beijing-2023+demo", IssuedOn: w.calendar.Today(time.Now()).AddDays(-30), RecordedAt: time.Now().UTC(),
		Facts: certificate.Facts{
			Kind: contract.GradeCertificate, IssuerID: evaluationBodyID, IssuerName: "中国机械工程学会",
			Occupation: "智能制造工程技术人员", Direction: certificate.NoDirection, Level: "初级", SealName: "北京市测试考试中心", SealStandIn: true,
			LookUp: []string{"www.example.gov.cn"}, Extra: []string{"机构附加的一行"},
		},
	}
	for _, change := range changes {
		change(&c)
	}
	if file == nil {
		c.Origin, c.Status = store.CertificateReported, store.CertificateValid
	}
	c.Facts.Number, c.Facts.IssuedOn = number, c.IssuedOn
	if c.ExpiresOn != nil {
		c.Facts.ExpiresOn = *c.ExpiresOn
	}
	var err error
	c.Digest, err = certificate.Digest(c.Facts, holder)
	require.NoError(w.t, err)
	plain, err := json.Marshal(holder)
	require.NoError(w.t, err)
	c.HolderSealed = w.sealed(string(plain), store.HolderSeal(c.ID))
	sum := sha256.Sum256(file)
	require.NoError(w.t, w.store.Tx(w.t.Context(), func(tx *store.Tx) error {
		if err := tx.InsertCertificate(c, store.ActorSystem); err != nil || file == nil {
			return err
		}
		sealed := w.sealed(string(file), store.DocumentSeal(c.ID))
		if err := tx.SaveRendered(c.ID, sealed, int64(len(file)), c.RecordedAt); err != nil {
			return err
		}
		_, err := tx.SignDocument(c.ID, sealed, sum[:], int64(len(file)), "key", c.RecordedAt)
		return err
	}))
	return presented{id: c.ID, number: number, token: c.VerifyToken, form: url.Values{
		"name": {holder.Name}, "id_number": {holder.IDNumber}, "certificate_number": {number},
	}}
}

// becomes changes what a certificate is.
func (w *world) becomes(id, status string) {
	w.t.Helper()
	require.NoError(w.t, w.store.Tx(w.t.Context(), func(tx *store.Tx) error {
		c, err := tx.LockCertificate(id)
		if err != nil {
			return err
		}
		return tx.ChangeCertificate(c, store.CertificateChange{Status: status, ReasonClass: "false_material", Actor: "x", At: time.Now().UTC()})
	}))
}

// submit sends a form as a browser does that has no script.
func (w *world) submit(path string, form url.Values) reply {
	w.t.Helper()
	return w.do(call{method: http.MethodPost, path: path, body: form.Encode(), header: browserForm})
}

var browserForm = map[string]string{"Content-Type": mediaForm, "Accept": "text/html,application/xhtml+xml"}

// attach sends a file with the page's form.
func (w *world) attach(path string, file []byte) reply {
	w.t.Helper()
	var body bytes.Buffer
	parts := multipart.NewWriter(&body)
	part, err := parts.CreateFormFile(fileField, "证书.pdf")
	require.NoError(w.t, err)
	_, err = part.Write(file)
	require.NoError(w.t, err)
	require.NoError(w.t, parts.Close())
	return w.do(call{method: http.MethodPost, path: path, body: body.String(), header: map[string]string{
		"Content-Type": parts.FormDataContentType(), "Accept": "text/html",
	}})
}

func TestThePageShowsEveryPrintedFieldToWhoeverTypesAllThreeAndNothingToOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	held := w.issued(w.newCase(1), "CMES-2026-1", nil)
	empty := w.get("/verify", "")
	require.Equal(t, http.StatusOK, empty.status)
	require.Contains(t, string(empty.body), `<form method="post" action="/verify?lang=zh"`)
	require.NotContains(t, string(empty.body), "<script")

	r := w.submit("/verify", held.form)
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	for _, text := range []string{
		"证书有效", "王小明", held.form.Get("id_number"), "CMES-2026-1", "居民身份证", "中国机械工程学会", "智能制造工程技术人员", "初级", "—",
		"北京市测试考试中心（代章）", "www.example.gov.cn", "机构附加的一行", "颁发机构在发证之日列入公布名单", "登记内容与签发时一致",
	} {
		require.Contains(t, string(r.body), text)
	}
	require.NotContains(t, string(r.body), "verify.")
	require.Contains(t, r.header.Get("Content-Security-Policy"), "form-action 'self'")
	require.NotContains(t, r.header.Get("Content-Security-Policy"), "script-src")
	require.Equal(t, "no-store", r.header.Get("Cache-Control"))
	require.Contains(t, string(w.submit("/verify?lang=en", held.form).body), "The certificate is valid")

	// What is not found is answered alike whichever part was wrong, but for what was typed.
	typed := regexp.MustCompile(`value="[^"]*"`)
	var answers []string
	for field, wrong := range map[string]string{"name": "王小红", "id_number": "11010119900307777X", "certificate_number": "CMES-2026-2"} {
		form := maps.Clone(held.form)
		form.Set(field, wrong)
		missed := w.submit("/verify", form)
		require.Equal(t, http.StatusOK, missed.status)
		require.NotContains(t, string(missed.body), "中国机械工程学会", field)
		answers = append(answers, typed.ReplaceAllString(string(missed.body), ""))
	}
	require.Contains(t, answers[0], "未查到此证书")
	require.Equal(t, answers[0], answers[1])
	require.Equal(t, answers[0], answers[2])
}

func TestThePageSaysInWordsWhatIsWrongWithAForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.submit("/verify", url.Values{"name": {`"><script>`}, "id_number": {" "}, "certificate_number": {strings.Repeat("9", 65)}})
	require.Equal(t, http.StatusUnprocessableEntity, r.status)
	require.Equal(t, 2, strings.Count(string(r.body), `aria-invalid="true"`))
	require.Contains(t, string(r.body), "&#34;&gt;&lt;script&gt;")
	require.NotContains(t, string(r.body), "<script")

	page := func(r reply, status int, words string) {
		t.Helper()
		require.Equal(t, status, r.status, "%s", r.body)
		require.Equal(t, "text/html; charset=utf-8", r.header.Get("Content-Type"))
		require.Contains(t, string(r.body), words)
	}
	page(w.submit("/verify", url.Values{"name": {strings.Repeat("x", mostForm)}}), http.StatusRequestEntityTooLarge, "提交内容过大")
	page(w.do(call{method: http.MethodPost, path: "/verify", body: "{}", header: map[string]string{"Accept": "text/html"}}),
		http.StatusUnsupportedMediaType, "证书查验")
	w.do(call{method: http.MethodPost, path: "/verify", body: "{}"}).refused(t, http.StatusUnsupportedMediaType, unsupportedMediaType)

	limited := still(t, func(c *Config) { c.LimitFactor = 0.05 })
	form := url.Values{"name": {"王"}, "id_number": {"1"}, "certificate_number": {"1"}}
	_, refused := until(t, 10, func() reply { return limited.submit("/verify?lang=en", form) })
	page(refused, http.StatusTooManyRequests, `lang="en"`)
	require.NotEmpty(t, refused.header.Get("Retry-After"))
	_, refused = until(t, 10, func() reply { return limited.attach("/verify/file", []byte("x")) })
	page(refused, http.StatusTooManyRequests, `lang="zh"`)
}

func TestACertificateSaysWhatHasBecomeOfIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	today := w.calendar.Today(time.Now())
	ask := func(p presented) (found bool, c verifiedCertificate) {
		t.Helper()
		var answer struct {
			Found       bool
			Certificate verifiedCertificate
		}
		r := w.post("/v1/verifications", "", p.body())
		require.Equal(t, http.StatusOK, r.status, "%s", r.body)
		r.into(t, &answer)
		return answer.Found, answer.Certificate
	}
	key, n := w.signer(), 0
	file := func() []byte { return w.signed(key, strings.ReplaceAll(uuid.NewString(), "-", "")) }
	next := func() string { n++; return w.newCase(n) }

	prepared := w.issued(next(), "P-1", file())
	found, _ := ask(prepared)
	require.False(t, found, "what is only prepared was not issued")
	require.Equal(t, http.StatusNotFound, w.get("/verify/"+prepared.token, "").status)
	w.becomes(prepared.id, store.CertificateValid)
	_, c := ask(prepared)
	require.Equal(t, "valid", c.Status)
	require.Equal(t, today, c.Since)
	require.Equal(t, "whole", c.Document)
	require.True(t, c.Intact)
	require.True(t, c.IssuerListed.Listed)
	require.Contains(t, c.IssuerListed.List, "91号")

	cancelled := w.issued(next(), "C-1", file())
	w.becomes(cancelled.id, store.CertificateCancelled)
	found, _ = ask(cancelled)
	require.False(t, found, "what was cancelled was never issued")

	suspended := w.issued(next(), "S-1", nil)
	w.becomes(suspended.id, store.CertificateSuspended)
	_, c = ask(suspended)
	require.Equal(t, "suspended", c.Status)
	require.Equal(t, "false_material", c.ReasonClass)
	require.Equal(t, "none", c.Document)

	revoked := w.issued(next(), "R-1", nil)
	w.becomes(revoked.id, store.CertificateRevoked)
	_, c = ask(revoked)
	require.Equal(t, "revoked", c.Status, "a certificate that was revoked stays findable")

	until := today.AddDays(-1)
	expired := w.issued(next(), "E-1", nil, func(c *store.Certificate) { c.ExpiresOn = &until })
	_, c = ask(expired)
	require.Equal(t, "expired", c.Status)
	require.Equal(t, today, c.Since)
	require.Contains(t, string(w.get("/verify/"+expired.token, "").body), "证书已过有效期")
	lastDay := w.issued(next(), "E-2", nil, func(c *store.Certificate) { c.ExpiresOn = &today })
	_, c = ask(lastDay)
	require.Equal(t, "valid", c.Status, "on its last day it holds")

	unlisted := w.issued(next(), "U-1", nil, func(c *store.Certificate) { c.Issuer = unlistedID })
	_, c = ask(unlisted)
	require.False(t, c.IssuerListed.Listed)
	page := string(w.submit("/verify", unlisted.form).body)
	require.Contains(t, page, "颁发机构在发证之日未列入公布名单")
	require.Contains(t, page, `class="verdict doubtful"`)
	early := w.issued(next(), "U-2", nil, func(c *store.Certificate) { c.IssuedOn = calendar.MustParseDate("2021-12-31") })
	_, c = ask(early)
	require.False(t, c.IssuerListed.Listed, "the list came later")

	of := next()
	old := w.issued(of, "O-1", nil)
	successor := w.issued(of, "O-2", file(), func(c *store.Certificate) { c.Supersedes = &old.id })
	require.NoError(t, w.store.Tx(t.Context(), func(tx *store.Tx) error {
		for _, step := range [][2]string{{old.id, store.CertificateSuperseded}, {successor.id, store.CertificateValid}} {
			c, err := tx.LockCertificate(step[0])
			if err == nil {
				err = tx.ChangeCertificate(c, store.CertificateChange{Status: step[1], Actor: "x", At: time.Now().UTC()})
			}
			if err != nil {
				return err
			}
		}
		return nil
	}))
	_, c = ask(old)
	require.Equal(t, "superseded", c.Status)
	require.Equal(t, "O-2", c.SupersededBy)
	require.Contains(t, string(w.submit("/verify", old.form).body), "O-2")
	require.NotContains(t, string(w.get("/verify/"+old.token, "").body), "O-2", "whoever has only the link is not told the number")

	// The document that we keep, and the record.
	w.exec("ALTER TABLE certificate_documents DISABLE TRIGGER frozen")
	w.exec("UPDATE certificate_documents SET content_sealed = $2 WHERE certificate_id = $1", prepared.id,
		w.sealed("%PDF another", store.DocumentSeal(prepared.id)))
	_, c = ask(prepared)
	require.Equal(t, "damaged", c.Document)
	w.exec("ALTER TABLE certificates DISABLE TRIGGER frozen")
	w.exec(`UPDATE certificates SET facts = jsonb_set(facts, '{level}', '"高级"') WHERE id = $1`, prepared.id)
	_, c = ask(prepared)
	require.False(t, c.Intact)
}

func TestAFileIsGenuineAlteredOrUnknown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key, token := w.signer(), strings.ReplaceAll(uuid.NewString(), "-", "")
	original := w.signed(key, token)
	held := w.issued(w.newCase(1), "F-1", original, func(c *store.Certificate) { c.VerifyToken = token })
	type judged struct {
		Verdict     string
		Certificate *verifiedCertificate
	}
	check := func(file []byte) (answer judged) {
		t.Helper()
		r := w.do(call{method: http.MethodPost, path: routeDocumentCheck[5:], body: string(file), header: map[string]string{"Content-Type": mediaPDF}})
		require.Equal(t, http.StatusOK, r.status, "%s", r.body)
		r.into(t, &answer)
		return answer
	}
	require.Equal(t, "unknown", check(original).Verdict, "it was not issued yet")
	w.becomes(held.id, store.CertificateValid)
	genuine := check(original)
	require.Equal(t, "genuine", genuine.Verdict)
	require.Equal(t, "valid", genuine.Certificate.Status)
	w.becomes(held.id, store.CertificateRevoked)
	require.Equal(t, "revoked", check(original).Certificate.Status, "a genuine file says what has become of the certificate")

	unsigned := bytes.Replace(original, []byte("/ByteRange ["), []byte("/NotARange ["), 1)
	for name, file := range map[string][]byte{
		"something added":     slices.Concat(original, []byte("x")),
		"something changed":   bytes.Replace(original, []byte("/Pages"), []byte("/Pagez"), 1),
		"without its link":    bytes.ReplaceAll(original, []byte("/verify/"), []byte("/forged/")),
		"without a signature": unsigned,
	} {
		altered := check(file)
		require.Equal(t, "altered", altered.Verdict, name)
		require.Nil(t, altered.Certificate, name)
	}
	require.Equal(t, "unknown", check(bytes.ReplaceAll(unsigned, []byte("/verify/"), []byte("/forged/"))).Verdict, "nothing in it is ours")
	require.Equal(t, "unknown", check(w.signed(key, "0123456789abcdef0123")).Verdict, "a key alone makes no certificate")
	reported := w.issued(w.newCase(2), "F-2", nil)
	require.Equal(t, "unknown", check([]byte("https://dengpan.example/verify/"+reported.token)).Verdict,
		"the institution made its own file, and we have none to compare with")
	require.Equal(t, "unknown", check([]byte("%PDF-1.7 of somebody else")).Verdict)

	require.Contains(t, string(w.attach("/verify/file", original).body), "文件真实")
	require.Contains(t, string(w.attach("/verify/file?lang=en", slices.Concat(original, []byte("x"))).body), "The file was altered")
	require.Contains(t, string(w.attach("/verify/file", []byte("x")).body), "无法辨认此文件")
	require.Equal(t, http.StatusUnprocessableEntity, w.attach("/verify/file", nil).status)
	large := bytes.Repeat([]byte("x"), mostDocument+1)
	require.Equal(t, http.StatusRequestEntityTooLarge, w.attach("/verify/file", large).status)
	r := w.do(call{method: http.MethodPost, path: routeDocumentCheck[5:], body: string(large), header: map[string]string{"Content-Type": mediaPDF}})
	r.refused(t, http.StatusRequestEntityTooLarge, payloadTooLarge)

	require.Zero(t, w.count("SELECT count(*) FROM evidence"), "nothing of a file is kept")
}

func FuzzAFormIsReadWhateverItSays(f *testing.F) {
	f.Add("name=%E7%8E%8B&id_number=1&certificate_number=2")
	f.Add("name=%zz&id_number=%00&certificate_number=%ff")
	f.Add("name=a;b&&=&name")
	f.Fuzz(func(t *testing.T, raw string) {
		q, faults := parseForm(raw)
		for field, value := range map[string]string{"name": q.Name, "id_number": q.IDNumber, "certificate_number": q.CertificateNumber} {
			if faults[field] != "" {
				continue
			}
			require.NotEmpty(t, strings.TrimSpace(value))
			require.NotContains(t, value, "\x00")
			require.LessOrEqual(t, len([]rune(value)), 200)
		}
	})
}
