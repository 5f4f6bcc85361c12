#!/bin/sh
# Starts what this image has, and ends when one of them ends, so that the container starts anew.
set -eu

HERE=$(dirname "$(readlink -f "$0")")
DATA=${DATA:-/var/lib/monitoring}
mkdir -p "$DATA/prometheus" "$DATA/alertmanager" "$DATA/grafana" "$DATA/kuma"

prometheus --config.file="$HERE/prometheus.yml" --storage.tsdb.path="$DATA/prometheus" \
    --storage.tsdb.retention.time="${METRICS_RETENTION:-15d}" --storage.tsdb.retention.size="${METRICS_SIZE:-2GB}" &
children=$!
prometheus-alertmanager --config.file="$HERE/alertmanager.yml" --storage.path="$DATA/alertmanager" \
    --cluster.listen-address= &
children="$children $!"
if [ -d /usr/share/grafana ]; then
    GF_PATHS_DATA="$DATA/grafana" GF_SECURITY_ADMIN_PASSWORD="${GRAFANA_PASSWORD:?is missing in .env}" \
        /usr/share/grafana/bin/grafana server --homepath /usr/share/grafana &
    children="$children $!"
fi
if [ -d /opt/uptime-kuma ]; then
    (cd /opt/uptime-kuma && exec node server/server.js --data-dir="$DATA/kuma") &
    children="$children $!"
fi

# shellcheck disable=SC2086 # a list of numbers
stop() {
    kill $children 2>/dev/null || true
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
