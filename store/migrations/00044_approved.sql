-- +goose Up
-- A resolution that two persons have to decide goes its way only once they have: on it alone, or on the batch that it is a
-- part of. And a case is told of acts.

ALTER TABLE resolutions ADD COLUMN batch_id uuid REFERENCES batches;

-- +goose StatementBegin
CREATE FUNCTION resolution_approved_first() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM approvals WHERE id = NEW.approval_id AND state = 'approved')
        AND NOT EXISTS (SELECT 1 FROM batches WHERE id = NEW.batch_id AND verb = NEW.verb AND decided_by IS NOT NULL AND state = 'running') THEN
        RAISE EXCEPTION 'a second person has not approved this'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'resolutions_approved';
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER approved BEFORE INSERT ON resolutions FOR EACH ROW
    WHEN (NEW.outcome IN ('pending', 'applied') AND NEW.verb IN ('override', 'cancel'))
    EXECUTE FUNCTION resolution_approved_first();
-- Those that were on their way before this needed nobody else.
CREATE TRIGGER approved_later BEFORE UPDATE OF outcome ON resolutions FOR EACH ROW
    WHEN (OLD.outcome <> 'pending' AND NEW.outcome IN ('pending', 'applied') AND NEW.verb IN ('override', 'cancel'))
    EXECUTE FUNCTION resolution_approved_first();

ALTER TABLE inbox
    DROP CONSTRAINT inbox_kind_check,
    ADD CONSTRAINT inbox_kind_check CHECK (kind IN
        ('start', 'answer', 'resolution', 'withdrawal', 'hours', 'facts', 'issuance', 'certificate', 'misconduct', 'act'));
