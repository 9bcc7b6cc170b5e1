package api

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/registering"
	"github.com/dengpan/dengpan/store"
)

// classBodies read what is sent of classes.
type classBodies struct {
	class    body[classBody]
	revision body[revisionBody]
	members  body[membersBody]
	removal  body[memberRemovalBody]
}

// registerClasses adds the operations of classes.
func (s *service) registerClasses(api huma.API) {
	const tag = "classes"
	schemas := api.OpenAPI().Components.Schemas
	s.bodies.classes = classBodies{
		class: bodyFor[classBody](schemas), revision: bodyFor[revisionBody](schemas),
		members: bodyFor[membersBody](schemas), removal: bodyFor[memberRemovalBody](schemas),
	}
	b := s.bodies.classes
	sent(api, "POST /v1/classes", tag, "Make a class", b.class.schema, http.StatusCreated, s.makeClass)
	read(api, "GET /v1/classes", tag, "Classes of standardised training", s.listClasses)
	read(api, "GET /v1/classes/{id}", tag, "A class, who is in it, and how far they are", s.getClass)
	read(api, "GET /v1/classes/{id}/candidates", tag, "Who could join a class", s.listCandidates)
	sent(api, "POST /v1/classes/{id}/revision", tag, "Change a class's name, dates, capacity or notes", b.revision.schema, http.StatusOK, s.reviseClass)
	sent(api, "POST /v1/classes/{id}/members", tag, "Take cases into a class", b.members.schema, http.StatusOK, s.joinClass)
	sent(api, "POST /v1/classes/{id}/members/removal", tag, "Take cases out of a class", b.removal.schema, http.StatusOK, s.leaveClass)
	sent(api, "POST /v1/classes/{id}/closing", tag, "Close a class", s.bodies.reason.schema, http.StatusOK, s.closeClass)
	s.registerOffers(api)
}

// classBody makes a class of standardised training.
type classBody struct {
	Ref        string `json:"ref" minLength:"1" maxLength:"64" doc:"Your own name for the class; a repeat with the same content changes nothing."`
	Occupation string `json:"occupation" maxLength:"64"`
	Direction  string `json:"direction,omitempty" maxLength:"64" doc:"Empty when the occupation has no directions."`
	Level      string `json:"level" maxLength:"64"`
	SponsorshipBody
	ClassPlan
}

// ClassPlan is what may change of a class. (Exported because it is embedded.)
type ClassPlan struct {
	Name     string        `json:"name" minLength:"1" maxLength:"100"`
	StartsOn calendar.Date `json:"starts_on"`
	EndsOn   calendar.Date `json:"ends_on"`
	Capacity int           `json:"capacity" minimum:"1" maximum:"500"`
	Notes    string        `json:"notes,omitempty" maxLength:"500" doc:"For yourselves."`
}

type revisionBody struct {
	ClassPlan

	Reason string `json:"reason" minLength:"1" maxLength:"500"`
}

type classOutput struct {
	Status int
	Body   ClassView
}

// makeClass makes a class of the training body that asks. Made again with the same content it is as it was.
func (s *service) makeClass(ctx context.Context, in *bodyInput) (*classOutput, error) {
	r := requestOf(ctx)
	body, found, err := s.bodies.classes.class.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	asked := store.Class{
		ID: uuid.NewString(), InstitutionID: *r.account.InstitutionID, Ref: strings.TrimSpace(body.Ref),
		Occupation: body.Occupation, Direction: body.Direction, Level: body.Level, PolicyVersion: s.Policy.ID(),
		OpenedBy: r.account.ID, OpenedAt: s.Now().UTC(),
	}
	s.checkTarget(asked.Occupation, asked.Direction, asked.Level, found)
	body.onto(&asked, found)
	if asked.Ref == "" || !printable(asked.Ref) {
		found.add("ref", fieldFormat)
	}
	out := &classOutput{Status: http.StatusCreated}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := s.mayTeach(tx, asked, found); err != nil {
			return err
		}
		if err := body.sponsoring(tx, &asked, found); err != nil {
			return err
		}
		if err := checkWording(tx, asked.InstitutionID, found, map[string]string{"name": asked.Name}); err != nil {
			return err
		}
		if err := found.err(); err != nil {
			return err
		}
		fresh, err := tx.InsertClass(asked)
		if err != nil {
			return err
		}
		c, err := tx.ClassByRef(asked.InstitutionID, asked.Ref)
		if err != nil {
			return err
		}
		if !fresh {
			out.Status = http.StatusOK
			if !sameClass(c, asked) {
				return problem(classConflict)
			}
		} else if err := s.audit(tx, r, "class.open", "class:"+c.ID, "", body); err != nil {
			return err
		}
		out.Body, err = s.viewClass(tx, r, c)
		return err
	})
	return out, err
}

// checkTarget checks what a class or a registration is for.
func (s *service) checkTarget(occupation, direction, level string, found *faults) {
	of, known := s.Policy.Occupation(occupation)
	if !known {
		found.add("occupation", fieldNoOccupation)
	}
	if _, has := of.Direction(direction); known && !has && direction != "" {
		found.add("direction", fieldNoDirection)
	}
	if _, has := s.Policy.Level(level); !has {
		found.add("level", fieldNoLevel)
	}
}

// mayTeach checks that a class's institution is listed to train its occupation today.
func (s *service) mayTeach(tx *store.Tx, c store.Class, found *faults) error {
	if found.has("occupation") {
		return nil
	}
	code, err := registering.Listed(tx, c.InstitutionID, c.Occupation, c.Level, policy.RoleTraining, s.today())
	if code != "" {
		found.add("occupation", code)
	}
	return err
}

// onto writes a plan into a class, and lists what is wrong with it.
func (p ClassPlan) onto(c *store.Class, found *faults) {
	c.Name, c.StartsOn, c.EndsOn, c.Capacity = strings.TrimSpace(p.Name), p.StartsOn, p.EndsOn, p.Capacity
	c.Notes = strings.TrimSpace(p.Notes)
	for field, text := range map[string]string{"name": c.Name, "notes": c.Notes} {
		if text == "" && field == "name" {
			found.add(field, fieldRequired)
		} else if !printable(strings.ReplaceAll(text, "\n", " ")) {
			found.add(field, fieldFormat)
		}
	}
	const longest = 3 // years
	if p.EndsOn.Before(p.StartsOn) || p.EndsOn.After(p.StartsOn.AddYears(longest)) {
		found.add("ends_on", fieldDateOrder)
	}
}

// plan is what may change of a class, as it is.
func plan(c store.Class) ClassPlan {
	return ClassPlan{Name: c.Name, StartsOn: c.StartsOn, EndsOn: c.EndsOn, Capacity: c.Capacity, Notes: c.Notes}
}

func sameClass(a, b store.Class) bool {
	return a.Occupation == b.Occupation && a.Direction == b.Direction && a.Level == b.Level && plan(a) == plan(b) &&
		a.Mode == b.Mode && deref(a.Sponsor) == deref(b.Sponsor)
}

// reviseClass changes what may change of a class. Its sessions stay within its dates, its members within its capacity.
func (s *service) reviseClass(ctx context.Context, in *idBodyInput) (*classOutput, error) {
	r := requestOf(ctx)
	body, found, err := s.bodies.classes.revision.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	reason := reasonIn(found, body.Reason)
	out := &classOutput{Status: http.StatusOK}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		c, err := tx.LockClass(in.ID)
		if err != nil {
			return err
		}
		before := plan(c)
		body.onto(&c, found)
		if err := checkWording(tx, c.InstitutionID, found, map[string]string{"name": c.Name}); err != nil {
			return err
		}
		if err := hours.MayRevise(tx, c); err != nil {
			return refusedClass(err, found)
		}
		if err := found.err(); err != nil {
			return err
		}
		if plan(c) != before {
			if err := tx.ReviseClass(c); err != nil {
				return err
			}
			if err := s.auditChange(tx, r, "class.revise", "class:"+c.ID, reason, before, plan(c)); err != nil {
				return err
			}
		}
		out.Body, err = s.viewClass(tx, r, c)
		return err
	})
	return out, err
}

// refusedClass is the problem that a refusal of a class makes, beside the faults that were found before. What is a matter of
// how the class stands, and not of what was sent, is a conflict.
func refusedClass(err error, found *faults) error {
	if store.Constraint(err) == classSponsored {
		return problem(classSponsored)
	}
	var refusal *hours.RefusedError
	if !errors.As(err, &refusal) {
		return err
	}
	switch refusal.Code {
	case hours.CodeClassClosed:
		return problem(classClosed)
	case hours.CodeClassFull:
		return problem(classFull)
	case hours.CodeMemberUnfinished, hours.CodeSessionsAhead:
		return problem(classUnfinished, FieldError{Field: refusal.Field, Code: refusal.Code})
	}
	found.add(refusal.Field, refusal.Code)
	return found.err()
}
