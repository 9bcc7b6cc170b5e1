-- +goose Up
-- The record of the programme. Constraints that the programme's rules imply stand here as well as in code:
-- a program error must not be able to write what the notice forbids.

CREATE EXTENSION IF NOT EXISTS btree_gist;

-- ── Institutions: the published lists (annexes 1 and 2 of the notice) ───────────────────────────────────────────

CREATE TABLE institutions (
    id         text PRIMARY KEY CHECK (id ~ '^[a-z][a-z0-9-]{1,47}$'),
    name       text NOT NULL UNIQUE CHECK (name <> ''),           -- exactly as published, to the letter
    status     text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended')),
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE institution_roles (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    institution_id  text NOT NULL REFERENCES institutions,
    occupation      text NOT NULL,
    role            text NOT NULL CHECK (role IN ('training', 'evaluation')),
    list_year       int  NOT NULL,
    source_document text NOT NULL,
    valid_from      date NOT NULL,
    valid_to        date,                                         -- exclusive; null while listed
    CHECK (valid_to IS NULL OR valid_to > valid_from),
    -- One role per institution and occupation at a time: who trains an occupation does not evaluate it.
    CONSTRAINT institution_roles_one_role EXCLUDE USING gist
        (institution_id WITH =, occupation WITH =, daterange(valid_from, valid_to) WITH &&)
);

CREATE TABLE ce_bases (
    name      text PRIMARY KEY,
    number    int UNIQUE,                                         -- null for the one row published without a number
    national  boolean NOT NULL,                                   -- 国家级
    municipal boolean NOT NULL,                                   -- 市级
    note      text NOT NULL DEFAULT '',
    list_year int NOT NULL
);

-- ── People and their access ─────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE persons (
    id               uuid PRIMARY KEY,
    id_type          text NOT NULL CHECK (id_type IN ('resident_id')),
    id_number_index  bytea NOT NULL UNIQUE,                       -- keyed hash: equality and uniqueness, never the number
    id_number_sealed bytea NOT NULL,
    name_sealed      bytea NOT NULL,
    created_at       timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE accounts (
    id             uuid PRIMARY KEY,
    role           text NOT NULL CHECK (role IN ('trainee', 'operator', 'institution')),
    label          text NOT NULL DEFAULT '',                      -- what an audit row shows; never a person's name
    person_id      uuid UNIQUE REFERENCES persons,
    institution_id text REFERENCES institutions,
    created_at     timestamptz NOT NULL DEFAULT now(),
    CHECK ((role = 'institution') = (institution_id IS NOT NULL)),
    CHECK (role = 'trainee' OR person_id IS NULL)
);

CREATE TABLE access_tokens (
    id         uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES accounts,
    token_hash bytea NOT NULL UNIQUE,
    label      text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    revoked_at timestamptz
);

-- ── The case ────────────────────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE cases (
    id              uuid PRIMARY KEY,
    person_id       uuid NOT NULL REFERENCES persons,
    occupation      text NOT NULL,
    direction       text NOT NULL DEFAULT '',                     -- '' when the standard has no direction; printed as —
    level           text NOT NULL CHECK (level IN ('junior', 'intermediate', 'senior')),
    policy_version  text NOT NULL,
    training_body   text NOT NULL REFERENCES institutions,
    evaluation_body text NOT NULL REFERENCES institutions,
    applicant       jsonb NOT NULL,                               -- the facts decisions rest on: education, post, titles
    -- The headline, derived from case_stages by progress.Derive and written in the same transaction.
    status          text NOT NULL CHECK (status IN ('active', 'waiting', 'stuck', 'withdrawn', 'ended')),
    stage           text NOT NULL,
    owes_kind       text CHECK (owes_kind IN ('trainee', 'institution', 'operator', 'system', 'calendar')),
    owes_id         text,
    owes_since      timestamptz,
    due_at          timestamptz,
    outcome         text CHECK (outcome IN ('rejected', 'withdrawn', 'untrained', 'trained', 'certified', 'mapped')),
    registered_by   uuid NOT NULL REFERENCES accounts,
    registered_at   timestamptz NOT NULL DEFAULT now(),
    registered_on   date NOT NULL,                                -- the programme's calendar (demo time may run fast)
    ended_at        timestamptz,
    last_event      int NOT NULL DEFAULT 0,                       -- number of the newest row in case_events
    CONSTRAINT cases_separate_bodies CHECK (training_body <> evaluation_body),
    CHECK ((outcome IS NULL) = (ended_at IS NULL)),
    CHECK ((status IN ('withdrawn', 'ended')) = (outcome IS NOT NULL))
);
-- One live or successful case per person, occupation, direction and level; a failed or withdrawn one may be begun anew.
CREATE UNIQUE INDEX cases_one_per_target ON cases (person_id, occupation, direction, level)
    WHERE outcome IS NULL OR outcome IN ('trained', 'certified', 'mapped');
CREATE INDEX cases_by_status ON cases (status, stage, due_at);
CREATE INDEX cases_by_person ON cases (person_id);

CREATE TABLE case_stages (
    case_id   uuid NOT NULL REFERENCES cases,
    stage     text NOT NULL CHECK (stage IN ('registration', 'training', 'exam', 'evaluation', 'certificate', 'title', 'ce_hours')),
    state     text NOT NULL CHECK (state IN ('pending', 'active', 'waiting', 'stuck', 'done', 'failed', 'skipped')),
    since     timestamptz NOT NULL,
    due_at    timestamptz,
    owes_kind text CHECK (owes_kind IN ('trainee', 'institution', 'operator', 'system', 'calendar')),
    owes_id   text,
    PRIMARY KEY (case_id, stage),
    CHECK ((state IN ('waiting', 'stuck')) = (owes_kind IS NOT NULL))
);

-- What a workflow step did, by (case, step): a step that is run again answers from here and does nothing.
CREATE TABLE case_steps (
    case_id uuid NOT NULL REFERENCES cases,
    step    text NOT NULL,
    reply   jsonb NOT NULL,
    done_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (case_id, step)
);

-- The timeline a reader sees. seq is dense per case: it is taken under the case's row lock.
CREATE TABLE case_events (
    case_id uuid NOT NULL REFERENCES cases,
    seq     int  NOT NULL,
    at      timestamptz NOT NULL DEFAULT now(),
    kind    text NOT NULL,
    stage   text NOT NULL,
    actor   text NOT NULL,                                        -- system · trainee · operator · institution:<id>
    params  jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (case_id, seq)
);

-- ── Work asked of institutions ──────────────────────────────────────────────────────────────────────────────────

CREATE TABLE tasks (
    id             uuid PRIMARY KEY,
    seq            bigint GENERATED ALWAYS AS IDENTITY UNIQUE,    -- the poll feed's cursor
    case_id        uuid NOT NULL REFERENCES cases,
    institution_id text NOT NULL REFERENCES institutions,
    kind           text NOT NULL CHECK (kind IN ('enrolment', 'training', 'exam', 'theory', 'practical')),
    attempt        int  NOT NULL CHECK (attempt >= 1),            -- 2 is the first resit
    issue          int  NOT NULL CHECK (issue >= 1),              -- 2 after a reassignment or a re-issue of the same attempt
    state          text NOT NULL CHECK (state IN ('open', 'answered', 'rejected', 'cancelled')),
    issued_at      timestamptz NOT NULL DEFAULT now(),
    due_at         timestamptz NOT NULL,
    closed_at      timestamptz,
    close_reason   text NOT NULL DEFAULT '',
    details        jsonb NOT NULL DEFAULT '{}',                   -- what is asked: required hours, modules, pass mark
    UNIQUE (case_id, kind, attempt, issue),
    CHECK ((state = 'open') = (closed_at IS NULL))
);
CREATE UNIQUE INDEX tasks_one_open ON tasks (case_id, kind) WHERE state = 'open';
CREATE INDEX tasks_by_institution ON tasks (institution_id, state, seq);

-- At most one answer to a task, whatever is sent and however often.
CREATE TABLE task_answers (
    task_id     uuid PRIMARY KEY REFERENCES tasks,
    kind        text NOT NULL CHECK (kind IN ('result', 'rejection')),
    body        jsonb NOT NULL,
    digest      bytea NOT NULL,                                   -- of the canonical body: tells a repeat from a contradiction
    received_by uuid NOT NULL REFERENCES accounts,
    received_at timestamptz NOT NULL DEFAULT now()
);

-- What people and institutions told us, committed before it is acknowledged, then forwarded to the case's workflow.
CREATE TABLE inbox (
    id              uuid PRIMARY KEY,
    case_id         uuid NOT NULL REFERENCES cases,
    kind            text NOT NULL CHECK (kind IN ('start', 'answer', 'resolution', 'withdrawal')),
    subject_id      uuid NOT NULL,                                -- case, task or incident
    created_at      timestamptz NOT NULL DEFAULT now(),
    forwarded_at    timestamptz,
    refused         text NOT NULL DEFAULT '',                     -- why the case would not take it; empty when it did
    attempts        int NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX inbox_unforwarded ON inbox (next_attempt_at) WHERE forwarded_at IS NULL;
CREATE UNIQUE INDEX inbox_once ON inbox (kind, subject_id) WHERE kind IN ('start', 'answer');
CREATE UNIQUE INDEX inbox_one_withdrawal ON inbox (case_id) WHERE kind = 'withdrawal' AND refused = '';

CREATE TABLE withdrawals (
    case_id      uuid PRIMARY KEY REFERENCES cases,
    reason       text NOT NULL CHECK (reason <> ''),
    requested_by uuid NOT NULL REFERENCES accounts,
    requested_at timestamptz NOT NULL DEFAULT now()
);

-- ── Facts the case gathers ──────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE hour_entries (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id        uuid NOT NULL REFERENCES cases,
    person_id      uuid NOT NULL REFERENCES persons,
    institution_id text NOT NULL REFERENCES institutions,
    task_id        uuid NOT NULL REFERENCES tasks,
    session_ref    text NOT NULL CHECK (session_ref <> ''),       -- the institution's own name for the session
    session_date   date NOT NULL,
    module         text NOT NULL,
    mode           text NOT NULL CHECK (mode IN ('online', 'offline')),
    hours          numeric(5,1) NOT NULL CHECK (hours <> 0),      -- 学时
    reverses       bigint UNIQUE REFERENCES hour_entries,
    recorded_at    timestamptz NOT NULL DEFAULT now(),
    CHECK ((reverses IS NULL) = (hours > 0))
);
-- The same session counts once for a person, whichever case or base claims it.
CREATE UNIQUE INDEX hour_entries_once ON hour_entries (institution_id, session_ref, person_id) WHERE reverses IS NULL;

CREATE TABLE assessments (
    task_id     uuid PRIMARY KEY REFERENCES tasks,
    case_id     uuid NOT NULL REFERENCES cases,
    kind        text NOT NULL CHECK (kind IN ('exam', 'theory', 'practical')),
    attempt     int  NOT NULL,
    score       numeric(5,2) CHECK (score BETWEEN 0 AND 100),     -- null: absent, which is not 0 marks
    pass_mark   numeric(5,2) NOT NULL,
    passed      boolean NOT NULL,
    assessed_on date NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (case_id, kind, attempt),
    CHECK (passed = (score IS NOT NULL AND score >= pass_mark))
);

CREATE TABLE decisions (
    id             uuid PRIMARY KEY,
    case_id        uuid NOT NULL REFERENCES cases,
    kind           text NOT NULL,
    policy_version text NOT NULL,
    as_of          date NOT NULL,
    inputs         jsonb NOT NULL,
    outcome        text NOT NULL,
    body           jsonb NOT NULL,
    decided_at     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX decisions_by_case ON decisions (case_id, decided_at);

CREATE TABLE certificate_numbers (
    issuer text NOT NULL REFERENCES institutions,
    kind   text NOT NULL,
    year   int  NOT NULL,
    last   int  NOT NULL,
    PRIMARY KEY (issuer, kind, year)
);

CREATE TABLE certificates (
    id             uuid PRIMARY KEY,
    case_id        uuid NOT NULL REFERENCES cases,
    kind           text NOT NULL CHECK (kind IN ('training', 'grade')),
    issuer         text NOT NULL REFERENCES institutions,
    number         text NOT NULL CHECK (number <> ''),
    origin         text NOT NULL CHECK (origin IN ('issued', 'reported')),
    status         text NOT NULL CHECK (status IN ('valid', 'suspended', 'superseded', 'revoked')),
    facts          jsonb NOT NULL,                                -- every printed fact but the holder's, frozen at issue
    holder_sealed  bytea NOT NULL,                                -- name and ID number as printed, frozen at issue
    digest         bytea NOT NULL,                                -- SHA-256 over the canonical facts and holder
    verify_token   text NOT NULL UNIQUE,
    policy_version text NOT NULL,
    issued_on      date NOT NULL,
    recorded_at    timestamptz NOT NULL DEFAULT now(),
    UNIQUE (issuer, number)
);
CREATE UNIQUE INDEX certificates_one_valid ON certificates (case_id, kind) WHERE status IN ('valid', 'suspended');
CREATE INDEX certificates_by_number ON certificates (number);

CREATE TABLE ce_entries (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id   uuid NOT NULL REFERENCES persons,
    case_id     uuid NOT NULL REFERENCES cases,
    year        int NOT NULL,
    subject     text NOT NULL CHECK (subject IN ('professional', 'public')),
    hours       numeric(6,1) NOT NULL CHECK (hours <> 0),
    reverses    bigint UNIQUE REFERENCES ce_entries,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((reverses IS NULL) = (hours > 0))
);
CREATE UNIQUE INDEX ce_entries_once ON ce_entries (case_id, year, subject) WHERE reverses IS NULL;
CREATE INDEX ce_entries_by_person ON ce_entries (person_id, year);

-- ── Stuck cases ─────────────────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE incidents (
    id             uuid PRIMARY KEY,
    case_id        uuid NOT NULL REFERENCES cases,
    stage          text NOT NULL,
    kind           text NOT NULL CHECK (kind IN ('external', 'program', 'business', 'overdue')),
    cause          text NOT NULL,
    institution_id text REFERENCES institutions,
    task_id        uuid REFERENCES tasks,
    params         jsonb NOT NULL DEFAULT '{}',
    state          text NOT NULL CHECK (state IN ('open', 'resolving', 'closed')),
    opened_at      timestamptz NOT NULL DEFAULT now(),
    closed_at      timestamptz,
    closed_by      text NOT NULL DEFAULT '',                      -- resolution · arrival · ending · superseded
    CHECK ((state = 'closed') = (closed_at IS NOT NULL))
);
-- A case is stuck for one reason at a time.
CREATE UNIQUE INDEX incidents_one_open ON incidents (case_id) WHERE state <> 'closed';
CREATE INDEX incidents_by_cause ON incidents (state, cause, institution_id, opened_at);

CREATE TABLE resolutions (
    id           uuid PRIMARY KEY,
    incident_id  uuid NOT NULL REFERENCES incidents,
    verb         text NOT NULL CHECK (verb IN ('retry', 'override', 'reassign', 'extend', 'correct', 'cancel')),
    params       jsonb NOT NULL DEFAULT '{}',
    reason       text NOT NULL CHECK (reason <> ''),
    requested_by uuid NOT NULL REFERENCES accounts,
    requested_at timestamptz NOT NULL DEFAULT now(),
    outcome      text NOT NULL DEFAULT 'pending' CHECK (outcome IN ('pending', 'applied', 'refused')),
    refusal      text NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX resolutions_one_pending ON resolutions (incident_id) WHERE outcome = 'pending';

-- ── Delivery to institutions ────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE endpoints (
    id             uuid PRIMARY KEY,
    institution_id text NOT NULL UNIQUE REFERENCES institutions,
    url            text NOT NULL,
    secret_sealed  bytea NOT NULL,
    state          text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'paused', 'disabled')),
    failing_since  timestamptz,
    created_at     timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE outbox (
    id              uuid PRIMARY KEY,                             -- the webhook-id: one event, however often delivered
    seq             bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    institution_id  text NOT NULL REFERENCES institutions,
    case_id         uuid NOT NULL REFERENCES cases,
    kind            text NOT NULL CHECK (kind IN ('task.issued', 'task.cancelled')),
    subject_id      uuid NOT NULL,
    payload         jsonb NOT NULL,
    state           text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'failed')),
    attempts        int NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    created_at      timestamptz NOT NULL DEFAULT now(),
    delivered_at    timestamptz,
    woken_at        timestamptz,                                  -- when the endpoint's workflow was told
    UNIQUE (kind, subject_id)
);
CREATE INDEX outbox_pending ON outbox (institution_id, next_attempt_at) WHERE state = 'pending';
CREATE INDEX outbox_unwoken ON outbox (created_at) WHERE woken_at IS NULL;

CREATE TABLE delivery_attempts (
    event_id    uuid NOT NULL REFERENCES outbox,
    attempt     int NOT NULL,
    at          timestamptz NOT NULL DEFAULT now(),
    status      int,                                              -- HTTP status; null when none was received
    error       text NOT NULL DEFAULT '',                         -- a class of error, never a body
    duration_ms int NOT NULL,
    PRIMARY KEY (event_id, attempt)
);

-- ── Requests and their trace ────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE idempotency_keys (
    account_id     uuid NOT NULL REFERENCES accounts,
    key            text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    request_digest bytea NOT NULL,
    status         int NOT NULL,
    answer         jsonb NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, key)
);

CREATE TABLE audit_entries (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         timestamptz NOT NULL DEFAULT now(),
    actor      text NOT NULL,                                     -- account id, or system
    action     text NOT NULL,
    subject    text NOT NULL,                                     -- kind:id
    reason     text NOT NULL,
    before     jsonb,
    after      jsonb,
    request_id text NOT NULL DEFAULT ''
);
CREATE INDEX audit_by_subject ON audit_entries (subject, id);

-- Append-only tables: a correction is a new row.
-- +goose StatementBegin
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'table % is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;
-- +goose StatementEnd
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON hour_entries  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ce_entries    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON case_events   FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON decisions     FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON assessments   FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
