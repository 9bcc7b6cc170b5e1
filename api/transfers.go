package api

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/dengpan/dengpan/listing"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/relocation"
	"github.com/dengpan/dengpan/store"
)

type transferBody struct{ TransferAsked }

// TransferAsked says which cases go to others. (Exported because it is embedded.)
type TransferAsked struct {
	Role    string `json:"role" enum:"training,evaluation" doc:"In which the institution's cases go to others."`
	ClassID string `json:"class_id,omitempty" maxLength:"36" doc:"Only the cases in this class."`
}

// transferringBody has a plan run.
type transferringBody struct {
	TransferAsked

	Name   string `json:"name" minLength:"1" maxLength:"100" doc:"What it is found by."`
	Reason string `json:"reason" minLength:"1" maxLength:"500" doc:"Kept with the operator's name."`
	Seen   string `json:"seen" minLength:"1" maxLength:"64" doc:"The seen of the plan as it was shown. If it is another by now, nothing is done."`
}

// transferView is a plan: to whom cases would go. Nothing is done by it.
type transferView struct {
	Seen     string           `json:"seen" doc:"Stands for the plan. It is sent to have it run."`
	Cases    int              `json:"cases" doc:"Open cases whose next work goes to another."`
	Targets  []transferTarget `json:"targets"`
	Unplaced []transferRest   `json:"unplaced" doc:"Cases that nobody who has declared room can take."`
	Classes  []transferClass  `json:"classes" doc:"Classes that stay together."`
}

type transferTarget struct {
	Institution bodyView `json:"institution"`
	Occupation  coded    `json:"occupation"`
	Level       coded    `json:"level"`
	Cases       int      `json:"cases"`
	Free        int      `json:"free" doc:"Places that it has free before."`
}

type transferRest struct {
	Occupation coded `json:"occupation"`
	Level      coded `json:"level"`
	Cases      int   `json:"cases"`
}

type transferClass struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Cases       int      `json:"cases"`
	Institution bodyView `json:"institution"`
}

type transferOutput struct{ Body transferView }

// planTransfer shows to whom the cases of an institution would go.
func (s *service) planTransfer(ctx context.Context, in *refBodyInput) (*transferOutput, error) {
	body, found, err := s.supervising.transfer.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	if body.ClassID != "" && !isID(body.ClassID) {
		found.add("class_id", fieldFormat)
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	out := &transferOutput{}
	err = s.Store.Snapshot(ctx, func(tx *store.Tx) error {
		if _, err := tx.Institution(in.Ref); err != nil {
			return err
		}
		plan, free, err := s.transfer(tx, in.Ref, body.Role, body.ClassID)
		if err != nil {
			return err
		}
		out.Body, err = s.viewTransfer(tx, requestOf(ctx), plan, free)
		return err
	})
	return out, err
}

// runTransfer has a plan run as it was shown: as a batch, in which each case goes to its own institution.
func (s *service) runTransfer(ctx context.Context, in *refBodyInput) (*batchOutput, error) {
	body, found, err := s.supervising.transferring.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	r := requestOf(ctx)
	b := store.Batch{
		Name: wordsIn(found, "name", body.Name), Reason: reasonIn(found, body.Reason), PerMinute: usualPace, WatchSeconds: usualWatch,
		Params: store.BatchParams{Role: body.Role}, Selection: store.BatchSelection{Institution: in.Ref}, RequestedBy: r.account.ID,
	}
	if body.ClassID != "" && !isID(body.ClassID) {
		found.add("class_id", fieldFormat)
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	var out *batchOutput
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.LockLists(); err != nil { // who may act, and two transfers at once
			return err
		}
		if _, err := tx.Institution(in.Ref); err != nil {
			return err
		}
		plan, _, err := s.transfer(tx, in.Ref, body.Role, body.ClassID)
		if err != nil {
			return err
		}
		if planSeen(plan) != body.Seen {
			return problem(transferChanged)
		}
		var moves []store.BatchItem
		for _, m := range plan {
			if m.To != "" {
				moves = append(moves, store.BatchItem{CaseID: m.ID, Target: &m.To})
			}
		}
		asked, err := s.batcher().AskTransfer(tx, b, moves, s.moment())
		if err != nil {
			return err
		}
		if out, err = viewBatch(tx, r, asked); err != nil {
			return err
		}
		err = s.audit(tx, r, "institution.transfer", "institution:"+in.Ref, asked.Reason, map[string]any{
			"batch": asked.ID, "role": body.Role, "cases": asked.Counted, "left": len(plan) - len(moves),
		})
		if err != nil {
			return err
		}
		return s.created(ctx, nil, out.Body)
	})
	return out, refusedBatch(err)
}

// transfer plans to whom the cases of an institution go, by what others are listed for today and have free.
func (s *service) transfer(tx *store.Tx, id, role, classID string) ([]relocation.Move, []relocation.Body, error) {
	open, err := tx.OpenWorkOf(id)
	if err != nil {
		return nil, nil, err
	}
	var cases []relocation.Case
	for _, c := range open {
		acts, other := c.TrainingBody, c.EvaluationBody
		if role == policy.RoleEvaluation {
			acts, other = other, acts
		}
		if acts != id || listing.FateOf(role, true, c.Position()) != listing.Stops || classID != "" && c.ClassID != classID {
			continue
		}
		cases = append(cases, relocation.Case{
			ID: c.ID, Target: relocation.Target{Occupation: c.Occupation, Level: c.Level}, Class: c.ClassID, Other: other,
		})
	}
	if role == policy.RoleEvaluation {
		ids := make([]string, len(cases))
		for i, c := range cases {
			ids[i] = c.ID
		}
		trainers, err := tx.TrainersOf(ids)
		if err != nil {
			return nil, nil, err
		}
		for i, c := range cases {
			cases[i].Never = trainers[c.ID]
		}
	}
	declared, err := tx.CapacityOf("", role)
	if err != nil {
		return nil, nil, err
	}
	var bodies []relocation.Body
	for _, c := range declared {
		listed, err := tx.Listed(c.InstitutionID, c.Occupation, c.Level, role, s.today())
		if err != nil {
			return nil, nil, err
		}
		if listed && c.InstitutionID != id {
			bodies = append(bodies, relocation.Body{
				ID: c.InstitutionID, Target: relocation.Target{Occupation: c.Occupation, Level: c.Level}, Free: c.Free(),
			})
		}
	}
	return relocation.Plan(cases, bodies), bodies, nil
}

func (s *service) viewTransfer(tx *store.Tx, r *request, plan []relocation.Move, bodies []relocation.Body) (transferView, error) {
	view := transferView{Seen: planSeen(plan), Cases: len(plan), Targets: []transferTarget{}, Unplaced: []transferRest{}, Classes: []transferClass{}}
	ids := make([]string, len(bodies))
	for n, b := range bodies {
		ids[n] = b.ID
	}
	v, err := newReader(tx, r, ids...)
	if err != nil {
		return view, err
	}
	given, rest, classes := map[relocation.Body]int{}, map[relocation.Target]int{}, map[string]map[string]int{}
	for _, m := range plan {
		if m.To == "" {
			rest[m.Target]++
		} else {
			given[relocation.Body{ID: m.To, Target: m.Target}]++
		}
		if m.Class != "" {
			if classes[m.Class] == nil {
				classes[m.Class] = map[string]int{}
			}
			classes[m.Class][m.To]++
		}
	}
	for _, b := range bodies {
		if n := given[relocation.Body{ID: b.ID, Target: b.Target}]; n > 0 {
			view.Targets = append(view.Targets, transferTarget{
				Institution: v.institution(b.ID), Occupation: v.occupation(s.Policy, b.Occupation), Level: v.coded("level", b.Level), Cases: n, Free: b.Free,
			})
		}
	}
	for t, n := range rest {
		view.Unplaced = append(view.Unplaced, transferRest{v.occupation(s.Policy, t.Occupation), v.coded("level", t.Level), n})
	}
	slices.SortFunc(view.Unplaced, func(a, b transferRest) int {
		return cmp.Or(cmp.Compare(a.Occupation.Code, b.Occupation.Code), cmp.Compare(a.Level.Code, b.Level.Code))
	})
	view.Classes, err = wholeClasses(tx, v, classes)
	return view, err
}

// wholeClasses are the classes all of whose cases go to one institution.
func wholeClasses(tx *store.Tx, v reader, classes map[string]map[string]int) ([]transferClass, error) {
	whole := []transferClass{}
	for id, to := range classes {
		for body, n := range to {
			if body == "" || len(to) > 1 {
				continue
			}
			c, err := tx.Class(id)
			if err != nil {
				return nil, err
			}
			whole = append(whole, transferClass{ID: id, Name: c.Name, Cases: n, Institution: v.institution(body)})
		}
	}
	slices.SortFunc(whole, func(a, b transferClass) int { return cmp.Compare(a.ID, b.ID) })
	return whole, nil
}

// planSeen stands for a plan: who goes where.
func planSeen(plan []relocation.Move) string {
	sum := sha256.New()
	for _, m := range plan {
		_, _ = fmt.Fprintf(sum, "%s>%s\n", m.ID, m.To)
	}
	return hex.EncodeToString(sum.Sum(nil)[:16])
}
