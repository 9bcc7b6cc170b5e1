-- +goose Up
-- What operators keep of their lists, and what is counted of all cases for the overview.

CREATE TABLE saved_views (
    id         uuid PRIMARY KEY,
    owner      uuid NOT NULL REFERENCES accounts,
    list       text NOT NULL CHECK (list ~ '^[a-z][a-z_-]{0,39}$'),
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    search     text NOT NULL CHECK (length(search) <= 4000),          -- the address's query: filter, order
    columns    jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(columns) = 'array'),
    shared     boolean NOT NULL,                                      -- with every operator
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT saved_views_one_name UNIQUE (owner, list, name)
);
CREATE INDEX saved_views_shared ON saved_views (list) WHERE shared;

-- One row for the city and one for each district, replaced as a whole now and then: nobody who writes to a case waits for it.
CREATE TABLE overviews (
    area    text PRIMARY KEY,                                         -- a district; '': the city
    year    int NOT NULL,                                             -- the programme's, which is counted
    as_of   timestamptz NOT NULL,
    figures jsonb NOT NULL CHECK (jsonb_typeof(figures) = 'array')
);
