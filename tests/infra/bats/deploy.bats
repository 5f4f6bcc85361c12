# What deploy.sh, notify.sh and security-audit.sh do before and beside Docker; `make stack-test` deploys for real (CI-02).
load stubs

IMAGE="ghcr.io/firm/buhbot@sha256:$(printf '0%.0s' {1..64})"

setup() {
    copy_product
    make_stubs docker curl
    printf 'PUBLIC_URL=https://bot.example.com\nTELEGRAM_BOT_TOKEN=1:of-the-bot\nOPS_CHAT_ID="42"\n' >.env
}

deploy() { run bash infra/scripts/deploy.sh "$@"; }

@test "CI-02 an image is named by its digest, or nothing happens" {
    local word
    for word in "" buhbot:latest "ghcr.io/firm/buhbot@sha256:abc" "$IMAGE;reboot" --rollback --help; do
        deploy "$word"
        [ "$status" -eq 2 ]
    done
    [ ! -s "$CALLS" ]
}

@test "CI-02 the first deploy starts everything and is remembered" {
    deploy "$IMAGE"
    [ "$status" -eq 0 ]
    called "docker pull --quiet $IMAGE"
    called "docker compose up --detach --wait"
    grep -qxF "BUHBOT_IMAGE=$IMAGE" .env
    grep -qx "BUHBOT_PULL=missing" .env
    [ "$(stat -c %a .env)" = 600 ]
}

@test "CI-02 two deploys at once: the second does nothing" {
    exec 8<.
    flock 8
    deploy "$IMAGE"
    [[ "$status" -eq 75 && "$output" == *"Another deploy runs"* ]]
    [ ! -s "$CALLS" ]
}

@test "CI-02 a deploy that was cut off is named" {
    printf 'one\ntwo\n' >"$BIN/docker.says"
    deploy "$IMAGE"
    [[ "$status" -eq 1 && "$output" == *"left by a deploy that was cut off"* ]]
}

@test "MON-07 a notice never shows the token to ps" {
    printf '#!/bin/sh\necho "curl $*" >>"$CALLS"\ncat >>"$CALLS"\n' >"$BIN/curl"
    run bash infra/scripts/notify.sh "Готово & всё"
    [ "$status" -eq 0 ]
    grep -qx 'url = "https://api.telegram.org/bot1:of-the-bot/sendMessage"' "$CALLS"
    grep -q '^curl .*--data-urlencode chat_id=42 --data-urlencode text=Готово & всё$' "$CALLS"
    never grep '^curl.*of-the-bot' "$CALLS"
}

@test "MON-07 a notice that cannot be sent stops nothing" {
    printf '#!/bin/sh\nexit 7\n' >"$BIN/curl"
    run bash infra/scripts/notify.sh text
    [ "$status" -eq 0 ]
    sed -i /OPS_CHAT_ID/d .env
    run bash infra/scripts/notify.sh text
    [[ "$status" -eq 0 && "$output" == *"OPS_CHAT_ID is not set"* ]]
}

@test "BAK-04 the audit says what is bad and what to do" {
    make_stubs sshd ufw ss systemctl timedatectl apt-get openssl
    chmod 644 .env
    echo "LISTEN 0 128 0.0.0.0:5432 0.0.0.0:*" >"$BIN/ss.says"
    printf 'passwordauthentication no\nkbdinteractiveauthentication no\npermitrootlogin no\n' >"$BIN/sshd.says"
    run bash infra/scripts/security-audit.sh
    [ "$status" -eq 1 ]
    [[ "$output" == *"BAD  .env is read by its owner only — chmod 600 .env"* ]]
    [[ "$output" == *"BAD  only 22, 80, 443 listen for everyone"* ]]
    [[ "$output" == *"BAD  the firewall is on"* ]]
    [[ "$output" == *"ok   SSH takes keys only"* ]]
    [[ "$output" == *"BAD  no container is root"* ]] # as none runs
}

@test "CI-02 a setting is read and written without running the file" {
    # shellcheck source=/dev/null
    . infra/scripts/settings.sh
    printf 'A=$(touch evil)\nB="with words"\nA=last=one\n' >.env
    [ "$(setting A)" = last=one ]
    [ "$(setting B)" = "with words" ]
    put_setting A 'x\n/&'
    [ "$(setting A)" = 'x\n/&' ]
    [ "$(grep -c ^A= .env)" = 1 ]
    [ ! -e evil ]
}
