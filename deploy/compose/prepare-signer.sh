#!/bin/sh
# Makes the keys that documents and credentials are signed with, once; a second run finds it done.
set -eu
umask 077

[ -e "$DENGPAN_SIGNING_KEYS/default.chain.pem" ] || dengpan signing-key create
[ -e "$DENGPAN_SIGNING_KEYS/credentials.key.pem" ] || dengpan signing-key credentials
