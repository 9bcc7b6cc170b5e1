#!/bin/sh
# Prepares what docker-compose.yml's processes share, once; a second run finds it done.
set -eu
umask 077

[ -e "$DENGPAN_KEYSET_FILE" ] || dengpan keyset
[ -e "$DENGPAN_SMS_SECRET_FILE" ] || printf 'whsec_%s\n' "$(head -c 32 /dev/urandom | base64)" >"$DENGPAN_SMS_SECRET_FILE"

cd /var/lib/dengpan/institutions
[ -e institutions.json ] && exit 0

{
    printf '{"delay":"2s","institutions":['
    comma=''
    for id in $INSTITUTIONS; do
        key=$(dengpan token --role institution --institution "$id" --label "simulated $id")
        secret=$(dengpan endpoint --institution "$id" --url "http://institution:8090/institutions/$id/callbacks")
        printf '%s{"id":"%s","name":"%s","api_key":"%s","webhook_secret":"%s"}' "$comma" "$id" "$id" "$key" "$secret"
        comma=','
    done
    printf ']}\n'
} >institutions.json.new
mv institutions.json.new institutions.json
printf 'operator token (shown once): %s\n' "$(dengpan token --role operator --label 'compose operator')"
