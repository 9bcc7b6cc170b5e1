-- +goose Up
-- Certificates that an institution wants at once, to be printed: which, how far it is, and the file. They are kept for a week.
CREATE TABLE certificate_prints (
    id              uuid PRIMARY KEY,
    institution_id  text NOT NULL REFERENCES institutions,
    certificate_ids jsonb NOT NULL CHECK (jsonb_array_length(certificate_ids) > 0),
    requested_by    uuid NOT NULL REFERENCES accounts,
    requested_at    timestamptz NOT NULL,
    state           text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    done            int NOT NULL DEFAULT 0 CHECK (done >= 0),     -- certificates that were gone through
    left_out        jsonb NOT NULL DEFAULT '[]',                  -- which, and why
    attempts        int NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    busy_until      timestamptz,                                  -- somebody is at it, and says so again before then
    content_sealed  bytea,                                        -- the file
    size            bigint NOT NULL DEFAULT 0,
    finished_at     timestamptz,
    expires_at      timestamptz NOT NULL,
    CHECK ((state = 'done') = (content_sealed IS NOT NULL)),
    CHECK ((state IN ('done', 'failed')) = (finished_at IS NOT NULL))
);
-- An institution has one made at a time.
CREATE UNIQUE INDEX certificate_prints_one_at_once ON certificate_prints (institution_id) WHERE state IN ('waiting', 'running');
CREATE INDEX certificate_prints_by_institution ON certificate_prints (institution_id, requested_at);
CREATE INDEX certificate_prints_expiring ON certificate_prints (expires_at);
