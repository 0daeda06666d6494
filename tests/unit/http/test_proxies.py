from __future__ import annotations

import pytest

from spanvas.http.proxies import Proxy, is_excepted, proxy_of

PROXY = Proxy("proxy.example.org", 3128)
GIVEN = "http://proxy.example.org:3128"


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, None),
        ({"HTTPS_PROXY": GIVEN}, PROXY),
        ({"https_proxy": GIVEN, "HTTPS_PROXY": "http://other:1"}, PROXY),
        ({"HTTP_PROXY": GIVEN}, None),
        ({"ALL_PROXY": GIVEN}, PROXY),
        ({"HTTPS_PROXY": "proxy.example.org:3128"}, PROXY),
        ({"HTTPS_PROXY": "http://proxy.example.org"}, Proxy("proxy.example.org", 80)),
        (
            {"HTTPS_PROXY": "http://ada:p%40ss@proxy.example.org:3128"},
            Proxy("proxy.example.org", 3128, "Basic YWRhOnBAc3M="),
        ),
        ({"HTTPS_PROXY": GIVEN, "NO_PROXY": "example.com"}, None),
    ],
)
def test_the_proxy_of_a_url(environment: dict[str, str], expected: Proxy | None) -> None:
    assert proxy_of("https://otlp.example.com:4318", environment) == expected


@pytest.mark.parametrize("proxy", ["https://proxy.example.org", "socks5://proxy:1080", "http://"])
def test_a_proxy_that_cannot_be_spoken_to_is_an_error(proxy: str) -> None:
    with pytest.raises(ValueError, match="a proxy has to be"):
        proxy_of("https://otlp.example.com", {"HTTPS_PROXY": proxy})


@pytest.mark.parametrize(
    ("exceptions", "excepted"),
    [
        ("", False),
        ("*", True),
        ("otlp.example.com", True),
        ("OTLP.example.com , other", True),
        (".example.com", True),
        ("*.example.com", True),
        ("ample.com", False),
        ("otlp.example.com:4318", True),
        ("otlp.example.com:80", False),
        ("example.org", False),
        ("10.0.0.0/8", False),
    ],
)
def test_exceptions_by_name(exceptions: str, excepted: bool) -> None:
    assert is_excepted("otlp.example.com", 4318, exceptions) is excepted


@pytest.mark.parametrize(
    ("host", "exceptions", "excepted"),
    [
        ("10.1.2.3", "10.0.0.0/8", True),
        ("11.1.2.3", "10.0.0.0/8", False),
        ("10.1.2.3", "10.1.2.3", True),
        ("fd00::1", "fd00::/8", True),
        ("fd00::1", "fd00::1", True),
        ("10.1.2.3", "10.0.0.0/99", False),
    ],
)
def test_exceptions_by_address(host: str, exceptions: str, excepted: bool) -> None:
    assert is_excepted(host, 4318, exceptions) is excepted
