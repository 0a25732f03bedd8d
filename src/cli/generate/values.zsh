# Asks malsync for values that only it, or its database, knows.
_malsync_values() {
    local -a found
    found=("${(@f)$(command malsync __complete zsh "${(j: :)words[1,CURRENT-1]} ${QIPREFIX}${PREFIX}" 2>/dev/null)}")
    [[ -n $found ]] || return 1
    # One that is alone takes the place of what is typed, whatever that is.
    local -a how=(-M 'm:{[:lower:][:upper:]}={[:upper:][:lower:]}')
    ((${#found} == 1)) && how=(-U)
    _describe -V value found $how
}
