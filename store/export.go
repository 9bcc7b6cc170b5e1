package store

import (
	"encoding/json"
	"fmt"
)

// ExportSection is one part of what the record keeps of a person: which tables it is of, and how it is read.
type ExportSection struct {
	Code   string
	Tables []string
	query  string
}

// Queries of sections name the person as @person. Their records, accounts, cases and places are those of these common parts.
const exportScope = `WITH
	records AS (SELECT * FROM records_of(@person)),
	account AS (SELECT id FROM accounts WHERE person_id IN (TABLE records)),
	mine AS (SELECT id FROM cases WHERE person_id IN (TABLE records)),
	place AS (SELECT id FROM course_places WHERE person_id IN (TABLE records))
	SELECT coalesce(json_agg(t), '[]') FROM (%s) t`

// exportSections is everything that is kept of a person, but what is sealed: that is opened and added by who has the keys.
var exportSections = []ExportSection{
	{"identity", []string{"persons", "person_indexes"}, `SELECT id, id_type, id_country, encode(name_sealed, 'base64') AS name,
		encode(id_number_sealed, 'base64') AS id_number, created_at FROM persons WHERE id IN (TABLE records) ORDER BY created_at`},
	{"contacts", []string{"contacts", "contact_codes"}, `SELECT updated_at, phone_confirmed_at, email_confirmed_at FROM contacts
		WHERE person_id IN (TABLE records)`},
	{"notifications", []string{"notifications", "dispatches"}, `SELECT n.case_id, n.kind, n.params, n.act, n.act_due, n.created_at, n.read_at,
		d.channel, d.state AS sent, d.ended_at AS sent_at FROM notifications n LEFT JOIN dispatches d ON d.id = n.dispatch_id
		WHERE n.person_id IN (TABLE records) ORDER BY n.created_at`},
	{"notification_preferences", []string{"notification_preferences"}, `SELECT language, first_channel, email, sms, quiet_from, quiet_until,
		digest, digest_at, changed_at FROM notification_preferences WHERE person_id IN (TABLE records)`},
	{"photo", []string{"photos"}, `SELECT taken_in_at FROM photos WHERE person_id IN (TABLE records)`},
	{"accounts", []string{"accounts"}, `SELECT id, role, label, state, created_at, closed_at FROM accounts WHERE person_id IN (TABLE records)`},
	{"log_ins", []string{"credentials", "second_factors", "recovery_codes", "login_identities"}, `
		SELECT 'local' AS method, login, changed_at AS since FROM credentials WHERE account_id IN (TABLE account)
		UNION ALL SELECT 'second_factor', '', confirmed_at FROM second_factors WHERE account_id IN (TABLE account)
		UNION ALL SELECT 'oidc', issuer || ' ' || subject, linked_at FROM login_identities WHERE account_id IN (TABLE account)`},
	{"sessions", []string{"web_sessions"}, `SELECT id, method, browser, created_at, last_seen_at FROM web_sessions
		WHERE account_id IN (TABLE account) ORDER BY created_at`},
	{"tokens", []string{"access_tokens", "idempotency_keys"}, `SELECT id, label, created_at, expires_at, revoked_at, last_used_at
		FROM access_tokens WHERE account_id IN (TABLE account) ORDER BY created_at`},
	{"cases", []string{"cases", "case_steps"}, `SELECT id, occupation, direction, level, district, policy_version, training_body,
		evaluation_body, applicant, status, stage, outcome, registered_at, registered_on, ended_at FROM cases
		WHERE person_id IN (TABLE records) ORDER BY registered_at`},
	{"sponsors", []string{"sponsored_places", "intake_rows"}, `SELECT p.case_id, k.name AS class, e.name AS employer, p.way, p.consent_version,
		p.given_at, p.withdrawn_at FROM sponsored_places p JOIN classes k ON k.id = p.class_id JOIN employers e ON e.id = k.sponsor
		WHERE p.case_id IN (TABLE mine) ORDER BY p.given_at`},
	{"facts", []string{"case_facts"}, `SELECT case_id, applicant, reason, given_at FROM case_facts WHERE case_id IN (TABLE mine) ORDER BY given_at`},
	{"stages", []string{"case_stages"}, `SELECT case_id, stage, state, since, due_at FROM case_stages WHERE case_id IN (TABLE mine) ORDER BY case_id, since`},
	{"timeline", []string{"case_events", "inbox", "outbox"}, `SELECT case_id, seq, at, kind, stage, actor, params FROM case_events
		WHERE case_id IN (TABLE mine) ORDER BY case_id, seq`},
	{"tasks", []string{"tasks", "task_answers"}, `SELECT k.id, k.case_id, k.institution_id, k.kind, k.attempt, k.issue, k.state, k.issued_at,
		k.closed_at, k.close_reason, a.kind AS answer, a.body, a.received_at
		FROM tasks k LEFT JOIN task_answers a ON a.task_id = k.id WHERE k.case_id IN (TABLE mine) ORDER BY k.seq`},
	{"letters", []string{"dead_letters"}, `SELECT l.id, k.case_id, l.institution_id, l.kind, l.named_task, l.reason, l.received_at, l.state,
		l.applied_to, l.resolved_at, l.resolution, encode(l.body_sealed, 'base64') AS sealed
		FROM dead_letters l JOIN tasks k ON k.id = l.task_id WHERE k.case_id IN (TABLE mine) ORDER BY l.received_at`},
	{"withdrawals", []string{"withdrawals"}, `SELECT case_id, reason, requested_at FROM withdrawals WHERE case_id IN (TABLE mine)`},
	{"incidents", []string{"incidents"}, `SELECT i.id, i.case_id, i.stage, i.cause, i.params, i.opened_at, i.closed_at, i.closed_by,
		coalesce((SELECT json_agg(json_build_object('verb', r.verb, 'reason', r.reason, 'at', r.requested_at, 'outcome', r.outcome)
			ORDER BY r.requested_at) FROM resolutions r WHERE r.incident_id = i.id), '[]') AS resolutions
		FROM incidents i WHERE i.case_id IN (TABLE mine) ORDER BY i.opened_at`},
	{"handling", []string{"case_assignments", "case_notes", "case_note_strikes", "case_mentions"}, `
		SELECT n.case_id, 'note' AS kind, n.written_at AS at, n.text, n.shown_to, s.struck_at, s.reason
		FROM case_notes n LEFT JOIN case_note_strikes s ON s.note_id = n.id WHERE n.case_id IN (TABLE mine)
		UNION ALL SELECT case_id, 'assignment', assigned_at, '', NULL, NULL::timestamptz, reason FROM case_assignments WHERE case_id IN (TABLE mine)
		ORDER BY 3`},
	{"repairs", []string{"execution_repairs"}, `SELECT id, case_id, verb, reason, requested_at, state FROM execution_repairs
		WHERE case_id IN (TABLE mine) ORDER BY requested_at`},
	{"acts", []string{"acts", "approvals"}, `SELECT a.case_id, a.verb, a.params, a.reason, a.requested_at, a.state, v.legal_basis, v.state AS approval,
		v.decided_at, v.decision_reason FROM acts a LEFT JOIN approvals v ON v.id = a.approval_id
		WHERE a.case_id IN (TABLE mine) ORDER BY a.requested_at`},
	{"batches", []string{"batch_items"}, `SELECT t.case_id, b.verb, b.reason, b.legal_basis, b.requested_at, t.state, t.code, t.acted_at, t.settled_at
		FROM batch_items t JOIN batches b ON b.id = t.batch_id WHERE t.case_id IN (TABLE mine) ORDER BY b.requested_at`},
	{"reminders", []string{"reminders"}, `SELECT case_id, step, deadline, institution_id, told_at FROM reminders
		WHERE case_id IN (TABLE mine) ORDER BY told_at`},
	{"decisions", []string{"decisions"}, `SELECT case_id, kind, policy_version, as_of, inputs, outcome, body, decided_at FROM decisions
		WHERE case_id IN (TABLE mine) ORDER BY decided_at`},
	{"assessments", []string{"assessments", "mark_replacements"}, `SELECT a.case_id, a.kind, a.attempt, a.score, a.pass_mark, a.passed, a.assessed_on,
		(SELECT json_agg(json_build_object('score', m.score, 'at', m.at) ORDER BY m.at) FROM mark_replacements m WHERE m.task_id = a.task_id) AS replaced
		FROM assessments a WHERE a.case_id IN (TABLE mine) ORDER BY a.recorded_at`},
	{"courses", []string{"course_places"}, `SELECT p.id, o.institution_id, o.title, o.starts_on, o.ends_on, p.document, p.state, p.enrolled_at, p.closed_at
		FROM course_places p JOIN courses o ON o.id = p.course_id WHERE p.person_id IN (TABLE records) ORDER BY p.enrolled_at`},
	{"classes", []string{"class_members"}, `SELECT m.case_id, k.institution_id, k.name, k.starts_on, k.ends_on, m.joined_at, m.left_at,
		m.left_how, m.left_reason FROM class_members m JOIN classes k ON k.id = m.class_id WHERE m.case_id IN (TABLE mine) ORDER BY m.joined_at`},
	{"ratings", []string{"course_ratings"}, `SELECT case_id, institution_id, score, remarks, rated_at FROM course_ratings
		WHERE case_id IN (TABLE mine) ORDER BY rated_at`},
	{"class_places", []string{"class_places"}, `SELECT case_id, offer, held_at, held_until, state, ended_at, ended_how FROM class_places
		WHERE account_id IN (TABLE account) OR case_id IN (TABLE mine) ORDER BY held_at`},
	{"consents", []string{"consents"}, `SELECT kind, version, given_at, withdrawn_at FROM consents
		WHERE person_id IN (TABLE records) OR account_id IN (TABLE account) ORDER BY given_at`},
	{"drafts", []string{"registration_drafts"}, `SELECT id, step, created_at, updated_at, encode(contents_sealed, 'base64') AS sealed,
		encode(photo_sealed, 'base64') AS photo FROM registration_drafts WHERE account_id IN (TABLE account) ORDER BY created_at`},
	{"sessions_attended", []string{"session_roster", "attendance"}, `SELECT s.institution_id, s.ref, s.module, s.mode, s.opens_at, s.closes_at,
		s.voided_at, a.signed_in_at, a.signed_out_at, a.received_at, a.state, a.reason
		FROM session_roster r JOIN sessions s ON s.id = r.session_id
		LEFT JOIN attendance a ON a.session_id = r.session_id AND a.person_id = r.person_id WHERE r.person_id IN (TABLE records) ORDER BY s.opens_at`},
	{"watching", []string{"watches", "heartbeats", "challenges"}, `SELECT w.session_id, count(h.seq) AS heartbeats, min(h.received_at) AS first_at,
		max(h.received_at) AS last_at FROM watches w LEFT JOIN heartbeats h ON h.watch_id = w.id WHERE w.person_id IN (TABLE records) GROUP BY w.id`},
	{"hours", []string{"hour_entries", "hour_claims"}, `SELECT id, case_id, place_id, institution_id, session_ref, session_date, module, mode, seconds,
		during::text, reverses, reason, recorded_at FROM hour_entries WHERE person_id IN (TABLE records) ORDER BY id`},
	{"ce_hours", []string{"ce_entries", "ce_claims"}, `SELECT id, case_id, place_id, year, subject, hours, reverses, reason, taken, recorded_at
		FROM ce_entries WHERE person_id IN (TABLE records) ORDER BY id`},
	{"certificate_links", []string{"certificate_shares"}, `SELECT certificate_id, purpose, document, shared_at, expires_at, ended_at, opened
		FROM certificate_shares WHERE shared_by IN (TABLE account) ORDER BY shared_at`},
	{"certificates", []string{"certificates"}, `SELECT id, case_id, place_id, kind, issuer, number, origin, status, facts, issued_on FROM certificates
		WHERE case_id IN (TABLE mine) OR place_id IN (TABLE place) ORDER BY recorded_at`},
	{"certificate_checks", []string{"certificate_checks", "bulk_checks", "bulk_check_rows"}, `
		SELECT k.certificate_id, k.day, k.way, k.times, NULL AS institution_id, NULL AS purpose FROM certificate_checks k
		JOIN certificates c ON c.id = k.certificate_id WHERE c.case_id IN (TABLE mine) OR c.place_id IN (TABLE place)
		UNION ALL SELECT r.certificate_id, b.checked_at::date, 'bulk', 1, b.institution_id, b.purpose FROM bulk_check_rows r
		JOIN bulk_checks b ON b.id = r.bulk_check_id JOIN certificates c ON c.id = r.certificate_id
		WHERE c.case_id IN (TABLE mine) OR c.place_id IN (TABLE place)`},
	{"certificate_requests", []string{"certificate_requests"}, `SELECT r.id, r.certificate_id, r.kind, r.reason_class, r.reason, r.evidence, r.fields,
		r.requested_at, r.state, r.decided_at, r.decision_reason FROM certificate_requests r JOIN certificates c ON c.id = r.certificate_id
		WHERE c.case_id IN (TABLE mine) OR c.place_id IN (TABLE place) ORDER BY r.requested_at`},
	{"readings", []string{"audit_entries"}, `SELECT e.at, e.action, e.reason, e.after, coalesce(a.role, 'system') AS by_role FROM audit_entries e
		LEFT JOIN accounts a ON a.id::text = e.actor WHERE e.subject IN (SELECT 'person:' || id FROM records) ORDER BY e.id`},
	{"misconduct", []string{"misconduct_cases"}, `SELECT id, case_id, institution_id, part, attempt, act, occurred_on, evidence, state, statement_until,
		stated_at, review, founded, decision_reason, citation, voids, barred_until, decided_at, delivered_at, delivered_how,
		encode(account_sealed, 'base64') AS account, encode(statement_sealed, 'base64') AS statement
		FROM misconduct_cases WHERE case_id IN (TABLE mine) AND state NOT IN ('recorded', 'dropped') ORDER BY recorded_at`},
	{"identity_checks", []string{"identity_checks"}, `SELECT outcome, checked_at FROM identity_checks WHERE person_id IN (TABLE records) ORDER BY id`},
	{"person_claims", []string{"person_claims"}, `SELECT asked_at, state, decided_at FROM person_claims WHERE person_id IN (TABLE records)
		OR account_id IN (TABLE account) ORDER BY asked_at`},
	{"sittings", []string{"sitting_bookings", "door_checks"}, `SELECT b.case_id, s.institution_id, b.attempt, b.starts_at, b.ends_at, s.venue,
		b.booked_at, b.state, b.ended_at, b.ended_how, b.fee,
		(SELECT json_agg(json_build_object('outcome', d.outcome, 'ground', d.ground, 'note', d.note, 'recorded_at', d.recorded_at,
			'accepted', d.accepted, 'reason', d.reason, 'decided_at', d.decided_at) ORDER BY d.recorded_at)
			FROM door_checks d WHERE d.booking_id = b.id) AS door_checks
		FROM sitting_bookings b JOIN sittings s ON s.id = b.sitting_id WHERE b.case_id IN (TABLE mine) ORDER BY b.booked_at`},
	{"petitions", []string{"petitions", "petition_carryings"}, `SELECT id, kind, case_id, institution_id, topic, handled_by, asked_at, state, published_on,
		last_day, score_was, outcome, score, answer, answered_at, encode(text_sealed, 'base64') AS text, encode(statement_sealed, 'base64') AS statement
		FROM petitions WHERE person_id IN (TABLE records) ORDER BY asked_at`},
	{"merges", []string{"merges"}, `SELECT id, kept, merged, reverses, reason, legal_basis, evidence, requested_at, state, decided_at, decision_reason
		FROM merges WHERE kept IN (TABLE records) OR merged IN (TABLE records) ORDER BY requested_at`},
	{"deletion_requests", []string{"deletion_requests"}, `SELECT id, reason, requested_at, state, decided_at, decision, items FROM deletion_requests
		WHERE person_id IN (TABLE records) ORDER BY requested_at`},
}

// ExportSections lists the parts of an export.
func ExportSections() []ExportSection { return exportSections }

// Export reads one part of what the record keeps of a person.
func (tx *Tx) Export(s ExportSection, personID string) (json.RawMessage, error) {
	var rows string
	err := tx.db.Raw(fmt.Sprintf(exportScope, s.query), map[string]any{"person": personID}).Scan(&rows).Error
	return json.RawMessage(rows), found(err, "export "+s.Code)
}
