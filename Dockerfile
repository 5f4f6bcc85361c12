# One image for web, bot, worker, beat, migrate and backup: compose.yaml says which it is (RUN-04, SEC-13).

FROM python:3.13-slim-trixie AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build
COPY requirements.txt .
# Wheels only, each with the hash that was pinned: nothing is compiled, nothing of a package runs here.
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --quiet --require-hashes --only-binary :all: --requirement requirements.txt \
    && /opt/venv/bin/pip uninstall --quiet --yes pip

FROM python:3.13-slim-trixie AS product
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY --from=packages /opt/venv /opt/venv
COPY . .
# VERSION is for the label; the version itself stands in pyproject.toml, and another one ends the build.
ARG VERSION=
RUN python infra/image/version.py "$VERSION" \
    && python manage.py collectstatic --no-input --verbosity 0 \
    && python -m compileall -q .

FROM python:3.13-slim-trixie
# pg_dump as new as the server, and age, for the backup. Not pinned: a rebuild takes Debian's security updates.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends age postgresql-client-17 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin buhbot \
    && install --directory --owner buhbot --group buhbot --mode 700 /var/lib/buhbot /var/lib/buhbot/files /var/lib/buhbot/backups
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    WEB_BIND=0.0.0.0:8000 FILES_FOLDER=/var/lib/buhbot/files
WORKDIR /app
COPY --from=packages /opt/venv /opt/venv
COPY --from=product /app /app
ARG VERSION=
LABEL org.opencontainers.image.title=buhbot org.opencontainers.image.version=$VERSION
USER 10001:10001
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --start-interval=1s --retries=3 \
    CMD ["python", "infra/image/healthy.py", "http://127.0.0.1:8000/health/live"]
CMD ["gunicorn", "config.wsgi", "-c", "config/gunicorn.py"]
