-- +goose Up
-- How operators work on a case together: who sees to it, what they note about it, and whose attention they ask for. None of it
-- moves the case: its timeline says what happened to the case, and this what the office said of it.

CREATE TABLE case_assignments (
    id          uuid PRIMARY KEY,
    case_id     uuid NOT NULL REFERENCES cases,
    before      uuid REFERENCES accounts,                         -- who saw to it until then; null: nobody
    assignee    uuid REFERENCES accounts,                         -- who sees to it since; null: nobody
    assigned_by uuid NOT NULL REFERENCES accounts,
    assigned_at timestamptz NOT NULL,
    reason      text NOT NULL DEFAULT '',                         -- empty: nobody else's work was touched
    CHECK (before IS DISTINCT FROM assignee)
);
CREATE INDEX case_assignments_by_case ON case_assignments (case_id, assigned_at DESC, id);
CREATE INDEX cases_by_assignee ON cases (assignee) WHERE assignee IS NOT NULL;

CREATE TABLE case_notes (
    id          uuid PRIMARY KEY,
    case_id     uuid NOT NULL REFERENCES cases,
    author      uuid NOT NULL REFERENCES accounts,
    written_at  timestamptz NOT NULL,
    text        text NOT NULL CHECK (text <> ''),                 -- numbers of persons are masked
    shown_to    text REFERENCES institutions,                     -- an institution that may read it; null: operators only
    evidence_id uuid UNIQUE REFERENCES evidence                   -- the file that belongs to it
);
CREATE INDEX case_notes_by_case ON case_notes (case_id, written_at DESC, id);

-- A note stays as it was written. Who wrote it can strike it out: then it is read as struck out, and why.
CREATE TABLE case_note_strikes (
    note_id   uuid PRIMARY KEY REFERENCES case_notes,
    struck_by uuid NOT NULL REFERENCES accounts,
    struck_at timestamptz NOT NULL,
    reason    text NOT NULL CHECK (reason <> '')
);

-- An operator whose attention a note asks for.
CREATE TABLE case_mentions (
    id         uuid PRIMARY KEY,
    note_id    uuid NOT NULL REFERENCES case_notes,
    account_id uuid NOT NULL REFERENCES accounts,
    read_at    timestamptz,                                       -- null: not seen yet
    UNIQUE (note_id, account_id)
);
CREATE INDEX case_mentions_unread ON case_mentions (account_id) WHERE read_at IS NULL;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON case_assignments  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON case_notes        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON case_note_strikes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Operators file what belongs to their notes as institutions file what they report: a file about a case is of no institution.
ALTER TABLE evidence ALTER COLUMN institution_id DROP NOT NULL;
ALTER TABLE evidence DROP CONSTRAINT evidence_subject_kind_check;
ALTER TABLE evidence
    ADD CONSTRAINT evidence_subject_kind_check CHECK (subject_kind IN ('task', 'session', 'class', 'dead_letter', 'case')),
    ADD CHECK ((subject_kind = 'case') = (institution_id IS NULL));
