-- +goose Up
-- What trainees are told of, and how they want to be: written with the line of the timeline that it tells of, so that one event
-- is one notification whatever crashes. It names nobody: its words are made for its reader when they are read or sent.

CREATE TABLE dispatches (
    id              uuid PRIMARY KEY,
    person_id       uuid NOT NULL REFERENCES persons,
    channel         text NOT NULL CHECK (channel IN ('email', 'sms')),
    failed_channel  text CHECK (failed_channel IN ('email', 'sms')),   -- the one that was tried before, and could not
    state           text NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'sending', 'sent', 'failed', 'unsure')),
    attempts        int NOT NULL DEFAULT 0,                            -- on this channel
    created_at      timestamptz NOT NULL DEFAULT now(),
    channel_since   timestamptz NOT NULL DEFAULT now(),                -- what it is given up by
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    lease_until     timestamptz,                                       -- whoever sends it has until then
    ended_at        timestamptz,
    last_error      text NOT NULL DEFAULT '',                          -- a class
    woken_at        timestamptz,                                       -- the channel's workflow was told of it
    CHECK (failed_channel IS NULL OR failed_channel <> channel),
    CHECK ((state = 'sending') = (lease_until IS NOT NULL)),
    CHECK ((state IN ('sent', 'failed', 'unsure')) = (ended_at IS NOT NULL))
);
CREATE INDEX dispatches_due ON dispatches (channel, next_attempt_at) WHERE state = 'due';
CREATE INDEX dispatches_sending ON dispatches (channel, lease_until) WHERE state = 'sending';
CREATE INDEX dispatches_unwoken ON dispatches (channel) WHERE woken_at IS NULL;
CREATE INDEX dispatches_of_person ON dispatches (person_id);
CREATE INDEX dispatches_by_end ON dispatches (ended_at) WHERE ended_at IS NOT NULL;

-- What was said to be sent, to have failed or to be unsure stays so: nothing is sent twice.
-- +goose StatementBegin
CREATE FUNCTION dispatch_stays() RETURNS trigger LANGUAGE plpgsql AS
$$BEGIN
    IF OLD.ended_at IS NOT NULL AND NEW.state <> OLD.state THEN
        RAISE EXCEPTION 'dispatch % has ended', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END$$;
-- +goose StatementEnd
CREATE TRIGGER stays_ended BEFORE UPDATE ON dispatches FOR EACH ROW EXECUTE FUNCTION dispatch_stays();

CREATE TABLE notifications (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    person_id   uuid NOT NULL REFERENCES persons,
    case_id     uuid REFERENCES cases,                                 -- null: about no case
    kind        text NOT NULL,
    occasion    text NOT NULL,                                         -- what it tells of, such as a line of a timeline
    params      jsonb NOT NULL DEFAULT '{}',
    urgency     text NOT NULL CHECK (urgency IN ('now', 'digest')),
    act         text NOT NULL DEFAULT '',                              -- what the person is to do about it
    act_due     date CHECK (act_due IS NULL OR act <> ''),
    created_at  timestamptz NOT NULL DEFAULT now(),
    read_at     timestamptz,
    address_at  timestamptz DEFAULT now(),                             -- when it is looked at how it is sent; null: it was
    dispatch_id uuid REFERENCES dispatches,                            -- the one message that it is in; null: in none
    CHECK (address_at IS NULL OR dispatch_id IS NULL),
    UNIQUE (person_id, kind, occasion)
);
CREATE INDEX notifications_of_person ON notifications (person_id, created_at DESC, id DESC);
CREATE INDEX notifications_unread ON notifications (person_id) WHERE read_at IS NULL;
CREATE INDEX notifications_to_address ON notifications (address_at, person_id) WHERE address_at IS NOT NULL;
CREATE INDEX notifications_of_dispatch ON notifications (dispatch_id) WHERE dispatch_id IS NOT NULL;

CREATE TABLE notification_preferences (
    person_id     uuid PRIMARY KEY REFERENCES persons,
    language      text NOT NULL CHECK (language IN ('zh', 'en')),
    first_channel text NOT NULL CHECK (first_channel IN ('email', 'sms')),
    email         boolean NOT NULL,
    sms           boolean NOT NULL,
    quiet_from    int NOT NULL CHECK (quiet_from BETWEEN 0 AND 1439),   -- minutes of the day, in Beijing; equal: never
    quiet_until   int NOT NULL CHECK (quiet_until BETWEEN 0 AND 1439),
    digest        text NOT NULL CHECK (digest IN ('daily', 'each', 'none')),
    digest_at     int NOT NULL CHECK (digest_at BETWEEN 0 AND 1439),
    changed_at    timestamptz NOT NULL
);
