"""A browser names where its push messages go: never into our own network, never without TLS."""

import pytest

from dispatch.domain.errors import Invalid
from dispatch.domain.push_address import checked, is_global


@pytest.mark.parametrize(
    "address",
    [
        "https://fcm.googleapis.com/fcm/send/abc:def",
        "https://updates.push.services.mozilla.com/wpush/v2/x",
        "https://web.push.apple.com/Q",
        "https://wns2-par02p.notify.windows.com:443/w/?token=x",
    ],
)
def test_push_services_are_taken(address: str) -> None:
    assert checked(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "", "nonsense", "http://fcm.googleapis.com/x", "ftp://fcm.googleapis.com/x", "https://localhost/x",
        "https://127.0.0.1/x", "https://127.1/x", "https://2130706433/x", "https://0x7f.0.0.1/x", "https://[::1]/x",
        "https://[::ffff:10.0.0.1]/x", "https://10.0.0.8/x", "https://192.168.1.1/x", "https://169.254.169.254/latest",
        "https://printer.local/x", "https://db.internal/x", "https://intranet/x", "https://a.example.com:8443/x",
        "https://user:pw@fcm.googleapis.com/x", "https://fcm.googleapis.com:x/", "https:///x",
        "https://fcm.googleapis.com/" + "x" * 500,
    ],
)  # fmt: skip
def test_everything_else_is_refused(address: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked(address)
    assert refused.value.field == "endpoint"


@pytest.mark.parametrize(
    ("number", "public"),
    [("8.8.8.8", True), ("10.1.2.3", False), ("100.64.0.1", False), ("224.0.0.1", False), ("::ffff:127.0.0.1", False),
     ("2002:0a00:0001::", False), ("fe80::1%eth0", False), ("2606:4700::1111", True)],
)  # fmt: skip
def test_an_address_is_public_or_it_is_not(number: str, public: bool) -> None:
    assert is_global(number) is public
