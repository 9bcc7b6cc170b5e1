-- +goose Up
-- Heartbeats are the most rows by far, so they are kept lean; and they come by xAPI too, whose statements have an id and no
-- number of their own.

ALTER TABLE heartbeats
    ALTER COLUMN position_ms TYPE int,                            -- 24 days: longer than any recording
    ADD COLUMN statement uuid;                                    -- the xAPI statement that said so
CREATE UNIQUE INDEX heartbeats_statement ON heartbeats (watch_id, statement) WHERE statement IS NOT NULL;

ALTER TABLE watches
    ADD COLUMN challenge     uuid,                                -- the presence challenge that is open; null: none is
    ADD COLUMN challenge_due timestamptz NOT NULL;                -- when the next one is due; while one is open, when it ends

-- A person's watches are settled together.
DROP INDEX watches_unsettled;
CREATE INDEX watches_unsettled ON watches (person_id) WHERE unsettled;
CREATE INDEX watches_by_person ON watches (person_id);
