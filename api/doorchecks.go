package api

import (
	"context"
	"time"

	"github.com/dengpan/dengpan/sitting"
	"github.com/dengpan/dengpan/store"
)

type doorCheckBody struct {
	Outcome string `json:"outcome" enum:"turned_away,provisional" doc:"Turned away: no attempt was sat. Provisional: what it comes to is held until a colleague decides."`
	Ground  string `json:"ground" enum:"no_document,document_expired,photo_differs,details_differ,other"`
	Note    string `json:"note" minLength:"1" maxLength:"1000" doc:"The record that was made at the door; numbers of documents are masked."`
}

type doorDecisionBody struct {
	Accepted bool   `json:"accepted" doc:"It was the trainee, and what they did counts. False: the attempt is void, and is sat again."`
	Reason   string `json:"reason" minLength:"1" maxLength:"500" doc:"The trainee reads it."`
}

// DoorCheckBrief is what failed at the door, as its trainee sees it. (Exported because it is embedded.)
type DoorCheckBrief struct {
	ID         string     `json:"id"`
	Outcome    coded      `json:"outcome"`
	Ground     coded      `json:"ground"`
	RecordedAt time.Time  `json:"recorded_at"`
	DueAt      *time.Time `json:"due_at,omitempty" doc:"Of the decision. When it passes, people are told; nothing is decided by it."`
	Accepted   *bool      `json:"accepted,omitempty" doc:"Missing: nobody has decided, or nothing is to be decided."`
	Reason     string     `json:"reason,omitempty"`
	DecidedAt  *time.Time `json:"decided_at,omitempty"`
}

// doorCheckView is what failed at the door, as the body's staff see it.
type doorCheckView struct {
	DoorCheckBrief

	Note      string `json:"note"`
	Overdue   bool   `json:"overdue"`
	Undecided bool   `json:"undecided"`
	WhyNot    *coded `json:"why_not,omitempty" doc:"Why the reader may not decide."`
}

func (v reader) ownDoorCheck(c store.DoorCheck) DoorCheckBrief {
	return DoorCheckBrief{
		ID: c.ID, Outcome: v.coded("door_outcome", c.Outcome), Ground: v.coded("door_ground", c.Ground), RecordedAt: c.RecordedAt, DueAt: c.DueAt,
		Accepted: c.Accepted, Reason: c.Reason, DecidedAt: c.DecidedAt,
	}
}

func (s *service) viewDoorCheck(v reader, r *request, c store.DoorCheck) doorCheckView {
	view := doorCheckView{DoorCheckBrief: v.ownDoorCheck(c), Note: c.Note, Undecided: c.DueAt != nil && c.DecidedAt == nil}
	view.Overdue = view.Undecided && s.Now().After(*c.DueAt)
	if view.Undecided {
		view.WhyNot = v.whyNot(when(c.RecordedBy == r.account.ID, otherPersonNeeded))
	}
	return view
}

// ownDoorChecks shows what failed at the doors of a case's sittings.
func (s *service) ownDoorChecks(tx *store.Tx, r *request, caseID string) ([]DoorCheckBrief, error) {
	all, err := tx.DoorChecksOfCase(caseID)
	views := make([]DoorCheckBrief, len(all))
	for i, c := range all {
		views[i] = reader{lang: r.lang}.ownDoorCheck(c)
	}
	return views, err
}

type doorCheckOutput struct{ Body doorCheckView }

// recordDoorCheck writes that somebody's identity could not be made out.
func (s *service) recordDoorCheck(ctx context.Context, in *idBodyInput) (*doorCheckOutput, error) {
	body, found, err := s.sittings.check.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	note := textIn(found, "note", body.Note)
	if err := found.err(); err != nil {
		return nil, err
	}
	return s.atTheDoor(ctx, "record", "", func(tx *store.Tx, by sitting.Doer) (store.DoorCheck, []store.InboxItem, error) {
		return s.seating().Record(tx, sitting.Check{BookingID: in.ID, Outcome: body.Outcome, Ground: body.Ground, Note: note}, by)
	})
}

// decideDoorCheck decides whether it was the trainee who sat.
func (s *service) decideDoorCheck(ctx context.Context, in *idBodyInput) (*doorCheckOutput, error) {
	body, found, err := s.sittings.decision.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	reason := reasonIn(found, body.Reason)
	if err := found.err(); err != nil {
		return nil, err
	}
	return s.atTheDoor(ctx, "decide", reason, func(tx *store.Tx, by sitting.Doer) (store.DoorCheck, []store.InboxItem, error) {
		return s.seating().Decide(tx, in.ID, body.Accepted, by)
	})
}

func (s *service) atTheDoor(
	ctx context.Context, step, reason string, take func(*store.Tx, sitting.Doer) (store.DoorCheck, []store.InboxItem, error),
) (*doorCheckOutput, error) {
	r, out := requestOf(ctx), &doorCheckOutput{}
	var told []store.InboxItem
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		c, items, err := take(tx, s.doer(r, reason))
		if err != nil {
			return err
		}
		told = items
		out.Body = s.viewDoorCheck(reader{lang: r.lang}, r, c)
		err = s.audit(tx, r, "door_check."+step, "case:"+c.CaseID, reason, map[string]any{
			"check": c.ID, "outcome": c.Outcome, "ground": c.Ground, "accepted": c.Accepted,
		})
		if err != nil || step != "record" {
			return err
		}
		return s.created(ctx, nil, out.Body)
	})
	if err != nil {
		return nil, refusedSitting(err)
	}
	s.forwardAll(ctx, told)
	return out, nil
}
