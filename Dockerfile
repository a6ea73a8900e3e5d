# One image for web, workers, beat and relay. Non-root; nothing in it is written at run time but /data.
ARG PYTHON_IMAGE=python:3.11.14-slim-bookworm
FROM ${PYTHON_IMAGE} AS build
WORKDIR /app
RUN python -m venv /venv
COPY requirements.txt .
RUN /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.txt
ARG NPM_REGISTRY=
COPY package-lock.json .
COPY config/packages.py config/
RUN python config/packages.py

FROM ${PYTHON_IMAGE}
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DATA_DIR=/data STATIC_ROOT=/static STATIC_MANIFEST=1 HOST=0.0.0.0
RUN useradd --create-home --uid 10001 app \
    && install -d -o app -g app /data /data/private /data/watch /static
WORKDIR /app
COPY --from=build /venv /venv
COPY . .
COPY --from=build /app/var/packages /app/var/packages
USER app
RUN python manage.py collectstatic --noinput --verbosity 0
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=6 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["python", "manage.py", "serve"]
