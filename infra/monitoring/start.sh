#!/bin/sh
# Starts what this image has, and ends when one of them ends, so that the container starts anew.
set -eu

HERE=$(dirname "$(readlink -f "$0")")
DATA=${DATA:-/var/lib/monitoring}
RUN=${RUN:-/tmp/monitoring}
export RUN
mkdir -p "$DATA/prometheus" "$DATA/alertmanager" "$DATA/grafana" "$DATA/kuma"
sh "$HERE/render.sh"

prometheus --config.file="$RUN/prometheus.yml" --storage.tsdb.path="$DATA/prometheus" \
    --storage.tsdb.retention.time="${METRICS_RETENTION:-15d}" --storage.tsdb.retention.size="${METRICS_SIZE:-2GB}" &
children=$!
prometheus-alertmanager --config.file="$RUN/alertmanager.yml" --storage.path="$DATA/alertmanager" \
    --cluster.listen-address= &
children="$children $!"
prometheus-blackbox-exporter --config.file="$RUN/blackbox.yml" --web.listen-address=127.0.0.1:9115 &
children="$children $!"
if [ -d /usr/share/grafana ]; then
    GF_PATHS_DATA="$DATA/grafana" GF_PATHS_LOGS="$DATA/grafana/log" GF_PATHS_PLUGINS="$DATA/grafana/plugins" \
        GF_PATHS_PROVISIONING="$HERE/grafana/provisioning" GF_LOG_MODE=console \
        GF_ANALYTICS_REPORTING_ENABLED=false GF_ANALYTICS_CHECK_FOR_UPDATES=false \
        GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES=false GF_USERS_ALLOW_SIGN_UP=false \
        GF_SECURITY_ADMIN_PASSWORD="${GRAFANA_PASSWORD:?is missing in .env}" \
        /usr/share/grafana/bin/grafana server --homepath /usr/share/grafana &
    children="$children $!"
fi
if [ -d /opt/uptime-kuma ]; then
    : "${KUMA_PASSWORD:?is missing in .env}"
    (cd /opt/uptime-kuma && exec node server/server.js --data-dir="$DATA/kuma") &
    children="$children $!"
    PYTHONPATH=/opt/kuma-client python3 "$HERE/kuma/provision.py" &
    setup=$!
fi

# shellcheck disable=SC2086 # a list of numbers
stop() {
    kill $children ${setup:-} 2>/dev/null || true
}
trap stop TERM INT

all_live() {
    for child in $children; do
        kill -0 "$child" 2>/dev/null || return 1
    done
}
while all_live; do
    sleep 1 &
    wait $! || true
done
stop
wait
