-- +goose Up
-- Links by which a holder shows a certificate to whoever they send them to, for a while. The link's secret is kept as a hash
-- and shown once.
CREATE TABLE certificate_shares (
    id             uuid PRIMARY KEY,
    certificate_id uuid NOT NULL REFERENCES certificates,
    token_hash     bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
    purpose        text NOT NULL CHECK (purpose IN ('employment', 'title_review', 'subsidy', 'other')),
    document       boolean NOT NULL,                               -- the signed document is shown with it
    shared_by      uuid NOT NULL REFERENCES accounts,
    shared_at      timestamptz NOT NULL,
    expires_at     timestamptz NOT NULL CHECK (expires_at > shared_at AND expires_at <= shared_at + interval '90 days 1 hour'),
    ended_at       timestamptz CHECK (ended_at >= shared_at),      -- by its holder, before its time was over
    opened         integer NOT NULL DEFAULT 0 CHECK (opened >= 0), -- by nobody in particular
    opened_at      timestamptz,
    CHECK ((opened > 0) = (opened_at IS NOT NULL))
);
CREATE INDEX certificate_shares_by_certificate ON certificate_shares (certificate_id, shared_at);

-- Of the ways in which somebody finds a certificate, one more.
ALTER TABLE certificate_checks
    DROP CONSTRAINT certificate_checks_way_check,
    ADD CONSTRAINT certificate_checks_way_check CHECK (way IN ('page', 'code', 'file', 'api', 'share'));
