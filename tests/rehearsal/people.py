"""A user pool of Cognito as docs/how-to/deploy.md describes it: its trigger, its client, and users who sign in."""

from __future__ import annotations

import base64
import io
import json
import re
import zipfile
from typing import Any, Final

from local.project import PROJECT
from tests.rehearsal.account import Account
from tests.rehearsal.engine import REGION
from tests.rehearsal.report import require

GUIDE: Final = PROJECT / "docs" / "how-to" / "deploy.md"
PASSWORD: Final = "Rehearsal-2026!"
TENANT: Final = "demo"


class People:
    """The pool; `issuer` and `client_id` are what the stack is deployed with."""

    def __init__(self, account: Account, name: str, tenant_claim: str = "tenant") -> None:
        self._cognito = account.client("cognito-idp")
        self._tenant_claim = tenant_claim
        trigger = deploy_trigger(account, f"pre-token-{name}", tenant_claim)
        pool = self._cognito.create_user_pool(
            PoolName=name,
            Schema=[{"Name": "tenant", "AttributeDataType": "String", "Mutable": True}],
            LambdaConfig={
                "PreTokenGenerationConfig": {"LambdaVersion": "V2_0", "LambdaArn": trigger}
            },
        )["UserPool"]
        self._pool_id = pool["Id"]
        account.client("lambda").add_permission(
            FunctionName=trigger,
            StatementId="cognito",
            Action="lambda:InvokeFunction",
            Principal="cognito-idp.amazonaws.com",
            SourceArn=pool["Arn"],
        )
        client = self._cognito.create_user_pool_client(
            UserPoolId=self._pool_id,
            ClientName="canvas",
            ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        )
        self.client_id: str = client["UserPoolClient"]["ClientId"]
        self.issuer = f"https://cognito-idp.{REGION}.amazonaws.com/{self._pool_id}"
        for group in ("operator", "auditor"):
            self._cognito.create_group(UserPoolId=self._pool_id, GroupName=group)
            self._add_user(group)

    def _add_user(self, group: str) -> None:
        named = {"UserPoolId": self._pool_id, "Username": group}
        self._cognito.admin_create_user(
            **named,
            UserAttributes=[{"Name": "custom:tenant", "Value": TENANT}],
            MessageAction="SUPPRESS",
        )
        self._cognito.admin_set_user_password(**named, Password=PASSWORD, Permanent=True)
        self._cognito.admin_add_user_to_group(**named, GroupName=group)

    def token(self, user: str) -> str:
        """An access token of `operator` or `auditor`."""
        answer = self._cognito.initiate_auth(
            ClientId=self.client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": user, "PASSWORD": PASSWORD},
        )
        return str(answer["AuthenticationResult"]["AccessToken"])

    def check(self) -> str:
        """Looks at a token: how it is signed, and what the trigger has put into it."""
        header, claims = (decoded(part) for part in self.token("operator").split(".")[:2])
        require(header["alg"] == "RS256", f"the token is signed with {header['alg']}, not RS256")
        require(claims.get("iss") == self.issuer, f"the token is of {claims.get('iss')}")
        require(
            claims.get(self._tenant_claim) == TENANT, "the trigger of deploy.md has set no tenant"
        )
        scopes = claims.get("scope", "").split()
        require("executions:start" in scopes, f"the trigger of deploy.md has added {scopes}")
        return f"RS256, tenant {TENANT}, {len(scopes)} scopes"


def decoded(part: str) -> dict[str, Any]:
    """Returns a part of a token as JSON."""
    document: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return document


def trigger_code() -> str:
    """Returns the pre-token-generation trigger that the guide shows."""
    blocks = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    return next(block for block in blocks if "claimsAndScopeOverrideDetails" in block)


def deploy_trigger(account: Account, name: str, tenant_claim: str) -> str:
    """Makes the trigger a function, and returns its ARN. The guide's names the tenant in the claim `tenant`."""
    code = trigger_code().replace('{"tenant":', f'{{"{tenant_claim}":')
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("trigger.py", code)
    trusted = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    role = account.client("iam").create_role(
        RoleName=name, AssumeRolePolicyDocument=json.dumps(trusted)
    )["Role"]
    function = account.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="trigger.handler",
        Role=role["Arn"],
        Code={"ZipFile": archive.getvalue()},
    )
    return str(function["FunctionArn"])
