package activities_test

import (
	"bytes"
	"database/sql"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/issuing/issuingtest"
	"github.com/dengpan/dengpan/photo"
	"github.com/dengpan/dengpan/store"
)

// begin begins a certificate of the case.
func (b bundle) begin(t testing.TB, kind string, try int) contract.IssueCertificateReply {
	t.Helper()
	reply, err := b.IssueCertificate(t.Context(), contract.IssueCertificateRequest{CaseID: b.caseID, Kind: kind, Try: try})
	require.NoError(t, err)
	return reply
}

func (b bundle) printed(t testing.TB, id string, try int) contract.StepReply {
	t.Helper()
	reply, err := b.PrintCertificate(t.Context(), contract.PrintCertificateRequest{CertificateStep: b.of(id, try)})
	require.NoError(t, err)
	return reply
}

func (b bundle) published(t testing.TB, id string) contract.StepReply {
	t.Helper()
	reply, err := b.PublishCertificate(t.Context(), contract.PublishCertificateRequest{CertificateStep: b.of(id, 1)})
	require.NoError(t, err)
	return reply
}

func (b bundle) of(id string, try int) contract.CertificateStep {
	return contract.CertificateStep{CaseID: b.caseID, CertificateID: id, Try: try}
}

// certificate issues a certificate through the whole of its cycle.
func (b bundle) certificate(t testing.TB, kind string) store.Certificate {
	t.Helper()
	begun := b.begin(t, kind, 1)
	require.Nil(t, begun.Incident)
	require.NotEmpty(t, begun.CertificateID)
	require.Nil(t, b.printed(t, begun.CertificateID, 1).Incident)
	issuingtest.Sign(t, b.Store, b.Keys, begun.CertificateID)
	require.Equal(t, contract.StepReply{}, b.published(t, begun.CertificateID))
	return b.read(t, begun.CertificateID)
}

func (b bundle) read(t testing.TB, id string) store.Certificate {
	t.Helper()
	c, err := b.Store.Read(t.Context()).Certificate(id)
	require.NoError(t, err)
	return c
}

// examined takes a case through its training and its exam.
func examined(t *testing.T) bundle {
	t.Helper()
	b := newBundle(t, graduate())
	b.admit(t)
	b.train(t, calendar.NewDate(2026, time.March, 2))
	b.pass(t)
	return b
}

func (b bundle) pass(t *testing.T) {
	t.Helper()
	tasks := b.issue(t, "exam", 1, 1, contract.ExamTask)
	b.mark(t, tasks[0], 90)
	_, err := b.RecordExam(t.Context(), b.recordRequest(tasks, 1))
	require.NoError(t, err)
}

// passEvaluation takes a case that has its training certificate through its evaluation.
func (b bundle) passEvaluation(t *testing.T) {
	t.Helper()
	parts := b.issue(t, "evaluation", 1, 1, contract.TheoryTask, contract.PracticalTask)
	for _, part := range parts {
		b.mark(t, part, 90)
	}
	_, err := b.RecordEvaluation(t.Context(), b.recordRequest(parts, 1))
	require.NoError(t, err)
}

// pose sends a photo of the person.
func (b bundle) pose(t testing.TB) {
	t.Helper()
	canvas := image.NewRGBA(image.Rect(0, 0, photo.Width, photo.Height))
	draw.Draw(canvas, canvas.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(canvas, image.Rect(90, 150, 205, photo.Height), image.NewUniform(color.Gray{Y: 90}), image.Point{}, draw.Src)
	var sent bytes.Buffer
	require.NoError(t, png.Encode(&sent, canvas))
	kept, faults := photo.Read(sent.Bytes())
	require.Empty(t, faults)
	sealed, err := b.Keys.Seal(kept, store.PhotoSeal(b.personID))
	require.NoError(t, err)
	require.NoError(t, b.Store.Read(t.Context()).SavePhoto(store.Photo{
		PersonID: b.personID, ImageSealed: sealed, TakenInAt: time.Now().UTC(),
	}))
}

// count counts rows.
func (b bundle) count(t testing.TB, of string) (n int) {
	t.Helper()
	raw, err := sql.Open("pgx", b.url)
	require.NoError(t, err)
	defer raw.Close()
	require.NoError(t, raw.QueryRowContext(t.Context(), "SELECT count(*) FROM "+of).Scan(&n))
	return n
}

// raw is the database, as its superuser sees it.
func (b bundle) raw(t testing.TB) *sql.DB {
	t.Helper()
	raw, err := sql.Open("pgx", b.url)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, raw.Close()) })
	return raw
}
