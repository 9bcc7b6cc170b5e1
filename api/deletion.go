package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/retention"
	"github.com/dengpan/dengpan/store"
)

type deletionBody struct {
	Reason string `json:"reason,omitempty" maxLength:"500" doc:"Nobody has to give one."`
}

type deletionDecisionBody struct {
	Decision string `json:"decision" enum:"granted,refused"`
	Reason   string `json:"reason" minLength:"1" maxLength:"500"`
}

// deletionView is a request to be forgotten, and its answer item by item.
type deletionView struct {
	ID          string         `json:"id"`
	Trainee     *traineeView   `json:"trainee,omitempty" doc:"Masked; for operators."`
	Reason      string         `json:"reason"`
	RequestedAt time.Time      `json:"requested_at"`
	State       string         `json:"state" enum:"pending,granted,refused"`
	StateName   string         `json:"state_name"`
	DecidedAt   *time.Time     `json:"decided_at"`
	Decision    string         `json:"decision" doc:"The operator's reason; empty while the request is pending."`
	Items       []deletionItem `json:"items" doc:"What was erased and what is kept; while the request is pending, what would be."`
}

// deletionItem is what becomes of one kind of data, and why.
type deletionItem struct {
	Item    string `json:"item"`
	Name    string `json:"name"`
	Outcome string `json:"outcome" enum:"erased,kept"`
	Why     string `json:"why"`
	By      string `json:"by" doc:"The text that asks for it."`
	Basis   string `json:"basis" enum:"notice,recalled" doc:"How sure we are of the text."`
}

type deletionOutput struct{ Body deletionView }

// requestDeletion notes that the trainee who asks wants to be forgotten, and says what would be erased and what kept.
func (s *service) requestDeletion(ctx context.Context, in *bodyInput) (*deletionOutput, error) {
	r := requestOf(ctx)
	body, err := s.privacy.deletion.readAll(in.RawBody)
	if err != nil {
		return nil, err
	}
	id, err := r.person()
	if err != nil {
		return nil, err
	}
	request := store.DeletionRequest{
		ID: uuid.NewString(), PersonID: id, Reason: strings.TrimSpace(body.Reason), RequestedBy: r.account.ID,
		RequestedAt: s.Now().UTC(), State: store.DeletionPending, Items: json.RawMessage("[]"),
	}
	out := &deletionOutput{}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		holding, err := tx.HoldPerson(id)
		if err != nil {
			return err
		}
		if holding.Open {
			return problem(caseOpen)
		}
		if err := tx.InsertDeletionRequest(request); err != nil {
			return err
		}
		if out.Body, err = s.viewDeletion(tx, r, request); err != nil {
			return err
		}
		return s.auditSelf(tx, r, "deletion.request", id, map[string]string{"request": request.ID})
	})
	if store.Constraint(err) == "deletion_requests_one_pending" {
		err = problem(deletionPending)
	}
	return out, err
}

// viewDeletion shows a request; to operators with whom it is about.
func (s *service) viewDeletion(tx *store.Tx, r *request, d store.DeletionRequest) (deletionView, error) {
	v := reader{lang: r.lang}
	view := deletionView{
		ID: d.ID, Reason: d.Reason, RequestedAt: d.RequestedAt, State: d.State, StateName: v.say("deletion_state", d.State),
		DecidedAt: d.DecidedAt, Decision: d.Decision, Items: []deletionItem{},
	}
	if r.account.Role == operator {
		who, err := s.trainee(tx, d.PersonID)
		if err != nil {
			return view, err
		}
		who.Name = maskName(who.Name)
		view.Trainee = &who
	}
	var outcomes []retention.Outcome
	if err := json.Unmarshal(d.Items, &outcomes); err != nil {
		return view, fmt.Errorf("read the answer to a deletion request: %w", err)
	}
	if d.State == store.DeletionPending {
		holding, err := tx.Holding(d.PersonID)
		if err != nil {
			return view, err
		}
		outcomes = retention.Decide(grounds(holding))
	}
	for _, o := range outcomes {
		item := deletionItem{Item: o.Item, Name: v.say("retention", o.Item+".name"), Outcome: "erased", By: o.By, Basis: o.Basis}
		if o.Kept {
			item.Outcome = "kept"
		}
		item.Why = v.say("retention", o.Item+"."+item.Outcome)
		view.Items = append(view.Items, item)
	}
	return view, nil
}

// grounds are what keeps some of a person's data.
func grounds(h store.Holding) []retention.Ground {
	var all []retention.Ground
	for _, ground := range []struct {
		holds  bool
		ground retention.Ground
	}{
		{h.Certificates > 0, retention.Certificate},
		{h.GradeCertificates > 0, retention.GradeCertificate},
		{h.CEEntries > 0, retention.CEHours},
	} {
		if ground.holds {
			all = append(all, ground.ground)
		}
	}
	return all
}

type deletionsInput struct {
	State string `query:"state" enum:"pending,granted,refused"`
	After string `query:"after" maxLength:"200" doc:"The next of the page before."`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type deletionsOutput struct {
	Body struct {
		Requests []deletionView `json:"requests"`
		Next     *string        `json:"next" doc:"The after of the next page; null when there is none."`
	}
}

// ownDeletions lists the requests of the trainee who asks.
func (s *service) ownDeletions(ctx context.Context, in *deletionsInput) (*deletionsOutput, error) {
	id, err := requestOf(ctx).person()
	if err != nil {
		return nil, err
	}
	return s.deletions(ctx, in, id)
}

// listDeletions lists everybody's requests, masked. That they were read is written down.
func (s *service) listDeletions(ctx context.Context, in *deletionsInput) (*deletionsOutput, error) {
	return s.deletions(ctx, in, "")
}

func (s *service) deletions(ctx context.Context, in *deletionsInput, personID string) (*deletionsOutput, error) {
	r := requestOf(ctx)
	found := &faults{}
	after := position(found, in.After)
	if err := found.err(); err != nil {
		return nil, err
	}
	out := &deletionsOutput{}
	out.Body.Requests = []deletionView{}
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		all, err := tx.DeletionRequests(personID, in.State, after, in.Limit+1)
		if err != nil {
			return err
		}
		all, out.Body.Next = upTo(in.Limit, all, func(a store.DeletionRequest) (time.Time, string) { return a.RequestedAt, a.ID })
		for _, d := range all {
			view, err := s.viewDeletion(tx, r, d)
			if err != nil {
				return err
			}
			out.Body.Requests = append(out.Body.Requests, view)
			if personID == "" {
				if err := s.audit(tx, r, "deletion.read", personSubject(d.PersonID), "", nil); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return out, err
}

// decideDeletion answers a request. What it grants is done in the same transaction.
func (s *service) decideDeletion(ctx context.Context, in *idBodyInput) (*deletionOutput, error) {
	r := requestOf(ctx)
	body, found, err := s.privacy.deletionDecision.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	reason := reasonIn(found, body.Reason)
	if err := found.err(); err != nil {
		return nil, err
	}
	out := &deletionOutput{}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		d, err := tx.LockDeletionRequest(in.ID)
		if err != nil {
			return err
		}
		if d.State != store.DeletionPending {
			return problem(deletionDecided)
		}
		now := s.Now().UTC()
		d.State, d.DecidedBy, d.DecidedAt, d.Decision = body.Decision, &r.account.ID, &now, reason
		if d.State == store.DeletionGranted {
			if d.Items, err = s.erase(ctx, tx, d.PersonID, now); err != nil {
				return err
			}
		}
		if err := tx.DecideDeletionRequest(d); err != nil {
			return err
		}
		if out.Body, err = s.viewDeletion(tx, r, d); err != nil {
			return err
		}
		return s.audit(tx, r, "deletion.decide", personSubject(d.PersonID), reason,
			map[string]any{"request": d.ID, "decision": d.State, "items": d.Items})
	})
	return out, err
}

// nobody stands where a name was.
const nobody = "—"

// erase erases what nothing keeps of a person, and says what became of each kind of data.
func (s *service) erase(ctx context.Context, tx *store.Tx, personID string, at time.Time) (json.RawMessage, error) {
	holding, err := tx.HoldPerson(personID)
	if err != nil {
		return nil, err
	}
	if holding.Open {
		return nil, problem(caseOpen)
	}
	outcomes := retention.Decide(grounds(holding))
	for item, erase := range map[string]func() error{
		retention.Contacts:      func() error { return tx.EraseContacts(personID) },
		retention.Notifications: func() error { return tx.EraseNotifications(personID) },
		retention.Photo:         func() error { return without(tx.RemovePhoto(personID)) },
		retention.LogIn:         func() error { return without(tx.EraseLogIns(personID, at)) },
		retention.WorkingData:   func() error { return eraseWorkingData(tx, personID, at) },
		retention.Evidence:      func() error { return tx.EraseEvidence(personID, requestOf(ctx).account.ID, retention.Evidence, at) },
		retention.Facts:         func() error { return errors.Join(tx.EraseFacts(personID), tx.EraseIntakeRows(personID)) },
		retention.Identity:      func() error { return s.eraseIdentities(tx, personID, at) },
	} {
		if !retention.Erased(outcomes, item) {
			continue
		}
		if err := erase(); err != nil {
			return nil, err
		}
	}
	items, err := json.Marshal(outcomes)
	if err != nil {
		return nil, fmt.Errorf("answer a deletion request: %w", err)
	}
	return items, nil
}

// without takes it for done that there is nothing to erase.
func without(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// eraseWorkingData makes what Temporal keeps of a person's cases unreadable, in every copy.
func eraseWorkingData(tx *store.Tx, personID string, at time.Time) error {
	cases, err := tx.CasesOfPerson(personID)
	if err != nil {
		return err
	}
	for _, id := range cases {
		if err := tx.DestroyPayloadKey(contract.CaseWorkflowID(id), at); err != nil {
			return err
		}
	}
	return nil
}

// eraseIdentities erases the names and numbers of all of a person's records.
func (s *service) eraseIdentities(tx *store.Tx, personID string, at time.Time) error {
	records, err := tx.RecordsOf(personID)
	if err != nil {
		return err
	}
	for _, record := range records {
		if err := s.eraseIdentity(tx, record.ID, at); err != nil {
			return err
		}
	}
	return nil
}

func (s *service) eraseIdentity(tx *store.Tx, personID string, at time.Time) error {
	name, err := s.Keys.Seal([]byte(nobody), store.NameSeal(personID))
	if err != nil {
		return err
	}
	number, err := s.Keys.Seal(nil, store.IDNumberSeal(personID))
	if err != nil {
		return err
	}
	return tx.EraseIdentity(personID, name, number, at)
}
