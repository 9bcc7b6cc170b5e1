#!/bin/sh
# Creates Temporal's two databases, or brings them up to this release's schema; safe to run again.
# Connects by temporal-sql-tool's own environment: SQL_PLUGIN, SQL_HOST, SQL_PORT, SQL_USER, SQL_PASSWORD.
set -eu

prepare() { # database, schema within the tool
    temporal-sql-tool --database "$1" create-database --defaultdb postgres
    temporal-sql-tool --database "$1" setup-schema --version 0.0
    temporal-sql-tool --database "$1" update-schema --schema-name "$2"
}

prepare temporal postgresql/v12/temporal
prepare temporal_visibility postgresql/v12/visibility
