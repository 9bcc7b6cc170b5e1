-- +goose Up
-- The request that a message to a case came with, so that it is found again in the worker's log.
ALTER TABLE inbox ADD COLUMN request_id text NOT NULL DEFAULT '';
