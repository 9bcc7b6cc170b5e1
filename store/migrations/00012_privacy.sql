-- +goose Up
-- Personal data at rest: people are found under several index keys at once, so that keys can be changed while people are
-- registered; contacts and photos; requests to be forgotten.

-- What people are found by. A person has one row for each kind and index key.
CREATE TABLE person_indexes (
    person_id uuid NOT NULL REFERENCES persons,
    kind      text NOT NULL CHECK (kind IN ('id_number', 'mobile', 'phone', 'email')),
    key       bigint NOT NULL CHECK (key >= 0),                   -- number of the index key; 0: from when there was one
    hash      bytea NOT NULL,                                     -- keyed hash: equality and uniqueness, never the data
    PRIMARY KEY (person_id, kind, key)
);
-- An ID number is one person's, and so is a mobile's number of the mainland; lines, foreign numbers and mail are shared.
CREATE UNIQUE INDEX person_indexes_one_person ON person_indexes (kind, hash) WHERE kind IN ('id_number', 'mobile');
CREATE INDEX person_indexes_by_hash ON person_indexes (hash);
INSERT INTO person_indexes SELECT id, 'id_number', 0, id_number_index FROM persons;

ALTER TABLE persons
    DROP COLUMN id_number_index,
    ADD COLUMN erased_at timestamptz;                             -- the name and the number are gone, at the person's request

CREATE TABLE contacts (
    person_id      uuid PRIMARY KEY REFERENCES persons,
    phone_sealed   bytea,
    email_sealed   bytea,
    address_sealed bytea,
    updated_at     timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE photos (
    person_id    uuid PRIMARY KEY REFERENCES persons,
    image_sealed bytea NOT NULL,                                  -- JPEG as we encoded it: nothing of the camera is in it
    taken_in_at  timestamptz NOT NULL DEFAULT now()
);

-- A person asks to be forgotten. The answer names item by item what was erased, what is kept, and why.
CREATE TABLE deletion_requests (
    id           uuid PRIMARY KEY,
    person_id    uuid NOT NULL REFERENCES persons,
    reason       text NOT NULL DEFAULT '',
    requested_by uuid NOT NULL REFERENCES accounts,
    requested_at timestamptz NOT NULL DEFAULT now(),
    state        text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'granted', 'refused')),
    decided_by   uuid REFERENCES accounts,
    decided_at   timestamptz,
    decision     text NOT NULL DEFAULT '',                        -- the operator's reason
    items        jsonb NOT NULL DEFAULT '[]',
    CHECK ((state = 'pending') = (decided_at IS NULL)),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
    CHECK ((state = 'pending') = (decision = ''))
);
CREATE UNIQUE INDEX deletion_requests_one_pending ON deletion_requests (person_id) WHERE state = 'pending';
CREATE INDEX deletion_requests_by_time ON deletion_requests (requested_at, id);
