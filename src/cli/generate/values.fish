# Asks malsync for values that only it, or its database, knows.
function __malsync_request
    command malsync __complete fish:2 (commandline -cp | string collect) 2>/dev/null
end

# Prints the values of an option.
function __malsync_values
    __malsync_request | string match -v -r '^\x1f'
end

# Looks for the values of an argument. Fails if fish completes files, or if the rules below have the candidates.
function __malsync_has_values
    set -g __malsync_found (__malsync_request)
    switch "$__malsync_found[1]"
        case '' \x1ffiles
            return 1
        case \x1fnothing
            set -g __malsync_found
    end
end

complete -c malsync -n __malsync_has_values -f -a '(string join -- \n $__malsync_found)'
