package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/store"
)

// registerReliance adds who relied on certificates that turned out to be worth nothing.
func (s *service) registerReliance(api huma.API) {
	read(api, "GET /v1/certificate-reliance", "certificates", "Who had checked certificates that were revoked afterwards", s.listReliance)
}

type relianceInput struct {
	Months      int    `query:"months" minimum:"1" maximum:"36" default:"12" doc:"How far back the checks are looked for."`
	ReasonClass string `query:"reason_class" enum:"false_material,undeserved,exam_misconduct,issued_in_error" doc:"Why they were revoked."`
	Institution string `query:"institution" maxLength:"64" doc:"Who checked."`
	Certificate string `query:"certificate" format:"uuid"`
	Page        int    `query:"page" minimum:"1" maximum:"1000" default:"1"`
	Limit       int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// relianceView is a check of a certificate that was revoked afterwards. It does not say whose certificate that is.
type relianceView struct {
	ID          string             `json:"id"`
	Institution *bodyView          `json:"institution,omitempty" doc:"Who checked; missing: an operator did."`
	Purpose     coded              `json:"purpose"`
	Reason      string             `json:"reason" doc:"Why it was checked, in the words of who did."`
	CheckedAt   time.Time          `json:"checked_at"`
	Certificate reliedCertificate  `json:"certificate"`
	Revoked     reliedOnRevocation `json:"revoked"`
}

type reliedCertificate struct {
	ID     string `json:"id"`
	Number string `json:"number"`
	Kind   coded  `json:"kind"`
}

type reliedOnRevocation struct {
	At    time.Time `json:"at"`
	Class coded     `json:"class"`
}

type relyingView struct {
	Institution  *bodyView `json:"institution,omitempty" doc:"Missing: operators."`
	Certificates int       `json:"certificates" doc:"That it checked and that were revoked afterwards."`
	CheckedAt    time.Time `json:"checked_at" doc:"The last time."`
}

type relianceOutput struct {
	Body struct {
		Reliance []relianceView `json:"reliance"`
		Total    int64          `json:"total"`
		Relying  []relyingView  `json:"relying" doc:"The same counted by who checked, those with the most certificates first: they are to be told."`
	}
}

// listReliance lists who checked a certificate while it still stood: the programme does not know who relied on it besides.
func (s *service) listReliance(ctx context.Context, in *relianceInput) (*relianceOutput, error) {
	r := requestOf(ctx)
	const month = 31
	filter := store.RelianceFilter{
		Within: r.within(in.Institution), Since: s.Calendar.Wall(s.today().AddDays(-month * in.Months)), ReasonClass: in.ReasonClass,
		CertificateID: in.Certificate, Page: in.Page, Limit: in.Limit,
	}
	tx, out := s.Store.Read(ctx), &relianceOutput{}
	rows, total, err := tx.Reliances(filter)
	if err != nil {
		return nil, err
	}
	groups, err := tx.RelyingOn(filter)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, row := range rows {
		ids = append(ids, deref(row.InstitutionID))
	}
	for _, group := range groups {
		ids = append(ids, deref(group.InstitutionID))
	}
	v, err := newReader(tx, r, ids...)
	if err != nil {
		return nil, err
	}
	out.Body.Total, out.Body.Reliance, out.Body.Relying = total, make([]relianceView, len(rows)), make([]relyingView, len(groups))
	for i, row := range rows {
		out.Body.Reliance[i] = relianceView{
			ID: row.CheckID + "." + row.CertificateID, Institution: v.checker(row.InstitutionID), Purpose: v.coded("check.purpose", row.Purpose),
			Reason: row.Reason, CheckedAt: row.CheckedAt,
			Certificate: reliedCertificate{ID: row.CertificateID, Number: row.Number, Kind: v.coded("certificate", row.Kind)},
			Revoked:     reliedOnRevocation{At: row.RevokedAt, Class: v.coded("certificate_reason", row.ReasonClass)},
		}
	}
	for i, group := range groups {
		out.Body.Relying[i] = relyingView{
			Institution: v.checker(group.InstitutionID), Certificates: group.Certificates, CheckedAt: group.CheckedAt,
		}
	}
	return out, nil
}

// checker is who checked; nil: an operator.
func (v reader) checker(id *string) *bodyView {
	if id == nil {
		return nil
	}
	view := v.institution(*id)
	return &view
}
