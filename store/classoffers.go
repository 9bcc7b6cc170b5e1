package store

import (
	"time"

	"gorm.io/gorm"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/refund"
)

// ClassOffer is what a class offers who would join it. Each change is a revision of its own; the latest holds.
type ClassOffer struct {
	ClassID     string
	Revision    int
	Offered     bool        // the public sees it
	FeeFen      *int        // nil: not said
	Refund      refund.Rule `gorm:"serializer:json"`
	RefundTerms string
	Venue       string
	Schedule    string
	Study       *string // full_time, part_time, spare_time; nil: not said
	Delivery    *string // onsite, online, mixed; nil: not said
	EnrolUntil  *calendar.Date
	Reason      string
	SaidBy      string
	SaidAt      time.Time
}

// placesTaken counts the places of a class k that nobody else can have: of who is in it, and for whom one is kept.
const placesTaken = "class_places_taken(k.id)"

// InsertOffer writes the next revision of what a class offers. The class is locked by the caller.
func (tx *Tx) InsertOffer(o ClassOffer) error {
	if o.Refund == nil {
		o.Refund = refund.Rule{}
	}
	return found(tx.db.Create(&o).Error, "write what a class offers")
}

// OfferOf reads what a class offers; ErrNotFound when nothing was said of it.
func (tx *Tx) OfferOf(classID string) (ClassOffer, error) {
	var o ClassOffer
	err := tx.db.Order("revision DESC").Take(&o, "class_id = ?", classID).Error
	return o, found(err, "read what a class offers")
}

// OfferAt reads what a class offered in one revision: what somebody agreed to.
func (tx *Tx) OfferAt(classID string, revision int) (ClassOffer, error) {
	var o ClassOffer
	err := tx.db.Take(&o, "class_id = ? AND revision = ?", classID, revision).Error
	return o, found(err, "read what a class offered")
}

// PlacesTaken counts the places of classes that nobody else can have.
func (tx *Tx) PlacesTaken(classIDs []string) (map[string]int, error) {
	var rows []struct {
		ID    string
		Taken int
	}
	if len(classIDs) > 0 {
		err := tx.db.Raw("SELECT k.id, "+placesTaken+" AS taken FROM classes k WHERE k.id IN ?", classIDs).Scan(&rows).Error
		if err != nil {
			return nil, found(err, "count the places of classes")
		}
	}
	taken := make(map[string]int, len(rows))
	for _, row := range rows {
		taken[row.ID] = row.Taken
	}
	return taken, nil
}

// OfferedClass is a class that the public sees, and what it offers.
type OfferedClass struct {
	Class Class      `gorm:"embedded"`
	Offer ClassOffer `gorm:"embedded;embeddedPrefix:offer_"`
	Taken int
}

// OfferedFilter picks classes that the public sees; an empty field picks all.
type OfferedFilter struct {
	Today         calendar.Date
	ID            string
	InstitutionID string
	Occupation    string
	Direction     string
	Level         string
	Delivery      string
	From, To      *calendar.Date // it begins on a day of these
	Free          bool           // with a place that can be had
	Numbered      Numbered
	Limit         int
}

// offeredOrders are the orders that offered classes can be asked for in.
var offeredOrders = map[string]string{
	"": "k.starts_on, k.id", "starts_on": "k.starts_on, k.id", "-starts_on": "k.starts_on DESC, k.id DESC",
	"fee": "o.fee_fen NULLS LAST, k.starts_on, k.id", "-fee": "o.fee_fen DESC NULLS LAST, k.starts_on, k.id",
}

// offered are the classes that the public sees: offered, not over, of institutions that are listed for them today and active.
func (f OfferedFilter) offered(db *gorm.DB) *gorm.DB {
	q := db.Table("classes k").
		Joins("JOIN LATERAL (SELECT * FROM class_offers WHERE class_id = k.id ORDER BY revision DESC LIMIT 1) o ON o.offered").
		Joins("JOIN institutions i ON i.id = k.institution_id AND i.status = ?", InstitutionActive).
		Where("k.closed_at IS NULL AND k.ends_on >= ? AND k.sponsor IS NULL", f.Today). // a sponsor's class is for its own people
		Where(`EXISTS (SELECT 1 FROM institution_roles r WHERE r.institution_id = k.institution_id AND r.role = 'training'
			AND r.occupation = k.occupation AND r.level IN ('', k.level) AND r.valid_from <= ? AND (r.valid_to IS NULL OR r.valid_to > ?))`,
			f.Today, f.Today)
	for column, value := range map[string]string{
		"k.id": f.ID, "k.institution_id": f.InstitutionID, "k.occupation": f.Occupation, "k.direction": f.Direction, "k.level": f.Level,
		"o.delivery": f.Delivery,
	} {
		if value != "" {
			q = q.Where(column+" = ?", value)
		}
	}
	if f.From != nil {
		q = q.Where("k.starts_on >= ?", *f.From)
	}
	if f.To != nil {
		q = q.Where("k.starts_on <= ?", *f.To)
	}
	if f.Free {
		q = q.Where(placesTaken+" < k.capacity AND (o.enrol_until IS NULL OR o.enrol_until >= ?)", f.Today)
	}
	return q
}

// OfferedClasses reads a page of the classes that the public sees, and how many there are.
func (tx *Tx) OfferedClasses(f OfferedFilter) ([]OfferedClass, int64, error) {
	var n int64
	if err := f.offered(tx.db).Count(&n).Error; err != nil {
		return nil, 0, found(err, "count the classes that are offered")
	}
	var all []OfferedClass
	err := f.Numbered.of(f.offered(tx.db), offeredOrders, f.Limit).
		Select(`k.*, o.class_id AS offer_class_id, o.revision AS offer_revision, o.offered AS offer_offered, o.fee_fen AS offer_fee_fen,
			o.refund AS offer_refund, o.refund_terms AS offer_refund_terms, o.venue AS offer_venue, o.schedule AS offer_schedule,
			o.study AS offer_study, o.delivery AS offer_delivery, o.enrol_until AS offer_enrol_until, o.reason AS offer_reason,
			o.said_by AS offer_said_by, o.said_at AS offer_said_at, ` + placesTaken + " AS taken").Scan(&all).Error
	return all, n, found(err, "list the classes that are offered")
}

// SessionsOfClass reads a class's sessions in the order in which they begin, the void ones among them if they are asked for.
func (tx *Tx) SessionsOfClass(classID string, void bool, limit int) ([]Session, error) {
	q := tx.db.Order("opens_at, id").Limit(limit).Where("class_id = ?", classID)
	if !void {
		q = q.Where("voided_at IS NULL")
	}
	var sessions []Session
	return sessions, found(q.Find(&sessions).Error, "read a class's sessions")
}

// SessionsOfCase reads the sessions on whose rosters a case is, the void ones among them, in the order in which they begin.
func (tx *Tx) SessionsOfCase(caseID string, limit int) ([]Session, error) {
	var sessions []Session
	err := tx.db.Order("opens_at, id").Limit(limit).
		Find(&sessions, "id IN (SELECT session_id FROM session_roster WHERE case_id = ?)", caseID).Error
	return sessions, found(err, "read the sessions of a case")
}
