# Production image. The build stage does what `make setup` does; the last one has no installer left.
FROM python:3.11-slim-bookworm AS build
WORKDIR /app
COPY requirements.txt requirements-tools.txt requirements-node.txt package.json package-lock.json .npmrc ./
COPY expansion/__init__.py expansion/machine.py expansion/
COPY expansion/launch expansion/launch
RUN python3 -m expansion.launch.bootstrap setup \
 && .venv/bin/python -m uv pip sync --python .venv/bin/python --require-hashes requirements.txt
COPY locale locale
RUN .venv/bin/python -m expansion.launch.catalogues

FROM python:3.11-slim-bookworm
RUN apt-get update \
 && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /data expansion \
 && install -d -o expansion /data
WORKDIR /app
COPY --from=build /app/.venv .venv
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/locale locale
COPY manage.py pyproject.toml ./
COPY templates templates
COPY static static
COPY expansion expansion
COPY crm crm
COPY research research
COPY partnerships partnerships
COPY training training
COPY appraisal appraisal
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    EXPANSION_MODE=production \
    VAR_DIR=/data \
    BIND=0.0.0.0:8000
USER expansion
VOLUME /data
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "--config", "python:expansion.launch.web", "expansion.wsgi"]
