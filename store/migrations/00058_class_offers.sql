-- +goose Up
-- What a class offers who would join it: its fee and what of it is paid back, where and when it is held, and whether the public
-- sees it. Each change is a revision of its own, so that what somebody agreed to can be read for good. The latest holds.

CREATE TABLE class_offers (
    class_id     uuid NOT NULL REFERENCES classes,
    revision     int  NOT NULL CHECK (revision >= 1),
    offered      boolean NOT NULL,                                -- the public sees it
    fee_fen      int CHECK (fee_fen BETWEEN 0 AND 10000000),      -- null: not said
    refund       jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(refund) = 'array'),
    refund_terms text NOT NULL DEFAULT '',                        -- what is agreed besides, in words
    venue        text NOT NULL DEFAULT '',
    schedule     text NOT NULL DEFAULT '',
    study        text CHECK (study IN ('full_time', 'part_time', 'spare_time')),
    delivery     text CHECK (delivery IN ('onsite', 'online', 'mixed')),
    enrol_until  date,
    reason       text NOT NULL CHECK (reason <> ''),
    said_by      uuid NOT NULL REFERENCES accounts,
    said_at      timestamptz NOT NULL,
    PRIMARY KEY (class_id, revision),
    -- Whoever asks the public for money says what is paid back of it.
    CONSTRAINT class_offers_refund CHECK (NOT offered OR coalesce(fee_fen, 0) = 0 OR refund <> '[]')
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON class_offers FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
