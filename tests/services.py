"""What tests do where a service of the machine is absent: skip with the reason, or fail where none may be."""

import os
from typing import NoReturn

import pytest

REQUIRED = "QINGDAN_REQUIRE_SERVICES"
"""With this variable set to 1, as in continuous integration, nothing is skipped."""


def missing(reason: str) -> NoReturn:
    """End the test: skipped with `reason`, or failed by it where every service is required."""
    if os.environ.get(REQUIRED) == "1":
        pytest.fail(f"{REQUIRED}=1, but {reason}")
    pytest.skip(reason)
