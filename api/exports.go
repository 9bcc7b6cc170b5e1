package api

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/authority"
	"github.com/dengpan/dengpan/filter"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
)

// Lists as files. A list that can be had as one stands in exported, with what is read and shown of it: the same as the list
// itself shows its reader, row by row.

const (
	mostExported = 100_000 // rows of a file
	exportBatch  = 500     // rows at a time
)

// exportedList is a list that can be had as a file.
type exportedList struct {
	route   string // of the list: who reads it there may have it as a file
	fields  func(*policy.Policy) filter.Fields
	sorts   []string // its orders, each also backwards
	columns []string
	open    func(*service, *store.Tx, *request, exportQuery) (exportRows, error)
}

// exportQuery is what of a list is asked for.
type exportQuery struct {
	where filter.Expr
	sort  string
}

// numbered is the order, from its beginning.
func (q exportQuery) numbered() store.Numbered { return store.Numbered{Sort: q.sort, Page: 1} }

// exportRows are the rows of a list, read on and on. The total is one too many when there are more than a file has.
type exportRows struct {
	total int
	next  func() ([]map[string]any, error) // none: that was all
	note  string                           // below the rows
}

// formats are the files that tables can be had as.
var formats = map[string]struct {
	media string
	begin func(io.Writer) (sheet, error)
}{
	"csv":  {mediaCSV + "; charset=utf-8", newCSVSheet},
	"xlsx": {mediaXLSX, newExcelSheet},
}

// table adds an operation that answers with a table, in one of the formats.
func table[In, Out any](api huma.API, route, tag, summary string, handle func(context.Context, *In) (*Out, error)) {
	op := operation(route, tag, summary)
	content := map[string]*huma.MediaType{}
	for _, media := range []string{mediaCSV, mediaXLSX} {
		content[media] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	}
	op.Responses = map[string]*huma.Response{strconv.Itoa(http.StatusOK): {Description: op.Summary, Content: content}}
	op.Errors = append(op.Errors, http.StatusUnprocessableEntity)
	huma.Register(api, op, handle)
}

type exportInput struct {
	FilteredInput

	List    string `path:"ref" doc:"cases, incidents, incident_groups, tasks, certificates, institutions, inspections, misconduct, petitions, employers, intakes, approvals, batches, batch_items, task_deadlines, incident_deadlines, approval_deadlines, case_deadlines, endpoints, deliveries, dead_letters, audit."`
	Format  string `query:"format" enum:"csv,xlsx" default:"csv"`
	Sort    string `query:"sort" maxLength:"40" doc:"One of the list's orders, with a minus before it for the reverse."`
	Columns string `query:"columns" maxLength:"1000" doc:"Which columns, in order, divided by commas; all when it is not given."`
}

type listFileOutput struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Rows        string `header:"Export-Rows" doc:"How many rows of the list are in the file."`
	Cut         string `header:"Export-Cut" doc:"true: the list has more, which the file's last line says too."`
	Body        func(huma.Context)
}

// registerExports adds lists as files.
func (s *service) registerExports(api huma.API) {
	table(api, "GET /v1/exports/{ref}", "exports", "A list as a file for spreadsheets, with the rows and columns that are asked for", s.exportList)
}

// exportList writes a list into a file. Who had what of it is written down before anything of it is sent.
func (s *service) exportList(ctx context.Context, in *exportInput) (*listFileOutput, error) {
	r := requestOf(ctx)
	list, known := exported[in.List]
	if !known {
		return nil, problem(notFound)
	}
	if row, _ := authority.Of(list.route); row.Scope(r.account.Caller()) == authority.None {
		return nil, problem(forbidden)
	}
	found := &faults{}
	q := exportQuery{where: s.expression(found, r, in.FilteredInput, list.fields(s.Policy)), sort: in.Sort}
	if in.Sort != "" && !slices.Contains(list.sorts, strings.TrimPrefix(in.Sort, "-")) {
		found.add("sort", fieldUnknownValue)
	}
	columns := list.columns
	if in.Columns != "" {
		columns = strings.Split(in.Columns, ",")
	}
	for i, column := range columns {
		if !slices.Contains(list.columns, column) {
			found.add(fmt.Sprintf("columns[%d]", i), fieldUnknownValue)
		}
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	rows, err := list.open(s, s.Store.Read(ctx), r, q)
	if err != nil {
		return nil, err
	}
	sent := min(rows.total, mostExported)
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		return s.audit(tx, r, "export.read", "list:"+in.List, "", map[string]any{
			"filter": in.Filter, "columns": columns, "format": in.Format, "rows": sent, "cut": rows.total > sent,
		})
	})
	if err != nil {
		return nil, err
	}
	format := formats[in.Format]
	name := in.List + "-" + s.Calendar.Today(s.Now()).String() + "." + in.Format
	return &listFileOutput{
		ContentType: format.media, Disposition: `attachment; filename="` + name + `"`,
		Rows: strconv.Itoa(sent), Cut: strconv.FormatBool(rows.total > sent),
		Body: func(hc huma.Context) {
			giveTime(hc)
			if err := writeExport(hc.BodyWriter(), format.begin, r.lang, columns, rows); err != nil {
				r.log.Warn("a list was not written to its end", slog.Any("error", err))
				panic(http.ErrAbortHandler) // the reader must not take a part for the whole
			}
		},
	}, nil
}

// writeExport writes a file: the headings, the rows, that there are more if there are, and what is to be known of them.
func writeExport(w io.Writer, begin func(io.Writer) (sheet, error), lang message.Lang, columns []string, rows exportRows) error {
	out, err := begin(w)
	if err != nil {
		return err
	}
	heading := make([]any, len(columns))
	for i, column := range columns {
		heading[i] = message.Text(lang, "column."+column, nil)
	}
	if err := out.row(heading); err != nil {
		return err
	}
	for {
		batch, err := rows.next()
		if err != nil {
			return err
		}
		if len(batch) == 0 {
			break
		}
		for _, row := range batch {
			cells := make([]any, len(columns))
			for i, column := range columns {
				cells[i] = row[column]
			}
			if err := out.row(cells); err != nil {
				return err
			}
		}
		if err := out.flush(); err != nil {
			return err
		}
	}
	if rows.total > mostExported {
		if err := out.row([]any{message.Text(lang, "export.cut", map[string]any{"rows": mostExported})}); err != nil {
			return err
		}
	}
	if rows.note != "" {
		if err := out.row([]any{rows.note}); err != nil {
			return err
		}
	}
	return out.close()
}

// byKey are the rows of these keys, so many at a time: only the keys are kept.
func byKey[K any](keys []K, show func([]K) ([]map[string]any, error)) exportRows {
	rows := exportRows{total: len(keys)}
	left := keys[:min(len(keys), mostExported)]
	rows.next = func() ([]map[string]any, error) {
		for len(left) > 0 {
			batch := left[:min(exportBatch, len(left))]
			left = left[len(batch):]
			if shown, err := show(batch); err != nil || len(shown) > 0 {
				return shown, err
			}
		}
		return nil, nil
	}
	return rows
}
