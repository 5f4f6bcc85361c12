#!/usr/bin/env bash
# Brings back what backup.sh wrote: volumes, and .env where there is none (BAK-04). As root, while nothing of BuhBot runs.
#
#   infra/scripts/restore.sh FILE.tar.gz
#   infra/scripts/restore.sh FILE.tar.gz.age --identity KEY-OF-AGE
#   … --force        also where a volume holds something: that is put away beside it, as a folder with the time in its name
#
# The database comes back by `docker compose run --rm backup python manage.py restore FILE`.
set -euo pipefail
start=$(pwd)
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=infra/scripts/settings.sh
. infra/scripts/settings.sh

PROJECT=${COMPOSE_PROJECT_NAME:-buhbot}
archive='' identity='' force=''

usage() {
    sed -n '2,8p' "${BASH_SOURCE[0]}" >&2
    exit 2
}

refuse() {
    echo "$*" >&2
    exit 1
}

while (($#)); do
    case $1 in
    --force) force=yes ;;
    --identity) identity=${2:-} && shift ;;
    -*) usage ;;
    *) archive=$1 ;;
    esac
    shift
done
[[ -n $archive ]] || usage
[[ $archive == /* ]] || archive=$start/$archive
[[ -r $archive ]] || refuse "There is no file $archive."
[[ -z $(docker ps --quiet --filter "label=com.docker.compose.project=$PROJECT") ]] || refuse "BuhBot runs: docker compose --profile monitoring down"

scratch=$(mktemp -d "${TMPDIR:-/var/tmp}/buhbot-restore.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
if [[ $archive == *.age ]]; then
    [[ -n $identity ]] || refuse "It is encrypted: --identity names the file with the private key."
    [[ $identity == /* ]] || identity=$start/$identity
    age --decrypt --identity "$identity" "$archive" | tar --extract --gzip --numeric-owner --same-permissions --directory "$scratch"
else
    tar --extract --gzip --numeric-owner --same-permissions --directory "$scratch" --file "$archive"
fi
[[ -d $scratch/config ]] || refuse "That is no archive of backup.sh."

place_of() { # VOLUME: its folder; made, as compose would make it, where there is none
    docker volume inspect --format '{{.Mountpoint}}' "${PROJECT}_$1" 2>/dev/null && return
    docker volume create --label "com.docker.compose.project=$PROJECT" --label "com.docker.compose.volume=$1" "${PROJECT}_$1" >/dev/null
    docker volume inspect --format '{{.Mountpoint}}' "${PROJECT}_$1"
}

for source in "$scratch"/volumes/*/; do
    [[ -d $source ]] || continue
    volume=$(basename "$source")
    place=$(place_of "$volume")
    if [[ -n $(ls -A "$place") && -z $force ]]; then refuse "The volume $volume is not empty: --force puts what is in it away."; fi
done
for source in "$scratch"/volumes/*/; do
    [[ -d $source ]] || continue
    volume=$(basename "$source")
    place=$(place_of "$volume")
    if [[ -n $(ls -A "$place") ]]; then mv "$place" "$place-before-$(date +%Y%m%d%H%M%S)"; fi
    mkdir -p "$place"
    cp --archive "$source." "$place"
    echo "Volume $volume is back."
done
if [[ -e $scratch/config/.env && ! -e $ENV_FILE ]]; then
    install -m 600 "$scratch/config/.env" "$ENV_FILE"
    echo "$ENV_FILE is back."
fi
echo "Next: docker compose up -d --wait; the database, if it is lost: docs/infrastructure/disaster-recovery.md"
