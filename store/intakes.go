package store

import (
	"context"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/dengpan/dengpan/filter"
)

// Intake is a workbook of people who are to be registered for a class.
type Intake struct {
	ID              string
	ClassID         string
	EmployerID      *string // whose workbook it is: an employer's, or a training body's
	InstitutionID   *string
	Digest          []byte
	Rows            int
	State           string
	Mode            *string
	Abreast         *int    // how many of its cases may be at their registration at once
	ConsentsVersion *string // of the declaration that the consents of all were collected
	UploadedBy      string
	UploadedAt      time.Time
	StartedBy       *string
	StartedAt       *time.Time
	EndedAt         *time.Time
	ForgottenAt     *time.Time // since when what its rows said is gone
	WakeWantedAt    *time.Time
}

// States of an intake. How its rows are registered, each good one or all or none, are [ModeRows] and [ModeWhole].
const (
	IntakeChecked = "checked"
	IntakeRunning = "running"
	IntakePaused  = "paused"
	IntakeDone    = "done"
	IntakeStopped = "stopped"
)

// Ended reports whether an intake is over.
func (i Intake) Ended() bool { return i.EndedAt != nil }

// IntakeRow is one row of an intake: codes, and sealed what stands in it.
type IntakeRow struct {
	IntakeID      string `gorm:"primaryKey"`
	Number        int    `gorm:"primaryKey"` // as the sheet counts
	ContentSealed []byte // see [IntakeRowSeal]; nil once it is forgotten
	PersonKey     []byte // keyed, of the document that it names
	State         string
	Faults        []RowFault `gorm:"serializer:json"`
	CaseID        *string
	SettledAt     *time.Time
}

// What becomes of a row of an intake, beside [RowReady] and [RowRefused].
const (
	RowRegistered = "registered"
	RowAlready    = "already" // the person has that case
)

// InsertIntake writes an intake with its rows, unless the same file was sent for the class by the same before.
func (tx *Tx) InsertIntake(i Intake, rows []IntakeRow) (fresh bool, err error) {
	const atOnce = 500
	res := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&i)
	if res.Error != nil || res.RowsAffected == 0 {
		return false, found(res.Error, "write an intake")
	}
	return true, found(tx.db.CreateInBatches(rows, atOnce).Error, "write the rows of an intake")
}

// IntakeOfFile reads the intake that a file is for a class, by whoever sent it.
func (tx *Tx) IntakeOfFile(like Intake) (Intake, error) {
	var i Intake
	err := tx.db.Take(&i, "class_id = ? AND employer_id IS NOT DISTINCT FROM ?::uuid AND institution_id IS NOT DISTINCT FROM ?::text AND digest = ?",
		like.ClassID, like.EmployerID, like.InstitutionID, like.Digest).Error
	return i, found(err, "look up an intake")
}

// Intake reads an intake.
func (tx *Tx) Intake(id string) (Intake, error) {
	return byID[Intake](tx.db, id, "read an intake")
}

// LockIntake reads an intake, and keeps others from it until the transaction ends.
func (tx *Tx) LockIntake(id string) (Intake, error) {
	return byID[Intake](tx.db.Clauses(clause.Locking{Strength: "UPDATE"}), id, "lock an intake")
}

// SaveIntake writes how an intake stands.
func (tx *Tx) SaveIntake(i Intake) error {
	err := tx.db.Model(&Intake{}).Where("id = ?", i.ID).
		Select("state", "mode", "abreast", "consents_version", "started_by", "started_at", "ended_at", "wake_wanted_at").Updates(i).Error
	return found(err, "write how an intake stands")
}

// ReadyRows reads the next rows of an intake that are to be registered.
func (tx *Tx) ReadyRows(id string, limit int) ([]IntakeRow, error) {
	var rows []IntakeRow
	err := tx.db.Order("number").Limit(limit).Find(&rows, "intake_id = ? AND state = ?", id, RowReady).Error
	return rows, found(err, "read the next rows of an intake")
}

// SettleIntakeRow writes what became of a row.
func (tx *Tx) SettleIntakeRow(r IntakeRow) error {
	err := tx.db.Model(&IntakeRow{}).Where("intake_id = ? AND number = ?", r.IntakeID, r.Number).
		Select("state", "faults", "case_id", "settled_at").Updates(r).Error
	return found(err, "write what became of a row of an intake")
}

// AtRegistration counts the cases of an intake whose registration is not over.
func (tx *Tx) AtRegistration(id string) (int, error) {
	var n int
	err := tx.db.Raw(`SELECT count(*) FROM intake_rows r JOIN case_stages s ON s.case_id = r.case_id AND s.stage = 'registration'
		AND s.state NOT IN ('done', 'failed', 'skipped') WHERE r.intake_id = ? AND r.state = ?`, id, RowRegistered).Scan(&n).Error
	return n, found(err, "count the cases of an intake that are at their registration")
}

// IntakeRows reads rows of an intake in their order: all, or those in a state, from one on; total is how many there are.
func (tx *Tx) IntakeRows(id, state string, from, limit int) (rows []IntakeRow, total int64, err error) {
	q := tx.db.Model(&IntakeRow{}).Where("intake_id = ?", id)
	if state != "" {
		q = q.Where("state = ?", state)
	}
	q = q.Session(&gorm.Session{})
	if err := q.Count(&total).Error; err != nil {
		return nil, 0, found(err, "count the rows of an intake")
	}
	err = q.Order("number").Offset(from).Limit(limit).Find(&rows).Error
	return rows, total, found(err, "read the rows of an intake")
}

// IntakeSums counts the rows of intakes by what became of them.
func (tx *Tx) IntakeSums(ids []string) (map[string]map[string]int, error) {
	var rows []struct {
		IntakeID, State string
		N               int
	}
	if len(ids) > 0 {
		err := tx.db.Raw("SELECT intake_id, state, count(*) AS n FROM intake_rows WHERE intake_id IN ? GROUP BY 1, 2", ids).Scan(&rows).Error
		if err != nil {
			return nil, found(err, "count the rows of intakes")
		}
	}
	sums := make(map[string]map[string]int, len(ids))
	for _, row := range rows {
		if sums[row.IntakeID] == nil {
			sums[row.IntakeID] = map[string]int{}
		}
		sums[row.IntakeID][row.State] = row.N
	}
	return sums, nil
}

// IntakeFilter picks intakes; an empty field picks all. Limit is the most that are read.
type IntakeFilter struct {
	Within

	EmployerID string
	ClassID    string
	State      string
	Where      filter.Expr // bound, by [IntakeFields]
	Numbered   Numbered
	Limit      int
}

var intakeOrders = map[string]string{
	"": "uploaded_at DESC, id", "uploaded_at": "uploaded_at, id", "-uploaded_at": "uploaded_at DESC, id",
}

func (f IntakeFilter) pick(q *gorm.DB) *gorm.DB {
	q = intakeSearch.pick(q, f.Where)
	if f.InstitutionID != "" {
		q = q.Where("institution_id = ?", f.InstitutionID)
	}
	if f.District != "" {
		q = q.Where(`(employer_id IN (SELECT id FROM employers WHERE district = ?) OR class_id IN
			(SELECT k.id FROM classes k JOIN institutions t ON t.id = k.institution_id WHERE t.district = ?))`, f.District, f.District)
	}
	for column, value := range map[string]string{"employer_id": f.EmployerID, "class_id": f.ClassID, "state": f.State} {
		if value != "" {
			q = q.Where(column+" = ?", value)
		}
	}
	return q
}

func (f IntakeFilter) picked(q *gorm.DB) *gorm.DB {
	return f.Numbered.of(f.pick(q.Model(&Intake{})), intakeOrders, f.Limit)
}

// CountIntakes counts the intakes that a filter picks.
func (tx *Tx) CountIntakes(f IntakeFilter) (int64, error) {
	var n int64
	err := f.pick(tx.db.Model(&Intake{})).Count(&n).Error
	return n, found(err, "count intakes")
}

// Intakes reads intakes, the latest first unless another order is asked for.
func (tx *Tx) Intakes(f IntakeFilter) ([]Intake, error) {
	var all []Intake
	return all, found(f.picked(tx.db).Find(&all).Error, "list intakes")
}

// IntakesToWake reads the intakes whose workflows are to be told of a change.
func (tx *Tx) IntakesToWake() ([]Intake, error) {
	var wanted []Intake
	err := tx.db.Select("id", "wake_wanted_at").Find(&wanted, "wake_wanted_at IS NOT NULL").Error
	return wanted, found(err, "look for changed intakes")
}

// MarkIntakeWoken notes that an intake's workflow was told of a change, unless there was another since.
func (tx *Tx) MarkIntakeWoken(i Intake) error {
	err := tx.db.Model(&Intake{}).Where("id = ? AND wake_wanted_at = ?", i.ID, i.WakeWantedAt).Update("wake_wanted_at", nil).Error
	return found(err, "mark a changed intake")
}

// ForgetIntakes forgets what the rows of intakes said that were sent before an instant and do not go on, and says of how many.
func (s *Store) ForgetIntakes(ctx context.Context, before, now time.Time) (forgotten int64, err error) {
	err = s.Tx(ctx, func(tx *Tx) error {
		var ids []string
		err := tx.db.Raw(`UPDATE intakes SET forgotten_at = ? WHERE id IN (SELECT id FROM intakes WHERE forgotten_at IS NULL AND uploaded_at < ?
			AND state NOT IN (?, ?) ORDER BY uploaded_at LIMIT 100 FOR UPDATE SKIP LOCKED) RETURNING id`,
			now, before, IntakeRunning, IntakePaused).Scan(&ids).Error
		if err != nil || len(ids) == 0 {
			return found(err, "forget intakes")
		}
		forgotten = int64(len(ids))
		err = tx.db.Exec("UPDATE intake_rows SET content_sealed = NULL, person_key = NULL WHERE intake_id IN ?", ids).Error
		return found(err, "forget the rows of intakes")
	})
	return forgotten, err
}

// EraseIntakeRows erases what intakes said of a person who was registered by them, or was registered already.
func (tx *Tx) EraseIntakeRows(personID string) error {
	err := tx.db.Exec(`UPDATE intake_rows SET content_sealed = NULL, person_key = NULL
		WHERE case_id IN (SELECT id FROM cases WHERE person_id `+family+")", personID).Error
	return found(err, "erase what intakes said of a person")
}

// LiveCase reads the case that keeps a person from another for the same; ErrNotFound when none does.
func (tx *Tx) LiveCase(human, occupation, direction, level string) (Case, error) {
	var c Case
	err := tx.db.Order("registered_at DESC").Take(&c, `human = ? AND occupation = ? AND direction = ? AND level = ?
		AND (outcome IS NULL OR outcome IN ('trained', 'certified', 'mapped'))`, human, occupation, direction, level).Error
	return c, found(err, "look up a person's case")
}
