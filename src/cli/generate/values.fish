# Asks malsync for values that only it, or its database, knows.
function __malsync_values
    command malsync __complete fish (commandline -cp | string collect) 2>/dev/null
end

function __malsync_has_values
    set -g __malsync_found (__malsync_values)
    test (count $__malsync_found) -gt 0
end

complete -c malsync -n __malsync_has_values -f -a '(printf "%s\n" $__malsync_found)'
