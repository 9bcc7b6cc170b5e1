-- +goose Up
-- What issuers set for their certificates, a version after another: how numbers are formed, the seal that is printed, lines of
-- their own. The institution proposes, the city bureau decides, and the newest version that it approved holds.

CREATE TABLE issuer_profiles (
    id             uuid PRIMARY KEY,
    institution_id text NOT NULL REFERENCES institutions,
    kind           text NOT NULL CHECK (kind IN ('training', 'grade', 'ce_base')),
    version        int  NOT NULL CHECK (version >= 1),
    number_scheme  text NOT NULL,                                 -- empty: the kind's default
    seal_image     bytea CHECK (octet_length(seal_image) BETWEEN 1 AND 204800),
    seal_name      text NOT NULL,                                 -- what the seal says
    stand_in       boolean NOT NULL,                              -- 代章: the seal is another body's of the institution
    extra          jsonb NOT NULL CHECK (jsonb_typeof(extra) = 'array'),
    proposed_by    uuid NOT NULL REFERENCES accounts,
    reason         text NOT NULL CHECK (reason <> ''),
    proposed_at    timestamptz NOT NULL,
    UNIQUE (institution_id, kind, version),
    CHECK ((seal_image IS NULL) = (seal_name = '')),
    CHECK (seal_image IS NOT NULL OR NOT stand_in)
);

CREATE TABLE issuer_profile_decisions (
    profile_id uuid PRIMARY KEY REFERENCES issuer_profiles,
    approved   boolean NOT NULL,
    decided_by uuid NOT NULL REFERENCES accounts,
    reason     text NOT NULL CHECK (reason <> ''),
    decided_at timestamptz NOT NULL
);

-- Nobody decides on what they proposed themselves, and nobody on a version that a newer one has overtaken: whoever writes
-- either holds the institution.
-- +goose StatementBegin
CREATE FUNCTION decide_issuer_profile() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    decided issuer_profiles%ROWTYPE;
BEGIN
    SELECT * INTO decided FROM issuer_profiles WHERE id = NEW.profile_id;
    PERFORM 1 FROM institutions WHERE id = decided.institution_id FOR NO KEY UPDATE;
    IF decided.proposed_by = NEW.decided_by THEN
        RAISE EXCEPTION 'two persons are needed' USING ERRCODE = 'check_violation', CONSTRAINT = 'issuer_profile_two_persons';
    END IF;
    IF EXISTS (SELECT 1 FROM issuer_profiles p WHERE p.institution_id = decided.institution_id AND p.kind = decided.kind
        AND p.version > decided.version)
    THEN
        RAISE EXCEPTION 'a newer version was proposed' USING ERRCODE = 'check_violation', CONSTRAINT = 'issuer_profile_overtaken';
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER decided BEFORE INSERT ON issuer_profile_decisions FOR EACH ROW EXECUTE FUNCTION decide_issuer_profile();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON issuer_profiles FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON issuer_profile_decisions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
