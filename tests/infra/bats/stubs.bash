# Stands in for programs that would change this machine: each call is a line of $CALLS, and succeeds.
# A file $BIN/NAME.says is what the program prints.

make_stubs() { # NAMES…
    export BIN="$BATS_TEST_TMPDIR/bin" CALLS="$BATS_TEST_TMPDIR/calls"
    mkdir -p "$BIN"
    touch "$CALLS"
    local name
    for name in "$@"; do
        printf '#!/bin/sh\necho "%s $*" >>"$CALLS"\n[ ! -e "$0.says" ] || cat "$0.says"\n' "$name" >"$BIN/$name"
        chmod +x "$BIN/$name"
    done
    PATH="$BIN:$PATH"
}

copy_product() { # the scripts, in a place of their own
    export PRODUCT="$BATS_TEST_TMPDIR/product"
    mkdir -p "$PRODUCT"
    cp -r "$BATS_TEST_DIRNAME/../../../infra" "$BATS_TEST_DIRNAME/../../../compose.yaml" "$PRODUCT"
    cd "$PRODUCT" || exit 1
    unset COMPOSE_ENV_FILES COMPOSE_PROJECT_NAME
}

called() { grep -qxF -- "$1" "$CALLS"; }
line_of() { grep -nxF -- "$1" "$CALLS" | head -n 1 | cut -d: -f1; }

never() { # COMMAND…, or one word with a pipe in it: bats overlooks a `!` in the middle of a test
    if (($# == 1)); then set -- eval "$1"; fi
    if "$@"; then return 1; fi
}
