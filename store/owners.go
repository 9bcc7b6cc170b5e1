package store

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/dengpan/dengpan/authority"
)

// ownerQueries say whom an object belongs to, by its kind: one row of account, person, institution, employer (if the kind can
// have one) and up to two districts. A case lies in the district of the trainee's employer, and in that of its training body, which the district
// supervises (the notice: 区局对培训机构实施日常检查和监督).
var ownerQueries = map[authority.Object]string{
	authority.Deletion: `SELECT NULL AS account, p.human AS person, NULL AS institution, NULL AS first, NULL AS second
		FROM deletion_requests d JOIN persons p ON p.id = d.person_id WHERE d.id = ?`,
	authority.Case: `SELECT NULL AS account, c.human AS person, NULL AS institution, c.district AS first, t.district AS second
		FROM cases c JOIN institutions t ON t.id = c.training_body WHERE c.id = ?`,
	authority.Task: `SELECT NULL AS account, c.human AS person, k.institution_id AS institution, c.district AS first, t.district AS second
		FROM tasks k JOIN cases c ON c.id = k.case_id JOIN institutions t ON t.id = c.training_body WHERE k.id = ?`,
	authority.Incident: `SELECT NULL AS account, c.human AS person, NULL AS institution, c.district AS first, t.district AS second
		FROM incidents i LEFT JOIN cases c ON c.id = i.case_id LEFT JOIN institutions t ON t.id = c.training_body WHERE i.id = ?`,
	authority.Approval: `SELECT NULL AS account, c.human AS person, NULL AS institution, c.district AS first, t.district AS second
		FROM approvals a LEFT JOIN incidents i ON i.id = a.incident_id LEFT JOIN cases c ON c.id = coalesce(a.case_id, i.case_id)
		LEFT JOIN institutions t ON t.id = c.training_body WHERE a.id = ?`,
	authority.Session: `SELECT NULL AS account, NULL AS person, s.institution_id AS institution, t.district AS first, NULL AS second
		FROM sessions s JOIN institutions t ON t.id = s.institution_id WHERE s.id = ?`,
	authority.Correction: `SELECT NULL AS account, NULL AS person, a.institution_id AS institution, t.district AS first, NULL AS second
		FROM attendance a JOIN institutions t ON t.id = a.institution_id WHERE a.id = ? AND a.corrects IS NOT NULL`,
	authority.Class: `SELECT NULL AS account, NULL AS person, k.institution_id AS institution, t.district AS first, NULL AS second,
		k.sponsor AS employer FROM classes k JOIN institutions t ON t.id = k.institution_id WHERE k.id = ?`,
	authority.Course: `SELECT NULL AS account, NULL AS person, o.institution_id AS institution, t.district AS first, NULL AS second
		FROM courses o JOIN institutions t ON t.id = o.institution_id WHERE o.id = ?`,
	authority.Workbook: `SELECT NULL AS account, NULL AS person, institution_id AS institution, NULL AS first, NULL AS second
		FROM workbooks WHERE id = ? AND expires_at > now()`,
	// What goes with a petition is seen by whoever answers it; what its trainee filed also by the trainee, and by an institution that is heard.
	authority.Evidence: `SELECT coalesce(q.account_id, d.account_id) AS account, CASE WHEN e.institution_id IS NULL THEN h.human END AS person,
		CASE WHEN e.institution_id IS NOT NULL THEN e.institution_id
			WHEN p.handled_by = 'institution' OR p.statement_due_at IS NOT NULL THEN p.institution_id END AS institution,
		CASE WHEN p.id IS NOT NULL THEN p.district WHEN c.id IS NULL THEN i.district ELSE c.district END AS first, t.district AS second
		FROM evidence e LEFT JOIN institutions i ON i.id = e.institution_id
		LEFT JOIN petitions p ON e.subject_kind = 'petition' AND p.id = e.subject_id LEFT JOIN persons h ON h.id = p.person_id
		LEFT JOIN person_claims q ON e.subject_kind = 'claim' AND q.id = e.subject_id
		LEFT JOIN registration_drafts d ON e.subject_kind = 'draft' AND d.id = e.subject_id
		LEFT JOIN tasks k ON e.subject_kind = 'task' AND k.id = e.subject_id
		LEFT JOIN cases c ON c.id = CASE e.subject_kind WHEN 'case' THEN e.subject_id ELSE k.case_id END
		LEFT JOIN institutions t ON t.id = c.training_body WHERE e.id = ?`,
	// What was struck out is shown to no institution any more.
	authority.Note: `SELECT NULL AS account, NULL AS person, CASE WHEN s.note_id IS NULL THEN n.shown_to END AS institution,
		c.district AS first, t.district AS second FROM case_notes n LEFT JOIN case_note_strikes s ON s.note_id = n.id
		JOIN cases c ON c.id = n.case_id JOIN institutions t ON t.id = c.training_body WHERE n.id = ?`,
	authority.Mention: `SELECT account_id AS account, NULL AS person, NULL AS institution, NULL AS first, NULL AS second
		FROM case_mentions WHERE id = ?`,
	authority.WebSession: `SELECT account_id AS account, NULL AS person, NULL AS institution, NULL AS first, NULL AS second
		FROM web_sessions WHERE id = ?`,
	authority.Draft: `SELECT account_id AS account, NULL AS person, NULL AS institution, NULL AS first, NULL AS second
		FROM registration_drafts WHERE id = ?`,
	authority.View: `SELECT owner AS account, NULL AS person, NULL AS institution, NULL AS first, NULL AS second
		FROM saved_views WHERE id = ?`,
	authority.Place: `SELECT NULL AS account, p.human AS person, o.institution_id AS institution, t.district AS first, NULL AS second
		FROM course_places p JOIN courses o ON o.id = p.course_id JOIN institutions t ON t.id = o.institution_id WHERE p.id = ?`,
	authority.APIKey: `SELECT NULL AS account, NULL AS person, a.institution_id AS institution, NULL AS first, NULL AS second
		FROM access_tokens k JOIN accounts a ON a.id = k.account_id WHERE k.id = ? AND k.scopes IS NOT NULL`,
	authority.Account: `SELECT NULL AS account, NULL AS person, a.institution_id AS institution, NULL AS first, NULL AS second
		FROM accounts a WHERE a.id = ?`,
	authority.Notice: `SELECT NULL AS account, NULL AS person, CASE n.audience WHEN 'institution' THEN n.institution_id END AS institution,
		t.district AS first, NULL AS second FROM notices n LEFT JOIN institutions t ON t.id = n.institution_id WHERE n.id = ?`,
	authority.Mailbox: `SELECT NULL AS account, NULL AS person, m.institution_id AS institution, NULL AS first, NULL AS second
		FROM mailboxes m WHERE m.id = ?`,
	authority.Letter: `SELECT NULL AS account, c.human AS person, NULL AS institution, t.district AS first, c.district AS second
		FROM dead_letters l JOIN institutions t ON t.id = l.institution_id LEFT JOIN tasks k ON k.id = l.task_id
		LEFT JOIN cases c ON c.id = k.case_id WHERE l.id = ?`,
	authority.List: `SELECT NULL AS account, NULL AS person, NULL AS institution, NULL AS first, NULL AS second
		FROM list_snapshots WHERE id = ?`,
	authority.IssuerProfile: `SELECT NULL AS account, NULL AS person, institution_id AS institution, NULL AS first, NULL AS second
		FROM issuer_profiles WHERE id = ?`,
	// An institution sees an inspection once it was made; one of an evaluation body lies in no district.
	authority.Inspection:        ownersOfInspections + ` WHERE i.id = ?`,
	authority.InspectionFinding: ownersOfInspections + ` JOIN inspection_findings f ON f.inspection_id = i.id WHERE f.id = ?`,
	authority.Proposal: `SELECT NULL AS account, NULL AS person, NULL AS institution, NULL AS first, NULL AS second
		FROM suspension_proposals WHERE id = ?`,
	authority.Certificate: ownersOfCertificates + ` WHERE k.id = ?`,
	authority.Invitation: `SELECT NULL AS account, NULL AS person, i.institution_id AS institution, NULL AS first, NULL AS second
		FROM invitations i WHERE i.id = ?`,
	authority.Endpoint: `SELECT NULL AS account, NULL AS person, e.institution_id AS institution, t.district AS first, NULL AS second
		FROM endpoints e JOIN institutions t ON t.id = e.institution_id WHERE e.id = ?`,
	authority.Delivery: `SELECT NULL AS account, NULL AS person, o.institution_id AS institution, t.district AS first, NULL AS second
		FROM outbox o JOIN institutions t ON t.id = o.institution_id WHERE o.id = ?`,
	authority.Print: `SELECT NULL AS account, NULL AS person, institution_id AS institution, NULL AS first, NULL AS second
		FROM certificate_prints WHERE id = ? AND expires_at > now()`,
	authority.CertificateRequest: ownersOfCertificates + ` JOIN certificate_requests r ON r.certificate_id = k.id WHERE r.id = ?`,
	authority.Revocation: `SELECT NULL AS account, NULL AS person, institution_id AS institution, NULL AS first, NULL AS second
		FROM certificate_revocations WHERE id = ?`,
	authority.Batch: `SELECT NULL AS account, NULL AS person, NULL AS institution, district AS first, NULL AS second
		FROM batches WHERE id = ?`,
	authority.Sitting: `SELECT NULL AS account, NULL AS person, s.institution_id AS institution, t.district AS first, NULL AS second
		FROM sittings s JOIN institutions t ON t.id = s.institution_id WHERE s.id = ?`,
	authority.Booking: `SELECT NULL AS account, c.human AS person, s.institution_id AS institution, NULL AS first, NULL AS second
		FROM sitting_bookings b JOIN sittings s ON s.id = b.sitting_id JOIN cases c ON c.id = b.case_id WHERE b.id = ?`,
	authority.DoorCheck: `SELECT NULL AS account, c.human AS person, d.institution_id AS institution, NULL AS first, NULL AS second
		FROM door_checks d JOIN cases c ON c.id = d.case_id WHERE d.id = ?`,
	// What is not confirmed is nobody's whom it would concern: a trainee never hears of it.
	authority.Misconduct: `SELECT NULL AS account, CASE WHEN m.state IN ('recorded', 'dropped') THEN NULL ELSE c.human END AS person,
		m.institution_id AS institution, c.district AS first, t.district AS second
		FROM misconduct_cases m JOIN cases c ON c.id = m.case_id JOIN institutions t ON t.id = c.training_body WHERE m.id = ?`,
	// An institution hears of what others answer once it is asked for a statement.
	authority.Petition: `SELECT NULL AS account, h.human AS person,
		CASE WHEN p.handled_by = 'institution' OR p.statement_due_at IS NOT NULL THEN p.institution_id END AS institution,
		p.district AS first, NULL AS second
		FROM petitions p JOIN persons h ON h.id = p.person_id WHERE p.id = ?`,
	authority.PersonClaim: `SELECT account_id AS account, NULL AS person, NULL AS institution, NULL AS first, NULL AS second
		FROM person_claims WHERE id = ?`,
	authority.Merge: `SELECT NULL AS account, NULL AS person, NULL AS institution, NULL AS first, NULL AS second
		FROM merges WHERE id = ?`,
	authority.EmployerRecord: `SELECT NULL AS account, NULL AS person, NULL AS institution, district AS first, NULL AS second,
		id AS employer FROM employers WHERE id = ?`,
	// An intake is whose workbook it was: the sponsor sees nothing of what the training body sent, nor the other way round.
	authority.Intake: `SELECT NULL AS account, NULL AS person, n.institution_id AS institution, t.district AS first, e.district AS second,
		n.employer_id AS employer FROM intakes n JOIN classes k ON k.id = n.class_id JOIN institutions t ON t.id = k.institution_id
		LEFT JOIN employers e ON e.id = n.employer_id WHERE n.id = ?`,
	authority.AllowedHost: `SELECT NULL AS account, NULL AS person, NULL AS institution, NULL AS first, NULL AS second
		FROM allowed_hosts WHERE id = ?`,
}

const ownersOfInspections = `SELECT NULL AS account, NULL AS person, CASE WHEN i.visited_on IS NOT NULL THEN i.institution_id END AS institution,
	CASE i.role WHEN 'training' THEN t.district END AS first, NULL AS second
	FROM inspections i JOIN institutions t ON t.id = i.institution_id`

// ownersOfCertificates: a certificate is its holder's and its issuer's, and lies in the districts of its case, or of the base
// whose course it is of.
const ownersOfCertificates = `SELECT NULL AS account, coalesce(c.human, p.human) AS person, k.issuer AS institution,
	CASE WHEN c.id IS NULL THEN i.district ELSE c.district END AS first, t.district AS second
	FROM certificates k JOIN institutions i ON i.id = k.issuer LEFT JOIN cases c ON c.id = k.case_id
	LEFT JOIN institutions t ON t.id = c.training_body LEFT JOIN course_places p ON p.id = k.place_id`

// Owners looks up whom an object belongs to; ErrNotFound when it is not there.
func (tx *Tx) Owners(kind authority.Object, id string) (authority.Owners, error) {
	query, known := ownerQueries[kind]
	if !known {
		return authority.Owners{}, fmt.Errorf("look up an owner: no kind of object is called %q", kind)
	}
	var row struct{ Account, Person, Institution, Employer, First, Second *string }
	res := tx.db.Raw(query, id).Scan(&row)
	if res.Error == nil && res.RowsAffected == 0 {
		res.Error = gorm.ErrRecordNotFound
	}
	if res.Error != nil {
		return authority.Owners{}, found(res.Error, "look up an owner")
	}
	owners := authority.Owners{
		Account: text(row.Account), Person: text(row.Person), Institution: text(row.Institution), Employer: text(row.Employer),
	}
	for _, district := range []*string{row.First, row.Second} {
		if district != nil {
			owners.Districts = append(owners.Districts, *district)
		}
	}
	return owners, nil
}

// text is a text that may be missing; empty then.
func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// Within bounds a list to what its reader's scope reaches. An empty field bounds nothing.
type Within struct {
	InstitutionID string
	District      string
}

// inDistrict is the condition that what a table has lies in a district, which is asked for twice: it has a district, and a
// training body. The district's bodies come as an array, so that each half of the condition finds its rows by an index.
func inDistrict(table string) string { return inDistrictBy(table, "training_body") }

func inDistrictBy(table, body string) string {
	return "(" + table + ".district = ? OR " + table + "." + body + " = ANY (ARRAY(SELECT id FROM institutions WHERE district = ?)))"
}

var (
	casesInDistrict        = inDistrict("cases")
	certificatesInDistrict = inDistrictBy("certificates", "trained_by")
)

// cases bounds a query of cases.
func (w Within) cases(q *gorm.DB) *gorm.DB {
	if w.District != "" {
		q = q.Where(casesInDistrict, w.District, w.District)
	}
	return q
}

// ofCases bounds a query of what belongs to a case, and perhaps to an institution.
func (w Within) ofCases(q *gorm.DB) *gorm.DB {
	if w.InstitutionID != "" {
		q = q.Where("institution_id = ?", w.InstitutionID)
	}
	if w.District != "" {
		q = q.Where("case_id IN (SELECT id FROM cases WHERE "+casesInDistrict+")", w.District, w.District)
	}
	return q
}

// located bounds a query of a table whose rows carry where their cases lie.
func (w Within) located(q *gorm.DB, table string) *gorm.DB {
	if w.District != "" {
		q = q.Where(inDistrict(table), w.District, w.District)
	}
	return Within{InstitutionID: w.InstitutionID}.ofCases(q)
}

// ofInstitutions bounds a query of what belongs to an institution.
func (w Within) ofInstitutions(q *gorm.DB) *gorm.DB {
	if w.InstitutionID != "" {
		q = q.Where("institution_id = ?", w.InstitutionID)
	}
	if w.District != "" {
		q = q.Where("institution_id IN (SELECT id FROM institutions WHERE district = ?)", w.District)
	}
	return q
}

// ofLetters bounds a query of letters: they lie in the district of who sent them, and in that of their case.
func (w Within) ofLetters(q *gorm.DB) *gorm.DB {
	if w.InstitutionID != "" {
		q = q.Where("institution_id = ?", w.InstitutionID)
	}
	if w.District != "" {
		q = q.Where(`(institution_id IN (SELECT id FROM institutions WHERE district = ?)
			OR task_id IN (SELECT k.id FROM tasks k JOIN cases c ON c.id = k.case_id WHERE c.district = ?))`, w.District, w.District)
	}
	return q
}
