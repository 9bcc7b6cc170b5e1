package api

import (
	"bytes"
	"context"
	"embed"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"regexp"

	"github.com/gin-gonic/gin"

	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/verification"
)

// The routes of the page where anybody checks a certificate. It needs no script: its forms are sent as forms, and nothing
// that somebody typed is ever in an address.
const (
	routeCheckPage = "GET /verify"
	routeCheckForm = "POST /verify"
	routeCheckFile = "POST /verify/file"
	routeCheckCode = "GET /verify/{token}"
)

// pageRoutes answer browsers with a page, also when something is wrong.
var pageRoutes = map[string]bool{
	routeCheckPage: true, routeCheckForm: true, routeCheckFile: true, routeCheckCode: true, routeShared: true, routeSharedDocument: true,
}

// checkPages adds the page.
func (s *service) checkPages(engine *gin.Engine) {
	engine.GET("/verify", func(c *gin.Context) { s.showPage(c, http.StatusOK, newPage(c)) })
	engine.POST("/verify", s.formPage)
	engine.POST("/verify/file", s.filePage)
	engine.GET("/verify/:token", s.codePage)
}

//go:embed pages
var pages embed.FS

var verifyPage = template.Must(template.ParseFS(pages, "pages/verify.html"))

// pagePolicy lets a page carry its own style sheet, the photo that was printed, and forms that are sent back here; no script,
// no frame, nothing from elsewhere.
const pagePolicy = "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// verifyData is what the page shows.
type verifyData struct {
	Lang, OtherLang message.Lang
	Here            string // the address, without its language
	Sent            bool   // it answers a form: another language is asked for by sending it again
	Problem         *Problem

	Asked  verification.Question // what was typed, so that a slip can be seen
	Faults map[string]string     // of what was typed, by field
	Missed bool                  // nothing was found
	File   verification.Verdict  // of a file that was sent
	Found  *foundData
	Shared *sharedData // when its holder's link shows it
}

// foundData is a certificate that was found.
type foundData struct {
	*verifiedCertificate

	Rows   []printedRow
	Masked bool
	Photo  template.URL
}

// Tone is how good the news is: a certificate that holds is doubtful all the same, if who issued it was on no list, or if the
// file that we keep of it is damaged.
func (f foundData) Tone() string {
	if f.Status == store.CertificateValid && (!f.IssuerListed.Listed || f.Document == string(verification.FileDamaged)) {
		return "doubtful"
	}
	return f.Status
}

// printedRow is one printed field.
type printedRow struct{ Key, Value string }

// T is a text of the page in its language.
func (d verifyData) T(key string) string { return message.Text(d.Lang, "verify."+key, nil) }

// Fault is what is wrong with a field, in words; empty when nothing is.
func (d verifyData) Fault(field string) string {
	code := d.Faults[field]
	switch {
	case field == fileField && code == fieldRequired:
		return d.T("file_missing")
	case code != "":
		return message.Text(d.Lang, "field."+code, nil)
	}
	return ""
}

// fieldData is one field of the form.
type fieldData struct{ Name, Label, Value, Fault string }

// Field is a field of the form, with what was typed in it.
func (d verifyData) Field(name, value string) fieldData {
	if d.Found != nil {
		value = "" // the next certificate is another
	}
	return fieldData{Name: name, Label: d.T("ask_" + name), Value: value, Fault: d.Fault(name)}
}

// Since says since when a certificate has its status.
func (d verifyData) Since() string {
	return message.Text(d.Lang, "verify.since", map[string]any{"date": d.Found.Since.String()})
}

// Listed says whether the issuer was on the published list on the day of issue.
func (d verifyData) Listed() string {
	on := d.Found.IssuerListed
	if !on.Listed {
		return d.T("not_listed")
	}
	return message.Text(d.Lang, "verify.listed", map[string]any{"list": on.List, "year": on.ListYear, "from": on.ValidFrom.String()})
}

// pageLang is the language of the page: Chinese, unless the reader switched.
func pageLang(c *gin.Context) message.Lang {
	if c.Query("lang") == string(message.English) {
		return message.English
	}
	return message.Chinese
}

// newPage is the page as it is before anything is shown on it.
func newPage(c *gin.Context) verifyData {
	data := verifyData{Lang: pageLang(c), OtherLang: message.English, Here: c.Request.URL.Path, Sent: c.Request.Method == http.MethodPost}
	if data.Lang == message.English {
		data.OtherLang = message.Chinese
	}
	return data
}

func (s *service) showPage(c *gin.Context, status int, data verifyData) {
	if err := writePage(c, status, data); err != nil {
		fail(c, asProblem(requestOf(c.Request.Context()), err))
	}
}

// writePage answers with the page, or with nothing when it cannot be made.
func writePage(c *gin.Context, status int, data verifyData) error {
	var page bytes.Buffer
	if err := verifyPage.Execute(&page, data); err != nil {
		return fmt.Errorf("write a page: %w", err)
	}
	c.Header("Content-Security-Policy", pagePolicy)
	c.Header("Content-Language", string(data.Lang))
	c.Header("X-Robots-Tag", "noindex")
	c.Data(status, "text/html; charset=utf-8", page.Bytes())
	return nil
}

// formPage answers the form: a name, an ID number and a certificate number.
func (s *service) formPage(c *gin.Context) {
	ctx, data := c.Request.Context(), newPage(c)
	var err error
	if data.Asked, data.Faults, err = readForm(c); err != nil {
		s.refusePage(c, err)
		return
	}
	if len(data.Faults) > 0 {
		s.showPage(c, http.StatusUnprocessableEntity, data)
		return
	}
	found, err := s.ask(ctx, data.Asked, store.CheckedOnPage)
	if err == nil && found != nil {
		data.Found, err = s.foundWhole(ctx, data.Lang, found)
	}
	if err != nil {
		s.refusePage(c, err)
		return
	}
	data.Missed = found == nil
	s.showPage(c, http.StatusOK, data)
}

// codePage shows the certificate behind the link in a code, its holder masked: whoever sees a certificate can read its code.
func (s *service) codePage(c *gin.Context) {
	ctx, data := c.Request.Context(), newPage(c)
	found, err := s.behindCode(ctx, c.Param("token"))
	switch {
	case errors.Is(err, store.ErrNotFound):
		data.Missed = true
		s.showPage(c, http.StatusNotFound, data)
		return
	case err != nil:
		s.refusePage(c, err)
		return
	}
	data.Found = foundMasked(data.Lang, found)
	s.showPage(c, http.StatusOK, data)
}

// tokenForm is what a link in a code ends in.
var tokenForm = regexp.MustCompile(`^[A-Za-z0-9_-]{16,64}$`)

func (s *service) behindCode(ctx context.Context, token string) (*verification.Finding, error) {
	if !tokenForm.MatchString(token) {
		return nil, store.ErrNotFound
	}
	found, err := s.checks(s.Store.Read(ctx)).ByToken(token)
	if err != nil {
		return nil, err
	}
	return found, s.count(ctx, found, store.CheckedByCode)
}

// filePage says whether a file that was sent with the form is a certificate as we signed it.
func (s *service) filePage(c *gin.Context) {
	ctx, data := c.Request.Context(), newPage(c)
	content, code, err := readFile(c)
	switch {
	case err != nil:
		s.refusePage(c, err)
		return
	case code != "":
		data.Faults = map[string]string{fileField: code}
		s.showPage(c, http.StatusUnprocessableEntity, data)
		return
	}
	var found *verification.Finding
	if data.File, found, err = s.judge(ctx, content); err != nil {
		s.refusePage(c, err)
		return
	}
	if found != nil {
		data.Found = foundMasked(data.Lang, found)
	}
	s.showPage(c, http.StatusOK, data)
}

// refusePage says on the page what is wrong, in words.
func (s *service) refusePage(c *gin.Context, err error) {
	fail(c, asProblem(requestOf(c.Request.Context()), err))
}

// problemPage shows a problem to a browser that asked for a page.
func problemPage(c *gin.Context, p *Problem) bool {
	r := requestOf(c.Request.Context())
	if !pageRoutes[r.route] || !asksForPage(c.GetHeader("Accept")) {
		return false
	}
	data := newPage(c)
	data.Here, data.Sent = "/verify", false // what was sent is not sent again
	r.lang = data.Lang
	data.Problem = p.said(r)
	if writePage(c, p.Status, data) != nil {
		return false
	}
	c.Abort()
	return true
}

// foundWhole is a certificate for somebody who has typed all three: every printed field.
func (s *service) foundWhole(ctx context.Context, lang message.Lang, found *verification.Finding) (*foundData, error) {
	view, err := s.verified(ctx, lang, found)
	if err != nil {
		return nil, err
	}
	data := &foundData{verifiedCertificate: view, Rows: printedRows(lang, found, found.Holder.Name, found.Holder.IDNumber)}
	if len(view.Photo) > 0 {
		data.Photo = template.URL("data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(view.Photo)) //nolint:gosec // it is an image of ours, in base64
	}
	return data, nil
}

// foundMasked is a certificate for somebody who has its link or its file.
func foundMasked(lang message.Lang, found *verification.Finding) *foundData {
	return foundBy(lang, found, maskName(found.Holder.Name))
}

// foundBy is a certificate whose holder is shown by a name, and whose holder's number is masked.
func foundBy(lang message.Lang, found *verification.Finding, name string) *foundData {
	return &foundData{
		verifiedCertificate: viewFinding(lang, found), Masked: true,
		Rows: printedRows(lang, found, name, maskDocument(found.Holder.IDType, found.Holder.IDNumber)),
	}
}

// printedRows are the printed fields of a certificate, in the order in which they are printed; those that its kind has not
// are left out.
func printedRows(lang message.Lang, found *verification.Finding, name, idNumber string) []printedRow {
	f := found.Certificate.Facts
	var rows []printedRow
	add := func(key, value string) {
		if value != "" {
			rows = append(rows, printedRow{key, value})
		}
	}
	add("number", f.Number)
	add("holder", name)
	add("id_type", message.Text(lang, "id_type."+found.Holder.IDType, nil))
	add("id_number", idNumber)
	add("course", f.Course)
	add("occupation", f.Occupation)
	add("direction", f.Direction)
	add("level", f.Level)
	if !f.From.IsZero() {
		add("period", message.Text(lang, "verify.from_to", map[string]any{"from": f.From.String(), "to": f.To.String()}))
	}
	add("hours", f.Hours)
	add("issuer", f.IssuerName)
	if f.SealStandIn {
		add("seal", message.Text(lang, "verify.stand_in", map[string]any{"seal": f.SealName}))
	} else {
		add("seal", f.SealName)
	}
	add("issued_on", f.IssuedOn.String())
	if !f.ExpiresOn.IsZero() {
		add("expires_on", f.ExpiresOn.String())
	}
	add("national_id", f.NationalID)
	for _, line := range f.Extra {
		add("extra", line)
	}
	for _, address := range f.LookUp {
		add("look_up", address)
	}
	return rows
}
