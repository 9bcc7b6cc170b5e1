-- +goose Up
-- Checks of certificates that found one. Whoever checks without an account is nobody: only how often is kept, by day and way.
CREATE TABLE certificate_checks (
    certificate_id uuid NOT NULL REFERENCES certificates,
    day            date NOT NULL,                                 -- in Beijing
    way            text NOT NULL CHECK (way IN ('page', 'code', 'file', 'api')),
    times          bigint NOT NULL DEFAULT 1 CHECK (times > 0),
    PRIMARY KEY (certificate_id, day, way)
);

-- Checks of many at once, by somebody with an account: who, why, and of which certificates. What was asked is not kept: of
-- the file and of each row there is a keyed digest, by which somebody who has the same can show that it is the same.
CREATE TABLE bulk_checks (
    id             uuid PRIMARY KEY,
    account_id     uuid NOT NULL REFERENCES accounts,
    institution_id text REFERENCES institutions,                  -- null: an operator checked
    purpose        text NOT NULL CHECK (purpose IN ('hiring', 'promotion', 'subsidy', 'bidding', 'supervision')),
    reason         text NOT NULL CHECK (reason <> ''),
    file_digest    bytea NOT NULL CHECK (octet_length(file_digest) > 0),
    asked          int NOT NULL CHECK (asked BETWEEN 1 AND 500),
    found          int NOT NULL CHECK (found BETWEEN 0 AND asked),
    checked_at     timestamptz NOT NULL
);
CREATE INDEX bulk_checks_by_institution ON bulk_checks (institution_id, checked_at DESC);
CREATE INDEX bulk_checks_by_time ON bulk_checks (checked_at DESC);
CREATE TABLE bulk_check_rows (
    bulk_check_id  uuid NOT NULL REFERENCES bulk_checks,
    sheet_row      int NOT NULL CHECK (sheet_row > 0),            -- as the sheet counts
    question       bytea NOT NULL CHECK (octet_length(question) > 0),
    certificate_id uuid REFERENCES certificates,                  -- null: none was found
    PRIMARY KEY (bulk_check_id, sheet_row)
);
CREATE INDEX bulk_check_rows_by_certificate ON bulk_check_rows (certificate_id) WHERE certificate_id IS NOT NULL;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON bulk_checks FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON bulk_check_rows FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON certificate_checks FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Keys may be for checking.
ALTER TABLE access_tokens
    DROP CONSTRAINT access_tokens_scopes_check,
    ADD CONSTRAINT access_tokens_scopes_check
        CHECK (cardinality(scopes) > 0 AND scopes <@ ARRAY['tasks', 'attendance', 'courses', 'callbacks', 'verify', 'read']);
