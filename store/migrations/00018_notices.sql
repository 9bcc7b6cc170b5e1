-- +goose Up
-- What institutions and operators are told of, beside the callbacks: in the console, and by mail where they named a mailbox.

CREATE TABLE mailboxes (
    id             uuid PRIMARY KEY,
    institution_id text REFERENCES institutions,                  -- null: the programme's operators
    address_sealed bytea NOT NULL,
    label          text NOT NULL CHECK (label <> ''),             -- what it is called in lists; never the address
    named_by       uuid NOT NULL REFERENCES accounts,
    named_at       timestamptz NOT NULL DEFAULT now(),
    removed_at     timestamptz
);
CREATE UNIQUE INDEX mailboxes_one_per_label ON mailboxes (coalesce(institution_id, ''), label) WHERE removed_at IS NULL;

CREATE TABLE notices (
    id              uuid PRIMARY KEY,
    audience        text NOT NULL CHECK (audience IN ('institution', 'operators')),
    institution_id  text REFERENCES institutions,                 -- whom it is to, or about
    kind            text NOT NULL CHECK (kind ~ '^[a-z][a-z_]{1,62}$'),
    occasion        text NOT NULL CHECK (occasion <> ''),         -- what it is told of: each is told once an audience
    params          jsonb NOT NULL DEFAULT '{}',
    created_at      timestamptz NOT NULL DEFAULT now(),
    acknowledged_at timestamptz,                                  -- somebody has seen to it
    acknowledged_by uuid REFERENCES accounts,
    CHECK (audience <> 'institution' OR institution_id IS NOT NULL),
    CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL)),
    UNIQUE (audience, kind, occasion)
);
CREATE INDEX notices_open ON notices (audience, institution_id, created_at) WHERE acknowledged_at IS NULL;

-- A notice on its way to a mailbox.
CREATE TABLE notice_mails (
    notice_id       uuid NOT NULL REFERENCES notices,
    mailbox_id      uuid NOT NULL REFERENCES mailboxes,
    state           text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sent', 'failed')),
    attempts        int NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    sent_at         timestamptz,
    error           text NOT NULL DEFAULT '',                     -- a class of error, never what a server said
    PRIMARY KEY (notice_id, mailbox_id),
    CHECK ((state = 'sent') = (sent_at IS NOT NULL))
);
CREATE INDEX notice_mails_pending ON notice_mails (next_attempt_at) WHERE state = 'pending';
