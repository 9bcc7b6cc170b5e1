package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"golang.org/x/text/unicode/norm"

	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/registering"
	"github.com/dengpan/dengpan/store"
)

// routeOrderCode looks up the class of an order code.
const routeOrderCode = "POST /v1/order-codes/lookup"

// SponsorshipBody is how a class comes about. (Exported because it is embedded.)
type SponsorshipBody struct {
	Mode    string `json:"mode,omitempty" enum:"ordinary,order,named,instructors,advanced" doc:"How it comes about (合作方式); ordinary unless it says otherwise."`
	Sponsor string `json:"sponsor,omitempty" maxLength:"64" doc:"Of an order class or a named one: the unified social credit code of the employer that it is for. The employer agrees before anybody can join."`
}

// sponsoring reads how a class comes about.
func (b SponsorshipBody) sponsoring(tx *store.Tx, c *store.Class, found *faults) error {
	c.Mode = b.Mode
	if c.Mode == "" {
		c.Mode = store.ModeOrdinary
	}
	sponsored := c.Mode == store.ModeOrder || c.Mode == store.ModeNamed
	switch {
	case !sponsored && b.Sponsor != "":
		found.add("sponsor", fieldConflict)
		return nil
	case sponsored && b.Sponsor == "":
		found.add("sponsor", fieldRequired)
		return nil
	case !sponsored:
		return nil
	}
	code, err := identity.ParseUSCC(b.Sponsor)
	if fault := identity.Fault(""); errors.As(err, &fault) {
		found.add("sponsor", string(fault))
		return nil
	}
	e, err := tx.EmployerByUSCC(code.String())
	if errors.Is(err, store.ErrNotFound) {
		found.add("sponsor", fieldNoEmployer)
		return nil
	}
	c.Sponsor = &e.ID
	return err
}

// SponsorView is who sponsors a class, and whether they have agreed to it. (Exported because it is embedded.)
type SponsorView struct {
	Employer  employerBrief `json:"employer"`
	AgreedAt  *time.Time    `json:"agreed_at" doc:"Null: they have yet to agree, and nobody can join."`
	OrderCode *string       `json:"order_code,omitempty" doc:"By which their people find the class; for them and for the training body."`
	Taken     int           `json:"taken" doc:"Places that are taken by its code or by intakes; who withdrew gives theirs back."`
}

// viewSponsors shows who sponsors classes. The codes are for those who hand them out.
func viewSponsors(tx *store.Tx, r *request, classes []store.Class) (map[string]*SponsorView, error) {
	var ids, employers []string
	for _, c := range classes {
		if c.Sponsor != nil {
			ids, employers = append(ids, c.ID), append(employers, *c.Sponsor)
		}
	}
	named, err := tx.EmployersByID(employers)
	if err != nil {
		return nil, err
	}
	taken, err := tx.SponsoredTaken(ids)
	views := make(map[string]*SponsorView, len(ids))
	for _, c := range classes {
		if c.Sponsor == nil {
			continue
		}
		view := &SponsorView{
			Employer: employerBrief{ID: *c.Sponsor, Name: named[*c.Sponsor].Name}, AgreedAt: c.AgreedAt, Taken: taken[c.ID],
		}
		if who := r.account.Caller(); who.Institution == c.InstitutionID || who.Employer == *c.Sponsor {
			view.OrderCode = c.OrderCode
		}
		views[c.ID] = view
	}
	return views, err
}

// registerSponsored adds the operations on sponsored classes.
func (s *service) registerSponsored(api huma.API) {
	const tag = "employers"
	read(api, "GET /v1/sponsored-classes", tag, "The classes that an employer sponsors", s.listSponsored)
	bare(api, "POST /v1/classes/{id}/agreement", tag, "The sponsor agrees to a class, which gets its order code", s.agreeToClass)
	sent(api, "POST /v1/classes/{id}/order-code", tag, "Give a sponsored class another order code", s.bodies.reason.schema, http.StatusOK, s.renewOrderCode)
	sent(api, routeOrderCode, tag, "The class of an order code", s.employers.code.schema, http.StatusOK, s.lookUpOrderCode)
	read(api, "GET /v1/cases/{id}/sponsor-consent", tag, "Whether a case's sponsor sees how it goes", s.readSponsorConsent)
	bare(api, "POST /v1/cases/{id}/sponsor-consent/withdrawal", tag, "Have the sponsor see no more of one's case", s.hideFromSponsor)
	read(api, "GET /v1/sponsored-classes/{id}/staff", tag, "An employer's own people in a class that it sponsors, and how far they are", s.listSponsoredStaff)
	table(api, "GET /v1/sponsored-classes/{id}/subsidy-facts", tag,
		"What applications for training subsidies name of an employer's people; amounts are set elsewhere", s.subsidyFacts)
	s.registerProofs(api)
}

type sponsoredOutput struct {
	Body struct {
		Classes []ClassView `json:"classes"`
	}
}

// listSponsored lists the classes that the employer that asks sponsors.
func (s *service) listSponsored(ctx context.Context, _ *struct{}) (*sponsoredOutput, error) {
	r, out := requestOf(ctx), &sponsoredOutput{}
	err := s.Store.Snapshot(ctx, func(tx *store.Tx) error {
		classes, err := tx.SponsoredClasses(*r.account.EmployerID)
		if err != nil {
			return err
		}
		out.Body.Classes, err = s.viewClasses(tx, r, classes...)
		return err
	})
	return out, err
}

// agreeToClass notes that the sponsor agrees to a class. Agreed to again, it is as it was.
func (s *service) agreeToClass(ctx context.Context, in *idInput) (*classOutput, error) {
	return s.onSponsored(ctx, in.ID, func(tx *store.Tx, r *request, c store.Class) error {
		if c.AgreedAt != nil {
			return nil
		}
		if err := tx.AgreeToClass(c.ID, r.account.ID, store.NewOrderCode(), s.Now().UTC()); err != nil {
			return err
		}
		return s.audit(tx, r, "class.agree", "class:"+c.ID, "", nil)
	})
}

// renewOrderCode gives a sponsored class another code, because the one before got about.
func (s *service) renewOrderCode(ctx context.Context, in *idBodyInput) (*classOutput, error) {
	reason, err := s.readReason(in.RawBody)
	if err != nil {
		return nil, err
	}
	return s.onSponsored(ctx, in.ID, func(tx *store.Tx, r *request, c store.Class) error {
		if c.AgreedAt == nil {
			return problem(classNotAgreed)
		}
		if err := tx.RenewOrderCode(c.ID, store.NewOrderCode()); err != nil {
			return err
		}
		return s.audit(tx, r, "class.renew_code", "class:"+c.ID, reason, nil)
	})
}

// onSponsored does something to a class that an employer sponsors, while it is open, and shows it as it is then.
func (s *service) onSponsored(ctx context.Context, id string, do func(*store.Tx, *request, store.Class) error) (*classOutput, error) {
	r, out := requestOf(ctx), &classOutput{Status: http.StatusOK}
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		c, err := tx.LockClass(id)
		switch {
		case err != nil:
			return err
		case c.Sponsor == nil:
			return problem(classNotSponsored)
		case c.ClosedAt != nil:
			return problem(classClosed)
		}
		if err := do(tx, r, c); err != nil {
			return err
		}
		if c, err = tx.Class(id); err != nil {
			return err
		}
		out.Body, err = s.viewClass(tx, r, c)
		return err
	})
	return out, err
}

// orderCodeBody names an order code.
type orderCodeBody struct {
	Code string `json:"code" minLength:"1" maxLength:"40" doc:"As it was handed out: small letters, spaces and hyphens do no harm."`
}

// plainCode is an order code as it is kept.
func plainCode(code string) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "\t", "").Replace(norm.NFKC.String(code)))
}

type orderCodeOutput struct {
	Body struct {
		Class          ClassView `json:"class"`
		ConsentVersion string    `json:"consent_version" doc:"Of the words of the consent that goes with the code: to be sent with the registration."`
		Consent        string    `json:"consent" doc:"The words: that the sponsor sees how one's training in this class goes."`
	}
}

// lookUpOrderCode shows the class of a code to whoever has it. A class that is closed has none any more.
func (s *service) lookUpOrderCode(ctx context.Context, in *bodyInput) (*orderCodeOutput, error) {
	r := requestOf(ctx)
	body, err := s.employers.code.readAll(in.RawBody)
	if err != nil {
		return nil, err
	}
	tx, out := s.Store.Read(ctx), &orderCodeOutput{}
	c, err := tx.ClassByOrderCode(plainCode(body.Code))
	if errors.Is(err, store.ErrNotFound) || err == nil && c.ClosedAt != nil {
		return nil, problem(orderCodeUnknown, FieldError{Field: "code", Code: orderCodeUnknown})
	}
	if err != nil {
		return nil, err
	}
	if out.Body.Class, err = s.viewClass(tx, r, c); err != nil {
		return nil, err
	}
	out.Body.Class.Notes = "" // are the training body's own
	out.Body.ConsentVersion = registering.SponsorConsent
	out.Body.Consent = message.Text(r.lang, "sponsor_consent."+registering.SponsorConsent, map[string]any{
		"employer": out.Body.Class.Sponsor.Employer.Name, "class": c.Name,
	})
	return out, nil
}

// OrderBody is the code that a registration came with. (Exported because it is embedded.)
type OrderBody struct {
	OrderCode      string `json:"order_code,omitempty" maxLength:"40" doc:"Of a class that the trainee's employer sponsors."`
	SponsorConsent string `json:"sponsor_consent,omitempty" maxLength:"16" doc:"With an order code: the version of the consent, as the look-up of the code gave its words."`
}

// ordered finds the class that a registration came to by a code; nil when it came with none.
func (b registrationBody) ordered(tx *store.Tx, found *faults) (*store.Class, error) {
	if b.OrderCode == "" {
		if b.SponsorConsent != "" {
			found.add("sponsor_consent", fieldConflict)
		}
		return nil, nil //nolint:nilnil // most come with none
	}
	switch b.SponsorConsent {
	case registering.SponsorConsent:
	case "":
		found.add("sponsor_consent", fieldRequired)
	default:
		found.add("sponsor_consent", fieldUnknownValue)
	}
	c, err := tx.ClassByOrderCode(plainCode(b.OrderCode))
	if errors.Is(err, store.ErrNotFound) || err == nil && c.ClosedAt != nil {
		found.add("order_code", orderCodeUnknown)
		return nil, nil //nolint:nilnil // the fault says so
	}
	if err == nil && !registering.Fits(c, b.Occupation, b.Direction, b.Level, b.TrainingBody) {
		found.add("order_code", hours.CodeOtherTarget)
	}
	return &c, err
}
