package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/batches"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/store"
)

// batchBodies read what is sent about many cases at once.
type batchBodies struct {
	asking   body[batchBody]
	preview  body[batchDraftBody]
	claiming body[claimBody]
}

// registerBatches adds the operations on many stuck cases at once.
func (s *service) registerBatches(api huma.API) {
	const tag = "incidents"
	schemas := api.OpenAPI().Components.Schemas
	s.batching = batchBodies{
		asking: bodyFor[batchBody](schemas), preview: bodyFor[batchDraftBody](schemas), claiming: bodyFor[claimBody](schemas),
	}
	reason, ok := s.bodies.reason.schema, http.StatusOK
	sent(api, "POST /v1/incident-groups/claim", tag, "Take charge of a group's cases that nobody has", s.batching.claiming.schema, ok, s.claimGroup)
	sent(api, "POST /v1/incident-groups/release", tag, "Let go of the cases of a group that I have", s.batching.claiming.schema, ok, s.releaseGroup)
	sent(api, "POST /v1/incident-batches/preview", tag, "What an act on many cases would do, and to how many; nothing is done",
		s.batching.preview.schema, ok, s.previewBatch)
	sent(api, "POST /v1/incident-batches", tag, "Act on many cases: they are counted, frozen, and acted on at a pace",
		s.batching.asking.schema, http.StatusCreated, s.askBatch)
	read(api, "GET /v1/incident-batches", tag, "Acts on many cases", s.listBatches)
	read(api, "GET /v1/incident-batches/{id}", tag, "Such an act: how far it has come, and what came of it", s.getBatch)
	read(api, "GET /v1/incident-batches/{id}/items", tag, "Its cases and what became of each, those first that are stuck again", s.batchItems)
	file(api, "GET /v1/incident-batches/{id}/items/csv", tag, "The same as a table for a spreadsheet, whole", mediaCSV, s.batchItemsFile)
	sent(api, "POST /v1/incident-batches/{id}/pause", tag, "Act on no further case for a while", reason, ok, s.turnBatch(batches.Pause))
	sent(api, "POST /v1/incident-batches/{id}/resume", tag, "Go on", reason, ok, s.turnBatch(batches.Resume))
	sent(api, "POST /v1/incident-batches/{id}/stop", tag, "Act on no further case, ever", reason, ok, s.turnBatch(batches.Stop))
	sent(api, "POST /v1/incident-batches/{id}/decision", tag, "Approve or refuse what another operator asked for", s.bodies.decision.schema,
		ok, s.decideBatch)
}

// BatchView is an act on many cases: what was asked for, and how far it has come.
type BatchView struct {
	ID          string       `json:"id"`
	Name        string       `json:"name"`
	Reason      string       `json:"reason"`
	LegalBasis  string       `json:"legal_basis,omitempty"`
	Verb        coded        `json:"verb"`
	Params      batchParams  `json:"params"`
	Group       groupBody    `json:"group"`
	Institution *bodyView    `json:"institution,omitempty" doc:"Of the group."`
	Cause       *coded       `json:"cause,omitempty" doc:"Of the group."`
	State       string       `json:"state" enum:"awaiting_approval,running,paused,stopping,stopped,done,rejected"`
	StateName   string       `json:"state_name"`
	PerMinute   int          `json:"per_minute"`
	Watch       int          `json:"watch_seconds" doc:"It is watched for so long after the last of it moved."`
	RequestedAt time.Time    `json:"requested_at"`
	Mine        bool         `json:"mine" doc:"Who reads this asked for it, and does not decide on it."`
	DecidedAt   *time.Time   `json:"decided_at,omitempty"`
	Decision    string       `json:"decision_reason,omitempty"`
	EndedAt     *time.Time   `json:"ended_at,omitempty"`
	Progress    batchCounted `json:"progress"`
}

// batchCounted counts a batch's cases by what became of them.
type batchCounted struct {
	Total      int `json:"total"`
	Waiting    int `json:"waiting" doc:"Not acted on yet."`
	Acted      int `json:"acted" doc:"Acted on, and not yet seen to have changed."`
	Cleared    int `json:"cleared" doc:"Out of what they were stuck in, and stuck on nothing else."`
	StuckAgain int `json:"stuck_again"`
	Refused    int `json:"refused" doc:"The case would not have it."`
	Unchanged  int `json:"unchanged" doc:"Nothing came of it in time."`
	Skipped    int `json:"skipped" doc:"Not acted on: not stuck on it any more when its turn came, or the batch was stopped."`
}

// batchDetail is a batch, and why its cases that are not cleared are not.
type batchDetail struct {
	BatchView

	Causes []batchCauseView `json:"causes"`
}

type batchCauseView struct {
	State string `json:"state" enum:"stuck_again,refused,unchanged,skipped"`
	Cause coded  `json:"cause"`
	Count int    `json:"count"`
}

func viewBatches(tx *store.Tx, r *request, rows ...store.Batch) ([]BatchView, error) {
	ids, institutions := make([]string, len(rows)), []string{}
	for i, row := range rows {
		ids[i] = row.ID
		institutions = append(institutions, row.Selection.Institution, deref(row.InstitutionID), row.Params.Institution)
	}
	sums, err := tx.BatchSums(ids)
	if err != nil {
		return nil, err
	}
	v, err := newReader(tx, r, institutions...)
	if err != nil {
		return nil, err
	}
	views := make([]BatchView, len(rows))
	for i, row := range rows {
		views[i] = v.batch(row, sums[row.ID])
		views[i].Mine = row.RequestedBy == r.account.ID
	}
	return views, nil
}

func (v reader) batch(b store.Batch, sum store.BatchSum) BatchView {
	view := BatchView{
		ID: b.ID, Name: b.Name, Reason: b.Reason, LegalBasis: b.LegalBasis, Verb: v.coded("verb", string(b.Verb)),
		Params: batchParams{Institution: b.Params.Institution, Days: b.Params.Days, Evidence: b.Params.Evidence, Moved: b.Params.URL != ""},
		Group:  groupBody(b.Selection), State: b.State, StateName: v.say("batch.state", b.State), PerMinute: b.PerMinute,
		Watch: b.WatchSeconds, RequestedAt: b.RequestedAt, DecidedAt: b.DecidedAt, Decision: b.DecisionReason, EndedAt: b.EndedAt,
		Progress: batchCounted{
			Total: sum.All, Waiting: sum.Waiting, Acted: sum.Acted, Cleared: sum.Cleared, StuckAgain: sum.StuckAgain,
			Refused: sum.Refused, Unchanged: sum.Unchanged, Skipped: sum.Skipped,
		},
	}
	if at := b.Selection.Institution + deref(b.InstitutionID); at != "" {
		body := v.institution(at)
		view.Institution = &body
	}
	cause := b.Selection.Cause
	if b.InstitutionID != nil {
		cause = endpointDown
	}
	if cause != "" {
		said := v.stuckOn(cause)
		view.Cause = &said
	}
	return view
}

// stuckOn names why a case is not cleared: a cause of incidents, or what else became of it.
func (v reader) stuckOn(code string) coded {
	for _, key := range []string{"cause." + code + ".title", "batch.code." + code, code + ".title", "problem." + code + ".title", "field." + code} {
		if message.Has(key) {
			return coded{Code: code, Name: message.Text(v.lang, key, nil)}
		}
	}
	return coded{Code: code, Name: code}
}

type batchesInput struct {
	NumberedInput
	FilteredInput

	State string `query:"state" enum:"awaiting_approval,running,paused,stopping,stopped,done,rejected"`
	Sort  string `query:"sort" enum:"requested_at,-requested_at"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type (
	batchesOutput struct {
		Body struct {
			Batches []BatchView `json:"batches"`
			Total   int64       `json:"total"`
		}
	}
	batchOutput struct{ Body batchDetail }
)

// listBatches lists the batches of an operator's area by numbered pages, the latest first.
func (s *service) listBatches(ctx context.Context, in *batchesInput) (*batchesOutput, error) {
	r, found := requestOf(ctx), &faults{}
	filter := store.BatchFilter{
		District: r.account.Caller().District, State: in.State, Limit: in.Limit,
		Where: s.expression(found, r, in.FilteredInput, store.BatchFields()), Numbered: store.Numbered{Sort: in.Sort, Page: in.Page},
	}
	err := found.err()
	if err != nil {
		return nil, err
	}
	tx, out := s.Store.Read(ctx), &batchesOutput{}
	if out.Body.Total, err = tx.CountBatches(filter); err != nil {
		return nil, err
	}
	rows, err := tx.Batches(filter)
	if err != nil {
		return nil, err
	}
	out.Body.Batches, err = viewBatches(tx, r, rows...)
	return out, err
}

func (s *service) getBatch(ctx context.Context, in *idInput) (*batchOutput, error) {
	tx := s.Store.Read(ctx)
	b, err := tx.Batch(in.ID)
	if err != nil {
		return nil, err
	}
	return viewBatch(tx, requestOf(ctx), b)
}

func viewBatch(tx *store.Tx, r *request, b store.Batch) (*batchOutput, error) {
	views, err := viewBatches(tx, r, b)
	if err != nil {
		return nil, err
	}
	causes, err := tx.BatchCauses(b.ID)
	if err != nil {
		return nil, err
	}
	out := &batchOutput{Body: batchDetail{BatchView: views[0], Causes: make([]batchCauseView, len(causes))}}
	v := reader{lang: r.lang}
	for i, c := range causes {
		out.Body.Causes[i] = batchCauseView{State: c.State, Cause: v.stuckOn(c.Code), Count: c.Count}
	}
	return out, nil
}

// turnBatch pauses, resumes or stops a batch, for a reason.
func (s *service) turnBatch(turn batches.Turn) func(context.Context, *idBodyInput) (*batchOutput, error) {
	return func(ctx context.Context, in *idBodyInput) (*batchOutput, error) {
		reason, err := s.readReason(in.RawBody)
		if err != nil {
			return nil, err
		}
		return s.onBatch(ctx, "batch."+string(turn), reason, func(tx *store.Tx) (store.Batch, error) {
			return s.batcher().Do(tx, in.ID, turn, s.moment())
		})
	}
}

// decideBatch approves or refuses what another operator asked for.
func (s *service) decideBatch(ctx context.Context, in *idBodyInput) (*batchOutput, error) {
	body, err := s.readDecision(in.RawBody)
	if err != nil {
		return nil, err
	}
	return s.onBatch(ctx, "batch."+body.Decision, body.Reason, func(tx *store.Tx) (store.Batch, error) {
		return s.batcher().Decide(tx, batches.Decision{
			ID: in.ID, Approve: body.approves(), Reason: body.Reason, By: requestOf(ctx).account.ID, At: s.moment(),
		})
	})
}

// onBatch does something to a batch, writes who did it and why, and shows how it is then.
func (s *service) onBatch(ctx context.Context, action, reason string, do func(*store.Tx) (store.Batch, error)) (*batchOutput, error) {
	r := requestOf(ctx)
	var out *batchOutput
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		b, err := do(tx)
		if err != nil {
			return err
		}
		if out, err = viewBatch(tx, r, b); err != nil {
			return err
		}
		return s.audit(tx, r, action, "batch:"+b.ID, reason, map[string]any{"state": b.State})
	})
	return out, refusedBatch(err)
}

func (s *service) batcher() batches.Desk {
	return batches.Desk{Keeper: s.keeper(), Acting: s.acting(), Keys: s.Keys}
}

// refusedBatch turns what package batches refuses into problems.
func refusedBatch(err error) error {
	if counted, ok := errors.AsType[batches.CountError](err); ok {
		p := problem(batchCountChanged)
		p.Count = &counted.Count
		return p
	}
	err = problemOf(err, map[error]string{
		batches.ErrNothing: batchEmpty, batches.ErrTooMany: batchTooLarge, batches.ErrState: batchState,
		batches.ErrDecided: requestDecided, batches.ErrSameOne: secondPersonNeeded, batches.ErrUnderWay: batchUnderWay,
	})
	if errors.Is(err, batches.ErrVerb) {
		return problem(verbNotAllowed, FieldError{Field: "verb", Code: verbNotAllowed})
	}
	if err = refusedEndpoint(err); err == nil {
		return nil
	}
	if p, ok := errors.AsType[*Problem](err); ok && p.Code == validationFailed {
		for i := range p.Errors {
			if p.Errors[i].Field == "url" {
				p.Errors[i].Field = "params.url"
			}
		}
	}
	return err
}
