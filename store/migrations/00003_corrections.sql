-- +goose Up
-- Why a late correction was approved or refused.
ALTER TABLE attendance
    ADD COLUMN decision_reason text NOT NULL DEFAULT '',
    ADD CHECK ((decided_by IS NULL) = (decision_reason = ''));
