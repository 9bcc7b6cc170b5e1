package api

import (
	"context"
	"encoding/base64"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"github.com/dengpan/dengpan/evidence"
	"github.com/dengpan/dengpan/store"
)

const routeEvidence = "PUT /v1/evidence/{id}/file"

// fileTime is how long a file may take on its way: ten megabytes over a slow line.
const fileTime = 10 * time.Minute

// evidenceUploadInput is a file as it comes. It is read as it comes, and not by huma.
type evidenceUploadInput struct {
	ID        string `path:"id"`
	Expires   int64  `query:"expires" required:"true" minimum:"1"`
	Signature string `query:"signature" required:"true" minLength:"1" maxLength:"100"`

	content io.Reader
}

// Resolve takes the body as it comes, and gives it the time that a file takes.
func (in *evidenceUploadInput) Resolve(ctx huma.Context) []error {
	in.content = ctx.BodyReader()
	giveTime(ctx)
	return nil
}

func giveTime(ctx huma.Context) {
	// Not every writer can (a test's recorder cannot); the server's own can.
	control := http.NewResponseController(humagin.Unwrap(ctx).Writer)
	_ = control.SetReadDeadline(time.Now().Add(fileTime))
	_ = control.SetWriteDeadline(time.Now().Add(fileTime))
}

// uploadedEvidence adds the operation that takes a file. It asks for no account: its address was signed for just that file.
func (s *service) uploadedEvidence(api huma.API, tag string) {
	op := operation(routeEvidence, tag, "Send the file, to the address that was given for it")
	op.Errors = append(op.Errors, http.StatusNotFound, http.StatusConflict, http.StatusGone, http.StatusRequestEntityTooLarge,
		http.StatusUnprocessableEntity)
	tidy := documented(&op, &huma.Schema{Type: huma.TypeString, Format: "binary"}, uploads[routeEvidence]...)
	huma.Register(api, op, s.takeEvidence)
	tidy()
}

type evidenceTakenOutput struct {
	Body struct {
		ID    string `json:"id"`
		State string `json:"state" enum:"complete"`
	}
}

// takeEvidence takes the file that an address was signed for. An address that was not is of nothing that is here.
func (s *service) takeEvidence(ctx context.Context, in *evidenceUploadInput) (*evidenceTakenOutput, error) {
	if !isID(in.ID) {
		return nil, problem(notFound)
	}
	e, err := s.Store.Read(ctx).Evidence(in.ID)
	if err != nil {
		return nil, err
	}
	switch {
	case e.Place != store.PlacePostgres || e.ExpiresAt.Unix() != in.Expires || !s.evidence.Signed(e, in.Signature):
		return nil, problem(notFound)
	case s.Now().After(e.ExpiresAt):
		return nil, problem(evidenceExpired)
	}
	if e, err = s.evidence.Take(ctx, e, in.content, s.noteComplete(ctx)); err != nil {
		return nil, sentWrongly(err)
	}
	out := &evidenceTakenOutput{}
	out.Body.ID, out.Body.State = e.ID, e.State
	return out, nil
}

type evidenceFileOutput struct {
	ContentType   string `header:"Content-Type"`
	ContentLength string `header:"Content-Length"`
	Disposition   string `header:"Content-Disposition"`
	Digest        string `header:"Repr-Digest" doc:"SHA-256, as RFC 9530 writes it."`
	Body          func(huma.Context)
}

// evidenceFile shows a file. That somebody read it is written down before anything of it is sent. A browser is told to put
// it away, and not to show it.
func (s *service) evidenceFile(ctx context.Context, in *idInput) (*evidenceFileOutput, error) {
	r := requestOf(ctx)
	var e store.Evidence
	err := s.Store.Tx(ctx, func(tx *store.Tx) (err error) {
		if e, err = tx.Evidence(in.ID); err != nil {
			return err
		}
		return s.audit(tx, r, "evidence.read", evidenceSubject(e), "", map[string]any{e.SubjectKind: e.SubjectID})
	})
	if err != nil {
		return nil, err
	}
	content, err := s.evidence.Open(ctx, s.Store.Read(ctx), e)
	if err != nil {
		return nil, sentWrongly(err)
	}
	name, err := s.evidenceName(r, e)
	if err != nil {
		return nil, err
	}
	if name == "" {
		name = e.Kind + "-" + e.ID + extensions[e.MediaType]
	}
	return &evidenceFileOutput{
		ContentType: e.MediaType, ContentLength: strconv.FormatInt(e.Size, 10),
		Disposition: mime.FormatMediaType("attachment", map[string]string{"filename": name}),
		Digest:      "sha-256=:" + base64.StdEncoding.EncodeToString(e.SHA256) + ":",
		Body: func(ctx huma.Context) {
			defer func() { _ = content.Close() }() // it was read
			giveTime(ctx)
			if _, err := io.Copy(ctx.BodyWriter(), content); err != nil {
				r.log.Warn("a file was not read to its end", slog.Any("error", err))
				panic(http.ErrAbortHandler) // the reader must not take a part for the whole
			}
		},
	}, nil
}

// extensions are what files of a type are called, for who may not know what it was called.
var extensions = map[string]string{
	mediaPDF: ".pdf", mediaPNG: ".png", mediaJPEG: ".jpg", mediaCSV: ".csv", mediaXLSX: ".xlsx",
}

// citation is a file that a field of a result names.
type citation struct{ field, id string }

// checkCited checks that what a result rests on is here, of its task. An answer that is repeated rests on what it did.
func checkCited(tx *store.Tx, t store.Task, cited []citation, found *faults) error {
	if len(cited) == 0 || t.State != store.TaskOpen {
		return nil
	}
	filed, err := tx.FiledEvidence(store.EvidenceFilter{
		SubjectKind: store.AboutTask, SubjectID: t.ID, State: store.EvidenceComplete, Limit: int(evidence.TheRules().MostFiles),
	})
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, e := range filed {
		known[e.ID] = e.InstitutionID == t.InstitutionID
	}
	for _, c := range cited {
		if !known[c.id] {
			found.add(c.field, fieldNoEvidence)
		}
	}
	return nil
}
