-- +goose Up
-- Institutions beyond what they are listed for: the basis and the planned end of a suspension, how many cases they say they
-- can carry, their supervision (日常检查), and figures of how their work goes.

-- A planned end reminds; it lifts nothing.
ALTER TABLE institution_suspensions ADD COLUMN legal_basis text NOT NULL DEFAULT '', ADD COLUMN planned_until date;

-- How many open cases an institution says it can carry at once. The latest declaration holds.
CREATE TABLE institution_capacities (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    institution_id text NOT NULL REFERENCES institutions,
    role           text NOT NULL CHECK (role IN ('training', 'evaluation')),
    occupation     text NOT NULL,
    level          text NOT NULL CHECK (level IN ('junior', 'intermediate', 'senior')),
    places         int  NOT NULL CHECK (places BETWEEN 0 AND 100000),
    declared_by    uuid NOT NULL REFERENCES accounts,
    declared_at    timestamptz NOT NULL
);
CREATE INDEX institution_capacities_latest ON institution_capacities (institution_id, role, occupation, level, id DESC);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON institution_capacities
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- An inspection of an institution in one of its roles: planned, visited, closed when all that was found is put right.
CREATE TABLE inspections (
    id             uuid PRIMARY KEY,
    institution_id text NOT NULL REFERENCES institutions,
    role           text NOT NULL CHECK (role IN ('training', 'evaluation')),
    district       text,                                          -- whose inspection it is; null: the city bureau's
    scope          text NOT NULL CHECK (scope <> ''),             -- what is looked at
    planned_on     date NOT NULL,
    planned_by     uuid NOT NULL REFERENCES accounts,
    planned_at     timestamptz NOT NULL,
    state          text NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'visited', 'closed', 'cancelled')),
    visited_on     date,
    report         text NOT NULL DEFAULT '',
    notice         text NOT NULL DEFAULT '',                      -- what the city bureau published of it
    published_at   timestamptz,
    CONSTRAINT inspections_districts_train CHECK (district IS NULL OR role = 'training'), -- the notice: 区局对培训机构实施日常检查和监督
    CHECK ((state IN ('visited', 'closed')) = (visited_on IS NOT NULL)),
    CHECK ((visited_on IS NULL) = (report = '')),
    CHECK ((published_at IS NULL) = (notice = '')),
    CHECK (published_at IS NULL OR visited_on IS NOT NULL)
);
CREATE INDEX inspections_by_institution ON inspections (institution_id, planned_on);
CREATE INDEX inspections_by_day ON inspections (planned_on, id);

-- What was found, and by when it is to be put right. A deadline that passes settles nothing.
CREATE TABLE inspection_findings (
    id            uuid PRIMARY KEY,
    inspection_id uuid NOT NULL REFERENCES inspections,
    number        int  NOT NULL CHECK (number >= 1),
    severity      text NOT NULL CHECK (severity IN ('minor', 'major', 'grave')),
    what          text NOT NULL CHECK (what <> ''),
    citation      text NOT NULL CHECK (citation <> ''),           -- the rule that it offends against
    evidence      text NOT NULL DEFAULT '',
    due_on        date NOT NULL,
    state         text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'answered', 'accepted', 'escalated')),
    UNIQUE (inspection_id, number)
);
CREATE INDEX inspection_findings_unsettled ON inspection_findings (due_on) WHERE state <> 'accepted';

-- What happened to an inspection and its findings, line by line.
CREATE TABLE inspection_entries (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    inspection_id uuid NOT NULL REFERENCES inspections,
    finding_id    uuid REFERENCES inspection_findings,
    at            timestamptz NOT NULL,
    kind          text NOT NULL CHECK (kind IN ('planned', 'visited', 'cancelled', 'answered', 'accepted', 'returned', 'extended',
                      'escalated', 'overdue', 'published', 'unpublished', 'closed')),
    actor         text NOT NULL,                                  -- operator · institution · system
    account_id    uuid REFERENCES accounts,                       -- null: the system
    words         text NOT NULL DEFAULT '',
    evidence      text NOT NULL DEFAULT '',
    due_on        date
);
CREATE INDEX inspection_entries_by_inspection ON inspection_entries (inspection_id, id);
CREATE UNIQUE INDEX inspection_entries_overdue_once ON inspection_entries (finding_id, due_on) WHERE kind = 'overdue';
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON inspection_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A proposal to suspend an institution, which the city bureau decides on: somebody else than who made it.
CREATE TABLE suspension_proposals (
    id              uuid PRIMARY KEY,
    institution_id  text NOT NULL REFERENCES institutions,
    finding_id      uuid NOT NULL REFERENCES inspection_findings,
    reason          text NOT NULL CHECK (reason <> ''),
    legal_basis     text NOT NULL CHECK (legal_basis <> ''),
    proposed_by     uuid NOT NULL REFERENCES accounts,
    proposed_at     timestamptz NOT NULL,
    state           text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'approved', 'rejected')),
    decided_by      uuid REFERENCES accounts,
    decided_at      timestamptz,
    decision_reason text NOT NULL DEFAULT '',
    CHECK ((state = 'open') = (decided_by IS NULL)),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
    CHECK (state = 'open' OR decision_reason <> ''),
    CONSTRAINT suspension_proposals_two_persons CHECK (decided_by <> proposed_by)
);
CREATE UNIQUE INDEX suspension_proposals_one_open ON suspension_proposals (institution_id) WHERE state = 'open';

-- Figures of an institution in a year, counted anew in the background; when is what figure_counts says.
CREATE TABLE institution_figures (
    institution_id text NOT NULL REFERENCES institutions,
    year           int  NOT NULL,                                 -- 0: how things stand now
    measure        text NOT NULL,
    value          double precision NOT NULL,
    PRIMARY KEY (institution_id, year, measure)
);
CREATE TABLE figure_counts (
    year  int PRIMARY KEY,
    as_of timestamptz NOT NULL
);

-- The open cases of a body: what is transferred to others when it is suspended.
CREATE INDEX cases_open_by_evaluation_body ON cases (evaluation_body) WHERE outcome IS NULL;
