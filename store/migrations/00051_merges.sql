-- +goose Up
-- Two records are one person (X-17): somebody was registered by an old number and by a new one, by a passport and by a card, or
-- with a mistyped number. Two operators merge them, and two take that back. Rows stay with the record that they were written
-- for; which records are one person is written once, in persons, and everything that must hold for a person follows from it.

-- Every record is of a human. That is itself, or the record that it was merged into.
ALTER TABLE persons
    ADD COLUMN merged_into  uuid REFERENCES persons CHECK (merged_into <> id),
    ADD COLUMN human        uuid NOT NULL GENERATED ALWAYS AS (coalesce(merged_into, id)) STORED,
    ADD COLUMN corrected_at timestamptz;                               -- when the name or the number was corrected last
CREATE INDEX persons_by_human ON persons (human);

-- The records of whom a record is of.
-- +goose StatementBegin
CREATE FUNCTION records_of(one uuid) RETURNS TABLE (id uuid) LANGUAGE sql STABLE AS $$
    SELECT f.id FROM persons p JOIN persons f ON f.human = p.human WHERE p.id = one
$$;
-- +goose StatementEnd

-- What only one record of a human may have is held by these.
ALTER TABLE accounts
    ADD COLUMN merged_into uuid,
    ADD COLUMN human       uuid GENERATED ALWAYS AS (CASE WHEN person_id IS NOT NULL THEN coalesce(merged_into, person_id) END) STORED;
CREATE UNIQUE INDEX accounts_one_per_human ON accounts (human) WHERE state = 'active';

ALTER TABLE cases
    ADD COLUMN merged_into uuid,
    ADD COLUMN human       uuid NOT NULL GENERATED ALWAYS AS (coalesce(merged_into, person_id)) STORED;
DROP INDEX cases_one_per_target;
CREATE UNIQUE INDEX cases_one_per_target ON cases (human, occupation, direction, level)
    WHERE outcome IS NULL OR outcome IN ('trained', 'certified', 'mapped');

ALTER TABLE course_places
    ADD COLUMN merged_into uuid,
    ADD COLUMN human       uuid NOT NULL GENERATED ALWAYS AS (coalesce(merged_into, person_id)) STORED,
    DROP CONSTRAINT course_places_course_id_person_id_key,
    ADD CONSTRAINT course_places_once UNIQUE (course_id, human);

-- Time that stands is a human's: nobody is in two places at once, under whatever number.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION claim_hours() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.reverses IS NULL THEN
        INSERT INTO hour_claims (entry_id, person_id, institution_id, session_ref, during)
            SELECT NEW.id, human, NEW.institution_id, NEW.session_ref, NEW.during FROM persons WHERE id = NEW.person_id;
    ELSE
        DELETE FROM hour_claims WHERE entry_id = NEW.reverses;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'entry % does not stand', NEW.reverses USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

-- ── Asked for by one, decided by another ────────────────────────────────────────────────────────────────────────────

CREATE TABLE merges (
    id              uuid PRIMARY KEY,
    kept            uuid NOT NULL REFERENCES persons,                  -- the record that stands for both
    merged          uuid NOT NULL REFERENCES persons,
    kept_case       uuid NOT NULL REFERENCES cases,                    -- by which the two were named
    merged_case     uuid NOT NULL REFERENCES cases,
    reverses        uuid REFERENCES merges,                            -- the merge that is to be taken back
    reason          text NOT NULL CHECK (reason <> ''),
    legal_basis     text NOT NULL CHECK (legal_basis <> ''),
    evidence        text NOT NULL CHECK (evidence <> ''),              -- what shows that they are one, or are not
    seen            text NOT NULL CHECK (seen <> ''),                  -- both records as they were when it was asked for
    requested_by    uuid NOT NULL REFERENCES accounts,
    requested_at    timestamptz NOT NULL,
    state           text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'approved', 'refused', 'withdrawn', 'overtaken')),
    decided_by      uuid REFERENCES accounts,
    decided_at      timestamptz,
    decision_reason text NOT NULL DEFAULT '',
    closed_account  uuid REFERENCES accounts,                          -- that the merge closed, for a person has one
    CHECK (kept <> merged),
    CHECK ((state = 'open') = (decided_at IS NULL)),
    CHECK (state NOT IN ('approved', 'refused', 'withdrawn') OR decided_by IS NOT NULL),
    CHECK (state NOT IN ('approved', 'refused') OR decision_reason <> ''),
    CHECK (closed_account IS NULL OR state = 'approved' AND reverses IS NULL),
    CONSTRAINT merges_two_persons CHECK (state NOT IN ('approved', 'refused') OR decided_by <> requested_by)
);
CREATE UNIQUE INDEX merges_one_open ON merges (least(kept, merged), greatest(kept, merged)) WHERE state = 'open';
CREATE UNIQUE INDEX merges_reversed_once ON merges (reverses) WHERE state = 'approved';
CREATE INDEX merges_by_age ON merges (requested_at, id);
CREATE INDEX merges_by_record ON merges (merged);
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON merges FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER frozen BEFORE UPDATE ON merges FOR EACH ROW
    WHEN (OLD.state <> 'open' OR (OLD.id, OLD.kept, OLD.merged, OLD.kept_case, OLD.merged_case, OLD.reverses, OLD.reason, OLD.legal_basis,
            OLD.evidence, OLD.seen, OLD.requested_by, OLD.requested_at)
        IS DISTINCT FROM (NEW.id, NEW.kept, NEW.merged, NEW.kept_case, NEW.merged_case, NEW.reverses, NEW.reason, NEW.legal_basis,
            NEW.evidence, NEW.seen, NEW.requested_by, NEW.requested_at))
    EXECUTE FUNCTION refuse_change();

-- Whose record a record is changes only by what two operators decided, and there are no chains.
-- +goose StatementBegin
CREATE FUNCTION merge_approved_first() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.merged_into IS NULL THEN
        PERFORM 1 FROM merges m JOIN merges r ON r.reverses = m.id AND r.state = 'approved'
            WHERE m.kept = OLD.merged_into AND m.merged = NEW.id AND m.state = 'approved';
    ELSE
        PERFORM 1 FROM merges m WHERE m.kept = NEW.merged_into AND m.merged = NEW.id AND m.state = 'approved' AND m.reverses IS NULL
            AND NOT EXISTS (SELECT 1 FROM merges r WHERE r.reverses = m.id AND r.state = 'approved');
    END IF;
    IF NOT FOUND OR OLD.merged_into IS NOT NULL AND NEW.merged_into IS NOT NULL THEN
        RAISE EXCEPTION 'two operators have not decided this' USING ERRCODE = 'check_violation', CONSTRAINT = 'persons_merge_approved';
    END IF;
    IF NEW.merged_into IS NOT NULL THEN
        PERFORM 1 FROM persons WHERE id = NEW.merged_into AND merged_into IS NULL AND erased_at IS NULL FOR UPDATE;
        IF NOT FOUND OR NEW.erased_at IS NOT NULL OR EXISTS (SELECT 1 FROM persons WHERE merged_into = NEW.id) THEN
            RAISE EXCEPTION 'a record is merged into one that stands for itself'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'persons_no_chains';
        END IF;
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER approved BEFORE UPDATE OF merged_into ON persons FOR EACH ROW
    WHEN (OLD.merged_into IS DISTINCT FROM NEW.merged_into) EXECUTE FUNCTION merge_approved_first();

CREATE TRIGGER alone BEFORE INSERT ON persons FOR EACH ROW WHEN (NEW.merged_into IS NOT NULL) EXECUTE FUNCTION refuse_change();

-- +goose StatementBegin
CREATE FUNCTION follow_merge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE accounts SET merged_into = NEW.merged_into WHERE person_id = NEW.id;
    UPDATE cases SET merged_into = NEW.merged_into WHERE person_id = NEW.id;
    UPDATE course_places SET merged_into = NEW.merged_into WHERE person_id = NEW.id;
    UPDATE hour_claims c SET person_id = NEW.human FROM hour_entries e
        WHERE c.person_id = OLD.human AND e.id = c.entry_id AND e.person_id = NEW.id;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER follow AFTER UPDATE OF merged_into ON persons FOR EACH ROW
    WHEN (OLD.merged_into IS DISTINCT FROM NEW.merged_into) EXECUTE FUNCTION follow_merge();

-- What begins after a merge begins with the record that stands. The foreign key's own trigger, before this one, has waited for a
-- merge that is under way.
-- +goose StatementBegin
CREATE FUNCTION refuse_merged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM persons WHERE id = NEW.person_id AND merged_into IS NOT NULL;
    IF FOUND THEN
        RAISE EXCEPTION 'the record was merged into another' USING ERRCODE = 'check_violation', CONSTRAINT = 'person_merged';
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER refuse_merged AFTER INSERT ON cases FOR EACH ROW EXECUTE FUNCTION refuse_merged();
CREATE TRIGGER refuse_merged AFTER INSERT ON course_places FOR EACH ROW EXECUTE FUNCTION refuse_merged();
CREATE TRIGGER refuse_merged AFTER INSERT OR UPDATE OF person_id ON accounts FOR EACH ROW
    WHEN (NEW.person_id IS NOT NULL) EXECUTE FUNCTION refuse_merged();
