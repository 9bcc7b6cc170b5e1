package api

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/store"
)

type membersBody struct {
	CaseIDs []string `json:"case_ids" minItems:"1" maxItems:"500"`
}

type memberRemovalBody struct {
	CaseIDs []string `json:"case_ids" minItems:"1" maxItems:"500"`
	Reason  string   `json:"reason" minLength:"1" maxLength:"500"`
}

type membersOutput struct {
	Body struct {
		Class    ClassView `json:"class"`
		Changed  int       `json:"changed" doc:"How many joined, or left."`
		Repeated int       `json:"repeated" doc:"How many had done so before."`
		Listed   int       `json:"listed" doc:"Places on rosters of sessions that have not opened: of those who joined."`
	}
}

// caseIDs checks that what is sent as ids of cases are some.
func caseIDs(found *faults, ids []string) {
	for i, id := range ids {
		if !isID(id) {
			found.add(fmt.Sprintf("case_ids[%d]", i), fieldFormat)
		}
	}
}

// joinClass takes cases into a class, all of them or none. It is written down of each.
func (s *service) joinClass(ctx context.Context, in *idBodyInput) (*membersOutput, error) {
	r := requestOf(ctx)
	body, found, err := s.bodies.classes.members.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	caseIDs(found, body.CaseIDs)
	if err := found.err(); err != nil {
		return nil, err
	}
	out := &membersOutput{}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		joined, err := hours.Join(tx, in.ID, body.CaseIDs, r.account.ID, hours.At(s.Calendar, s.Now()))
		if err != nil {
			return refusedClass(err, found)
		}
		out.Body.Listed = joined.Listed
		return s.moved(tx, r, out, "class.join", "", in.ID, body.CaseIDs, joined.Fresh)
	})
	return out, err
}

// leaveClass takes cases out of a class, with a reason.
func (s *service) leaveClass(ctx context.Context, in *idBodyInput) (*membersOutput, error) {
	r := requestOf(ctx)
	body, found, err := s.bodies.classes.removal.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	caseIDs(found, body.CaseIDs)
	reason := reasonIn(found, body.Reason)
	if err := found.err(); err != nil {
		return nil, err
	}
	out := &membersOutput{}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		left, err := hours.Leave(tx, in.ID, body.CaseIDs, hours.Departure{How: store.LeftRemoved, By: &r.account.ID, Reason: reason},
			hours.At(s.Calendar, s.Now()))
		if err != nil {
			return refusedClass(err, found)
		}
		return s.moved(tx, r, out, "class.leave", reason, in.ID, body.CaseIDs, left)
	})
	return out, err
}

// moved writes down of each case that joined or left a class that it did, and shows the class as it is now.
func (s *service) moved(tx *store.Tx, r *request, out *membersOutput, action, reason, classID string, asked, changed []string) error {
	for _, id := range changed {
		if err := s.audit(tx, r, action, "case:"+id, reason, map[string]any{"class": classID}); err != nil {
			return err
		}
	}
	out.Body.Changed, out.Body.Repeated = len(changed), len(asked)-len(changed)
	c, err := tx.Class(classID)
	if err != nil {
		return err
	}
	out.Body.Class, err = s.viewClass(tx, r, c)
	return err
}

// closeClass closes a class, with a reason. Closed again, it is as it was.
func (s *service) closeClass(ctx context.Context, in *idBodyInput) (*classOutput, error) {
	r := requestOf(ctx)
	reason, err := s.readReason(in.RawBody)
	if err != nil {
		return nil, err
	}
	out := &classOutput{Status: http.StatusOK}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		fresh, err := hours.Close(tx, in.ID, r.account.ID, reason, hours.At(s.Calendar, s.Now()))
		if err != nil {
			return refusedClass(err, &faults{})
		}
		if fresh {
			if err := s.audit(tx, r, "class.close", "class:"+in.ID, reason, nil); err != nil {
				return err
			}
		}
		c, err := tx.Class(in.ID)
		if err != nil {
			return err
		}
		out.Body, err = s.viewClass(tx, r, c)
		return err
	})
	return out, err
}

type candidatesInput struct {
	ID    string `path:"id"`
	Page  int    `query:"page" minimum:"1" maximum:"1000" default:"1"`
	Limit int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
}

type candidateView struct {
	CaseID  string      `json:"case_id"`
	Trainee traineeView `json:"trainee"`
	Status  string      `json:"status" enum:"active,waiting,stuck,withdrawn,ended" doc:"Of the case."`
}

type candidatesOutput struct {
	Body struct {
		Candidates []candidateView `json:"candidates" doc:"In the order of their registration."`
		Total      int64           `json:"total"`
	}
}

// listCandidates lists who could join a class: the institution's trainees of the same occupation, direction and level who are
// admitted, not through with their training, and in no class. That their names were read is written down.
func (s *service) listCandidates(ctx context.Context, in *candidatesInput) (*candidatesOutput, error) {
	r := requestOf(ctx)
	out := &candidatesOutput{}
	out.Body.Candidates = []candidateView{}
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		class, err := tx.Class(in.ID)
		if err != nil {
			return err
		}
		cases, total, err := tx.ClassCandidates(class, in.Page, in.Limit)
		if err != nil {
			return err
		}
		out.Body.Total = total
		byID := make(map[string]store.Case, len(cases))
		for _, c := range cases {
			byID[c.ID] = c
		}
		named, err := s.nameTrainees(tx, r, "class:"+class.ID, byID)
		if err != nil {
			return err
		}
		for _, c := range cases {
			out.Body.Candidates = append(out.Body.Candidates, candidateView{CaseID: c.ID, Trainee: named[c.PersonID], Status: string(c.Status)})
		}
		return nil
	})
	return out, err
}

// nameTrainees opens the names of the people of cases: in full for the institution that trains them now, masked for others.
func (s *service) nameTrainees(tx *store.Tx, r *request, where string, cases map[string]store.Case) (map[string]traineeView, error) {
	inFull := make(map[string]bool, len(cases))
	for _, c := range cases {
		inFull[c.PersonID] = inFull[c.PersonID] || c.TrainingBody == deref(r.account.InstitutionID)
	}
	return s.namePeople(tx, r, where, inFull)
}

// namePeople opens the names of people, in full where so asked. Of each it is written down that their name was read, and where.
func (s *service) namePeople(tx *store.Tx, r *request, where string, inFull map[string]bool) (map[string]traineeView, error) {
	people, err := tx.PeopleByID(slices.Sorted(maps.Keys(inFull)))
	if err != nil {
		return nil, err
	}
	named := make(map[string]traineeView, len(people))
	for _, p := range people {
		view, err := s.openTrainee(p)
		if err != nil {
			return nil, err
		}
		if !inFull[p.ID] {
			view.Name = maskName(view.Name)
		}
		named[p.ID] = view
		if err := s.audit(tx, r, "trainee.read", "person:"+p.ID, where, nil); err != nil {
			return nil, err
		}
	}
	return named, nil
}
