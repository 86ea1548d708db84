# Built with uv from the lock; run without it, by a user who may write to /data only.

FROM python:3.13-slim AS build
RUN pip install --no-cache-dir uv==0.13.9
ENV UV_PROJECT_ENVIRONMENT=/opt/samkod \
    UV_PYTHON_DOWNLOADS=never \
    UV_COMPILE_BYTECODE=1 \
    UV_LINK_MODE=copy
WORKDIR /src
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev --no-cache --no-install-project
COPY README.md LICENSE ./
COPY app app
COPY migrations migrations
RUN uv sync --frozen --no-dev --no-cache --no-editable

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin samkod \
    && install --directory --owner=samkod --mode=0750 /data
COPY --from=build /opt/samkod /opt/samkod
ENV PATH=/opt/samkod/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PORT=8000 \
    SAMKOD_HOST=0.0.0.0 \
    SAMKOD_DATA_DIR=/data \
    DATABASE_URL=sqlite:////data/samkod.db
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/livez', timeout=2)"]
CMD ["samkod", "serve"]
