#!/usr/bin/env bash
# The floor: what a shell script would do. Every page by one curl on one connection, streamed into psql, which stores the rows by
# one COPY and one upsert a table. Nothing is decided: no rule, no base, no record of changes, no pace, no retry.
#
#   floor.sh DATABASE_URL API TOKEN PAGE_SIZE ENTRIES    (with FIELDS, what is asked of every entry)
set -euo pipefail
database=$1 api=$2 token=$3 page=$4 entries=$5

# curl reads braces as a list to count through.
fields=${FIELDS//\{/%7B}
fields=${fields//\}/%7D}

offsets=$(seq -s, 0 "$page" $((entries - 1)))

# One curl asks for all of them; -w ends each page with a newline, so that a page is a row. Without --compressed: unpacking
# would cost more than the loopback does.
curl --silent --show-error --fail --header "Authorization: Bearer $token" --write-out '\n' \
    "$api/users/@me/animelist?fields=$fields&nsfw=true&sort=anime_title&limit=$page&offset={$offsets}" |
    psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --file "$(dirname "$0")/floor.sql" "$database"
