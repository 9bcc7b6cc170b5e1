-- +goose Up
-- The published lists as dated snapshots: each is imported, looked at, and then applied or discarded, once.
CREATE TABLE list_snapshots (
    id           uuid PRIMARY KEY,
    document     text NOT NULL CHECK (document <> ''),
    list_year    int  NOT NULL,
    published_on date,                                            -- null: the file does not say
    valid_from   date NOT NULL,
    valid_to     date,                                            -- exclusive; null: until the next
    content      jsonb NOT NULL,                                  -- every row, to the letter
    digest       bytea NOT NULL,                                  -- SHA-256 over what the list says
    decisions    jsonb NOT NULL DEFAULT '[]',                     -- whose names the unknown ones are
    state        text NOT NULL CHECK (state IN ('draft', 'applied', 'discarded')),
    outcome      jsonb,                                           -- of an applied one: what it changed, and what became of running cases
    imported_by  text NOT NULL,                                   -- account id, or system
    imported_at  timestamptz NOT NULL DEFAULT now(),
    settled_by   text,
    settled_at   timestamptz,
    reason       text,
    CHECK (valid_to IS NULL OR valid_to > valid_from),
    CHECK ((state = 'draft') = (settled_at IS NULL)),
    CHECK ((settled_at IS NULL) = (settled_by IS NULL) AND (settled_at IS NULL) = (reason IS NULL)),
    CHECK ((state = 'applied') = (outcome IS NOT NULL))
);
CREATE UNIQUE INDEX list_snapshots_once ON list_snapshots (digest) WHERE state <> 'discarded';
CREATE UNIQUE INDEX list_snapshots_one_a_day ON list_snapshots (valid_from) WHERE state = 'applied';

-- What a snapshot says never changes; once it is applied or discarded, nothing about it does.
-- +goose StatementBegin
CREATE FUNCTION keep_list_snapshot() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state <> 'draft' OR (NEW.content, NEW.digest, NEW.valid_from) IS DISTINCT FROM (OLD.content, OLD.digest, OLD.valid_from) THEN
        RAISE EXCEPTION 'a list snapshot is kept as it is' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'list_snapshot_kept';
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON list_snapshots FOR EACH ROW EXECUTE FUNCTION keep_list_snapshot();

-- The names of an institution over time. institutions.name is the legal name of the list that was applied last.
CREATE TABLE institution_names (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    institution_id text NOT NULL REFERENCES institutions,
    name           text NOT NULL CHECK (name <> ''),
    kind           text NOT NULL CHECK (kind IN ('legal', 'alias')),
    valid_from     date NOT NULL,
    valid_to       date,                                          -- exclusive
    CHECK (valid_to IS NULL OR valid_to > valid_from),
    CONSTRAINT institution_names_one_legal EXCLUDE USING gist
        (institution_id WITH =, daterange(valid_from, valid_to) WITH &&) WHERE (kind = 'legal'),
    -- A name is one institution's at a time.
    CONSTRAINT institution_names_one_owner EXCLUDE USING gist
        (name WITH =, institution_id WITH <>, daterange(valid_from, valid_to) WITH &&)
);
CREATE INDEX institution_names_by_institution ON institution_names (institution_id, valid_from);

-- A role may be for one level; '' is all of them, and overlaps with each.
ALTER TABLE institution_roles ADD COLUMN level text NOT NULL DEFAULT '' CHECK (level IN ('', 'junior', 'intermediate', 'senior'));
ALTER TABLE institution_roles DROP CONSTRAINT institution_roles_one_role;
ALTER TABLE institution_roles ADD CONSTRAINT institution_roles_one_role EXCLUDE USING gist (
    institution_id WITH =, occupation WITH =,
    (CASE level WHEN 'junior' THEN int4range(1, 2) WHEN 'intermediate' THEN int4range(2, 3) WHEN 'senior' THEN int4range(3, 4) ELSE int4range(1, 4) END) WITH &&,
    daterange(valid_from, valid_to) WITH &&);

-- Bases are listed for a time, as roles are.
ALTER TABLE ce_bases ADD COLUMN valid_from date, ADD COLUMN valid_to date;
UPDATE ce_bases SET valid_from = make_date(list_year, 1, 1);
ALTER TABLE ce_bases ALTER COLUMN valid_from SET NOT NULL, ADD CHECK (valid_to IS NULL OR valid_to > valid_from);
ALTER TABLE ce_bases DROP CONSTRAINT ce_bases_pkey, DROP CONSTRAINT ce_bases_number_key, DROP CONSTRAINT IF EXISTS ce_bases_institution_id_key;
ALTER TABLE ce_bases ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY;
ALTER TABLE ce_bases ADD CONSTRAINT ce_bases_one_name EXCLUDE USING gist (name WITH =, daterange(valid_from, valid_to) WITH &&);
ALTER TABLE ce_bases ADD CONSTRAINT ce_bases_one_number EXCLUDE USING gist (number WITH =, daterange(valid_from, valid_to) WITH &&);
ALTER TABLE ce_bases ADD CONSTRAINT ce_bases_one_listing EXCLUDE USING gist (institution_id WITH =, daterange(valid_from, valid_to) WITH &&);

-- Suspensions of institutions, from when until when. institutions.status says whether one is in force.
CREATE TABLE institution_suspensions (
    id             uuid PRIMARY KEY,
    institution_id text NOT NULL REFERENCES institutions,
    reason         text NOT NULL CHECK (reason <> ''),
    suspended_by   text NOT NULL,
    suspended_at   timestamptz NOT NULL DEFAULT now(),
    lifted_by      text,
    lifted_at      timestamptz,
    lift_reason    text,
    CHECK ((lifted_at IS NULL) = (lifted_by IS NULL) AND (lifted_at IS NULL) = (lift_reason IS NULL))
);
CREATE UNIQUE INDEX institution_suspensions_one ON institution_suspensions (institution_id) WHERE lifted_at IS NULL;

-- What was loaded before has the names it was loaded with.
INSERT INTO institution_names (institution_id, name, kind, valid_from)
SELECT i.id, i.name, 'legal', coalesce(
    (SELECT min(r.valid_from) FROM institution_roles r WHERE r.institution_id = i.id),
    (SELECT min(b.valid_from) FROM ce_bases b WHERE b.institution_id = i.id), '2022-01-01')
FROM institutions i;
