-- +goose Up
-- What lists are picked by stands in the row that is listed, where to look it up for each would take longer than to read them
-- all. The database keeps it as it is where it comes from, and nothing else writes it.

-- An incident carries what it is found by of its case.
ALTER TABLE incidents
    ADD COLUMN occupation    text,
    ADD COLUMN level         text,
    ADD COLUMN district      text,
    ADD COLUMN training_body text;

UPDATE incidents SET (occupation, level, district, training_body) = (c.occupation, c.level, c.district, c.training_body)
FROM cases c WHERE c.id = incidents.case_id;

-- A task carries where its case lies.
ALTER TABLE tasks
    ADD COLUMN district      text,
    ADD COLUMN training_body text;

UPDATE tasks SET (district, training_body) = (c.district, c.training_body) FROM cases c WHERE c.id = tasks.case_id;

-- +goose StatementBegin
CREATE FUNCTION know_the_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Who changes the case at the same time would not see this row, nor who writes it the change: one waits for the other.
    SELECT occupation, level, district, training_body INTO NEW.occupation, NEW.level, NEW.district, NEW.training_body
    FROM cases WHERE id = NEW.case_id FOR SHARE;
    RETURN NEW;
END
$$;

CREATE FUNCTION know_where_the_case_lies() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT district, training_body INTO NEW.district, NEW.training_body FROM cases WHERE id = NEW.case_id FOR SHARE;
    RETURN NEW;
END
$$;

CREATE FUNCTION tell_what_is_of_the_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE incidents SET (occupation, level, district, training_body) = (NEW.occupation, NEW.level, NEW.district, NEW.training_body)
    WHERE case_id = NEW.id;
    UPDATE tasks SET (district, training_body) = (NEW.district, NEW.training_body) WHERE case_id = NEW.id;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER knows_the_case BEFORE INSERT OR UPDATE OF case_id ON incidents FOR EACH ROW EXECUTE FUNCTION know_the_case();
CREATE TRIGGER knows_where_the_case_lies BEFORE INSERT OR UPDATE OF case_id ON tasks FOR EACH ROW EXECUTE FUNCTION know_where_the_case_lies();
CREATE TRIGGER tells_what_is_of_it AFTER UPDATE OF occupation, level, district, training_body ON cases FOR EACH ROW
    WHEN ((OLD.occupation, OLD.level, OLD.district, OLD.training_body) IS DISTINCT FROM (NEW.occupation, NEW.level, NEW.district, NEW.training_body))
    EXECUTE FUNCTION tell_what_is_of_the_case();

-- A case carries the days on which the certificates were issued that it led to and that stand: one of a kind does at a time.
ALTER TABLE cases
    ADD COLUMN trained_on   date,
    ADD COLUMN certified_on date;

UPDATE cases SET trained_on = t.issued_on FROM certificates t
WHERE t.case_id = cases.id AND t.kind = 'training' AND t.status IN ('valid', 'suspended');
UPDATE cases SET certified_on = g.issued_on FROM certificates g
WHERE g.case_id = cases.id AND g.kind = 'grade' AND g.status IN ('valid', 'suspended');

-- +goose StatementBegin
CREATE FUNCTION tell_the_case() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stands_since date := CASE WHEN NEW.status IN ('valid', 'suspended') THEN NEW.issued_on END;
BEGIN
    IF NEW.kind = 'training' THEN
        UPDATE cases SET trained_on = stands_since WHERE id = NEW.case_id;
    ELSE
        UPDATE cases SET certified_on = stands_since WHERE id = NEW.case_id;
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER tells_the_case AFTER INSERT ON certificates FOR EACH ROW
    WHEN (NEW.case_id IS NOT NULL AND NEW.status IN ('valid', 'suspended')) EXECUTE FUNCTION tell_the_case();
CREATE TRIGGER tells_the_case_later AFTER UPDATE OF status ON certificates FOR EACH ROW
    WHEN (NEW.case_id IS NOT NULL AND (OLD.status IN ('valid', 'suspended')) <> (NEW.status IN ('valid', 'suspended')))
    EXECUTE FUNCTION tell_the_case();

-- What stages of a case are done is a part of its headline, each a bit by its place in the order of the notice.
ALTER TABLE cases ADD COLUMN done smallint NOT NULL DEFAULT 0;
UPDATE cases SET done = s.bits FROM (
    SELECT case_id, bit_or(1 << array_position(ARRAY['registration', 'training', 'exam', 'evaluation', 'certificate', 'title', 'ce_hours'], stage) - 1) AS bits
    FROM case_stages WHERE state = 'done' GROUP BY case_id) s
WHERE s.case_id = cases.id;

-- The indexes of lists, again: of the open cases, one has all that they are picked by; of those that have ended, a year of
-- certificates has one. What found nothing that another does not find as well is gone, because each step of a case pays for it.
DROP INDEX cases_open, cases_open_by_version, cases_by_registration_open, cases_claimed, cases_by_assignee;
CREATE INDEX cases_open ON cases (queue, stage)
    INCLUDE (id, status, occupation, level, training_body, evaluation_body, district, assignee, held, policy_version, owes_since, registered_at,
             due_at, ended_at, trained_on, certified_on, owes_kind, done, outcome)
    WHERE outcome IS NULL;
CREATE INDEX cases_by_assignee ON cases (assignee) INCLUDE (id) WHERE assignee IS NOT NULL;
CREATE INDEX cases_paused ON cases (id) WHERE paused_at IS NOT NULL;
CREATE INDEX cases_ended_held ON cases (held) WHERE outcome IS NOT NULL AND held <> ''; -- none: what a case is stuck on ends with it
CREATE INDEX cases_ended_trained ON cases (trained_on) WHERE outcome IS NOT NULL;
CREATE INDEX cases_ended_certified ON cases (certified_on) WHERE outcome IS NOT NULL;

-- Most incidents are closed.
DROP INDEX incidents_by_age, incidents_by_opening;
CREATE INDEX incidents_open_by_age ON incidents (opened_at, id) WHERE state <> 'closed';
CREATE INDEX incidents_closed_by_age ON incidents (opened_at, id) WHERE state = 'closed';

-- The certificates of a case are found by it, its year in the case.
DROP INDEX certificates_standing;
