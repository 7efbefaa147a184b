"""Tells mlgate's Kubernetes client where the account's files are; a container has them at a fixed place."""

from __future__ import annotations

import os
import sys

if sys.orig_argv[1:2] and sys.orig_argv[1].endswith("/mlgate"):
    from kubernetes.config import incluster_config

    _FOLDER = os.environ["MAPPED_ACCOUNT"]
    incluster_config.SERVICE_TOKEN_FILENAME = f"{_FOLDER}/token"
    incluster_config.SERVICE_CERT_FILENAME = f"{_FOLDER}/ca.crt"
