-- +goose Up
-- The page of a case reads what belongs to it, however much there is of other cases.
CREATE INDEX certificates_of_case ON certificates (case_id) WHERE case_id IS NOT NULL;
CREATE INDEX ce_entries_of_case ON ce_entries (case_id) WHERE case_id IS NOT NULL;
CREATE INDEX cases_open_by_version ON cases (policy_version, occupation, level, stage, status) WHERE outcome IS NULL;
