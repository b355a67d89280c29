# The app as a hosted server. PyTorch's CPU build needs the address of its index, which its page on installing names:
# docker build --build-arg PIP_EXTRA_INDEX_URL=ADDRESS -t llmviz .
ARG PYTHON=3.11
FROM python:${PYTHON}-slim AS made
ARG PIP_EXTRA_INDEX_URL=""
ENV PIP_EXTRA_INDEX_URL=${PIP_EXTRA_INDEX_URL} PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /app
COPY . .
# What built packages is not needed again; the app's own modules are compiled here, for whoever runs them may not write beside them.
RUN python3 start.py install \
    && .venv/bin/python -m compileall -q llmviz pages app.py \
    && .venv/bin/python -m pip uninstall -q -y setuptools-scm vcs-versioning pip

FROM python:${PYTHON}-slim
RUN useradd --uid 1000 --create-home llmviz && install -d -o llmviz -g llmviz /data
COPY --from=made /app /app
WORKDIR /app
ENV LLMVIZ_HOSTED=1 LLMVIZ_HOME=/data PORT=8501
USER 1000
VOLUME /data
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD .venv/bin/python -c "import os, urllib.request as web; web.urlopen('http://localhost:' + os.environ['PORT'] + '/_stcore/health', timeout=4)"
CMD exec .venv/bin/python -m llmviz.ui.serve app.py --server.address 0.0.0.0 --server.port "$PORT"
