#!/bin/sh
# Leads new requests elsewhere, without failing one: those that run end where they began (CI-02).
#
#   docker compose exec nginx sh /opt/nginx/switch.sh 172.20.0.7:8000    to the new `web`, named by its address
#   docker compose exec nginx sh /opt/nginx/switch.sh web:8000           to whatever answers to the name `web`, as at the start
set -eu

HERE=$(dirname "$(readlink -f "$0")")
RUN=${RUN:-/run/nginx}
CERTS=${CERTS:-/etc/letsencrypt/current}
# shellcheck source=infra/nginx/render.sh
. "$HERE/render.sh"

case ${1:-} in
*[!A-Za-z0-9.:_-]* | *:*:* | '' | -*)
    sed -n '2,5p' "$0" >&2
    exit 2
    ;;
*:[0-9]*) ;;
*)
    echo "Name the port too, as in web:8000." >&2
    exit 2
    ;;
esac

before=$(cat "$RUN/upstream.conf")
point_at "$1"
if ! nginx -q -t -c "$RUN/nginx.conf" -e stderr; then
    printf '%s\n' "$before" >"$RUN/upstream.conf"
    exit 1
fi
nginx -c "$RUN/nginx.conf" -e stderr -s reload
echo "New requests go to $1."
