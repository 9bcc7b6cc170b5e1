-- +goose Up
-- What an operator does to many cases at once: which they are is counted and frozen before anything is done, and what became
-- of each is looked up afterwards, in the case.

CREATE TABLE batches (
    id              uuid PRIMARY KEY,
    name            text NOT NULL CHECK (name <> ''),
    reason          text NOT NULL CHECK (reason <> ''),
    legal_basis     text NOT NULL DEFAULT '',
    verb            text NOT NULL CHECK (verb IN ('retry', 'extend', 'reassign', 'override', 'cancel', 'resume_endpoint')),
    params          jsonb NOT NULL,
    selection       jsonb NOT NULL,                                   -- as it was asked for
    institution_id  text REFERENCES institutions,                     -- whose endpoint is resumed
    district        text,                                             -- the area of who asked; null: the city
    counted         int NOT NULL CHECK (counted > 0),
    per_minute      int NOT NULL CHECK (per_minute BETWEEN 1 AND 6000),
    watch_seconds   int NOT NULL CHECK (watch_seconds BETWEEN 0 AND 86400), -- after the last of it moved
    state           text NOT NULL CHECK (state IN ('awaiting_approval', 'running', 'paused', 'stopping', 'stopped', 'done', 'rejected')),
    requested_by    uuid NOT NULL REFERENCES accounts,
    requested_at    timestamptz NOT NULL,
    decided_by      uuid REFERENCES accounts,
    decided_at      timestamptz,
    decision_reason text NOT NULL DEFAULT '',
    act_after       timestamptz NOT NULL,                             -- no case's turn comes before that
    ended_at        timestamptz,
    wake_wanted_at  timestamptz,                                      -- its workflow is to be told
    CHECK ((verb = 'resume_endpoint') = (institution_id IS NOT NULL)),
    CHECK (verb NOT IN ('override', 'cancel') OR legal_basis <> ''),
    CHECK ((state IN ('stopped', 'done', 'rejected')) = (ended_at IS NOT NULL)),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
    CHECK ((decided_by IS NULL) = (decision_reason = '')),
    CHECK (verb NOT IN ('override', 'cancel') OR decided_by IS NOT NULL OR state IN ('awaiting_approval', 'stopped')),
    CONSTRAINT batches_two_persons CHECK (decided_by <> requested_by)
);
CREATE INDEX batches_by_time ON batches (requested_at DESC, id);
CREATE INDEX batches_waking ON batches (wake_wanted_at) WHERE wake_wanted_at IS NOT NULL;
CREATE UNIQUE INDEX batches_one_repair ON batches (institution_id) WHERE ended_at IS NULL; -- of an endpoint

CREATE TABLE batch_items (
    batch_id      uuid NOT NULL REFERENCES batches,
    position      int NOT NULL CHECK (position > 0),
    case_id       uuid NOT NULL REFERENCES cases,
    incident_id   uuid REFERENCES incidents,                          -- null: it is untold
    resolution_id uuid REFERENCES resolutions,
    state         text NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'acted', 'cleared', 'stuck_again', 'refused', 'unchanged', 'skipped')),
    code          text NOT NULL DEFAULT '',                           -- why, unless it is cleared
    acted_at      timestamptz,
    cleared_at    timestamptz,                                        -- it was first seen out of what it was stuck in
    settled_at    timestamptz,                                        -- since when the state is what it is
    PRIMARY KEY (batch_id, position),
    UNIQUE (batch_id, case_id),
    CHECK ((state IN ('waiting', 'acted')) = (settled_at IS NULL)),
    CHECK (state IN ('waiting', 'skipped') OR acted_at IS NOT NULL),
    CHECK ((code <> '') = (state IN ('stuck_again', 'refused', 'unchanged', 'skipped')))
);
CREATE INDEX batch_items_by_state ON batch_items (batch_id, state, position);
CREATE INDEX batch_items_by_case ON batch_items (case_id);

-- +goose StatementBegin
-- What asks and decides is an operator. What has ended stays as it ended, and nothing of it is left over.
CREATE FUNCTION decide_batch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM accounts WHERE id IN (NEW.requested_by, NEW.decided_by) AND role <> 'operator') THEN
        RAISE EXCEPTION 'many cases are acted on by operators' USING ERRCODE = 'check_violation', CONSTRAINT = 'batches_people';
    END IF;
    IF NEW.state IN ('stopped', 'done', 'rejected') AND EXISTS (
            SELECT 1 FROM batch_items WHERE batch_id = NEW.id AND state IN ('waiting', 'acted')) THEN
        RAISE EXCEPTION 'cases are left that were not looked at' USING ERRCODE = 'check_violation', CONSTRAINT = 'batches_ended';
    END IF;
    RETURN NEW;
END
$$;
-- The set is frozen once it is asked for; it is acted on only while the batch runs.
CREATE FUNCTION act_on_batch_item() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stands text;
BEGIN
    SELECT state INTO stands FROM batches WHERE id = NEW.batch_id;
    IF stands IN ('stopped', 'done', 'rejected') OR NEW.state = 'acted' AND stands <> 'running' THEN
        RAISE EXCEPTION 'the batch is %', stands USING ERRCODE = 'check_violation', CONSTRAINT = 'batch_items_state';
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER decided BEFORE INSERT OR UPDATE OF state ON batches FOR EACH ROW EXECUTE FUNCTION decide_batch();
CREATE TRIGGER acted BEFORE UPDATE ON batch_items FOR EACH ROW WHEN (OLD.state = 'waiting') EXECUTE FUNCTION act_on_batch_item();
CREATE TRIGGER frozen BEFORE UPDATE ON batches FOR EACH ROW
    WHEN (OLD.ended_at IS NOT NULL AND (OLD.state, OLD.ended_at) IS DISTINCT FROM (NEW.state, NEW.ended_at)
        OR OLD.decided_by IS NOT NULL AND (OLD.decided_by, OLD.decided_at, OLD.decision_reason)
            IS DISTINCT FROM (NEW.decided_by, NEW.decided_at, NEW.decision_reason)
        OR (OLD.id, OLD.name, OLD.reason, OLD.legal_basis, OLD.verb, OLD.params, OLD.selection, OLD.institution_id, OLD.district,
            OLD.counted, OLD.per_minute, OLD.watch_seconds, OLD.requested_by, OLD.requested_at)
        IS DISTINCT FROM (NEW.id, NEW.name, NEW.reason, NEW.legal_basis, NEW.verb, NEW.params, NEW.selection, NEW.institution_id,
            NEW.district, NEW.counted, NEW.per_minute, NEW.watch_seconds, NEW.requested_by, NEW.requested_at))
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER frozen BEFORE UPDATE ON batch_items FOR EACH ROW
    WHEN (OLD.state IN ('refused', 'unchanged', 'skipped') OR OLD.state <> 'waiting' AND NEW.state IN ('waiting', 'skipped')
        OR (OLD.batch_id, OLD.position, OLD.case_id, OLD.incident_id) IS DISTINCT FROM (NEW.batch_id, NEW.position, NEW.case_id, NEW.incident_id)
        OR OLD.resolution_id IS NOT NULL AND OLD.resolution_id IS DISTINCT FROM NEW.resolution_id)
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON batches FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON batch_items FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Whose cases could not be told, and who has claimed which: a few of all of them.
CREATE INDEX cases_untold ON cases (id) WHERE untold;
CREATE INDEX cases_claimed ON cases (id) INCLUDE (assignee) WHERE assignee IS NOT NULL;
