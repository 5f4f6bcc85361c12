# bootstrap.sh in a root folder of its own; what would change this machine is only noted (BAK-04).
load stubs

KEY="ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1zQy0vT0pXb0rL5mJv8h1d3s6Qe7uY2kPz9wXcVbNm operator"

setup() {
    copy_product
    make_stubs apt-get systemctl ufw useradd usermod chown docker sshd fallocate mkswap swapon sysctl id
    export ROOT="$BATS_TEST_TMPDIR/root"
    mkdir -p "$ROOT/etc" "$ROOT/opt/buhbot"
    printf 'ID=ubuntu\nVERSION_ID="24.04"\n' >"$ROOT/etc/os-release"
    touch "$ROOT/etc/fstab"
    echo 0 >"$BIN/id.says"
    echo 1.47 >"$BIN/docker.says"
}

bootstrap() { run bash infra/scripts/bootstrap.sh "$@"; }

@test "BAK-04 a bare Ubuntu becomes a server" {
    bootstrap "$KEY"
    [ "$status" -eq 0 ]
    grep -qxF "$KEY" "$ROOT/home/buhbot/.ssh/authorized_keys"
    [ "$(stat -c %a "$ROOT/home/buhbot/.ssh/authorized_keys")" = 600 ]
    grep -qx 'PasswordAuthentication no' "$ROOT/etc/ssh/sshd_config.d/10-buhbot.conf"
    grep -q 'Unattended-Upgrade "1"' "$ROOT/etc/apt/apt.conf.d/20auto-upgrades"
    grep -qx 'enabled = true' "$ROOT/etc/fail2ban/jail.d/buhbot.conf"
    grep -qx '/swapfile none swap sw 0 0' "$ROOT/etc/fstab"
    called "systemctl enable --now buhbot-backup.timer buhbot-weekly.timer"
}

@test "BAK-04 the firewall lets SSH in before it is on" {
    bootstrap "$KEY"
    called "ufw allow 80/tcp"
    called "ufw allow 443/tcp"
    [ "$(line_of 'ufw allow 22/tcp')" -lt "$(line_of 'ufw --force enable')" ]
}

@test "BAK-04 a second run changes no file" {
    bootstrap "$KEY"
    touch "$ROOT/swapfile"
    (cd "$ROOT" && find . -type f -exec sha256sum {} + | sort) >"$BATS_TEST_TMPDIR/first"
    : >"$CALLS"
    bootstrap "$KEY"
    [ "$status" -eq 0 ]
    (cd "$ROOT" && find . -type f -exec sha256sum {} + | sort) >"$BATS_TEST_TMPDIR/second"
    cmp "$BATS_TEST_TMPDIR/first" "$BATS_TEST_TMPDIR/second"
    never "grep -E 'systemctl (restart|reload)' \"\$CALLS\""
}

@test "BAK-04 nobody is locked out: no key, no change of SSH" {
    bootstrap
    [ "$status" -eq 1 ]
    [[ "$output" == *"Name a public key first"* ]]
    [ ! -e "$ROOT/etc/ssh/sshd_config.d/10-buhbot.conf" ]
    never grep -q '^ufw' "$CALLS"
}

@test "BAK-04 settings that sshd refuses are taken back" {
    printf '#!/bin/sh\nexit 1\n' >"$BIN/sshd"
    bootstrap "$KEY"
    [ "$status" -eq 1 ]
    [ ! -e "$ROOT/etc/ssh/sshd_config.d/10-buhbot.conf" ]
    never called "systemctl reload ssh"
}

@test "BAK-01 the backup comes at 03:30 of the firm's time zone" {
    echo 'FIRM_TIME_ZONE=Asia/Yekaterinburg' >"$ROOT/opt/buhbot/.env"
    bootstrap "$KEY"
    grep -qx 'OnCalendar=\*-\*-\* 03:30:00 Asia/Yekaterinburg' "$ROOT/etc/systemd/system/buhbot-backup.timer"
}

@test "RUN-03 what is wrong is said" {
    bootstrap "my key"
    [[ "$status" -eq 1 && "$output" == *"no public key of SSH"* ]]
    echo 1.43 >"$BIN/docker.says"
    bootstrap "$KEY"
    [[ "$status" -eq 1 && "$output" == *"Docker is too old"* ]]
    printf 'ID=debian\nVERSION_ID="12"\n' >"$ROOT/etc/os-release"
    bootstrap "$KEY"
    [[ "$status" -eq 1 && "$output" == *"made for Ubuntu"* ]]
    bootstrap --help
    [ "$status" -eq 2 ]
}
