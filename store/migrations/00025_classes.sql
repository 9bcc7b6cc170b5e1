-- +goose Up
-- Classes (班) of standardised training: whom a training body teaches together, towards one occupation, direction and level.

CREATE TABLE classes (
    id             uuid PRIMARY KEY,
    institution_id text NOT NULL REFERENCES institutions,
    ref            text NOT NULL CHECK (ref <> ''),               -- the institution's own name for it
    name           text NOT NULL CHECK (name <> ''),
    occupation     text NOT NULL,
    direction      text NOT NULL DEFAULT '',
    level          text NOT NULL CHECK (level IN ('junior', 'intermediate', 'senior')),
    policy_version text NOT NULL,                                 -- whose standard its sessions are announced by
    starts_on      date NOT NULL,
    ends_on        date NOT NULL,
    capacity       int  NOT NULL CHECK (capacity BETWEEN 1 AND 500),
    notes          text NOT NULL DEFAULT '',
    opened_by      uuid NOT NULL REFERENCES accounts,
    opened_at      timestamptz NOT NULL DEFAULT now(),
    closed_by      uuid REFERENCES accounts,
    closed_at      timestamptz,
    close_reason   text NOT NULL DEFAULT '',
    UNIQUE (institution_id, ref),
    UNIQUE (id, institution_id),
    CHECK (ends_on >= starts_on),
    CHECK ((closed_at IS NULL) = (closed_by IS NULL) AND (closed_at IS NULL) = (close_reason = ''))
);

-- Who was in a class, from when to when. Who leaves and comes back has two rows.
CREATE TABLE class_members (
    id          uuid PRIMARY KEY,
    class_id    uuid NOT NULL REFERENCES classes,
    case_id     uuid NOT NULL REFERENCES cases,
    joined_by   uuid NOT NULL REFERENCES accounts,
    joined_at   timestamptz NOT NULL DEFAULT now(),
    left_at     timestamptz,
    left_how    text CHECK (left_how IN ('removed', 'reassigned', 'case_ended', 'class_closed')),
    left_by     uuid REFERENCES accounts,                         -- null: it followed from what became of the case
    left_reason text NOT NULL DEFAULT '',
    CHECK ((left_at IS NULL) = (left_how IS NULL)),
    CHECK (left_at IS NOT NULL OR left_by IS NULL AND left_reason = ''),
    CHECK (left_how NOT IN ('removed', 'class_closed') OR left_by IS NOT NULL AND left_reason <> '')
);
-- A case is in one class at a time.
CREATE UNIQUE INDEX class_members_one_class ON class_members (case_id) WHERE left_at IS NULL;
CREATE INDEX class_members_by_class ON class_members (class_id);
CREATE INDEX class_members_by_case ON class_members (case_id, joined_at);

-- A class that is closed takes nobody; one that is full takes nobody; and nobody joins a class of another institution,
-- occupation, direction or level. The class is held, so that two who join at once are counted one after the other; the case
-- too, so that it is not given to another institution meanwhile.
-- +goose StatementBegin
CREATE FUNCTION admit_to_class() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    joined classes%ROWTYPE;
BEGIN
    SELECT * INTO joined FROM classes WHERE id = NEW.class_id FOR NO KEY UPDATE;
    IF joined.closed_at IS NOT NULL THEN
        RAISE EXCEPTION 'the class is closed' USING ERRCODE = 'check_violation', CONSTRAINT = 'class_closed';
    END IF;
    PERFORM 1 FROM cases c WHERE c.id = NEW.case_id AND c.training_body = joined.institution_id
        AND c.occupation = joined.occupation AND c.direction = joined.direction AND c.level = joined.level FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the class is not for the case' USING ERRCODE = 'check_violation', CONSTRAINT = 'class_other_target';
    END IF;
    IF (SELECT count(*) FROM class_members WHERE class_id = NEW.class_id AND left_at IS NULL) > joined.capacity THEN
        RAISE EXCEPTION 'the class is full' USING ERRCODE = 'check_violation', CONSTRAINT = 'class_full';
    END IF;
    RETURN NULL;
END
$$;
CREATE FUNCTION keep_class_places() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM class_members WHERE class_id = NEW.id AND left_at IS NULL) > NEW.capacity THEN
        RAISE EXCEPTION 'the class has more members' USING ERRCODE = 'check_violation', CONSTRAINT = 'class_full';
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER admit AFTER INSERT ON class_members FOR EACH ROW EXECUTE FUNCTION admit_to_class();
CREATE TRIGGER places AFTER UPDATE OF capacity ON classes FOR EACH ROW EXECUTE FUNCTION keep_class_places();
-- What a class is for holds as long as the class; who was in it stays on record, and is written once.
CREATE TRIGGER keeps_target BEFORE UPDATE ON classes FOR EACH ROW
    WHEN ((OLD.institution_id, OLD.ref, OLD.occupation, OLD.direction, OLD.level, OLD.opened_by, OLD.opened_at)
        IS DISTINCT FROM (NEW.institution_id, NEW.ref, NEW.occupation, NEW.direction, NEW.level, NEW.opened_by, NEW.opened_at)
        OR OLD.closed_at IS NOT NULL)
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER keeps_history BEFORE UPDATE ON class_members FOR EACH ROW
    WHEN (OLD.left_at IS NOT NULL OR (OLD.class_id, OLD.case_id, OLD.joined_by, OLD.joined_at)
        IS DISTINCT FROM (NEW.class_id, NEW.case_id, NEW.joined_by, NEW.joined_at))
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON class_members FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON classes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A session may be a class's: whoever is in the class is on its roster.
ALTER TABLE sessions
    ADD COLUMN class_id uuid,
    ADD FOREIGN KEY (class_id, institution_id) REFERENCES classes (id, institution_id),
    ADD CHECK (num_nonnulls(class_id, course_id) <= 1);
CREATE INDEX sessions_by_class ON sessions (class_id) WHERE class_id IS NOT NULL;
