-- +goose Up
-- What trainees ask for and somebody answers: a review of a mark, an appeal against its answer, a complaint, a change of what the
-- record says of them, another training body. What is asked and answered stays as it was; where two have to answer, one proposes
-- and another confirms.

CREATE TABLE petitions (
    id               uuid PRIMARY KEY,
    kind             text NOT NULL CHECK (kind IN ('score_review', 'appeal', 'complaint', 'identity_correction', 'body_move')),
    person_id        uuid NOT NULL REFERENCES persons,
    case_id          uuid REFERENCES cases,                            -- null: about no case
    institution_id   text NOT NULL REFERENCES institutions,            -- that it is about
    task_id          uuid REFERENCES assessments,                      -- the mark that it is about
    follows          uuid REFERENCES petitions,                        -- of an appeal, the review; of a review that is done again, the appeal
    topic            text NOT NULL DEFAULT '' CHECK (topic ~ '^([a-z][a-z_]{1,62})?$'),
    handled_by       text NOT NULL CHECK (handled_by IN ('institution', 'district', 'city')),
    district         text CHECK ((district IS NOT NULL) = (handled_by = 'district')),
    second           boolean NOT NULL,                                 -- two have to answer
    published_on     date,                                             -- of a mark; with the last day on which a review may be asked for
    last_day         date,
    score_was        numeric(5,2) CHECK (score_was BETWEEN 0 AND 100), -- of a mark; null: absent
    text_sealed      bytea,                                            -- what is asked; null: it is done again, by the appeal's answer
    asked_by         uuid NOT NULL REFERENCES accounts,
    asked_at         timestamptz NOT NULL,
    state            text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'proposed', 'answered', 'withdrawn')),

    statement_due_at timestamptz,                                      -- the institution was asked for a statement
    heard_by         uuid REFERENCES accounts,                         -- who asked for it
    statement_sealed bytea,
    stated_by        uuid REFERENCES accounts,
    stated_at        timestamptz,

    outcome          text NOT NULL DEFAULT '' CHECK (outcome ~ '^([a-z][a-z_]{1,62})?$'),
    score            numeric(5,2) CHECK (score BETWEEN 0 AND 100),     -- that a mark was corrected to
    answer           text NOT NULL DEFAULT '',                         -- the trainee reads it
    proposed_by      uuid REFERENCES accounts,
    proposed_at      timestamptz,
    answered_by      uuid REFERENCES accounts,
    answered_at      timestamptz,

    due_at           timestamptz NOT NULL,                             -- of the answer
    reminded_at      timestamptz,
    escalated_at     timestamptz,
    changed_at       timestamptz NOT NULL,
    woken            boolean NOT NULL DEFAULT false,                   -- its workflow knows of the last change
    CHECK ((kind IN ('score_review', 'appeal')) = (task_id IS NOT NULL) AND (task_id IS NULL OR case_id IS NOT NULL)),
    CHECK ((task_id IS NULL) = (published_on IS NULL) AND (task_id IS NULL) = (last_day IS NULL)),
    CHECK (kind <> 'appeal' OR follows IS NOT NULL),
    CHECK ((kind = 'complaint') = (topic <> '')),
    CHECK (text_sealed IS NOT NULL OR kind = 'score_review' AND follows IS NOT NULL),
    CHECK ((statement_due_at IS NULL) = (heard_by IS NULL)),
    CHECK ((statement_sealed IS NULL) = (stated_at IS NULL) AND (stated_at IS NULL) = (stated_by IS NULL)),
    CHECK (stated_at IS NULL OR statement_due_at IS NOT NULL),
    CHECK ((state IN ('proposed', 'answered')) = (outcome <> '') AND (outcome = '') = (answer = '')),
    CHECK (score IS NULL OR outcome = 'corrected'),
    CHECK (outcome <> 'corrected' OR task_id IS NULL OR score IS NOT NULL),
    CHECK ((proposed_by IS NULL) = (proposed_at IS NULL) AND (proposed_by IS NULL OR state IN ('proposed', 'answered'))),
    CHECK (state <> 'proposed' OR second AND proposed_by IS NOT NULL),
    CHECK ((state = 'answered') = (answered_by IS NOT NULL) AND (answered_by IS NULL) = (answered_at IS NULL)),
    CONSTRAINT petitions_two_persons CHECK (NOT second OR answered_by IS NULL OR proposed_by IS NOT NULL AND proposed_by <> answered_by)
);
CREATE UNIQUE INDEX petitions_review_once ON petitions (task_id) WHERE kind = 'score_review' AND follows IS NULL AND state <> 'withdrawn';
CREATE UNIQUE INDEX petitions_follow_once ON petitions (follows) WHERE state <> 'withdrawn';
-- One question at a time that has no other bound.
CREATE UNIQUE INDEX petitions_one_open ON petitions (case_id, kind)
    WHERE kind IN ('identity_correction', 'body_move') AND state IN ('asked', 'proposed');
CREATE INDEX petitions_by_person ON petitions (person_id, asked_at, id);
CREATE INDEX petitions_by_case ON petitions (case_id);
CREATE INDEX petitions_by_institution ON petitions (institution_id, asked_at, id);
CREATE INDEX petitions_by_age ON petitions (asked_at, id);
CREATE INDEX petitions_by_due ON petitions (due_at, id) WHERE state IN ('asked', 'proposed');
CREATE INDEX petitions_unwoken ON petitions (changed_at) WHERE NOT woken;

-- +goose StatementBegin
-- Who answers is a person, never a program's account, and not who gave the mark; one step follows another.
CREATE FUNCTION step_of_petition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM accounts WHERE machine AND id IN (NEW.proposed_by, NEW.answered_by, NEW.stated_by, NEW.heard_by)) THEN
        RAISE EXCEPTION 'petitions are answered by people'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'petitions_people';
    END IF;
    IF NEW.kind = 'score_review' AND EXISTS (SELECT 1 FROM task_answers
            WHERE task_id = NEW.task_id AND received_by IN (NEW.proposed_by, NEW.answered_by)) THEN
        RAISE EXCEPTION 'who gave a mark does not review it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'petitions_marker';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (('asked', 'proposed'), ('asked', 'answered'),
            ('asked', 'withdrawn'), ('proposed', 'asked'), ('proposed', 'answered')) THEN
        RAISE EXCEPTION 'a petition that is % does not become %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'petitions_order';
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER in_order BEFORE INSERT OR UPDATE ON petitions FOR EACH ROW EXECUTE FUNCTION step_of_petition();
-- What was asked, stated and answered stays as it was. (What is sealed may be sealed anew.)
CREATE TRIGGER frozen BEFORE UPDATE ON petitions FOR EACH ROW
    WHEN ((OLD.id, OLD.kind, OLD.person_id, OLD.case_id, OLD.institution_id, OLD.task_id, OLD.follows, OLD.topic, OLD.handled_by, OLD.district,
            OLD.second, OLD.published_on, OLD.last_day, OLD.score_was, OLD.asked_by, OLD.asked_at)
        IS DISTINCT FROM (NEW.id, NEW.kind, NEW.person_id, NEW.case_id, NEW.institution_id, NEW.task_id, NEW.follows, NEW.topic, NEW.handled_by,
            NEW.district, NEW.second, NEW.published_on, NEW.last_day, NEW.score_was, NEW.asked_by, NEW.asked_at)
        OR OLD.stated_at IS NOT NULL AND (OLD.stated_by, OLD.stated_at) IS DISTINCT FROM (NEW.stated_by, NEW.stated_at)
        OR OLD.state IN ('answered', 'withdrawn') AND (OLD.state, OLD.outcome, OLD.score, OLD.answer, OLD.proposed_by, OLD.proposed_at,
            OLD.answered_by, OLD.answered_at) IS DISTINCT FROM (NEW.state, NEW.outcome, NEW.score, NEW.answer, NEW.proposed_by, NEW.proposed_at,
            NEW.answered_by, NEW.answered_at))
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON petitions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A mark is replaced by an operator's act, or corrected by the answer to a review.
ALTER TABLE mark_replacements
    DROP CONSTRAINT mark_replacements_pkey,
    ALTER COLUMN act_id DROP NOT NULL,
    ADD COLUMN petition_id uuid REFERENCES petitions,
    ADD CHECK ((act_id IS NULL) <> (petition_id IS NULL)),
    ADD UNIQUE (task_id, act_id),
    ADD UNIQUE (task_id, petition_id);

ALTER TABLE inbox
    DROP CONSTRAINT inbox_kind_check,
    ADD CONSTRAINT inbox_kind_check CHECK (kind IN
        ('start', 'answer', 'resolution', 'withdrawal', 'hours', 'facts', 'issuance', 'certificate', 'misconduct', 'act', 'mark'));
ALTER TABLE outbox
    DROP CONSTRAINT outbox_kind,
    ADD CONSTRAINT outbox_kind CHECK (kind IN ('task.issued', 'task.cancelled', 'task.extended', 'answer.applied', 'answer.discarded',
        'certificate.issued', 'certificate.suspended', 'certificate.reinstated', 'certificate.superseded', 'certificate.revoked',
        'petition.asked', 'endpoint.ping'));
