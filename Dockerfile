# The image of 9rum: one process that serves the graph, the console and the explorer page.
#   docker build -t 9rum . && docker run -p 127.0.0.1:8080:8080 -v 9rum-data:/data 9rum
# Another Python base is given by --build-arg BASE=...; both stages use it, so that the environment fits.
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS build
SHELL ["/bin/sh", "-eu", "-c"]
WORKDIR /build
COPY requirements/run.txt requirements/web.txt requirements/
# The tools' pip fills the other environment, so that the image itself carries no pip.
RUN python3 -m venv /tools \
 && /tools/bin/pip install --no-cache-dir --require-hashes -r requirements/web.txt \
 && python3 -m venv --without-pip /opt/9rum \
 && /tools/bin/pip --python /opt/9rum/bin/python install --no-cache-dir --require-hashes -r requirements/run.txt
COPY gateway/__init__.py gateway/
COPY gateway/web/ gateway/web/
COPY gateway/explorer/ gateway/explorer/
COPY gateway/console/ gateway/console/
RUN export GURUM_CACHE=/tmp/cache \
 && /tools/bin/python -m gateway.explorer.build --copy /pages/explorer \
 && /tools/bin/python -m gateway.console.build --copy /pages/console
COPY . /app
RUN cp -r /pages/explorer /app/gateway/explorer/dist \
 && cp -r /pages/console /app/gateway/console/dist \
 && rm -rf /app/requirements \
 && /opt/9rum/bin/python -m compileall -q /app

FROM ${BASE}
# A fixed number, so that a cluster can see that it is not root without looking into the image.
RUN groupadd --gid 10001 gurum \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin gurum \
 && install -d -o 10001 -g 10001 -m 0700 /data
COPY --from=build /opt/9rum /opt/9rum
COPY --from=build /app /app
ENV PATH=/opt/9rum/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    GURUM_HTTP__HOST=0.0.0.0 \
    GURUM_HTTP__PORT=8080 \
    GURUM_STORE__FOLDER=/data
WORKDIR /app
USER 10001:10001
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-I", "-c", "import os, urllib.request as web; web.urlopen(f'http://127.0.0.1:{os.environ[\"GURUM_HTTP__PORT\"]}/healthz', timeout=4).close()"]
ENTRYPOINT ["python", "-m", "gateway"]
CMD ["serve"]
