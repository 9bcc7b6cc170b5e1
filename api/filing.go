package api

import (
	"context"
	"errors"
	"slices"

	"github.com/dengpan/dengpan/authority"
	"github.com/dengpan/dengpan/petition"
	"github.com/dengpan/dengpan/store"
)

// petitionFiles lists the files that go with a petition, as far as the reader may read them: what an institution files is between it
// and who answers.
func (s *service) petitionFiles(tx *store.Tx, r *request, p store.Petition) ([]evidenceView, error) {
	all, err := s.filedAbout(tx, r, store.AboutPetition, p.ID)
	if err != nil || r.account.Role != store.RoleTrainee {
		return all, err
	}
	return slices.DeleteFunc(all, func(e evidenceView) bool { return e.Institution.ID != "" }), nil
}

// mayFile reports whether whoever may read a petition may add a file to it: its trainee, and the institution that answers it or is
// to state something, as long as nobody has answered.
func mayFile(r *request, p store.Petition) bool {
	switch {
	case p.State != store.PetitionAsked:
		return false
	case r.account.Role == store.RoleInstitution:
		return petition.Handles(p, r.account) || p.StatementDueAt != nil && p.StatedAt == nil
	}
	return r.account.Role == store.RoleTrainee
}

// opensTo reports whether the caller may file something about a subject: a trainee about what they asked for, an operator about a
// case, an institution about what is its own.
func (r *request) opensTo(tx *store.Tx, kind, id string) (bool, error) {
	role := r.account.Role
	switch {
	case kind == store.AboutCase:
		if role != store.RoleOperator {
			return false, nil
		}
		return r.reaches(tx, id)
	case kind == store.AboutClaim:
		return r.owns(tx, authority.PersonClaim, id)
	case kind == store.AboutDraft:
		return r.owns(tx, authority.Draft, id)
	case kind != store.AboutPetition:
		return role == store.RoleInstitution, nil
	}
	if theirs, err := r.owns(tx, authority.Petition, id); err != nil || !theirs {
		return false, err
	}
	p, err := tx.Petition(id)
	return err == nil && mayFile(r, p), err
}

// owns reports whether something is the caller's own, or their institution's.
func (r *request) owns(tx *store.Tx, kind authority.Object, id string) (bool, error) {
	owners, err := tx.Owners(kind, id)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	scope := authority.Own
	if r.account.Role == store.RoleInstitution {
		scope = authority.Ours
	}
	return err == nil && scope.Reaches(r.account.Caller(), owners), err
}

type filesOutput struct {
	Body struct {
		Files []evidenceView `json:"files"`
	}
}

// draftFiles lists what was filed with a registration that is not sent yet. With it, it becomes the case's.
func (s *service) draftFiles(ctx context.Context, in *idInput) (*filesOutput, error) {
	out := &filesOutput{}
	var err error
	out.Body.Files, err = s.filedAbout(s.Store.Read(ctx), requestOf(ctx), store.AboutDraft, in.ID)
	return out, err
}

// mayRemove reports whether the caller may remove a file: an operator; else who filed it, an institution as long as no result rests on
// it, a trainee as long as they could file another in its place.
func (r *request) mayRemove(tx *store.Tx, e store.Evidence) (bool, error) {
	switch r.account.Role {
	case store.RoleInstitution:
		cited, err := tx.IsCited(e.ID)
		return !cited && r.account.Caller().Institution == e.InstitutionID, err
	case store.RoleTrainee:
		return r.opensTo(tx, e.SubjectKind, e.SubjectID)
	}
	return true, nil
}
