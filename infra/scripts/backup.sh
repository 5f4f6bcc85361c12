#!/usr/bin/env bash
# Volumes and settings of this server to backup-YYYYMMDD.tar.gz, kept 4 weeks (BAK-04). As root, by a timer once a week.
# The database has a backup of its own: `docker compose run --rm backup`.
#
# With BACKUP_AGE_RECIPIENT in .env the archive is encrypted (…tar.gz.age) and holds .env and the certificates too;
# without it, neither is in there. BACKUP_HOME is /var/backups/buhbot.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=infra/scripts/settings.sh
. infra/scripts/settings.sh

if (($#)); then
    sed -n '2,6p' "${BASH_SOURCE[0]}"
    exit 2
fi

BACKUP_HOME=${BACKUP_HOME:-/var/backups/buhbot}
KEEP_DAYS=28
recipient=$(setting BACKUP_AGE_RECIPIENT)
here=$(pwd)
words=()

add() { # FOLDER-OR-FILE NAME: it is called NAME in the archive; where a link leads is left alone
    words+=(--transform "flags=rSh;s,^${1#/}\($\|/\),$2\1,")
    paths+=("${1#/}")
}

paths=()
volumes=(files monitoring redis)
add "$here/compose.yaml" config/compose.yaml
add "$here/infra" config/infra
if [[ -n $recipient ]]; then
    volumes+=(certificates)
    add "$(readlink -f "$ENV_FILE")" config/.env
else
    echo "BACKUP_AGE_RECIPIENT is not set: .env and the certificates stay out of the archive."
fi
for volume in "${volumes[@]}"; do
    folder=$(docker volume inspect --format '{{.Mountpoint}}' "${COMPOSE_PROJECT_NAME:-buhbot}_$volume" 2>/dev/null || true)
    if [[ -n $folder ]]; then add "$folder" "volumes/$volume"; else echo "There is no volume $volume."; fi
done

umask 077
mkdir -p "$BACKUP_HOME"
archive=$BACKUP_HOME/backup-$(date +%Y%m%d).tar.gz${recipient:+.age}
trap 'rm -f "$archive.part"' EXIT

pack() { # a file that grows or goes meanwhile (status 1) is no failure
    tar --create --gzip --directory / --numeric-owner --sparse --warning=no-file-changed --warning=no-file-removed \
        "${words[@]}" "${paths[@]}" || (($? == 1))
}

if [[ -n $recipient ]]; then
    pack | age --encrypt --recipient "$recipient" --output "$archive.part"
else
    pack >"$archive.part"
    tar --list --gzip --file "$archive.part" >/dev/null
fi
mv "$archive.part" "$archive"
find "$BACKUP_HOME" -maxdepth 1 -name 'backup-*.tar.gz*' -mtime "+$KEEP_DAYS" -delete
echo "Written: $archive ($(du --human-readable "$archive" | cut -f1))"
