package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/dengpan/dengpan/photo"
	"github.com/dengpan/dengpan/store"
)

// Registrations that are not sent yet: saved as they are filled in, on whatever device, and nobody's business but their
// account's. What is in one is not judged until it is sent; it is only kept.

// mostDrafts is how many an account may have: one person may take up several occupations.
const mostDrafts = 10

// Drafted is what a draft holds of a registration. Everything may be missing, and half-filled. (Exported because it is embedded.)
type Drafted struct {
	Name           string                    `json:"name,omitempty" maxLength:"200"`
	IDType         string                    `json:"id_type,omitempty" maxLength:"64"`
	IDNumber       string                    `json:"id_number,omitempty" maxLength:"64"`
	IDCountry      string                    `json:"id_country,omitempty" maxLength:"3"`
	Occupation     string                    `json:"occupation,omitempty" maxLength:"64"`
	Direction      string                    `json:"direction,omitempty" maxLength:"64"`
	Level          string                    `json:"level,omitempty" maxLength:"64"`
	TrainingBody   string                    `json:"training_body,omitempty" maxLength:"64"`
	EvaluationBody string                    `json:"evaluation_body,omitempty" maxLength:"64"`
	Class          string                    `json:"class,omitempty" maxLength:"64"`
	ClassOffer     int                       `json:"class_offer,omitempty" minimum:"0"`
	OrderCode      string                    `json:"order_code,omitempty" maxLength:"40"`
	SponsorConsent string                    `json:"sponsor_consent,omitempty" maxLength:"16"`
	District       string                    `json:"district,omitempty" maxLength:"64"`
	Applicant      *draftedApplicant         `json:"applicant,omitempty"`
	Contacts       *registrationContactsBody `json:"contacts,omitempty"`
	Consents       []ConsentGiven            `json:"consents,omitempty" maxItems:"20"`
}

// draftedApplicant is applicantBody, half-filled.
type draftedApplicant struct {
	Category      string             `json:"category,omitempty" maxLength:"64"`
	Education     []draftedEducation `json:"education,omitempty" maxItems:"20"`
	Titles        []draftedHeld      `json:"titles,omitempty" maxItems:"20"`
	Grades        []draftedHeld      `json:"grades,omitempty" maxItems:"20"`
	SkillGrade    string             `json:"skill_grade,omitempty" maxLength:"64"`
	WorkStartedOn string             `json:"work_started_on,omitempty" maxLength:"10"`
}

type draftedEducation struct {
	Degree       string `json:"degree,omitempty" maxLength:"64"`
	RelatedMajor bool   `json:"related_major,omitempty"`
	GraduatedOn  string `json:"graduated_on,omitempty" maxLength:"10"`
	FullTime     bool   `json:"full_time,omitempty"`
}

type draftedHeld struct {
	Title      string `json:"title,omitempty" maxLength:"64"`
	Level      string `json:"level,omitempty" maxLength:"64"`
	ObtainedOn string `json:"obtained_on,omitempty" maxLength:"10"`
}

// draftBody saves a draft.
type draftBody struct {
	Version  int     `json:"version,omitempty" minimum:"0" doc:"That was read before it was changed; of a new draft none."`
	Step     string  `json:"step" enum:"target,about,choice,identity,photo,contacts,consents,review" doc:"Where its writer is."`
	Contents Drafted `json:"contents"`
}

// DraftView is a draft.
type DraftView struct {
	ID        string          `json:"id"`
	Version   int             `json:"version"`
	Step      string          `json:"step"`
	Contents  Drafted         `json:"contents"`
	Photo     bool            `json:"photo" doc:"Whether a photo was sent with it."`
	Place     *draftPlaceView `json:"place,omitempty" doc:"That is kept for it in a class."`
	UpdatedAt time.Time       `json:"updated_at"`
	ExpiresAt time.Time       `json:"expires_at" doc:"When it goes, if nobody touches it."`
}

type (
	draftOutput struct {
		Status int
		Body   DraftView
	}
	draftsOutput struct {
		Body struct {
			Drafts []DraftView `json:"drafts" doc:"The one that was changed last first."`
		}
	}
)

const routeDraftPhoto = "PUT /v1/me/registration-drafts/{id}/photo"

func (s *service) registerDrafts(api huma.API) {
	const mine = "me"
	schemas := api.OpenAPI().Components.Schemas
	s.coming.draft, s.coming.place = bodyFor[draftBody](schemas), bodyFor[draftPlaceBody](schemas)
	read(api, "GET /v1/me/registration-drafts", mine, "My registrations that are not sent yet", s.myDrafts)
	sent(api, "POST /v1/me/registration-drafts", mine, "Begin a registration", s.coming.draft.schema, http.StatusCreated, s.beginDraft)
	read(api, "GET /v1/me/registration-drafts/{id}", mine, "One of them", s.myDraft)
	sent(api, "PUT /v1/me/registration-drafts/{id}", mine, "Save it, if nobody has meanwhile", s.coming.draft.schema, http.StatusOK, s.saveDraft)
	bare(api, "DELETE /v1/me/registration-drafts/{id}", mine, "Throw it away", s.dropDraft)
	sent(api, "PUT /v1/me/registration-drafts/{id}/place", mine, "Have a place in a class kept for it", s.coming.place.schema,
		http.StatusOK, s.keepPlace)
	bare(api, "DELETE /v1/me/registration-drafts/{id}/place", mine, "Give the place up", s.givePlaceUp)
	read(api, "GET /v1/me/registration-drafts/{id}/files", mine, "What proves its facts, as it was filed with it", s.draftFiles)
	file(api, "GET /v1/me/registration-drafts/{id}/photo", mine, "The photo that was sent with it", mediaJPEG, s.draftPhoto)
	uploaded(api, routeDraftPhoto, mine, "Send a photo with it", http.StatusOK, s.setDraftPhoto)
}

func (s *service) viewDraft(tx *store.Tx, d store.Draft) (DraftView, error) {
	views, err := s.viewDrafts(tx, d)
	if err != nil {
		return DraftView{}, err
	}
	return views[0], nil
}

// viewDrafts shows drafts, with the places that are kept for them.
func (s *service) viewDrafts(tx *store.Tx, all ...store.Draft) ([]DraftView, error) {
	ids := make([]string, len(all))
	for i, d := range all {
		ids[i] = d.ID
	}
	kept, err := tx.PlacesOfDrafts(ids, s.Now().UTC())
	if err != nil {
		return nil, err
	}
	views := make([]DraftView, len(all))
	for i, d := range all {
		views[i] = DraftView{
			ID: d.ID, Version: d.Version, Step: d.Step, Photo: d.PhotoSealed != nil, UpdatedAt: d.UpdatedAt,
			ExpiresAt: d.UpdatedAt.Add(store.DraftKept),
		}
		plain, err := s.Keys.Open(d.ContentsSealed, store.DraftSeal(d.ID))
		if err == nil {
			err = json.Unmarshal(plain, &views[i].Contents)
		}
		if err != nil {
			return nil, fmt.Errorf("open a draft: %w", err)
		}
		if p, is := kept[d.ID]; is {
			views[i].Place = &draftPlaceView{Class: p.ClassID, Offer: p.Offer, HeldUntil: *p.HeldUntil}
		}
	}
	return views, nil
}

func (s *service) myDrafts(ctx context.Context, _ *struct{}) (*draftsOutput, error) {
	tx := s.Store.Read(ctx)
	all, err := tx.Drafts(requestOf(ctx).account.ID)
	if err != nil {
		return nil, err
	}
	out := &draftsOutput{}
	out.Body.Drafts, err = s.viewDrafts(tx, all...)
	return out, err
}

func (s *service) myDraft(ctx context.Context, in *idInput) (*draftOutput, error) {
	tx := s.Store.Read(ctx)
	d, err := tx.Draft(in.ID)
	if err != nil {
		return nil, err
	}
	view, err := s.viewDraft(tx, d)
	return &draftOutput{Status: http.StatusOK, Body: view}, err
}

// sealDraft puts what was sent into a draft.
func (s *service) sealDraft(d *store.Draft, body draftBody) error {
	plain, err := json.Marshal(body.Contents)
	if err != nil {
		return fmt.Errorf("encode a draft: %w", err)
	}
	d.Step, d.UpdatedAt = body.Step, s.moment()
	d.ContentsSealed, err = s.Keys.Seal(plain, store.DraftSeal(d.ID))
	return err
}

// beginDraft begins a registration. That it was is written down; what is in it, and each saving of it, is not.
func (s *service) beginDraft(ctx context.Context, in *bodyInput) (*draftOutput, error) {
	r := requestOf(ctx)
	body, err := s.coming.draft.readAll(in.RawBody)
	if err != nil {
		return nil, err
	}
	d := store.Draft{ID: uuid.NewString(), AccountID: r.account.ID, Version: 1, CreatedAt: s.moment()}
	if err := s.sealDraft(&d, body); err != nil {
		return nil, err
	}
	out := &draftOutput{Status: http.StatusCreated}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		if _, err := tx.LockAccounts(r.account.ID); err != nil {
			return err
		}
		all, err := tx.Drafts(r.account.ID)
		if err == nil && len(all) >= mostDrafts {
			err = problem(draftsFull)
		}
		if err != nil {
			return err
		}
		if err := tx.InsertDraft(d); err != nil {
			return err
		}
		if out.Body, err = s.viewDraft(tx, d); err != nil {
			return err
		}
		return s.audit(tx, r, "draft.begin", "draft:"+d.ID, "", nil)
	})
	return out, err
}

// saveDraft saves a draft that nobody has saved since it was read. Otherwise both stay: what is kept, and what was sent, which
// its sender has.
func (s *service) saveDraft(ctx context.Context, in *idBodyInput) (*draftOutput, error) {
	body, err := s.coming.draft.readAll(in.RawBody)
	if err != nil {
		return nil, err
	}
	out := &draftOutput{Status: http.StatusOK}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		d, err := tx.LockDraft(in.ID)
		if err != nil {
			return err
		}
		if d.Version != body.Version {
			return problem(draftMoved)
		}
		d.Version++
		if err := s.sealDraft(&d, body); err != nil {
			return err
		}
		if err := tx.ChangeDraft(d); err != nil {
			return err
		}
		out.Body, err = s.viewDraft(tx, d)
		return err
	})
	return out, err
}

func (s *service) dropDraft(ctx context.Context, in *idInput) (*removedOutput, error) {
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		if _, err := tx.LockDraft(in.ID); err != nil {
			return err
		}
		if err := tx.RemoveDraft(in.ID, s.moment()); err != nil {
			return err
		}
		return s.audit(tx, requestOf(ctx), "draft.drop", "draft:"+in.ID, "", nil)
	})
	return &removedOutput{Status: http.StatusNoContent}, err
}

// setDraftPhoto keeps a photo with a draft, or names every rule that it breaks.
func (s *service) setDraftPhoto(ctx context.Context, in *idBodyInput) (*photoOutput, error) {
	kept, wrong := photo.Read(in.RawBody)
	if len(wrong) > 0 {
		return nil, unfitPhoto(wrong)
	}
	sealed, err := s.Keys.Seal(kept, store.DraftPhotoSeal(in.ID))
	if err != nil {
		return nil, err
	}
	out := &photoOutput{}
	out.Body.TakenInAt, out.Body.Bytes = s.moment(), len(kept)
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		if _, err := tx.LockDraft(in.ID); err != nil {
			return err
		}
		if err := tx.SetDraftPhoto(in.ID, sealed, out.Body.TakenInAt); err != nil {
			return err
		}
		return s.audit(tx, requestOf(ctx), "draft.photo", "draft:"+in.ID, "", nil)
	})
	return out, err
}

func (s *service) draftPhoto(ctx context.Context, in *idInput) (*fileOutput, error) {
	d, err := s.Store.Read(ctx).Draft(in.ID)
	if err == nil && d.PhotoSealed == nil {
		err = store.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	image, err := s.Keys.Open(d.PhotoSealed, store.DraftPhotoSeal(d.ID))
	return &fileOutput{ContentType: mediaJPEG, Disposition: `inline; filename="photo.jpg"`, Body: image}, err
}
