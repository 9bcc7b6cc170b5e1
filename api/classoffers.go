package api

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/refund"
	"github.com/dengpan/dengpan/store"
)

// registerOffers adds the operations of what classes offer.
func (s *service) registerOffers(api huma.API) {
	s.bodies.offer = bodyFor[offerBody](api.OpenAPI().Components.Schemas)
	sent(api, "POST /v1/classes/{id}/offer", "classes", "Say what a class offers, and whether the public sees it", s.bodies.offer.schema,
		http.StatusOK, s.sayOffer)
	read(api, "GET /v1/offered-classes", "public", "Classes that can be joined", s.listOffered)
	read(api, "GET /v1/programme", "public", "What the programme is, in a few sentences", s.programme)
	read(api, "GET /v1/policy-questions", "public", "What people ask about the programme, answered", s.policyQuestions)
	read(api, "GET /v1/institution-directory", "public", "Institutions of the published lists, found by what they do", s.directory)
	read(api, "GET /v1/offered-classes/{id}", "public", "What a class offers who would join it", s.getOffered)
}

// offerBody is what a class offers from now on.
type offerBody struct {
	OfferTerms

	Reason string `json:"reason" minLength:"1" maxLength:"500"`
}

// OfferTerms are what a class offers. (Exported because it is embedded.)
type OfferTerms struct {
	Offered     bool           `json:"offered" doc:"The public sees the class in the calendar."`
	FeeFen      *int           `json:"fee_fen,omitempty" minimum:"0" maximum:"10000000" doc:"In fen; 0 is free. Left out: not said."`
	Refund      refund.Rule    `json:"refund,omitempty" maxItems:"6" doc:"What of the fee is paid back until when; after the last step nothing."`
	RefundTerms string         `json:"refund_terms,omitempty" maxLength:"1000" doc:"What is agreed besides, in words."`
	Venue       string         `json:"venue,omitempty" maxLength:"200"`
	Schedule    string         `json:"schedule,omitempty" maxLength:"500" doc:"On which days and hours it is held, in words."`
	Study       string         `json:"study,omitempty" enum:"full_time,part_time,spare_time" doc:"脱产、半脱产、业余。"`
	Delivery    string         `json:"delivery,omitempty" enum:"onsite,online,mixed"`
	EnrolUntil  *calendar.Date `json:"enrol_until,omitempty" doc:"The last day on which a place can be taken; left out: the class's last."`
}

// offerView is what a class offers, by its latest revision.
type offerView struct {
	OfferTerms

	StudyName    string    `json:"study_name,omitempty"`
	DeliveryName string    `json:"delivery_name,omitempty"`
	Revision     int       `json:"revision" doc:"Whoever takes a place agrees to this one."`
	SaidAt       time.Time `json:"said_at"`
}

type offerOutput struct{ Body offerView }

// sayOffer writes what a class offers. Said again with the same content it stays as it is.
func (s *service) sayOffer(ctx context.Context, in *idBodyInput) (*offerOutput, error) {
	r := requestOf(ctx)
	body, found, err := s.bodies.offer.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	reason := reasonIn(found, body.Reason)
	out := &offerOutput{}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		c, err := tx.LockClass(in.ID)
		if err != nil {
			return err
		}
		checkOffer(&body.OfferTerms, c, found)
		if err := checkWording(tx, c.InstitutionID, found, map[string]string{
			"venue": body.Venue, "schedule": body.Schedule, "refund_terms": body.RefundTerms,
		}); err != nil {
			return err
		}
		if err := found.err(); err != nil {
			return err
		}
		if c.ClosedAt != nil {
			return problem(classClosed)
		}
		before, err := tx.OfferOf(c.ID)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		said := body.offer(before, r.account.ID, reason, s.Now().UTC())
		said.ClassID = c.ID
		if before.Revision > 0 && reflect.DeepEqual(terms(before), terms(said)) {
			out.Body = reader{lang: r.lang}.offer(before)
			return nil
		}
		if err := tx.InsertOffer(said); err != nil {
			return err
		}
		out.Body = reader{lang: r.lang}.offer(said)
		return s.auditChange(tx, r, "class.offer", "class:"+c.ID, reason, terms(before), terms(said))
	})
	return out, err
}

// checkOffer lists what is wrong with what a class is to offer.
func checkOffer(o *OfferTerms, c store.Class, found *faults) {
	for field, text := range map[string]*string{"venue": &o.Venue, "schedule": &o.Schedule, "refund_terms": &o.RefundTerms} {
		*text = strings.TrimSpace(*text)
		if !printable(strings.ReplaceAll(*text, "\n", " ")) {
			found.add(field, fieldFormat)
		}
	}
	step := func(i int, part string) string { return "refund[" + strconv.Itoa(i) + "]." + part }
	switch i, err := o.Refund.Check(); {
	case errors.Is(err, refund.ErrStep):
		found.add(step(i, "until"), fieldFormat)
	case errors.Is(err, refund.ErrPercent):
		found.add(step(i, "percent"), fieldOutOfRange)
	case errors.Is(err, refund.ErrOrder):
		found.add(step(i, "until"), fieldRefundOrder)
	}
	if o.Offered && o.FeeFen != nil && *o.FeeFen > 0 && len(o.Refund) == 0 {
		found.add("refund", fieldRequired)
	}
	if o.Offered && c.Sponsor != nil {
		found.add("offered", fieldConflict) // it takes nobody from outside
	}
	if o.EnrolUntil != nil && o.EnrolUntil.After(c.EndsOn) {
		found.add("enrol_until", fieldDateOrder)
	}
}

// offer is the revision after one before.
func (o OfferTerms) offer(before store.ClassOffer, by, reason string, at time.Time) store.ClassOffer {
	said := func(code string) *string {
		if code == "" {
			return nil
		}
		return &code
	}
	return store.ClassOffer{
		Revision: before.Revision + 1, Offered: o.Offered, FeeFen: o.FeeFen, Refund: o.Refund, RefundTerms: o.RefundTerms, Venue: o.Venue,
		Schedule: o.Schedule, Study: said(o.Study), Delivery: said(o.Delivery), EnrolUntil: o.EnrolUntil, Reason: reason, SaidBy: by, SaidAt: at,
	}
}

// terms are what a revision says.
func terms(o store.ClassOffer) OfferTerms {
	return OfferTerms{
		Offered: o.Offered, FeeFen: o.FeeFen, Refund: append(refund.Rule{}, o.Refund...), RefundTerms: o.RefundTerms, Venue: o.Venue,
		Schedule: o.Schedule, Study: deref(o.Study), Delivery: deref(o.Delivery), EnrolUntil: o.EnrolUntil,
	}
}

func (v reader) offer(o store.ClassOffer) offerView {
	view := offerView{OfferTerms: terms(o), Revision: o.Revision, SaidAt: o.SaidAt}
	if o.Study != nil {
		view.StudyName = v.say("class_study", *o.Study)
	}
	if o.Delivery != nil {
		view.DeliveryName = v.say("class_delivery", *o.Delivery)
	}
	return view
}
