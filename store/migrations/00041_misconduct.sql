-- +goose Up
-- Misconduct at an evaluation (X-32, X-33): recorded by two of the evaluation body's staff, told to the trainee, who may make a
-- statement; reviewed, decided and delivered, each by somebody with a name. What stands on the attempt is held meanwhile.

CREATE TABLE misconduct_cases (
    id               uuid PRIMARY KEY,
    case_id          uuid NOT NULL REFERENCES cases,
    task_id          uuid NOT NULL REFERENCES tasks,                   -- the part, and the attempt, that it is about
    institution_id   text NOT NULL REFERENCES institutions,            -- whose staff recorded it
    report_id        uuid NOT NULL,                                    -- what was recorded at once, such as identical papers, has one
    part             text NOT NULL CHECK (part IN ('theory', 'practical')),
    attempt          integer NOT NULL CHECK (attempt >= 1),
    act              text NOT NULL CHECK (act ~ '^[a-z][a-z_]{1,62}$'),
    occurred_on      date NOT NULL,
    account_sealed   bytea NOT NULL,                                   -- what was seen
    evidence         text NOT NULL DEFAULT '',                         -- what it rests on
    state            text NOT NULL DEFAULT 'recorded' CHECK (state IN ('recorded', 'dropped', 'noticed', 'reviewed', 'decided', 'delivered')),
    recorded_by      uuid NOT NULL REFERENCES accounts,
    recorded_at      timestamptz NOT NULL,
    confirmed_by     uuid REFERENCES accounts,                         -- the second person; of one that was dropped, who dropped it
    confirmed_at     timestamptz,
    confirmation     text NOT NULL DEFAULT '',
    statement_until  timestamptz,                                      -- null: for how long is not known
    statement_sealed bytea,
    stated_by        uuid REFERENCES accounts,
    stated_at        timestamptz,
    reviewed_by      uuid REFERENCES accounts,
    reviewed_at      timestamptz,
    review           text NOT NULL DEFAULT '',
    decided_by       uuid REFERENCES accounts,
    decided_at       timestamptz,
    founded          boolean,
    decision_reason  text NOT NULL DEFAULT '',
    citation         jsonb,                                            -- by which rule it was decided
    voids            text NOT NULL DEFAULT '' CHECK (voids IN ('', 'part', 'attempt')),
    barred_until     date,                                             -- the last day on which the person may not be evaluated
    delivered_by     uuid REFERENCES accounts,
    delivered_at     timestamptz,
    delivered_how    text NOT NULL DEFAULT '' CHECK (delivered_how IN ('', 'in_person', 'by_mail', 'on_platform')),
    due_at           timestamptz,                                      -- of the step that is owed; null: it is not known, or nothing is
    escalated_at     timestamptz,                                      -- that the step is overdue was told
    held_was         text NOT NULL DEFAULT '' CHECK (held_was IN ('', 'active', 'waiting', 'done')), -- what the evaluation was that the case holds
    suspended        boolean NOT NULL DEFAULT false,                   -- a certificate was suspended for it
    changed_at       timestamptz NOT NULL,
    woken            boolean NOT NULL DEFAULT true,                    -- its workflow knows of the last change
    CHECK ((state = 'recorded') = (confirmed_by IS NULL)),
    CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL)),
    CHECK ((statement_sealed IS NULL) = (stated_at IS NULL) AND (stated_at IS NULL) = (stated_by IS NULL)),
    CHECK ((state IN ('reviewed', 'decided', 'delivered')) = (reviewed_by IS NOT NULL)),
    CHECK ((reviewed_by IS NULL) = (reviewed_at IS NULL) AND (reviewed_by IS NULL OR review <> '')),
    CHECK ((state IN ('decided', 'delivered')) = (decided_by IS NOT NULL)),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL) AND (decided_by IS NULL) = (founded IS NULL) AND (decided_by IS NULL) = (citation IS NULL)),
    CHECK (decided_by IS NULL OR decision_reason <> ''),
    CHECK (founded IS NOT DISTINCT FROM true OR voids = '' AND barred_until IS NULL),
    CHECK ((state = 'delivered') = (delivered_by IS NOT NULL)),
    CHECK ((delivered_by IS NULL) = (delivered_at IS NULL) AND (delivered_by IS NULL) = (delivered_how = '')),
    CONSTRAINT misconduct_two_persons CHECK (confirmed_by <> recorded_by OR state = 'dropped'),
    CONSTRAINT misconduct_judges CHECK (decided_by NOT IN (recorded_by, confirmed_by))
);
CREATE UNIQUE INDEX misconduct_one_open ON misconduct_cases (task_id) WHERE state NOT IN ('dropped', 'delivered');
CREATE INDEX misconduct_by_case ON misconduct_cases (case_id);
CREATE INDEX misconduct_by_age ON misconduct_cases (recorded_at, id);
CREATE INDEX misconduct_unwoken ON misconduct_cases (changed_at) WHERE NOT woken;
CREATE INDEX misconduct_bars ON misconduct_cases (case_id) WHERE barred_until IS NOT NULL;

-- +goose StatementBegin
-- Who records, confirms, reviews, decides and delivers is a person, never a program's account; one step follows another.
CREATE FUNCTION step_of_misconduct() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM accounts WHERE machine
            AND id IN (NEW.recorded_by, NEW.confirmed_by, NEW.stated_by, NEW.reviewed_by, NEW.decided_by, NEW.delivered_by)) THEN
        RAISE EXCEPTION 'misconduct is a matter of people'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'misconduct_people';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (('recorded', 'dropped'), ('recorded', 'noticed'),
            ('noticed', 'reviewed'), ('reviewed', 'decided'), ('decided', 'delivered')) THEN
        RAISE EXCEPTION 'misconduct that is % does not become %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'misconduct_order';
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER in_order BEFORE INSERT OR UPDATE ON misconduct_cases FOR EACH ROW EXECUTE FUNCTION step_of_misconduct();
-- What was recorded, stated and decided stays as it was. (What is sealed may be sealed anew.)
CREATE TRIGGER frozen BEFORE UPDATE ON misconduct_cases FOR EACH ROW
    WHEN ((OLD.id, OLD.case_id, OLD.task_id, OLD.institution_id, OLD.report_id, OLD.part, OLD.attempt, OLD.act, OLD.occurred_on, OLD.evidence,
            OLD.recorded_by, OLD.recorded_at)
        IS DISTINCT FROM (NEW.id, NEW.case_id, NEW.task_id, NEW.institution_id, NEW.report_id, NEW.part, NEW.attempt, NEW.act, NEW.occurred_on,
            NEW.evidence, NEW.recorded_by, NEW.recorded_at)
        OR OLD.confirmed_by IS NOT NULL AND (OLD.confirmed_by, OLD.confirmed_at, OLD.confirmation)
            IS DISTINCT FROM (NEW.confirmed_by, NEW.confirmed_at, NEW.confirmation)
        OR OLD.stated_by IS NOT NULL AND (OLD.stated_by, OLD.stated_at) IS DISTINCT FROM (NEW.stated_by, NEW.stated_at)
        OR OLD.reviewed_by IS NOT NULL AND (OLD.reviewed_by, OLD.reviewed_at, OLD.review) IS DISTINCT FROM (NEW.reviewed_by, NEW.reviewed_at, NEW.review)
        OR OLD.decided_by IS NOT NULL AND (OLD.decided_by, OLD.decided_at, OLD.founded, OLD.decision_reason, OLD.citation, OLD.voids, OLD.barred_until)
            IS DISTINCT FROM (NEW.decided_by, NEW.decided_at, NEW.founded, NEW.decision_reason, NEW.citation, NEW.voids, NEW.barred_until))
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON misconduct_cases FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

ALTER TABLE inbox
    DROP CONSTRAINT inbox_kind_check,
    ADD CONSTRAINT inbox_kind_check CHECK (kind IN
        ('start', 'answer', 'resolution', 'withdrawal', 'hours', 'facts', 'issuance', 'certificate', 'misconduct'));
