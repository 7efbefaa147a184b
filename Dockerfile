# The image of mlgate: Python, the wheel with its policies, and OPA. No shell, no package manager, no root.
#
#   make image                        for this machine, from the tags below
#   make image ARGS="--release ..."   what is published: refused unless every base is given by digest
#
# The three bases are tags, and a tag moves. No digest stands here, because one that nobody has looked up in the
# registry would be an invention: who publishes looks them up and passes them (docs/install.md, "The image").
# Everything else is pinned: packages by hash in requirements/*.txt, OPA and its modules by tools/opa/go.sum.
ARG GO_IMAGE=docker.io/library/golang:1.27.3-trixie
ARG BUILD_IMAGE=docker.io/library/python:3.13-slim-trixie
# Debian's Python of the same minor version as in BUILD_IMAGE: the packages hold code compiled for it.
ARG RUNTIME_IMAGE=gcr.io/distroless/python3-debian13:nonroot


# OPA, as tools/build.py builds it. Go compiles for the other platform by itself, so this needs no emulation.
FROM --platform=$BUILDPLATFORM ${GO_IMAGE} AS opa
ARG TARGETOS
ARG TARGETARCH
ENV CGO_ENABLED=0 GOTOOLCHAIN=local GOWORK=off GOFLAGS=-mod=readonly
WORKDIR /src/opa
COPY tools/opa/go.mod tools/opa/go.sum ./
RUN GOOS=${TARGETOS} GOARCH=${TARGETARCH} go build -trimpath -buildvcs=false -ldflags "-s -w" -o /out/opa github.com/open-policy-agent/opa


# The packages by hash, then mlgate's own wheel over them.
FROM ${BUILD_IMAGE} AS packages
ARG SOURCE_DATE_EPOCH=0
ENV SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH} PYTHONHASHSEED=0 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src/mlgate
COPY requirements/build.txt requirements/runtime.txt requirements/
RUN python -m pip install --require-hashes --only-binary :all: -r requirements/build.txt
RUN python -m pip install --require-hashes --only-binary :all: --no-compile --target /opt/mlgate/lib -r requirements/runtime.txt
# Programs of the packages, and a second client of Kubernetes as large as all the rest: mlgate uses neither.
RUN rm -rf /opt/mlgate/lib/bin /opt/mlgate/lib/kubernetes/aio
COPY pyproject.toml README.md LICENSE ./
COPY src src
COPY policies policies
COPY charts/mlgate/files/crds charts/mlgate/files/crds
COPY charts/mlgate/files/guards charts/mlgate/files/guards
RUN python -m hatchling build -t wheel -d /out
RUN python -m pip install --no-index --no-deps --no-compile --target /opt/mlgate/lib /out/mlgate-*.whl
# The interpreter of the last stage lies elsewhere than the one that runs here.
RUN mv /opt/mlgate/lib/bin /opt/mlgate/bin && sed -i '1c #!/usr/bin/python3' /opt/mlgate/bin/mlgate
# Nothing can be compiled beside the sources of a read-only root, and a hash is the same in every build.
RUN python -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/mlgate/lib


FROM ${RUNTIME_IMAGE}
ARG RUNTIME_IMAGE
ARG VERSION=unreleased
ARG REVISION=unknown
ARG SOURCE=unknown
LABEL org.opencontainers.image.title="mlgate" \
      org.opencontainers.image.description="Policy-as-code admission gate for machine-learning deployments on Kubernetes" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.base.name="${RUNTIME_IMAGE}"
COPY --from=opa /out/opa /opt/mlgate/bin/opa
COPY --from=packages /opt/mlgate /opt/mlgate
# Only /tmp is written: an emptyDir where the root is read-only.
ENV PATH=/opt/mlgate/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONPATH=/opt/mlgate/lib \
    PYTHONSAFEPATH=1 \
    PYTHONNOUSERSITE=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    XDG_CACHE_HOME=/tmp/cache
USER 65532:65532
EXPOSE 8443
ENTRYPOINT ["/opt/mlgate/bin/mlgate"]
CMD ["serve"]
