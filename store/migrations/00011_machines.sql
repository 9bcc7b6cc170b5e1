-- +goose Up
-- Accounts of machines are told from those of people, and named once an institution; an invitation can be taken back.

ALTER TABLE accounts
    ADD COLUMN machine boolean NOT NULL DEFAULT false,            -- has keys, and no other way in
    ADD CONSTRAINT accounts_machine_of_institution CHECK (NOT machine OR (role = 'institution' AND label <> ''));
CREATE UNIQUE INDEX accounts_one_machine_per_label ON accounts (institution_id, label) WHERE machine AND state = 'active';
CREATE INDEX accounts_by_age ON accounts (created_at, id);

ALTER TABLE invitations
    ADD COLUMN revoked_at timestamptz,
    ADD CONSTRAINT invitations_one_end CHECK (accepted_at IS NULL OR revoked_at IS NULL);
