"""Variables of the environment that are not ours: the Lambda runtime's, and those that say how AWS is reached."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class LambdaEnvironment:
    """What the Lambda runtime says about the function that this process serves; empty strings elsewhere."""

    __slots__ = (
        "function_name",
        "function_version",
        "init_type",
        "log_group_name",
        "log_stream_name",
        "memory_mb",
        "region",
        "runtime",
        "task_root",
    )

    def __init__(self, env: Mapping[str, str]) -> None:
        self.function_name = env.get("AWS_LAMBDA_FUNCTION_NAME", "")
        self.function_version = env.get("AWS_LAMBDA_FUNCTION_VERSION", "")
        self.memory_mb = int(env.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE") or 0)
        self.region = env.get("AWS_REGION", "")
        self.log_group_name = env.get("AWS_LAMBDA_LOG_GROUP_NAME", "")
        self.log_stream_name = env.get("AWS_LAMBDA_LOG_STREAM_NAME", "")
        self.init_type = env.get("AWS_LAMBDA_INITIALIZATION_TYPE", "")
        self.runtime = env.get("AWS_EXECUTION_ENV", "")
        self.task_root = env.get("LAMBDA_TASK_ROOT", "")


def lambda_environment() -> LambdaEnvironment:
    """Returns the runtime's own variables, read anew: SnapStart changes some of them on restore."""
    return LambdaEnvironment(os.environ)


def aws_variables() -> dict[str, str]:
    """Returns all variables, read anew, for who reaches AWS: credentials, region, endpoints, proxies."""
    return dict(os.environ)


class Hidden:
    """Takes a variable away for the length of a block."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._value: str | None = None

    def __enter__(self) -> None:
        self._value = os.environ.pop(self._name, None)

    def __exit__(self, *raised: object) -> None:
        if self._value is not None:
            os.environ[self._name] = self._value
