package api

import (
	"context"
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/store"
)

// Lists are read page by page: an answer's `next` is the next request's `after`, until there is no `next`.

// position reads where a page begins. What we did not write is a fault.
func position(found *faults, after string) *store.Position {
	if after == "" {
		return nil
	}
	text, err := base64.RawURLEncoding.DecodeString(after)
	at, id, _ := strings.Cut(string(text), " ")
	when, timeErr := time.Parse(time.RFC3339Nano, at)
	if err != nil || timeErr != nil || !isID(id) {
		found.add("after", fieldFormat)
		return nil
	}
	return &store.Position{At: when, ID: id}
}

// cursor writes where the page after a row begins.
func cursor(at time.Time, id string) *string {
	text := base64.RawURLEncoding.EncodeToString([]byte(at.UTC().Format(time.RFC3339Nano) + " " + id))
	return &text
}

// upTo cuts off the one row that was read beyond a page's limit, and says where the next page begins; nil when there is none.
func upTo[T any](limit int, rows []T, position func(T) (time.Time, string)) ([]T, *string) {
	if len(rows) <= limit {
		return rows, nil
	}
	return rows[:limit], cursor(position(rows[limit-1]))
}

// total is how many rows there are, for a page that is asked for by its number. For another it is nil, and one row more is
// to be read than the page has, which tells whether there is a next.
func (in NumberedInput) total(limit *int, count func() (int64, error)) (*int64, error) {
	if in.Page == 0 {
		*limit++
		return nil, nil //nolint:nilnil // nobody asked how many there are
	}
	n, err := count()
	return &n, err
}

// NumberedInput is what people ask of a list. Machines read on from where they were: pages by number shift as rows come in.
type NumberedInput struct {
	Page int `query:"page" minimum:"1" maximum:"1000" doc:"A page by its number; the answer has the total, and no next. Not with after."`
}

// numbered reads which page of a list is asked for, and in which order.
func (in NumberedInput) numbered(found *faults, sort, after string) store.Numbered {
	if after != "" && (in.Page != 0 || sort != "") {
		found.add("after", fieldConflict)
	}
	if sort != "" && in.Page == 0 {
		found.add("sort", fieldConflict)
	}
	return store.Numbered{Sort: sort, Page: in.Page}
}

func summaries(tx *store.Tx, r *request, cases []store.Case) ([]CaseSummary, error) {
	v, err := newReader(tx, r, bodiesOf(cases...)...)
	if err != nil {
		return nil, err
	}
	views := make([]CaseSummary, len(cases))
	for i, c := range cases {
		if views[i], err = summarise(v, c); err != nil {
			return nil, err
		}
	}
	return views, nil
}

type myCasesOutput struct {
	Body struct {
		Cases []CaseSummary `json:"cases"`
	}
}

// mostOwnCases is more cases than a person can have: occupations times levels, and some begun anew.
const mostOwnCases = 200

// myCases lists the cases of the trainee who asks.
func (s *service) myCases(ctx context.Context, _ *struct{}) (*myCasesOutput, error) {
	r := requestOf(ctx)
	out := &myCasesOutput{}
	out.Body.Cases = []CaseSummary{}
	if r.account.PersonID == nil {
		return out, nil // has registered nothing yet
	}
	tx := s.Store.Read(ctx)
	cases, err := tx.Cases(store.CaseFilter{PersonID: *r.account.PersonID, Limit: mostOwnCases})
	if err != nil {
		return nil, err
	}
	out.Body.Cases, err = summaries(tx, r, cases)
	return out, err
}

type myHoursInput struct {
	Year int `query:"year" minimum:"2000" maximum:"2200" doc:"A calendar year; all when it is not given."`
}

type myHoursOutput struct {
	Body struct {
		Hours []ceHoursView `json:"ce_hours"`
	}
}

// myCEHours lists the CE hours of the trainee who asks, by the year they were taken in.
func (s *service) myCEHours(ctx context.Context, in *myHoursInput) (*myHoursOutput, error) {
	r := requestOf(ctx)
	out := &myHoursOutput{}
	out.Body.Hours = []ceHoursView{}
	if r.account.PersonID == nil {
		return out, nil
	}
	tx := s.Store.Read(ctx)
	years, err := tx.CEHoursOfPerson(*r.account.PersonID, in.Year)
	if err != nil {
		return nil, err
	}
	out.Body.Hours, err = ceHours(tx, years)
	return out, err
}

type myCertificatesOutput struct {
	Body struct {
		Certificates []myCertificateView `json:"certificates"`
	}
}

// myCertificateView is a certificate as its holder sees it.
type myCertificateView struct {
	CertificateView

	ID          string         `json:"id"`
	StatusSince time.Time      `json:"status_since"`
	ExpiresOn   *calendar.Date `json:"expires_on,omitempty" doc:"Its last day; absent: it does not expire."`
	From        calendar.Date  `json:"from,omitzero" doc:"First day of the training; not on a grade certificate."`
	To          calendar.Date  `json:"to,omitzero"`
	Hours       string         `json:"hours,omitempty" doc:"学时; not on a grade certificate."`
	Document    string         `json:"document" enum:"ready,pending,none" doc:"Whether its PDF can be had. None: its issuer filed none."`
}

// myCertificates lists the certificates of the trainee who asks. One whose number was given up was never a certificate.
func (s *service) myCertificates(ctx context.Context, _ *struct{}) (*myCertificatesOutput, error) {
	r := requestOf(ctx)
	out := &myCertificatesOutput{}
	out.Body.Certificates = []myCertificateView{}
	if r.account.PersonID == nil {
		return out, nil
	}
	tx, v := s.Store.Read(ctx), reader{lang: r.lang}
	rows, err := tx.CertificatesOfPerson(*r.account.PersonID)
	if err != nil {
		return nil, err
	}
	rows = slices.DeleteFunc(rows, func(c store.Certificate) bool { return c.Status == store.CertificateCancelled })
	ids := make([]string, len(rows))
	for i, c := range rows {
		ids[i] = c.ID
	}
	signed, err := tx.SignedDocuments(ids)
	if err != nil {
		return nil, err
	}
	views := v.certificates(rows)
	if err := s.withPublications(tx, v, rows, views); err != nil {
		return nil, err
	}
	for i, c := range rows {
		out.Body.Certificates = append(out.Body.Certificates, myCertificateView{
			CertificateView: views[i], ID: c.ID, StatusSince: c.StatusSince, ExpiresOn: c.ExpiresOn, From: c.Facts.From, To: c.Facts.To,
			Hours: c.Facts.Hours, Document: documentOf(c, signed[c.ID]),
		})
	}
	return out, nil
}
