#!/usr/bin/env bash
# Looks at this server as someone would who wants in (BAK-04): a line for each thing, exit status 1 if one is bad. As root.
# shellcheck disable=SC2329 # `expect` calls them
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=infra/scripts/settings.sh
. infra/scripts/settings.sh

if (($#)); then
    sed -n '2p' "${BASH_SOURCE[0]}"
    exit 2
fi
PROJECT=${COMPOSE_PROJECT_NAME:-buhbot}
OPEN=' 22 80 443 '
bad=0

expect() { # WHAT HINT COMMAND…
    local what=$1 hint=$2
    shift 2
    if "$@" >/dev/null 2>&1; then
        echo "ok   $what"
    else
        echo "BAD  $what — $hint"
        bad=1
    fi
}

env_is_private() { [[ $(stat --format %a "$ENV_FILE") == 600 ]]; }
no_passwords() { sshd -T | grep -qx 'passwordauthentication no' && sshd -T | grep -qx 'kbdinteractiveauthentication no'; }
no_root_by_password() { sshd -T | grep -qxE 'permitrootlogin (no|without-password|prohibit-password)'; }
firewall_is_on() { ufw status | grep -qx 'Status: active'; }
updates_come() { grep -q 'Unattended-Upgrade "1"' /etc/apt/apt.conf.d/20auto-upgrades; }
no_update_waits() { ! apt-get --simulate --quiet upgrade | grep -q '^Inst.*-security'; }
clock_is_right() { [[ $(timedatectl show --property NTPSynchronized --value) == yes ]]; }
nobody_else_is_root() { [[ $(awk -F: '$3 == 0 {print $1}' /etc/passwd) == root ]]; }
disk_has_room() { df --output=pcent / | tail -n 1 | tr -dc 0-9 | awk '{exit $1 >= 85}'; }
timers_run() { systemctl is-active --quiet buhbot-backup.timer buhbot-weekly.timer; }

only_known_ports() { # what listens for everyone
    local address
    while read -r address; do
        case $address in 127.* | '[::1]'* | '[::ffff:127.'*) continue ;; esac
        [[ $OPEN == *" ${address##*:} "* ]] || return 1
    done < <(ss --listening --tcp --numeric --no-header | awk '{print $4}')
}

containers() { docker ps --quiet --filter "label=com.docker.compose.project=$PROJECT"; }

look_into_containers() { # FORMAT PATTERN: each container must match
    local ids line
    mapfile -t ids < <(containers)
    ((${#ids[@]})) || return 1
    while read -r line; do [[ $line =~ $2 ]] || return 1; done < <(docker inspect --format "$1" "${ids[@]}")
}

only_nginx_publishes() {
    ! docker ps --filter "label=com.docker.compose.project=$PROJECT" --format '{{.Names}} {{.Ports}}' |
        grep -v -- '-nginx-' | grep -qE '(0\.0\.0\.0|\[?::\]?):[0-9]+->'
}

certificate_lasts() { # three weeks more
    local url host port
    url=$(setting PUBLIC_URL)
    host=${url#*://}
    host=${host%%[:/]*}
    port=$(setting HTTPS_PORT)
    openssl s_client -connect "127.0.0.1:${port:-443}" -servername "$host" </dev/null 2>/dev/null |
        openssl x509 -noout -checkend $((21 * 86400))
}

expect ".env is read by its owner only" "chmod 600 .env" env_is_private
expect "SSH takes keys only" "infra/scripts/bootstrap.sh" no_passwords
expect "SSH lets root in by key at most" "infra/scripts/bootstrap.sh" no_root_by_password
expect "the firewall is on" "ufw enable" firewall_is_on
expect "only 22, 80, 443 listen for everyone" "ss -ltnp shows who else" only_known_ports
expect "fail2ban runs" "systemctl start fail2ban" systemctl is-active --quiet fail2ban
expect "security updates come by themselves" "infra/scripts/bootstrap.sh" updates_come
expect "no security update waits" "apt-get upgrade" no_update_waits
expect "the clock is right" "timedatectl set-ntp true" clock_is_right
expect "nobody but root is root" "see /etc/passwd" nobody_else_is_root
expect "the disk has room" "docker system prune; see du -xh / | sort -h" disk_has_room
expect "the backups have their timers" "infra/scripts/bootstrap.sh" timers_run
expect "only nginx is published by Docker" "compare compose.yaml with git" only_nginx_publishes
expect "no container is root" "compare compose.yaml with git" look_into_containers '{{.Config.User}}' '^[1-9]'
expect "containers cannot write to themselves" "compare compose.yaml with git" look_into_containers '{{.HostConfig.ReadonlyRootfs}}' '^true$'
expect "containers have no capabilities" "compare compose.yaml with git" look_into_containers '{{.HostConfig.CapDrop}} {{.HostConfig.Privileged}}' '^\[ALL\] false$'
expect "the certificate is good for 3 weeks" "docker compose exec certbot sh /usr/local/bin/certificate renew" certificate_lasts
exit "$bad"
