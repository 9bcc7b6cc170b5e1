-- +goose Up
-- CE hours: what a credit says of itself on a person's statement, the lock of a year, and the documents and certificates
-- of those who attend a course of a CE base.

-- A passport's number names a person only together with the country that issued it.
ALTER TABLE persons
    DROP CONSTRAINT persons_id_type_check,
    ADD CONSTRAINT persons_id_type_check CHECK (id_type IN
        ('resident_id', 'residence_permit', 'hong_kong_macao_permit', 'taiwan_permit', 'passport', 'permanent_resident_id')),
    ADD COLUMN id_country text CHECK (id_country ~ '^[A-Z]{3}$'),
    ADD CONSTRAINT persons_id_country CHECK ((id_type = 'passport') = (id_country IS NOT NULL));

ALTER TABLE course_places
    ADD COLUMN document    text NOT NULL DEFAULT 'resident_id',   -- the type of document that was shown
    ADD COLUMN released_at timestamptz,                           -- the city bureau lets the certificate be issued
    ADD COLUMN released_by uuid REFERENCES accounts,
    ADD CHECK ((released_at IS NULL) = (released_by IS NULL));

-- When and where the hours of a credit were taken. A statement is made of credits alone, so that it never changes unless
-- they do.
ALTER TABLE ce_entries ADD COLUMN taken jsonb NOT NULL DEFAULT '{}';
ALTER TABLE ce_entries DISABLE TRIGGER append_only;
UPDATE ce_entries e SET taken = t.taken FROM (
    SELECT c.id, jsonb_build_object('from', min(h.session_date), 'to', max(h.session_date),
        'institutions', jsonb_agg(DISTINCT h.institution_id)) AS taken
    FROM ce_entries c JOIN hour_entries h ON h.case_id = c.case_id
        AND extract(year FROM h.session_date) = coalesce(c.taken_year, c.year)
    GROUP BY c.id) t WHERE t.id = e.id;
ALTER TABLE ce_entries ENABLE TRIGGER append_only;

-- Whoever credits hours of a year holds its lock with others, and whoever closes or reopens it holds the lock alone: when a
-- closing is committed, no credit is under way any more.
-- +goose StatementBegin
CREATE FUNCTION share_ce_year(y int) RETURNS void LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock_shared(17221, y)                 -- 0x4345, "CE"
$$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION hold_ce_year(y int) RETURNS void LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock(17221, y)
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION claim_ce_hours() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.reverses IS NULL THEN
        PERFORM share_ce_year(NEW.year);
        -- A statement of its own: it sees what was committed while the lock was waited for.
        PERFORM 1 FROM ce_years WHERE year = NEW.year AND closed_at IS NOT NULL;
        IF FOUND AND NOT EXISTS (SELECT 1 FROM ce_entries r
            WHERE r.id = NEW.replaces AND r.year = NEW.year AND r.hours >= NEW.hours
              AND EXISTS (SELECT 1 FROM ce_entries v WHERE v.reverses = r.id)) THEN
            RAISE EXCEPTION 'CE year % is closed', NEW.year
                USING ERRCODE = 'check_violation', CONSTRAINT = 'ce_year_closed';
        END IF;
        INSERT INTO ce_claims VALUES (NEW.id, coalesce(NEW.case_id, NEW.place_id), NEW.year, NEW.subject,
            coalesce(NEW.taken_year, NEW.year));
    ELSE
        DELETE FROM ce_claims WHERE entry_id = NEW.reverses;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'entry % does not stand', NEW.reverses USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
