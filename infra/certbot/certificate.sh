#!/bin/sh
# The certificate of PUBLIC_URL's host. nginx reads $CERTS/current and notices by itself when it changes.
#
#   certificate keep      what the container does: one that signs itself if there is none, then renew twice a day
#   certificate start     only the first half of it
#   certificate issue     get the first one from the certificate authority (needs CERT_EMAIL, DNS and port 80)
#   certificate renew     renew now if it is time; --force-renewal if it is not
#   certificate deploy    put the newest into $CERTS/current (certbot calls this by itself)
set -eu

CERTS=${CERTS:-/etc/letsencrypt}
WEBROOT=${WEBROOT:-/var/www/acme}
WORK=${WORK:-/run/certbot}
RENEW_SECONDS=${RENEW_SECONDS:-43200}
host=${PUBLIC_URL#*://}
host=${host%%/*}
host=${host%%:*}
me=$(readlink -f "$0")
export CERTS PUBLIC_URL

acme() {
    command=$1
    shift
    certbot "$command" --non-interactive --config-dir "$CERTS" --work-dir "$WORK" --logs-dir "$WORK" \
        --deploy-hook "/bin/sh '$me' deploy" \
        ${CERT_SERVER:+--server "$CERT_SERVER"} "$@"
}

put() { # CERTIFICATE KEY: nginx must never see half of a pair, so the folder is changed as a whole
    new="$CERTS/.pair-$(date +%s)-$$"
    mkdir -m 700 "$new"
    cp "$1" "$new/fullchain.pem"
    (umask 077 && cp "$2" "$new/privkey.pem")
    old=$(readlink "$CERTS/current" || true)
    ln -sfn "$(basename "$new")" "$CERTS/.next"
    mv -T "$CERTS/.next" "$CERTS/current"
    [ -z "$old" ] || rm -rf "${CERTS:?}/$old"
}

sign_itself() {
    echo "There is no certificate yet: making one that signs itself. Get a real one with infra/scripts/cert-init.sh."
    folder=$(mktemp -d)
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj "/CN=$host" \
        -addext "subjectAltName=DNS:$host" -keyout "$folder/key.pem" -out "$folder/cert.pem" 2>/dev/null
    put "$folder/cert.pem" "$folder/key.pem"
    rm -rf "$folder"
}

case ${1:-keep} in
start)
    [ -s "$CERTS/current/privkey.pem" ] || sign_itself
    ;;
keep)
    sh "$me" start
    trap 'exit 0' TERM INT
    while true; do
        acme renew --webroot --webroot-path "$WEBROOT" --quiet || echo "The renewal failed; the next try is in 12 hours."
        sleep "$RENEW_SECONDS" &
        wait $!
    done
    ;;
issue)
    shift
    : "${CERT_EMAIL:?is missing in .env: the authority writes there before a certificate ends}"
    acme certonly --webroot --webroot-path "$WEBROOT" --domain "$host" --cert-name "$host" --email "$CERT_EMAIL" \
        --agree-tos --no-eff-email --keep-until-expiring "$@"
    sh "$me" deploy
    ;;
renew)
    shift
    acme renew --webroot --webroot-path "$WEBROOT" "$@"
    ;;
deploy)
    put "$CERTS/live/$host/fullchain.pem" "$CERTS/live/$host/privkey.pem"
    ;;
*)
    sed -n '2,8p' "$0"
    exit 2
    ;;
esac
