-- +goose Up
-- What trainees are told goes only where they said that it reaches them: by a code that was sent there. What is sent by SMS has a
-- key by which its gateway knows a repeat, so that it can be sent again.

ALTER TABLE contacts
    ADD COLUMN phone_confirmed_at timestamptz,
    ADD COLUMN email_confirmed_at timestamptz,
    ADD CHECK (phone_confirmed_at IS NULL OR phone_sealed IS NOT NULL),
    ADD CHECK (email_confirmed_at IS NULL OR email_sealed IS NOT NULL);

CREATE TABLE contact_codes (
    id          uuid PRIMARY KEY,
    person_id   uuid NOT NULL REFERENCES persons,
    channel     text NOT NULL CHECK (channel IN ('email', 'sms')),
    code_sealed bytea NOT NULL,
    tries       int NOT NULL DEFAULT 0 CHECK (tries BETWEEN 0 AND 5),
    made_at     timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    CHECK (expires_at > made_at),
    UNIQUE (person_id, channel)                                        -- the last one alone is good
);
CREATE INDEX contact_codes_by_expiry ON contact_codes (expires_at);

ALTER TABLE dispatches
    ADD COLUMN code_id uuid REFERENCES contact_codes ON DELETE SET NULL, -- what it carries instead of notifications
    ADD COLUMN unheard boolean NOT NULL DEFAULT false;                   -- it may have arrived, and nobody said so
CREATE INDEX dispatches_of_code ON dispatches (code_id) WHERE code_id IS NOT NULL;

-- How a message was sent is kept for less long than the message.
ALTER TABLE notifications
    DROP CONSTRAINT notifications_dispatch_id_fkey,
    ADD CONSTRAINT notifications_dispatch_id_fkey FOREIGN KEY (dispatch_id) REFERENCES dispatches ON DELETE SET NULL;
CREATE INDEX notifications_by_age ON notifications (created_at);
