-- +goose Up
-- Lists of certificates, which are a million after ten years.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- A certificate carries where it lies for those who supervise: where its case does, or the one who held the course. The
-- database keeps it as it is where it comes from.
ALTER TABLE certificates
    ADD COLUMN district   text,
    ADD COLUMN trained_by text;

UPDATE certificates SET (district, trained_by) = (c.district, c.training_body) FROM cases c WHERE c.id = certificates.case_id;
UPDATE certificates SET trained_by = issuer WHERE case_id IS NULL;

-- +goose StatementBegin
CREATE FUNCTION know_where_the_certificate_lies() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.case_id IS NULL THEN
        NEW.trained_by := NEW.issuer;
    ELSE
        -- Who changes the case at the same time would not see this row, nor who writes it the change: one waits for the other.
        SELECT district, training_body INTO NEW.district, NEW.trained_by FROM cases WHERE id = NEW.case_id FOR SHARE;
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE FUNCTION tell_what_is_of_the_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE incidents SET (occupation, level, district, training_body) = (NEW.occupation, NEW.level, NEW.district, NEW.training_body)
    WHERE case_id = NEW.id;
    UPDATE tasks SET (district, training_body) = (NEW.district, NEW.training_body) WHERE case_id = NEW.id;
    UPDATE certificates SET (district, trained_by) = (NEW.district, NEW.training_body) WHERE case_id = NEW.id;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER knows_where_it_lies BEFORE INSERT ON certificates FOR EACH ROW EXECUTE FUNCTION know_where_the_certificate_lies();

CREATE INDEX certificates_by_day ON certificates (issued_on, id);
CREATE INDEX certificates_by_issuer ON certificates (issuer, issued_on, id);
CREATE INDEX certificates_by_part ON certificates USING gin (lower(number) gin_trgm_ops);
