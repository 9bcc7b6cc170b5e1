package store

import (
	"fmt"
	"time"

	"gorm.io/gorm"
)

// Evidence is a file that an institution files for what it reports, or an operator for what they note about a case.
type Evidence struct {
	ID            string
	InstitutionID string `gorm:"default:null"` // empty: an operator filed it
	SubjectKind   string // what it is about: a task, for example
	SubjectID     string
	Kind          string
	NameSealed    []byte
	MediaType     string
	Size          int64
	SHA256        []byte `gorm:"column:sha256"`
	State         string
	Place         string // where the file is kept: PlacePostgres or PlaceS3
	Object        string // what it is called there
	KeySealed     []byte // opens the file; none before it is complete, and none once it is removed
	AskedBy       string
	AskedAt       time.Time
	ExpiresAt     time.Time // until when the file may be sent
	CompletedAt   *time.Time
	RemovedBy     *string
	RemovedAt     *time.Time
	RemovalReason string
}

// TableName is the table of evidence.
func (Evidence) TableName() string { return "evidence" }

// States of evidence.
const (
	EvidenceExpected = "expected" // promised, and not here yet
	EvidenceComplete = "complete"
	EvidenceRemoved  = "removed" // its file is gone
)

// What evidence can be about.
const (
	AboutTask       = "task"
	AboutSession    = "session"
	AboutClass      = "class"
	AboutDeadLetter = "dead_letter"
	AboutCase       = "case"     // filed by operators
	AboutPetition   = "petition" // filed by whoever asks, and by the institution that answers or is heard
	AboutClaim      = "claim"    // filed by who says that they are somebody whom another account is
	AboutDraft      = "draft"    // filed by who registers; with the registration it becomes the case's
)

// EvidenceIdentity is the kind of an image of an identity document, which is not kept for longer than it is needed.
const EvidenceIdentity = "identity_document"

// Where files are kept.
const (
	PlacePostgres = "postgres"
	PlaceS3       = "s3"
)

// InsertEvidence writes what an institution promises to send.
func (tx *Tx) InsertEvidence(e Evidence) error {
	e.State = EvidenceExpected
	err := tx.db.Create(&e).Error
	return found(err, "write evidence")
}

// Evidence reads evidence.
func (tx *Tx) Evidence(id string) (Evidence, error) {
	return byID[Evidence](tx.db, id, "read evidence")
}

// LockEvidence reads evidence, and holds it until the transaction ends.
func (tx *Tx) LockEvidence(id string) (Evidence, error) {
	return byID[Evidence](tx.held(), id, "lock evidence")
}

// CompleteEvidence notes where the file of evidence is kept, and the key that opens it.
func (tx *Tx) CompleteEvidence(id, object string, keySealed []byte, at time.Time) error {
	err := tx.db.Model(&Evidence{}).Where("id = ? AND state = ?", id, EvidenceExpected).Updates(map[string]any{
		"state": EvidenceComplete, "object": object, "key_sealed": keySealed, "completed_at": at,
	}).Error
	return found(err, "complete evidence")
}

// RemoveEvidence destroys the key of a file, without which it is nothing, and the file itself when it is kept here. One in a
// bucket stays to be swept.
func (tx *Tx) RemoveEvidence(e Evidence, by, reason string, at time.Time) error {
	gone := map[string]any{
		"state": EvidenceRemoved, "key_sealed": nil, "removed_by": by, "removed_at": at, "removal_reason": reason,
	}
	if e.Place == PlacePostgres {
		if err := tx.removeFile(e.Object); err != nil {
			return err
		}
		gone["object"] = ""
	}
	err := tx.db.Model(&Evidence{}).Where("id = ? AND state = ?", e.ID, EvidenceComplete).Updates(gone).Error
	return found(err, "remove evidence")
}

// EvidenceFilter says which evidence is listed. An empty field bounds nothing.
type EvidenceFilter struct {
	Within

	SubjectKind, SubjectID, State string
	After                         *Position
	Limit                         int
}

// FiledEvidence is evidence with whether an answer to its task rests on it.
type FiledEvidence struct {
	Evidence

	Cited bool
}

const citing = `EXISTS (SELECT 1 FROM task_answers a WHERE evidence.subject_kind = 'task' AND a.task_id = evidence.subject_id
	AND (jsonb_exists(a.body -> 'evidence', evidence.id::text) OR a.body ->> 'certificate_file' = evidence.id::text))`

// FiledEvidence lists evidence, oldest first, after a position.
func (tx *Tx) FiledEvidence(f EvidenceFilter) ([]FiledEvidence, error) {
	q := f.evidence(tx.db.Model(&Evidence{})).Select("evidence.*, " + citing + " AS cited").Order("asked_at, id").Limit(f.Limit)
	for column, value := range map[string]string{"subject_kind": f.SubjectKind, "subject_id": f.SubjectID, "state": f.State} {
		if value != "" {
			q = q.Where(column+" = ?", value)
		}
	}
	if f.After != nil {
		q = q.Where("(asked_at, id) > (?, ?)", f.After.At, f.After.ID)
	}
	var all []FiledEvidence
	err := q.Scan(&all).Error
	return all, found(err, "list evidence")
}

// evidence bounds a query of evidence: what is about a case or a task of one lies in the districts of the case, what goes with a
// petition in that of the bureau that handles it, other evidence in that of its institution.
func (w Within) evidence(q *gorm.DB) *gorm.DB {
	if w.InstitutionID != "" {
		q = q.Where("institution_id = ?", w.InstitutionID)
	}
	if w.District != "" {
		q = q.Where(`CASE subject_kind
			WHEN 'task' THEN subject_id IN (SELECT id FROM tasks WHERE case_id IN (SELECT id FROM cases WHERE `+casesInDistrict+`))
			WHEN 'case' THEN subject_id IN (SELECT id FROM cases WHERE `+casesInDistrict+`)
			WHEN 'petition' THEN subject_id IN (SELECT id FROM petitions WHERE district = ?)
			ELSE institution_id IN (SELECT id FROM institutions WHERE district = ?) END`,
			w.District, w.District, w.District, w.District, w.District, w.District)
	}
	return q
}

// IsCited reports whether an answer to a task rests on evidence.
func (tx *Tx) IsCited(evidenceID string) (bool, error) {
	var cited bool
	err := tx.db.Model(&Evidence{}).Where("id = ?", evidenceID).Select(citing).Scan(&cited).Error
	return cited, found(err, "ask whether evidence is cited")
}

// CountEvidence counts what was filed about something, and what is still expected.
func (tx *Tx) CountEvidence(subjectKind, subjectID string, at time.Time) (int64, error) {
	var n int64
	err := tx.db.Model(&Evidence{}).Where("subject_kind = ? AND subject_id = ?", subjectKind, subjectID).
		Where("state = ? OR state = ? AND expires_at > ?", EvidenceComplete, EvidenceExpected, at).Count(&n).Error
	return n, found(err, "count evidence")
}

// EraseEvidence removes the files about a person's cases and what they asked for, about the tasks of those and about answers to
// them, and expects no more of them. What names several people is about neither.
func (tx *Tx) EraseEvidence(personID, by, reason string, at time.Time) error {
	const theirs = `(subject_kind, subject_id) IN (WITH mine AS (SELECT id FROM cases WHERE person_id ` + family + `),
		theirs AS (SELECT t.id FROM tasks t JOIN mine ON mine.id = t.case_id)
		SELECT 'case', id FROM mine UNION ALL SELECT 'task', id FROM theirs
		UNION ALL SELECT 'petition', id FROM petitions WHERE person_id ` + family + `
		UNION ALL SELECT 'claim', id FROM person_claims WHERE person_id ` + family + `
		UNION ALL SELECT 'dead_letter', d.id FROM dead_letters d JOIN theirs ON theirs.id = coalesce(d.applied_to, d.task_id))`
	if err := tx.db.Delete(&Evidence{}, "state = ? AND "+theirs, EvidenceExpected, personID, personID, personID).Error; err != nil {
		return fmt.Errorf("expect no more evidence about a person: %w", err)
	}
	var all []Evidence
	err := tx.held().Order("id").
		Find(&all, "state = ? AND "+theirs, EvidenceComplete, personID, personID, personID).Error
	if err != nil {
		return fmt.Errorf("list a person's evidence: %w", err)
	}
	for _, e := range all {
		if err := tx.RemoveEvidence(e, by, reason, at); err != nil {
			return err
		}
	}
	return nil
}

// HasSubject reports whether there is something for an institution to file evidence about; for an operator, of no institution,
// a case. About somebody who was forgotten there is nothing.
func (tx *Tx) HasSubject(kind, id, institutionID string) (bool, error) {
	query, known := subjectQueries[kind]
	if !known {
		return false, nil
	}
	var there bool
	err := tx.db.Raw("SELECT EXISTS ("+query+")", id, institutionID).Scan(&there).Error
	return there, found(err, "look for what evidence is about")
}

var subjectQueries = map[string]string{
	AboutTask: `SELECT 1 FROM tasks t JOIN cases c ON c.id = t.case_id JOIN persons p ON p.id = c.person_id
		WHERE t.id = ? AND t.institution_id = ? AND p.erased_at IS NULL`,
	AboutCase: `SELECT 1 FROM cases c JOIN persons p ON p.id = c.person_id WHERE c.id = ? AND ? = '' AND p.erased_at IS NULL`,
	AboutPetition: `SELECT 1 FROM petitions q JOIN persons p ON p.id = q.person_id WHERE q.id = ? AND q.state = 'asked'
		AND ? IN ('', q.institution_id) AND p.erased_at IS NULL`,
	AboutDraft:   "SELECT 1 FROM registration_drafts WHERE id = ? AND ? = ''",
	AboutClaim:   "SELECT 1 FROM person_claims WHERE id = ? AND state = 'asked' AND ? = ''",
	AboutSession: "SELECT 1 FROM sessions WHERE id = ? AND institution_id = ?",
	AboutClass:   "SELECT 1 FROM classes WHERE id = ? AND institution_id = ?",
	AboutDeadLetter: `SELECT 1 FROM dead_letters l LEFT JOIN tasks t ON t.id = l.task_id LEFT JOIN cases c ON c.id = t.case_id
		LEFT JOIN persons p ON p.id = c.person_id WHERE l.id = ? AND l.institution_id = ? AND p.erased_at IS NULL`,
}

// EvidenceOfDraft gives a case what was filed with the draft that it was. What has not come by then is not waited for.
func (tx *Tx) EvidenceOfDraft(draftID, caseID string) error {
	err := tx.db.Model(&Evidence{}).Where("subject_kind = ? AND subject_id = ? AND state = ?", AboutDraft, draftID, EvidenceComplete).
		Updates(map[string]any{"subject_kind": AboutCase, "subject_id": caseID}).Error
	return found(err, "give a case the files of its draft")
}

// DocumentsToRemove lists images of identity documents whose petition or claim was answered or taken back before an instant, and what
// was filed with drafts that are gone.
func (tx *Tx) DocumentsToRemove(before time.Time, limit int) ([]Evidence, error) {
	var all []Evidence
	err := tx.db.Raw(`SELECT e.* FROM evidence e
		LEFT JOIN petitions p ON e.subject_kind = 'petition' AND p.id = e.subject_id AND p.state IN ('answered', 'withdrawn')
		LEFT JOIN person_claims c ON e.subject_kind = 'claim' AND c.id = e.subject_id AND c.state IN ('agreed', 'refused', 'withdrawn')
		WHERE e.state = 'complete' AND (e.kind = ? AND coalesce(p.changed_at, c.decided_at, c.asked_at) < ?
			OR e.subject_kind = 'draft' AND NOT EXISTS (SELECT 1 FROM registration_drafts d WHERE d.id = e.subject_id))
		ORDER BY e.id LIMIT ?`, EvidenceIdentity, before, limit).Scan(&all).Error
	return all, found(err, "list identity documents that are needed no more")
}

// EvidenceToSweep lists evidence that never came in time, and files of a bucket whose evidence was removed.
func (tx *Tx) EvidenceToSweep(before time.Time, limit int) ([]Evidence, error) {
	var all []Evidence
	err := tx.db.Order("expires_at, id").Limit(limit).Find(&all, "state = ? AND expires_at < ? OR state = ? AND object <> ''",
		EvidenceExpected, before, EvidenceRemoved).Error
	return all, found(err, "list evidence to sweep")
}

// SweepEvidence forgets evidence that never came, and where a file was that is gone.
func (tx *Tx) SweepEvidence(e Evidence) error {
	if err := tx.db.Delete(&Evidence{}, "id = ? AND state = ?", e.ID, EvidenceExpected).Error; err != nil {
		return fmt.Errorf("forget evidence that never came: %w", err)
	}
	err := tx.db.Model(&Evidence{}).Where("id = ? AND state = ?", e.ID, EvidenceRemoved).Update("object", "").Error
	return found(err, "forget where a file was")
}

// EvidenceByID reads evidence by its ids.
func (tx *Tx) EvidenceByID(ids []string) ([]FiledEvidence, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var all []FiledEvidence
	err := tx.db.Model(&Evidence{}).Select("evidence.*, "+citing+" AS cited").Where("id IN ?", ids).Order("asked_at, id").Scan(&all).Error
	return all, found(err, "read evidence")
}
