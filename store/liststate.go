package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/listing"
	"github.com/dengpan/dengpan/notification"
	"github.com/dengpan/dengpan/progress"
)

// ListState reads the lists as they hold on a day, and all institutions that are known.
func (tx *Tx) ListState(on calendar.Date) (listing.State, error) {
	state := listing.State{Listings: []listing.Listing{}, Bases: []listing.Base{}}
	var institutions []Institution
	if err := tx.db.Order("id").Find(&institutions).Error; err != nil {
		return state, fmt.Errorf("read the institutions: %w", err)
	}
	var names []InstitutionName
	if err := tx.db.Order("id").Find(&names).Error; err != nil {
		return state, fmt.Errorf("read the institutions' names: %w", err)
	}
	byID := map[string]int{}
	for i, row := range institutions {
		state.Institutions = append(state.Institutions, listing.Institution{ID: row.ID, Name: row.Name})
		byID[row.ID] = i
	}
	for _, n := range names {
		of := &state.Institutions[byID[n.InstitutionID]]
		switch {
		case n.Kind == LegalName && n.Name != of.Name:
			of.Former = append(of.Former, n.Name)
		case n.Kind == AliasName && (n.ValidTo == nil || n.ValidTo.After(on)):
			of.Aliases = append(of.Aliases, n.Name)
		}
	}
	err := tx.db.Model(&InstitutionRole{}).Select("institution_id, occupation, role, level").
		Where("valid_from <= ? AND (valid_to IS NULL OR valid_to > ?)", on, on).Order("id").Scan(&state.Listings).Error
	if err != nil {
		return state, fmt.Errorf("read the published list: %w", err)
	}
	bases, err := tx.CEBases(on)
	for _, b := range bases {
		base := listing.Base{
			Name: b.Name, Number: b.Number, National: b.National, Municipal: b.Municipal, Note: b.Note, MayIssue: b.MayIssue,
		}
		if b.InstitutionID != nil {
			base.InstitutionID = *b.InstitutionID
		}
		state.Bases = append(state.Bases, base)
	}
	return state, err
}

// WriteList puts a list in force: from its first day on, its rows hold and no others of its annexes. Its names are resolved,
// and the difference is what it changes.
func (tx *Tx) WriteList(list listing.Snapshot, resolved listing.Resolution, d listing.Difference) error {
	if err := tx.writeNames(list.ValidFrom, d); err != nil {
		return err
	}
	if len(resolved.Listings) > 0 {
		if err := tx.endListings(&InstitutionRole{}, list.ValidFrom); err != nil {
			return err
		}
		rows := rolesOf(list, resolved.Listings)
		if err := tx.db.Create(&rows).Error; err != nil {
			return fmt.Errorf("write the roles of a list: %w", err)
		}
	}
	if len(resolved.Bases) > 0 {
		if err := tx.endListings(&CEBase{}, list.ValidFrom); err != nil {
			return err
		}
		rows := basesOf(list, resolved.Bases)
		if err := tx.db.Create(&rows).Error; err != nil {
			return fmt.Errorf("write the CE bases of a list: %w", err)
		}
	}
	return nil
}

// endListings ends on a day what would hold beyond it.
func (tx *Tx) endListings(of any, on calendar.Date) error {
	err := tx.db.Model(of).Where("valid_from < ? AND (valid_to IS NULL OR valid_to > ?)", on, on).Update("valid_to", on).Error
	return found(err, "end the listings of the list before")
}

func (tx *Tx) writeNames(from calendar.Date, d listing.Difference) error {
	var institutions []Institution
	var names []InstitutionName
	for _, i := range d.New {
		institutions = append(institutions, Institution{ID: i.ID, Name: i.Name, Status: InstitutionActive})
		names = append(names, InstitutionName{InstitutionID: i.ID, Name: i.Name, Kind: LegalName, ValidFrom: from})
	}
	for _, r := range d.Renamed {
		err := tx.db.Model(&InstitutionName{}).Where("institution_id = ? AND valid_to IS NULL AND (kind = ? OR name = ?)", r.InstitutionID, LegalName, r.To).
			Update("valid_to", from).Error
		if err == nil {
			err = tx.db.Model(&Institution{}).Where("id = ?", r.InstitutionID).Update("name", r.To).Error
		}
		if err != nil {
			return fmt.Errorf("rename institution %s: %w", r.InstitutionID, err)
		}
		names = append(names, InstitutionName{InstitutionID: r.InstitutionID, Name: r.To, Kind: LegalName, ValidFrom: from})
	}
	for _, a := range d.Aliased {
		names = append(names, InstitutionName{InstitutionID: a.InstitutionID, Name: a.Alias, Kind: AliasName, ValidFrom: from})
	}
	if len(institutions) > 0 {
		if err := tx.db.Create(&institutions).Error; err != nil {
			return fmt.Errorf("write new institutions: %w", err)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return found(tx.db.Create(&names).Error, "write names of institutions")
}

// InstitutionNameOn is the legal name that an institution has on a day.
func (tx *Tx) InstitutionNameOn(id string, on calendar.Date) (string, error) {
	var n InstitutionName
	err := tx.db.Take(&n, "institution_id = ? AND kind = ? AND valid_from <= ? AND (valid_to IS NULL OR valid_to > ?)", id, LegalName, on, on).Error
	if errors.Is(err, gorm.ErrRecordNotFound) { // of a day before it was known
		i, err := tx.Institution(id)
		return i.Name, err
	}
	return n.Name, found(err, "read an institution's name")
}

// NamesOf reads the names of an institution over time, the first first.
func (tx *Tx) NamesOf(id string) ([]InstitutionName, error) {
	var names []InstitutionName
	err := tx.db.Order("valid_from, kind DESC, id").Find(&names, "institution_id = ?", id).Error
	return names, found(err, "read an institution's names")
}

// RolesOf reads the roles of an institution over time, the first first.
func (tx *Tx) RolesOf(id string) ([]InstitutionRole, error) {
	var roles []InstitutionRole
	err := tx.db.Order("valid_from, occupation, level, id").Find(&roles, "institution_id = ?", id).Error
	return roles, found(err, "read an institution's roles")
}

// HasRole reports whether an institution is on the published list in a role on a day, whatever for.
func (tx *Tx) HasRole(id, role string, on calendar.Date) (bool, error) {
	var n int64
	err := tx.db.Model(&InstitutionRole{}).
		Where("institution_id = ? AND role = ? AND valid_from <= ? AND (valid_to IS NULL OR valid_to > ?)", id, role, on, on).Count(&n).Error
	return n > 0, found(err, "look up an institution's roles")
}

// EverHadRole reports whether an institution is or was on a published list in a role, whatever for.
func (tx *Tx) EverHadRole(id, role string) (bool, error) {
	var n int64
	err := tx.db.Model(&InstitutionRole{}).Where("institution_id = ? AND role = ?", id, role).Count(&n).Error
	return n > 0, found(err, "look up an institution's roles")
}

// RolesOn reads in which roles institutions are listed on a day.
func (tx *Tx) RolesOn(ids []string, on calendar.Date) (map[string][]string, error) {
	var rows []struct{ InstitutionID, Role string }
	err := tx.db.Model(&InstitutionRole{}).Distinct("institution_id", "role").Order("institution_id, role DESC").
		Where("institution_id IN ? AND valid_from <= ? AND (valid_to IS NULL OR valid_to > ?)", ids, on, on).Scan(&rows).Error
	roles := map[string][]string{}
	for _, row := range rows {
		roles[row.InstitutionID] = append(roles[row.InstitutionID], row.Role)
	}
	return roles, found(err, "read the roles of institutions")
}

// BasesOf reads the listings of an institution as a CE base over time, the first first.
func (tx *Tx) BasesOf(id string) ([]CEBase, error) {
	var bases []CEBase
	err := tx.db.Order("valid_from, id").Find(&bases, "institution_id = ?", id).Error
	return bases, found(err, "read an institution's listings as a base")
}

// CasePosition is how far a running case has come with its two bodies.
type CasePosition struct {
	ID             string
	Occupation     string
	Level          string
	TrainingBody   string
	EvaluationBody string
	Registration   progress.State
	Exam           progress.State
	Evaluation     progress.State
	Certificate    progress.State
	Began          bool
}

// RunningCasesOf reads how far the running cases of institutions have come, in the order of their ids.
func (tx *Tx) RunningCasesOf(institutions []string) ([]CasePosition, error) {
	var cases []CasePosition
	if len(institutions) == 0 {
		return cases, nil
	}
	err := tx.db.Raw(`
		SELECT c.id, c.occupation, c.level, c.training_body, c.evaluation_body, r.state AS registration, x.state AS exam,
		       e.state AS evaluation, g.state AS certificate,
		       EXISTS (SELECT 1 FROM tasks t WHERE t.case_id = c.id AND t.institution_id = c.training_body AND t.kind = @training) AS began
		FROM cases c
		     JOIN case_stages r ON r.case_id = c.id AND r.stage = 'registration'
		     JOIN case_stages x ON x.case_id = c.id AND x.stage = 'exam'
		     JOIN case_stages e ON e.case_id = c.id AND e.stage = 'evaluation'
		     JOIN case_stages g ON g.case_id = c.id AND g.stage = 'certificate'
		WHERE c.outcome IS NULL AND (c.training_body IN @ids OR c.evaluation_body IN @ids) ORDER BY c.id`,
		map[string]any{"ids": institutions, "training": contract.TrainingTask}).Scan(&cases).Error
	return cases, found(err, "read the running cases of institutions")
}

// Position is the case as package listing sees it.
func (c CasePosition) Position() listing.Position {
	return listing.Position{Began: c.Began, States: map[progress.Stage]progress.State{
		progress.Registration: c.Registration, progress.Exam: c.Exam, progress.Evaluation: c.Evaluation, progress.Certificate: c.Certificate,
	}}
}

// NoteCases adds a line to the timelines of cases, in one statement; what the cases are doing stays as it is.
func (tx *Tx) NoteCases(ids []string, kind, actor string, params map[string]any) error {
	if len(ids) == 0 {
		return nil
	}
	content, err := json.Marshal(params)
	if err != nil {
		return fmt.Errorf("encode a line of timelines: %w", err)
	}
	these := "{" + strings.Join(ids, ",") + "}"
	// All are locked in one order, and only then changed: a step locks one case, and waits for nobody.
	err = tx.db.Exec("SELECT 1 FROM cases WHERE id = ANY (?::uuid[]) ORDER BY id FOR NO KEY UPDATE", these).Error
	if err != nil {
		return fmt.Errorf("lock cases: %w", err)
	}
	telling, told := notification.Of(kind, params)
	err = tx.db.Exec(`
		WITH noted AS (UPDATE cases SET last_event = last_event + 1 WHERE id = ANY (?::uuid[]) RETURNING id, person_id, last_event, stage),
		lines AS (INSERT INTO case_events (case_id, seq, at, kind, stage, actor, params)
			SELECT id, last_event, now(), ?, stage, ?, ?::jsonb FROM noted)
		INSERT INTO notifications (person_id, case_id, kind, occasion, params, urgency, act, act_due)
		SELECT person_id, id, ?, id || '/' || last_event, ?::jsonb, ?, ?, ?::date FROM noted WHERE ?`,
		these, kind, actor, string(content), kind, string(content), telling.Urgency, telling.Act, telling.DueOn(params), told).Error
	return found(err, "note on the timelines of cases")
}

// OpenCoursesOf counts the courses of CE bases that are not over yet, by base.
func (tx *Tx) OpenCoursesOf(institutions []string) (map[string]int, error) {
	counts := map[string]int{}
	if len(institutions) == 0 {
		return counts, nil
	}
	var rows []struct {
		InstitutionID string
		Count         int
	}
	err := tx.db.Model(&Course{}).Select("institution_id, count(*) AS count").
		Where("closed_at IS NULL AND institution_id IN ?", institutions).Group("institution_id").Scan(&rows).Error
	for _, row := range rows {
		counts[row.InstitutionID] = row.Count
	}
	return counts, found(err, "count open courses")
}
