"""How the tests see what a process listens on."""

from __future__ import annotations

import os
import socket
import sys
from ipaddress import ip_address

import pytest

from tests.support.listening import listeners, listening

TCP = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:2081 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 11 1
   1: 00000000:22B3 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 12 1
   2: 00000000:22B4 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 99 1
   3: 0100007F:D6D8 0100007F:2081 01 00000000:00000000 00:00000000 00000000     0        0 13 1
"""
TCP6 = """\
  sl  local_address                         remote_address st
   0: 00000000000000000000000000000000:22B3 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 14 1
   1: 00000000000000000000000001000000:22B4 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 15 1
   2: 0000000000000000FFFF00000100007F:22B5 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 16 1
"""
INODES = {"11", "12", "13", "14", "15", "16"}


def test_listening_sockets_of_a_process_are_read_from_the_kernel_s_tables() -> None:
    assert list(listening("tcp", TCP, INODES)) == [
        (ip_address("127.0.0.1"), 8321),
        (ip_address("0.0.0.0"), 8883),
    ]
    assert list(listening("tcp6", TCP6, INODES)) == [
        (ip_address("::"), 8883),
        (ip_address("::1"), 8884),
        (ip_address("::ffff:127.0.0.1"), 8885),
    ]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc is Linux's")
def test_a_socket_of_this_process_is_found() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert (ip_address("127.0.0.1"), server.getsockname()[1]) in listeners(os.getpid())
