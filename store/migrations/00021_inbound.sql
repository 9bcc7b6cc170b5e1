-- +goose Up
-- The answers that requests were given are sealed: they hold what is shown once, and persons. Those of before, which lay
-- open, go; their requests stay known, and are not carried out again.
ALTER TABLE idempotency_keys DROP COLUMN answer;
ALTER TABLE idempotency_keys ADD COLUMN answer_sealed bytea;             -- null: the request was carried out, and its answer is not kept yet
UPDATE idempotency_keys SET status = 0;
ALTER TABLE idempotency_keys ADD CHECK ((status = 0) = (answer_sealed IS NULL));
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

-- What institutions sent in good form and no case could take, kept for an operator to decide on: nothing is dropped.
CREATE TABLE dead_letters (
    id             uuid PRIMARY KEY,
    institution_id text NOT NULL REFERENCES institutions,
    account_id     uuid NOT NULL REFERENCES accounts,             -- that sent it first
    kind           text NOT NULL CHECK (kind IN ('result', 'rejection')),
    named_task     uuid NOT NULL,                                 -- as the sender named it; perhaps there is none
    task_id        uuid REFERENCES tasks,                         -- the same, if it is one of the institution's
    reason         text NOT NULL CHECK (reason IN ('task_unknown', 'task_foreign', 'second_opinion', 'task_cancelled',
                                                   'task_reassigned', 'asked_again', 'case_ended', 'case_erased')),
    body_sealed    bytea,                                         -- null: it was acknowledged, and stands in task_answers
    digest         bytea NOT NULL,                                -- tells what comes again from what is new
    times          int NOT NULL DEFAULT 1 CHECK (times >= 1),     -- it came
    received_at    timestamptz NOT NULL,                          -- first
    last_at        timestamptz NOT NULL,
    state          text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'applied', 'discarded')),
    applied_to     uuid REFERENCES tasks,
    resolved_by    uuid REFERENCES accounts,
    resolved_at    timestamptz,
    resolution     text NOT NULL DEFAULT '',                      -- why the operator decided so
    CONSTRAINT dead_letters_once UNIQUE (institution_id, named_task, digest),
    CHECK (task_id IS NULL OR task_id = named_task),
    CHECK (body_sealed IS NOT NULL OR task_id IS NOT NULL),
    CHECK ((task_id IS NULL) = (reason IN ('task_unknown', 'task_foreign'))),
    CHECK ((state = 'applied') = (applied_to IS NOT NULL)),
    CHECK ((state = 'open') = (resolved_at IS NULL) AND (resolved_at IS NULL) = (resolved_by IS NULL)
           AND (state = 'open') = (resolution = ''))
);
CREATE INDEX dead_letters_by_state ON dead_letters (state, received_at, id);
CREATE INDEX dead_letters_open ON dead_letters (institution_id) WHERE state = 'open';
CREATE INDEX dead_letters_by_task ON dead_letters (task_id);
-- What came stays as it came, and what was decided stays decided.
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON dead_letters FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decided BEFORE UPDATE ON dead_letters FOR EACH ROW
    WHEN ((OLD.institution_id, OLD.account_id, OLD.kind, OLD.named_task, OLD.task_id, OLD.reason, OLD.digest, OLD.received_at)
              IS DISTINCT FROM
          (NEW.institution_id, NEW.account_id, NEW.kind, NEW.named_task, NEW.task_id, NEW.reason, NEW.digest, NEW.received_at)
          OR OLD.state <> 'open' AND (OLD.state, OLD.applied_to, OLD.resolved_by, OLD.resolved_at, OLD.resolution)
              IS DISTINCT FROM (NEW.state, NEW.applied_to, NEW.resolved_by, NEW.resolved_at, NEW.resolution))
    EXECUTE FUNCTION refuse_change();

ALTER TABLE task_answers
    ADD COLUMN taken_at  timestamptz,                             -- when a step of the case took it into the record
    ADD COLUMN letter_id uuid UNIQUE REFERENCES dead_letters;     -- an operator applied it from there
UPDATE task_answers SET taken_at = received_at;
CREATE INDEX task_answers_untaken ON task_answers (task_id) WHERE taken_at IS NULL;
