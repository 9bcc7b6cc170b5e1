-- +goose Up
-- The indexes that lists of a million cases are read by. A case that has ended is written no more, and most have: the two
-- halves have indexes of their own, so that a step of an open case pays for those of the open ones only.

DROP INDEX cases_by_status;

-- Counting, picking and ordering open cases by anything reads this, and no case but those that are shown.
CREATE INDEX cases_open ON cases (queue, stage)
    INCLUDE (id, status, occupation, level, training_body, evaluation_body, district, assignee, held, policy_version, owes_since, registered_at,
             due_at, ended_at, outcome)
    WHERE outcome IS NULL;
CREATE INDEX cases_open_registered ON cases (registered_at, id) WHERE outcome IS NULL;
CREATE INDEX cases_open_standing ON cases ((coalesce(owes_since, ended_at, registered_at)), id) WHERE outcome IS NULL;
CREATE INDEX cases_open_due ON cases (due_at, id) WHERE outcome IS NULL;
CREATE INDEX cases_open_stage ON cases
    ((array_position(ARRAY['registration', 'training', 'exam', 'evaluation', 'certificate', 'title', 'ce_hours'], stage)), id) WHERE outcome IS NULL;

CREATE INDEX cases_ended_registered ON cases (registered_at, id) WHERE outcome IS NOT NULL;
CREATE INDEX cases_ended_standing ON cases ((coalesce(owes_since, ended_at, registered_at)), id) WHERE outcome IS NOT NULL;
CREATE INDEX cases_ended_due ON cases (due_at, id) WHERE outcome IS NOT NULL;
CREATE INDEX cases_ended_stage ON cases
    ((array_position(ARRAY['registration', 'training', 'exam', 'evaluation', 'certificate', 'title', 'ce_hours'], stage)), id) WHERE outcome IS NOT NULL;
CREATE INDEX cases_ended_by_target ON cases (occupation, level, outcome) WHERE outcome IS NOT NULL;
CREATE INDEX cases_ended_by_evaluation_body ON cases (evaluation_body) WHERE outcome IS NOT NULL;

CREATE INDEX incidents_by_age ON incidents (opened_at, id);
CREATE INDEX incidents_by_closing ON incidents (closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX incidents_by_case ON incidents (case_id, opened_at);
CREATE INDEX resolutions_by_incident ON resolutions (incident_id, requested_at);

-- Who was trained or certified in a year.
CREATE INDEX certificates_standing ON certificates (kind, issued_on) INCLUDE (case_id) WHERE status IN ('valid', 'suspended');
