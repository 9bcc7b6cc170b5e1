-- +goose Up
-- The cycle of a certificate: the issuance of one that no case waits for is started by an item of the inbox, which is then of
-- no case; the issuer is told when it is issued; and one that an institution issued itself names the file it reported.

ALTER TABLE inbox
    ALTER COLUMN case_id DROP NOT NULL,                           -- null: about a certificate that no case waits for
    DROP CONSTRAINT inbox_kind_check,
    ADD CONSTRAINT inbox_kind_check CHECK (kind IN
        ('start', 'answer', 'resolution', 'withdrawal', 'hours', 'facts', 'issuance')),
    ADD CONSTRAINT inbox_of_a_case CHECK ((case_id IS NULL) = (kind = 'issuance'));

ALTER TABLE outbox
    DROP CONSTRAINT outbox_kind,
    ADD CONSTRAINT outbox_kind CHECK (kind IN
        ('task.issued', 'task.cancelled', 'task.extended', 'answer.applied', 'answer.discarded', 'certificate.issued',
         'certificate.suspended', 'certificate.reinstated', 'certificate.revoked', 'certificate.superseded', 'endpoint.ping'));
DROP INDEX outbox_once;
CREATE UNIQUE INDEX outbox_once ON outbox (kind, subject_id)
    WHERE NOT test AND kind IN ('task.issued', 'task.cancelled', 'answer.applied', 'answer.discarded', 'certificate.issued');

-- What an institution issued itself, as a file that it filed about its task.
ALTER TABLE certificates
    ADD COLUMN evidence_id uuid REFERENCES evidence,
    ADD CONSTRAINT certificates_evidence CHECK (evidence_id IS NULL OR origin = 'reported');
