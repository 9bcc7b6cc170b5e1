package api

import (
	"context"
	"errors"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/store"
)

// certificateDetail is a certificate, what became of it, and what stands on it.
type certificateDetail struct {
	CertificateView

	ID           string            `json:"id"`
	Holder       string            `json:"holder" doc:"The name, masked."`
	IDNumber     string            `json:"id_number" doc:"Masked."`
	Origin       string            `json:"origin" enum:"issued,reported"`
	From         calendar.Date     `json:"from,omitzero" doc:"First day of the training; not on a grade certificate."`
	To           calendar.Date     `json:"to,omitzero"`
	Hours        string            `json:"hours,omitempty"`
	Version      time.Time         `json:"version" doc:"Since when it is what it is: a request is about one version."`
	ExpiresOn    *calendar.Date    `json:"expires_on,omitempty"`
	History      []changeView      `json:"history" doc:"What became of it, from the first."`
	Supersedes   *certificateBrief `json:"supersedes,omitempty" doc:"The one that it was issued in the place of."`
	SupersededBy *certificateBrief `json:"superseded_by,omitempty" doc:"The one that was issued, or is being issued, in its place."`
	Measures     []measureView     `json:"measures" doc:"What can be asked for about it now."`
	Effects      effectsView       `json:"effects"`
}

// changeView is one change of what a certificate is.
type changeView struct {
	Status      string    `json:"status" enum:"prepared,valid,suspended,superseded,revoked,cancelled"`
	At          time.Time `json:"at"`
	ReasonClass *coded    `json:"reason_class,omitempty"`
	Reason      string    `json:"reason,omitempty" doc:"In words; for the issuer and operators."`
	By          string    `json:"by" doc:"The role of whose decision it was, or system."`
}

// measureView is a measure that can be asked for, with the reasons it may be asked for with.
type measureView struct {
	Kind    string  `json:"kind" enum:"correction,suspension,reinstatement,revocation"`
	Name    string  `json:"name"`
	Reasons []coded `json:"reasons"`
}

// effectsView is what stands on a certificate.
type effectsView struct {
	Case    *caseEffect `json:"case,omitempty"`
	Title   *titleView  `json:"title,omitempty"`
	CEHours []ceEffect  `json:"ce_hours" doc:"What the training was credited with, and what was taken back of it."`
}

// caseEffect is how the case stands that a certificate is of.
type caseEffect struct {
	ID       string        `json:"id"`
	Status   coded         `json:"status"`
	Stage    coded         `json:"stage"`
	Outcome  *coded        `json:"outcome,omitempty"`
	Stages   []stageEffect `json:"stages" doc:"Evaluation, certificate, title: the applications that stand on it."`
	Incident *IncidentView `json:"incident,omitempty" doc:"Why it is held."`
}

type stageEffect struct {
	Stage coded `json:"stage"`
	State coded `json:"state"`
}

// ceEffect is the credit of one year.
type ceEffect struct {
	Year     int          `json:"year"`
	Standing ledger.Hours `json:"standing"`
	Reversed ledger.Hours `json:"reversed"`
}

type certificateOutput struct{ Body certificateDetail }

// getCertificate shows a certificate, its holder masked.
func (s *service) getCertificate(ctx context.Context, in *idInput) (*certificateOutput, error) {
	r, tx := requestOf(ctx), s.Store.Read(ctx)
	c, err := tx.Certificate(in.ID)
	if err != nil {
		return nil, err
	}
	holder, err := s.holder(c)
	if err != nil {
		return nil, err
	}
	v, err := newReader(tx, r, c.Issuer)
	if err != nil {
		return nil, err
	}
	out := &certificateOutput{Body: certificateDetail{
		CertificateView: v.certificates([]store.Certificate{c})[0], ID: c.ID, Holder: maskName(holder.Name),
		IDNumber: maskDocument(holder.IDType, holder.IDNumber), Origin: c.Origin, From: c.Facts.From, To: c.Facts.To, Hours: c.Facts.Hours,
		Version: c.StatusSince, ExpiresOn: c.ExpiresOn,
	}}
	view := &out.Body
	if view.History, err = v.history(tx, r, c); err != nil {
		return nil, err
	}
	if view.Supersedes, view.SupersededBy, err = v.succession(tx, c); err != nil {
		return nil, err
	}
	view.Measures = v.measures(r, c, view.SupersededBy != nil)
	view.Effects, err = s.effects(tx, r, c)
	return out, err
}

// history is what became of a certificate. Why, in words, is for its issuer and for operators.
func (v reader) history(tx *store.Tx, r *request, c store.Certificate) ([]changeView, error) {
	changes, err := tx.CertificateChanges(c.ID)
	if err != nil {
		return nil, err
	}
	actors := make([]string, len(changes))
	for i, change := range changes {
		actors[i] = change.Actor
	}
	roles, err := tx.AccountRoles(actors)
	if err != nil {
		return nil, err
	}
	views := make([]changeView, len(changes))
	for i, change := range changes {
		role := roles[change.Actor]
		if role == "" {
			role = store.ActorSystem
		}
		views[i] = changeView{Status: change.Status, At: change.At, By: v.say("actor", role)}
		views[i].ReasonClass = v.codedIf("certificate_reason", change.ReasonClass)
		if r.account.Role != store.RoleTrainee {
			views[i].Reason = change.Reason
		}
	}
	return views, nil
}

// succession is what a certificate was issued in the place of, and what was issued in its.
func (v reader) succession(tx *store.Tx, c store.Certificate) (before, after *certificateBrief, err error) {
	if c.Supersedes != nil {
		earlier, err := tx.Certificate(*c.Supersedes)
		if err != nil {
			return nil, nil, err
		}
		brief := v.certificateBrief(earlier)
		before = &brief
	}
	later, err := tx.CertificateSuccessor(c.ID)
	if errors.Is(err, store.ErrNotFound) {
		return before, nil, nil
	}
	brief := v.certificateBrief(later)
	return before, &brief, err
}

// measures are what whoever reads may ask for about a certificate as it is.
func (v reader) measures(r *request, c store.Certificate, replacing bool) []measureView {
	views := []measureView{}
	for _, m := range certificate.Measures() {
		theirs := m == certificate.Correction || r.account.Role != store.RoleTrainee && r.account.District == nil
		if !theirs || !m.Of(c.Status) || replacing && m != certificate.Revocation {
			continue
		}
		view := measureView{Kind: string(m), Name: v.say("certificate_measure", string(m))}
		for _, reason := range certificate.Reasons(m) {
			view.Reasons = append(view.Reasons, v.coded("certificate_reason", reason.Code))
		}
		views = append(views, view)
	}
	return views
}
