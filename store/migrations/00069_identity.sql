-- +goose Up
-- Who somebody is: whether a name and a number belong together (X-14), as a register or people say; whose a person is (X-16); and the
-- files that trainees file.

-- What was found, each time somebody looked. The last one that is not older than the name and the number holds.
CREATE TABLE identity_checks (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id   uuid NOT NULL REFERENCES persons,
    outcome     text NOT NULL CHECK (outcome IN ('matches', 'differs', 'unknown', 'verified', 'not_same')),
    petition_id uuid UNIQUE REFERENCES petitions,                      -- by whose answer people decided; null: the register's word
    checked_at  timestamptz NOT NULL,
    CHECK ((petition_id IS NOT NULL) = (outcome IN ('verified', 'not_same')))
);
CREATE INDEX identity_checks_by_person ON identity_checks (person_id, id);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON identity_checks
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

ALTER TABLE petitions
    DROP CONSTRAINT petitions_kind_check,
    ADD CONSTRAINT petitions_kind_check CHECK (kind IN
        ('score_review', 'appeal', 'complaint', 'identity_correction', 'body_move', 'identity_check')),
    ADD COLUMN pause_act uuid REFERENCES acts,                         -- that holds the case until a complaint is answered
    ADD CHECK (pause_act IS NULL OR kind = 'complaint' AND case_id IS NOT NULL);
CREATE UNIQUE INDEX petitions_one_open_check ON petitions (person_id) WHERE kind = 'identity_check' AND state IN ('asked', 'proposed');

-- Somebody says that they are the person whom another account is (X-16). They are told nothing of that account; two operators of the
-- city compare their document with the record, and decide.
CREATE TABLE person_claims (
    id          uuid PRIMARY KEY,
    account_id  uuid NOT NULL REFERENCES accounts,                     -- who says so
    person_id   uuid NOT NULL REFERENCES persons,
    held_by     uuid REFERENCES accounts,                              -- whose the person was when it was decided; null: nobody's
    name_sealed bytea NOT NULL,                                        -- as it was given
    text_sealed bytea NOT NULL,
    asked_at    timestamptz NOT NULL,
    state       text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'proposed', 'agreed', 'refused', 'withdrawn')),
    agrees      boolean,                                               -- what was proposed, and then holds
    reason      text NOT NULL DEFAULT '',                              -- who claims reads it
    proposed_by uuid REFERENCES accounts,
    proposed_at timestamptz,
    decided_by  uuid REFERENCES accounts,
    decided_at  timestamptz,
    CHECK (account_id IS DISTINCT FROM held_by),
    CHECK ((state IN ('proposed', 'agreed', 'refused')) = (agrees IS NOT NULL)),
    CHECK ((agrees IS NULL) = (proposed_by IS NULL) AND (proposed_by IS NULL) = (proposed_at IS NULL) AND (agrees IS NULL) = (reason = '')),
    CHECK ((state IN ('agreed', 'refused')) = (decided_by IS NOT NULL) AND (decided_by IS NULL) = (decided_at IS NULL)),
    CHECK (state <> 'agreed' OR agrees),
    CHECK (state <> 'refused' OR NOT agrees),
    CHECK (held_by IS NULL OR state = 'agreed'),
    CONSTRAINT person_claims_two_persons CHECK (decided_by IS NULL OR decided_by <> proposed_by)
);
CREATE UNIQUE INDEX person_claims_one_open ON person_claims (account_id) WHERE state IN ('asked', 'proposed');
CREATE INDEX person_claims_by_person ON person_claims (person_id);
CREATE INDEX person_claims_lost ON person_claims (held_by) WHERE held_by IS NOT NULL;
CREATE INDEX person_claims_by_age ON person_claims (asked_at, id);

-- +goose StatementBegin
CREATE FUNCTION step_of_person_claim() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM accounts WHERE id IN (NEW.proposed_by, NEW.decided_by)
            AND (machine OR role <> 'operator' OR district IS NOT NULL)) THEN
        RAISE EXCEPTION 'operators of the city decide whose a person is'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'person_claims_city';
    END IF;
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (('asked', 'proposed'), ('asked', 'withdrawn'), ('proposed', 'asked'),
            ('proposed', 'agreed'), ('proposed', 'refused')) THEN
        RAISE EXCEPTION 'a claim that is % does not become %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'person_claims_order';
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER in_order BEFORE UPDATE ON person_claims FOR EACH ROW EXECUTE FUNCTION step_of_person_claim();
-- What was asked and decided stays as it was. (What is sealed may be sealed anew.)
CREATE TRIGGER frozen BEFORE UPDATE ON person_claims FOR EACH ROW
    WHEN ((OLD.id, OLD.account_id, OLD.person_id, OLD.asked_at) IS DISTINCT FROM (NEW.id, NEW.account_id, NEW.person_id, NEW.asked_at)
        OR OLD.state IN ('agreed', 'refused', 'withdrawn') AND (OLD.state, OLD.agrees, OLD.reason, OLD.held_by, OLD.proposed_by, OLD.proposed_at,
            OLD.decided_by, OLD.decided_at) IS DISTINCT FROM (NEW.state, NEW.agrees, NEW.reason, NEW.held_by, NEW.proposed_by, NEW.proposed_at,
            NEW.decided_by, NEW.decided_at))
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON person_claims FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Files go with what trainees ask for and claim, and with registrations that are not sent yet; with the registration, what proves its
-- facts becomes the case's.
ALTER TABLE evidence
    DROP CONSTRAINT evidence_subject_kind_check,
    ADD CONSTRAINT evidence_subject_kind_check CHECK (subject_kind IN
        ('task', 'session', 'class', 'dead_letter', 'case', 'petition', 'claim', 'draft')),
    DROP CONSTRAINT evidence_kind_check,
    ADD CONSTRAINT evidence_kind_check CHECK (kind IN
        ('score_sheet', 'attendance_sheet', 'identity_document', 'proof_of_education', 'proof_of_work', 'proof_of_title', 'other')),
    DROP CONSTRAINT evidence_check8,
    ADD CONSTRAINT evidence_filed_by CHECK (CASE WHEN subject_kind IN ('case', 'claim', 'draft') THEN institution_id IS NULL
        WHEN subject_kind = 'petition' THEN true ELSE institution_id IS NOT NULL END);
CREATE INDEX evidence_documents ON evidence (subject_id) WHERE kind = 'identity_document' AND state = 'complete';
CREATE INDEX evidence_of_drafts ON evidence (subject_id) WHERE subject_kind = 'draft';

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION keep_evidence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.id, OLD.institution_id, OLD.kind, OLD.media_type, OLD.size, OLD.sha256, OLD.place, OLD.asked_by, OLD.asked_at, OLD.expires_at)
        IS DISTINCT FROM (NEW.id, NEW.institution_id, NEW.kind, NEW.media_type, NEW.size, NEW.sha256, NEW.place, NEW.asked_by, NEW.asked_at,
            NEW.expires_at)
        OR (OLD.subject_kind, OLD.subject_id) IS DISTINCT FROM (NEW.subject_kind, NEW.subject_id)
            AND (OLD.subject_kind, NEW.subject_kind, OLD.state, NEW.state) <> ('draft', 'case', 'complete', 'complete')
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
