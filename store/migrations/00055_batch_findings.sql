-- +goose Up
-- A batch is of incidents, whether a case is stuck on them or they were found of a certificate, a channel or an execution. What
-- needs a second person is done to no case that has moved since it was counted.

ALTER TABLE batch_items
    ALTER COLUMN case_id DROP NOT NULL,                               -- null: a finding that is about no case
    ADD COLUMN seen int,                                              -- the last line of the case's timeline when it was counted
    ADD CHECK (case_id IS NOT NULL OR incident_id IS NOT NULL),
    DROP CONSTRAINT batch_items_batch_id_case_id_key;
CREATE UNIQUE INDEX batch_items_one_incident ON batch_items (batch_id, incident_id) WHERE incident_id IS NOT NULL;
CREATE UNIQUE INDEX batch_items_one_case ON batch_items (batch_id, case_id) WHERE incident_id IS NULL;
CREATE TRIGGER keeps_seen BEFORE UPDATE ON batch_items FOR EACH ROW
    WHEN (OLD.seen IS DISTINCT FROM NEW.seen) EXECUTE FUNCTION refuse_change();
