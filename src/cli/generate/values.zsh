# Asks malsync for values that only it, or its database, knows.
_malsync_values() {
    local -a found
    found=("${(@f)$(command malsync __complete zsh "${(j: :)words[1,CURRENT-1]} ${QIPREFIX}${PREFIX}" 2>/dev/null)}")
    [[ -n $found ]] || return 1
    _describe -V value found -M 'm:{[:lower:][:upper:]}={[:upper:][:lower:]}'
}
