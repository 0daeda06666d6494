"""Which stack a deployment is about, and what is to be done when AWS does not do what is asked of it.

The stack is the one that `sam deploy` with the same arguments would change: SAM itself reads the arguments and the
configuration file (`tools.sam_options`). The region is, in this order: `--region`, AWS_REGION, AWS_DEFAULT_REGION, the
profile's. All that AWS or the network refuse is raised as DeploymentError, whose message is a sentence for the user.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
SAM_PYTHON: Final = ROOT / ".venv-sam" / "bin" / "python"
CONNECT_SECONDS: Final = 5
ATTEMPTS: Final = 2
NO_REGION: Final = (
    "No AWS region is configured: set AWS_REGION, run `aws configure set region REGION`, or give "
    'DEPLOY_ARGS="--region REGION".'
)
NO_CREDENTIALS: Final = (
    "No AWS credentials were found: run `aws configure`, sign in with `aws sso login`, or name a profile that has "
    "some in AWS_PROFILE."
)
SIGN_IN_AGAIN: Final = (
    "The AWS credentials are not valid any more ({reason}): sign in again, for example with "
    "`aws sso login`."
)
NOT_ACCEPTED: Final = (
    "AWS does not accept the credentials ({reason}): see which ones are used with "
    "`aws configure list`."
)
NOT_ALLOWED: Final = "{doing} is not allowed: {reason}"
NOT_REACHED: Final = (
    "{doing} was not possible, since AWS cannot be reached: {reason} Check the network and the "
    "region's name."
)
EXPIRED: Final = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
INVALID: Final = frozenset(
    {
        "AuthFailure",
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "InvalidToken",
        "OptInRequired",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
DENIED: Final = frozenset({"403", "AccessDenied", "AccessDeniedException", "AuthorizationError"})


class DeploymentError(Exception):
    """The deployment cannot go on; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Target:
    """The stack that `sam deploy` changes with certain arguments. None: neither they nor the file say so.

    With `is_guided` SAM asks for the stack's name; with `is_dry` it makes a change set and changes nothing.
    """

    stack_name: str
    region: str | None = None
    profile: str | None = None
    is_guided: bool = False
    is_dry: bool = False
    architecture: str | None = None


ReadTarget = Callable[[Sequence[str]], Target]


def sam_target(arguments: Sequence[str]) -> Target:
    """Returns what SAM makes of the arguments of `sam deploy`. Raises DeploymentError with SAM's own words."""
    command = [str(SAM_PYTHON), str(ROOT / "tools" / "sam_options.py"), *arguments]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    except OSError as error:
        raise DeploymentError(
            f"SAM is not installed in {SAM_PYTHON.parents[1]} ({error.strerror}): run `make build` first."
        ) from error
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines() or ["no reason"]
        raise DeploymentError(f"`sam deploy` would refuse these arguments: {said[-1]}")
    options = json.loads(done.stdout.splitlines()[-1])
    return Target(
        options["stack_name"],
        options["region"],
        options["profile"],
        bool(options["guided"]),
        bool(options["no_execute_changeset"]),
        options["architecture"],
    )


def session_of(target: Target, environment: Mapping[str, str]) -> Any:
    """Returns a boto3 session for the target's profile and region."""
    import boto3

    with translate_errors("Reading the AWS configuration"):
        region = target.region or environment.get("AWS_REGION")
        session = boto3.Session(region_name=region or None, profile_name=target.profile)
        if not session.region_name:
            raise DeploymentError(NO_REGION)
        return session


def client_of(session: Any, service: str) -> Any:
    """Returns a client that gives up after seconds, not after minutes."""
    from botocore.config import Config

    config = Config(
        connect_timeout=CONNECT_SECONDS,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
    )
    with translate_errors(f"Reaching {service} in {session.region_name}"):
        return session.client(service, config=config)


def caller_of(session: Any) -> str:
    """Returns the ARN that the credentials belong to. It needs no permission, and shows that AWS accepts them."""
    with translate_errors("Asking AWS whose credentials these are"):
        if session.get_credentials() is None:
            raise DeploymentError(NO_CREDENTIALS)
        return str(client_of(session, "sts").get_caller_identity()["Arn"])


def stack_of(session: Any, stack_name: str, doing: str) -> Any:
    """Returns what CloudFormation tells of a stack, None where there is none. Raises DeploymentError."""
    client = client_of(session, "cloudformation")
    with translate_errors(doing):
        try:
            return client.describe_stacks(StackName=stack_name)["Stacks"][0]
        except client.exceptions.ClientError as error:
            if "does not exist" not in error.response["Error"]["Message"]:
                raise
            return None


@contextmanager
def translate_errors(doing: str) -> Iterator[None]:
    """Raises DeploymentError for what AWS, its configuration or the network refuse; `doing` begins its sentence."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        raise DeploymentError(_refusal(doing, error.response.get("Error", {}))) from error
    except (BotoCoreError, OSError) as error:
        raise DeploymentError(_failure(doing, error)) from error


def _refusal(doing: str, error: Any) -> str:
    code, message = error.get("Code", "no code"), one_sentence(error.get("Message", ""))
    reason = f"{code}: {message}" if message else f"{code}."
    if code in EXPIRED:
        return SIGN_IN_AGAIN.format(reason=code)
    if code in INVALID:
        return NOT_ACCEPTED.format(reason=code)
    if code in DENIED:
        return NOT_ALLOWED.format(doing=doing, reason=reason)
    return f"{doing} has failed: {reason}"


def _failure(doing: str, error: Exception) -> str:
    from botocore import exceptions

    reason = one_sentence(str(error) or type(error).__name__)
    if isinstance(error, exceptions.NoCredentialsError | exceptions.PartialCredentialsError):
        return NO_CREDENTIALS
    if isinstance(error, exceptions.NoRegionError):
        return NO_REGION
    signed_out = (
        exceptions.SSOError,
        exceptions.TokenRetrievalError,
        exceptions.CredentialRetrievalError,
        exceptions.LoginError,
    )
    if isinstance(error, signed_out):
        return SIGN_IN_AGAIN.format(reason=reason.rstrip("."))
    if isinstance(error, exceptions.HTTPClientError | exceptions.ConnectionError):
        return NOT_REACHED.format(doing=doing, reason=reason)
    return f"{doing} has failed: {reason}"


def one_sentence(text: str) -> str:
    """Returns a text as one line that ends with a full stop."""
    line = " ".join(text.split())
    return line if not line or line.endswith((".", "!", "?")) else f"{line}."
