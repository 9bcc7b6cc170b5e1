package api

import (
	"context"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/store"
)

// registerCertificates adds the list of what institutions issued.
func (s *service) registerCertificates(api huma.API) {
	read(api, "GET /v1/certificates", "certificates", "The certificates that an institution issued", s.listCertificates)
	s.registerRemedies(api)
}

type certificatesInput struct {
	NumberedInput
	FilteredInput

	Institution string `query:"institution" maxLength:"64" doc:"The issuer, for an operator; an institution sees its own."`
	Kind        string `query:"kind" enum:"training,grade,ce_base"`
	Status      string `query:"status" enum:"prepared,valid,suspended,superseded,revoked,cancelled"`
	Q           string `query:"q" maxLength:"64" doc:"A part of the number, in letters of either case."`
	Sort        string `query:"sort" enum:"issued_on,-issued_on" doc:"The order of numbered pages."`
	After       string `query:"after" maxLength:"200" doc:"The next of the page before."`
	Limit       int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// issuedView is a certificate in a list of its issuer's. (Whom it is made out to stands on it; a list needs less.)
type issuedView struct {
	CertificateView

	ID     string `json:"id"`
	Holder string `json:"holder" doc:"The name, masked."`
	Origin string `json:"origin" enum:"issued,reported" doc:"Issued through us, with a number of ours; or reported by the institution with its own."`
}

type certificatesOutput struct {
	Body struct {
		Certificates []issuedView `json:"certificates"`
		Next         *string      `json:"next" doc:"The after of the next page; null when there is none."`
		Total        *int64       `json:"total,omitempty" doc:"How many there are, when a page is asked for by its number."`
		TotalIsLeast bool         `json:"total_is_least" doc:"There are more than the total: it is not counted further."`
	}
}

// listCertificates lists the certificates that the institution which asks has issued, the latest first; an operator sees
// everybody's.
func (s *service) listCertificates(ctx context.Context, in *certificatesInput) (*certificatesOutput, error) {
	r := requestOf(ctx)
	found := &faults{}
	filter := store.CertificateFilter{
		Within: r.within(in.Institution), Kind: in.Kind, Status: in.Status, Part: strings.TrimSpace(in.Q),
		After: position(found, in.After), Numbered: in.numbered(found, in.Sort, in.After),
		Where: s.expression(found, r, in.FilteredInput, store.CertificateFields()),
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	tx := s.Store.Read(ctx)
	out := &certificatesOutput{}
	var err error
	var rows []store.Certificate
	read := func(limit int) ([]store.Certificate, error) {
		filter.Limit = limit
		return tx.IssuedCertificates(filter)
	}
	count := func(most int) (int64, error) { return tx.CountCertificates(filter, most) }
	if rows, out.Body.Total, out.Body.TotalIsLeast, err = readPage(in.NumberedInput, in.Limit, read, count); err != nil {
		return nil, err
	}
	rows, out.Body.Next = upTo(in.Limit, rows, func(r store.Certificate) (time.Time, string) { return r.RecordedAt, r.ID })
	out.Body.Certificates, err = s.issuedViews(r, rows)
	return out, err
}

// issuedViews shows certificates as a list of their issuer's has them.
func (s *service) issuedViews(r *request, rows []store.Certificate) ([]issuedView, error) {
	views := make([]issuedView, len(rows))
	for i, view := range (reader{lang: r.lang}).certificates(rows) {
		holder, err := s.holder(rows[i])
		if err != nil {
			return nil, err
		}
		views[i] = issuedView{CertificateView: view, ID: rows[i].ID, Holder: maskName(holder.Name), Origin: rows[i].Origin}
	}
	return views, nil
}
