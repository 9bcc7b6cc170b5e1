-- +goose Up
-- Lists are found by an index in whatever way they are narrowed and arranged, however long the record is.

-- By the day of a certificate, with what pages are arranged by: what is picked is not read to be arranged.
DROP INDEX cases_ended_certified;
CREATE INDEX cases_ended_certified ON cases (certified_on)
    INCLUDE (id, registered_at, owes_since, ended_at, due_at, stage, occupation, level, outcome) WHERE outcome IS NOT NULL;

-- By stage, with what is done: those that lack a stage all lie at one end of this order.
DROP INDEX cases_ended_stage;
CREATE INDEX cases_ended_stage ON cases
    ((array_position(ARRAY['registration', 'training', 'exam', 'evaluation', 'certificate', 'title', 'ce_hours'], stage)), id)
    INCLUDE (registered_at, owes_since, ended_at, due_at, stage, trained_on, certified_on, done, outcome) WHERE outcome IS NOT NULL;

CREATE INDEX certificates_by_record ON certificates (recorded_at, id);

-- Events by when they were written; few failed, few are tests, and some kinds are rare.
CREATE INDEX outbox_by_time ON outbox (created_at, seq);
CREATE INDEX outbox_by_kind ON outbox (kind, created_at, seq);
CREATE INDEX outbox_failed ON outbox (created_at, seq) WHERE state = 'failed';
CREATE INDEX outbox_tests ON outbox (created_at, seq) WHERE test;
