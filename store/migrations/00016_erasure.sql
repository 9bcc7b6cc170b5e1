-- +goose Up
-- Whose name and number are gone has no new case: what was erased does not come back by a registration that was under way.
-- +goose StatementBegin
CREATE FUNCTION refuse_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM persons WHERE id = NEW.person_id AND erased_at IS NOT NULL;
    IF FOUND THEN
        RAISE EXCEPTION 'the person was erased' USING ERRCODE = 'check_violation', CONSTRAINT = 'person_erased';
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
-- After the foreign key's own trigger, which waits for an erasure that is under way: triggers fire in the order of their names.
CREATE TRIGGER refuse_erased AFTER INSERT ON cases FOR EACH ROW EXECUTE FUNCTION refuse_erased();
CREATE TRIGGER refuse_erased AFTER INSERT ON course_places FOR EACH ROW EXECUTE FUNCTION refuse_erased();
