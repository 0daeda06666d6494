"""Key names: what is a secret whatever it looks like, and what only sounds like one."""

from __future__ import annotations

import pytest

from spanvas.privacy.keys import is_secret_key, is_secret_number_key

SECRET = [
    "Authorization", "authorization", "http.request.header.authorization", "Proxy-Authorization", "auth",
    "access_token", "accessToken", "refresh_token", "id_token", "token", "csrf_token", "bot-token", "tokenSecret",
    "access_tokens", "apiKey", "api_key", "X-Api-Key", "x-goog-api-key", "OPENAI_API_KEY", "aws_secret_access_key",
    "AWS_SESSION_TOKEN", "aws_access_key_id", "password", "dbPassword", "user.passwd", "PGPASSWORD_pwd",
    "clientSecret", "client_secret", "secrets", "Cookie", "Set-Cookie", "credentials", "privateKey", "private_key",
    "ssh_key", "signing_key", "cvv", "card_number", "creditCard", "ssn", "passphrase", "jwt", "X-Amz-Signature",
    "vault_creds", "secret_id", "phoneNumber", "TEST_PASS", "dbpassword", "PGPASSWORD", "LDAPPASSWD", "newpassword",
    "appsecret", "oauthtoken", "GITHUBTOKEN", "api_keys", "apiKeys", "ssh_keys", "secretAccessKeys",
]  # fmt: skip
HARMLESS = [
    "input_tokens", "max_tokens", "max_token_count", "total_tokens", "tokens", "token_count", "tokenCount",
    "gen_ai.usage.input_tokens", "gen_ai.usage.cache_read.input_tokens", "llm.token_count.prompt", "token_type",
    "gen_ai.token.type", "next_token", "nextToken", "page_token", "author", "authors", "authority", "authenticated",
    "secret_arn", "secretName", "password_policy", "password_expires_at", "cookie_policy", "key", "keys", "keyboard",
    "monkey", "primary_key", "passenger", "compass", "bypass", "session.id", "user.id", "", "42", "url", "tokenizer",
    "credential_type", "maxTokens", "max_completion_tokens", "prompt_tokens_details", "idempotency_token",
    "credentialsId", "credential_id", "nopassword", "resetpassword", "nexttoken", "eostoken", "subtoken",
    "PublicKeyToken", "cancellation_token", "cancellationToken", "cancelToken", "abort_token",
    "apikeys_count", "partition_keys",
]  # fmt: skip


@pytest.mark.parametrize("key", SECRET)
def test_value_of_this_key_is_a_secret(key: str) -> None:
    assert is_secret_key(key)


@pytest.mark.parametrize("key", HARMLESS)
def test_value_of_this_key_is_not_a_secret(key: str) -> None:
    assert not is_secret_key(key)


def test_numbers_are_secrets_under_few_keys_only() -> None:
    assert is_secret_number_key("card_cvv")
    assert not is_secret_number_key("token")
