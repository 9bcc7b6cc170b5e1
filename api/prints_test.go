package api

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/document"
	"github.com/dengpan/dengpan/font"
	"github.com/dengpan/dengpan/printing"
	"github.com/dengpan/dengpan/store"
)

// printed records the training certificate of a case with a document; its facts are complete, so that it can be printed.
func (w *world) printed(caseID, number string, changes ...func(*store.Certificate)) presented {
	w.t.Helper()
	return w.issued(caseID, number, []byte("%PDF-1.7 "+number), append([]func(*store.Certificate){func(c *store.Certificate) {
		c.Kind, c.Issuer = contract.TrainingCertificate, trainingBodyID
		day := c.IssuedOn
		c.Facts = certificate.Facts{
			Kind: c.Kind, Template: document.Template(c.Kind), IssuerID: trainingBodyID, IssuerName: "国家开放大学", Occupation: "智能制造工程技术人员",
			Direction: certificate.NoDirection, Level: "初级", From: day.AddDays(-9), To: day, Hours: "80",
			LookUp: []string{"www.example.gov.cn"}, VerifyURL: "https://example.gov.cn/verify/" + number, Demonstration: true,
		}
	}}, changes...)...)
}

func (w *world) maker(now func() time.Time) *printing.Maker {
	return &printing.Maker{
		Store: w.store, Keys: w.keys, Logger: slog.New(slog.DiscardHandler), Now: now,
		Printer: &document.Printer{Fonts: &font.Fonts{Path: os.Getenv("DENGPAN_FONT")}},
	}
}

func TestACertificatesDocumentIsThereForItsHolderAndWhoReadsItBesidesIsWrittenDown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	registered := w.register(w.trainee, "mine", registrationOf(1, nil))
	var mine struct{ ID string }
	registered.into(t, &mine)
	c := w.printed(mine.ID, "T-1")
	path := "/v1/certificates/" + c.id + "/document"
	reads := func() int {
		return w.count("SELECT count(*) FROM audit_entries WHERE action = 'certificate.document' AND subject = $1", "certificate:"+c.id)
	}
	w.get(path, w.trainee).refused(t, http.StatusConflict, documentNotReady) // nobody has issued it yet
	w.becomes(c.id, store.CertificateValid)
	r := w.get(path, w.trainee)
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	require.Equal(t, "%PDF-1.7 T-1", string(r.body))
	require.Equal(t, mediaPDF, r.header.Get("Content-Type"))
	require.Equal(t, `attachment; filename="certificate-`+c.id+`.pdf"`, r.header.Get("Content-Disposition"))
	require.Zero(t, reads())
	w.becomes(c.id, store.CertificateRevoked)
	for i, token := range []string{w.institution(trainingBodyID), w.operator} {
		require.Equal(t, http.StatusOK, w.get(path, token).status, "one that was revoked is still there")
		require.Equal(t, i+1, reads())
	}
	reported := w.issued(mine.ID, "R-1", nil)
	w.get("/v1/certificates/"+reported.id+"/document", w.trainee).refused(t, http.StatusConflict, documentMissing)
	var list struct {
		Certificates []struct{ ID, Status, Document, Hours, From string }
	}
	w.get("/v1/me/certificates", w.trainee).into(t, &list)
	require.Len(t, list.Certificates, 2)
	require.Equal(t, []string{c.id, "revoked", "ready", "80"}, []string{
		list.Certificates[0].ID, list.Certificates[0].Status, list.Certificates[0].Document, list.Certificates[0].Hours,
	})
	require.Equal(t, "none", list.Certificates[1].Document)
}

type printed struct {
	ID      string
	State   string
	Total   int
	Done    int
	LeftOut []leftOutView `json:"left_out"`
}

func TestTheCertificatesOfAClassComeInOneFile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ours := w.institution(trainingBodyID)
	class := uuid.NewString()
	var all []presented
	for n := 1; n <= 12; n++ {
		caseID := w.newCase(n)
		all = append(all, w.printed(caseID, fmt.Sprintf("T-%d", n)))
		if n == 1 {
			by := "(SELECT id FROM accounts WHERE role = 'operator' LIMIT 1)"
			w.exec(`INSERT INTO classes (id, institution_id, ref, name, occupation, level, policy_version, starts_on, ends_on, capacity, opened_by)
				SELECT $1, $2, 'K1', 'K', occupation, level, policy_version, current_date, current_date, 30, `+by+` FROM cases WHERE id = $3`,
				class, trainingBodyID, caseID)
		}
		w.exec(`INSERT INTO class_members (id, class_id, case_id, joined_by) SELECT gen_random_uuid(), $1, $2, opened_by FROM classes`, class, caseID)
		if n != 3 { // the third is still being made
			w.becomes(all[n-1].id, store.CertificateValid)
		}
	}
	w.becomes(all[1].id, store.CertificateRevoked)
	ask := object{"class_id": class}
	w.post("/v1/certificate-prints", w.institution(otherTrainerID), ask).refused(t, http.StatusConflict, printEmpty)
	asked := w.post("/v1/certificate-prints", ours, ask)
	require.Equal(t, http.StatusAccepted, asked.status, "%s", asked.body)
	var p printed
	asked.into(t, &p)
	require.Equal(t, printed{ID: p.ID, State: store.PrintWaiting, Total: 12, LeftOut: []leftOutView{}}, p)
	path := "/v1/certificate-prints/" + p.ID
	w.get(path+"/file", ours).refused(t, http.StatusConflict, printNotReady)
	w.post("/v1/certificate-prints", ours, ask).refused(t, http.StatusConflict, printUnderWay)

	made, err := w.maker(nil).Make(t.Context())
	require.NoError(t, err)
	require.True(t, made)
	w.get(path, ours).into(t, &p)
	require.Equal(t, store.PrintDone, p.State)
	require.Equal(t, 12, p.Done)
	require.Equal(t, []string{"T-2 not_valid", "T-3 not_ready"}, []string{
		p.LeftOut[0].Number + " " + p.LeftOut[0].Code, p.LeftOut[1].Number + " " + p.LeftOut[1].Code,
	})
	file := w.get(path+"/file", ours)
	require.Equal(t, http.StatusOK, file.status, "%s", file.body)
	require.Equal(t, mediaZIP, file.header.Get("Content-Type"))
	require.Equal(t, 1, w.count("SELECT count(*) FROM audit_entries WHERE action = 'certificate.print_file'"))
	archive, err := zip.NewReader(bytes.NewReader(file.body), int64(len(file.body)))
	require.NoError(t, err)
	require.Len(t, archive.File, 11, "ten that are valid, and all of them for the printer")
	require.Equal(t, "001-T-1.pdf", archive.File[0].Name)
	require.Equal(t, "%PDF-1.7 T-1", unzipped(t, archive.File[0]), "each is the very file that was signed")
	require.Equal(t, "合并打印.pdf", archive.File[10].Name)
	require.Equal(t, 10, strings.Count(unzipped(t, archive.File[10]), "/Type /Page\n"))
	var listed struct{ Prints []printed }
	w.get("/v1/certificate-prints", ours).into(t, &listed)
	require.Len(t, listed.Prints, 1)
	n, err := w.store.ForgetPrints(t.Context(), time.Now().Add(8*24*time.Hour))
	require.NoError(t, err)
	require.EqualValues(t, 1, n)
	w.get(path, ours).refused(t, http.StatusNotFound, notFound)
}

func unzipped(t *testing.T, f *zip.File) string {
	t.Helper()
	r, err := f.Open()
	require.NoError(t, err)
	content, err := io.ReadAll(r)
	require.NoError(t, err)
	return string(content)
}

func TestAFileThatItsMakerLeftIsMadeByAnotherAndOneThatCannotBeMadeSaysSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ours := w.institution(trainingBodyID)
	c := w.printed(w.newCase(1), "T-1")
	w.becomes(c.id, store.CertificateValid)
	ask := object{"certificate_ids": []string{c.id}}
	require.Equal(t, http.StatusAccepted, w.post("/v1/certificate-prints", ours, ask).status)
	now := time.Now().UTC()
	gone, err := w.store.ClaimPrint(t.Context(), now, now.Add(time.Minute)) // and its process is killed
	require.NoError(t, err)
	made, err := w.maker(func() time.Time { return now }).Make(t.Context())
	require.NoError(t, err)
	require.False(t, made, "somebody is at it")
	later := func() time.Time { return now.Add(2 * time.Minute) }
	made, err = w.maker(later).Make(t.Context())
	require.NoError(t, err)
	require.True(t, made)
	require.Equal(t, 1, w.count("SELECT count(*) FROM certificate_prints WHERE state = 'done' AND attempts = 2"))
	require.NoError(t, w.store.Tx(t.Context(), func(tx *store.Tx) error {
		mine, err := tx.UpdatePrint(gone)
		require.False(t, mine, "who comes back late changes nothing")
		return err
	}))

	w.exec(`UPDATE certificate_documents SET content_sealed = 'x' WHERE certificate_id = $1`, c.id)
	require.Equal(t, http.StatusAccepted, w.post("/v1/certificate-prints", ours, ask).status)
	for i := range 5 {
		at := now.Add(time.Duration(i+1) * time.Hour)
		_, err = w.maker(func() time.Time { return at }).Make(t.Context())
		require.Error(t, err)
	}
	require.Equal(t, 1, w.count("SELECT count(*) FROM certificate_prints WHERE state = 'failed' AND content_sealed IS NULL"))
}

func TestWhatIsWrongWithWhatIsToBePrintedIsSaidFieldByField(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	foreign := w.issued(w.newCase(1), "E-1", nil)
	for _, c := range []struct {
		body        object
		field, code string
	}{
		{object{}, "class_id", fieldRequired},
		{object{"class_id": "K1"}, "class_id", fieldFormat},
		{object{"class_id": uuid.NewString(), "course_id": uuid.NewString()}, "course_id", fieldConflict},
		{object{"certificate_ids": []string{"x"}}, "certificate_ids[0]", fieldFormat},
		{object{"certificate_ids": []string{foreign.id}}, "certificate_ids[0]", fieldNoCertificate},
		{object{"certificate_ids": []string{}}, "certificate_ids", fieldTooFew},
	} {
		r := w.post("/v1/certificate-prints", w.institution(trainingBodyID), c.body)
		require.Equal(t, http.StatusUnprocessableEntity, r.status, "%s", r.body)
		require.Contains(t, string(r.body), `"field":"`+c.field+`"`)
		require.Contains(t, string(r.body), `"code":"`+c.code+`"`)
	}
}
