package api

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"strconv"
	"time"

	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/store"
)

type batchItemsInput struct {
	NumberedInput

	ID    string `path:"id"`
	State string `query:"state" enum:"waiting,acted,cleared,stuck_again,refused,unchanged,skipped"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type batchItemsOutput struct {
	Body struct {
		Items []batchItemView `json:"items"`
		Total int             `json:"total"`
	}
}

// batchItemView is a case of a batch: what became of it, and where it stands now.
type batchItemView struct {
	Position   int        `json:"position"`
	CaseID     string     `json:"case_id" doc:"Empty: a finding that is about no case."`
	IncidentID string     `json:"incident_id,omitempty" doc:"What was acted on."`
	State      string     `json:"state" enum:"waiting,acted,cleared,stuck_again,refused,unchanged,skipped"`
	StateName  string     `json:"state_name"`
	Why        *coded     `json:"why,omitempty" doc:"Unless it is cleared."`
	ActedAt    *time.Time `json:"acted_at,omitempty"`
	ClearedAt  *time.Time `json:"cleared_at,omitempty" doc:"When it was first seen out of what it was stuck in."`
	SettledAt  *time.Time `json:"settled_at,omitempty" doc:"Since when the state is what it is."`
	Now        itemNow    `json:"now" doc:"Where the case stands as this is read, whatever the batch saw last."`
}

type itemNow struct {
	Stage coded  `json:"stage"`
	Queue coded  `json:"queue" doc:"Empty when the case has ended."`
	Cause *coded `json:"cause,omitempty" doc:"What it is stuck on."`
}

// batchItems lists the cases of a batch by numbered pages.
func (s *service) batchItems(ctx context.Context, in *batchItemsInput) (*batchItemsOutput, error) {
	tx, out := s.Store.Read(ctx), &batchItemsOutput{}
	sums, err := tx.BatchSums([]string{in.ID})
	if err != nil {
		return nil, err
	}
	out.Body.Total = countedAs(sums[in.ID], in.State)
	rows, err := tx.BatchItems(in.ID, in.State, store.Numbered{Page: in.Page}, in.Limit)
	if err != nil {
		return nil, err
	}
	out.Body.Items, err = viewItems(tx, requestOf(ctx), rows)
	return out, err
}

// countedAs is how many cases a sum counts in a state; all, when none is named.
func countedAs(sum store.BatchSum, state string) int {
	return map[string]int{
		"": sum.All, store.ItemWaiting: sum.Waiting, store.ItemActed: sum.Acted, store.ItemCleared: sum.Cleared,
		store.ItemStuckAgain: sum.StuckAgain, store.ItemRefused: sum.Refused, store.ItemUnchanged: sum.Unchanged, store.ItemSkipped: sum.Skipped,
	}[state]
}

func viewItems(tx *store.Tx, r *request, rows []store.BatchItem) ([]batchItemView, error) {
	var ids []string
	for _, row := range rows {
		if row.CaseID != "" {
			ids = append(ids, row.CaseID)
		}
	}
	heads, err := tx.CaseHeadlines(ids)
	if err != nil {
		return nil, err
	}
	v, views := reader{lang: r.lang}, make([]batchItemView, len(rows))
	for i, row := range rows {
		head := heads[row.CaseID]
		views[i] = batchItemView{
			Position: row.Position, CaseID: row.CaseID, IncidentID: deref(row.IncidentID), State: row.State, StateName: v.say("batch.item", row.State),
			ActedAt: row.ActedAt, ClearedAt: row.ClearedAt, SettledAt: row.SettledAt,
			Now: itemNow{Queue: coded{Code: head.Queue}},
		}
		if head.Stage != "" {
			views[i].Now.Stage = v.coded("stage", string(head.Stage))
		}
		if head.Queue != "" {
			views[i].Now.Queue = v.coded("queue", head.Queue)
		}
		if row.Code != "" {
			why := v.stuckOn(row.Code)
			views[i].Why = &why
		}
		if head.Cause != "" {
			cause := v.stuckOn(string(head.Cause))
			views[i].Now.Cause = &cause
		}
	}
	return views, nil
}

// batchItemsFile is the outcome of a batch as a table, whole.
func (s *service) batchItemsFile(ctx context.Context, in *idInput) (*fileOutput, error) {
	r := requestOf(ctx)
	var file bytes.Buffer
	file.WriteString("\ufeff") // without it spreadsheets misread Chinese
	table := csv.NewWriter(&file)
	table.UseCRLF = true
	heading := make([]string, len(itemColumns))
	for i, column := range itemColumns {
		heading[i] = message.Text(r.lang, "batch.column."+column, nil)
	}
	if err := table.Write(heading); err != nil {
		return nil, fmt.Errorf("write a table: %w", err)
	}
	tx := s.Store.Read(ctx)
	for page, most := 1, 1000; ; page++ {
		rows, err := tx.BatchItems(in.ID, "", store.Numbered{Page: page}, most)
		if err != nil {
			return nil, err
		}
		views, err := viewItems(tx, r, rows)
		if err != nil {
			return nil, err
		}
		for _, view := range views {
			if err := table.Write(view.cells()); err != nil {
				return nil, fmt.Errorf("write a table: %w", err)
			}
		}
		if len(rows) < most {
			break
		}
	}
	table.Flush()
	return &fileOutput{
		ContentType: "text/csv; charset=utf-8", Disposition: `attachment; filename="batch-` + in.ID + `.csv"`, Body: file.Bytes(),
	}, table.Error()
}

// itemColumns are the columns of the table, as cells writes them.
var itemColumns = []string{"position", "case", "outcome", "why", "acted_at", "cleared_at", "settled_at", "stage_now", "queue_now"}

func (v batchItemView) cells() []string {
	why := ""
	if v.Why != nil {
		why = v.Why.Name
	}
	cells := []string{strconv.Itoa(v.Position), v.CaseID, v.StateName, why}
	for _, at := range []*time.Time{v.ActedAt, v.ClearedAt, v.SettledAt} {
		text := ""
		if at != nil {
			text = at.UTC().Format(time.RFC3339)
		}
		cells = append(cells, text)
	}
	return append(cells, v.Now.Stage.Name, v.Now.Queue.Name)
}
