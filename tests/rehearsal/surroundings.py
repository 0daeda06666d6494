"""What a platform team has in its account before the stack comes: a key, subnets, a boundary, a topic and so on."""

from __future__ import annotations

import json

from tests.rehearsal.account import Account
from tests.rehearsal.engine import ACCOUNT, REGION

ANYTHING = json.dumps({
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
})  # fmt: skip
CONNECTION_OF_NOBODY = {"unused": "http://unused.example.com"}


def make_surroundings(account: Account) -> dict[str, str]:
    """Makes all of it, and returns the names by which `parameters.py` refers to it."""
    network = account.client("ec2")
    vpc = network.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = network.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    group = network.create_security_group(GroupName="functions", Description="-", VpcId=vpc)
    account.client("logs").create_log_group(logGroupName="/platform/access")
    account.client("s3").create_bucket(Bucket="platform-logs")
    acl = account.client("wafv2").create_web_acl(
        Name="page",
        Scope="CLOUDFRONT",
        DefaultAction={"Allow": {}},
        VisibilityConfig={
            "SampledRequestsEnabled": False,
            "CloudWatchMetricsEnabled": False,
            "MetricName": "page",
        },
    )
    secrets = account.client("secretsmanager")
    secrets.create_secret(Name="span-source", SecretString="x-read=yes")
    return {
        "account": ACCOUNT,
        "boundary": account.client("iam").create_policy(
            PolicyName="boundary", PolicyDocument=ANYTHING
        )["Policy"]["Arn"],
        "certificate": account.client("acm").request_certificate(DomainName="canvas.example.com")[
            "CertificateArn"
        ],
        "collector": account.collector_url,
        "connections": json.dumps({**json.loads(account.connections), **CONNECTION_OF_NOBODY}),
        "key": account.client("kms").create_key()["KeyMetadata"]["Arn"],
        "log_bucket": "platform-logs",
        "log_group": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/platform/access",
        "security_group": group["GroupId"],
        "subnet": subnet,
        "topic": account.client("sns").create_topic(Name="alarms")["TopicArn"],
        "web_acl": acl["Summary"]["ARN"],
    }
