# backup.sh and restore.sh with volumes that are plain folders (BAK-04).
load stubs

setup() {
    copy_product
    make_stubs
    export VOLUMES="$BATS_TEST_TMPDIR/volumes" BACKUP_HOME="$BATS_TEST_TMPDIR/backups" TMPDIR="$BATS_TEST_TMPDIR"
    mkdir -p "$VOLUMES"
    cat >"$BIN/docker" <<'SH'
#!/bin/sh
for name; do :; done
case "$1 $2" in
"volume inspect") [ -d "$VOLUMES/$name" ] && echo "$VOLUMES/$name" ;;
"volume create") mkdir "$VOLUMES/$name" ;;
"ps --quiet") cat "$VOLUMES/.running" 2>/dev/null || true ;;
esac
SH
    chmod +x "$BIN/docker"
    mkdir -p "$VOLUMES/buhbot_files/a" "$VOLUMES/buhbot_certificates/live" "$VOLUMES/buhbot_redis" "$VOLUMES/buhbot_monitoring"
    echo paper >"$VOLUMES/buhbot_files/a/invoice.pdf"
    echo key >"$VOLUMES/buhbot_certificates/key.pem"
    ln -s ../key.pem "$VOLUMES/buhbot_certificates/live/privkey.pem"
    (umask 077 && echo 'SECRET_KEY=of-nobody' >.env)
    today=$BACKUP_HOME/backup-$(date +%Y%m%d).tar.gz
}

encrypt_from_now_on() {
    command -v age-keygen >/dev/null || skip "age is not on this machine"
    age-keygen -o "$BATS_TEST_TMPDIR/key" 2>/dev/null
    echo "BACKUP_AGE_RECIPIENT=$(age-keygen -y "$BATS_TEST_TMPDIR/key")" >>.env
}

backup() { run bash infra/scripts/backup.sh; }
restore() { run bash infra/scripts/restore.sh "$@"; }

@test "BAK-04 volumes and settings are written, for root's eyes only" {
    backup
    [ "$status" -eq 0 ]
    [ "$(stat -c %a "$today")" = 600 ]
    tar -tzf "$today" | grep -qx volumes/files/a/invoice.pdf
    tar -tzf "$today" | grep -qx config/compose.yaml
    tar -tzf "$today" | grep -qx config/infra/nginx/nginx.conf.in
}

@test "BAK-01 no secret is in an archive that is not encrypted" {
    backup
    never "tar -tzf \"\$today\" | grep -E '\.env\$|certificates|key\.pem'"
    never "tar -xzOf \"\$today\" | grep -q of-nobody"
    [[ "$output" == *"stay out of the archive"* ]]
}

@test "BAK-04 four weeks are kept" {
    mkdir -p "$BACKUP_HOME"
    touch -d '-27 days' "$BACKUP_HOME/backup-20000102.tar.gz"
    touch -d '-30 days' "$BACKUP_HOME/backup-20000101.tar.gz" "$BACKUP_HOME/backup-20000101.tar.gz.age" "$BACKUP_HOME/other"
    backup
    [ "$(ls "$BACKUP_HOME")" = "$(printf '%s\n' backup-20000102.tar.gz "${today##*/}" other)" ]
}

@test "BAK-04 what is away comes back, links and all" {
    encrypt_from_now_on
    backup
    [ "$status" -eq 0 ]
    [ ! -e "$today" ]
    rm -rf "$VOLUMES"/buhbot_* .env
    restore "$today.age" --identity "$BATS_TEST_TMPDIR/key"
    [ "$status" -eq 0 ]
    [ "$(cat "$VOLUMES/buhbot_files/a/invoice.pdf")" = paper ]
    [ "$(readlink "$VOLUMES/buhbot_certificates/live/privkey.pem")" = ../key.pem ]
    [ "$(stat -c %a .env)" = 600 ]
    grep -qx SECRET_KEY=of-nobody .env
}

@test "BAK-04 nothing that is there is written over" {
    backup
    echo newer >"$VOLUMES/buhbot_files/a/invoice.pdf"
    restore "$today"
    [[ "$status" -eq 1 && "$output" == *"is not empty"* ]]
    [ "$(cat "$VOLUMES/buhbot_files/a/invoice.pdf")" = newer ]
    restore "$today" --force
    [ "$status" -eq 0 ]
    [ "$(cat "$VOLUMES/buhbot_files/a/invoice.pdf")" = paper ]
    [ "$(cat "$VOLUMES"/buhbot_files-before-*/a/invoice.pdf)" = newer ]
}

@test "BAK-04 a restore waits for everything to be stopped, and says what is wrong" {
    backup
    echo abc >"$VOLUMES/.running"
    restore "$today"
    [[ "$status" -eq 1 && "$output" == *"BuhBot runs"* ]]
    rm "$VOLUMES/.running"
    restore nothing.tar.gz
    [[ "$status" -eq 1 && "$output" == *"no file"* ]]
    tar -czf "$BATS_TEST_TMPDIR/other.tar.gz" -C "$VOLUMES" buhbot_files
    restore "$BATS_TEST_TMPDIR/other.tar.gz"
    [[ "$status" -eq 1 && "$output" == *"no archive of backup.sh"* ]]
    restore
    [ "$status" -eq 2 ]
}

@test "BAK-01 an encryption that fails leaves no archive" {
    echo 'BACKUP_AGE_RECIPIENT=age1nobody' >>.env
    backup
    [ "$status" -ne 0 ]
    [ -z "$(ls "$BACKUP_HOME")" ]
}
