# Shared by the scripts of this folder, which source it. Sets:
#
#   version            the version in Cargo.toml
#   out                the folder of what is built (MALSYNC_OUT, default: target/packaging)
#   tools              the folder of helper programs that packaging/install-tools fills
#   SOURCE_DATE_EPOCH  the time of the last commit, the only time that goes into an artefact
#   CARGO_TARGET_DIR   one folder for all builds (default: target/packaging/build)
# shellcheck shell=bash disable=SC2034
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit
source_root=$PWD
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
out=${MALSYNC_OUT:-$source_root/target/packaging}
tools=${MALSYNC_TOOLS:-$source_root/target/packaging/tools}
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$source_root/target/packaging/build}
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
# All files have the same rights, whatever the umask of the account that builds.
umask 022

# Where the source and the releases are published, and who to write to. Package metadata and manifests name both.
# release.yml sets them; the defaults only serve to try the scripts.
export MALSYNC_REPOSITORY_URL=${MALSYNC_REPOSITORY_URL:-https://example.org/malsync}
export MALSYNC_MAINTAINER=${MALSYNC_MAINTAINER:-The malsync developers <malsync@example.org>}

readonly linux_x86_64=x86_64-unknown-linux-musl linux_aarch64=aarch64-unknown-linux-musl windows_x86_64=x86_64-pc-windows-gnu

step() { printf '\n== %s\n' "$*"; }
fail() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null; }

# Prints the help of a script: its comment up to the first line of code.
print_help() { sed -n '2,/^[^#]/{/^#/s/^# \{0,1\}//p}' "$0"; }

# Prints the path of the binary that packaging/build made for a target.
binary_for() {
    local suffix=
    [[ $1 != *windows* ]] || suffix=.exe
    printf '%s/bin/%s/malsync%s\n' "$out" "$1" "$suffix"
}

# Sets the times of all files below a folder to SOURCE_DATE_EPOCH.
set_fixed_times() { find "$1" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +; }

# Prints a target's architecture as Debian, Go and container images name it.
architecture_of() {
    case ${1%%-*} in
    x86_64) echo amd64 ;;
    aarch64) echo arm64 ;;
    *) fail "unknown architecture of $1" ;;
    esac
}
