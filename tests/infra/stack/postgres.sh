#!/bin/sh
# A new Postgres that believes everyone: for `make stack-test` only.
set -eu
[ -d "$PGDATA" ] || initdb --encoding=UTF8 --locale=C.UTF-8 --auth=trust --username=postgres >/dev/null
echo "host all all all trust" >>"$PGDATA/pg_hba.conf"
exec postgres -c "listen_addresses=*" -c unix_socket_directories=/tmp
