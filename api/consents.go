package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/consent"
	"github.com/dengpan/dengpan/store"
)

// ConsentGiven says that a text was read and consented to. (Exported because it is embedded.)
type ConsentGiven struct {
	Kind    string `json:"kind" maxLength:"64" doc:"See GET /v1/consent-texts."`
	Version string `json:"version" maxLength:"64" doc:"Of the text that was read: today's."`
}

// consentChange gives a consent, or takes it back.
type consentChange struct {
	ConsentGiven

	Given bool `json:"given" doc:"False takes it back."`
}

// ConsentTextView is a text that people are asked to consent to. (Exported because it is embedded.)
type ConsentTextView struct {
	Kind    string   `json:"kind"`
	When    string   `json:"when" enum:"sign_up,registration,optional" doc:"Before what it is needed; optional: before nothing."`
	Version string   `json:"version"`
	Title   string   `json:"title"`
	Text    []string `json:"text" doc:"Paragraphs."`
	By      string   `json:"by" doc:"The text of law that asks for it."`
}

type consentTextsOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Texts []ConsentTextView `json:"texts"`
	}
}

// ConsentView is how a consent of a person stands.
type ConsentView struct {
	ConsentTextView

	Given       bool       `json:"given" doc:"And not taken back; to the text as it is today."`
	GivenAt     *time.Time `json:"given_at,omitempty" doc:"The last time, whatever the version."`
	Outdated    bool       `json:"outdated" doc:"It was given to an older text."`
	WithdrawnAt *time.Time `json:"withdrawn_at,omitempty"`
}

type consentsOutput struct {
	Body struct {
		Consents []ConsentView `json:"consents"`
	}
}

// registerConsents adds what people consent to, and take back.
func (s *service) registerConsents(api huma.API) {
	read(api, "GET /v1/consent-texts", "public", "What people are asked to consent to", s.consentTexts)
	read(api, "GET /v1/me/consents", "me", "What I consented to", s.myConsents)
	s.coming.consent = bodyFor[consentChange](api.OpenAPI().Components.Schemas)
	sent(api, "PUT /v1/me/consents", "me", "Consent to something, or take it back", s.coming.consent.schema, http.StatusOK, s.changeConsent)
}

func viewConsentText(r *request, t consent.Text) ConsentTextView {
	lang := string(r.lang)
	return ConsentTextView{
		Kind: t.Kind, When: string(t.When), Version: t.Version, Title: t.Title.In(lang), By: t.By,
		Text: strings.Split(strings.TrimSpace(t.Text.In(lang)), "\n"),
	}
}

// consentTexts shows every text, as it is asked for today.
func (s *service) consentTexts(ctx context.Context, _ *struct{}) (*consentTextsOutput, error) {
	out := &consentTextsOutput{CacheControl: cacheable}
	for _, t := range consent.Texts() {
		out.Body.Texts = append(out.Body.Texts, viewConsentText(requestOf(ctx), t))
	}
	return out, nil
}

// myConsents shows how every consent of the person who asks stands.
func (s *service) myConsents(ctx context.Context, _ *struct{}) (*consentsOutput, error) {
	r := requestOf(ctx)
	person, err := r.person()
	if err != nil {
		return nil, err
	}
	out := &consentsOutput{}
	out.Body.Consents, err = viewConsents(s.Store.Read(ctx), r, person)
	return out, err
}

func viewConsents(tx *store.Tx, r *request, personID string) ([]ConsentView, error) {
	all, err := tx.Consents(personID)
	if err != nil {
		return nil, err
	}
	var views []ConsentView
	for _, t := range consent.Texts() {
		if t.Kind == consent.Terms {
			continue
		}
		view := ConsentView{ConsentTextView: viewConsentText(r, t)}
		for _, c := range all {
			if c.Kind == t.Kind {
				view.Given, view.GivenAt, view.WithdrawnAt = c.WithdrawnAt == nil && c.Version == t.Version, &c.GivenAt, c.WithdrawnAt
				view.Outdated = c.WithdrawnAt == nil && c.Version != t.Version
			}
		}
		views = append(views, view)
	}
	return views, nil
}

// changeConsent gives a consent of the person who asks, or takes it back. What registration needs is not taken back while a
// case is open: who wants that withdraws from it first.
func (s *service) changeConsent(ctx context.Context, in *bodyInput) (*consentsOutput, error) {
	r := requestOf(ctx)
	body, found, err := s.coming.consent.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	checkConsent(found, "", body.ConsentGiven, body.Given)
	if err := found.err(); err != nil {
		return nil, err
	}
	person, err := r.person()
	if err != nil {
		return nil, err
	}
	out := &consentsOutput{}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		if body.Given {
			if err := s.giveConsents(tx, r, person, []ConsentGiven{body.ConsentGiven}); err != nil {
				return err
			}
		} else if err := s.takeConsentBack(tx, r, person, body.Kind); err != nil {
			return err
		}
		out.Body.Consents, err = viewConsents(tx, r, person)
		return err
	})
	return out, err
}

func (s *service) takeConsentBack(tx *store.Tx, r *request, personID, kind string) error {
	held, err := tx.HoldPerson(personID)
	if err != nil {
		return err
	}
	if held.Open && slices.Contains(consent.Needed(consent.Registration), kind) {
		return problem(caseOpen)
	}
	taken, err := tx.TakeConsentBack(personID, kind, r.account.ID, s.moment())
	if err != nil || taken == 0 {
		return err
	}
	return s.auditSelf(tx, r, "consent.withdraw", personID, map[string]string{"kind": kind})
}

// checkConsent lists what is wrong with a consent: given is to today's text, which alone can have been read.
func checkConsent(found *faults, at string, c ConsentGiven, given bool) {
	t, known := consent.Of(c.Kind)
	switch {
	case !known || c.Kind == consent.Terms:
		found.add(at+"kind", fieldUnknownValue)
	case given && c.Version != t.Version:
		found.add(at+"version", fieldConsentOutdated)
	}
}

// checkConsents lists what is wrong with the consents of a registration.
func checkConsents(found *faults, given []ConsentGiven) {
	for i, c := range given {
		checkConsent(found, fmt.Sprintf("consents[%d].", i), c, true)
	}
}

// giveConsents writes what a person consented to.
func (s *service) giveConsents(tx *store.Tx, r *request, personID string, given []ConsentGiven) error {
	var fresh []ConsentGiven
	for _, c := range given {
		isNew, err := tx.GiveConsent(store.Consent{
			PersonID: &personID, Kind: c.Kind, Version: c.Version, GivenBy: r.account.ID, GivenAt: s.moment(),
		})
		if err != nil {
			return err
		}
		if isNew {
			fresh = append(fresh, c)
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	return s.audit(tx, r, "consent.give", personSubject(personID), "", map[string]any{"consents": fresh})
}

// lackingConsent reports whether a person has yet to consent to something that registration needs. What an operator registers
// was signed on paper.
func lackingConsent(tx *store.Tx, personID string) (bool, error) {
	all, err := tx.Consents(personID)
	if err != nil {
		return false, err
	}
	for _, needed := range consent.ToAll(consent.Registration) {
		given := func(c store.Consent) bool {
			return c.WithdrawnAt == nil && consent.Given{Kind: c.Kind, Version: c.Version} == needed
		}
		if !slices.ContainsFunc(all, given) {
			return true, nil
		}
	}
	return false, nil
}
