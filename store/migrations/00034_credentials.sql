-- +goose Up
-- What software reads of certificates: credentials (Open Badges 3.0), the keys that sign them, and the lists that say which
-- certificates still hold.

CREATE TABLE credential_keys (
    id            text PRIMARY KEY CHECK (id <> ''),                  -- its thumbprint (RFC 7638)
    jwk           jsonb NOT NULL,                                     -- the public key
    registered_at timestamptz NOT NULL
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON credential_keys
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A key that was lost: it is in the DID document no more, and what it signed is signed anew.
CREATE TABLE credential_key_withdrawals (
    key_id text PRIMARY KEY REFERENCES credential_keys,
    reason text NOT NULL CHECK (reason <> ''),
    actor  text NOT NULL CHECK (actor <> ''),
    at     timestamptz NOT NULL
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON credential_key_withdrawals
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A certificate's place in the lists, drawn at random: it tells nothing of when, or by whom, it was issued.
CREATE TABLE status_entries (
    certificate_id uuid PRIMARY KEY REFERENCES certificates,
    page           int NOT NULL CHECK (page > 0),
    index          int NOT NULL CHECK (index BETWEEN 0 AND 131071),
    UNIQUE (page, index)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON status_entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The lists as they were last signed: two of each page, revocation (odd) and suspension (even).
CREATE TABLE status_lists (
    id          int PRIMARY KEY CHECK (id > 0),
    jwt         text NOT NULL,
    digest      bytea NOT NULL,                                       -- of what is set in it
    key_id      text NOT NULL REFERENCES credential_keys,
    signed_at   timestamptz NOT NULL,
    valid_until timestamptz NOT NULL,
    CHECK (signed_at < valid_until)
);

CREATE TABLE certificate_badges (
    certificate_id uuid PRIMARY KEY REFERENCES certificates,
    jwt_sealed     bytea NOT NULL,
    key_id         text NOT NULL REFERENCES credential_keys,
    signed_at      timestamptz NOT NULL
);
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON certificate_badges FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Looked for every second: what was issued lately, and what does not hold.
CREATE INDEX certificates_by_issue ON certificates (issued_at);
CREATE INDEX certificates_not_holding ON certificates (status) WHERE status IN ('suspended', 'superseded', 'revoked');
