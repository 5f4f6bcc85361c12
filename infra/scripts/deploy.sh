#!/usr/bin/env bash
# Another version of the product, without a failed request (CI-02). The old one stays until the new one has proved itself.
#
#   infra/scripts/deploy.sh REGISTRY/NAME@sha256:…   an image of a registry, by its digest
#   infra/scripts/deploy.sh sha256:…                 an image that was built here: docker image inspect -f '{{.Id}}' buhbot
#   infra/scripts/deploy.sh --rollback               back to what ran before
#
# Ends with 0 when done, 2 when called wrongly, 75 while another deploy runs, else with something else: the old one serves.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=infra/scripts/settings.sh
. infra/scripts/settings.sh

BACKGROUND=(bot worker beat)
HEALTHY_SECONDS=${HEALTHY_SECONDS:-120}
DRAIN_SECONDS=${DRAIN_SECONDS:-3} # for what nginx has taken in, but not passed on yet
is_done='' is_led='' is_background_new='' old='' new='' before=''

say() { echo "$(date +%T) $*"; }

web_containers() { docker compose ps --all --quiet web; }

run_with() { # IMAGE WORDS…: compose as if .env named this image
    BUHBOT_IMAGE=$1 BUHBOT_PULL=missing docker compose "${@:2}"
}

lead_to() { docker compose exec -T nginx sh /opt/nginx/switch.sh "$1"; }

address_of() { # CONTAINER: where nginx reaches it
    docker inspect --format '{{range $name, $net := .NetworkSettings.Networks}}{{$name}} {{$net.IPAddress}}{{"\n"}}{{end}}' "$1" |
        awk '$1 ~ /_outside$/ {print $2}'
}

answers_through_nginx() {
    local url host port
    url=$(setting PUBLIC_URL)
    host=${url#*://}
    host=${host%%[:/]*}
    port=$(docker compose port nginx 8443)
    port=${port##*:}
    curl --silent --show-error --fail --insecure --noproxy '*' --max-time 10 --retry 3 --retry-all-errors --output /dev/null \
        --resolve "$host:$port:127.0.0.1" --header "Host: ${url#*://}" "https://$host:$port/health/live"
}

give_up() { # when the script ends too early: back to the old one, whatever was done by then
    local status=$?
    trap - EXIT
    trap '' INT TERM HUP
    set +e
    if [[ -n $is_done ]]; then exit "$status"; fi
    say "Not done. Going back to what ran before."
    if [[ -n $is_led ]]; then
        lead_to "$(address_of "$old"):8000"
        sleep "$DRAIN_SECONDS"
    fi
    if [[ -n $new ]]; then
        docker logs --tail 20 "$new" >&2
        docker stop --time 30 "$new" >/dev/null
        docker rm --force "$new" >/dev/null
    fi
    if [[ -n $is_led ]]; then lead_to web:8000; fi
    if [[ -n $is_background_new ]]; then
        docker compose logs --no-color --tail 20 "${BACKGROUND[@]}" >&2
        run_with "$before" up --detach --wait --wait-timeout "$HEALTHY_SECONDS" --no-deps "${BACKGROUND[@]}"
    fi
    infra/scripts/notify.sh "❌ BuhBot: версия ${image##*@} не запустилась, работает прежняя. Подробности — в журнале выкладки."
    exit $((status ? status : 1))
}

start_new_web() {
    local known
    is_led=yes
    lead_to "$(address_of "$old"):8000" # the name `web` will mean both
    known=$(web_containers)
    run_with "$image" up --detach --no-deps --no-recreate --scale web=2 web
    new=$(web_containers | grep -vxF "$known")
    run_with "$image" up --detach --wait --wait-timeout "$HEALTHY_SECONDS" --no-deps --no-recreate --scale web=2 web
    docker exec "$new" python infra/image/healthy.py http://127.0.0.1:8000/health/ready
}

restart_background() {
    is_background_new=yes
    run_with "$image" up --detach --wait --wait-timeout "$HEALTHY_SECONDS" --no-deps "${BACKGROUND[@]}"
}

switch_over() {
    lead_to "$(address_of "$new"):8000"
    answers_through_nginx
}

stop_old() {
    sleep "$DRAIN_SECONDS"
    docker stop --time 30 "$old" >/dev/null
    docker rm "$old" >/dev/null
    lead_to web:8000
}

remember() {
    if [[ $image != "$before" ]]; then put_setting BUHBOT_IMAGE_BEFORE "$before"; fi
    put_setting BUHBOT_IMAGE "$image"
    put_setting BUHBOT_PULL missing
}

choose_image() {
    case ${1:-} in
    --rollback)
        image=$(setting BUHBOT_IMAGE_BEFORE)
        [[ -n $image ]] || { echo "Nothing ran before: .env names no BUHBOT_IMAGE_BEFORE." >&2; exit 2; }
        ;;
    *) image=${1:-} ;;
    esac
    if [[ ! $image =~ ^([a-z0-9][a-z0-9./:_-]*@)?sha256:[0-9a-f]{64}$ ]]; then
        sed -n '2,8p' "${BASH_SOURCE[0]}" >&2
        exit 2
    fi
}

first_start() {
    say "Nothing runs yet: starting everything."
    run_with "$image" up --detach --wait
    remember
}

choose_image "$@"
exec 9<.
flock --nonblock 9 || { echo "Another deploy runs." >&2; exit 75; }

old=$(web_containers)
if [[ $image == *@* ]]; then
    say "Fetching $image"
    docker pull --quiet "$image"
else
    docker image inspect "$image" >/dev/null
fi
if [[ -z $old ]]; then first_start; exit; fi
if [[ $old == *$'\n'* ]]; then
    echo "More than one web runs, left by a deploy that was cut off: " \
        "docker compose up -d --no-deps --scale web=1 web && docker compose restart nginx" >&2
    exit 1
fi
before=$(setting BUHBOT_IMAGE)
before=${before:-$(docker inspect --format '{{.Image}}' "$old")}

trap give_up EXIT
trap 'exit 1' INT TERM HUP
if [[ ${1:-} != --rollback ]]; then # a rollback leaves the tables: they suit the release before as well (DB-03)
    say "Migrating"
    run_with "$image" run --rm --no-deps migrate
fi
say "Starting a new web beside the old"
start_new_web
say "Leading requests to the new web"
switch_over
say "Restarting ${BACKGROUND[*]}"
restart_background
say "Stopping the old web"
is_done=yes
remember
stop_old
say "Done: $image"
infra/scripts/notify.sh "✅ BuhBot: работает версия ${image##*@}."
