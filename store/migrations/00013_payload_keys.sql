-- +goose Up
-- The data keys of workflows: what Temporal keeps of a workflow is sealed with the workflow's own key. Destroying the key
-- erases all of it, in Temporal's database and in every copy of that.
CREATE TABLE payload_keys (
    workflow_id  text PRIMARY KEY CHECK (workflow_id <> ''),
    key_sealed   bytea,                                           -- null once it is destroyed
    created_at   timestamptz NOT NULL,
    destroyed_at timestamptz,
    CONSTRAINT payload_keys_destroyed_whole CHECK ((key_sealed IS NULL) = (destroyed_at IS NOT NULL))
);

-- The row of a destroyed key stays: without it, the workflow would get a new one and look like any other.
-- +goose StatementBegin
CREATE FUNCTION refuse_revival() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a key that is destroyed stays destroyed' USING ERRCODE = 'restrict_violation';
END
$$;
-- +goose StatementEnd
CREATE TRIGGER no_revival BEFORE UPDATE ON payload_keys FOR EACH ROW WHEN (OLD.destroyed_at IS NOT NULL) EXECUTE FUNCTION refuse_revival();
CREATE TRIGGER no_removal BEFORE DELETE OR TRUNCATE ON payload_keys FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
