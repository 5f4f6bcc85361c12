#!/usr/bin/env bash
# Tells the operator something by Telegram: OPS_BOT_TOKEN (else the bot's own) and OPS_CHAT_ID of .env (MON-07).
#
#   infra/scripts/notify.sh TEXT       never fails: a notice that cannot be sent is no reason to stop
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=infra/scripts/settings.sh
. infra/scripts/settings.sh

token=$(setting OPS_BOT_TOKEN)
token=${token:-$(setting TELEGRAM_BOT_TOKEN)}
chat=$(setting OPS_CHAT_ID)
api=$(setting TELEGRAM_API_URL)
if [[ -z $token || -z $chat ]]; then
    echo "Nobody is told by Telegram: OPS_CHAT_ID is not set in .env."
    exit 0
fi
# The address holds the token: curl reads it from its standard input, so that `ps` does not show it.
printf 'url = "%s/bot%s/sendMessage"\n' "${api:-https://api.telegram.org}" "$token" |
    curl --silent --show-error --fail --max-time 15 --retry 2 --output /dev/null --config - \
        --data-urlencode "chat_id=$chat" --data-urlencode "text=$1" ||
    echo "The notice could not be sent by Telegram." >&2
