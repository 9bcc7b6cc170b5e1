package store

import (
	"encoding/json"

	"github.com/dengpan/dengpan/contract"
)

// Evidence of a certificate: all that is on record of what it rests on, for whoever derives it anew.

// CertificateEvidence is a certificate and what it was earned by, as package recheck reads it: the record's rows, of which
// nothing was concluded. Lists are JSON.
type CertificateEvidence struct {
	Certificate `gorm:"embedded"`

	FactsAsKept json.RawMessage // as they lie in the record
	Changes     json.RawMessage // status, at: from the first

	DocumentState   *string
	DocumentSealed  []byte
	DocumentSHA256  []byte `gorm:"column:document_sha256"`
	DocumentSize    int64
	DocumentKeyID   *string
	ArtPhotoSealed  []byte
	ArtSeal         []byte
	PersonID        string
	PersonErased    bool
	Corrected       bool // of the person a certificate was corrected: what others say of them may differ
	PersonIDType    string
	NameSealed      []byte
	IDNumberSealed  []byte
	PlaceDocument   *string // the type of document that was shown
	PlaceReleased   bool
	CourseTitle     *string
	CourseSeconds   int
	Occupation      string
	Direction       string
	Level           string
	TrainingBody    string
	EvaluationBody  string
	Lines           json.RawMessage // of the ledger that stand: date, module, seconds
	Marks           json.RawMessage // kind, attempt, institution, score, pass_mark, passed, answered: the score as acknowledged, or approved in its place
	Modules         json.RawMessage // that training bodies reported complete
	Accepted        json.RawMessage // causes of incidents of the case that an operator let pass
	OnList          bool            // on the published list on the day of issue
	Suspended       bool            // when it was recorded
	IssuerNameThen  string
	Scheme          *string         // in force when it was recorded; nil: the default
	LastNumber      int             // of the sequence
	KeyKnown        bool            // the key of the document may sign for the issuer
	Publications    json.RawMessage // the channels that it was queued for
	SameNumber      int             // certificates of the issuer with this number, this one among them
	OthersInForce   int             // of the same case or place and kind
	SupersededState *string         // of the certificate that it took the place of
	Successors      json.RawMessage // status, of those that took its place, or are to
}

// evidenceOfCertificates reads a page of certificates in the order of their ids. Who was listed, and under which name, is asked
// of the day of the first, where one was issued in another's place: it is the first that was earned. What stands in the ledger is what was never
// reversed; the claims that the ledger keeps beside it are not asked.
const evidenceOfCertificates = `
SELECT c.*, c.facts AS facts_as_kept,
	(SELECT coalesce(jsonb_agg(jsonb_build_object('status', h.status, 'at', h.at) ORDER BY h.id), '[]')
		FROM certificate_changes h WHERE h.certificate_id = c.id) AS changes,
	d.state AS document_state, d.content_sealed AS document_sealed, d.sha256 AS document_sha256, coalesce(d.size, 0) AS document_size,
	d.key_id AS document_key_id, a.photo_sealed AS art_photo_sealed, a.seal AS art_seal,
	p.id AS person_id, p.erased_at IS NOT NULL AS person_erased,
	EXISTS (SELECT 1 FROM certificate_requests r JOIN certificates s ON s.id = r.certificate_id LEFT JOIN cases x ON x.id = s.case_id
		LEFT JOIN course_places y ON y.id = s.place_id WHERE r.kind = 'correction' AND r.state = 'approved'
		AND p.id = coalesce(x.person_id, y.person_id)) AS corrected,
	 p.id_type AS person_id_type, p.name_sealed, p.id_number_sealed,
	l.document AS place_document, l.released_at IS NOT NULL AS place_released, o.title AS course_title,
	coalesce(o.seconds, 0) AS course_seconds,
	coalesce(k.occupation, '') AS occupation, coalesce(k.direction, '') AS direction, coalesce(k.level, '') AS level,
	coalesce(k.training_body, '') AS training_body, coalesce(k.evaluation_body, '') AS evaluation_body,
	(SELECT coalesce(jsonb_agg(jsonb_build_object('date', e.session_date, 'module', e.module, 'seconds', e.seconds)), '[]')
		FROM (SELECT * FROM hour_entries WHERE case_id = c.case_id UNION ALL SELECT * FROM hour_entries WHERE place_id = c.place_id) e
		WHERE e.reverses IS NULL AND NOT EXISTS (SELECT 1 FROM hour_entries r WHERE r.reverses = e.id)) AS lines,
	(SELECT coalesce(jsonb_agg(jsonb_build_object('kind', s.kind, 'attempt', s.attempt, 'institution', t.institution_id,
		'score', coalesce(r.score, s.score), 'pass_mark', s.pass_mark, 'passed', coalesce(r.score >= s.pass_mark, s.passed),
		'answered', CASE WHEN r.petition_id IS NOT NULL THEN (SELECT to_jsonb(q.score) FROM petitions q WHERE q.id = r.petition_id
			AND q.task_id = s.task_id AND q.state = 'answered' AND q.outcome = 'corrected' AND q.answered_by <> q.proposed_by)
			WHEN r.act_id IS NULL THEN w.body -> 'score' ELSE (SELECT m -> 'score' FROM acts a
			JOIN approvals v ON v.id = a.approval_id AND v.state = 'approved' CROSS JOIN LATERAL jsonb_array_elements(a.params -> 'marks') m
			WHERE a.id = r.act_id AND a.state = 'applied' AND m ->> 'part' = s.kind) END)), '[]')
		FROM assessments s JOIN tasks t ON t.id = s.task_id LEFT JOIN task_answers w ON w.task_id = s.task_id AND w.kind = 'result'
		LEFT JOIN LATERAL (SELECT * FROM mark_replacements m WHERE m.task_id = s.task_id ORDER BY m.at DESC LIMIT 1) r ON true
		WHERE s.case_id = c.case_id) AS marks,
	(SELECT coalesce(jsonb_agg(m.value), '[]') FROM tasks t JOIN task_answers w ON w.task_id = t.id AND w.kind = 'result'
		CROSS JOIN LATERAL jsonb_array_elements(w.body -> 'completed_modules') m
		WHERE t.case_id = c.case_id AND t.kind = 'training' AND jsonb_typeof(w.body -> 'completed_modules') = 'array') AS modules,
	(SELECT coalesce(jsonb_agg(DISTINCT i.cause), '[]') FROM incidents i JOIN resolutions r ON r.incident_id = i.id
		WHERE i.case_id = c.case_id AND r.verb = 'override' AND r.outcome = 'applied') AS accepted,
	CASE WHEN c.kind = 'ce_base' THEN EXISTS (SELECT 1 FROM ce_bases b WHERE b.institution_id = c.issuer AND b.may_issue
			AND b.valid_from <= first.issued_on AND (b.valid_to IS NULL OR b.valid_to > first.issued_on))
		ELSE EXISTS (SELECT 1 FROM institution_roles b WHERE b.institution_id = c.issuer AND b.occupation = k.occupation
			AND b.level IN ('', k.level) AND b.role = CASE c.kind WHEN 'grade' THEN 'evaluation' ELSE 'training' END
			AND b.valid_from <= first.issued_on AND (b.valid_to IS NULL OR b.valid_to > first.issued_on)) END AS on_list,
	EXISTS (SELECT 1 FROM institution_suspensions u WHERE u.institution_id = c.issuer AND u.suspended_at <= first.recorded_at
		AND (u.lifted_at IS NULL OR u.lifted_at > first.recorded_at)) AS suspended,
	coalesce((SELECT n.name FROM institution_names n WHERE n.institution_id = c.issuer AND n.kind = 'legal' AND n.valid_from <= first.issued_on
		AND (n.valid_to IS NULL OR n.valid_to > first.issued_on)), i.name) AS issuer_name_then,
	(SELECT nullif(f.number_scheme, '') FROM issuer_profiles f JOIN issuer_profile_decisions x ON x.profile_id = f.id AND x.approved
		WHERE f.institution_id = c.issuer AND f.kind = c.kind AND x.decided_at <= c.recorded_at ORDER BY f.version DESC LIMIT 1) AS scheme,
	coalesce((SELECT max(q.last) FROM certificate_numbers q WHERE q.issuer = c.issuer AND q.kind = c.kind
		AND q.year IN (0, extract(year FROM c.issued_on)::int)), 0) AS last_number,
	EXISTS (SELECT 1 FROM signing_keys g WHERE g.id = d.key_id AND (g.owner IS NULL OR g.owner = c.issuer)) AS key_known,
	(SELECT coalesce(jsonb_agg(b.channel ORDER BY b.channel), '[]') FROM publications b WHERE b.certificate_id = c.id) AS publications,
	(SELECT count(*) FROM certificates s WHERE s.issuer = c.issuer AND s.number = c.number) AS same_number,
	(SELECT count(*) FROM certificates s WHERE s.id <> c.id AND s.kind = c.kind AND s.case_id = c.case_id AND s.status IN ('valid', 'suspended')) +
		(SELECT count(*) FROM certificates s WHERE s.id <> c.id AND s.place_id = c.place_id AND s.status IN ('valid', 'suspended')) AS others_in_force,
	(SELECT s.status FROM certificates s WHERE s.id = c.supersedes AND s.kind = c.kind
		AND (s.case_id = c.case_id OR s.place_id = c.place_id)) AS superseded_state,
	(SELECT coalesce(jsonb_agg(s.status), '[]') FROM certificates s WHERE s.supersedes = c.id AND s.status <> 'cancelled') AS successors
FROM certificates c
JOIN institutions i ON i.id = c.issuer
LEFT JOIN cases k ON k.id = c.case_id
LEFT JOIN course_places l ON l.id = c.place_id
LEFT JOIN courses o ON o.id = l.course_id
JOIN persons p ON p.id = coalesce(k.person_id, l.person_id)
LEFT JOIN certificate_documents d ON d.certificate_id = c.id
LEFT JOIN certificate_art a ON a.certificate_id = c.id
CROSS JOIN LATERAL (WITH RECURSIVE back AS (
		SELECT c.supersedes, c.issued_on, c.recorded_at UNION
		SELECT s.supersedes, s.issued_on, s.recorded_at FROM certificates s JOIN back b ON s.id = b.supersedes)
	SELECT min(issued_on) AS issued_on, min(recorded_at) AS recorded_at FROM back) first
WHERE c.id > ? ORDER BY c.id LIMIT ?`

// BeforeAllCertificates is what comes before the first certificate's id.
const BeforeAllCertificates = "00000000-0000-0000-0000-000000000000"

// CertificateEvidence reads the certificates after an id, with what they rest on.
func (tx *Tx) CertificateEvidence(after string, limit int) ([]CertificateEvidence, error) {
	var page []CertificateEvidence
	err := tx.db.Raw(evidenceOfCertificates, after, limit).Scan(&page).Error
	return page, found(err, "read what certificates rest on")
}

// DifferingCertificates are the open incidents of certificates that differ, between two ids of certificates.
func (tx *Tx) DifferingCertificates(after, last string) ([]Incident, error) {
	var open []Incident
	err := tx.db.Find(&open, "cause = ? AND NOT holds AND state <> ? AND certificate_id > ? AND certificate_id <= ?",
		contract.CertificateDiffers, IncidentClosed, after, last).Error
	return open, found(err, "read the certificates that differ")
}

// AcceptedDifferences are the ways in which a certificate differs that an operator has accepted.
func (tx *Tx) AcceptedDifferences(certificateID string) ([]string, error) {
	var accepted []string
	err := tx.db.Raw(`SELECT DISTINCT jsonb_array_elements_text(i.params -> 'differences') FROM incidents i JOIN resolutions r ON r.incident_id = i.id
		WHERE i.certificate_id = ? AND i.cause = ? AND r.verb = ? AND r.outcome = ?`,
		certificateID, contract.CertificateDiffers, contract.Override, ResolutionApplied).Scan(&accepted).Error
	return accepted, found(err, "read what was accepted of a certificate")
}
