# shellcheck shell=bash
# Reading and writing .env. Sourced by the scripts beside; COMPOSE_ENV_FILES names another file, as it does for compose.

ENV_FILE=${COMPOSE_ENV_FILES:-.env}

setting() { # NAME: its value in the file, without quotes; the last line counts. The file is never run.
    [[ -r $ENV_FILE ]] || return 0
    sed -n "s/^$1=//p" "$ENV_FILE" | tail -n 1 | sed -e 's/^"\(.*\)"$/\1/' -e "s/^'\(.*\)'\$/\1/"
}

put_setting() { # NAME VALUE: nobody ever sees half of the file
    local next
    next=$(mktemp "$ENV_FILE.XXXXXX")
    chmod 600 "$next"
    NAME=$1 VALUE=$2 awk 'index($0, ENVIRON["NAME"] "=") != 1 {print} END {print ENVIRON["NAME"] "=" ENVIRON["VALUE"]}' \
        "$ENV_FILE" >"$next"
    mv "$next" "$ENV_FILE"
}
