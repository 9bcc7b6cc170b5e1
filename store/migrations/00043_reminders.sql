-- +goose Up
-- Who was told of a deadline: each step of the ladder once for each deadline that something had. What is told, the ladder says.

CREATE TABLE reminders (
    step           text NOT NULL CHECK (step ~ '^[a-z][a-z_]{1,62}$'),
    subject_id     uuid NOT NULL,                                  -- a task, an incident, an approval or a case, as the step says
    deadline       timestamptz NOT NULL,
    case_id        uuid REFERENCES cases,                          -- null: an approval that is about no case
    institution_id text REFERENCES institutions,                   -- whom it was told to, or about
    told_at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (step, subject_id, deadline)
);
CREATE INDEX reminders_by_subject ON reminders (subject_id, told_at);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON reminders
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE INDEX tasks_by_deadline ON tasks (due_at) WHERE state = 'open';
CREATE INDEX incidents_by_opening ON incidents (opened_at) WHERE state <> 'closed' AND holds;
CREATE INDEX cases_by_registration_open ON cases (registered_on) WHERE outcome IS NULL;
