package recheck_test

import (
	"crypto/sha256"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/recheck"
	"github.com/dengpan/dengpan/store"
)

// check checks every certificate, and says what differs, by their ids.
func (w *world) check() (int, map[string][]recheck.Difference) {
	w.t.Helper()
	found := map[string][]recheck.Difference{}
	checker := recheck.Checker{Store: w.store, Keys: w.keys, Found: func(_, _ string, findings []recheck.Finding) error {
		for _, f := range findings {
			found[f.CertificateID] = f.Differences
		}
		return nil
	}}
	n, err := checker.Run(w.t.Context())
	require.NoError(w.t, err)
	return n, found
}

func TestNothingIsFoundInAnHonestRecordOfTenThousandCertificates(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.earn(5, true)
	w.earn(3332, false)
	n, found := w.check()
	require.Equal(t, 10_011, n)
	require.Empty(t, found)
}

// plant is something that nobody can do to the record but past its constraints and triggers. $1 is the certificate.
type plant struct {
	what, kind string
	want       recheck.Difference
	statements []string
}

const (
	ofCase   = "case_id = (SELECT case_id FROM certificates WHERE id = $1)"
	reversal = `INSERT INTO hour_entries (case_id, place_id, person_id, institution_id, session_id, session_ref, session_date, module, mode,
		seconds, during, evidence, received_at, reverses, reason) SELECT case_id, place_id, person_id, institution_id, session_id, session_ref,
		session_date, module, mode, -seconds, during, evidence, received_at, id, 'x' FROM hour_entries WHERE `
)

var plants = []plant{
	{"a score was raised", "training", recheck.Result, []string{"UPDATE assessments SET score = 99 WHERE kind = 'exam' AND " + ofCase}},
	{"a fail was made a pass", "grade", recheck.Result, []string{
		"UPDATE assessments SET score = 61 WHERE kind = 'theory' AND " + ofCase,
		`UPDATE task_answers SET body = '{"score": 41}' WHERE task_id = (SELECT task_id FROM assessments WHERE kind = 'theory' AND ` + ofCase + ")",
	}},
	{"a mark is gone", "grade", recheck.Result, []string{"DELETE FROM assessments WHERE kind = 'theory' AND " + ofCase}},
	{"hours were reversed", "training", recheck.Hours, []string{reversal + "module = (SELECT min(module) FROM hour_entries WHERE " + ofCase + ") AND " + ofCase}},
	{"hours of a course were reversed", "ce_base", recheck.Hours, []string{reversal + "place_id = (SELECT place_id FROM certificates WHERE id = $1)"}},
	{"a module is missing", "training", recheck.Content, []string{
		`UPDATE task_answers SET body = '{"completed_modules": []}' WHERE task_id = (SELECT id FROM tasks WHERE kind = 'training' AND ` + ofCase + ")",
	}},
	{"the days were moved", "training", recheck.Days, []string{"UPDATE hour_entries SET session_date = session_date - 100 WHERE " + ofCase}},
	{"the facts were changed", "grade", recheck.Digest, []string{`UPDATE certificates SET facts = facts || '{"level": "高级"}' WHERE id = $1`}},
	{"the level is another", "grade", recheck.Facts, []string{"UPDATE cases SET level = 'senior' WHERE id = (SELECT case_id FROM certificates WHERE id = $1)"}},
	{"the digest was changed", "training", recheck.Digest, []string{"UPDATE certificates SET digest = '\\x00' WHERE id = $1"}},
	{"it is another's", "training", recheck.Holder, []string{"UPDATE cases SET person_id = (SELECT person_id FROM course_places LIMIT 1) WHERE id = (SELECT case_id FROM certificates WHERE id = $1)"}},
	{"the holder cannot be opened", "training", recheck.Unreadable, []string{"UPDATE certificates SET holder_sealed = '\\x00' WHERE id = $1"}},
	{"a number is used twice", "grade", recheck.NumberTwice, []string{`UPDATE certificates c SET number = o.number, facts = c.facts || jsonb_build_object('number', o.number)
		FROM certificates o WHERE c.id = $1 AND o.number = (SELECT max(number) FROM certificates WHERE issuer = c.issuer)`}},
	{"a number that was never allocated", "training", recheck.Number, []string{"UPDATE certificates SET number = 'PX-OUC-2026-900000' WHERE id = $1"}},
	{"a number of another scheme", "training", recheck.Number, []string{"UPDATE certificates SET number = 'X-1' WHERE id = $1"}},
	{"the issuer is not listed", "grade", recheck.Listing, []string{"UPDATE cases SET occupation = 'blockchain' WHERE id = (SELECT case_id FROM certificates WHERE id = $1)"}},
	{"the issuer trained, too", "grade", recheck.Issuer, []string{"UPDATE cases SET training_body = 'cmes', evaluation_body = 'ouc' WHERE id = (SELECT case_id FROM certificates WHERE id = $1)"}},
	{"the issuer had another name", "grade", recheck.IssuerName, []string{`UPDATE certificates SET facts = facts || '{"issuer_name": "另一个学会"}' WHERE id = $1`}},
	{"there is no document", "training", recheck.Document, []string{"DELETE FROM certificate_documents WHERE certificate_id = $1"}},
	{"the document is another's", "training", recheck.Unreadable, []string{`UPDATE certificate_documents SET content_sealed =
		(SELECT content_sealed FROM certificate_documents WHERE certificate_id <> $1 LIMIT 1) WHERE certificate_id = $1`}},
	{"the key is not known", "grade", recheck.Key, []string{"UPDATE certificate_documents SET key_id = repeat('0', 64) WHERE certificate_id = $1"}},
	{"the photo is another", "grade", recheck.Art, []string{"DELETE FROM certificate_art WHERE certificate_id = $1"}},
	{"the code leads elsewhere", "training", recheck.Link, []string{"UPDATE certificates SET verify_token = 'elsewhere' || id WHERE id = $1"}},
	{"a change is missing", "training", recheck.Changes, []string{"UPDATE certificates SET status = 'revoked' WHERE id = $1"}},
	{"it was revoked before it was issued", "ce_base", recheck.Changes, []string{
		"INSERT INTO certificate_changes (certificate_id, status, actor, at) VALUES ($1, 'prepared', 'x', now())",
	}},
	{"superseded by nothing", "grade", recheck.Succession, []string{
		"INSERT INTO certificate_changes (certificate_id, status, actor, at) SELECT id, 'superseded', 'x', status_since FROM certificates WHERE id = $1",
		"UPDATE certificates SET status = 'superseded' WHERE id = $1",
	}},
	{"in the place of one of another case", "grade", recheck.Succession, []string{
		"UPDATE certificates SET supersedes = (SELECT id FROM certificates WHERE kind = 'ce_base' ORDER BY number DESC LIMIT 1) WHERE id = $1",
	}},
	{"two hold", "training", recheck.InForce, []string{`INSERT INTO certificates SELECT (jsonb_populate_record(c, jsonb_build_object(
		'id', gen_random_uuid(), 'number', 'twin', 'verify_token', gen_random_uuid()))).* FROM certificates c WHERE id = $1`}},
	{"not published", "grade", recheck.Publication, []string{"DELETE FROM publications WHERE certificate_id = $1 AND channel = 'national'"}},
}

func TestEveryPlantedCorruptionIsFoundAsWhatItIsAndNothingBesides(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.exec("DROP INDEX certificates_one_valid")
	w.exec("ALTER TABLE certificates DROP CONSTRAINT certificates_issuer_number_key")
	w.earn(len(plants)+3, true)
	for i, p := range plants {
		for _, statement := range p.statements {
			w.exec(statement, w.made[p.kind][i])
		}
	}
	altered, replaced, last := len(plants), len(plants)+1, len(plants)+2
	w.alter(w.made["grade"][altered], false)
	w.alter(w.made["training"][replaced], true)

	_, found := w.check()
	for i, p := range plants {
		require.Contains(t, found[w.made[p.kind][i]], p.want, p.what)
		require.True(t, message.Has("difference."+string(p.want)), "operators are told of %s in words", p.want)
	}
	require.Equal(t, []recheck.Difference{recheck.DocumentBytes, recheck.Signature}, found[w.made["grade"][altered]], "a byte of the file was changed")
	require.Equal(t, []recheck.Difference{recheck.Signature}, found[w.made["training"][replaced]], "and its digest with it")
	// Of the last person the number was taken, and a place: nothing else is found of whom nothing was changed.
	require.Equal(t, []recheck.Difference{recheck.NumberTwice}, found[w.made["grade"][last]])
	require.Equal(t, []recheck.Difference{recheck.Succession}, found[w.made["ce_base"][last]])
	require.NotContains(t, found, w.made["training"][last])
	for i, p := range plants {
		if p.kind == "ce_base" {
			require.NotContains(t, found, w.made["training"][i], p.what)
			require.NotContains(t, found, w.made["grade"][i], p.what)
		} else {
			require.NotContains(t, found, w.made["ce_base"][i], p.what)
		}
	}
}

// Whoever corrects a certificate issues another in its place, on another day: under the name that its issuer had, and of a body
// that was listed, when it was earned. What was revoked has nothing to answer for.
func TestACertificateThatWasCorrectedOrRevokedIsInOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.earn(2, false)
	old, revoked := w.made["training"][0], w.made["training"][1]
	w.day, w.turn = w.day.AddDays(30), 3
	r := rows{}
	var caseID string
	require.NoError(t, w.sql.QueryRow(t.Context(), "SELECT case_id FROM certificates WHERE id = $1", old).Scan(&caseID))
	var facts certificate.Facts
	require.NoError(t, w.sql.QueryRow(t.Context(), "SELECT facts FROM certificates WHERE id = $1", old).Scan(&facts))
	facts.IssuedOn = w.day
	w.certify(r, "training", trainer, "PX", &caseID, nil, facts, certificate.Holder{Name: "王晓明", IDType: store.IDTypeResident, IDNumber: "1"}, false)
	for _, statement := range []string{
		"INSERT INTO certificate_changes (certificate_id, status, actor, at) SELECT id, 'superseded', 'x', status_since FROM certificates WHERE id = $1",
		"UPDATE certificates SET status = 'superseded' WHERE id = $1",
		`INSERT INTO certificate_requests (id, certificate_id, kind, reason_class, reason, fields, proposal_sealed, certificate_since, requested_by,
			requested_at, state, decided_by, decided_at, decision_reason) VALUES (gen_random_uuid(), $1, 'correction', 'misprint', 'x', '["name"]', '',
			now(), gen_random_uuid(), now(), 'approved', gen_random_uuid(), now(), 'x')`,
	} {
		w.exec(statement, old)
	}
	w.write(r)
	w.exec("UPDATE certificates SET supersedes = $1 WHERE number = 'PX-OUC-2026-000003'", old)
	w.exec("UPDATE institution_roles SET valid_to = $1 WHERE institution_id = 'ouc'", date(w.day.AddDays(-1)))
	w.exec("UPDATE institution_names SET valid_to = $1 WHERE institution_id = 'ouc'", date(w.day.AddDays(-1)))
	w.exec("UPDATE institutions SET name = '国家开放大学（总部）' WHERE id = 'ouc'")
	w.exec("UPDATE certificate_numbers SET last = 3")
	w.exec("INSERT INTO certificate_changes (certificate_id, status, reason_class, actor, at) SELECT id, 'revoked', 'x', 'x', status_since FROM certificates WHERE id = $1", revoked)
	w.exec("UPDATE certificates SET status = 'revoked' WHERE id = $1", revoked)
	w.exec(reversal+"case_id = (SELECT case_id FROM certificates WHERE id = $1)", revoked)
	_, found := w.check()
	require.Empty(t, found)
}

// alter changes a byte of a document, as somebody could who has the keys of the record but not that of the signature; and its
// digest with it, if that is to fit.
func (w *world) alter(id string, fitting bool) {
	w.t.Helper()
	var sealed []byte
	require.NoError(w.t, w.sql.QueryRow(w.t.Context(), "SELECT content_sealed FROM certificate_documents WHERE certificate_id = $1", id).Scan(&sealed))
	content, err := w.keys.Open(sealed, store.DocumentSeal(id))
	require.NoError(w.t, err)
	content[15] ^= 1 // of the comment in its second line
	w.exec("UPDATE certificate_documents SET content_sealed = $2 WHERE certificate_id = $1", id, w.seal(content, store.DocumentSeal(id)))
	if fitting {
		sum := sha256.Sum256(content)
		w.exec("UPDATE certificate_documents SET sha256 = $2 WHERE certificate_id = $1", id, sum[:])
	}
}

func BenchmarkRecheck(b *testing.B) {
	w := newWorld(b)
	w.earn(100, true)
	w.earn(900, false)
	w.exec("ANALYZE")
	checked := 0
	b.ReportAllocs()
	for b.Loop() {
		n, found := w.check()
		require.Empty(b, found)
		checked += n
	}
	b.ReportMetric(float64(checked)/b.Elapsed().Seconds(), "certificates/s")
}
