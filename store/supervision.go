package store

import (
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/filter"
)

// Inspection is one of an institution in one of its roles (日常检查).
type Inspection struct {
	ID            string
	InstitutionID string
	Role          string
	District      *string // whose it is; nil: the city bureau's
	Scope         string  // what is looked at
	PlannedOn     calendar.Date
	PlannedBy     string
	PlannedAt     time.Time
	State         string
	VisitedOn     *calendar.Date
	Report        string
	Notice        string // what the city bureau published of it
	PublishedAt   *time.Time
}

// States of an inspection.
const (
	InspectionPlanned   = "planned"
	InspectionVisited   = "visited" // what was found is not all put right
	InspectionClosed    = "closed"
	InspectionCancelled = "cancelled"
)

// Finding is what an inspection found, and by when it is to be put right.
type Finding struct {
	ID           string
	InspectionID string
	Number       int
	Severity     string
	What         string
	Citation     string
	Evidence     string
	DueOn        calendar.Date
	State        string
}

// TableName is the table of findings.
func (Finding) TableName() string { return "inspection_findings" }

// States of a finding.
const (
	FindingOpen      = "open"
	FindingAnswered  = "answered" // the institution says that it is put right
	FindingAccepted  = "accepted" // and so it is
	FindingEscalated = "escalated"
)

// InspectionEntry is a line of what happened to an inspection.
type InspectionEntry struct {
	ID           int64 `gorm:"->"`
	InspectionID string
	FindingID    *string
	At           time.Time
	Kind         string
	Actor        string // operator, institution, system
	AccountID    *string
	Words        string
	Evidence     string
	DueOn        *calendar.Date
}

// SuspensionProposal asks the city bureau to suspend an institution.
type SuspensionProposal struct {
	ID             string
	InstitutionID  string
	FindingID      string
	Reason         string
	LegalBasis     string
	ProposedBy     string
	ProposedAt     time.Time
	State          string
	DecidedBy      *string
	DecidedAt      *time.Time
	DecisionReason string
}

// States of a proposal.
const (
	ProposalOpen     = "open"
	ProposalApproved = "approved"
	ProposalRejected = "rejected"
)

// ProposalOneOpen is the constraint that an institution has one open proposal at a time.
const ProposalOneOpen = "suspension_proposals_one_open"

// InsertInspection writes a planned inspection.
func (tx *Tx) InsertInspection(i Inspection) error {
	return found(tx.db.Create(&i).Error, "write an inspection")
}

// Inspection reads an inspection.
func (tx *Tx) Inspection(id string) (Inspection, error) {
	return byID[Inspection](tx.db, id, "read an inspection")
}

// LockInspection reads an inspection, and keeps others from changing it or its findings until the transaction ends.
func (tx *Tx) LockInspection(id string) (Inspection, error) {
	return byID[Inspection](tx.held(), id, "lock an inspection")
}

// SaveInspection writes what became of an inspection.
func (tx *Tx) SaveInspection(i Inspection) error {
	err := tx.db.Model(&Inspection{}).Where("id = ?", i.ID).
		Select("state", "visited_on", "report", "notice", "published_at").Updates(i).Error
	return found(err, "write what became of an inspection")
}

// InsertFindings writes what an inspection found.
func (tx *Tx) InsertFindings(findings []Finding) error {
	if len(findings) == 0 {
		return nil
	}
	return found(tx.db.Create(&findings).Error, "write what an inspection found")
}

// Finding reads a finding.
func (tx *Tx) Finding(id string) (Finding, error) {
	return byID[Finding](tx.db, id, "read a finding")
}

// SaveFinding writes how a finding stands, and by when it is to be put right.
func (tx *Tx) SaveFinding(f Finding) error {
	err := tx.db.Model(&Finding{}).Where("id = ?", f.ID).Select("state", "due_on").Updates(f).Error
	return found(err, "write how a finding stands")
}

// FindingsOf reads what inspections found, in the order in which it was written.
func (tx *Tx) FindingsOf(inspectionIDs ...string) ([]Finding, error) {
	var all []Finding
	if len(inspectionIDs) == 0 {
		return all, nil
	}
	err := tx.db.Order("inspection_id, number").Find(&all, "inspection_id IN ?", inspectionIDs).Error
	return all, found(err, "read what inspections found")
}

// FindingsDueBy reads the findings that wait for the institution, and are due on a day or before it.
func (tx *Tx) FindingsDueBy(day calendar.Date) ([]Finding, error) {
	var all []Finding
	err := tx.db.Order("due_on, id").Find(&all, "due_on <= ? AND state IN ?", day, []string{FindingOpen, FindingEscalated}).Error
	return all, found(err, "read the findings that are due")
}

// PlannedBefore reads the inspections that should have been made before a day.
func (tx *Tx) PlannedBefore(day calendar.Date) ([]Inspection, error) {
	var all []Inspection
	err := tx.db.Order("planned_on, id").Find(&all, "planned_on < ? AND state = ?", day, InspectionPlanned).Error
	return all, found(err, "read the inspections that were missed")
}

// NoteInspection adds a line to what happened to an inspection. That a finding is overdue is noted once a deadline.
func (tx *Tx) NoteInspection(e InspectionEntry) error {
	q := tx.db
	if e.Kind == "overdue" {
		q = q.Clauses(clause.OnConflict{DoNothing: true})
	}
	return found(q.Create(&e).Error, "note what happened to an inspection")
}

// EntriesOf reads what happened to an inspection, the first first.
func (tx *Tx) EntriesOf(inspectionID string) ([]InspectionEntry, error) {
	var all []InspectionEntry
	err := tx.db.Order("id").Find(&all, "inspection_id = ?", inspectionID).Error
	return all, found(err, "read what happened to an inspection")
}

// InspectionFilter picks inspections; an empty field picks all.
type InspectionFilter struct {
	Within

	States   []string
	Role     string
	Overdue  *calendar.Date // with a finding that was due before this day and waits for the institution
	Trainers bool           // of training bodies only: what a district supervises
	Made     bool           // only those that were made: what an institution sees
	Where    filter.Expr    // bound, by [InspectionFields]
	Numbered Numbered
	Limit    int
}

var inspectionOrders = map[string]string{
	"": "planned_on DESC, id", "planned_on": "planned_on, id", "-planned_on": "planned_on DESC, id",
}

func (f InspectionFilter) pick(q *gorm.DB) *gorm.DB {
	q = inspectionSearch.pick(f.ofInstitutions(q), f.Where)
	if len(f.States) > 0 {
		q = q.Where("state IN ?", f.States)
	}
	if f.Role != "" {
		q = q.Where("role = ?", f.Role)
	}
	if f.Made {
		q = q.Where("visited_on IS NOT NULL")
	}
	if f.Trainers {
		q = q.Where("role = 'training'")
	}
	if f.Overdue != nil {
		q = q.Where("EXISTS (SELECT 1 FROM inspection_findings f WHERE f.inspection_id = inspections.id AND f.state IN ? AND f.due_on < ?)",
			[]string{FindingOpen, FindingEscalated}, *f.Overdue)
	}
	return q
}

func (f InspectionFilter) picked(q *gorm.DB) *gorm.DB {
	return f.Numbered.of(f.pick(q.Model(&Inspection{})), inspectionOrders, f.Limit)
}

// Inspections reads a page of inspections, and how many there are.
func (tx *Tx) Inspections(f InspectionFilter) ([]Inspection, int64, error) {
	var n int64
	if err := f.pick(tx.db.Model(&Inspection{})).Count(&n).Error; err != nil {
		return nil, 0, fmt.Errorf("count inspections: %w", err)
	}
	var all []Inspection
	err := f.picked(tx.db).Find(&all).Error
	return all, n, found(err, "list inspections")
}

// PublishedNotices reads what the city bureau published of the inspections of an institution, the latest first.
func (tx *Tx) PublishedNotices(institutionID string) ([]Inspection, error) {
	var all []Inspection
	err := tx.db.Order("published_at DESC, id").Find(&all, "institution_id = ? AND published_at IS NOT NULL", institutionID).Error
	return all, found(err, "read what was published of inspections")
}

// InsertProposal writes a proposal to suspend an institution, which has none that is open.
func (tx *Tx) InsertProposal(p SuspensionProposal) error {
	p.State = ProposalOpen
	return found(tx.db.Create(&p).Error, "write a proposal to suspend")
}

// LockProposal reads a proposal and locks it.
func (tx *Tx) LockProposal(id string) (SuspensionProposal, error) {
	return byID[SuspensionProposal](tx.db.Clauses(clause.Locking{Strength: "UPDATE"}), id, "lock a proposal to suspend")
}

// SettleProposal writes what was decided on a proposal.
func (tx *Tx) SettleProposal(p SuspensionProposal) error {
	err := tx.db.Model(&SuspensionProposal{}).Where("id = ? AND state = ?", p.ID, ProposalOpen).
		Select("state", "decided_by", "decided_at", "decision_reason").Updates(p).Error
	return found(err, "decide on a proposal to suspend")
}

// ProposedSuspension is a proposal with the inspection that it comes from.
type ProposedSuspension struct {
	SuspensionProposal

	InspectionID string
}

func (tx *Tx) proposals() *gorm.DB {
	return tx.db.Table("suspension_proposals p").Select("p.*, f.inspection_id").
		Joins("JOIN inspection_findings f ON f.id = p.finding_id JOIN inspections i ON i.id = f.inspection_id").
		Order("p.proposed_at DESC, p.id")
}

// ProposalByID reads a proposal.
func (tx *Tx) ProposalByID(id string) (ProposedSuspension, error) {
	var p ProposedSuspension
	err := tx.proposals().Where("p.id = ?", id).Take(&p).Error
	return p, found(err, "read a proposal to suspend")
}

// ProposalsOf reads the proposals that came from an inspection, the newest first.
func (tx *Tx) ProposalsOf(inspectionID string) ([]ProposedSuspension, error) {
	var all []ProposedSuspension
	err := tx.proposals().Where("f.inspection_id = ?", inspectionID).Scan(&all).Error
	return all, found(err, "read an inspection's proposals to suspend")
}

// Proposals reads the proposals to suspend within a reader's reach, the newest first: all, or those that are open.
func (tx *Tx) Proposals(within Within, open bool) ([]ProposedSuspension, error) {
	const most = 200
	q := tx.proposals().Limit(most)
	if within.District != "" {
		q = q.Where("i.role = 'training' AND p.institution_id IN (SELECT id FROM institutions WHERE district = ?)", within.District)
	}
	if open {
		q = q.Where("p.state = ?", ProposalOpen)
	}
	var all []ProposedSuspension
	err := q.Scan(&all).Error
	return all, found(err, "list proposals to suspend")
}
