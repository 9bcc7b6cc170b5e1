-- +goose Up
-- Excel workbooks that institutions filled in: what was read, what each row would do or did. They are kept for a day.
CREATE TABLE workbooks (
    id             uuid PRIMARY KEY,
    institution_id text NOT NULL REFERENCES institutions,
    kind           text NOT NULL CHECK (kind IN ('results', 'sessions', 'attendance')),
    digest         bytea NOT NULL CHECK (octet_length(digest) = 32), -- of the file
    content_sealed bytea NOT NULL,                                -- its rows as they were read: names and scores
    outcomes       jsonb NOT NULL,                                -- by sheet and row: codes only
    state          text NOT NULL CHECK (state IN ('checked', 'applying', 'applied')),
    mode           text CHECK (mode IN ('rows', 'whole')),
    done           int NOT NULL DEFAULT 0 CHECK (done >= 0),      -- rows that were gone through
    uploaded_by    uuid NOT NULL REFERENCES accounts,
    uploaded_at    timestamptz NOT NULL,
    applied_by     uuid REFERENCES accounts,
    busy_until     timestamptz,                                   -- somebody is applying it, and says so again before then
    finished_at    timestamptz,
    expires_at     timestamptz NOT NULL,
    CHECK ((state = 'checked') = (mode IS NULL)),
    CHECK ((state = 'applied') = (finished_at IS NOT NULL)),
    CHECK (state = 'checked' OR applied_by IS NOT NULL)
);
CREATE UNIQUE INDEX workbooks_one_file ON workbooks (institution_id, digest);
CREATE INDEX workbooks_expiring ON workbooks (expires_at);
