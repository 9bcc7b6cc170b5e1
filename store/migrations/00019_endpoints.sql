-- +goose Up
-- The outbound half: why an endpoint is as it is, how it is doing, the several secrets that sign for it, what the operator
-- lets it lead to, and what is known of every attempt.

ALTER TABLE endpoints
    ADD COLUMN state_reason   text NOT NULL DEFAULT '' CHECK (state_reason IN ('', 'by_institution', 'by_operator', 'gone', 'failing')),
    ADD COLUMN state_since    timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN schedule       jsonb                               -- seconds before each attempt; null: the standard schedule
        CHECK (jsonb_typeof(schedule) = 'array' AND jsonb_array_length(schedule) BETWEEN 1 AND 20),
    ADD COLUMN concurrency    int NOT NULL DEFAULT 4 CHECK (concurrency BETWEEN 1 AND 16),
    ADD COLUMN failures       int NOT NULL DEFAULT 0 CHECK (failures >= 0),  -- one after another, since it last took anything
    ADD COLUMN failed_at      timestamptz,                        -- the last of them
    ADD COLUMN not_before     timestamptz,                        -- it is left alone until then
    ADD COLUMN told           text NOT NULL DEFAULT '',           -- the worst health that was told of in this spell
    ADD COLUMN wake_wanted_at timestamptz;                        -- its workflow is to be told of a change
UPDATE endpoints SET state_reason = 'by_operator' WHERE state <> 'active';
ALTER TABLE endpoints
    ADD CONSTRAINT endpoints_state_reason CHECK (CASE state
        WHEN 'active' THEN state_reason = ''
        WHEN 'paused' THEN state_reason IN ('by_institution', 'by_operator')
        ELSE state_reason <> '' END),
    ADD CONSTRAINT endpoints_failing CHECK ((failing_since IS NULL) = (failed_at IS NULL));
CREATE INDEX endpoints_wake_wanted ON endpoints (wake_wanted_at) WHERE wake_wanted_at IS NOT NULL;

-- All that are not retired sign, so that a secret can be changed while callbacks go on.
CREATE TABLE endpoint_secrets (
    id             uuid PRIMARY KEY,
    institution_id text NOT NULL REFERENCES endpoints (institution_id),
    kind           text NOT NULL CHECK (kind IN ('hmac', 'ed25519')),
    secret_sealed  bytea NOT NULL,
    public_key     text NOT NULL DEFAULT '',                      -- what the institution verifies with
    created_at     timestamptz NOT NULL DEFAULT now(),
    retires_at     timestamptz,                                   -- null: in use until there is another
    CONSTRAINT endpoint_secrets_public_key CHECK ((kind = 'ed25519') = (public_key <> ''))
);
CREATE INDEX endpoint_secrets_by_institution ON endpoint_secrets (institution_id);
INSERT INTO endpoint_secrets (id, institution_id, kind, secret_sealed, created_at)
    SELECT id, institution_id, 'hmac', secret_sealed, created_at FROM endpoints;
ALTER TABLE endpoints DROP COLUMN secret_sealed;

-- Hosts that are not public, or on another port, and may be called all the same.
CREATE TABLE allowed_hosts (
    id         uuid PRIMARY KEY,
    host       text NOT NULL CHECK (host <> '' AND host = lower(host)),
    port       int NOT NULL CHECK (port BETWEEN 1 AND 65535),
    reason     text NOT NULL CHECK (reason <> ''),
    allowed_by uuid NOT NULL REFERENCES accounts,
    allowed_at timestamptz NOT NULL DEFAULT now(),
    removed_by uuid REFERENCES accounts,
    removed_at timestamptz,
    CHECK ((removed_by IS NULL) = (removed_at IS NULL))
);
CREATE UNIQUE INDEX allowed_hosts_once ON allowed_hosts (host, port) WHERE removed_at IS NULL;

ALTER TABLE outbox
    DROP CONSTRAINT outbox_kind_check,
    DROP CONSTRAINT outbox_kind_subject_id_key,
    ALTER COLUMN case_id DROP NOT NULL,                           -- null: about no case
    ADD COLUMN sequence  int NOT NULL DEFAULT 0,                  -- of its case; given with its place in the feed
    ADD COLUMN test      boolean NOT NULL DEFAULT false,          -- a ping or an example: sent and logged, and in no feed
    ADD COLUMN charged   int NOT NULL DEFAULT 0,                  -- attempts since it was queued: its place in the schedule
    ADD COLUMN queued_at timestamptz NOT NULL DEFAULT now(),      -- when it was written, or queued once more
    ADD CONSTRAINT outbox_kind CHECK (kind IN
        ('task.issued', 'task.cancelled', 'task.extended', 'answer.applied', 'answer.discarded', 'endpoint.ping'));
CREATE UNIQUE INDEX outbox_once ON outbox (kind, subject_id)
    WHERE NOT test AND kind IN ('task.issued', 'task.cancelled', 'answer.applied', 'answer.discarded');
UPDATE outbox o SET charged = attempts, queued_at = created_at, sequence = n.sequence
    FROM (SELECT id, row_number() OVER (PARTITION BY case_id ORDER BY seq) AS sequence FROM outbox) n WHERE n.id = o.id;
CREATE UNIQUE INDEX outbox_by_case ON outbox (case_id, sequence) WHERE sequence > 0;
CREATE INDEX outbox_by_institution ON outbox (institution_id, seq);
CREATE INDEX outbox_by_task ON outbox ((payload->>'task_id'));

ALTER TABLE delivery_attempts ADD COLUMN response_sealed bytea;   -- the beginning of what was answered, masked; null: no text
CREATE INDEX delivery_attempts_by_time ON delivery_attempts (at);
