package api

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/dengpan/dengpan/store"
)

const (
	mediaZIP = "application/zip"
	// printsKept is how long a file of certificates is kept.
	printsKept = 7 * 24 * time.Hour
	// mostPrinted is how many certificates are put into one file: more than the largest class has.
	mostPrinted = 500
	// printsListed is how many an institution is shown.
	printsListed = 20
)

// printBodies read what is sent about prints.
type printBodies struct {
	wanted body[printBody]
}

// printBody says which certificates are wanted: those of a class, of a course, or some by their ids.
type printBody struct {
	ClassID        string   `json:"class_id,omitempty" maxLength:"64" doc:"A class of yours: the certificates that you issued to who is, or was, in it."`
	CourseID       string   `json:"course_id,omitempty" maxLength:"64" doc:"A course of yours."`
	CertificateIDs []string `json:"certificate_ids,omitempty" minItems:"1" maxItems:"500" doc:"Certificates that you issued."`
}

// registerPrints adds files of many certificates.
func (s *service) registerPrints(api huma.API) {
	const tag = "certificates"
	s.prints = printBodies{wanted: bodyFor[printBody](api.OpenAPI().Components.Schemas)}
	sent(api, "POST /v1/certificate-prints", tag, "Have certificates put into one file: each as it was signed, and all for the printer",
		s.prints.wanted.schema, http.StatusAccepted, s.askPrint)
	read(api, "GET /v1/certificate-prints", tag, "The files of certificates of the last week", s.listPrints)
	read(api, "GET /v1/certificate-prints/{id}", tag, "A file of certificates: how far it is", s.getPrint)
	file(api, "GET /v1/certificate-prints/{id}/file", tag, "A file of certificates (zip)", mediaZIP, s.printFile)
}

// PrintView is a file of certificates. (Exported because it is embedded.)
type PrintView struct {
	ID          string        `json:"id"`
	State       string        `json:"state" enum:"waiting,running,done,failed"`
	Total       int           `json:"total" doc:"How many certificates were asked for."`
	Done        int           `json:"done" doc:"How many were gone through."`
	LeftOut     []leftOutView `json:"left_out" doc:"Which are not in the file."`
	Bytes       int64         `json:"bytes"`
	RequestedAt time.Time     `json:"requested_at"`
	FinishedAt  *time.Time    `json:"finished_at,omitempty"`
	ExpiresAt   time.Time     `json:"expires_at" doc:"When it is forgotten."`
}

type leftOutView struct {
	CertificateID string `json:"certificate_id"`
	Number        string `json:"number"`
	Code          string `json:"code" enum:"not_valid,not_ready,no_document"`
	Text          string `json:"text"`
}

type printOutput struct {
	Status int
	Body   PrintView
}

type printsOutput struct {
	Body struct {
		Prints []PrintView `json:"prints"`
	}
}

func (r *request) viewPrint(p store.CertificatePrint) PrintView {
	v := reader{lang: r.lang}
	view := PrintView{
		ID: p.ID, State: p.State, Total: len(p.CertificateIDs), Done: p.Done, LeftOut: []leftOutView{}, Bytes: p.Size,
		RequestedAt: p.RequestedAt, FinishedAt: p.FinishedAt, ExpiresAt: p.ExpiresAt,
	}
	for _, l := range p.LeftOut {
		view.LeftOut = append(view.LeftOut, leftOutView{l.CertificateID, l.Number, l.Code, v.say("print_left_out", l.Code)})
	}
	return view
}

// askPrint keeps which certificates the institution that asks wants in one file; a worker makes it.
func (s *service) askPrint(ctx context.Context, in *bodyInput) (*printOutput, error) {
	r := requestOf(ctx)
	asked, found, err := s.prints.wanted.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	asked.check(found)
	if err := found.err(); err != nil {
		return nil, err
	}
	now := s.Now().UTC()
	p := store.CertificatePrint{
		ID: uuid.NewString(), InstitutionID: *r.account.InstitutionID, RequestedBy: r.account.ID, RequestedAt: now,
		State: store.PrintWaiting, LeftOut: []store.LeftOut{}, ExpiresAt: now.Add(printsKept),
	}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		if p.CertificateIDs, err = asked.certificates(tx, p.InstitutionID); err != nil {
			return err
		}
		if err := tx.InsertPrint(p); err != nil {
			return err
		}
		return s.audit(tx, r, "certificate.print", "certificate-print:"+p.ID, "", map[string]any{"certificates": p.CertificateIDs})
	})
	if store.Constraint(err) == "certificate_prints_one_at_once" {
		return nil, problem(printUnderWay)
	}
	return &printOutput{Status: http.StatusAccepted, Body: r.viewPrint(p)}, err
}

// check looks whether one thing is asked for.
func (b printBody) check(found *faults) {
	given := 0
	for _, one := range []struct {
		field string
		is    bool
		id    bool
	}{
		{"class_id", b.ClassID != "", isID(b.ClassID)},
		{"course_id", b.CourseID != "", isID(b.CourseID)},
		{"certificate_ids", b.CertificateIDs != nil, true},
	} {
		if !one.is {
			continue
		}
		if given++; given > 1 {
			found.add(one.field, fieldConflict)
		} else if !one.id {
			found.add(one.field, fieldFormat)
		}
	}
	if given == 0 {
		found.add("class_id", fieldRequired)
	}
	for i, id := range b.CertificateIDs {
		if !isID(id) {
			found.add("certificate_ids["+strconv.Itoa(i)+"]", fieldFormat)
		}
	}
}

// certificates are the ids of what is asked for, in the order of their record.
func (b printBody) certificates(tx *store.Tx, institutionID string) ([]string, error) {
	var all []store.Certificate
	var err error
	switch {
	case b.ClassID != "":
		all, err = tx.CertificatesOfClass(institutionID, b.ClassID, mostPrinted)
	case b.CourseID != "":
		all, err = tx.CertificatesOfCourse(institutionID, b.CourseID, mostPrinted)
	default:
		all, err = tx.CertificatesOf(institutionID, b.CertificateIDs)
	}
	if err != nil {
		return nil, err
	}
	ids, known := make([]string, len(all)), map[string]bool{}
	for i, c := range all {
		ids[i], known[c.ID] = c.ID, true
	}
	found := &faults{}
	for i, id := range b.CertificateIDs {
		if !known[id] {
			found.add("certificate_ids["+strconv.Itoa(i)+"]", fieldNoCertificate)
		}
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	if len(ids) == 0 {
		return nil, problem(printEmpty)
	}
	return ids, nil
}

// listPrints lists the files that the institution which asks has had made.
func (s *service) listPrints(ctx context.Context, _ *struct{}) (*printsOutput, error) {
	r := requestOf(ctx)
	rows, err := s.Store.Read(ctx).PrintsOf(*r.account.InstitutionID, s.Now().UTC(), printsListed)
	if err != nil {
		return nil, err
	}
	out := &printsOutput{}
	out.Body.Prints = make([]PrintView, len(rows))
	for i, p := range rows {
		out.Body.Prints[i] = r.viewPrint(p)
	}
	return out, nil
}

// getPrint says how far a file is.
func (s *service) getPrint(ctx context.Context, in *idInput) (*printOutput, error) {
	p, err := s.Store.Read(ctx).Print(in.ID, s.Now().UTC())
	if err != nil {
		return nil, err
	}
	return &printOutput{Status: http.StatusOK, Body: requestOf(ctx).viewPrint(p)}, nil
}

// printFile gives a file that was made. Who read it is written down first.
func (s *service) printFile(ctx context.Context, in *idInput) (*fileOutput, error) {
	r := requestOf(ctx)
	p, err := s.Store.Read(ctx).Print(in.ID, s.Now().UTC())
	if err != nil {
		return nil, err
	}
	if p.State != store.PrintDone {
		return nil, problem(printNotReady)
	}
	content, err := s.Keys.Open(p.ContentSealed, store.PrintSeal(p.ID))
	if err != nil {
		return nil, fmt.Errorf("open certificates in one file: %w", err)
	}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		return s.audit(tx, r, "certificate.print_file", "certificate-print:"+p.ID, "", map[string]any{"certificates": p.CertificateIDs})
	})
	name := `attachment; filename="certificates-` + s.Calendar.Today(p.RequestedAt).String() + `.zip"`
	return &fileOutput{ContentType: mediaZIP, Disposition: name, Body: content}, err
}
