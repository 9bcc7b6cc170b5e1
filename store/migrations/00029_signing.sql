-- +goose Up
-- The keys that documents are signed with: what everybody may know of them, kept for good, so that a document can be verified
-- by whoever has no key, and long after its key has gone.

CREATE TABLE signing_keys (
    id            text PRIMARY KEY CHECK (id ~ '^[0-9a-f]{64}$'),      -- SHA-256 of its certificate
    owner         text REFERENCES institutions,                       -- null: it signs for whoever has none
    algorithm     text NOT NULL,
    subject       text NOT NULL,                                      -- as its certificate names it
    not_before    timestamptz NOT NULL,
    not_after     timestamptz NOT NULL,
    chain         text NOT NULL,                                      -- its certificate and the issuers', in PEM
    registered_at timestamptz NOT NULL,
    CHECK (not_before < not_after)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON signing_keys
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A key that was lost: nothing is signed with it any more, and of what it signed only the record can vouch.
CREATE TABLE signing_key_withdrawals (
    key_id text PRIMARY KEY REFERENCES signing_keys,
    reason text NOT NULL CHECK (reason <> ''),
    actor  text NOT NULL CHECK (actor <> ''),
    at     timestamptz NOT NULL
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON signing_key_withdrawals
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
