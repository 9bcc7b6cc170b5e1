-- +goose Up
-- How accounts prove themselves: passwords, second factors, identity providers, sessions of browsers, invitations, and keys
-- of machines. Secrets stand here as hashes or sealed; a copy of these tables logs nobody in.

-- A log-in is a name that was chosen. It begins with a letter and has no @, so that no telephone number, no ID number and no
-- address of mail can be one: it is kept in clear.
CREATE TABLE credentials (
    account_id    uuid PRIMARY KEY REFERENCES accounts,
    login         text NOT NULL CHECK (login ~ '^[A-Za-z][A-Za-z0-9._-]{2,31}$'),
    password_hash text NOT NULL CHECK (password_hash LIKE '$argon2id$%'),
    changed_at    timestamptz NOT NULL
);
CREATE UNIQUE INDEX credentials_one_login ON credentials (lower(login));

-- Failures are counted by log-in, whether anybody has it or not: who is locked out tells nothing of who there is.
CREATE TABLE login_failures (
    login_hash   bytea PRIMARY KEY,
    failures     int NOT NULL CHECK (failures > 0),
    last_at      timestamptz NOT NULL,
    locked_until timestamptz
);
CREATE INDEX login_failures_by_age ON login_failures (last_at);

CREATE TABLE second_factors (
    account_id    uuid PRIMARY KEY REFERENCES accounts,
    secret_sealed bytea NOT NULL,
    begun_at      timestamptz NOT NULL,
    confirmed_at  timestamptz,                                    -- null until a first code was right
    last_step     bigint NOT NULL DEFAULT 0                       -- codes of this step and before are used up
);

CREATE TABLE recovery_codes (
    account_id uuid NOT NULL REFERENCES accounts,
    code_hash  bytea NOT NULL,
    used_at    timestamptz,
    PRIMARY KEY (account_id, code_hash)
);

-- Who an account is at an identity provider.
CREATE TABLE login_identities (
    issuer     text NOT NULL,
    subject    text NOT NULL,
    account_id uuid NOT NULL REFERENCES accounts,
    linked_at  timestamptz NOT NULL,
    PRIMARY KEY (issuer, subject),
    CONSTRAINT login_identities_one_per_provider UNIQUE (account_id, issuer)
);

-- Sessions of browsers. They end when nothing was asked for a while, and at the latest some hours after the log-in.
CREATE TABLE web_sessions (
    id           uuid PRIMARY KEY,                                -- what its owner knows it by
    token_hash   bytea NOT NULL UNIQUE,
    account_id   uuid NOT NULL REFERENCES accounts,
    method       text NOT NULL CHECK (method IN ('local', 'oidc')),
    browser      text NOT NULL,                                   -- "Firefox · Linux", and no more than that
    data         bytea NOT NULL,
    created_at   timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    CHECK (last_seen_at >= created_at)
);
CREATE INDEX web_sessions_by_account ON web_sessions (account_id);
CREATE INDEX web_sessions_by_age ON web_sessions (last_seen_at);

CREATE TABLE invitations (
    id             uuid PRIMARY KEY,
    token_hash     bytea NOT NULL UNIQUE,
    role           text NOT NULL CHECK (role IN ('institution', 'operator', 'administrator')),
    institution_id text REFERENCES institutions,
    district       text CHECK (district <> ''),
    label          text NOT NULL CHECK (label <> ''),
    invited_by     uuid NOT NULL REFERENCES accounts,
    invited_at     timestamptz NOT NULL,
    expires_at     timestamptz NOT NULL CHECK (expires_at > invited_at),
    accepted_at    timestamptz,
    accepted_by    uuid UNIQUE REFERENCES accounts,
    CHECK ((role = 'institution') = (institution_id IS NOT NULL)),
    CHECK (role = 'operator' OR district IS NULL),
    CHECK ((accepted_at IS NULL) = (accepted_by IS NULL))
);
CREATE INDEX invitations_by_institution ON invitations (institution_id);

-- Keys of machines are tokens that say what they may be used for. A token without scopes may do all that its account may.
ALTER TABLE access_tokens
    ADD COLUMN scopes       text[] CHECK (cardinality(scopes) > 0 AND scopes <@ ARRAY['tasks', 'attendance', 'courses', 'read']),
    ADD COLUMN last_used_at timestamptz,                          -- to the minute
    ADD COLUMN created_by   uuid REFERENCES accounts,             -- null: by command line
    ADD COLUMN replaced_by  uuid UNIQUE REFERENCES access_tokens, -- its successor, while both are good
    ADD CONSTRAINT access_tokens_replaced_end CHECK (replaced_by IS NULL OR expires_at IS NOT NULL OR revoked_at IS NOT NULL);
CREATE INDEX access_tokens_by_account ON access_tokens (account_id);
