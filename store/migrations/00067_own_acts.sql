-- +goose Up
-- A trainee changes to another class of the body that trains them: out of the one, or of the place that was kept in it, and into the
-- other in one transaction.
ALTER TABLE class_members
    DROP CONSTRAINT class_members_left_how_check,
    ADD CONSTRAINT class_members_left_how_check CHECK (left_how IN ('removed', 'moved', 'reassigned', 'case_ended', 'class_closed')),
    ADD CHECK (left_how <> 'moved' OR left_by IS NOT NULL);
ALTER TABLE class_places
    DROP CONSTRAINT class_places_ended_how_check,
    ADD CONSTRAINT class_places_ended_how_check CHECK (ended_how IN
        ('joined', 'given_up', 'expired', 'moved', 'reassigned', 'case_ended', 'class_closed'));

-- What carries out a request of a trainee's that was agreed to: an act on its case, the resolution of what that is stuck on, or the
-- correction of a certificate; none of them: the person's record was corrected at once. What the case or a second person refuses is followed by another.
CREATE TABLE petition_carryings (
    id            uuid PRIMARY KEY,
    petition_id   uuid NOT NULL REFERENCES petitions,
    act_id        uuid UNIQUE REFERENCES acts,
    resolution_id uuid UNIQUE REFERENCES resolutions,
    request_id    uuid UNIQUE REFERENCES certificate_requests,
    carried_by    uuid NOT NULL REFERENCES accounts,
    carried_at    timestamptz NOT NULL,
    CHECK (num_nonnulls(act_id, resolution_id, request_id) <= 1)
);
CREATE INDEX petition_carryings_by_petition ON petition_carryings (petition_id, carried_at);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON petition_carryings FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- +goose StatementBegin
CREATE FUNCTION carries_what_was_agreed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM petitions WHERE id = NEW.petition_id AND state = 'answered' AND outcome = 'agreed') THEN
        RAISE EXCEPTION 'the request was not agreed to' USING ERRCODE = 'check_violation', CONSTRAINT = 'petition_not_agreed';
    END IF;
    IF num_nonnulls(NEW.act_id, NEW.resolution_id, NEW.request_id) = 0 AND EXISTS (SELECT 1 FROM petitions
            WHERE id = NEW.petition_id AND (kind <> 'identity_correction' OR answered_by = NEW.carried_by)) THEN
        RAISE EXCEPTION 'who agreed to it does not correct the record' USING ERRCODE = 'check_violation', CONSTRAINT = 'carrying_two_persons';
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER agreed BEFORE INSERT ON petition_carryings FOR EACH ROW EXECUTE FUNCTION carries_what_was_agreed();

-- What trainees thought of the training that they completed: once a case, and without words of their own.
CREATE TABLE course_ratings (
    case_id        uuid PRIMARY KEY REFERENCES cases,
    institution_id text NOT NULL REFERENCES institutions,
    score          smallint NOT NULL CHECK (score BETWEEN 1 AND 5),
    remarks        jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(remarks) = 'array'),
    rated_at       timestamptz NOT NULL
);
CREATE INDEX course_ratings_by_institution ON course_ratings (institution_id, rated_at, case_id);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON course_ratings FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
