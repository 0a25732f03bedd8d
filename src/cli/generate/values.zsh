# Asks malsync for values that only it, or its database, knows. Fails if clap's script has the candidates.
_malsync_values() {
    local -a found
    found=("${(@f)$(command malsync __complete zsh:2 "${(j: :)words[1,CURRENT-1]} ${QIPREFIX}${PREFIX}" 2>/dev/null)}")
    case $found[1] in
        (''|$'\x1ffiles'|$'\x1fdirectories') return 1 ;;
        ($'\x1fnothing') return 0 ;;
    esac
    # One that is alone takes the place of what is typed, whatever that is.
    local -a how=(-M 'm:{[:lower:][:upper:]}={[:upper:][:lower:]}')
    ((${#found} == 1)) && how=(-U)
    # A value follows.
    [[ $found[1] == *= ]] && how+=(-S '')
    _describe -V value found "${how[@]}"
}
