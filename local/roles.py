"""The credentials with which a function runs: a session of the role that the template gives it."""

from __future__ import annotations

from typing import Any

SESSION_SECONDS = 43_200
"""As long as a role's sessions may last; a sandbox lives no longer."""


def session_of(sts: Any, role_arn: str, function_name: str) -> dict[str, str]:
    """Returns the variables of a new session, as Lambda gives them to a function."""
    made = sts.assume_role(
        RoleArn=role_arn, RoleSessionName=function_name[:64], DurationSeconds=SESSION_SECONDS
    )["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": made["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": made["SecretAccessKey"],
        "AWS_SESSION_TOKEN": made["SessionToken"],
    }
