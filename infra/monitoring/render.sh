#!/bin/sh
# Writes the configurations of Prometheus, Alertmanager and the prober to $RUN, from the environment.
set -eu

HERE=$(dirname "$(readlink -f "$0")")
: "${RUN:?}" "${PUBLIC_URL:?is missing in .env: https://bot.example.com}"
TELEGRAM_API_URL=${TELEGRAM_API_URL:-https://api.telegram.org}
TELEGRAM_API_URL=${TELEGRAM_API_URL%/}
OPS_BOT_TOKEN=${OPS_BOT_TOKEN:-}
OPS_CHAT_ID=${OPS_CHAT_ID:-}
host=${PUBLIC_URL#*://}
host=${host%%/*}
host=${host%%:*}

check() { # NAME VALUE PATTERN LIKE: nothing but such a word gets into the configuration; a secret is not shown
    printf '%s\n' "$2" | grep -Eqx "$3" || {
        echo "Monitoring cannot start: $1 must look like $4." >&2
        exit 3
    }
}

check PUBLIC_URL "$host" '[A-Za-z0-9.-]+' https://bot.example.com
check TELEGRAM_API_URL "$TELEGRAM_API_URL" 'https?://[A-Za-z0-9.:/_-]+' https://api.telegram.org
check OPS_BOT_TOKEN "$OPS_BOT_TOKEN" '([0-9]+:[A-Za-z0-9_-]+)?' 123456789:AA…
check OPS_CHAT_ID "$OPS_CHAT_ID" '(-?[0-9]+)?' -1001234567890

receiver=operator
if [ -z "$OPS_CHAT_ID" ] || [ -z "$OPS_BOT_TOKEN" ]; then
    echo "Nobody is told of alerts: OPS_CHAT_ID is not set in .env." >&2
    receiver=nobody
fi
umask 077
mkdir -p "$RUN"
for name in prometheus.yml alertmanager.yml blackbox.yml; do
    sed -e "s|@HERE@|$HERE|g" -e "s|@HOST@|$host|g" -e "s|@RECEIVER@|$receiver|g" \
        -e "s|@TELEGRAM_API_URL@|$TELEGRAM_API_URL|g" -e "s|@OPS_BOT_TOKEN@|${OPS_BOT_TOKEN:-0:none}|g" \
        -e "s|@OPS_CHAT_ID@|${OPS_CHAT_ID:-1}|g" "$HERE/$name" >"$RUN/$name"
done
