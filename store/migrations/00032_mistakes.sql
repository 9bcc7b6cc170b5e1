-- +goose Up
-- What is asked for about a certificate that is wrong, and decided by somebody else; and the revocation of many at once.

CREATE TABLE certificate_requests (
    id                uuid PRIMARY KEY,
    certificate_id    uuid NOT NULL REFERENCES certificates,
    kind              text NOT NULL CHECK (kind IN ('correction', 'suspension', 'reinstatement', 'revocation')),
    reason_class      text NOT NULL CHECK (reason_class ~ '^[a-z][a-z_]{1,62}$'),
    reason            text NOT NULL CHECK (reason <> ''),
    evidence          text NOT NULL DEFAULT '',                       -- what it rests on
    fields            jsonb NOT NULL DEFAULT '[]',                    -- what is to be corrected: name, id_number, photo
    proposal_sealed   bytea,                                          -- what is to be printed instead
    person_too        boolean NOT NULL DEFAULT false,                 -- the person's record is to be corrected as well
    certificate_since timestamptz NOT NULL,                           -- the certificate's version: since when it is what it is
    requested_by      uuid NOT NULL REFERENCES accounts,
    requested_at      timestamptz NOT NULL,
    state             text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'approved', 'refused', 'withdrawn')),
    decided_by        uuid REFERENCES accounts,
    decided_at        timestamptz,
    decision_reason   text NOT NULL DEFAULT '',
    CHECK ((kind = 'correction') = (proposal_sealed IS NOT NULL)),
    CHECK ((kind = 'correction') = (jsonb_array_length(fields) > 0)),
    CHECK (kind = 'correction' OR NOT person_too),
    CHECK ((state = 'open') = (decided_by IS NULL)),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
    CHECK (state NOT IN ('approved', 'refused') OR decision_reason <> ''),
    CONSTRAINT certificate_requests_two_persons CHECK ((state = 'withdrawn') = (decided_by = requested_by) OR state = 'open')
);
CREATE UNIQUE INDEX certificate_requests_one_open ON certificate_requests (certificate_id) WHERE state = 'open';
CREATE INDEX certificate_requests_by_certificate ON certificate_requests (certificate_id, requested_at);
CREATE INDEX certificate_requests_by_age ON certificate_requests (requested_at, id);

-- The revocation of an institution's certificates, all or some: which they are is frozen when it is asked for.
CREATE TABLE certificate_revocations (
    id              uuid PRIMARY KEY,
    institution_id  text NOT NULL REFERENCES institutions,
    kind            text NOT NULL DEFAULT '' CHECK (kind IN ('', 'training', 'grade', 'ce_base')),
    issued_from     date,
    issued_to       date,
    reason_class    text NOT NULL CHECK (reason_class ~ '^[a-z][a-z_]{1,62}$'),
    reason          text NOT NULL CHECK (reason <> ''),
    requested_by    uuid NOT NULL REFERENCES accounts,
    requested_at    timestamptz NOT NULL,
    state           text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'approved', 'done', 'refused', 'withdrawn')),
    decided_by      uuid REFERENCES accounts,
    decided_at      timestamptz,
    decision_reason text NOT NULL DEFAULT '',
    started_at      timestamptz,                                      -- its workflow was started
    finished_at     timestamptz,
    CHECK (issued_to >= issued_from),
    CHECK ((state = 'open') = (decided_by IS NULL)),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
    CHECK (state NOT IN ('approved', 'done', 'refused') OR decision_reason <> ''),
    CHECK ((state = 'done') = (finished_at IS NOT NULL)),
    CHECK (started_at IS NULL OR state IN ('approved', 'done')),
    CONSTRAINT certificate_revocations_two_persons CHECK ((state = 'withdrawn') = (decided_by = requested_by) OR state = 'open')
);
CREATE UNIQUE INDEX certificate_revocations_one_open ON certificate_revocations (institution_id) WHERE state IN ('open', 'approved');
CREATE INDEX certificate_revocations_unstarted ON certificate_revocations (decided_at) WHERE state = 'approved' AND started_at IS NULL;

CREATE TABLE certificate_revocation_items (
    revocation_id     uuid NOT NULL REFERENCES certificate_revocations,
    certificate_id    uuid NOT NULL REFERENCES certificates,
    certificate_since timestamptz NOT NULL,
    outcome           text NOT NULL DEFAULT 'pending' CHECK (outcome IN ('pending', 'revoked', 'changed')),
    done_at           timestamptz,
    PRIMARY KEY (revocation_id, certificate_id),
    CHECK ((outcome = 'pending') = (done_at IS NULL))
);
CREATE INDEX certificate_revocation_items_pending ON certificate_revocation_items (revocation_id, certificate_id) WHERE outcome = 'pending';

-- ── Two people, one version ─────────────────────────────────────────────────────────────────────────────────────────

-- +goose StatementBegin
-- What asks and decides is a person, never a program's account. A decision is about the version that was asked about.
CREATE FUNCTION decide_certificate_request() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM accounts WHERE id IN (NEW.requested_by, NEW.decided_by) AND machine)
        OR NEW.state IN ('approved', 'refused') AND NOT EXISTS (
            SELECT 1 FROM accounts WHERE id = NEW.decided_by AND role IN ('institution', 'operator')) THEN
        RAISE EXCEPTION 'a request about a certificate is made and decided by people'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'certificate_requests_people';
    END IF;
    IF (TG_OP = 'INSERT' OR NEW.state = 'approved') AND NOT EXISTS (
            SELECT 1 FROM certificates WHERE id = NEW.certificate_id AND status_since = NEW.certificate_since) THEN
        RAISE EXCEPTION 'the certificate has changed since'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'certificate_requests_version';
    END IF;
    RETURN NEW;
END
$$;
CREATE FUNCTION decide_certificate_revocation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM accounts WHERE id IN (NEW.requested_by, NEW.decided_by) AND role <> 'operator') THEN
        RAISE EXCEPTION 'many certificates are revoked by operators'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'certificate_revocations_people';
    END IF;
    IF NEW.state = 'done' AND EXISTS (
            SELECT 1 FROM certificate_revocation_items WHERE revocation_id = NEW.id AND outcome = 'pending') THEN
        RAISE EXCEPTION 'certificates are left that were not looked at'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'certificate_revocations_done';
    END IF;
    RETURN NEW;
END
$$;
-- The set is frozen once it is asked for, and carried out only once it is approved.
CREATE FUNCTION settle_revocation_item() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stands text;
BEGIN
    SELECT state INTO stands FROM certificate_revocations WHERE id = NEW.revocation_id;
    IF TG_OP = 'INSERT' AND stands <> 'open' OR TG_OP = 'UPDATE' AND stands <> 'approved' THEN
        RAISE EXCEPTION 'the revocation is %', stands USING ERRCODE = 'check_violation', CONSTRAINT = 'certificate_revocation_items_state';
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER decided BEFORE INSERT OR UPDATE OF state ON certificate_requests FOR EACH ROW EXECUTE FUNCTION decide_certificate_request();
CREATE TRIGGER decided BEFORE INSERT OR UPDATE OF state ON certificate_revocations FOR EACH ROW EXECUTE FUNCTION decide_certificate_revocation();
CREATE TRIGGER settled BEFORE INSERT OR UPDATE ON certificate_revocation_items FOR EACH ROW EXECUTE FUNCTION settle_revocation_item();
-- What was asked for stays as it was asked, and what was decided as it was decided. (A proposal may be sealed anew.)
CREATE TRIGGER frozen BEFORE UPDATE ON certificate_requests FOR EACH ROW
    WHEN (OLD.state <> 'open' AND (OLD.state, OLD.decided_by, OLD.decided_at, OLD.decision_reason)
            IS DISTINCT FROM (NEW.state, NEW.decided_by, NEW.decided_at, NEW.decision_reason)
        OR (OLD.id, OLD.certificate_id, OLD.kind, OLD.reason_class, OLD.reason, OLD.evidence, OLD.fields, OLD.person_too,
            OLD.certificate_since, OLD.requested_by, OLD.requested_at)
        IS DISTINCT FROM (NEW.id, NEW.certificate_id, NEW.kind, NEW.reason_class, NEW.reason, NEW.evidence, NEW.fields, NEW.person_too,
            NEW.certificate_since, NEW.requested_by, NEW.requested_at))
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER frozen BEFORE UPDATE ON certificate_revocations FOR EACH ROW
    WHEN (OLD.state IN ('done', 'refused', 'withdrawn')
        OR OLD.state = 'approved' AND (NEW.state NOT IN ('approved', 'done')
            OR (OLD.decided_by, OLD.decided_at, OLD.decision_reason) IS DISTINCT FROM (NEW.decided_by, NEW.decided_at, NEW.decision_reason))
        OR (OLD.id, OLD.institution_id, OLD.kind, OLD.issued_from, OLD.issued_to, OLD.reason_class, OLD.reason, OLD.requested_by, OLD.requested_at)
        IS DISTINCT FROM
            (NEW.id, NEW.institution_id, NEW.kind, NEW.issued_from, NEW.issued_to, NEW.reason_class, NEW.reason, NEW.requested_by, NEW.requested_at))
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER frozen BEFORE UPDATE ON certificate_revocation_items FOR EACH ROW
    WHEN (OLD.outcome <> 'pending' OR (OLD.revocation_id, OLD.certificate_id, OLD.certificate_since)
        IS DISTINCT FROM (NEW.revocation_id, NEW.certificate_id, NEW.certificate_since))
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON certificate_requests FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON certificate_revocations FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON certificate_revocation_items FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What was approved once is carried out once.
CREATE UNIQUE INDEX certificate_changes_once ON certificate_changes (certificate_id, request_id) WHERE request_id IS NOT NULL;

-- ── Who is told ─────────────────────────────────────────────────────────────────────────────────────────────────────

ALTER TABLE inbox
    DROP CONSTRAINT inbox_kind_check,
    ADD CONSTRAINT inbox_kind_check CHECK (kind IN
        ('start', 'answer', 'resolution', 'withdrawal', 'hours', 'facts', 'issuance', 'certificate'));
ALTER TABLE outbox
    DROP CONSTRAINT outbox_kind,
    ADD CONSTRAINT outbox_kind CHECK (kind IN ('task.issued', 'task.cancelled', 'task.extended', 'answer.applied', 'answer.discarded',
        'certificate.issued', 'certificate.suspended', 'certificate.reinstated', 'certificate.superseded', 'certificate.revoked',
        'endpoint.ping'));
