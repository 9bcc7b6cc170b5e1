-- +goose Up
-- What is found of workflows' executions in Temporal, and what is done to them. Temporal is asked by a watcher in the worker;
-- the record keeps what it found, so that lists ask nobody.

ALTER TABLE incidents
    ADD COLUMN workflow_id     text NOT NULL DEFAULT '',              -- of whose execution it is
    ADD COLUMN next_attempt_at timestamptz,                           -- when it is tried again by itself, as far as is known
    ADD CHECK (workflow_id = '' OR NOT holds);
DROP INDEX incidents_one_finding;
CREATE UNIQUE INDEX incidents_one_finding ON incidents (cause, coalesce(certificate_id::text, ''), channel, workflow_id)
    WHERE state <> 'closed' AND NOT holds;
CREATE INDEX incidents_of_executions ON incidents (workflow_id) WHERE state <> 'closed' AND workflow_id <> '';

CREATE INDEX cases_in_trouble ON cases (id) WHERE trouble <> '';
CREATE INDEX certificate_documents_unsigned ON certificate_documents (rendered_at) WHERE state = 'rendered';

-- One row: whose turn it is to look, and when somebody last had.
CREATE TABLE execution_watch (
    one        boolean PRIMARY KEY DEFAULT true CHECK (one),
    claimed_at timestamptz,
    looked_at  timestamptz,                                           -- null: nobody has yet
    failing    int NOT NULL DEFAULT 0 CHECK (failing >= 0)            -- executions in trouble, as of then
);
INSERT INTO execution_watch DEFAULT VALUES;

-- What an operator has done to an execution. The run that the operator saw is named: no other is touched.
CREATE TABLE execution_repairs (
    id           uuid PRIMARY KEY,
    workflow_id  text NOT NULL CHECK (workflow_id <> ''),
    run_id       text NOT NULL CHECK (run_id <> ''),
    case_id      uuid REFERENCES cases,                               -- whose execution it is; null: of no case
    verb         text NOT NULL CHECK (verb IN ('pause_execution', 'resume_execution', 'reset_execution',
                     'pause_activity', 'resume_activity', 'retry_activity', 'reoption_activity')),
    params       jsonb NOT NULL DEFAULT '{}',
    reason       text NOT NULL CHECK (reason <> ''),
    requested_by uuid NOT NULL REFERENCES accounts,
    requested_at timestamptz NOT NULL,
    state        text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'done', 'refused')),
    refusal      text NOT NULL DEFAULT '',
    new_run_id   text NOT NULL DEFAULT '',                            -- the run that a reset began
    settled_at   timestamptz,
    CHECK ((state = 'pending') = (settled_at IS NULL)),
    CHECK ((state = 'refused') = (refusal <> ''))
);
CREATE INDEX execution_repairs_of ON execution_repairs (workflow_id, requested_at DESC);
CREATE INDEX execution_repairs_pending ON execution_repairs (requested_at) WHERE state = 'pending';
