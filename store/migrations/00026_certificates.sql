-- +goose Up
-- Certificates from the first record to the last: their states and what changed them, the art and the document that belong
-- to each, and incidents that hold up no case.

-- ── States ──────────────────────────────────────────────────────────────────────────────────────────────────────────
-- prepared → valid ⇄ suspended → superseded · revoked; prepared → cancelled, whose number is used for good.

ALTER TABLE certificates
    DROP CONSTRAINT certificates_status_check,
    ADD CONSTRAINT certificates_status_check
        CHECK (status IN ('prepared', 'valid', 'suspended', 'superseded', 'revoked', 'cancelled')),
    ADD COLUMN status_since timestamptz,
    ADD COLUMN issued_at    timestamptz,                              -- when it became valid
    ADD COLUMN expires_on   date,                                     -- its last day; null: it does not expire
    ADD COLUMN supersedes   uuid REFERENCES certificates,             -- the one that this was issued in the place of
    ADD CHECK (expires_on >= issued_on),
    ADD CHECK (supersedes <> id);
UPDATE certificates SET status_since = recorded_at, issued_at = recorded_at;
ALTER TABLE certificates
    ALTER COLUMN status_since SET NOT NULL,
    ADD CONSTRAINT certificates_issued_check CHECK ((status IN ('prepared', 'cancelled')) = (issued_at IS NULL));

-- One is in preparation at a time, and one holds at a time: certificates_one_valid and certificates_one_valid_place.
CREATE UNIQUE INDEX certificates_one_prepared ON certificates (case_id, kind) WHERE status = 'prepared';
CREATE UNIQUE INDEX certificates_one_prepared_place ON certificates (place_id) WHERE status = 'prepared';
CREATE UNIQUE INDEX certificates_one_successor ON certificates (supersedes) WHERE status <> 'cancelled';

CREATE TABLE certificate_changes (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    certificate_id uuid NOT NULL REFERENCES certificates,
    status         text NOT NULL CHECK (status IN ('prepared', 'valid', 'suspended', 'superseded', 'revoked', 'cancelled')),
    reason_class   text NOT NULL DEFAULT '',                          -- a code, shown to who checks the certificate
    reason         text NOT NULL DEFAULT '',                          -- in words; kept, and shown to operators only
    request_id     uuid,                                              -- what was asked for and approved
    actor          text NOT NULL CHECK (actor <> ''),
    at             timestamptz NOT NULL,
    CHECK (status NOT IN ('suspended', 'revoked') OR reason_class <> '')
);
CREATE INDEX certificate_changes_by_certificate ON certificate_changes (certificate_id, id);
INSERT INTO certificate_changes (certificate_id, status, actor, at)
    SELECT id, status, 'system', recorded_at FROM certificates ORDER BY recorded_at, id;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON certificate_changes
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- ── What belongs to a certificate ───────────────────────────────────────────────────────────────────────────────────

CREATE TABLE certificate_art (
    certificate_id uuid PRIMARY KEY REFERENCES certificates,
    photo_sealed   bytea,                                             -- the holder's one-inch photo, as printed
    seal           bytea                                              -- the issuer's seal as an image, as printed
);

CREATE TABLE certificate_documents (
    certificate_id uuid PRIMARY KEY REFERENCES certificates,
    state          text NOT NULL CHECK (state IN ('rendered', 'signed')),
    content_sealed bytea NOT NULL,                                    -- the PDF
    sha256         bytea UNIQUE CHECK (length(sha256) = 32),          -- of the signed file
    size           bigint NOT NULL CHECK (size > 0),
    key_id         text,                                              -- of the key that it was signed with
    rendered_at    timestamptz NOT NULL,
    signed_at      timestamptz,
    CHECK ((state = 'signed') = (sha256 IS NOT NULL)),
    CHECK ((state = 'signed') = (key_id IS NOT NULL)),
    CHECK ((state = 'signed') = (signed_at IS NOT NULL))
);
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON certificate_art FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON certificate_documents FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON certificates FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER frozen BEFORE UPDATE ON certificate_art FOR EACH ROW
    WHEN ((OLD.certificate_id, OLD.seal, OLD.photo_sealed IS NULL)
        IS DISTINCT FROM (NEW.certificate_id, NEW.seal, NEW.photo_sealed IS NULL))
    EXECUTE FUNCTION refuse_change();
-- A signed document is the document. (What is sealed may be sealed anew, under another key.)
CREATE TRIGGER frozen BEFORE UPDATE ON certificate_documents FOR EACH ROW
    WHEN (OLD.certificate_id <> NEW.certificate_id OR OLD.state = 'signed' AND
        (OLD.state, OLD.sha256, OLD.size, OLD.key_id, OLD.rendered_at, OLD.signed_at)
        IS DISTINCT FROM (NEW.state, NEW.sha256, NEW.size, NEW.key_id, NEW.rendered_at, NEW.signed_at))
    EXECUTE FUNCTION refuse_change();

-- ── What holds of every certificate ─────────────────────────────────────────────────────────────────────────────────

-- What it states never changes. (Its holder may be sealed anew, under another key; the digest covers the holder.)
CREATE TRIGGER frozen BEFORE UPDATE ON certificates FOR EACH ROW
    WHEN ((OLD.id, OLD.case_id, OLD.place_id, OLD.kind, OLD.issuer, OLD.number, OLD.origin, OLD.facts, OLD.digest, OLD.verify_token,
            OLD.policy_version, OLD.issued_on, OLD.recorded_at, OLD.expires_on, OLD.supersedes)
        IS DISTINCT FROM (NEW.id, NEW.case_id, NEW.place_id, NEW.kind, NEW.issuer, NEW.number, NEW.origin, NEW.facts, NEW.digest,
            NEW.verify_token, NEW.policy_version, NEW.issued_on, NEW.recorded_at, NEW.expires_on, NEW.supersedes)
        OR OLD.issued_at IS DISTINCT FROM NEW.issued_at AND OLD.status <> 'prepared')
    EXECUTE FUNCTION refuse_change();

-- +goose StatementBegin
CREATE FUNCTION order_of_certificates() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    earlier certificates%ROWTYPE;
BEGIN
    IF TG_OP = 'INSERT' AND NEW.supersedes IS NOT NULL THEN
        SELECT * INTO earlier FROM certificates WHERE id = NEW.supersedes;
        IF (earlier.case_id, earlier.place_id, earlier.kind) IS DISTINCT FROM (NEW.case_id, NEW.place_id, NEW.kind)
            OR NEW.status <> 'prepared' THEN
            RAISE EXCEPTION 'a certificate takes the place of one of the same case and kind, and is prepared first'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'certificates_succession';
        END IF;
    ELSIF TG_OP = 'INSERT' AND NEW.status = 'prepared' AND EXISTS (SELECT 1 FROM certificates WHERE kind = NEW.kind
            AND (case_id = NEW.case_id OR place_id = NEW.place_id) AND status IN ('valid', 'suspended')) THEN
        RAISE EXCEPTION 'there is a certificate that this does not take the place of'
            USING ERRCODE = 'unique_violation', CONSTRAINT = 'certificates_one_valid';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.status <> NEW.status THEN
        IF (OLD.status, NEW.status) NOT IN (('prepared', 'valid'), ('prepared', 'cancelled'), ('valid', 'suspended'), ('suspended', 'valid'),
            ('valid', 'superseded'), ('suspended', 'superseded'), ('valid', 'revoked'), ('suspended', 'revoked')) THEN
            RAISE EXCEPTION 'a certificate that is % does not become %', OLD.status, NEW.status
                USING ERRCODE = 'check_violation', CONSTRAINT = 'certificates_order';
        END IF;
        IF OLD.status = 'prepared' AND NEW.status = 'valid' AND NEW.origin = 'issued' AND NOT EXISTS (
            SELECT 1 FROM certificate_documents WHERE certificate_id = NEW.id AND state = 'signed') THEN
            RAISE EXCEPTION 'a certificate without a signed document is not issued'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'certificates_document';
        END IF;
        IF NEW.status = 'superseded' AND NOT EXISTS (
            SELECT 1 FROM certificates WHERE supersedes = NEW.id AND status = 'prepared') THEN
            RAISE EXCEPTION 'no certificate takes the place of this one'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'certificates_succession';
        END IF;
    END IF;
    RETURN NEW;
END
$$;
-- Checked when the transaction ends: the status is what the last change says, and who superseded another holds.
CREATE FUNCTION certificates_have_changes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    now_is text;
    says   text;
BEGIN
    SELECT status INTO now_is FROM certificates WHERE id = NEW.id;
    SELECT status INTO says FROM certificate_changes WHERE certificate_id = NEW.id ORDER BY id DESC LIMIT 1;
    IF says IS DISTINCT FROM now_is THEN
        RAISE EXCEPTION 'a certificate is % and its last change says %', now_is, says
            USING ERRCODE = 'check_violation', CONSTRAINT = 'certificates_changes';
    END IF;
    IF now_is = 'superseded' AND NOT EXISTS (
        SELECT 1 FROM certificates WHERE supersedes = NEW.id AND status NOT IN ('prepared', 'cancelled')) THEN
        RAISE EXCEPTION 'no certificate took the place of this one'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'certificates_succession';
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER in_order BEFORE INSERT OR UPDATE ON certificates FOR EACH ROW EXECUTE FUNCTION order_of_certificates();
CREATE CONSTRAINT TRIGGER has_changes AFTER INSERT OR UPDATE OF status ON certificates
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION certificates_have_changes();

-- ── Incidents that hold up no case ──────────────────────────────────────────────────────────────────────────────────
-- What is found about a certificate, or about a channel that certificates are published on.

ALTER TABLE incidents
    ALTER COLUMN case_id DROP NOT NULL,
    ADD COLUMN holds          boolean NOT NULL DEFAULT true,          -- a case is stuck on it
    ADD COLUMN certificate_id uuid REFERENCES certificates,
    ADD COLUMN channel        text NOT NULL DEFAULT '',
    ADD CHECK (NOT holds OR case_id IS NOT NULL AND stage <> '' AND channel = '');
DROP INDEX incidents_one_open;
CREATE UNIQUE INDEX incidents_one_open ON incidents (case_id) WHERE state <> 'closed' AND holds;
CREATE UNIQUE INDEX incidents_one_finding ON incidents (cause, coalesce(certificate_id::text, ''), channel)
    WHERE state <> 'closed' AND NOT holds;
CREATE INDEX incidents_by_certificate ON incidents (certificate_id) WHERE certificate_id IS NOT NULL;
