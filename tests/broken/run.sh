#!/usr/bin/env bash
# Checks that the tests can fail. Each patch breaks one law of the code in a copy of the tree; the tests that the patch names must
# then fail.
#
#   tests/broken/run.sh                 all patches in this folder
#   tests/broken/run.sh NAME.patch …    only these
#
# The text before a patch says what it breaks. Its line `tests:` has the arguments of `cargo test` that must catch it.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD copy=$PWD/target/broken/tree
export CARGO_TARGET_DIR=$PWD/target/broken/build RUST_BACKTRACE=0

fail() { printf 'broken: %s\n' "$*" >&2; exit 1; }

rm -rf "$copy"
mkdir -p "$copy"
git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$copy"
cd "$copy"

(($#)) || set -- "$root"/tests/broken/*.patch
survived=()
for patch in "$@"; do
    [[ $patch == */* ]] || patch=$root/tests/broken/$patch
    name=$(basename "$patch" .patch)
    read -ra tests < <(sed -n 's/^tests: //p' "$patch")
    ((${#tests[@]})) || fail "$name names no tests"
    patch --quiet --strip=1 --no-backup-if-mismatch <"$patch" || fail "$name no longer applies to the code: update the patch"
    cargo=(cargo test --quiet --package malsync --features failpoints --locked)
    # A patch that does not compile proves nothing. The last word names tests; the words before it name their binary.
    "${cargo[@]}" --no-run "${tests[@]:0:${#tests[@]}-1}" || fail "$name does not compile"
    if "${cargo[@]}" "${tests[@]}" >"$root/target/broken/$name.log" 2>&1; then
        survived+=("$name")
        printf 'SURVIVED  %s\n' "$name"
    else
        grep -q '^test result: FAILED\|FAILED$\|panicked at' "$root/target/broken/$name.log" || fail "$name: see target/broken/$name.log"
        printf 'caught    %s\n' "$name"
    fi
    patch --quiet --strip=1 --no-backup-if-mismatch --reverse <"$patch"
done
((${#survived[@]} == 0)) || fail "no test noticed: ${survived[*]}"
