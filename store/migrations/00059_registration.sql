-- +goose Up
-- The way in: what people consented to, registrations that are not sent yet, and the places in classes that are kept meanwhile.

-- Terms of use are an account's; everything else is a person's, whoever wrote it down. Withdrawn is not undone: who consents
-- again has another row.
CREATE TABLE consents (
    id           uuid PRIMARY KEY,
    account_id   uuid REFERENCES accounts,
    person_id    uuid REFERENCES persons,
    kind         text NOT NULL CHECK (kind <> ''),
    version      text NOT NULL CHECK (version <> ''),              -- of the text that was read
    given_by     uuid NOT NULL REFERENCES accounts,
    given_at     timestamptz NOT NULL DEFAULT now(),
    withdrawn_by uuid REFERENCES accounts,
    withdrawn_at timestamptz,
    CHECK (num_nonnulls(account_id, person_id) = 1),
    CHECK ((account_id IS NOT NULL) = (kind = 'terms')),
    CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL))
);
CREATE UNIQUE INDEX consents_one_an_account ON consents (account_id, kind, version) WHERE withdrawn_at IS NULL AND account_id IS NOT NULL;
CREATE UNIQUE INDEX consents_one_a_person ON consents (person_id, kind, version) WHERE withdrawn_at IS NULL AND person_id IS NOT NULL;
CREATE TRIGGER keeps_history BEFORE UPDATE ON consents FOR EACH ROW
    WHEN (OLD.withdrawn_at IS NOT NULL OR (OLD.id, OLD.account_id, OLD.person_id, OLD.kind, OLD.version, OLD.given_by, OLD.given_at)
        IS DISTINCT FROM (NEW.id, NEW.account_id, NEW.person_id, NEW.kind, NEW.version, NEW.given_by, NEW.given_at))
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON consents FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A registration that is not sent yet. What is in it is sealed; it goes when it is sent, thrown away, or not touched for long.
CREATE TABLE registration_drafts (
    id              uuid PRIMARY KEY,
    account_id      uuid NOT NULL REFERENCES accounts,
    version         int NOT NULL DEFAULT 1 CHECK (version > 0),     -- one more with each change: two windows do not overwrite each other
    step            text NOT NULL CHECK (step <> ''),
    contents_sealed bytea NOT NULL,
    photo_sealed    bytea,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX registration_drafts_of_account ON registration_drafts (account_id, updated_at);
CREATE INDEX registration_drafts_by_age ON registration_drafts (updated_at);

-- A place in a class that is kept for somebody: for a draft until a moment, for a case until its training body has decided.
CREATE TABLE class_places (
    id         uuid PRIMARY KEY,
    class_id   uuid NOT NULL REFERENCES classes,
    account_id uuid NOT NULL REFERENCES accounts,                  -- who asked for it
    draft_id   uuid REFERENCES registration_drafts ON DELETE SET NULL,
    case_id    uuid REFERENCES cases,
    offer      int NOT NULL,                                       -- the revision that was agreed to: fee, refund, and the rest
    held_at    timestamptz NOT NULL DEFAULT now(),
    held_until timestamptz,                                        -- null: as long as its case waits
    state      text NOT NULL DEFAULT 'held' CHECK (state IN ('held', 'joined', 'released')),
    ended_at   timestamptz,
    ended_how  text CHECK (ended_how IN ('joined', 'given_up', 'expired', 'reassigned', 'case_ended', 'class_closed')),
    FOREIGN KEY (class_id, offer) REFERENCES class_offers (class_id, revision),
    CHECK ((state = 'held') = (ended_at IS NULL) AND (ended_at IS NULL) = (ended_how IS NULL)),
    CHECK ((state = 'joined') = (ended_how IS NOT DISTINCT FROM 'joined')),
    CHECK (case_id IS NULL OR held_until IS NULL),
    CHECK (state = 'released' OR case_id IS NOT NULL OR draft_id IS NOT NULL AND held_until IS NOT NULL)
);
CREATE UNIQUE INDEX class_places_one_a_case ON class_places (case_id) WHERE state = 'held' AND case_id IS NOT NULL;
CREATE UNIQUE INDEX class_places_one_a_draft ON class_places (draft_id) WHERE state = 'held' AND draft_id IS NOT NULL;
CREATE INDEX class_places_held ON class_places (class_id) WHERE state = 'held';
CREATE INDEX class_places_of_account ON class_places (account_id) WHERE state = 'held';
CREATE INDEX class_places_of_case ON class_places (case_id) WHERE case_id IS NOT NULL;

-- How many places of a class are taken: by who is in it, and by whom one is kept for.
-- +goose StatementBegin
CREATE FUNCTION class_places_taken(class uuid) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT (SELECT count(*) FROM class_members WHERE class_id = class AND left_at IS NULL)
         + (SELECT count(*) FROM class_places WHERE class_id = class AND state = 'held' AND (held_until IS NULL OR held_until > now()))
$$;
CREATE OR REPLACE FUNCTION admit_to_class() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    joined classes%ROWTYPE;
BEGIN
    SELECT * INTO joined FROM classes WHERE id = NEW.class_id FOR NO KEY UPDATE;
    IF joined.closed_at IS NOT NULL THEN
        RAISE EXCEPTION 'the class is closed' USING ERRCODE = 'check_violation', CONSTRAINT = 'class_closed';
    END IF;
    IF NEW.case_id IS NOT NULL THEN
        PERFORM 1 FROM cases c WHERE c.id = NEW.case_id AND c.training_body = joined.institution_id
            AND c.occupation = joined.occupation AND c.direction = joined.direction AND c.level = joined.level FOR SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'the class is not for the case' USING ERRCODE = 'check_violation', CONSTRAINT = 'class_other_target';
        END IF;
    END IF;
    IF class_places_taken(NEW.class_id) > joined.capacity THEN
        RAISE EXCEPTION 'the class is full' USING ERRCODE = 'check_violation', CONSTRAINT = 'class_full';
    END IF;
    RETURN NULL;
END
$$;
CREATE OR REPLACE FUNCTION keep_class_places() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF class_places_taken(NEW.id) > NEW.capacity THEN
        RAISE EXCEPTION 'the class has more members' USING ERRCODE = 'check_violation', CONSTRAINT = 'class_full';
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
-- A place is counted when it is taken, and when one whose time was over is taken up by a case.
CREATE TRIGGER admit AFTER INSERT OR UPDATE OF case_id, held_until ON class_places FOR EACH ROW WHEN (NEW.state = 'held')
    EXECUTE FUNCTION admit_to_class();
CREATE TRIGGER keeps_history BEFORE UPDATE ON class_places FOR EACH ROW
    WHEN (OLD.state <> 'held' AND OLD.state IS DISTINCT FROM NEW.state
        OR (OLD.id, OLD.class_id, OLD.account_id, OLD.offer, OLD.held_at) IS DISTINCT FROM (NEW.id, NEW.class_id, NEW.account_id, NEW.offer, NEW.held_at)
        OR OLD.case_id IS NOT NULL AND OLD.case_id IS DISTINCT FROM NEW.case_id)
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON class_places FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
