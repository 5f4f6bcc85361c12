#!/usr/bin/env bash
# A bare Ubuntu 22.04 or 24.04 becomes a server for BuhBot (BAK-04). As root; run it again at will: it changes what differs.
#
#   infra/scripts/bootstrap.sh 'ssh-ed25519 AAAA… name'    makes the user `buhbot`, who signs in with this key
#   infra/scripts/bootstrap.sh                             the key is there already
#
# Packages, Docker, user, SSH by keys only, firewall (22, 80, 443), fail2ban, security updates, swap, timers.
# ROOT names another root folder, for tests; SWAP_SIZE is 2G, or 0 for none.
set -euo pipefail

HERE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
ROOT=${ROOT:-}
LOGIN=buhbot
HOME_FOLDER=/home/$LOGIN
PRODUCT=/opt/buhbot
SWAP_SIZE=${SWAP_SIZE:-2G}
PACKAGES=(
    age ca-certificates curl docker-buildx docker-compose-v2 docker.io fail2ban openssh-server rsync tzdata
    ufw unattended-upgrades
)

say() { echo "== $*"; }

refuse() {
    echo "$*" >&2
    exit 1
}

write() { # FILE [MODE]: what comes on standard input; succeeds when that is news
    local file=$ROOT$1 next
    mkdir -p "$(dirname "$file")"
    next=$(mktemp "$file.XXXXXX")
    cat >"$next"
    chmod "${2:-644}" "$next"
    if cmp --silent "$next" "$file"; then
        rm "$next"
        return 1
    fi
    mv "$next" "$file"
}

check_system() {
    [[ $(id -u) -eq 0 ]] || refuse "Run it as root: sudo $0"
    # shellcheck source=/dev/null
    . "$ROOT/etc/os-release"
    [[ "$ID $VERSION_ID" =~ ^ubuntu\ (22|24)\.04$ ]] || refuse "This is $ID $VERSION_ID; it is made for Ubuntu 22.04 and 24.04."
}

install_packages() {
    say "Packages and Docker"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -qq --no-install-recommends "${PACKAGES[@]}"
    write /etc/docker/daemon.json <<'JSON' && systemctl restart docker
{"log-driver": "json-file", "log-opts": {"max-size": "10m", "max-file": "5"}, "live-restore": true}
JSON
    systemctl enable --now docker
    local api
    api=$(docker version --format '{{.Server.APIVersion}}')
    printf '1.44\n%s\n' "$api" | sort --version-sort --check=quiet || refuse "Docker is too old (API $api, needs 1.44): apt-get upgrade"
}

make_user() { # [KEY]
    say "User $LOGIN"
    id "$LOGIN" >/dev/null 2>&1 || useradd --create-home --shell /bin/bash "$LOGIN"
    usermod --append --groups docker "$LOGIN" # who may use Docker is as mighty as root: one key, kept well
    install -d -m 700 "$ROOT$HOME_FOLDER/.ssh"
    local keys=$ROOT$HOME_FOLDER/.ssh/authorized_keys
    touch "$keys"
    if [[ -n ${1:-} ]]; then
        [[ $1 =~ ^(ssh-ed25519|ecdsa-sha2-|sk-ssh-|ssh-rsa)[^[:space:]]*\ [A-Za-z0-9+/=]{40,} ]] || refuse "That is no public key of SSH."
        grep --quiet --line-regexp --fixed-strings -- "$1" "$keys" || echo "$1" >>"$keys"
    fi
    chmod 600 "$keys"
    install -d -m 750 "$ROOT$PRODUCT"
    chown -R "$LOGIN:$LOGIN" "$ROOT$HOME_FOLDER/.ssh" "$ROOT$PRODUCT"
}

close_passwords() {
    say "SSH by keys only"
    # Whoever has no key would be locked out.
    [[ -s $ROOT$HOME_FOLDER/.ssh/authorized_keys ]] || refuse "Name a public key first: $0 'ssh-ed25519 AAAA… name'"
    write /etc/ssh/sshd_config.d/10-buhbot.conf <<'CONF' || return 0
# The first word counts, so this comes before what a provider puts into 50-cloud-init.conf.
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
X11Forwarding no
MaxAuthTries 4
CONF
    sshd -t || { rm "$ROOT/etc/ssh/sshd_config.d/10-buhbot.conf"; refuse "sshd does not understand its settings: nothing changed."; }
    systemctl reload ssh
}

close_ports() {
    say "Firewall: 22, 80, 443"
    ufw --force default deny incoming
    ufw --force default allow outgoing
    local port
    for port in 22 80 443; do ufw allow "$port/tcp"; done # before it is on, or this session ends
    ufw --force enable
}

ban_guessers() {
    say "fail2ban"
    write /etc/fail2ban/jail.d/buhbot.conf <<'CONF' && systemctl restart fail2ban
[sshd]
enabled = true
backend = systemd
maxretry = 5
findtime = 10m
bantime = 1h
CONF
    systemctl enable --now fail2ban
}

update_by_itself() {
    say "Security updates"
    write /etc/apt/apt.conf.d/20auto-upgrades <<'CONF' || true
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
CONF
    write /etc/apt/apt.conf.d/52buhbot <<'CONF' || true
Unattended-Upgrade::Automatic-Reboot "true";
Unattended-Upgrade::Automatic-Reboot-Time "04:00";
Unattended-Upgrade::Remove-Unused-Dependencies "true";
CONF
    systemctl enable --now unattended-upgrades
}

add_swap() {
    local file=$ROOT/swapfile
    if [[ $SWAP_SIZE == 0 || -e $file ]] || [[ -n $(swapon --show --noheadings) ]]; then return; fi
    say "Swap of $SWAP_SIZE"
    (umask 077 && fallocate --length "$SWAP_SIZE" "$file")
    mkswap --quiet "$file"
    swapon "$file"
    grep --quiet '^/swapfile ' "$ROOT/etc/fstab" || echo '/swapfile none swap sw 0 0' >>"$ROOT/etc/fstab"
    write /etc/sysctl.d/60-buhbot.conf <<<"vm.swappiness = 10" && sysctl --quiet --load "$ROOT/etc/sysctl.d/60-buhbot.conf"
}

firm_zone() { # of .env, where it is there already
    local zone=''
    if [[ -r $ROOT$PRODUCT/.env ]]; then zone=$(sed -n 's/^FIRM_TIME_ZONE=//p' "$ROOT$PRODUCT/.env" | tr -d "\"'"); fi
    zone=${zone:-Europe/Moscow}
    [[ $zone =~ ^[A-Za-z0-9_+/-]+$ && -e /usr/share/zoneinfo/$zone ]] || refuse "FIRM_TIME_ZONE in .env is no time zone: $zone"
    echo "$zone"
}

set_timers() {
    say "Timers"
    local unit zone
    zone=$(firm_zone)
    for unit in "$HERE"/../systemd/*; do
        sed "s|Europe/Moscow|$zone|" "$unit" | write "/etc/systemd/system/${unit##*/}" || true
    done
    systemctl daemon-reload
    systemctl enable --now buhbot-backup.timer buhbot-weekly.timer
}

if [[ ${1:-} == -* ]]; then
    sed -n '2,8p' "$0"
    exit 2
fi
check_system
install_packages
make_user "${1:-}"
close_passwords
close_ports
ban_guessers
update_by_itself
add_swap
set_timers
say "Done. Sign in as $LOGIN in another window before you close this one."
