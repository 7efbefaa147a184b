"""What the gate is asked."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from mlgate.domain.request import GroupVersionKind, Request


def test_the_version_of_an_api_is_written_as_in_a_manifest() -> None:
    assert GroupVersionKind(group="apps", version="v1", kind="Deployment").api_version == "apps/v1"
    assert GroupVersionKind(group="", version="v1", kind="Pod").api_version == "v1"


@pytest.mark.parametrize("operation", ["PATCH", "create", "", None])
def test_an_operation_the_api_server_does_not_know_is_refused(operation: object) -> None:
    with pytest.raises(ValidationError):
        Request.model_validate(
            {
                "origin": "admission", "uid": "u", "operation": operation, "dry_run": False,
                "kind": {"group": "", "version": "v1", "kind": "Pod"}, "namespace": None, "name": None,
                "sub_resource": None, "user_info": None, "object": {}, "old_object": None,
            }
        )  # fmt: skip
