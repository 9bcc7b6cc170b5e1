-- +goose Up
-- What operators do to one case, and what of it a second person decides on.

-- What somebody asked for and somebody else has to decide on. It is about a case or an incident as it was seen, and void as
-- soon as that has changed.
CREATE TABLE approvals (
    id              uuid PRIMARY KEY,
    case_id         uuid REFERENCES cases,
    incident_id     uuid REFERENCES incidents,
    verb            text NOT NULL CHECK (verb ~ '^[a-z][a-z_]{1,62}$'),
    seen            int  NOT NULL DEFAULT 0,                          -- the last line of the case's timeline when it was asked for
    reason          text NOT NULL CHECK (reason <> ''),
    legal_basis     text NOT NULL CHECK (legal_basis <> ''),
    requested_by    uuid NOT NULL REFERENCES accounts,
    requested_at    timestamptz NOT NULL,
    state           text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'approved', 'rejected', 'withdrawn', 'overtaken')),
    decided_by      uuid REFERENCES accounts,
    decided_at      timestamptz,
    decision_reason text NOT NULL DEFAULT '',
    CHECK ((state = 'pending') = (decided_at IS NULL)),
    CHECK ((state IN ('approved', 'rejected', 'withdrawn')) = (decided_by IS NOT NULL)),
    CHECK (state NOT IN ('approved', 'rejected') OR decision_reason <> ''),
    CONSTRAINT approvals_two_persons CHECK (state NOT IN ('approved', 'rejected', 'withdrawn') OR (state = 'withdrawn') = (decided_by = requested_by))
);
CREATE UNIQUE INDEX approvals_one_pending_case ON approvals (case_id) WHERE state = 'pending';
CREATE UNIQUE INDEX approvals_one_pending_incident ON approvals (incident_id) WHERE state = 'pending';
CREATE INDEX approvals_by_age ON approvals (requested_at, id);
CREATE INDEX approvals_by_case ON approvals (case_id);

CREATE TABLE acts (
    id           uuid PRIMARY KEY,
    case_id      uuid NOT NULL REFERENCES cases,
    verb         text NOT NULL CHECK (verb IN
        ('extend', 'reassign', 'return', 'pause', 'resume', 'correct', 'override', 'cancel', 'withdraw', 'retry')),
    params       jsonb NOT NULL DEFAULT '{}',
    reason       text NOT NULL CHECK (reason <> ''),
    seen         int  NOT NULL,
    requested_by uuid NOT NULL REFERENCES accounts,
    requested_at timestamptz NOT NULL,
    state        text NOT NULL CHECK (state IN
        ('awaiting_approval', 'pending', 'applied', 'refused', 'rejected', 'withdrawn', 'overtaken')),
    refusal      text NOT NULL DEFAULT '',
    answered_at  timestamptz,
    approval_id  uuid UNIQUE REFERENCES approvals,
    CHECK ((state IN ('awaiting_approval', 'pending')) = (answered_at IS NULL)),
    CHECK ((state = 'refused') = (refusal <> '')),
    CONSTRAINT acts_need_approval CHECK ((verb IN ('override', 'cancel')) = (approval_id IS NOT NULL))
);
CREATE UNIQUE INDEX acts_one_pending ON acts (case_id) WHERE state = 'pending';
CREATE INDEX acts_by_case ON acts (case_id, requested_at);

-- A mark that an operator put in the place of one that was reported, on evidence. The last of a task holds.
CREATE TABLE mark_replacements (
    act_id  uuid NOT NULL REFERENCES acts,
    task_id uuid NOT NULL REFERENCES assessments,
    case_id uuid NOT NULL REFERENCES cases,
    score   numeric(5,2) NOT NULL CHECK (score BETWEEN 0 AND 100),
    at      timestamptz NOT NULL,
    PRIMARY KEY (task_id, act_id)
);
CREATE INDEX mark_replacements_by_case ON mark_replacements (case_id);

ALTER TABLE resolutions
    ADD COLUMN approval_id uuid UNIQUE REFERENCES approvals,
    DROP CONSTRAINT resolutions_outcome_check,
    ADD CONSTRAINT resolutions_outcome_check CHECK (outcome IN
        ('awaiting_approval', 'pending', 'applied', 'refused', 'rejected', 'withdrawn', 'overtaken'));

-- ── Four eyes ───────────────────────────────────────────────────────────────────────────────────────────────────────

-- +goose StatementBegin
-- What asks and decides is a person who is an operator. What is approved is what was asked about.
CREATE FUNCTION decide_approval() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM accounts WHERE id IN (NEW.requested_by, NEW.decided_by) AND (machine OR role <> 'operator')) THEN
        RAISE EXCEPTION 'approvals are asked for and given by operators'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'approvals_people';
    END IF;
    IF NEW.state IN ('pending', 'approved') AND (
            EXISTS (SELECT 1 FROM cases WHERE id = NEW.case_id AND last_event <> NEW.seen)
            OR EXISTS (SELECT 1 FROM incidents WHERE id = NEW.incident_id AND state <> 'open')) THEN
        RAISE EXCEPTION 'what was asked about has changed since'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'approvals_version';
    END IF;
    RETURN NEW;
END
$$;
-- Nothing that needs two persons goes its way without the second.
CREATE FUNCTION approved_first() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM approvals WHERE id = NEW.approval_id AND state = 'approved') THEN
        RAISE EXCEPTION 'a second person has not approved this'
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_ARGV[0];
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER decided BEFORE INSERT OR UPDATE OF state ON approvals FOR EACH ROW EXECUTE FUNCTION decide_approval();
CREATE TRIGGER frozen BEFORE UPDATE ON approvals FOR EACH ROW
    WHEN (OLD.state <> 'pending'
        OR (OLD.id, OLD.case_id, OLD.incident_id, OLD.verb, OLD.seen, OLD.reason, OLD.legal_basis, OLD.requested_by, OLD.requested_at)
        IS DISTINCT FROM (NEW.id, NEW.case_id, NEW.incident_id, NEW.verb, NEW.seen, NEW.reason, NEW.legal_basis, NEW.requested_by, NEW.requested_at))
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON approvals FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER approved BEFORE INSERT OR UPDATE OF state ON acts FOR EACH ROW
    WHEN (NEW.state IN ('pending', 'applied') AND NEW.verb IN ('override', 'cancel'))
    EXECUTE FUNCTION approved_first('acts_approved');
-- The facts that a correction gives can be erased, at their person's wish; nothing else changes of what was asked.
CREATE TRIGGER frozen BEFORE UPDATE ON acts FOR EACH ROW
    WHEN (OLD.state NOT IN ('awaiting_approval', 'pending') AND (OLD.state, OLD.refusal, OLD.answered_at)
            IS DISTINCT FROM (NEW.state, NEW.refusal, NEW.answered_at)
        OR NEW.params <> OLD.params AND NEW.params <> OLD.params - 'applicant'
        OR (OLD.id, OLD.case_id, OLD.verb, OLD.reason, OLD.seen, OLD.requested_by, OLD.requested_at, OLD.approval_id)
        IS DISTINCT FROM (NEW.id, NEW.case_id, NEW.verb, NEW.reason, NEW.seen, NEW.requested_by, NEW.requested_at, NEW.approval_id))
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON acts FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON mark_replacements FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
