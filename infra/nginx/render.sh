# shellcheck shell=sh
# `render` writes $RUN/nginx.conf, $RUN/upstream.conf and $RUN/webhook-networks.conf. Sourced by start.sh.

: "${HERE:?}" "${RUN:?}" "${CERTS:?}" "${PUBLIC_URL:?is missing: https://bot.example.com}"

# Every limit may be set in .env; a rate is written as nginx does: 100r/m, 500r/s.
NGINX_RATE=${NGINX_RATE:-100r/m}
NGINX_BURST=${NGINX_BURST:-50}
NGINX_ADDRESS_RATE=${NGINX_ADDRESS_RATE:-1500r/m}
NGINX_ADDRESS_BURST=${NGINX_ADDRESS_BURST:-500}
NGINX_SIGN_IN_RATE=${NGINX_SIGN_IN_RATE:-10r/m}
NGINX_SIGN_IN_BURST=${NGINX_SIGN_IN_BURST:-9}
NGINX_WEBHOOK_RATE=${NGINX_WEBHOOK_RATE:-500r/s}
NGINX_WEBHOOK_BURST=${NGINX_WEBHOOK_BURST:-2000}
NGINX_WEBHOOK_NETWORKS=${NGINX_WEBHOOK_NETWORKS:-}
NGINX_UPLOAD_LIMIT=${NGINX_UPLOAD_LIMIT:-25m}
HTTP_LISTEN=${HTTP_LISTEN:-8080}
HTTPS_LISTEN=${HTTPS_LISTEN:-8443}
WEBROOT=${WEBROOT:-/var/www/acme}
UPSTREAM=${UPSTREAM:-web:8000}
PUBLIC_URL=${PUBLIC_URL%/}

refuse() {
    echo "nginx cannot start: $*" >&2
    exit 3
}

check() { # NAME PATTERN LIKE: nothing but such a word gets into the configuration
    value=$(eval "printf %s \"\$$1\"")
    printf '%s\n' "$value" | grep -Eqx "$2" || refuse "$1 must look like $3, not «$value»"
}

check_settings() {
    for name in NGINX_RATE NGINX_ADDRESS_RATE NGINX_SIGN_IN_RATE NGINX_WEBHOOK_RATE; do
        check "$name" '[1-9][0-9]*r/[ms]' 100r/m
    done
    for name in NGINX_BURST NGINX_ADDRESS_BURST NGINX_SIGN_IN_BURST NGINX_WEBHOOK_BURST; do
        check "$name" '[0-9]+' 50
    done
    check NGINX_UPLOAD_LIMIT '[1-9][0-9]*[km]' 25m
    check NGINX_WEBHOOK_NETWORKS '([0-9a-fA-F.:]+/[0-9]+[ ,]*)*' '149.154.160.0/20,91.108.4.0/22'
    check PUBLIC_URL 'https://[A-Za-z0-9.-]+(:[0-9]+)?' https://bot.example.com
    [ -s "$CERTS/privkey.pem" ] || refuse "there is no certificate in $CERTS"
}

name_servers() { # an IPv6 address stands in brackets
    awk '$1 == "nameserver" {print ($2 ~ /:/) ? "[" $2 "]" : $2; exit}' /etc/resolv.conf 2>/dev/null
}

listen_option() { # before 1.25.1 HTTP/2 was a word of `listen`
    version=$(nginx -v 2>&1 | sed 's|.*/\([0-9.]*\).*|\1|')
    newest=$(printf '%s\n1.25.1\n' "$version" | sort -t. -k1,1n -k2,2n -k3,3n | tail -n 1)
    [ "$newest" = "$version" ]
}

# shellcheck disable=SC2016 # the dollar is nginx's
point_at() { # HOST:PORT: where requests go
    printf 'map "" $web { default "%s"; }\n' "$1" >"$RUN/upstream.next"
    mv "$RUN/upstream.next" "$RUN/upstream.conf"
}

allow_networks() { # of Telegram; all when none is named
    for network in $(echo "$NGINX_WEBHOOK_NETWORKS" | tr ',' ' '); do
        echo "allow $network;"
    done
    [ -z "$NGINX_WEBHOOK_NETWORKS" ] || echo "deny all;"
}

render() {
    check_settings
    mkdir -p "$RUN"
    if listen_option; then http2_word='' http2_line='http2 on;'; else http2_word=' http2' http2_line=''; fi
    resolver=$(name_servers)
    allow_networks >"$RUN/webhook-networks.conf"
    [ -s "$RUN/upstream.conf" ] || point_at "$UPSTREAM"
    sed -e "s|@RUN@|$RUN|g" -e "s|@PAGES@|$HERE/pages|g" -e "s|@CERTS@|$CERTS|g" -e "s|@WEBROOT@|$WEBROOT|g" \
        -e "s|@HTTP2_WORD@|$http2_word|g" -e "s|@HTTP2_LINE@|$http2_line|g" \
        -e "s|@RESOLVER@|${resolver:-127.0.0.11}|g" -e "s|@PUBLIC_URL@|$PUBLIC_URL|g" \
        -e "s|@HTTP_LISTEN@|$HTTP_LISTEN|g" -e "s|@HTTPS_LISTEN@|$HTTPS_LISTEN|g" \
        -e "s|@RATE@|$NGINX_RATE|g" -e "s|@BURST@|$NGINX_BURST|g" \
        -e "s|@ADDRESS_RATE@|$NGINX_ADDRESS_RATE|g" -e "s|@ADDRESS_BURST@|$NGINX_ADDRESS_BURST|g" \
        -e "s|@SIGN_IN_RATE@|$NGINX_SIGN_IN_RATE|g" -e "s|@SIGN_IN_BURST@|$NGINX_SIGN_IN_BURST|g" \
        -e "s|@WEBHOOK_RATE@|$NGINX_WEBHOOK_RATE|g" -e "s|@WEBHOOK_BURST@|$NGINX_WEBHOOK_BURST|g" \
        -e "s|@UPLOAD_LIMIT@|$NGINX_UPLOAD_LIMIT|g" "$HERE/nginx.conf.in" >"$RUN/nginx.conf"
}
