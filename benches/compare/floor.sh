#!/usr/bin/env bash
# The floor: what a shell script would do. One curl fetches all pages on one connection and streams them into psql, which stores
# the rows with one COPY and one upsert per table. No merge rules, no merge base, no change records, no rate limit, no retry.
#
#   floor.sh DATABASE_URL API TOKEN PAGE_SIZE ENTRIES    (environment: FIELDS, the requested fields)
set -euo pipefail
database=$1 api=$2 token=$3 page=$4 entries=$5

# curl expands braces as a list of alternatives.
fields=${FIELDS//\{/%7B}
fields=${fields//\}/%7D}

offsets=$(seq -s, 0 "$page" $((entries - 1)))

# -w ends each page with a newline, so that a page is a row. No --compressed: unpacking would cost more than the loopback.
curl --silent --show-error --fail --header "Authorization: Bearer $token" --write-out '\n' \
    "$api/users/@me/animelist?fields=$fields&nsfw=true&sort=anime_title&limit=$page&offset={$offsets}" |
    psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --file "$(dirname "$0")/floor.sql" "$database"
