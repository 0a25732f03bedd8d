# Asks malsync for values that only it, or its database, knows. Fails if clap's script has the candidates.
_malsync_values() {
    local one
    COMPREPLY=()
    while IFS= read -r one; do
        case $one in
            # bash completes and quotes file names itself if there are no candidates.
            $'\x1ffiles') return 0 ;;
            $'\x1fdirectories')
                compopt -o dirnames +o default +o bashdefault 2>/dev/null
                return 0
                ;;
            $'\x1fnothing')
                compopt +o default +o bashdefault 2>/dev/null
                return 0
                ;;
        esac
        COMPREPLY+=("$one")
    done < <(command malsync __complete bash:2 "${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" "$COMP_TYPE" 2>/dev/null)
    # A value follows.
    [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
    ((${#COMPREPLY[@]}))
}
