-- +goose Up
-- A case learns that it is overdue no longer, and an evaluation body of the bookings of its sittings.

ALTER TABLE inbox
    DROP CONSTRAINT inbox_kind_check,
    ADD CONSTRAINT inbox_kind_check CHECK (kind IN
        ('start', 'answer', 'resolution', 'withdrawal', 'hours', 'facts', 'issuance', 'certificate', 'misconduct', 'act', 'mark', 'door',
         'prolonged'));
ALTER TABLE outbox
    DROP CONSTRAINT outbox_kind,
    ADD CONSTRAINT outbox_kind CHECK (kind IN ('task.issued', 'task.cancelled', 'task.extended', 'answer.applied', 'answer.discarded',
        'certificate.issued', 'certificate.suspended', 'certificate.reinstated', 'certificate.superseded', 'certificate.revoked',
        'petition.asked', 'sitting.booked', 'sitting.given_up', 'endpoint.ping'));
