-- +goose Up
-- Hours come only from attendance: of each entry it is known when the person attended, at which session, and on what
-- records that rests. Entries from before, which were claimed by a training's result, stay as they are; they may still be
-- reversed.
ALTER TABLE hour_entries ADD CONSTRAINT hour_entries_evidence CHECK (reverses IS NOT NULL OR
    (session_id IS NOT NULL AND during IS NOT NULL AND received_at IS NOT NULL AND jsonb_array_length(evidence) > 0)) NOT VALID;
DROP INDEX hour_claims_once;
