-- +goose Up
-- Hours rest on attendance: sessions that were announced, sign-ins that a named person took, heartbeats that the server
-- received. What was credited stands in hour_entries; hour_claims holds the time that stands credited now, in which no
-- instant can stand twice for a person.
--
-- Instants of sessions and attendance are the programme's (in a demonstration its days are short); received_at is when
-- the server heard of it.

-- ── Courses of CE bases (annexes 2 and 3 of the notice) ─────────────────────────────────────────────────────────────

ALTER TABLE ce_bases
    ADD COLUMN institution_id text UNIQUE REFERENCES institutions,
    ADD COLUMN may_issue boolean NOT NULL DEFAULT true;           -- the row published without a number may not, until confirmed

CREATE TABLE courses (
    id             uuid PRIMARY KEY,
    institution_id text NOT NULL REFERENCES institutions,
    ref            text NOT NULL CHECK (ref <> ''),               -- the base's own name for the course
    title          text NOT NULL CHECK (title <> ''),             -- 培训班名称, as the certificate prints it
    seconds        int  NOT NULL CHECK (seconds > 0),             -- what must be attended, of the course's hours
    minutes_per_hour int NOT NULL CHECK (minutes_per_hour BETWEEN 1 AND 120),
    starts_on      date NOT NULL,
    ends_on        date NOT NULL,
    policy_version text NOT NULL,
    opened_by      uuid NOT NULL REFERENCES accounts,
    opened_at      timestamptz NOT NULL DEFAULT now(),
    closed_at      timestamptz,
    UNIQUE (institution_id, ref),
    CHECK (ends_on >= starts_on)
);

CREATE TABLE course_places (
    id          uuid PRIMARY KEY,
    course_id   uuid NOT NULL REFERENCES courses,
    person_id   uuid NOT NULL REFERENCES persons,
    state       text NOT NULL DEFAULT 'enrolled' CHECK (state IN ('enrolled', 'completed', 'incomplete')),
    enrolled_by uuid NOT NULL REFERENCES accounts,
    enrolled_at timestamptz NOT NULL DEFAULT now(),
    closed_at   timestamptz,
    UNIQUE (course_id, person_id),
    CHECK ((state = 'enrolled') = (closed_at IS NULL))
);
CREATE INDEX course_places_by_person ON course_places (person_id);

-- ── Sessions and who attended ───────────────────────────────────────────────────────────────────────────────────────

-- The named persons of an institution who teach and take attendance.
CREATE TABLE staff (
    institution_id text NOT NULL REFERENCES institutions,
    ref            text NOT NULL CHECK (ref <> ''),               -- the institution's own number for the person
    name_sealed    bytea NOT NULL,
    named_by       uuid NOT NULL REFERENCES accounts,
    named_at       timestamptz NOT NULL DEFAULT now(),
    left_at        timestamptz,
    PRIMARY KEY (institution_id, ref)
);

CREATE TABLE sessions (
    id             uuid PRIMARY KEY,
    institution_id text NOT NULL REFERENCES institutions,
    ref            text NOT NULL CHECK (ref <> ''),               -- the institution's own name for the session
    course_id      uuid REFERENCES courses,                       -- null: a session of standardised training
    module         text NOT NULL CHECK (module <> ''),
    mode           text NOT NULL CHECK (mode IN ('online', 'offline')),
    place          text NOT NULL DEFAULT '',
    instructor     text,                                          -- of staff
    opens_at       timestamptz NOT NULL,
    closes_at      timestamptz NOT NULL,
    announced_by   uuid NOT NULL REFERENCES accounts,
    announced_at   timestamptz NOT NULL DEFAULT now(),
    voided_at      timestamptz,
    voided_by      uuid REFERENCES accounts,
    void_reason    text NOT NULL DEFAULT '',
    UNIQUE (institution_id, ref),
    UNIQUE (id, institution_id),
    FOREIGN KEY (institution_id, instructor) REFERENCES staff,
    CHECK (closes_at > opens_at),
    CHECK (mode = 'online' OR (place <> '' AND instructor IS NOT NULL)),
    CHECK ((voided_at IS NULL) = (voided_by IS NULL) AND (voided_at IS NULL) = (void_reason = ''))
);
CREATE INDEX sessions_by_course ON sessions (course_id) WHERE course_id IS NOT NULL;

-- The roster: who is to attend, and for which case or course.
CREATE TABLE session_roster (
    session_id uuid NOT NULL REFERENCES sessions,
    person_id  uuid NOT NULL REFERENCES persons,
    case_id    uuid REFERENCES cases,
    place_id   uuid REFERENCES course_places,
    listed_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (session_id, person_id),
    CHECK (num_nonnulls(case_id, place_id) = 1)
);
CREATE INDEX session_roster_by_case ON session_roster (case_id) WHERE case_id IS NOT NULL;
CREATE INDEX session_roster_by_place ON session_roster (place_id) WHERE place_id IS NOT NULL;

-- What a named person reported of one person at one session. A correction is a new row.
CREATE TABLE attendance (
    id             uuid PRIMARY KEY,
    session_id     uuid NOT NULL,
    institution_id text NOT NULL,
    person_id      uuid NOT NULL,
    signed_in_at   timestamptz,                                   -- both null: absent
    signed_out_at  timestamptz,
    reporter       text NOT NULL,
    received_at    timestamptz NOT NULL DEFAULT now(),
    received_by    uuid NOT NULL REFERENCES accounts,
    corrects       uuid UNIQUE REFERENCES attendance,
    reason         text NOT NULL DEFAULT '',
    state          text NOT NULL DEFAULT 'counted' CHECK (state IN ('counted', 'pending', 'refused')),
    decided_by     uuid REFERENCES accounts,                      -- the second person, when the correction is late
    decided_at     timestamptz,
    FOREIGN KEY (session_id, institution_id) REFERENCES sessions (id, institution_id),
    FOREIGN KEY (session_id, person_id) REFERENCES session_roster,
    FOREIGN KEY (institution_id, reporter) REFERENCES staff,
    CHECK ((signed_in_at IS NULL) = (signed_out_at IS NULL)),
    CHECK (signed_out_at > signed_in_at),
    CHECK (corrects IS NULL OR reason <> ''),
    CHECK (corrects IS NOT NULL OR state = 'counted'),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
    CHECK (decided_by <> received_by)
);
CREATE UNIQUE INDEX attendance_once ON attendance (session_id, person_id) WHERE corrects IS NULL;

-- One person in front of one online session. The columns that a heartbeat updates are in no index, so that the update
-- stays within the page; `unsettled` turns over seldom.
CREATE TABLE watches (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    session_id  uuid NOT NULL,
    person_id   uuid NOT NULL,
    last_beat   timestamptz NOT NULL,
    unsettled   boolean NOT NULL DEFAULT true,                    -- heartbeats came in since the last settlement
    UNIQUE (session_id, person_id),
    FOREIGN KEY (session_id, person_id) REFERENCES session_roster
) WITH (fillfactor = 70);
CREATE INDEX watches_unsettled ON watches (id) WHERE unsettled;

-- What players reported of themselves, as the server received it. A number counts once in a watch.
CREATE TABLE heartbeats (
    watch_id    bigint NOT NULL,
    seq         bigint NOT NULL,
    received_at timestamptz NOT NULL,
    position_ms bigint NOT NULL,
    playing     boolean NOT NULL,
    answers     uuid,                                             -- the challenge that the person answered
    PRIMARY KEY (watch_id, seq)
);

-- Questions put to whoever is watching. What counts is the absence of an answer.
CREATE TABLE challenges (
    id        uuid PRIMARY KEY,
    watch_id  bigint NOT NULL REFERENCES watches,
    issued_at timestamptz NOT NULL
);
CREATE INDEX challenges_by_watch ON challenges (watch_id, issued_at);

-- ── The ledger ──────────────────────────────────────────────────────────────────────────────────────────────────────

-- +goose StatementBegin
CREATE FUNCTION seconds_in(during tstzmultirange) RETURNS int LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(sum(extract(epoch FROM upper(r) - lower(r))), 0)::int FROM unnest(during) r
$$;
-- +goose StatementEnd

-- Time is what is credited; hours (学时) are made of it once, when sums are shown or compared.
ALTER TABLE hour_entries
    ALTER COLUMN case_id DROP NOT NULL,
    ALTER COLUMN task_id DROP NOT NULL,
    ADD COLUMN place_id    uuid REFERENCES course_places,
    ADD COLUMN session_id  uuid REFERENCES sessions,
    ADD COLUMN seconds     int,
    ADD COLUMN during      tstzmultirange,                        -- when the person attended
    ADD COLUMN evidence    jsonb NOT NULL DEFAULT '[]',           -- the records the time rests on
    ADD COLUMN reporter    text NOT NULL DEFAULT '',              -- who vouches; empty for what the server saw itself
    ADD COLUMN received_at timestamptz,                           -- when the evidence came in
    ADD COLUMN reason      text NOT NULL DEFAULT '';              -- why an entry was reversed
ALTER TABLE hour_entries DISABLE TRIGGER append_only;
UPDATE hour_entries SET seconds = hours * 2700;                   -- 45 minutes each
ALTER TABLE hour_entries ENABLE TRIGGER append_only;
DROP INDEX hour_entries_once;
ALTER TABLE hour_entries
    DROP COLUMN hours,
    ALTER COLUMN seconds SET NOT NULL,
    ADD CHECK (seconds <> 0 AND (reverses IS NULL) = (seconds > 0)),
    ADD CHECK (num_nonnulls(case_id, place_id) = 1),
    ADD CONSTRAINT hour_entries_within_attended CHECK (during IS NULL OR abs(seconds) <= seconds_in(during)),
    ADD CONSTRAINT hour_entries_reason CHECK (reverses IS NULL OR reason <> '') NOT VALID;
CREATE INDEX hour_entries_by_case ON hour_entries (case_id);
CREATE INDEX hour_entries_by_place ON hour_entries (place_id) WHERE place_id IS NOT NULL;
CREATE INDEX hour_entries_by_session ON hour_entries (session_id);

-- What stands credited. Only the trigger below writes it: an entry claims its time, its reversal gives the time back.
CREATE TABLE hour_claims (
    entry_id       bigint PRIMARY KEY REFERENCES hour_entries,
    person_id      uuid NOT NULL,
    institution_id text NOT NULL,
    session_ref    text NOT NULL,
    during         tstzmultirange,
    -- Nobody is in two places at once, whichever institutions say so.
    CONSTRAINT hour_claims_no_overlap EXCLUDE USING gist (person_id WITH =, during WITH &&)
);
CREATE UNIQUE INDEX hour_claims_once ON hour_claims (institution_id, session_ref, person_id) WHERE during IS NULL;
INSERT INTO hour_claims
    SELECT id, person_id, institution_id, session_ref, during FROM hour_entries e
    WHERE reverses IS NULL AND NOT EXISTS (SELECT 1 FROM hour_entries r WHERE r.reverses = e.id);

-- +goose StatementBegin
CREATE FUNCTION claim_hours() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.reverses IS NULL THEN
        INSERT INTO hour_claims VALUES (NEW.id, NEW.person_id, NEW.institution_id, NEW.session_ref, NEW.during);
    ELSE
        DELETE FROM hour_claims WHERE entry_id = NEW.reverses;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'entry % does not stand', NEW.reverses USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER claim AFTER INSERT ON hour_entries FOR EACH ROW EXECUTE FUNCTION claim_hours();

-- ── CE hours ────────────────────────────────────────────────────────────────────────────────────────────────────────

-- A year that is closed takes no more credits; what comes later waits for a decision. What takes away is let through: a
-- reversal, and a smaller entry in place of one that was reversed.
CREATE TABLE ce_years (
    year      int PRIMARY KEY,
    closed_at timestamptz,
    closed_by uuid REFERENCES accounts,
    CHECK ((closed_at IS NULL) = (closed_by IS NULL))
);

ALTER TABLE ce_entries
    ALTER COLUMN case_id DROP NOT NULL,
    ADD COLUMN place_id   uuid REFERENCES course_places,
    ADD COLUMN taken_year int,                                    -- the year the hours were taken in, when it was closed
    ADD COLUMN replaces   bigint UNIQUE REFERENCES ce_entries,    -- the reversed entry in whose place this one stands
    ADD COLUMN reason     text NOT NULL DEFAULT '',
    ADD CHECK (num_nonnulls(case_id, place_id) = 1),
    ADD CONSTRAINT ce_entries_reason CHECK (reverses IS NULL OR reason <> '') NOT VALID;
DROP INDEX ce_entries_once;

-- What stands credited: once for a case or course, year and subject. Only the trigger writes it.
CREATE TABLE ce_claims (
    entry_id  bigint PRIMARY KEY REFERENCES ce_entries,
    earned_in uuid NOT NULL,                                      -- the case or the place in a course
    year      int  NOT NULL,
    subject   text NOT NULL,
    taken_year int NOT NULL,
    CONSTRAINT ce_claims_once UNIQUE (earned_in, year, subject, taken_year)
);
INSERT INTO ce_claims
    SELECT id, case_id, year, subject, year FROM ce_entries e
    WHERE reverses IS NULL AND NOT EXISTS (SELECT 1 FROM ce_entries r WHERE r.reverses = e.id);

-- +goose StatementBegin
CREATE FUNCTION claim_ce_hours() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.reverses IS NULL THEN
        PERFORM 1 FROM ce_years WHERE year = NEW.year AND closed_at IS NOT NULL FOR SHARE;
        IF FOUND AND NOT EXISTS (SELECT 1 FROM ce_entries r
            WHERE r.id = NEW.replaces AND r.year = NEW.year AND r.hours >= NEW.hours
              AND EXISTS (SELECT 1 FROM ce_entries v WHERE v.reverses = r.id)) THEN
            RAISE EXCEPTION 'CE year % is closed', NEW.year
                USING ERRCODE = 'check_violation', CONSTRAINT = 'ce_year_closed';
        END IF;
        INSERT INTO ce_claims VALUES (NEW.id, coalesce(NEW.case_id, NEW.place_id), NEW.year, NEW.subject,
            coalesce(NEW.taken_year, NEW.year));
    ELSE
        DELETE FROM ce_claims WHERE entry_id = NEW.reverses;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'entry % does not stand', NEW.reverses USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER claim AFTER INSERT ON ce_entries FOR EACH ROW EXECUTE FUNCTION claim_ce_hours();

-- ── Certificates of CE-base courses ─────────────────────────────────────────────────────────────────────────────────

ALTER TABLE certificates
    ALTER COLUMN case_id DROP NOT NULL,
    ADD COLUMN place_id uuid REFERENCES course_places,
    ADD CHECK (num_nonnulls(case_id, place_id) = 1),
    DROP CONSTRAINT certificates_kind_check,
    ADD CONSTRAINT certificates_kind_check CHECK (kind IN ('training', 'grade', 'ce_base')),
    ADD CHECK ((kind = 'ce_base') = (place_id IS NOT NULL));
CREATE UNIQUE INDEX certificates_one_valid_place ON certificates (place_id) WHERE status IN ('valid', 'suspended');

-- ── What a case is told of ──────────────────────────────────────────────────────────────────────────────────────────

ALTER TABLE inbox
    DROP CONSTRAINT inbox_kind_check,
    ADD CONSTRAINT inbox_kind_check CHECK (kind IN ('start', 'answer', 'resolution', 'withdrawal', 'hours', 'facts'));

-- The facts that decisions rest on, as they were given anew: the title is decided again on them.
CREATE TABLE case_facts (
    id        uuid PRIMARY KEY,
    case_id   uuid NOT NULL REFERENCES cases,
    applicant jsonb NOT NULL,
    reason    text NOT NULL CHECK (reason <> ''),
    given_by  uuid NOT NULL REFERENCES accounts,
    given_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX case_facts_by_case ON case_facts (case_id, given_at);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON case_facts FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON heartbeats FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON challenges FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
