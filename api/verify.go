package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/people"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/verification"
)

// registerChecks adds the ways in which certificates are checked, and who did.
func (s *service) registerChecks(api huma.API) {
	const public = "public"
	sent(api, "POST /v1/verifications", public, "Check a certificate", s.bodies.verification.schema, http.StatusOK, s.verify)
	s.registerDocumentChecks(api)
	s.registerBulkChecks(api)
	read(api, "GET /v1/certificates/{id}/checks", "certificates", "Who has checked a certificate", s.checkersOf)
	s.registerReliance(api)
}

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

// verifiedCertificate is what a certificate says, to somebody who has it before them, and what has become of it. Whom it is
// made out to is not said again: whoever asks has said it.
type verifiedCertificate struct {
	Kind          string        `json:"kind" enum:"training,grade,ce_base"`
	Name          string        `json:"name"`
	Number        string        `json:"number"`
	NationalID    string        `json:"national_id,omitempty" doc:"The identifier of an e-licence, once there is one."`
	Issuer        string        `json:"issuer" doc:"As on the published list on the day of issue."`
	Occupation    string        `json:"occupation,omitempty" doc:"A CE base's certificate has none."`
	Direction     string        `json:"direction,omitempty"`
	Level         string        `json:"level,omitempty"`
	Course        string        `json:"course,omitempty" doc:"培训班名称; only on a CE base's certificate."`
	From          calendar.Date `json:"from,omitzero" doc:"First day of the training; not on a grade certificate."`
	To            calendar.Date `json:"to,omitzero"`
	Hours         string        `json:"hours,omitempty" doc:"学时; not on a grade certificate."`
	Extra         []string      `json:"extra,omitempty" doc:"Lines of the issuer's own."`
	Seal          string        `json:"seal,omitempty" doc:"Whose seal is printed."`
	StandIn       bool          `json:"stand_in,omitempty" doc:"代章: the seal is another's, in place of the issuer's."`
	LookUp        []string      `json:"look_up,omitempty" doc:"The addresses for looking it up that are printed."`
	Photo         []byte        `json:"photo,omitempty" doc:"The photo that is printed, as JPEG; only on a grade certificate."`
	IssuedOn      calendar.Date `json:"issued_on"`
	ExpiresOn     calendar.Date `json:"expires_on,omitzero" doc:"The last day; without one it holds for good."`
	Demonstration bool          `json:"demonstration" doc:"The certificate rests on 演示数据."`

	Status       string        `json:"status" enum:"valid,suspended,superseded,revoked,expired"`
	StatusName   string        `json:"status_name"`
	Since        calendar.Date `json:"since" doc:"Since when it has that status."`
	ReasonClass  string        `json:"reason_class,omitempty" doc:"Why it is not valid."`
	ReasonName   string        `json:"reason_name,omitempty"`
	SupersededBy string        `json:"superseded_by,omitempty" doc:"Number of the certificate that has taken its place."`
	IssuerListed issuerListed  `json:"issuer_listed"`
	Intact       bool          `json:"intact" doc:"The record says what it said when it was written. If not, rely on nothing of it."`
	Document     string        `json:"document" enum:"none,whole,damaged" doc:"How the signed file stands that we keep; none: the institution issued its own."`
}

// issuerListed says whether an issuer was on the published list on the day of issue, in the role that it issued in.
type issuerListed struct {
	Listed      bool          `json:"listed"`
	List        string        `json:"list,omitempty" doc:"The document that published the list."`
	ListYear    int           `json:"list_year,omitempty"`
	PublishedOn calendar.Date `json:"published_on,omitzero"`
	ValidFrom   calendar.Date `json:"valid_from,omitzero"`
}

// verify says whether a name, an ID number and a certificate number belong together. What is malformed is simply not
// found: the answer tells nobody which part was wrong.
func (s *service) verify(ctx context.Context, in *bodyInput) (*verificationOutput, error) {
	body, err := s.bodies.verification.readAll(in.RawBody)
	if err != nil {
		return nil, err
	}
	found, err := s.ask(ctx, verification.Question(body), store.CheckedByAPI)
	if err != nil || found == nil {
		return &verificationOutput{}, err
	}
	out := &verificationOutput{}
	out.Body.Found = true
	out.Body.Certificate, err = s.verified(ctx, requestOf(ctx).lang, found)
	return out, err
}

// ask answers a question within the limits of the numbers that it is about, and counts a certificate that is found.
func (s *service) ask(ctx context.Context, q verification.Question, way string) (*verification.Finding, error) {
	if err := s.limits.byNumber(ctx, checksByCertificate, q.CertificateNumber); err != nil {
		return nil, err
	}
	if err := s.limits.byNumber(ctx, checksByIDNumber, q.IDNumber); err != nil {
		return nil, err
	}
	found, err := s.checks(s.Store.Read(ctx)).Ask(q)
	if err != nil || found == nil {
		return nil, err
	}
	return found, s.count(ctx, found, way)
}

// count notes that a certificate was found.
func (s *service) count(ctx context.Context, found *verification.Finding, way string) error {
	return s.Store.Read(ctx).CountCheck(found.Certificate.ID, way, s.today())
}

// checks is the desk where questions about certificates are answered.
func (s *service) checks(tx *store.Tx) verification.Desk {
	return verification.Desk{Record: tx, Keys: s.Keys, Calendar: s.Calendar, Today: s.today()}
}

// holder opens whom a certificate is made out to.
func (s *service) holder(c store.Certificate) (certificate.Holder, error) {
	return people.Holder(s.Keys, c)
}

// verified is a finding for somebody who has shown that they have the certificate: every printed field.
func (s *service) verified(ctx context.Context, lang message.Lang, f *verification.Finding) (*verifiedCertificate, error) {
	view := viewFinding(lang, f)
	var err error
	view.Photo, err = s.checks(s.Store.Read(ctx)).Photo(f.Certificate)
	view.SupersededBy = f.Successor
	return view, err
}

// viewFinding is what anybody who has a certificate's link may be shown of it.
func viewFinding(lang message.Lang, f *verification.Finding) *verifiedCertificate {
	c, facts := f.Certificate, f.Certificate.Facts
	view := &verifiedCertificate{
		Kind: c.Kind, Name: message.Text(lang, "certificate."+c.Kind, nil), Number: c.Number, NationalID: facts.NationalID,
		Issuer: facts.IssuerName, Occupation: facts.Occupation, Direction: facts.Direction, Level: facts.Level, Course: facts.Course,
		From: facts.From, To: facts.To, Hours: facts.Hours, Extra: facts.Extra, Seal: facts.SealName, StandIn: facts.SealStandIn,
		LookUp: facts.LookUp, IssuedOn: c.IssuedOn, ExpiresOn: facts.ExpiresOn, Demonstration: facts.Demonstration,
		Status: f.Status, StatusName: message.Text(lang, "verify.status."+f.Status, nil), Since: f.Since,
		ReasonClass: f.ReasonClass, Intact: f.Intact, Document: string(f.File),
	}
	if key := "certificate_reason." + f.ReasonClass; message.Has(key) {
		view.ReasonName = message.Text(lang, key, nil)
	}
	if f.Listed != nil {
		view.IssuerListed = issuerListed{
			Listed: true, List: f.Listed.Document, ListYear: f.Listed.ListYear, ValidFrom: f.Listed.ValidFrom,
		}
		if f.Listed.PublishedOn != nil {
			view.IssuerListed.PublishedOn = *f.Listed.PublishedOn
		}
	}
	return view
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
