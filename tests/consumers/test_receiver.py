"""Nothing we post may reach an address inside the house that the operator did not name."""

import socket

import pytest

from config.settings import SettingsError
from consumers.channel import ChannelUnavailable
from consumers.receiver import receiver_at
from consumers.webhook import Webhook
from tests.consumers.receiving import INSIDE, receiving

INTERNAL = ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "fd00::1"]


@pytest.mark.parametrize(
    "url",
    ["ftp://host/path", "host/path", "https://", "file:///etc/passwd", "https://me@host/", "https://host:x/"],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="QINGDAN_ALERT_WEBHOOK"):
        receiver_at(url, setting="QINGDAN_ALERT_WEBHOOK", inside=())


def test_nothing_goes_out_in_the_clear_but_to_a_host_that_is_named() -> None:
    with pytest.raises(SettingsError, match="QINGDAN_INSIDE_HOSTS") as refused:
        receiver_at("http://host.example/hook?key=open-sesame", setting="HOOK", inside=INSIDE)
    assert "open-sesame" not in str(refused.value)
    assert receiver_at("http://127.0.0.1/", setting="HOOK", inside=INSIDE).inside


def looked_up(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Let every name lead to `addresses`; gives what is looked up."""
    asked: list[str] = []

    def found(host: str, port: int, **_options: object) -> list[object]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr("consumers.receiver.socket.getaddrinfo", found)
    return asked


@pytest.mark.parametrize("address", INTERNAL)
def test_a_name_that_leads_inside_is_not_connected_to(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    reached: list[object] = []
    monkeypatch.setattr("consumers.receiver.socket.create_connection", reached.append)
    looked_up(monkeypatch, address)
    webhook = Webhook(receiver_at("https://hooks.example.cn/", setting="HOOK", inside=INSIDE))
    with pytest.raises(ChannelUnavailable, match=f"leads to {address}, which is not public"):
        webhook.post("key", b"{}", "application/json")
    assert reached == []


def test_a_literal_address_inside_is_not_connected_to() -> None:
    with receiving() as receiver:
        url = receiver.url.replace("http:", "https:")
        webhook = Webhook(receiver_at(url, setting="HOOK", inside=("localhost",)))
        with pytest.raises(ChannelUnavailable, match=r"leads to 127\.0\.0\.1"):
            webhook.post("key", b"{}", "application/json")
        assert receiver.asked == []


def test_only_the_public_addresses_of_a_name_are_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    reached: list[object] = []

    def refuse(place: object, **_options: object) -> None:
        reached.append(place)
        raise ConnectionRefusedError("nobody there")

    monkeypatch.setattr("consumers.receiver.socket.create_connection", refuse)
    asked = looked_up(monkeypatch, "10.0.0.1", "223.5.5.5", "::1")
    webhook = Webhook(receiver_at("https://hooks.example.cn/", setting="HOOK", inside=()))
    with pytest.raises(ChannelUnavailable, match="nobody there"):
        webhook.post("key", b"{}", "application/json")
    assert reached == [("223.5.5.5", 443)]
    assert asked == ["hooks.example.cn"], "what was checked is what is connected to"
