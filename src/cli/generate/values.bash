# Asks malsync for values that only it, or its database, knows.
_malsync_values() {
    local one
    COMPREPLY=()
    while IFS= read -r one; do
        COMPREPLY+=("$one")
    done < <(command malsync __complete bash "${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" "$COMP_TYPE" 2>/dev/null)
    ((${#COMPREPLY[@]}))
}
