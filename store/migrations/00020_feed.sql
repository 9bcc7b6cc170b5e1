-- +goose Up
-- Where an event stands in the feed that institutions poll. seq is given before an event is committed, and a transaction that
-- began earlier may commit later: whoever read on from a seq could miss it. A position is given to what is committed, by one
-- at a time, and each is higher than all that can be seen.
ALTER TABLE outbox ADD COLUMN position bigint UNIQUE CHECK (position > 0);
UPDATE outbox SET position = seq;
CREATE INDEX outbox_feed ON outbox (institution_id, position);

-- Keys of machines may set up callbacks.
ALTER TABLE access_tokens
    DROP CONSTRAINT access_tokens_scopes_check,
    ADD CONSTRAINT access_tokens_scopes_check
        CHECK (cardinality(scopes) > 0 AND scopes <@ ARRAY['tasks', 'attendance', 'courses', 'callbacks', 'read']);
