#!/bin/sh
# Renders the configuration from the environment, starts nginx and reloads it when the certificate changes (SEC-08).
# Plain sh: the official image (Alpine) and Debian's nginx both run it, as any user. Everything is written to $RUN.
set -eu

HERE=$(dirname "$(readlink -f "$0")")
RUN=${RUN:-/run/nginx}
CERTS=${CERTS:-/etc/letsencrypt/current}
WATCH_SECONDS=${WATCH_SECONDS:-30}

# shellcheck source=infra/nginx/render.sh
. "$HERE/render.sh"

fingerprint() {
    cksum "$CERTS/fullchain.pem" "$CERTS/privkey.pem" 2>/dev/null
}

reload_on_change() {
    known=$(fingerprint)
    while sleep "$WATCH_SECONDS"; do
        now=$(fingerprint) || continue
        [ "$now" != "$known" ] || continue
        if nginx -q -t -c "$RUN/nginx.conf" -e stderr; then
            nginx -c "$RUN/nginx.conf" -e stderr -s reload
            echo "The certificate has changed: nginx has reloaded."
        fi
        known=$now
    done
}

render
nginx -q -t -c "$RUN/nginx.conf" -e stderr
reload_on_change &
exec nginx -c "$RUN/nginx.conf" -e stderr -g 'daemon off;'
