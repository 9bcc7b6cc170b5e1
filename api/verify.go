package api

import (
	"bytes"
	"context"
	"crypto/subtle"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"regexp"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/people"
	"github.com/dengpan/dengpan/store"
)

// verificationBody is a question whether a certificate is somebody's.
type verificationBody struct {
	Name              string `json:"name" maxLength:"200"`
	IDNumber          string `json:"id_number" maxLength:"64"`
	CertificateNumber string `json:"certificate_number" maxLength:"64"`
}

type verificationOutput struct {
	Body struct {
		Found       bool                 `json:"found" doc:"All three agree with one certificate. Which of them does not is never said."`
		Certificate *verifiedCertificate `json:"certificate,omitempty"`
	}
}

// verifiedCertificate is what a certificate says, to somebody who has it before them.
type verifiedCertificate struct {
	Kind          string        `json:"kind" enum:"training,grade,ce_base"`
	Name          string        `json:"name"`
	Number        string        `json:"number"`
	Issuer        string        `json:"issuer"`
	Occupation    string        `json:"occupation,omitempty" doc:"A CE base's certificate has none."`
	Direction     string        `json:"direction,omitempty"`
	Level         string        `json:"level,omitempty"`
	Course        string        `json:"course,omitempty" doc:"培训班名称; only on a CE base's certificate."`
	From          calendar.Date `json:"from,omitzero" doc:"First day of the training; not on a grade certificate."`
	To            calendar.Date `json:"to,omitzero"`
	Hours         string        `json:"hours,omitempty" doc:"学时; not on a grade certificate."`
	Status        string        `json:"status" enum:"valid,suspended,superseded,revoked"`
	IssuedOn      calendar.Date `json:"issued_on"`
	Demonstration bool          `json:"demonstration" doc:"The certificate rests on 演示数据."`
}

const decoyPurpose = "certificate/decoy"

// decoy is a certificate of nobody's. A question about a number that no certificate has opens it, so that the answer takes
// as long as any other.
func (s *service) decoy() (store.Certificate, error) {
	plain, err := json.Marshal(certificate.Holder{Name: "无", IDType: store.IDTypeResident, IDNumber: "000000000000000000"})
	if err != nil {
		return store.Certificate{}, fmt.Errorf("make a decoy: %w", err)
	}
	sealed, err := s.Keys.Seal(plain, decoyPurpose)
	return store.Certificate{ID: "decoy", HolderSealed: sealed}, err
}

// verify says whether a name, an ID number and a certificate number belong together. What is malformed is simply not
// found: the answer tells nobody which part was wrong.
func (s *service) verify(ctx context.Context, in *bodyInput) (*verificationOutput, error) {
	body, err := s.bodies.verification.readAll(in.RawBody)
	if err != nil {
		return nil, err
	}
	if err := s.limits.byNumber(ctx, checksByCertificate, body.CertificateNumber); err != nil {
		return nil, err
	}
	if err := s.limits.byNumber(ctx, checksByIDNumber, body.IDNumber); err != nil {
		return nil, err
	}
	name, nameErr := identity.ParseName(body.Name)
	certificates, err := s.Store.Read(ctx).CertificatesByNumber(strings.TrimSpace(body.CertificateNumber))
	if err != nil {
		return nil, err
	}
	decoy, err := s.decoy()
	if err != nil {
		return nil, err
	}
	out := &verificationOutput{}
	candidates := append([]store.Certificate{decoy}, certificates...)
	for i, c := range candidates {
		holder, err := s.holder(c)
		if err != nil {
			return nil, err
		}
		// A number is read as one of the document that the certificate was made out on.
		document, idErr := identity.ParseDocument(people.DocumentType(holder.IDType), body.IDNumber)
		agrees := subtle.ConstantTimeCompare([]byte(holder.Name), []byte(name)) &
			subtle.ConstantTimeCompare([]byte(holder.IDNumber), []byte(document.Number()))
		if i > 0 && agrees == 1 && nameErr == nil && idErr == nil {
			out.Body.Found, out.Body.Certificate = true, verified(requestOf(ctx).lang, c)
		}
	}
	return out, nil
}

// holder opens whom a certificate is made out to.
func (s *service) holder(c store.Certificate) (certificate.Holder, error) {
	plain, err := s.Keys.Open(c.HolderSealed, store.HolderSeal(c.ID))
	if err != nil {
		return certificate.Holder{}, fmt.Errorf("open a holder: %w", err)
	}
	var holder certificate.Holder
	if err := json.Unmarshal(plain, &holder); err != nil {
		return certificate.Holder{}, fmt.Errorf("read a holder: %w", err)
	}
	return holder, nil
}

func verified(lang message.Lang, c store.Certificate) *verifiedCertificate {
	f := c.Facts
	return &verifiedCertificate{
		Kind: c.Kind, Name: message.Text(lang, "certificate."+c.Kind, nil), Number: c.Number, Issuer: f.IssuerName,
		Occupation: f.Occupation, Direction: f.Direction, Level: f.Level, Course: f.Course, From: f.From, To: f.To, Hours: f.Hours,
		Status: c.Status, IssuedOn: c.IssuedOn, Demonstration: f.Demonstration,
	}
}

//go:embed pages
var pages embed.FS

var verifyPage = template.Must(template.ParseFS(pages, "pages/verify.html"))

// verifyData is what the page of a certificate shows.
type verifyData struct {
	Lang        message.Lang
	OtherLang   message.Lang
	Certificate *verifiedCertificate
	Holder      string
	IDNumber    string
	text        func(key string) string
}

// T is a text of the page in its language.
func (d verifyData) T(key string) string { return d.text(key) }

// pagePolicy lets a page carry its own style sheet and nothing else: no script, no frame, no form, nothing from elsewhere.
const pagePolicy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

var tokenForm = regexp.MustCompile(`^[A-Za-z0-9_-]{16,64}$`)

// verifyPage shows the certificate behind a verification link, its holder masked. The link is printed on the certificate.
func (s *service) verifyPage(c *gin.Context) {
	r := requestOf(c.Request.Context())
	data := verifyData{Lang: message.Chinese, OtherLang: message.English}
	if c.Query("lang") == string(message.English) {
		data.Lang, data.OtherLang = message.English, message.Chinese
	}
	data.text = func(key string) string { return message.Text(data.Lang, "verify."+key, nil) }
	status := http.StatusOK
	var err error
	if data.Certificate, data.Holder, data.IDNumber, err = s.masked(c.Request.Context(), data.Lang, c.Param("token")); err != nil {
		p := asProblem(r, err)
		if status = p.Status; p.Code != notFound {
			fail(c, p)
			return
		}
	}
	var page bytes.Buffer
	if err := verifyPage.Execute(&page, data); err != nil {
		fail(c, asProblem(r, fmt.Errorf("write a page: %w", err)))
		return
	}
	c.Header("Content-Security-Policy", pagePolicy)
	c.Header("Content-Language", string(data.Lang))
	c.Header("X-Robots-Tag", "noindex")
	c.Data(status, "text/html; charset=utf-8", page.Bytes())
}

func (s *service) masked(ctx context.Context, lang message.Lang, token string) (*verifiedCertificate, string, string, error) {
	if !tokenForm.MatchString(token) {
		return nil, "", "", store.ErrNotFound
	}
	c, err := s.Store.Read(ctx).CertificateByToken(token)
	if err != nil {
		return nil, "", "", err
	}
	holder, err := s.holder(c)
	if err != nil {
		return nil, "", "", err
	}
	digest, err := certificate.Digest(c.Facts, holder)
	if err != nil {
		return nil, "", "", err
	}
	if !bytes.Equal(digest, c.Digest) {
		return nil, "", "", errors.New("a certificate's record was changed after it was issued: " + c.ID)
	}
	return verified(lang, c), maskName(holder.Name), maskDocument(holder.IDType, holder.IDNumber), nil
}

// maskDocument hides most of the number of a document.
func maskDocument(idType, number string) string {
	document, err := identity.ParseDocument(people.DocumentType(idType), number)
	if err != nil {
		return "******************"
	}
	return document.Mask()
}

// maskName shows enough of a name for somebody who knows it: 王*明, 王*.
func maskName(name string) string {
	runes := []rune(name)
	const shown = 2
	switch {
	case len(runes) == 0:
		return ""
	case len(runes) <= shown:
		return string(runes[0]) + "*"
	}
	return string(runes[0]) + strings.Repeat("*", len(runes)-shown) + string(runes[len(runes)-1])
}
