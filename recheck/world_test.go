package recheck_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"os"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/document"
	"github.com/dengpan/dengpan/font"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/photo"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/signing"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/store/storetest"
)

const (
	occupation = "intelligent-manufacturing"
	trainer    = "ouc"
	evaluator  = "cmes"
	base       = "bjut"
)

// world is a record of cases that were gone through, and of the certificates that they led to. What is written goes past the
// triggers, as nobody but the database's superuser can.
type world struct {
	t      testing.TB
	store  *store.Store
	keys   *identity.Keyring
	sql    *pgx.Conn
	rules  *policy.Policy
	key    *signing.Key
	print  *document.Printer
	day    calendar.Date
	at     time.Time
	turn   int // how many cases and places there are
	people int
	made   map[string][]string // certificates by kind, in the order of their numbers
}

func newWorld(t testing.TB) *world {
	t.Helper()
	address := storetest.NewURL(t)
	w := &world{t: t, made: map[string][]string{}, keys: storetest.Keys(t), day: calendar.MustParseDate("2026-11-20"), at: time.Date(2026, 11, 20, 4, 0, 0, 0, time.UTC)}
	var err error
	w.store, err = store.Open(t.Context(), storetest.Application(t, address), w.keys)
	require.NoError(t, err)
	w.rules, err = policy.Load("beijing-2023", true)
	require.NoError(t, err)
	require.NoError(t, w.store.LoadLists(t.Context(), w.rules.Lists()))
	w.sql, err = pgx.Connect(t.Context(), address)
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, w.sql.Close(context.WithoutCancel(t.Context())))
		require.NoError(t, w.store.Close())
	})
	w.exec("SET session_replication_role = replica")

	folder := t.TempDir()
	require.NoError(t, signing.CreateDemonstration(signing.Request{Folder: folder, Name: signing.Default, Kind: signing.KindECDSA, Subject: "x"}, w.at))
	keys, err := signing.Open(folder, nil)
	require.NoError(t, err)
	w.key = keys.For(trainer)
	public := w.key.Public()
	require.NoError(t, w.store.Tx(t.Context(), func(tx *store.Tx) error {
		_, err := tx.RegisterSigningKey(store.SigningKey{
			ID: public.ID, Algorithm: public.Algorithm, Subject: public.Subject, NotBefore: public.NotBefore, NotAfter: public.NotAfter,
			Chain: string(public.Chain), RegisteredAt: w.at,
		})
		return err
	}))
	w.print = &document.Printer{Fonts: &font.Fonts{Path: os.Getenv("DENGPAN_FONT")}}
	return w
}

func (w *world) exec(statement string, args ...any) {
	w.t.Helper()
	_, err := w.sql.Exec(w.t.Context(), statement, args...)
	require.NoError(w.t, err, statement)
}

func (w *world) seal(plain []byte, purpose string) []byte {
	w.t.Helper()
	sealed, err := w.keys.Seal(plain, purpose)
	require.NoError(w.t, err)
	return sealed
}

// rows are what is written to each table.
type rows map[string][][]any

var columns = map[string][]string{
	"persons": {"id", "id_type", "id_number_sealed", "name_sealed", "created_at"},
	"cases": {
		"id", "person_id", "occupation", "direction", "level", "policy_version", "training_body", "evaluation_body", "applicant", "status",
		"stage", "registered_by", "registered_on",
	},
	"tasks":         {"id", "case_id", "institution_id", "kind", "attempt", "issue", "state", "due_at", "closed_at"},
	"task_answers":  {"task_id", "kind", "body", "digest", "received_by"},
	"hour_entries":  {"case_id", "place_id", "person_id", "institution_id", "session_ref", "session_date", "module", "mode", "seconds", "evidence", "session_id", "during", "received_at", "reporter"},
	"assessments":   {"task_id", "case_id", "kind", "attempt", "score", "pass_mark", "passed", "assessed_on"},
	"courses":       {"id", "institution_id", "ref", "title", "seconds", "minutes_per_hour", "starts_on", "ends_on", "policy_version", "opened_by"},
	"course_places": {"id", "course_id", "person_id", "state", "document", "enrolled_by", "closed_at"},
	"certificates": {
		"id", "case_id", "place_id", "kind", "issuer", "number", "origin", "status", "facts", "holder_sealed", "digest", "verify_token",
		"policy_version", "issued_on", "recorded_at", "status_since", "issued_at",
	},
	"certificate_changes":   {"certificate_id", "status", "actor", "at"},
	"certificate_art":       {"certificate_id", "photo_sealed"},
	"certificate_documents": {"certificate_id", "state", "content_sealed", "sha256", "size", "key_id", "rendered_at", "signed_at"},
	"publications":          {"certificate_id", "channel", "version", "operation"},
}

func (r rows) add(table string, values ...any) { r[table] = append(r[table], values) }

func (w *world) write(r rows) {
	w.t.Helper()
	for table, values := range r {
		_, err := w.sql.CopyFrom(w.t.Context(), pgx.Identifier{table}, columns[table], pgx.CopyFromRows(values))
		require.NoError(w.t, err, table)
	}
}

// earn writes cases that led to both certificates, and as many places in a course of a CE base that led to one. With their
// documents, if they are to have them: printing takes most of the time.
func (w *world) earn(cases int, documents bool) {
	w.t.Helper()
	r := rows{}
	course := uuid.NewString()
	r.add("courses", course, base, "C-"+course, "数字技术高级研修班", 2700, 45, date(w.day), date(w.day), w.rules.ID(), uuid.NewString())
	for range cases {
		w.turn++
		w.earnOne(r, documents)
		w.attendOne(r, course, documents)
	}
	w.write(r)
	for kind, issuer := range map[string]string{"training": trainer, "grade": evaluator, "ce_base": base} {
		w.exec(`INSERT INTO certificate_numbers (issuer, kind, year, last) VALUES ($1, $2, 2026, $3)
			ON CONFLICT (issuer, kind, year) DO UPDATE SET last = $3`, issuer, kind, w.turn)
	}
	w.exec("ANALYZE")
}

func (w *world) newPerson(r rows) (id string, holder certificate.Holder) {
	w.people++
	holder = certificate.Holder{Name: "王小明", IDType: store.IDTypeResident, IDNumber: identity.Synthetic(w.people, w.day.AddYears(-30)).Number()}
	id = uuid.NewString()
	r.add("persons", id, holder.IDType, w.seal([]byte(holder.IDNumber), store.IDNumberSeal(id)), w.seal([]byte(holder.Name), store.NameSeal(id)), w.at)
	return id, holder
}

func (w *world) earnOne(r rows, documents bool) {
	standard, err := w.rules.TrainingStandard(occupation, "junior")
	require.NoError(w.t, err)
	title, _ := w.rules.Occupation(occupation)
	level, _ := w.rules.Level("junior")
	person, holder := w.newPerson(r)
	id, account := uuid.NewString(), uuid.NewString()
	r.add("cases", id, person, occupation, "", "junior", w.rules.ID(), trainer, evaluator, "{}", "active", "title", account, date(w.day))
	task := func(kind, institution string, result any) string {
		task := uuid.NewString()
		body, err := json.Marshal(result)
		require.NoError(w.t, err)
		r.add("tasks", task, id, institution, kind, 1, 1, "answered", w.at, w.at)
		r.add("task_answers", task, "result", string(body), []byte{1}, account)
		return task
	}
	task("training", trainer, map[string]any{"completed_modules": standard.Modules})
	seconds := 0
	_, err = fmt.Sscan(standard.Hours.String(), &seconds)
	require.NoError(w.t, err, "whole hours")
	seconds *= w.rules.Attendance().Credit.MinutesPerHour * 60
	for i, module := range standard.Modules {
		share := seconds / len(standard.Modules)
		if i == 0 {
			share += seconds % len(standard.Modules)
		}
		on := w.day.AddDays(i - len(standard.Modules) - 5)
		r.add("hour_entries", id, nil, person, trainer, "S-"+id+module, date(on), module, "offline", share, `[{"x":1}]`, uuid.NewString(), attended(w.at, share), w.at, "T1")
	}
	for kind, institution := range map[string]string{"exam": trainer, "theory": evaluator, "practical": evaluator} {
		task := task(kind, institution, map[string]any{"score": 85.5, "absent": false})
		r.add("assessments", task, id, kind, 1, 85.5, 60, true, date(w.day))
	}
	facts := certificate.Facts{
		Occupation: title.Title, Direction: certificate.NoDirection, Level: level.Name, IssuedOn: w.day, Demonstration: true,
	}
	graded := facts
	facts.From, facts.To, facts.Hours = w.day.AddDays(-len(standard.Modules)-5), w.day.AddDays(-6), standard.Hours.String()
	w.certify(r, "training", trainer, "PX", &id, nil, facts, holder, documents)
	w.certify(r, "grade", evaluator, "DJ", &id, nil, graded, holder, documents)
}

func (w *world) attendOne(r rows, course string, documents bool) {
	person, holder := w.newPerson(r)
	place := uuid.NewString()
	r.add("course_places", place, course, person, "completed", holder.IDType, uuid.NewString(), w.at)
	on := w.day.AddDays(-1)
	r.add("hour_entries", nil, place, person, base, "S-"+place, date(on), "M", "offline", 2700, `[{"x":1}]`, uuid.NewString(), attended(w.at, 2700), w.at, "T1")
	w.certify(r, "ce_base", base, "JX", nil, &place, certificate.Facts{
		Course: "数字技术高级研修班", From: on, To: on, Hours: "1", IssuedOn: w.day, Demonstration: true,
	}, holder, documents)
}

func (w *world) certify(r rows, kind, issuer, prefix string, caseID, placeID *string, f certificate.Facts, holder certificate.Holder, documents bool) {
	w.t.Helper()
	id, token := uuid.NewString(), uuid.NewString()
	w.made[kind] = append(w.made[kind], id)
	name, err := w.store.Read(w.t.Context()).InstitutionNameOn(issuer, w.day)
	require.NoError(w.t, err)
	f.Kind, f.IssuerID, f.IssuerName, f.Number = kind, issuer, name, fmt.Sprintf("%s-%s-2026-%06d", prefix, upper[issuer], w.turn)
	var art document.Art
	if documents {
		f.Template, f.VerifyURL, f.LookUp = document.Template(kind), "https://dengpan.gov.cn/verify/"+token, []string{"https://zsgx.mohrss.gov.cn/"}
		if kind == "grade" {
			art.Photo = portrait(w.t)
			f.PhotoDigest = hexDigest(art.Photo)
			r.add("certificate_art", id, w.seal(art.Photo, store.CertificatePhotoSeal(id)))
		}
	}
	digest, err := certificate.Digest(f, holder)
	require.NoError(w.t, err)
	facts, err := json.Marshal(f)
	require.NoError(w.t, err)
	plain, err := json.Marshal(holder)
	require.NoError(w.t, err)
	r.add("certificates", id, caseID, placeID, kind, issuer, f.Number, "issued", "valid", string(facts), w.seal(plain, store.HolderSeal(id)), digest,
		token, w.rules.ID(), date(w.day), w.at, w.at, w.at)
	if documents {
		r.add("certificate_changes", id, "prepared", "system", w.at)
		w.document(r, id, f, holder, art)
	}
	r.add("certificate_changes", id, "valid", "system", w.at)
	for _, channel := range certificate.ChannelsOf(kind) {
		r.add("publications", id, channel, 1, "issue")
	}
}

func (w *world) document(r rows, id string, f certificate.Facts, holder certificate.Holder, art document.Art) {
	w.t.Helper()
	page, err := w.print.Render(f, holder, art)
	require.NoError(w.t, err)
	signed, err := w.key.SignPDF(w.t.Context(), page, signing.Statement{Reason: "x", Location: "x", At: w.at})
	require.NoError(w.t, err)
	sum := sha256.Sum256(signed)
	r.add("certificate_documents", id, "signed", w.seal(signed, store.DocumentSeal(id)), sum[:], len(signed), w.key.KeyID(), w.at, w.at)
}

var upper = map[string]string{trainer: "OUC", evaluator: "CMES", base: "BJUT"}

func hexDigest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// portrait is a photo of nobody.
func portrait(t testing.TB) []byte {
	t.Helper()
	drawn := image.NewRGBA(image.Rect(0, 0, photo.Width, photo.Height))
	draw.Draw(drawn, drawn.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(drawn, image.Rect(80, 120, 210, 413), image.NewUniform(color.RGBA{0x37, 0x47, 0x5a, 0xff}), image.Point{}, draw.Src)
	var out bytes.Buffer
	require.NoError(t, jpeg.Encode(&out, drawn, nil))
	return out.Bytes()
}

// date is a date as PostgreSQL's driver takes it.
func date(d calendar.Date) time.Time {
	return time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, time.UTC)
}

// attended is a time of so many seconds.
func attended(from time.Time, seconds int) pgtype.Multirange[pgtype.Range[time.Time]] {
	return pgtype.Multirange[pgtype.Range[time.Time]]{{
		Lower: from, Upper: from.Add(time.Duration(seconds) * time.Second), LowerType: pgtype.Inclusive, UpperType: pgtype.Exclusive, Valid: true,
	}}
}
