#!/bin/sh
# Makes the key that documents are signed with, once; a second run finds it done.
set -eu
umask 077

[ -e "$DENGPAN_SIGNING_KEYS/default.chain.pem" ] || dengpan signing-key create
