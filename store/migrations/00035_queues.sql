-- +goose Up
-- Where an open case stands among the operators' queues: in exactly one, by its state alone. The state is what the columns
-- here say beside the headline; the queue is computed from them by the database, so that no list and no page can have another.

ALTER TABLE cases
    ADD COLUMN held            text NOT NULL DEFAULT '' CHECK (held IN ('', 'external', 'program', 'business', 'overdue')), -- the kind of the incident it is stuck on
    ADD COLUMN trouble         text NOT NULL DEFAULT '' CHECK (trouble IN ('', 'external', 'program')),                     -- what was found of its execution
    ADD COLUMN untold          boolean NOT NULL DEFAULT false,                                                              -- the institution it waits for could not be told
    ADD COLUMN awaits_approval boolean NOT NULL DEFAULT false,                                                              -- what one operator asked for, another has yet to decide
    ADD COLUMN paused_at       timestamptz,
    ADD COLUMN paused_until    date,                                                                                        -- null: until somebody resumes it
    ADD COLUMN assignee        uuid REFERENCES accounts,                                                                    -- the operator who sees to it
    ADD COLUMN assigned_at     timestamptz,
    ADD CHECK (paused_until IS NULL OR paused_at IS NOT NULL),
    ADD CHECK ((assignee IS NULL) = (assigned_at IS NULL));

UPDATE cases SET held = i.kind FROM incidents i WHERE i.case_id = cases.id AND i.holds AND i.state <> 'closed';

ALTER TABLE cases ADD COLUMN queue text NOT NULL GENERATED ALWAYS AS (CASE
    WHEN outcome IS NOT NULL THEN ''
    WHEN awaits_approval THEN 'approval'
    WHEN paused_at IS NOT NULL THEN 'paused'
    WHEN 'program' IN (held, trouble) THEN 'program'
    WHEN 'external' IN (held, trouble) OR untold THEN 'external'
    WHEN held = 'overdue' THEN 'overdue'
    WHEN held = 'business' THEN 'decision'
    WHEN owes_kind = 'institution' THEN 'institution'
    WHEN owes_kind = 'trainee' THEN 'trainee'
    WHEN owes_kind = 'calendar' THEN 'calendar'
    ELSE 'running'
END) STORED;
