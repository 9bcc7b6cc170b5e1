-- +goose Up
-- A batch may give each of its cases to an institution of its own: the cases of one that is suspended, spread over others.

ALTER TABLE batch_items
    ADD COLUMN target text REFERENCES institutions,
    ADD COLUMN act_id uuid REFERENCES acts,
    ADD CHECK (target IS NULL OR incident_id IS NULL);
CREATE TRIGGER keeps_target BEFORE UPDATE ON batch_items FOR EACH ROW
    WHEN (OLD.target IS DISTINCT FROM NEW.target OR OLD.act_id IS NOT NULL AND OLD.act_id IS DISTINCT FROM NEW.act_id)
    EXECUTE FUNCTION refuse_change();
