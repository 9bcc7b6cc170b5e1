package api

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/store"
)

// staffMember is one of an employer's people in a class that it sponsors: how far they are in this class, and nothing else of
// them. Who consents no more is a place without a name.
type staffMember struct {
	Hidden      bool                `json:"hidden" doc:"The person has withdrawn the consent: nothing of them is shown."`
	CaseID      string              `json:"case_id,omitempty"`
	Name        string              `json:"name,omitempty"`
	Stage       *coded              `json:"stage,omitempty"`
	Status      *coded              `json:"status,omitempty"`
	Hours       *ledger.Hours       `json:"hours,omitempty" doc:"学时 of standardised training that stand."`
	Required    *ledger.Hours       `json:"required,omitempty" doc:"学时 that the standard asks for; left out where none is entered."`
	Certificate *trainedCertificate `json:"training_certificate,omitempty" doc:"Left out: not issued."`
	JoinedAt    time.Time           `json:"joined_at"`
}

// trainedCertificate is a training certificate as the sponsor sees it.
type trainedCertificate struct {
	Number   string `json:"number"`
	IssuedOn string `json:"issued_on" format:"date"`
	Valid    bool   `json:"valid"`
}

type sponsoredStaffInput struct {
	ID    string `path:"id"`
	Page  int    `query:"page" minimum:"1" maximum:"1000" default:"1"`
	Limit int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
}

type sponsoredStaffOutput struct {
	Body struct {
		Class ClassView     `json:"class"`
		Staff []staffMember `json:"staff" doc:"In the order in which they came."`
		Total int64         `json:"total"`
	}
}

// listSponsoredStaff lists an employer's people in a class that it sponsors. Of each it is written down that they were read.
func (s *service) listSponsoredStaff(ctx context.Context, in *sponsoredStaffInput) (*sponsoredStaffOutput, error) {
	r, out := requestOf(ctx), &sponsoredStaffOutput{}
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		c, err := tx.Class(in.ID)
		if err != nil {
			return err
		}
		if out.Body.Class, err = s.viewClass(tx, r, c); err != nil {
			return err
		}
		places, total, err := tx.SponsoredPlaces(c.ID, (in.Page-1)*in.Limit, in.Limit)
		if err != nil {
			return err
		}
		out.Body.Total = total
		out.Body.Staff, err = s.viewSponsoredStaff(tx, r, c, places)
		return err
	})
	return out, err
}

func (s *service) viewSponsoredStaff(tx *store.Tx, r *request, class store.Class, places []store.SponsoredPlace) ([]staffMember, error) {
	var ids []string
	for _, p := range places {
		if p.WithdrawnAt == nil {
			ids = append(ids, p.CaseID)
		}
	}
	cases, err := tx.CasesByID(ids)
	if err != nil {
		return nil, err
	}
	seconds, err := tx.SecondsOfCases(ids)
	if err != nil {
		return nil, err
	}
	certificates, err := tx.CertificatesOfCases(contract.TrainingCertificate, ids)
	if err != nil {
		return nil, err
	}
	names, err := s.readNames(tx, r, cases, "class:"+class.ID)
	if err != nil {
		return nil, err
	}
	v, views := reader{lang: r.lang}, make([]staffMember, len(places))
	for i, p := range places {
		views[i] = staffMember{Hidden: p.WithdrawnAt != nil, JoinedAt: p.GivenAt}
		if p.WithdrawnAt != nil {
			continue
		}
		c := cases[p.CaseID]
		stage, status := v.coded("stage", string(c.Stage)), v.coded("status", string(c.Status))
		views[i].CaseID, views[i].Name, views[i].Stage, views[i].Status = c.ID, names[c.PersonID], &stage, &status
		stand, required, err := hoursOf(c, time.Duration(seconds[c.ID])*time.Second)
		if err != nil {
			return nil, err
		}
		views[i].Hours, views[i].Required = &stand, required
		if k, issued := certificates[c.ID]; issued {
			views[i].Certificate = &trainedCertificate{Number: k.Number, IssuedOn: k.IssuedOn.String(), Valid: k.Status == store.CertificateValid}
		}
	}
	return views, nil
}

// readNames opens the names of the people of cases, by person, and writes down of each that it was read, and where.
func (s *service) readNames(tx *store.Tx, r *request, cases map[string]store.Case, where string) (map[string]string, error) {
	ids := make([]string, 0, len(cases))
	for _, c := range cases {
		ids = append(ids, c.PersonID)
	}
	names, err := s.names(tx, ids)
	if err != nil {
		return nil, err
	}
	for _, id := range slices.Sorted(maps.Keys(names)) {
		if err := s.audit(tx, r, "trainee.read", personSubject(id), where, nil); err != nil {
			return nil, err
		}
	}
	return names, nil
}

// sponsorConsentView is whether the sponsor of a case's class sees how it goes.
type sponsorConsentView struct {
	Employer    *employerBrief `json:"employer" doc:"Null: the case is in no class that an employer sponsors."`
	Class       *classBrief    `json:"class"`
	Way         string         `json:"way,omitempty" enum:"code,intake" doc:"The trainee consented with the code, or whoever registered them declared that they had."`
	Version     string         `json:"version,omitempty" doc:"Of the words of the consent."`
	GivenAt     *time.Time     `json:"given_at"`
	WithdrawnAt *time.Time     `json:"withdrawn_at" doc:"Since when the sponsor sees nothing."`
}

type sponsorConsentOutput struct{ Body sponsorConsentView }

func viewSponsorConsent(tx *store.Tx, caseID string) (view sponsorConsentView, err error) {
	p, err := tx.SponsoredPlace(caseID)
	if errors.Is(err, store.ErrNotFound) {
		return view, nil
	}
	if err != nil {
		return view, err
	}
	c, err := tx.Class(p.ClassID)
	if err != nil {
		return view, err
	}
	e, err := tx.Employer(*c.Sponsor)
	return sponsorConsentView{
		Employer: &employerBrief{ID: e.ID, Name: e.Name}, Class: briefOfClass(c), Way: p.Way, Version: p.ConsentVersion,
		GivenAt: &p.GivenAt, WithdrawnAt: p.WithdrawnAt,
	}, err
}

// readSponsorConsent shows whether the sponsor of a case's class sees how it goes.
func (s *service) readSponsorConsent(ctx context.Context, in *idInput) (*sponsorConsentOutput, error) {
	view, err := viewSponsorConsent(s.Store.Read(ctx), in.ID)
	return &sponsorConsentOutput{Body: view}, err
}

// hideFromSponsor takes the consent back: from now on the sponsor sees a place without a name. Taken back again, it is as it was.
func (s *service) hideFromSponsor(ctx context.Context, in *idInput) (*sponsorConsentOutput, error) {
	r, out := requestOf(ctx), &sponsorConsentOutput{}
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		p, err := tx.LockSponsoredPlace(in.ID)
		if err == nil && p.WithdrawnAt == nil {
			if err := tx.HideFromSponsor(in.ID, s.Now().UTC()); err != nil {
				return err
			}
			err = s.audit(tx, r, "sponsor_consent.withdraw", "case:"+in.ID, "at their own request", nil)
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		out.Body, err = viewSponsorConsent(tx, in.ID)
		return err
	})
	return out, err
}
