"""Connections that are made before there is anything to send, and who is told when a request has left."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from spanvas.http.connections import Endpoint, HttpRequest
from spanvas.http.exchange import on_sent
from spanvas.http.failures import CallError
from spanvas.storage.direct.dynamodb import DirectDynamoDB
from tests.support.scripted_server import OK, serving


def test_a_connection_that_was_prepared_is_the_one_that_is_used() -> None:
    with serving(OK, OK) as (server, aws_endpoint), closing(DirectDynamoDB(aws_endpoint)) as client:
        client.connect()
        client.connect()
        client.get_item(TableName="t", Key={"pk": {"S": "a"}})
        client.get_item(TableName="t", Key={"pk": {"S": "a"}})
    assert (server.connections, len(server.requests)) == (1, 2)


def test_one_that_the_other_side_has_closed_meanwhile_is_not() -> None:
    with serving(OK) as (server, aws_endpoint), closing(DirectDynamoDB(aws_endpoint)) as client:
        client.connect()
        while not server.connections:
            pass
        server.hang_up()
        client.get_item(TableName="t", Key={"pk": {"S": "a"}})
    assert server.connections == 2


def test_nobody_to_connect_to_is_an_error() -> None:
    with serving() as (_, aws_endpoint):
        pass
    with pytest.raises(CallError) as caught:
        DirectDynamoDB(aws_endpoint).connect()
    assert caught.value.code == "ConnectionRefusedError"


def test_it_is_told_that_a_request_was_sent_before_it_is_answered() -> None:
    told = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        endpoint = Endpoint(f"http://127.0.0.1:{listener.getsockname()[1]}")

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                assert told.wait(60)
                connection.recv(65_536)
                connection.sendall(OK)

        server = threading.Thread(target=serve)
        server.start()
        token = on_sent.set(told.set)
        answer = endpoint.send(request, 30)
        on_sent.reset(token)
        server.join()
        endpoint.close()
    assert answer.status == 200


def request() -> HttpRequest:
    return HttpRequest("GET", "/", {"host": "here"}, lambda: (b"",), 0)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    began = datetime.now(UTC) - timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(began)
        .not_valid_after(began + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "endpoint.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


class TlsServer:
    """Answers with OK over one version of TLS; counts connections."""

    def __init__(self, certificate: Path, version: ssl.TLSVersion) -> None:
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate)
        self._context.minimum_version = self._context.maximum_version = version
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.connections = 0
        self.is_ready = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            try:
                with self._context.wrap_socket(plain, server_side=True) as connection:
                    self.is_ready.set()
                    while connection.recv(65_536):
                        connection.sendall(OK)
            except OSError:
                continue


@pytest.fixture
def tls_server(certificate: Path, request: pytest.FixtureRequest) -> Iterator[TlsServer]:
    server = TlsServer(certificate, request.param)
    yield server
    server.close()


@pytest.mark.parametrize(
    "tls_server", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], indirect=True, ids=str
)
def test_tickets_for_later_sessions_are_no_end_of_a_connection(
    tls_server: TlsServer, certificate: Path
) -> None:
    endpoint = Endpoint(f"https://localhost:{tls_server.port}", authorities=str(certificate))
    endpoint.prepare(30)
    assert tls_server.is_ready.wait(60)  # the tickets are behind the handshake
    for _ in range(3):
        assert endpoint.send(request, 30).status == 200
    endpoint.close()
    assert tls_server.connections == 1
