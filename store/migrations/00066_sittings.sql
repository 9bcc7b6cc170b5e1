-- +goose Up
-- Sittings (考试安排): dated appointments of evaluation bodies, which trainees book whose attempt at an evaluation is asked of them;
-- and what failed when somebody's identity was checked at the door (X-31). A body that makes none works without.

-- Instants of a sitting are the programme's, as those of sessions are.
CREATE TABLE sittings (
    id             uuid PRIMARY KEY,
    institution_id text NOT NULL REFERENCES institutions,
    ref            text NOT NULL CHECK (ref <> ''),               -- the institution's own name for it
    occupations    jsonb NOT NULL CHECK (jsonb_typeof(occupations) = 'array' AND occupations <> '[]'),
    levels         jsonb NOT NULL CHECK (jsonb_typeof(levels) = 'array' AND levels <> '[]'),
    starts_at      timestamptz NOT NULL,
    ends_at        timestamptz NOT NULL CHECK (ends_at > starts_at),
    venue          text NOT NULL CHECK (venue <> ''),
    capacity       int NOT NULL CHECK (capacity BETWEEN 1 AND 300),
    book_until     timestamptz NOT NULL CHECK (book_until <= starts_at), -- to book, to change and to give up
    notes          text NOT NULL DEFAULT '',                      -- for who books it
    made_by        uuid NOT NULL REFERENCES accounts,
    made_at        timestamptz NOT NULL,
    moved_at       timestamptz,                                   -- when its time or place was changed last that somebody had booked
    move_reason    text NOT NULL DEFAULT '',
    cancelled_by   uuid REFERENCES accounts,
    cancelled_at   timestamptz,
    cancel_reason  text NOT NULL DEFAULT '',
    UNIQUE (institution_id, ref),
    CHECK ((moved_at IS NULL) = (move_reason = '')),
    CHECK ((cancelled_at IS NULL) = (cancelled_by IS NULL) AND (cancelled_at IS NULL) = (cancel_reason = ''))
);
CREATE INDEX sittings_by_institution ON sittings (institution_id, starts_at, id);
CREATE INDEX sittings_by_time ON sittings (starts_at, id);
CREATE TRIGGER keeps_history BEFORE UPDATE ON sittings FOR EACH ROW
    WHEN (OLD.cancelled_at IS NOT NULL OR (OLD.id, OLD.institution_id, OLD.ref, OLD.occupations, OLD.levels, OLD.made_by, OLD.made_at)
        IS DISTINCT FROM (NEW.id, NEW.institution_id, NEW.ref, NEW.occupations, NEW.levels, NEW.made_by, NEW.made_at))
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON sittings FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Who booked one, for which attempt. What its time was when it was agreed to stands here: a sitting that is moved is to be
-- agreed to anew.
CREATE TABLE sitting_bookings (
    id         uuid PRIMARY KEY,
    sitting_id uuid NOT NULL REFERENCES sittings,
    case_id    uuid NOT NULL REFERENCES cases,
    attempt    int NOT NULL CHECK (attempt >= 1),
    starts_at  timestamptz NOT NULL,
    ends_at    timestamptz NOT NULL CHECK (ends_at > starts_at),
    booked_by  uuid NOT NULL REFERENCES accounts,
    booked_at  timestamptz NOT NULL,
    state      text NOT NULL DEFAULT 'booked' CHECK (state IN ('booked', 'moved', 'ended')),
    ended_at   timestamptz,
    ended_how  text CHECK (ended_how IN ('changed', 'given_up', 'declined', 'cancelled', 'turned_away', 'answered', 'not_asked')),
    fee        text CHECK (fee IN ('kept', 'refunded')),          -- what its trainee chose, once the body had taken it from them
    fee_by     uuid REFERENCES accounts,
    fee_at     timestamptz,
    CHECK ((state = 'ended') = (ended_at IS NOT NULL) AND (ended_at IS NULL) = (ended_how IS NULL)),
    CHECK (num_nonnulls(fee, fee_by, fee_at) IN (0, 3) AND (fee IS NULL OR ended_how IN ('cancelled', 'declined')))
);
CREATE UNIQUE INDEX sitting_bookings_one_live ON sitting_bookings (case_id) WHERE state <> 'ended';
CREATE INDEX sitting_bookings_of_case ON sitting_bookings (case_id, booked_at);
CREATE INDEX sitting_bookings_of_sitting ON sitting_bookings (sitting_id, booked_at, id);
CREATE TRIGGER keeps_history BEFORE UPDATE ON sitting_bookings FOR EACH ROW
    WHEN (OLD.state = 'ended' AND (OLD.state, OLD.ended_at, OLD.ended_how) IS DISTINCT FROM (NEW.state, NEW.ended_at, NEW.ended_how)
        OR OLD.fee IS NOT NULL AND (OLD.fee, OLD.fee_by, OLD.fee_at) IS DISTINCT FROM (NEW.fee, NEW.fee_by, NEW.fee_at)
        OR (OLD.id, OLD.sitting_id, OLD.case_id, OLD.attempt, OLD.booked_by, OLD.booked_at)
            IS DISTINCT FROM (NEW.id, NEW.sitting_id, NEW.case_id, NEW.attempt, NEW.booked_by, NEW.booked_at))
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON sitting_bookings FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- +goose StatementBegin
-- A booking is of a sitting that takes place, for an attempt that is asked of its institution, has a place, and is at no time at
-- which the person is elsewhere: at another sitting, or in a session (X-19).
CREATE FUNCTION admit_to_sitting() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    booked sittings%ROWTYPE;
    who    uuid;
BEGIN
    SELECT * INTO booked FROM sittings WHERE id = NEW.sitting_id FOR NO KEY UPDATE;
    IF booked.cancelled_at IS NOT NULL THEN
        RAISE EXCEPTION 'the sitting is cancelled' USING ERRCODE = 'check_violation', CONSTRAINT = 'sitting_cancelled';
    END IF;
    SELECT c.human INTO who FROM cases c WHERE c.id = NEW.case_id AND c.evaluation_body = booked.institution_id
        AND booked.occupations ? c.occupation AND booked.levels ? c.level
        AND EXISTS (SELECT 1 FROM tasks k WHERE k.case_id = c.id AND k.institution_id = booked.institution_id AND k.attempt = NEW.attempt
            AND k.kind IN ('theory', 'practical') AND k.state = 'open');
    IF who IS NULL THEN
        RAISE EXCEPTION 'the sitting is not for the case' USING ERRCODE = 'check_violation', CONSTRAINT = 'sitting_not_for_case';
    END IF;
    IF (SELECT count(*) FROM sitting_bookings WHERE sitting_id = NEW.sitting_id AND state <> 'ended') > booked.capacity THEN
        RAISE EXCEPTION 'the sitting is full' USING ERRCODE = 'check_violation', CONSTRAINT = 'sitting_full';
    END IF;
    PERFORM 1 FROM persons WHERE human = who ORDER BY id FOR NO KEY UPDATE; -- one booking of a person at a time
    IF EXISTS (SELECT 1 FROM sitting_bookings b JOIN cases c ON c.id = b.case_id WHERE c.human = who AND b.id <> NEW.id
            AND b.state = 'booked' AND b.starts_at < NEW.ends_at AND b.ends_at > NEW.starts_at)
        OR EXISTS (SELECT 1 FROM session_roster r JOIN sessions s ON s.id = r.session_id JOIN persons p ON p.id = r.person_id
            WHERE p.human = who AND s.voided_at IS NULL AND s.opens_at < NEW.ends_at AND s.closes_at > NEW.starts_at) THEN
        RAISE EXCEPTION 'the person is elsewhere' USING ERRCODE = 'check_violation', CONSTRAINT = 'sitting_overlaps';
    END IF;
    RETURN NULL;
END
$$;
CREATE FUNCTION keep_sitting_places() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM sitting_bookings WHERE sitting_id = NEW.id AND state <> 'ended') > NEW.capacity THEN
        RAISE EXCEPTION 'more have booked the sitting' USING ERRCODE = 'check_violation', CONSTRAINT = 'sitting_full';
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER admit AFTER INSERT OR UPDATE OF state, starts_at, ends_at ON sitting_bookings FOR EACH ROW WHEN (NEW.state = 'booked')
    EXECUTE FUNCTION admit_to_sitting();
CREATE TRIGGER keeps_places AFTER UPDATE OF capacity ON sittings FOR EACH ROW EXECUTE FUNCTION keep_sitting_places();

-- Somebody whose identity could not be made out at the door: they were turned away, or sat provisionally, and what they did is held
-- until somebody else of the body's staff has decided.
CREATE TABLE door_checks (
    id             uuid PRIMARY KEY,
    booking_id     uuid NOT NULL REFERENCES sitting_bookings,
    case_id        uuid NOT NULL REFERENCES cases,
    institution_id text NOT NULL REFERENCES institutions,
    attempt        int NOT NULL CHECK (attempt >= 1),
    outcome        text NOT NULL CHECK (outcome IN ('turned_away', 'provisional')),
    ground         text NOT NULL CHECK (ground IN ('no_document', 'document_expired', 'photo_differs', 'details_differ', 'other')),
    note           text NOT NULL CHECK (note <> ''),               -- the record that was made at the door
    recorded_by    uuid NOT NULL REFERENCES accounts,
    recorded_at    timestamptz NOT NULL,
    due_at         timestamptz,                                    -- of the decision; when it passes, people are told
    decided_by     uuid REFERENCES accounts,
    decided_at     timestamptz,
    accepted       boolean,                                        -- it was the trainee, and what they did counts
    reason         text NOT NULL DEFAULT '',
    escalated_at   timestamptz,
    held_was       text NOT NULL DEFAULT '' CHECK (held_was IN ('', 'active', 'waiting', 'done')), -- what the evaluation was that the case holds
    changed_at     timestamptz NOT NULL,
    woken          boolean NOT NULL DEFAULT false,                 -- its workflow knows of the last change
    CHECK ((outcome = 'provisional') = (due_at IS NOT NULL)),
    CHECK (num_nonnulls(decided_by, decided_at, accepted) IN (0, 3) AND (decided_by IS NULL) = (reason = '')),
    CHECK (decided_by IS NULL OR outcome = 'provisional'),
    CONSTRAINT door_checks_two_persons CHECK (decided_by <> recorded_by)
);
CREATE UNIQUE INDEX door_checks_one_open ON door_checks (case_id) WHERE outcome = 'provisional' AND decided_at IS NULL;
CREATE INDEX door_checks_of_case ON door_checks (case_id, recorded_at);
CREATE INDEX door_checks_of_booking ON door_checks (booking_id);
CREATE INDEX door_checks_unwoken ON door_checks (changed_at) WHERE NOT woken;
-- +goose StatementBegin
CREATE FUNCTION people_at_doors() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM accounts WHERE machine AND id IN (NEW.recorded_by, NEW.decided_by)) THEN
        RAISE EXCEPTION 'people are checked by people' USING ERRCODE = 'check_violation', CONSTRAINT = 'door_checks_people';
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER by_people BEFORE INSERT OR UPDATE ON door_checks FOR EACH ROW EXECUTE FUNCTION people_at_doors();
CREATE TRIGGER frozen BEFORE UPDATE ON door_checks FOR EACH ROW
    WHEN ((OLD.id, OLD.booking_id, OLD.case_id, OLD.institution_id, OLD.attempt, OLD.outcome, OLD.ground, OLD.note, OLD.recorded_by, OLD.recorded_at)
        IS DISTINCT FROM (NEW.id, NEW.booking_id, NEW.case_id, NEW.institution_id, NEW.attempt, NEW.outcome, NEW.ground, NEW.note, NEW.recorded_by,
            NEW.recorded_at)
        OR OLD.decided_by IS NOT NULL AND (OLD.decided_by, OLD.decided_at, OLD.accepted, OLD.reason)
            IS DISTINCT FROM (NEW.decided_by, NEW.decided_at, NEW.accepted, NEW.reason))
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON door_checks FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

ALTER TABLE inbox
    DROP CONSTRAINT inbox_kind_check,
    ADD CONSTRAINT inbox_kind_check CHECK (kind IN
        ('start', 'answer', 'resolution', 'withdrawal', 'hours', 'facts', 'issuance', 'certificate', 'misconduct', 'act', 'mark', 'door'));
