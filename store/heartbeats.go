package store

import (
	"database/sql"
	"fmt"
	"time"

	"github.com/dengpan/dengpan/ledger"
)

// Seat is an attendee's place before an online session, by the names an institution gives: what heartbeats need to know
// before they count.
type Seat struct {
	SessionID string // empty: the institution has no session of this name
	Mode      string
	OpensAt   time.Time
	ClosesAt  time.Time
	Voided    bool
	PersonID  string // empty: the attendee is not on the roster
	// PolicyVersion is the version of the rules that the attendee's time is counted by.
	PolicyVersion string
	Over          bool // the attendee's case or course is over
	Watch         *Watch
}

// Watch is one person in front of one online session.
type Watch struct {
	ID        int64
	SessionID string
	PersonID  string
	LastBeat  time.Time // when the last heartbeat that was kept was received
	// Challenge is the presence challenge that is open; nil when none is.
	Challenge *string
	// ChallengeDue is when the next challenge is put, or until when the open one may be answered.
	ChallengeDue time.Time
}

// SeatName names a seat: the institution's name for the session, and the case or place that attends.
type SeatName struct{ Session, Attendee string }

// The tables that lead from names to a seat. Every step is a look-up by primary key.
const seatTables = `
	FROM unnest($2::text[], $3::text[]::uuid[]) WITH ORDINALITY AS n (ref, attendee, ord)
	%[1]s JOIN sessions s ON s.institution_id = $1 AND s.ref = n.ref
	LEFT JOIN cases c ON c.id = n.attendee
	LEFT JOIN course_places p ON p.id = n.attendee
	LEFT JOIN courses k ON k.id = p.course_id
	%[1]s JOIN session_roster l ON l.session_id = s.id AND l.person_id = coalesce(c.person_id, p.person_id)
		AND coalesce(l.case_id, l.place_id) = n.attendee
	%[1]s JOIN watches w ON w.session_id = l.session_id AND w.person_id = l.person_id`

const seatColumns = `SELECT n.ord, s.id, s.mode, s.opens_at, s.closes_at, s.voided_at IS NOT NULL, l.person_id,
	coalesce(c.policy_version, k.policy_version),
	CASE WHEN c.id IS NULL THEN p.state <> 'enrolled'
	     WHEN c.ended_at IS NULL THEN false
	     ELSE NOT EXISTS (SELECT 1 FROM incidents i WHERE i.case_id = c.id AND i.holds AND i.state <> 'closed') END,
	w.id, w.last_beat, w.challenge, w.challenge_due`

var (
	// Locked in the order of their ids, so that batches with the same watches wait for each other and never in a circle.
	holdWatches = seatColumns + fmt.Sprintf(seatTables, "") + ` ORDER BY w.id FOR NO KEY UPDATE OF w`
	lookUpSeats = seatColumns + fmt.Sprintf(seatTables, "LEFT")
)

// HoldWatches reads the seats whose watch has begun, by their index among the names, and keeps others from adding
// heartbeats to these watches until the transaction ends. Attendees must be UUIDs.
func (tx *Tx) HoldWatches(institutionID string, names []SeatName) (map[int]Seat, error) {
	return tx.seats(holdWatches, institutionID, names)
}

// Seats reads all seats, by their index among the names, with what is missing left empty.
func (tx *Tx) Seats(institutionID string, names []SeatName) (map[int]Seat, error) {
	return tx.seats(lookUpSeats, institutionID, names)
}

func (tx *Tx) seats(query, institutionID string, names []SeatName) (map[int]Seat, error) {
	sessions, attendees := make([]string, len(names)), make([]string, len(names))
	for i, name := range names {
		sessions[i], attendees[i] = name.Session, name.Attendee
	}
	seats := make(map[int]Seat, len(names))
	err := tx.each(query, []any{institutionID, sessions, attendees}, func(rows *sql.Rows) error {
		var ord int
		var session, mode, person, version, challenge sql.NullString
		var opens, closes, last, due sql.NullTime
		var voided, over sql.NullBool
		var watch sql.NullInt64
		err := rows.Scan(&ord, &session, &mode, &opens, &closes, &voided, &person, &version, &over, &watch, &last, &challenge, &due)
		if err != nil {
			return err
		}
		seat := Seat{
			SessionID: session.String, Mode: mode.String, OpensAt: opens.Time, ClosesAt: closes.Time,
			Voided: session.Valid && voided.Bool, PersonID: person.String, PolicyVersion: version.String, Over: over.Bool,
		}
		if watch.Valid {
			seat.Watch = &Watch{
				ID: watch.Int64, SessionID: session.String, PersonID: person.String, LastBeat: last.Time, ChallengeDue: due.Time,
			}
			if challenge.Valid {
				seat.Watch.Challenge = &challenge.String
			}
		}
		seats[ord-1] = seat
		return nil
	})
	return seats, found(err, "look up who watches")
}

// BeginWatches writes watches that are not there yet and gives them their ids; those that somebody else has begun keep the
// id 0. The session and person of each must be on a roster.
func (tx *Tx) BeginWatches(watches []Watch) error {
	sessions, persons, due := make([]string, len(watches)), make([]string, len(watches)), make([]time.Time, len(watches))
	first := make([]time.Time, len(watches))
	index := make(map[[2]string]int, len(watches))
	for i, w := range watches {
		sessions[i], persons[i], first[i], due[i] = w.SessionID, w.PersonID, w.LastBeat, w.ChallengeDue
		index[[2]string{w.SessionID, w.PersonID}] = i
	}
	err := tx.each(`
		INSERT INTO watches (session_id, person_id, last_beat, challenge_due)
		SELECT * FROM unnest($1::text[]::uuid[], $2::text[]::uuid[], $3::timestamptz[], $4::timestamptz[]) AS n (session, person, first, due)
		ORDER BY session, person
		ON CONFLICT (session_id, person_id) DO NOTHING RETURNING session_id, person_id, id`,
		[]any{sessions, persons, first, due}, func(rows *sql.Rows) error {
			var session, person string
			var id int64
			err := rows.Scan(&session, &person, &id)
			watches[index[[2]string{session, person}]].ID = id
			return err
		})
	return found(err, "begin watches")
}

// Heartbeat is a heartbeat as the record keeps it.
type Heartbeat struct {
	WatchID int64
	// Seq is the player's own number of the heartbeat.
	Seq        int64
	PositionMS int32
	Playing    bool
	Answers    *string // a challenge
	Statement  *string // of xAPI
}

// KnownHeartbeats says which of some heartbeats are on record, by their index: by statement when they have one, else by
// number.
func (tx *Tx) KnownHeartbeats(beats []Heartbeat) (map[int]bool, error) {
	columns := columnsOf(beats)
	known := map[int]bool{}
	err := tx.each(`
		SELECT n.ord FROM unnest($1::bigint[], $2::bigint[], $3::text[]::uuid[]) WITH ORDINALITY AS n (watch, seq, statement, ord)
		WHERE CASE WHEN n.statement IS NULL
			THEN EXISTS (SELECT 1 FROM heartbeats h WHERE h.watch_id = n.watch AND h.seq = n.seq)
			ELSE EXISTS (SELECT 1 FROM heartbeats h WHERE h.watch_id = n.watch AND h.statement = n.statement) END`,
		[]any{columns.watches, columns.seqs, columns.statements}, func(rows *sql.Rows) error {
			var ord int
			err := rows.Scan(&ord)
			known[ord-1] = true
			return err
		})
	return known, found(err, "look for heartbeats that are known")
}

// KeepHeartbeats writes heartbeats that were received at one instant, at most one a watch, and moves their watches on. It
// says of which watches one was kept; of the others it is on record already.
func (tx *Tx) KeepHeartbeats(beats []Heartbeat, received time.Time) (map[int64]bool, error) {
	columns := columnsOf(beats)
	kept := make(map[int64]bool, len(beats))
	err := tx.each(`
		WITH kept AS (
			INSERT INTO heartbeats (watch_id, seq, received_at, position_ms, playing, answers, statement)
			SELECT watch, seq, $7, position, playing, answers, statement
			FROM unnest($1::bigint[], $2::bigint[], $3::text[]::uuid[], $4::int[], $5::boolean[], $6::text[]::uuid[])
				AS n (watch, seq, statement, position, playing, answers)
			ON CONFLICT DO NOTHING RETURNING watch_id)
		UPDATE watches w SET last_beat = $7, unsettled = true FROM kept WHERE w.id = kept.watch_id RETURNING w.id`,
		[]any{columns.watches, columns.seqs, columns.statements, columns.positions, columns.playing, columns.answers, received},
		func(rows *sql.Rows) error {
			var id int64
			err := rows.Scan(&id)
			kept[id] = true
			return err
		})
	return kept, found(err, "keep heartbeats")
}

// heartbeatColumns are heartbeats as arrays, of which one statement makes rows.
type heartbeatColumns struct {
	watches, seqs       []int64
	positions           []int32
	playing             []bool
	answers, statements []*string
}

func columnsOf(beats []Heartbeat) heartbeatColumns {
	n := len(beats)
	c := heartbeatColumns{
		make([]int64, n), make([]int64, n), make([]int32, n), make([]bool, n), make([]*string, n), make([]*string, n),
	}
	for i, b := range beats {
		c.watches[i], c.seqs[i], c.positions[i], c.playing[i] = b.WatchID, b.Seq, b.PositionMS, b.Playing
		c.answers[i], c.statements[i] = b.Answers, b.Statement
	}
	return c
}

// SetChallenges writes the challenges of watches, as they are now: when one is due, and which is open. One that is new is
// recorded as put at the instant given.
func (tx *Tx) SetChallenges(watches []Watch, fresh []bool, put time.Time) error {
	ids, challenges, due := make([]int64, len(watches)), make([]*string, len(watches)), make([]time.Time, len(watches))
	for i, w := range watches {
		ids[i], challenges[i], due[i] = w.ID, w.Challenge, w.ChallengeDue
	}
	return found(tx.each(`
		WITH n AS (SELECT * FROM unnest($1::bigint[], $2::text[]::uuid[], $3::timestamptz[], $4::boolean[]) AS n (watch, id, due, fresh)),
		put AS (INSERT INTO challenges (id, watch_id, issued_at) SELECT id, watch, $5 FROM n WHERE fresh)
		UPDATE watches w SET challenge = n.id, challenge_due = n.due FROM n WHERE w.id = n.watch`,
		[]any{ids, challenges, due, fresh, put}, nil), "put presence challenges")
}

// QuietWatchers lists persons with watches whose heartbeats are not settled and have ceased before an instant: in order,
// those after the one given.
func (tx *Tx) QuietWatchers(before time.Time, after string, limit int) ([]string, error) {
	var persons []string
	q := tx.db.Table("watches").Distinct("person_id").Where("unsettled AND last_beat < ?", before)
	if after != "" {
		q = q.Where("person_id > ?", after)
	}
	err := q.Order("person_id").Limit(limit).Scan(&persons).Error
	return persons, found(err, "look for watches to settle")
}

// TryLockPerson is LockPerson, unless somebody else has locked the person; it reports whether it did.
func (tx *Tx) TryLockPerson(id string) (bool, error) {
	res := tx.db.Exec(`SELECT FROM persons WHERE id = (SELECT human FROM persons WHERE id = ?) FOR NO KEY UPDATE SKIP LOCKED`, id)
	return res.RowsAffected == 1, found(res.Error, "lock a person")
}

// LockUnsettled reads a person's watches that are not settled, and keeps heartbeats from them until the transaction ends.
func (tx *Tx) LockUnsettled(personID string) ([]Watch, error) {
	var watches []Watch
	err := tx.db.Raw(`SELECT * FROM watches WHERE person_id = ? AND unsettled ORDER BY id FOR NO KEY UPDATE`, personID).
		Scan(&watches).Error
	return watches, found(err, "hold a person's watches")
}

// Heartbeats reads all heartbeats of a watch, and the challenges that were put in it.
func (tx *Tx) Heartbeats(watchID int64) ([]ledger.Heartbeat, []ledger.Challenge, error) {
	var beats []ledger.Heartbeat
	err := tx.each(`SELECT seq, received_at, position_ms, playing, coalesce(answers::text, '') FROM heartbeats WHERE watch_id = $1`,
		[]any{watchID}, func(rows *sql.Rows) error {
			var b ledger.Heartbeat
			var position int64
			err := rows.Scan(&b.Seq, &b.Received, &position, &b.Playing, &b.Answers)
			b.Position = time.Duration(position) * time.Millisecond
			beats = append(beats, b)
			return err
		})
	if err != nil {
		return nil, nil, found(err, "read heartbeats")
	}
	var challenges []ledger.Challenge
	err = tx.db.Raw(`SELECT id::text AS id, issued_at AS issued FROM challenges WHERE watch_id = ?`, watchID).Scan(&challenges).Error
	return beats, challenges, found(err, "read presence challenges")
}

// MarkSettled notes that what was received of watches is settled.
func (tx *Tx) MarkSettled(watches []Watch) error {
	ids := make([]int64, len(watches))
	for i, w := range watches {
		ids[i] = w.ID
	}
	return found(tx.each(`UPDATE watches SET unsettled = false WHERE id = ANY ($1)`, []any{ids}, nil), "settle watches")
}

// HoursCutShort reads the entries that stand for a person at a session and credit less than the time they claim, because
// their day was full.
func (tx *Tx) HoursCutShort(sessionID, personID string) ([]HourEntry, error) {
	var rows []HourEntry
	err := tx.standing().Order("hour_entries.id").Find(&rows, `session_id = ? AND hour_entries.person_id = ?
		AND (SELECT sum(upper(r) - lower(r)) FROM unnest(c.during) r) >= (seconds + 1) * interval '1 second'`, sessionID, personID).Error
	return rows, found(err, "read hours that were cut short")
}

// TimesTaken reads which of some times stand credited to a person.
func (tx *Tx) TimesTaken(personID string, times ledger.Times) (ledger.Times, error) {
	if len(times) == 0 {
		return nil, nil
	}
	var taken []ledger.Interval
	err := tx.each(`SELECT lower(r), upper(r) FROM hour_claims c, unnest(c.during) r
		WHERE c.person_id = (SELECT human FROM persons WHERE id = $1) AND c.during && $2::tstzmultirange`,
		[]any{personID, *During(times)}, func(rows *sql.Rows) error {
			var i ledger.Interval
			err := rows.Scan(&i.From, &i.To)
			taken = append(taken, i)
			return err
		})
	return ledger.Union(taken...), found(err, "look up credited times")
}

// each runs a statement past GORM, which would take an array for a list, and takes each row of its answer.
func (tx *Tx) each(query string, args []any, take func(*sql.Rows) error) error {
	rows, err := tx.db.Statement.ConnPool.QueryContext(tx.db.Statement.Context, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := take(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
