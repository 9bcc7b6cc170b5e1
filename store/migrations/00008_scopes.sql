-- +goose Up
-- How far accounts reach: operators of a district see what lies in it, administrators keep accounts and see no case.

ALTER TABLE institutions ADD COLUMN district text CHECK (district <> '');  -- null: not known, so only the city sees it
ALTER TABLE cases ADD COLUMN district text CHECK (district <> '');         -- of the trainee's employer, when it was given
CREATE INDEX cases_by_district ON cases (district) WHERE district IS NOT NULL;
CREATE INDEX cases_by_training_body ON cases (training_body);

ALTER TABLE accounts DROP CONSTRAINT accounts_role_check;
ALTER TABLE accounts
    ADD COLUMN district  text CHECK (district <> ''),             -- of an operator; null: of the whole city
    ADD COLUMN state     text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'closed')),
    ADD COLUMN closed_at timestamptz,
    ADD CONSTRAINT accounts_role_check CHECK (role IN ('trainee', 'operator', 'institution', 'administrator')),
    ADD CONSTRAINT accounts_district_of_operator CHECK (role = 'operator' OR district IS NULL),
    ADD CONSTRAINT accounts_closed_at CHECK ((state = 'closed') = (closed_at IS NOT NULL));
