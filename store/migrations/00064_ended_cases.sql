-- +goose Up
-- A period of the cases that have ended can be most of them, asked for in another order than the period's. Each order has an
-- index that knows the periods too: it is walked until the page is full, and what lies outside is never read.
DROP INDEX cases_ended_registered, cases_ended_standing, cases_ended_stage;
CREATE INDEX cases_ended_registered ON cases (registered_at, id)
    INCLUDE (owes_since, ended_at, due_at, stage, trained_on, certified_on, outcome) WHERE outcome IS NOT NULL;
CREATE INDEX cases_ended_standing ON cases ((coalesce(owes_since, ended_at, registered_at)), id)
    INCLUDE (registered_at, owes_since, ended_at, due_at, stage, trained_on, certified_on, outcome) WHERE outcome IS NOT NULL;
CREATE INDEX cases_ended_stage ON cases
    ((array_position(ARRAY['registration', 'training', 'exam', 'evaluation', 'certificate', 'title', 'ce_hours'], stage)), id)
    INCLUDE (registered_at, owes_since, ended_at, due_at, stage, trained_on, certified_on, outcome) WHERE outcome IS NOT NULL;
