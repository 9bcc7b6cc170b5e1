package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/merging"
	"github.com/dengpan/dengpan/store"
)

// mergeBodies read what is sent about records that are one person.
type mergeBodies struct {
	asking   body[mergeBody]
	back     body[MergeBackBody]
	decision body[mergeDecisionBody]
}

// registerMerges adds the operations by which two operators make two records of one person one, and two again.
func (s *service) registerMerges(api huma.API) {
	const tag = "people"
	schemas := api.OpenAPI().Components.Schemas
	s.merges = mergeBodies{
		asking: bodyFor[mergeBody](schemas), back: bodyFor[MergeBackBody](schemas), decision: bodyFor[mergeDecisionBody](schemas),
	}
	read(api, "GET /v1/merge-preview", tag, "Two records side by side, and what keeps them from being one person", s.previewMerge)
	read(api, "GET /v1/merges", tag, "Records that were merged, are to be, or were taken apart again", s.listMerges)
	sent(api, "POST /v1/merges", tag, "Ask for two records to be made one person", s.merges.asking.schema, http.StatusCreated, s.askMerge)
	read(api, "GET /v1/merges/{id}", tag, "What was asked for, and both records as they stand", s.getMerge)
	sent(api, "POST /v1/merges/{id}/reversal", tag, "Ask for a merge to be taken back", s.merges.back.schema, http.StatusCreated, s.askMergeBack)
	sent(api, "POST /v1/merges/{id}/decision", tag, "Approve or refuse what somebody else asked for", s.merges.decision.schema, http.StatusOK,
		s.decideMerge)
	bare(api, "POST /v1/merges/{id}/withdrawal", tag, "Take back what one asked for", s.withdrawMerge)
}

// MergeBackBody is what is said with a request, all of it when a merge is to be taken back. (Exported because it is embedded.)
type MergeBackBody struct {
	Reason     string `json:"reason" minLength:"1" maxLength:"500"`
	LegalBasis string `json:"legal_basis" minLength:"1" maxLength:"500" doc:"The text that it rests on."`
	Evidence   string `json:"evidence" minLength:"1" maxLength:"500" doc:"What shows it, such as the documents that were compared. No numbers of persons."`
	Seen       string `json:"seen" maxLength:"64" doc:"The seen of the preview. Records that have changed since are not merged."`
}

// mergeBody names the two records by a case of each.
type mergeBody struct {
	MergeBackBody

	KeptCase   string `json:"kept_case" format:"uuid" doc:"A case of the record that is to stand for both: its name and number are shown, and its log-in stays."`
	MergedCase string `json:"merged_case" format:"uuid" doc:"A case of the other."`
}

type mergeDecisionBody struct {
	Decision string `json:"decision" enum:"approve,refuse"`
	Reason   string `json:"reason" minLength:"1" maxLength:"500"`
	Seen     string `json:"seen" maxLength:"64" doc:"The seen of the request, as it was shown."`
}

func (s *service) merging() merging.Desk { return merging.Desk{DayCap: hours.Rule(s.Policy).DailyCap} }

// refusedMerge is the problem that a refusal makes.
func refusedMerge(err error) error {
	if obstacle, is := errors.AsType[*merging.ObstacleError](err); is {
		return problem(mergeInTheWay, FieldError{Field: whole, Code: obstacle.Code})
	}
	return problemOf(err, map[error]string{
		merging.ErrChanged: mergeChanged, merging.ErrOpen: mergeOpen, merging.ErrDecided: requestDecided,
		merging.ErrSame: secondPersonNeeded, merging.ErrNotAsker: notTheRequester,
	})
}

// saying is what somebody says with what they ask for.
func (b MergeBackBody) saying(found *faults, r *request, at time.Time) merging.Asking {
	a := merging.Asking{
		Reason: reasonIn(found, b.Reason), LegalBasis: strings.TrimSpace(b.LegalBasis), Evidence: strings.TrimSpace(b.Evidence),
		Seen: b.Seen, By: r.account.ID, At: at,
	}
	for field, text := range map[string]string{"legal_basis": a.LegalBasis, "evidence": a.Evidence} {
		if text == "" && !found.has(field) {
			found.add(field, fieldRequired)
		}
	}
	return a
}

type mergePreviewInput struct {
	Kept   string `query:"kept_case" required:"true" format:"uuid" doc:"A case of the record that is to stand for both."`
	Merged string `query:"merged_case" required:"true" format:"uuid" doc:"A case of the other."`
}

type mergePreviewOutput struct{ Body mergeLookView }

// previewMerge shows two records side by side, masked. That both were read is written down.
func (s *service) previewMerge(ctx context.Context, in *mergePreviewInput) (*mergePreviewOutput, error) {
	r, out := requestOf(ctx), &mergePreviewOutput{}
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		persons, err := s.ofCases(tx, in.Kept, in.Merged)
		if err != nil {
			return err
		}
		l, err := s.merging().Look(tx, persons[0], persons[1])
		if err != nil {
			return err
		}
		out.Body, err = s.viewLook(tx, r, l, "merge.preview")
		return err
	})
	return out, err
}

// ofCases reads whose two cases are. One that is not there is named by its field.
func (s *service) ofCases(tx *store.Tx, kept, merged string) (persons [2]string, err error) {
	found := &faults{}
	for i, named := range []struct{ field, id string }{{"kept_case", kept}, {"merged_case", merged}} {
		c, err := tx.Case(named.id)
		if errors.Is(err, store.ErrNotFound) {
			found.add(named.field, fieldUnknownCase)
		} else if err != nil {
			return persons, err
		}
		persons[i] = c.PersonID
	}
	return persons, found.err()
}

type mergeOutput struct{ Body MergeView }

// askMerge asks for two records to be made one. Nothing changes by it.
func (s *service) askMerge(ctx context.Context, in *bodyInput) (*mergeOutput, error) {
	r := requestOf(ctx)
	body, found, err := s.merges.asking.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	a := body.saying(found, r, s.moment())
	a.KeptCase, a.MergedCase = body.KeptCase, body.MergedCase
	if err := found.err(); err != nil {
		return nil, err
	}
	return s.asksMerge(ctx, a, func(tx *store.Tx) (store.Merge, error) {
		persons, err := s.ofCases(tx, a.KeptCase, a.MergedCase)
		if err != nil {
			return store.Merge{}, err
		}
		if err := s.mayActOn(tx, r.account, persons[:]...); err != nil {
			return store.Merge{}, err
		}
		return s.merging().Ask(tx, a)
	})
}

// askMergeBack asks for a merge to be taken back.
func (s *service) askMergeBack(ctx context.Context, in *idBodyInput) (*mergeOutput, error) {
	r := requestOf(ctx)
	body, found, err := s.merges.back.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	a := body.saying(found, r, s.moment())
	if err := found.err(); err != nil {
		return nil, err
	}
	return s.asksMerge(ctx, a, func(tx *store.Tx) (store.Merge, error) {
		m, err := tx.Merge(in.ID)
		if err != nil {
			return m, err
		}
		if err := s.mayActOn(tx, r.account, m.Kept, m.Merged); err != nil {
			return m, err
		}
		return s.merging().AskBack(tx, in.ID, a)
	})
}

func (s *service) asksMerge(ctx context.Context, a merging.Asking, ask func(*store.Tx) (store.Merge, error)) (*mergeOutput, error) {
	r, out := requestOf(ctx), &mergeOutput{}
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		m, err := ask(tx)
		if err != nil {
			return err
		}
		if err := s.auditMerge(tx, r, "merge.ask", m, a.Reason, m.KeptCase, m.MergedCase); err != nil {
			return err
		}
		if out.Body, err = viewMerge(tx, r, m); err != nil {
			return err
		}
		return s.created(ctx, http.Header{"Location": {"/v1/merges/" + m.ID}}, out.Body)
	})
	if err != nil {
		return nil, refusedMerge(err)
	}
	return out, nil
}

// auditMerge writes a step of a merge, of each of the cases.
func (s *service) auditMerge(tx *store.Tx, r *request, action string, m store.Merge, reason string, cases ...string) error {
	for _, id := range cases {
		err := s.audit(tx, r, action, "case:"+id, reason, map[string]any{
			"merge": m.ID, "state": m.State, "reversal": m.Reverses != nil, "kept_case": m.KeptCase, "merged_case": m.MergedCase,
			"legal_basis": m.LegalBasis, "evidence": m.Evidence,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// decideMerge approves or refuses what somebody else asked for. What is approved holds when this answers.
func (s *service) decideMerge(ctx context.Context, in *idBodyInput) (*mergeOutput, error) {
	r, out := requestOf(ctx), &mergeOutput{}
	body, found, err := s.merges.decision.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	reason := reasonIn(found, body.Reason)
	if err := found.err(); err != nil {
		return nil, err
	}
	var m store.Merge
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		if m, err = tx.Merge(in.ID); err != nil {
			return err
		}
		if err := s.mayActOn(tx, r.account, m.Kept, m.Merged); err != nil {
			return err
		}
		var cases []string
		m, cases, err = s.merging().Decide(tx, merging.Decision{
			ID: in.ID, Approve: body.Decision == "approve", Reason: reason, Seen: body.Seen, By: r.account.ID, At: s.moment(),
		})
		if err != nil {
			return err
		}
		if len(cases) == 0 {
			cases = []string{m.KeptCase, m.MergedCase}
		}
		if err := s.auditMerge(tx, r, "merge."+m.State, m, reason, cases...); err != nil {
			return err
		}
		out.Body, err = viewMerge(tx, r, m)
		return err
	})
	if err != nil {
		return nil, refusedMerge(err)
	}
	if m.State == store.MergeOvertaken { // that is kept, and this decision is not
		return nil, problem(mergeChanged)
	}
	return out, nil
}

// withdrawMerge takes back what the caller asked for.
func (s *service) withdrawMerge(ctx context.Context, in *idInput) (*mergeOutput, error) {
	r, out := requestOf(ctx), &mergeOutput{}
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		m, err := s.merging().Withdraw(tx, in.ID, r.account.ID, s.moment())
		if err != nil {
			return err
		}
		if err := s.auditMerge(tx, r, "merge.withdrawn", m, "", m.KeptCase, m.MergedCase); err != nil {
			return err
		}
		out.Body, err = viewMerge(tx, r, m)
		return err
	})
	if err != nil {
		return nil, refusedMerge(err)
	}
	return out, nil
}
