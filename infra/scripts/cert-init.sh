#!/usr/bin/env bash
# Get the first certificate for PUBLIC_URL, once `docker compose up -d` runs and its name leads here. Run it again at will.
#
#   infra/scripts/cert-init.sh              from Let's Encrypt
#   infra/scripts/cert-init.sh --staging    a try that does not count against Let's Encrypt's limits
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if [[ ${1:-} == --help ]]; then
    sed -n '2,5p' "${BASH_SOURCE[0]}"
    exit 0
fi
if ! docker compose ps --status running --services | grep -qx nginx; then
    echo "nginx does not run, so the authority could not reach this server: docker compose up -d" >&2
    exit 1
fi
docker compose exec certbot sh /usr/local/bin/certificate issue "$@"
echo "Done. nginx takes the new certificate within a minute."
