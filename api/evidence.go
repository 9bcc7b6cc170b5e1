package api

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/dengpan/dengpan/evidence"
	"github.com/dengpan/dengpan/store"
)

// evidenceBodies read what is sent about evidence.
type evidenceBodies struct {
	asking  body[evidenceBody]
	removal body[reasonBody]
}

// registerEvidence adds the operations of evidence.
func (s *service) registerEvidence(api huma.API) {
	const tag = "evidence"
	schemas := api.OpenAPI().Components.Schemas
	s.proofs = evidenceBodies{asking: bodyFor[evidenceBody](schemas), removal: bodyFor[reasonBody](schemas)}
	sent(api, "POST /v1/evidence", tag, "Ask where to send a file", s.proofs.asking.schema, http.StatusCreated, s.askEvidence)
	read(api, "GET /v1/evidence", tag, "What was filed", s.listEvidence)
	s.uploadedEvidence(api, tag)
	file(api, "GET /v1/evidence/{id}/file", tag, "A file that was filed", "application/octet-stream", s.evidenceFile)
	bare(api, "POST /v1/evidence/{id}/completion", tag, "The file was sent", s.completeEvidence)
	sent(api, "POST /v1/evidence/{id}/removal", tag, "Remove a file", s.proofs.removal.schema, http.StatusOK, s.removeEvidence)
}

type evidenceBody struct {
	SubjectKind string `json:"subject_kind" enum:"task,session,class,dead_letter,case,petition,claim,draft" doc:"What the file is about; for an operator a case, for a trainee a petition, a claim or a draft; what else there is, for an institution."`
	SubjectID   string `json:"subject_id" format:"uuid"`
	Kind        string `json:"kind" enum:"score_sheet,attendance_sheet,identity_document,proof_of_education,proof_of_work,proof_of_title,other"`
	Name        string `json:"name" minLength:"1" maxLength:"200" doc:"What the file is called; sealed, as it may name somebody."`
	MediaType   string `json:"media_type" enum:"application/pdf,image/png,image/jpeg,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet,text/csv"`
	Size        int64  `json:"size" minimum:"1" doc:"In bytes."`
	SHA256      string `json:"sha256" pattern:"^[0-9a-f]{64}$" doc:"Of the file, in hexadecimal."`
}

// evidenceView is a file that was filed. Its name is shown to the institution that filed it.
type evidenceView struct {
	ID            string     `json:"id"`
	Institution   bodyView   `json:"institution" doc:"Who filed it; of no id when an operator did."`
	SubjectKind   string     `json:"subject_kind" enum:"task,session,class,dead_letter,case,petition,claim,draft"`
	SubjectID     string     `json:"subject_id"`
	Kind          string     `json:"kind" enum:"score_sheet,attendance_sheet,identity_document,proof_of_education,proof_of_work,proof_of_title,other"`
	KindName      string     `json:"kind_name"`
	Name          string     `json:"name,omitempty" doc:"For the institution or the operators who filed it: it may name somebody."`
	MediaType     string     `json:"media_type"`
	Size          int64      `json:"size"`
	SHA256        string     `json:"sha256"`
	State         string     `json:"state" enum:"expected,complete,removed"`
	Cited         bool       `json:"cited" doc:"The result of its task rests on it."`
	AskedAt       time.Time  `json:"asked_at"`
	CompletedAt   *time.Time `json:"completed_at,omitempty"`
	RemovedAt     *time.Time `json:"removed_at,omitempty"`
	RemovalReason string     `json:"removal_reason,omitempty"`
}

// uploadView says how the file is sent: without credentials, for the address is the authority.
type uploadView struct {
	Method    string            `json:"method" enum:"PUT"`
	URL       string            `json:"url" doc:"Of this interface when it has no host."`
	Headers   map[string]string `json:"headers" doc:"To be sent just so."`
	ExpiresAt time.Time         `json:"expires_at"`
}

type askedEvidenceOutput struct {
	Body struct {
		ID     string     `json:"id"`
		Upload uploadView `json:"upload"`
	}
}

type evidenceOutput struct{ Body evidenceView }

// askEvidence notes what an institution is about to send, and says where.
func (s *service) askEvidence(ctx context.Context, in *bodyInput) (*askedEvidenceOutput, error) {
	r := requestOf(ctx)
	body, found, err := s.proofs.asking.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	e := s.promised(r, body, found)
	if err := found.err(); err != nil {
		return nil, err
	}
	if e.NameSealed, err = s.Keys.Seal([]byte(body.Name), store.EvidenceNameSeal(e.ID)); err != nil {
		return nil, err
	}
	upload, err := s.evidence.Offer(ctx, e)
	if err != nil {
		return nil, err
	}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := hasRoom(tx, r, e); err != nil {
			return err
		}
		if err := tx.InsertEvidence(e); err != nil {
			return err
		}
		return s.audit(tx, r, "evidence.ask", evidenceSubject(e), "", map[string]any{
			e.SubjectKind: e.SubjectID, "kind": e.Kind, "media_type": e.MediaType, "size": e.Size, "sha256": body.SHA256,
		})
	})
	if err != nil {
		return nil, err
	}
	out := &askedEvidenceOutput{}
	out.Body.ID = e.ID
	out.Body.Upload = uploadView{Method: upload.Method, URL: upload.URL, Headers: upload.Headers, ExpiresAt: e.ExpiresAt}
	return out, nil
}

func evidenceSubject(e store.Evidence) string { return "evidence:" + e.ID }

// promised reads what is about to be sent, and lists what the rules find wrong with it.
func (s *service) promised(r *request, body evidenceBody, found *faults) store.Evidence {
	rules := evidence.TheRules()
	kind, known := rules.Kind(body.Kind)
	if known && !found.has("subject_kind") && !slices.Contains(kind.About, body.SubjectKind) {
		found.add("subject_kind", fieldConflict)
	}
	if known && !found.has("media_type") && !slices.Contains(kind.Media, body.MediaType) {
		found.add("media_type", fieldConflict)
	}
	if known && body.Size > kind.MostBytes {
		found.add("size", fieldOutOfRange)
	}
	if !isFileName(body.Name) {
		found.add("name", fieldFormat)
	}
	digest, _ := hex.DecodeString(body.SHA256) // its form is checked
	now := s.Now().UTC().Truncate(time.Second)
	return store.Evidence{
		ID: uuid.NewString(), InstitutionID: r.account.Caller().Institution, SubjectKind: body.SubjectKind, SubjectID: body.SubjectID,
		Kind: body.Kind, MediaType: body.MediaType, Size: body.Size, SHA256: digest, Place: s.evidence.Place(), AskedBy: r.account.ID,
		AskedAt: now, ExpiresAt: now.Add(rules.UploadLasts),
	}
}

// isFileName reports whether a text is the name of a file, and of no folder.
func isFileName(name string) bool {
	return utf8.ValidString(name) && printable(name) && !strings.ContainsAny(name, `/\`) && strings.Trim(name, ".") != ""
}

// hasRoom checks that what evidence is about is the institution's, or a case that the operator reaches, and has not as many
// files as anything may have.
func hasRoom(tx *store.Tx, r *request, e store.Evidence) error {
	there, err := tx.HasSubject(e.SubjectKind, e.SubjectID, e.InstitutionID)
	if err == nil && there {
		there, err = r.opensTo(tx, e.SubjectKind, e.SubjectID)
	}
	if err != nil {
		return err
	}
	if !there {
		return problem(validationFailed, FieldError{Field: "subject_id", Code: fieldUnknownSubject})
	}
	n, err := tx.CountEvidence(e.SubjectKind, e.SubjectID, e.AskedAt)
	if err == nil && n >= evidence.TheRules().MostFiles {
		err = problem(evidenceFull)
	}
	return err
}

type evidenceListInput struct {
	SubjectKind string `query:"subject_kind" enum:"task,session,class,dead_letter,case,petition,claim,draft"`
	SubjectID   string `query:"subject_id" format:"uuid"`
	State       string `query:"state" enum:"expected,complete,removed" default:"complete"`
	Institution string `query:"institution" maxLength:"64" doc:"For an operator; an institution sees its own."`
	After       string `query:"after" maxLength:"200" doc:"The next of the page before."`
	Limit       int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type evidenceListOutput struct {
	Body struct {
		Evidence []evidenceView `json:"evidence"`
		Next     *string        `json:"next" doc:"The after of the next page; null when there is none."`
	}
}

// listEvidence lists what an institution filed; for an operator, what was filed in their area.
func (s *service) listEvidence(ctx context.Context, in *evidenceListInput) (*evidenceListOutput, error) {
	r := requestOf(ctx)
	found := &faults{}
	after := position(found, in.After)
	if err := found.err(); err != nil {
		return nil, err
	}
	tx := s.Store.Read(ctx)
	all, err := tx.FiledEvidence(store.EvidenceFilter{
		Within: r.within(in.Institution), SubjectKind: in.SubjectKind, SubjectID: in.SubjectID, State: in.State, After: after, Limit: in.Limit + 1,
	})
	if err != nil {
		return nil, err
	}
	out := &evidenceListOutput{}
	all, out.Body.Next = upTo(in.Limit, all, func(a store.FiledEvidence) (time.Time, string) { return a.AskedAt, a.ID })
	out.Body.Evidence, err = s.viewEvidence(tx, r, all...)
	return out, err
}

// filedAbout lists the files about something, for a page about it.
func (s *service) filedAbout(tx *store.Tx, r *request, kind, id string) ([]evidenceView, error) {
	all, err := tx.FiledEvidence(store.EvidenceFilter{
		SubjectKind: kind, SubjectID: id, State: store.EvidenceComplete, Limit: int(evidence.TheRules().MostFiles),
	})
	if err != nil {
		return nil, err
	}
	return s.viewEvidence(tx, r, all...)
}

func (s *service) viewEvidence(tx *store.Tx, r *request, all ...store.FiledEvidence) ([]evidenceView, error) {
	var institutions []string
	for _, e := range all {
		institutions = append(institutions, e.InstitutionID)
	}
	v, err := newReader(tx, r, institutions...)
	if err != nil {
		return nil, err
	}
	views := make([]evidenceView, len(all))
	for i, e := range all {
		views[i] = evidenceView{
			ID: e.ID, SubjectKind: e.SubjectKind, SubjectID: e.SubjectID,
			Kind: e.Kind, KindName: v.say("evidence_kind", e.Kind), MediaType: e.MediaType, Size: e.Size, SHA256: hex.EncodeToString(e.SHA256),
			State: e.State, Cited: e.Cited, AskedAt: e.AskedAt, CompletedAt: e.CompletedAt, RemovedAt: e.RemovedAt, RemovalReason: e.RemovalReason,
		}
		if views[i].Institution = v.institution(e.InstitutionID); e.InstitutionID == "" {
			views[i].Institution.Name = v.say("actor", filerOf(e.Evidence))
		}
		if views[i].Name, err = s.evidenceName(r, e.Evidence); err != nil {
			return nil, err
		}
	}
	return views, nil
}

// filerOf is who filed what no institution filed.
func filerOf(e store.Evidence) string {
	if e.SubjectKind == store.AboutCase && e.Kind == "other" {
		return store.ActorOperator
	}
	return store.ActorTrainee
}

// evidenceName is what a file is called, for the institution that filed it; for others it is empty.
func (s *service) evidenceName(r *request, e store.Evidence) (string, error) {
	if r.account.Caller().Institution != e.InstitutionID {
		return "", nil
	}
	name, err := s.Keys.Open(e.NameSealed, store.EvidenceNameSeal(e.ID))
	return string(name), err
}

// completeEvidence is told that a file was sent. What was sent here is complete already; what was sent to a bucket is now
// read back and checked.
func (s *service) completeEvidence(ctx context.Context, in *idInput) (*evidenceOutput, error) {
	e, err := s.Store.Read(ctx).Evidence(in.ID)
	if err != nil {
		return nil, err
	}
	e, err = s.evidence.Confirm(ctx, e, s.noteComplete(ctx))
	if err != nil {
		return nil, sentWrongly(err)
	}
	return s.oneEvidence(ctx, e)
}

// noteComplete writes down that a file came whole: from whom its address was given to, when the address alone was shown.
func (s *service) noteComplete(ctx context.Context) func(*store.Tx, store.Evidence) error {
	return func(tx *store.Tx, e store.Evidence) error {
		r := *requestOf(ctx)
		r.account.ID = cmp.Or(r.account.ID, e.AskedBy)
		return s.audit(tx, &r, "evidence.complete", evidenceSubject(e), "", map[string]any{
			e.SubjectKind: e.SubjectID, "sha256": hex.EncodeToString(e.SHA256),
		})
	}
}

// sentWrongly says what is wrong with what was sent.
func sentWrongly(err error) error {
	for cause, code := range map[error]string{
		evidence.ErrSize: evidenceSize, evidence.ErrDigest: evidenceDigest, evidence.ErrMedia: evidenceMedia,
		evidence.ErrNothing: evidenceMissing, evidence.ErrGone: evidenceRemoved,
	} {
		if errors.Is(err, cause) {
			return problem(code)
		}
	}
	return err
}

func (s *service) oneEvidence(ctx context.Context, e store.Evidence) (*evidenceOutput, error) {
	tx := s.Store.Read(ctx)
	cited, err := tx.IsCited(e.ID)
	if err != nil {
		return nil, err
	}
	views, err := s.viewEvidence(tx, requestOf(ctx), store.FiledEvidence{Evidence: e, Cited: cited})
	if err != nil {
		return nil, err
	}
	return &evidenceOutput{Body: views[0]}, nil
}

// removeEvidence removes a file, for good. What an answer rests on only operators remove.
func (s *service) removeEvidence(ctx context.Context, in *idBodyInput) (*evidenceOutput, error) {
	r := requestOf(ctx)
	body, found, err := s.proofs.removal.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	reason := reasonIn(found, body.Reason)
	if err := found.err(); err != nil {
		return nil, err
	}
	var e store.Evidence
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		if e, err = tx.LockEvidence(in.ID); err != nil {
			return err
		}
		switch e.State {
		case store.EvidenceExpected:
			return problem(evidenceMissing)
		case store.EvidenceRemoved:
			return problem(evidenceRemoved)
		}
		may, err := r.mayRemove(tx, e)
		if err != nil {
			return err
		}
		if !may {
			return problem(evidenceCited)
		}
		if err := tx.RemoveEvidence(e, r.account.ID, reason, s.Now().UTC()); err != nil {
			return err
		}
		if e, err = tx.Evidence(e.ID); err != nil {
			return err
		}
		return s.audit(tx, r, "evidence.remove", evidenceSubject(e), reason, map[string]any{e.SubjectKind: e.SubjectID})
	})
	if err != nil {
		return nil, err
	}
	return s.oneEvidence(ctx, e)
}
