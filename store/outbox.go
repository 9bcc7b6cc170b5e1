package store

import (
	"time"

	"github.com/google/uuid"
)

// Kinds of outbox event: the types of the callbacks an institution receives.
const (
	OutboxTaskIssued      = "task.issued"
	OutboxTaskCancelled   = "task.cancelled"
	OutboxTaskExtended    = "task.extended"    // its deadline was moved
	OutboxAnswerApplied   = "answer.applied"   // an answer that was kept for a person to decide on counts
	OutboxAnswerDiscarded = "answer.discarded" // it does not
	OutboxPing            = "endpoint.ping"

	// What became of a certificate; that it was issued, if it was through us.
	OutboxCertificateIssued     = "certificate.issued"
	OutboxCertificateSuspended  = "certificate.suspended"
	OutboxCertificateReinstated = "certificate.reinstated"
	OutboxCertificateSuperseded = "certificate.superseded"
	OutboxCertificateRevoked    = "certificate.revoked"

	OutboxPetitionAsked = "petition.asked" // a trainee asks for something that the institution answers, or is heard on

	OutboxSittingBooked  = "sitting.booked"   // a trainee booked it, or agreed to it as it was moved
	OutboxSittingGivenUp = "sitting.given_up" // a trainee gave it up, or changed to another
)

// OutboxKinds is every kind of event.
var OutboxKinds = []string{
	OutboxTaskIssued, OutboxTaskCancelled, OutboxTaskExtended, OutboxAnswerApplied, OutboxAnswerDiscarded, OutboxPing,
	OutboxCertificateIssued, OutboxCertificateSuspended, OutboxCertificateReinstated, OutboxCertificateSuperseded,
	OutboxCertificateRevoked, OutboxPetitionAsked, OutboxSittingBooked, OutboxSittingGivenUp,
}

// States of an outbox event.
const (
	OutboxPending   = "pending"
	OutboxDelivered = "delivered"
	OutboxFailed    = "failed" // given up; the institution can still poll
)

// OutboxEvent is something an institution is to be told. Its id is the webhook-id: one event, however often it is sent.
type OutboxEvent struct {
	ID            string
	Seq           int64  `gorm:"->"`
	Position      *int64 `gorm:"->"` // in the feed; nil until it is lined up
	InstitutionID string
	CaseID        *string // nil: about no case
	Sequence      int     // of its case, whichever institutions its events are for; 0 until it is lined up
	Kind          string
	SubjectID     string        // task, kept answer, certificate, petition, booking of a sitting, or endpoint
	Payload       OutboxPayload `gorm:"serializer:json"`
	Test          bool          // a ping or an example: sent and logged, and in no feed
	State         string
	Attempts      int // in all
	Charged       int // since it was queued: its place in the schedule
	NextAttemptAt time.Time
	CreatedAt     time.Time
	QueuedAt      time.Time // when it was written, or queued once more
	DeliveredAt   *time.Time
	WokenAt       *time.Time
}

// TableName is the table of outbox events.
func (OutboxEvent) TableName() string { return "outbox" }

// OutboxPayload is what the callback's body says of its subject.
type OutboxPayload struct {
	TaskID   string     `json:"task_id,omitempty"`
	CaseID   string     `json:"case_id,omitempty"`
	Kind     string     `json:"kind,omitempty"` // of the task, the certificate or the petition
	DueAt    *time.Time `json:"due_at,omitempty"`
	LetterID string     `json:"letter_id,omitempty"` // of the answer that was kept

	CertificateID string `json:"certificate_id,omitempty"`
	PetitionID    string `json:"petition_id,omitempty"`
	SittingID     string `json:"sitting_id,omitempty"`
	BookingID     string `json:"booking_id,omitempty"` // of a place at the sitting
}

// queueTask writes an event about a task to the outbox. Its payload names no person.
func (tx *Tx) queueTask(t Task, kind string, at time.Time) error {
	due := t.DueAt.UTC()
	return tx.queue(OutboxEvent{
		InstitutionID: t.InstitutionID, Kind: kind, SubjectID: t.ID, CreatedAt: at,
		Payload: OutboxPayload{TaskID: t.ID, CaseID: t.CaseID, Kind: t.Kind, DueAt: &due},
	})
}

// QueueAnswer tells an institution what became of an answer of its that was kept for a person to decide on. What is not
// known of it, such as its case, is left empty.
func (tx *Tx) QueueAnswer(institutionID, kind string, about OutboxPayload, at time.Time) error {
	return tx.queue(OutboxEvent{
		InstitutionID: institutionID, Kind: kind, SubjectID: about.LetterID, CreatedAt: at, Payload: about,
	})
}

// QueueCertificate tells a certificate's issuer what became of it, in an event of a kind.
func (tx *Tx) QueueCertificate(c Certificate, kind string, at time.Time) error {
	about := OutboxPayload{CertificateID: c.ID, Kind: c.Kind}
	if c.CaseID != nil {
		about.CaseID = *c.CaseID
	}
	return tx.queue(OutboxEvent{InstitutionID: c.Issuer, Kind: kind, SubjectID: c.ID, CreatedAt: at, Payload: about})
}

// QueueTest writes an event of a kind that is about nothing, for an institution that tries its endpoint.
func (tx *Tx) QueueTest(e Endpoint, kind string) (OutboxEvent, error) {
	now := time.Now().UTC()
	event := OutboxEvent{InstitutionID: e.InstitutionID, Kind: kind, SubjectID: e.ID, CreatedAt: now, Test: true, Sequence: 1}
	switch kind {
	case OutboxPing:
		event.Sequence = 0
	case OutboxCertificateIssued:
		event.Payload = OutboxPayload{CertificateID: uuid.NewString(), CaseID: uuid.NewString(), Kind: "training"}
	case OutboxPetitionAsked:
		due := now.AddDate(0, 0, 14)
		event.Payload = OutboxPayload{PetitionID: uuid.NewString(), CaseID: uuid.NewString(), Kind: PetitionScoreReview, DueAt: &due}
	case OutboxSittingBooked, OutboxSittingGivenUp:
		event.Payload = OutboxPayload{SittingID: uuid.NewString(), BookingID: uuid.NewString(), CaseID: uuid.NewString()}
	case OutboxAnswerApplied, OutboxAnswerDiscarded:
		event.Payload = OutboxPayload{TaskID: uuid.NewString(), CaseID: uuid.NewString(), Kind: "training", LetterID: uuid.NewString()}
	default:
		due := now.AddDate(0, 0, 7)
		event.Payload = OutboxPayload{TaskID: uuid.NewString(), CaseID: uuid.NewString(), Kind: "training", DueAt: &due}
	}
	event.ID = uuid.NewString()
	return event, tx.insertEvent(event)
}

// queue writes an event to the outbox.
func (tx *Tx) queue(e OutboxEvent) error {
	e.ID = uuid.NewString()
	if e.Payload.CaseID != "" {
		e.CaseID = &e.Payload.CaseID
	}
	return tx.insertEvent(e)
}

func (tx *Tx) insertEvent(e OutboxEvent) error {
	e.State, e.NextAttemptAt, e.QueuedAt = OutboxPending, e.CreatedAt, e.CreatedAt
	return found(tx.db.Create(&e).Error, "write an outbox event")
}

// NewEvent is an outbox event that its endpoint's workflow was not told of yet.
type NewEvent struct {
	ID            string
	InstitutionID string
}

// Unwoken reads outbox events their endpoint's workflow was not told of, at most limit of them, by institution. The first of
// each institution is among them, however many another has.
func (tx *Tx) Unwoken(limit int) ([]NewEvent, error) {
	var events []NewEvent
	err := tx.db.Raw(`SELECT id, institution_id FROM (
			SELECT id, institution_id, row_number() OVER (PARTITION BY institution_id ORDER BY seq) AS n
			FROM outbox WHERE woken_at IS NULL ORDER BY n LIMIT ?) AS first ORDER BY institution_id`, limit).Scan(&events).Error
	return events, found(err, "look for new outbox events")
}

// MarkWoken notes that the endpoint's workflow was told of these events. They are named one by one: an event that was
// committed after the look must not be marked with those that were seen.
func (tx *Tx) MarkWoken(ids []string) error {
	err := tx.db.Model(&OutboxEvent{}).Where("id IN ?", ids).Update("woken_at", time.Now().UTC()).Error
	return found(err, "mark outbox events")
}

// WakeWanted is an endpoint whose workflow is to be told of a change, and since when.
type WakeWanted struct {
	InstitutionID string
	WakeWantedAt  time.Time
}

// WakesWanted reads the endpoints whose workflows are to be told of a change.
func (tx *Tx) WakesWanted() ([]WakeWanted, error) {
	var wanted []WakeWanted
	err := tx.db.Model(&Endpoint{}).Select("institution_id", "wake_wanted_at").Where("wake_wanted_at IS NOT NULL").Find(&wanted).Error
	return wanted, found(err, "look for changed endpoints")
}

// MarkWakeDone notes that an endpoint's workflow was told of a change, unless there was another since.
func (tx *Tx) MarkWakeDone(w WakeWanted) error {
	err := tx.db.Model(&Endpoint{}).Where("institution_id = ? AND wake_wanted_at = ?", w.InstitutionID, w.WakeWantedAt).
		Update("wake_wanted_at", nil).Error
	return found(err, "mark a changed endpoint")
}

// Forgotten reads the institutions whose active endpoints have had something due since before a moment, and are not being
// left alone: their workflows have ended, or sleep too long.
func (tx *Tx) Forgotten(before time.Time) ([]string, error) {
	var institutions []string
	err := tx.db.Model(&Endpoint{}).Where("state = ? AND (not_before IS NULL OR not_before < ?)", EndpointActive, before).
		Where(`EXISTS (SELECT FROM outbox o WHERE o.institution_id = endpoints.institution_id AND o.state = 'pending'
		       AND o.next_attempt_at < ?)`, before).Pluck("institution_id", &institutions).Error
	return institutions, found(err, "look for forgotten endpoints")
}
