package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/store"
)

// staffBody names a person of an institution, who teaches or takes attendance.
type staffBody struct {
	Ref  string `json:"ref" minLength:"1" maxLength:"64" pattern:"^[^/?#%\\s]+$" doc:"Your own number for the person."`
	Name string `json:"name" maxLength:"200"`
}

type reasonBody struct {
	Reason string `json:"reason" minLength:"1" maxLength:"500"`
}

type staffView struct {
	Ref      string     `json:"ref"`
	Name     string     `json:"name"`
	NamedAt  time.Time  `json:"named_at"`
	LeftAt   *time.Time `json:"left_at,omitempty" doc:"Since when the person takes no attendance any more."`
	Repeated bool       `json:"repeated" doc:"The same was named before; nothing was changed."`
}

type staffOutput struct {
	Status int
	Body   staffView
}

// nameStaff names a person of the institution that asks, once a number.
func (s *service) nameStaff(ctx context.Context, in *bodyInput) (*staffOutput, error) {
	r := requestOf(ctx)
	body, found, err := s.bodies.staff.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	name, err := identity.ParseName(body.Name)
	if fault := identity.Fault(""); errors.As(err, &fault) {
		found.add("name", string(fault))
	}
	if !printable(body.Ref) {
		found.add("ref", fieldFormat)
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	at := *r.account.InstitutionID
	sealed, err := s.Keys.Seal([]byte(name), store.StaffSeal(at, body.Ref))
	if err != nil {
		return nil, err
	}
	out := &staffOutput{Status: http.StatusCreated}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		member := store.Staff{InstitutionID: at, Ref: body.Ref, NameSealed: sealed, NamedBy: r.account.ID, NamedAt: s.Now().UTC()}
		fresh, err := tx.InsertStaff(member)
		if err != nil {
			return err
		}
		if fresh {
			out.Body = staffView{Ref: member.Ref, Name: name, NamedAt: member.NamedAt}
			return s.audit(tx, r, "staff.name", "staff:"+at+"/"+body.Ref, "", nil)
		}
		if member, err = tx.StaffMember(at, body.Ref); err != nil {
			return err
		}
		out.Status = http.StatusOK
		if out.Body, err = s.viewStaff(member); err == nil && (out.Body.Name != name || member.LeftAt != nil) {
			err = problem(staffConflict)
		}
		out.Body.Repeated = true
		return err
	})
	return out, err
}

func (s *service) viewStaff(member store.Staff) (staffView, error) {
	name, err := s.Keys.Open(member.NameSealed, store.StaffSeal(member.InstitutionID, member.Ref))
	return staffView{Ref: member.Ref, Name: string(name), NamedAt: member.NamedAt, LeftAt: member.LeftAt}, err
}

type staffListOutput struct {
	Body struct {
		Staff []staffView `json:"staff"`
	}
}

// listStaff lists the named persons of the institution that asks. That they were read is written down.
func (s *service) listStaff(ctx context.Context, _ *struct{}) (*staffListOutput, error) {
	r := requestOf(ctx)
	at := *r.account.InstitutionID
	out := &staffListOutput{}
	out.Body.Staff = []staffView{}
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		all, err := tx.StaffOf(at)
		if err != nil {
			return err
		}
		for _, member := range all {
			view, err := s.viewStaff(member)
			if err != nil {
				return err
			}
			out.Body.Staff = append(out.Body.Staff, view)
		}
		return s.audit(tx, r, "staff.read", "institution:"+at, "", nil)
	})
	return out, err
}

type removalInput struct {
	Ref     string `path:"ref" maxLength:"64"`
	RawBody []byte
}

// removeStaff notes that a person takes no attendance any more. What the person vouched for stands.
func (s *service) removeStaff(ctx context.Context, in *removalInput) (*staffOutput, error) {
	r := requestOf(ctx)
	reason, err := s.readReason(in.RawBody)
	if err != nil {
		return nil, err
	}
	at := *r.account.InstitutionID
	out := &staffOutput{Status: http.StatusOK}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		fresh, err := tx.RemoveStaff(at, in.Ref, s.Now().UTC())
		if err != nil {
			return err
		}
		member, err := tx.StaffMember(at, in.Ref)
		if err != nil {
			return err
		}
		if out.Body, err = s.viewStaff(member); err != nil {
			return err
		}
		if out.Body.Repeated = !fresh; !fresh {
			return nil
		}
		return s.audit(tx, r, "staff.remove", "staff:"+at+"/"+in.Ref, reason, nil)
	})
	return out, err
}

// readReason reads a body that is nothing but a reason.
func (s *service) readReason(raw []byte) (string, error) {
	body, found, err := s.bodies.reason.read(raw)
	if err != nil {
		return "", err
	}
	reason := reasonIn(found, body.Reason)
	return reason, found.err()
}
