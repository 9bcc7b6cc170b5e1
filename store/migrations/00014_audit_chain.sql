-- +goose Up
-- The audit log hangs on a chain: see package audit. Entries from before are taken into it when it begins.

ALTER TABLE audit_entries ADD CONSTRAINT audit_entries_reason CHECK (reason <> '') NOT VALID;
CREATE INDEX audit_by_actor ON audit_entries (actor, id);
CREATE INDEX audit_by_action ON audit_entries (action, id);
CREATE INDEX audit_by_time ON audit_entries (at);

CREATE TABLE audit_chain (
    n        bigint PRIMARY KEY CHECK (n > 0),
    entry_id bigint NOT NULL CONSTRAINT audit_chain_once UNIQUE REFERENCES audit_entries,
    seal     bytea NOT NULL,                                      -- of the entry, with the log's key
    link     bytea NOT NULL                                       -- of the link before and the seal, with the log's key
);
-- No entry without its place.
ALTER TABLE audit_entries ADD CONSTRAINT audit_entries_chained FOREIGN KEY (id) REFERENCES audit_chain (entry_id) NOT VALID;

-- The key of the log, sealed: made when the chain begins, and never again.
CREATE TABLE audit_key (
    id         int PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    key_sealed bytea NOT NULL,
    made_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_chain FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON audit_key FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Who appends to the chain holds its end until the transaction is over, and is told where it is. Each statement of a function
-- sees what was committed before it, so the end is read after the wait for it.
-- +goose StatementBegin
CREATE FUNCTION hold_audit_chain(entries int, OUT last bigint, OUT last_link bytea, OUT first_id bigint) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(1096107081);                    -- 0x41554449, "AUDI"
    SELECT n, link INTO last, last_link FROM audit_chain ORDER BY n DESC LIMIT 1;
    -- Nobody else draws numbers meanwhile, so they are consecutive.
    SELECT min(nextval(pg_get_serial_sequence('audit_entries', 'id'))) INTO first_id FROM generate_series(1, entries);
END
$$;
-- +goose StatementEnd
