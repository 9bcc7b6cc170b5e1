package api

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/evidence"
	"github.com/dengpan/dengpan/photo"
	"github.com/dengpan/dengpan/store"
)

const (
	mediaJPEG = "image/jpeg"
	mediaPNG  = "image/png"
	routePut  = "PUT /v1/me/photo"
)

// uploads are the operations that take files, and which.
var uploads = map[string][]string{
	routePut:        {mediaJPEG, mediaPNG},
	routeDraftPhoto: {mediaJPEG, mediaPNG},
	routeWorkbook:   {mediaXLSX},
	routeIntake:     {mediaXLSX},
	routeEvidence:   evidence.TheRules().Media(),

	routeCheckForm:     {mediaForm},
	routeCheckFile:     {mediaMultipart},
	routeDocumentCheck: {mediaPDF},
}

// larger are the operations whose bodies may be larger than others', and how large.
var larger = map[string]int64{
	routeWorkbook: mostWorkbook, routeIntake: mostWorkbook, routeEvidence: evidence.TheRules().MostBytes(),
	routeCheckFile: mostDocument + mostForm, routeDocumentCheck: mostDocument,
}

type photoOutput struct {
	Body struct {
		TakenInAt time.Time `json:"taken_in_at"`
		Bytes     int       `json:"bytes" doc:"Of what is kept: 295 × 413 pixels, as JPEG, without anything else that was in the file."`
	}
}

// setPhoto keeps the photo of the trainee who asks: its pixels, and nothing else of the file.
func (s *service) setPhoto(ctx context.Context, in *bodyInput) (*photoOutput, error) {
	r := requestOf(ctx)
	id, err := r.person()
	if err != nil {
		return nil, err
	}
	kept, wrong := photo.Read(in.RawBody)
	if len(wrong) > 0 {
		return nil, unfitPhoto(wrong)
	}
	out := &photoOutput{}
	out.Body.TakenInAt, out.Body.Bytes = s.Now().UTC(), len(kept)
	var waited []store.InboxItem
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		waited, err = s.keepPhoto(tx, r, id, kept, out.Body.TakenInAt, out.Body)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, item := range waited {
		s.forward(ctx, item) // what does not get through now does later
	}
	return out, nil
}

// keepPhoto keeps a photo of a person, writes down what is told of it, and lists what of their cases waited for one.
func (s *service) keepPhoto(tx *store.Tx, r *request, personID string, image []byte, at time.Time, told any) ([]store.InboxItem, error) {
	sealed, err := s.Keys.Seal(image, store.PhotoSeal(personID))
	if err != nil {
		return nil, err
	}
	if err := tx.SavePhoto(store.Photo{PersonID: personID, ImageSealed: sealed, TakenInAt: at}); err != nil {
		return nil, err
	}
	if err := s.auditSelf(tx, r, "photo.set", personID, told); err != nil {
		return nil, err
	}
	return s.photoCame(tx, r, personID)
}

// unfitPhoto names every rule that a photo breaks.
func unfitPhoto(wrong []photo.Fault) *Problem {
	faults := make([]FieldError, len(wrong))
	for i, fault := range wrong {
		faults[i] = FieldError{Field: whole, Code: string(fault)}
	}
	return problem(validationFailed, faults...)
}

// photoCame has the cases go on whose certificates waited for a person's photo.
func (s *service) photoCame(tx *store.Tx, r *request, personID string) ([]store.InboxItem, error) {
	waiting, err := tx.LockIncidentsOf(personID, contract.PhotoMissing)
	if err != nil {
		return nil, err
	}
	items := make([]store.InboxItem, len(waiting))
	for i, incident := range waiting {
		items[i], err = tx.InsertResolution(incident, store.Resolution{
			ID: uuid.NewString(), IncidentID: incident.ID, Verb: contract.Retry, Reason: "photo.set",
			RequestedBy: r.account.ID, RequestedAt: s.Now().UTC(),
		})
		if err != nil {
			return nil, err
		}
	}
	return items, nil
}

// ownPhoto shows the trainee who asks their photo.
func (s *service) ownPhoto(ctx context.Context, _ *struct{}) (*fileOutput, error) {
	id, err := requestOf(ctx).person()
	if err != nil {
		return nil, err
	}
	image, err := s.openPhoto(s.Store.Read(ctx), id)
	return &fileOutput{ContentType: mediaJPEG, Disposition: `inline; filename="photo.jpg"`, Body: image}, err
}

func (s *service) openPhoto(tx *store.Tx, personID string) ([]byte, error) {
	p, err := tx.Photo(personID)
	if err != nil {
		return nil, err
	}
	image, err := s.Keys.Open(p.ImageSealed, store.PhotoSeal(p.PersonID))
	if err != nil {
		return nil, fmt.Errorf("open a photo: %w", err)
	}
	return image, nil
}

type removedOutput struct{ Status int }

// removePhoto removes the photo of the trainee who asks.
func (s *service) removePhoto(ctx context.Context, _ *struct{}) (*removedOutput, error) {
	r := requestOf(ctx)
	id, err := r.person()
	if err != nil {
		return nil, err
	}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.RemovePhoto(id); err != nil {
			return err
		}
		return s.auditSelf(tx, r, "photo.remove", id, nil)
	})
	return &removedOutput{Status: http.StatusNoContent}, err
}
