-- +goose Up
-- Whom somebody who works here is, or is close to (X-50): they do nothing about that person's cases. The document is kept, not a
-- reference, because the person may register later. A declaration is not taken back.

CREATE TABLE duty_declarations (
    id              uuid PRIMARY KEY,
    account_id      uuid NOT NULL REFERENCES accounts,
    relation        text NOT NULL CHECK (relation IN ('self', 'relative', 'other')),
    id_type         text NOT NULL,
    id_country      text,
    document_sealed bytea NOT NULL,                                    -- the number
    declared_at     timestamptz NOT NULL
);
CREATE INDEX duty_declarations_by_account ON duty_declarations (account_id, declared_at);
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON duty_declarations FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER frozen BEFORE UPDATE ON duty_declarations FOR EACH ROW                                  -- (a number may be sealed anew)
    WHEN ((OLD.id, OLD.account_id, OLD.relation, OLD.id_type, OLD.id_country, OLD.declared_at)
        IS DISTINCT FROM (NEW.id, NEW.account_id, NEW.relation, NEW.id_type, NEW.id_country, NEW.declared_at))
    EXECUTE FUNCTION refuse_change();
