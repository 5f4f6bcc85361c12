#!/bin/sh
# Whether nginx answers on its plain port (which asks nobody else); wget in Alpine's image, curl elsewhere.
address="http://127.0.0.1:${HTTP_LISTEN:-8080}/nginx-health"
if command -v curl >/dev/null; then
    exec curl -fsS -o /dev/null --max-time 4 "$address"
fi
exec wget -q -O /dev/null -T 4 "$address"
