-- +goose Up
-- How much of each limit is used up, for all processes of the API. Unlogged: after a crash of the database everybody begins
-- anew, and no request waits for a disk. A key is a keyed digest, so nobody's address stands here.
CREATE UNLOGGED TABLE rate_limits (
    key     bytea PRIMARY KEY,
    free_at timestamptz NOT NULL,                                 -- when nothing of the limit is used any more
    span    interval NOT NULL                                     -- how far ahead of now that may be
);
CREATE INDEX rate_limits_by_age ON rate_limits (free_at);
