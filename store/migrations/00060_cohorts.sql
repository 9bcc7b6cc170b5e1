-- +goose Up
-- Employers (用人单位), the classes that they sponsor (订单班、冠名班), and intakes: many who are registered at once, from a workbook.

CREATE TABLE employers (
    id            uuid PRIMARY KEY,
    name          text NOT NULL CHECK (name <> ''),
    uscc          text NOT NULL UNIQUE CHECK (uscc ~ '^[0-9A-HJ-NPQRTUWXY]{18}$'),
    district      text NOT NULL CHECK (district <> ''),
    registered_by uuid NOT NULL REFERENCES accounts,
    registered_at timestamptz NOT NULL
);
CREATE INDEX employers_by_time ON employers (registered_at, id);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON employers FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

ALTER TABLE accounts DROP CONSTRAINT accounts_role_check;
ALTER TABLE accounts
    ADD COLUMN employer_id uuid REFERENCES employers,
    ADD CONSTRAINT accounts_role_check CHECK (role IN ('trainee', 'operator', 'institution', 'administrator', 'employer')),
    ADD CONSTRAINT accounts_employer CHECK ((role = 'employer') = (employer_id IS NOT NULL));
CREATE INDEX accounts_by_employer ON accounts (employer_id) WHERE employer_id IS NOT NULL;
ALTER TABLE invitations DROP CONSTRAINT invitations_role_check;
ALTER TABLE invitations
    ADD COLUMN employer_id uuid REFERENCES employers,
    ADD CONSTRAINT invitations_role_check CHECK (role IN ('institution', 'operator', 'administrator', 'employer')),
    ADD CONSTRAINT invitations_employer CHECK ((role = 'employer') = (employer_id IS NOT NULL));

-- How a class came about (合作方式). One that an employer sponsors takes nobody before the employer has agreed to it; the code by
-- which its own people find it is kept as it is: it is handed out for weeks, and opens nothing but a place to learn.
ALTER TABLE classes
    ADD COLUMN mode       text NOT NULL DEFAULT 'ordinary' CHECK (mode IN ('ordinary', 'order', 'named', 'instructors', 'advanced')),
    ADD COLUMN sponsor    uuid REFERENCES employers,
    ADD COLUMN agreed_by  uuid REFERENCES accounts,
    ADD COLUMN agreed_at  timestamptz,
    ADD COLUMN order_code text UNIQUE CHECK (length(order_code) >= 10),
    ADD CONSTRAINT classes_sponsored CHECK ((mode IN ('order', 'named')) = (sponsor IS NOT NULL)),
    ADD CONSTRAINT classes_agreed CHECK ((agreed_by IS NULL) = (agreed_at IS NULL) AND (agreed_at IS NULL OR sponsor IS NOT NULL)),
    ADD CONSTRAINT classes_order_code CHECK ((order_code IS NULL) = (agreed_at IS NULL));
CREATE INDEX classes_by_sponsor ON classes (sponsor) WHERE sponsor IS NOT NULL;
CREATE TRIGGER keeps_sponsor BEFORE UPDATE ON classes FOR EACH ROW
    WHEN ((OLD.mode, OLD.sponsor) IS DISTINCT FROM (NEW.mode, NEW.sponsor)
        OR OLD.agreed_at IS NOT NULL AND (OLD.agreed_by, OLD.agreed_at) IS DISTINCT FROM (NEW.agreed_by, NEW.agreed_at))
    EXECUTE FUNCTION refuse_change();

-- Who came to a sponsored class, by its code or by an intake, and may be seen there by the sponsor as long as they consent.
CREATE TABLE sponsored_places (
    case_id         uuid PRIMARY KEY REFERENCES cases,
    class_id        uuid NOT NULL REFERENCES classes,
    way             text NOT NULL CHECK (way IN ('code', 'intake')),
    consent_version text NOT NULL CHECK (consent_version <> ''),
    given_by        uuid NOT NULL REFERENCES accounts,   -- the trainee, or who declared that the consents were collected
    given_at        timestamptz NOT NULL,
    withdrawn_at    timestamptz                          -- since when the sponsor sees nothing of them
);
CREATE INDEX sponsored_places_by_class ON sponsored_places (class_id);
CREATE TRIGGER written_once BEFORE UPDATE ON sponsored_places FOR EACH ROW
    WHEN (OLD.withdrawn_at IS NOT NULL OR (OLD.case_id, OLD.class_id, OLD.way, OLD.consent_version, OLD.given_by, OLD.given_at)
        IS DISTINCT FROM (NEW.case_id, NEW.class_id, NEW.way, NEW.consent_version, NEW.given_by, NEW.given_at))
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON sponsored_places FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- +goose StatementBegin
-- A place is of a class that its sponsor has agreed to, that is open, for the case, and has one left.
CREATE FUNCTION admit_to_sponsored() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    joined classes%ROWTYPE;
BEGIN
    SELECT * INTO joined FROM classes WHERE id = NEW.class_id FOR NO KEY UPDATE;
    IF joined.agreed_at IS NULL THEN
        RAISE EXCEPTION 'the sponsor has not agreed' USING ERRCODE = 'check_violation', CONSTRAINT = 'class_not_agreed';
    END IF;
    IF joined.closed_at IS NOT NULL THEN
        RAISE EXCEPTION 'the class is closed' USING ERRCODE = 'check_violation', CONSTRAINT = 'class_closed';
    END IF;
    PERFORM 1 FROM cases c WHERE c.id = NEW.case_id AND c.training_body = joined.institution_id
        AND c.occupation = joined.occupation AND c.direction = joined.direction AND c.level = joined.level;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the class is not for the case' USING ERRCODE = 'check_violation', CONSTRAINT = 'class_other_target';
    END IF;
    IF (SELECT count(*) FROM sponsored_places p JOIN cases c ON c.id = p.case_id
            WHERE p.class_id = NEW.class_id AND (c.ended_at IS NULL OR c.outcome NOT IN ('rejected', 'withdrawn', 'untrained'))) > joined.capacity THEN
        RAISE EXCEPTION 'the class is full' USING ERRCODE = 'check_violation', CONSTRAINT = 'class_full';
    END IF;
    RETURN NULL;
END
$$;
-- A sponsored class takes who has a place in it, and nobody from outside.
CREATE FUNCTION keep_outsiders() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM classes WHERE id = NEW.class_id AND sponsor IS NOT NULL)
        AND NOT EXISTS (SELECT 1 FROM sponsored_places WHERE case_id = NEW.case_id AND class_id = NEW.class_id) THEN
        RAISE EXCEPTION 'the class is a sponsored one' USING ERRCODE = 'check_violation', CONSTRAINT = 'class_sponsored';
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER admit AFTER INSERT ON sponsored_places FOR EACH ROW EXECUTE FUNCTION admit_to_sponsored();
CREATE TRIGGER outsiders AFTER INSERT ON class_members FOR EACH ROW EXECUTE FUNCTION keep_outsiders();

-- A workbook of people who are to be registered for a class. Which rows are left, whether it is paused and how it ended stands
-- here; the workflow knows its id.
CREATE TABLE intakes (
    id               uuid PRIMARY KEY,
    class_id         uuid NOT NULL REFERENCES classes,
    employer_id      uuid REFERENCES employers,
    institution_id   text REFERENCES institutions,
    digest           bytea NOT NULL CHECK (octet_length(digest) = 32), -- of the file
    rows             int NOT NULL CHECK (rows > 0),
    state            text NOT NULL DEFAULT 'checked' CHECK (state IN ('checked', 'running', 'paused', 'done', 'stopped')),
    mode             text CHECK (mode IN ('rows', 'whole')),
    abreast          int CHECK (abreast > 0),           -- how many of its cases may be at their registration at once
    consents_version text,                              -- of the declaration that everybody's consents were collected
    uploaded_by      uuid NOT NULL REFERENCES accounts,
    uploaded_at      timestamptz NOT NULL,
    started_by       uuid REFERENCES accounts,
    started_at       timestamptz,
    ended_at         timestamptz,
    forgotten_at     timestamptz,                       -- what its rows said was forgotten
    wake_wanted_at   timestamptz,                       -- its workflow is to be told
    CHECK (num_nonnulls(employer_id, institution_id) = 1),
    CHECK ((state = 'checked') = (started_at IS NULL)),
    CHECK (num_nonnulls(mode, abreast, consents_version, started_by, started_at) IN (0, 5)),
    CHECK ((state IN ('done', 'stopped')) = (ended_at IS NOT NULL))
);
-- The same file for the same class is the same intake.
CREATE UNIQUE INDEX intakes_one_file ON intakes (class_id, coalesce(employer_id::text, institution_id), digest);
CREATE INDEX intakes_by_time ON intakes (uploaded_at DESC, id);
CREATE INDEX intakes_waking ON intakes (wake_wanted_at) WHERE wake_wanted_at IS NOT NULL;
CREATE INDEX intakes_remembered ON intakes (uploaded_at) WHERE forgotten_at IS NULL;

CREATE TABLE intake_rows (
    intake_id      uuid NOT NULL REFERENCES intakes,
    number         int NOT NULL CHECK (number > 1),     -- as the sheet counts
    content_sealed bytea,                               -- what stands in it; null once it is forgotten
    person_key     bytea,                               -- of the document that it names: one person is one row
    state          text NOT NULL CHECK (state IN ('ready', 'refused', 'registered', 'already')),
    faults         jsonb NOT NULL DEFAULT '[]',         -- by column: codes only
    case_id        uuid REFERENCES cases,
    settled_at     timestamptz,
    PRIMARY KEY (intake_id, number),
    CHECK ((state = 'refused') = (faults <> '[]')),
    CHECK ((state IN ('registered', 'already')) = (case_id IS NOT NULL AND settled_at IS NOT NULL))
);
CREATE INDEX intake_rows_by_state ON intake_rows (intake_id, state, number);
CREATE UNIQUE INDEX intake_rows_one_person ON intake_rows (intake_id, person_key) WHERE state <> 'refused';
CREATE UNIQUE INDEX intake_rows_one_case ON intake_rows (case_id) WHERE state = 'registered';
CREATE INDEX intake_rows_of_case ON intake_rows (case_id) WHERE case_id IS NOT NULL;

-- +goose StatementBegin
-- A row is registered while its intake runs, and what became of it stays.
CREATE FUNCTION settle_intake_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT state FROM intakes WHERE id = NEW.intake_id) NOT IN ('running', 'checked') THEN
        RAISE EXCEPTION 'the intake does not run' USING ERRCODE = 'check_violation', CONSTRAINT = 'intake_rows_state';
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER settled BEFORE UPDATE OF state ON intake_rows FOR EACH ROW EXECUTE FUNCTION settle_intake_row();
CREATE TRIGGER written_once BEFORE UPDATE ON intake_rows FOR EACH ROW
    WHEN (OLD.settled_at IS NOT NULL AND (OLD.state, OLD.case_id, OLD.settled_at) IS DISTINCT FROM (NEW.state, NEW.case_id, NEW.settled_at)
        OR (OLD.intake_id, OLD.number) IS DISTINCT FROM (NEW.intake_id, NEW.number))
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER frozen BEFORE UPDATE ON intakes FOR EACH ROW
    WHEN (OLD.ended_at IS NOT NULL AND (OLD.state, OLD.ended_at) IS DISTINCT FROM (NEW.state, NEW.ended_at)
        OR OLD.started_at IS NOT NULL AND (OLD.mode, OLD.abreast, OLD.consents_version, OLD.started_by, OLD.started_at)
            IS DISTINCT FROM (NEW.mode, NEW.abreast, NEW.consents_version, NEW.started_by, NEW.started_at)
        OR (OLD.id, OLD.class_id, OLD.employer_id, OLD.institution_id, OLD.digest, OLD.uploaded_by)
            IS DISTINCT FROM (NEW.id, NEW.class_id, NEW.employer_id, NEW.institution_id, NEW.digest, NEW.uploaded_by))
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON intakes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON intake_rows FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
