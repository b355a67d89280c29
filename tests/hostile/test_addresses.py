"""Names this server does not answer to, and what it tells nobody; and what every page is allowed to load."""

import http.client
import socket
from collections.abc import Iterator

import pytest
from websockets.exceptions import InvalidStatus

from llmviz.core import hosting
from llmviz.ui import gate
from tests.hostile.client import serving, visiting


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving("tests/ui/fake_app.py", tmp_path_factory.mktemp("addresses"), hosts="demo.example.org,*.class.example") as (started, _):
        yield started


def get(address: str, path: str = "/", **headers: str) -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection(address, timeout=30)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read().decode(errors="replace")
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.headers.items()}, body


def test_this_machine_and_the_names_it_was_given_are_answered(address: str) -> None:
    port = address.partition(":")[2]
    for name in ("localhost", "127.0.0.1", "[::1]", "LOCALHOST", "localhost.", "demo.example.org", "room3.class.example"):
        for host in (name, f"{name}:{port}"):
            assert get(address, Host=host)[0] == 200, host


FOREIGN = (
    "evil.example",
    "evil.example:8501",
    "localhost.evil.example",
    "demo.example.org.evil.example",
    "class.example.evil",
    "class.example",
    "evildemo.example.org",
    "127.0.0.1.nip.io",
    "192.168.1.9",
    "0.0.0.0",
    "[::]",
    "[fe80::1]",
    "[::1",
    "::1",
    "localhost:99999",
    "localhost:x",
    "localhost:80:80",
    "user@localhost",
    "localhost/evil",
    "localhost?x",
    "localhost evil.example",
    "local\thost",
    "a" * 300,
    "<script>alert(1)</script>",
    "",
    ".",
    "*",
    "*.class.example",
)


@pytest.mark.parametrize("host", FOREIGN)
def test_any_other_name_is_refused_in_a_sentence_that_does_not_repeat_it(address: str, host: str) -> None:
    for path in ("/", "/tokens", "/static/js/x.js", "/_stcore/health", "/media/x"):
        status, _, said = get(address, path, Host=host)
        assert (status, said) == (421, gate.MISDIRECTED), path


def test_a_socket_by_another_name_does_not_open(address: str) -> None:
    with pytest.raises(InvalidStatus, match="403"), visiting(address, Host="evil.example"):
        pass


def test_two_names_at_once_are_none(address: str) -> None:
    name, _, port = address.partition(":")
    with socket.create_connection((name, int(port)), timeout=30) as opened:
        opened.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
        assert opened.recv(100).split()[1] in (b"400", b"421")


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/metrics/", "/_stcore/metrics?families=x", "/_stcore/script-health-check"])
def test_how_the_server_is_used_is_told_to_nobody(address: str, path: str) -> None:
    status, _, said = get(address, path)
    assert status == 404 and said == gate.NOT_HERE


@pytest.mark.parametrize("path", ["/", "/tokens", "/nowhere", "/_stcore/health", "/_stcore/metrics", "/static/none.js", "/favicon.png"])
def test_every_answer_says_what_may_be_loaded_and_who_may_frame_it(address: str, path: str) -> None:
    _, head, _ = get(address, path)
    rules = dict(rule.split(" ", 1) for rule in head["content-security-policy"].split("; "))
    assert rules["default-src"] == "'self'" and rules["frame-ancestors"] == "'self'" and rules["object-src"] == "'none'"
    assert not any(source.startswith(("http", "*", "ws")) for rule in rules.values() for source in rule.split())  # no network but ourselves
    assert head["x-frame-options"] == "SAMEORIGIN" and head["x-content-type-options"] == "nosniff"


def test_what_a_browser_keeps_is_under_the_policy_too(address: str) -> None:
    status, head, _ = get(address, **{"If-None-Match": get(address)[1]["etag"]})
    assert status == 304 and "content-security-policy" in head


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("localhost", "localhost"),
        ("localhost:8501", "localhost"),
        ("LOCALHOST.", "localhost"),
        ("[::1]:8501", "::1"),
        ("[::1]", "::1"),
        ("::1", ""),
        ("a:b", ""),
        ("[x]:1", ""),
        ("a:", ""),
        ("bücher.example", ""),
        ("", ""),
    ],
)
def test_the_name_in_a_host(host: str, name: str) -> None:
    assert gate.hostname(host) == name


def test_a_server_opened_to_the_network_answers_to_digits_and_to_the_name_of_its_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "Lectern.example.org")
    names, anywhere = gate.names("0.0.0.0")
    assert anywhere and {"lectern.example.org", "lectern", "lectern.local"} <= {*names}
    assert gate.names("localhost") == (("localhost",), False)
    assert gate.names("room.example") == (("room.example",), False)


def test_a_hosted_server_answers_to_what_it_was_told_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosting, "limits", lambda: hosting.read({"LLMVIZ_HOSTED": "1", "LLMVIZ_HOSTS": "demo.example.org"}))
    assert gate.names("0.0.0.0") == (("demo.example.org",), False)
