-- +goose Up
-- Evidence: files that institutions file for what they report, such as score sheets and attendance sheets. A file lies sealed
-- under a key of its own, as a large object of this database or in a bucket; without the key it is nothing.

CREATE TABLE evidence (
    id             uuid PRIMARY KEY,
    institution_id text NOT NULL REFERENCES institutions,
    subject_kind   text NOT NULL CHECK (subject_kind IN ('task', 'session', 'class', 'dead_letter')),
    subject_id     uuid NOT NULL,
    kind           text NOT NULL CHECK (kind IN ('score_sheet', 'attendance_sheet', 'other')),
    name_sealed    bytea NOT NULL,                                -- what the file is called: it may name somebody
    media_type     text NOT NULL,
    size           bigint NOT NULL CHECK (size > 0),
    sha256         bytea NOT NULL CHECK (length(sha256) = 32),
    state          text NOT NULL DEFAULT 'expected' CHECK (state IN ('expected', 'complete', 'removed')),
    place          text NOT NULL CHECK (place IN ('postgres', 's3')),
    object         text NOT NULL DEFAULT '',                      -- number of a large object, or a name in the bucket
    key_sealed     bytea,
    asked_by       uuid NOT NULL REFERENCES accounts,
    asked_at       timestamptz NOT NULL,
    expires_at     timestamptz NOT NULL CHECK (expires_at > asked_at),
    completed_at   timestamptz,
    removed_by     uuid REFERENCES accounts,
    removed_at     timestamptz,
    removal_reason text NOT NULL DEFAULT '',
    CHECK ((state = 'complete') = (key_sealed IS NOT NULL)),
    CHECK (state <> 'complete' OR object <> ''),
    CHECK (state <> 'expected' OR object = ''),
    CHECK ((state = 'expected') = (completed_at IS NULL)),
    CHECK ((state = 'removed') = (removed_at IS NOT NULL)),
    CHECK ((removed_at IS NULL) = (removed_by IS NULL)),
    CHECK ((removed_at IS NULL) = (removal_reason = ''))
);
CREATE INDEX evidence_by_subject ON evidence (subject_kind, subject_id);
CREATE INDEX evidence_by_institution ON evidence (institution_id, asked_at DESC, id);
CREATE INDEX evidence_to_sweep ON evidence (expires_at) WHERE state = 'expected' OR state = 'removed' AND object <> '';

-- What was promised of a file is what it is, for good: only its state moves on, and what is sealed may be sealed anew.
-- +goose StatementBegin
CREATE FUNCTION keep_evidence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.id, OLD.institution_id, OLD.subject_kind, OLD.subject_id, OLD.kind, OLD.media_type, OLD.size, OLD.sha256, OLD.place,
            OLD.asked_by, OLD.asked_at, OLD.expires_at)
        IS DISTINCT FROM (NEW.id, NEW.institution_id, NEW.subject_kind, NEW.subject_id, NEW.kind, NEW.media_type, NEW.size, NEW.sha256,
            NEW.place, NEW.asked_by, NEW.asked_at, NEW.expires_at)
        OR (OLD.state, NEW.state) NOT IN (('expected', 'expected'), ('expected', 'complete'), ('complete', 'complete'),
            ('complete', 'removed'), ('removed', 'removed'))
        OR OLD.state = 'complete' AND NEW.state = 'complete' AND OLD.object <> NEW.object
    THEN
        RAISE EXCEPTION 'evidence is fixed once it is promised' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER fixed BEFORE UPDATE ON evidence FOR EACH ROW EXECUTE FUNCTION keep_evidence();
-- What was complete stays on record, without its file when that was removed. Only what never came is deleted.
-- +goose StatementBegin
CREATE FUNCTION keep_complete_evidence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'expected' THEN
        RAISE EXCEPTION 'evidence stays on record' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN OLD;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER kept BEFORE DELETE ON evidence FOR EACH ROW EXECUTE FUNCTION keep_complete_evidence();
