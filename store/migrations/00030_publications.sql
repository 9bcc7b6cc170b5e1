-- +goose Up
-- Publication: in which public registers each certificate must be found, what each of them was sent and said, and how the way
-- to it is doing.

CREATE TABLE channels (
    channel        text PRIMARY KEY,
    connected      boolean NOT NULL DEFAULT false,                -- the worker knows an address
    state          text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'paused')),
    state_since    timestamptz NOT NULL DEFAULT now(),
    failures       int NOT NULL DEFAULT 0 CHECK (failures >= 0),  -- one after another, since it last answered
    failing_since  timestamptz,
    not_before     timestamptz,                                   -- it is left alone until then
    last_error     text NOT NULL DEFAULT '',                      -- a class
    place          text NOT NULL DEFAULT '',                      -- in its feed of receipts: what is behind it was not read
    asked_at       timestamptz,                                   -- when that was last read
    reconciled_at  timestamptz,                                   -- when both sides were last compared
    wake_wanted_at timestamptz,                                   -- its workflow is to be told of a change
    CONSTRAINT channels_failing CHECK ((failures = 0) = (failing_since IS NULL))
);
INSERT INTO channels (channel) VALUES ('beijing_ce'), ('national');

CREATE TABLE publications (
    certificate_id    uuid NOT NULL REFERENCES certificates,
    channel           text NOT NULL REFERENCES channels,
    version           int  NOT NULL CHECK (version >= 1),         -- what is wanted there
    operation         text NOT NULL CHECK (operation IN ('issue', 'correct', 'suspend', 'resume', 'supersede', 'revoke')),
    wanted_at         timestamptz NOT NULL DEFAULT now(),
    state             text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sending', 'acknowledged', 'published', 'refused')),
    since             timestamptz NOT NULL DEFAULT now(),
    sent_version      int NOT NULL DEFAULT 0 CHECK (sent_version >= 0),
    sent_sha256       bytea CHECK (length(sent_sha256) = 32),     -- of the record as it was sent
    sent_at           timestamptz,
    published_version int NOT NULL DEFAULT 0 CHECK (published_version >= 0),
    published_at      timestamptz,
    receipt           text NOT NULL DEFAULT '' CHECK (length(receipt) <= 128),
    attempts          int NOT NULL DEFAULT 0 CHECK (attempts >= 0),  -- to send the version that is wanted
    next_at           timestamptz NOT NULL DEFAULT now(),
    last_error        text NOT NULL DEFAULT '' CHECK (length(last_error) <= 64),
    woken_at          timestamptz,
    PRIMARY KEY (certificate_id, channel),
    CONSTRAINT publications_order CHECK (published_version <= sent_version AND sent_version <= version),
    CONSTRAINT publications_sent CHECK (state = 'waiting' OR sent_version = version AND sent_sha256 IS NOT NULL),
    CONSTRAINT publications_published CHECK (state <> 'published' OR published_version = version),
    CONSTRAINT publications_unpublished CHECK ((published_version = 0) = (published_at IS NULL))
);
CREATE INDEX publications_due ON publications (channel, next_at) WHERE state IN ('waiting', 'sending');
CREATE INDEX publications_awaited ON publications (channel, since) WHERE state = 'acknowledged';
CREATE INDEX publications_unwoken ON publications (channel) WHERE woken_at IS NULL;

-- Versions only grow, so that a register that knows a newer one is never told the older; nothing is forgotten; and the
-- national platform takes grade certificates only.
-- +goose StatementBegin
CREATE FUNCTION keep_publication() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'publications are never removed' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'publications_kept';
    ELSIF TG_OP = 'INSERT' THEN
        IF NEW.channel = 'national' AND NOT EXISTS (SELECT FROM certificates WHERE id = NEW.certificate_id AND kind = 'grade') THEN
            RAISE EXCEPTION 'the national platform takes grade certificates only'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'publications_kind';
        END IF;
    ELSIF NEW.version < OLD.version OR NEW.sent_version < OLD.sent_version OR NEW.published_version < OLD.published_version THEN
        RAISE EXCEPTION 'versions only grow' USING ERRCODE = 'check_violation', CONSTRAINT = 'publications_forward';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER keep BEFORE INSERT OR UPDATE OR DELETE ON publications FOR EACH ROW EXECUTE FUNCTION keep_publication();

-- What became of each publication, line by line.
CREATE TABLE publication_events (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    certificate_id uuid NOT NULL,
    channel        text NOT NULL,
    version        int  NOT NULL,
    what           text NOT NULL CHECK (what IN ('queued', 'sent', 'missed', 'acknowledged', 'published', 'refused', 'outdated')),
    detail         text NOT NULL DEFAULT '',                      -- operation, class of error or reason: a code
    at             timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (certificate_id, channel) REFERENCES publications
);
CREATE INDEX publication_events_by_certificate ON publication_events (certificate_id, id);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON publication_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Receipts as the registers gave them, whatever came of it. A register may name a certificate that nobody knows.
CREATE TABLE publication_receipts (
    channel     text NOT NULL REFERENCES channels,
    id          text NOT NULL CHECK (length(id) BETWEEN 1 AND 128),
    e_cert_id   text NOT NULL CHECK (length(e_cert_id) BETWEEN 1 AND 128),
    version     int  NOT NULL,
    state       text NOT NULL CHECK (state IN ('received', 'published', 'refused')),
    reason      text NOT NULL DEFAULT '' CHECK (length(reason) <= 64),
    receipt     text NOT NULL DEFAULT '' CHECK (length(receipt) <= 128),
    at          timestamptz NOT NULL,                             -- by the register's clock
    received_at timestamptz NOT NULL DEFAULT now(),
    outcome     text NOT NULL CHECK (outcome IN ('taken', 'outdated', 'unknown')),
    PRIMARY KEY (channel, id)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON publication_receipts
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What was issued before there were registers is to be found there, too.
INSERT INTO publications (certificate_id, channel, version, operation)
    SELECT c.id, ch.channel, 1, CASE c.status WHEN 'suspended' THEN 'suspend' WHEN 'superseded' THEN 'supersede'
        WHEN 'revoked' THEN 'revoke' ELSE 'issue' END
    FROM certificates c JOIN channels ch ON ch.channel = 'beijing_ce' OR c.kind = 'grade'
    WHERE c.status IN ('valid', 'suspended', 'superseded', 'revoked');
INSERT INTO publication_events (certificate_id, channel, version, what, detail)
    SELECT certificate_id, channel, version, 'queued', operation FROM publications;
