"""Where a URL of Turso's is asked, with which secret, and what is refused."""

from __future__ import annotations

import sys

import pytest

from mm_engine.errors import ConfigError
from mm_engine.runner import hrana
from mm_engine.runner.url import Url


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("libsql://shop-ann.turso.io", "https://shop-ann.turso.io"),
        ("turso://shop-ann.turso.io", "https://shop-ann.turso.io"),
        ("sqlite+libsql://h:8080?secure=true", "https://h:8080"),
        ("libsql://127.0.0.1:8080?secure=false", "http://127.0.0.1:8080"),
        ("libsql://127.0.0.1:8080/?tls=0", "http://127.0.0.1:8080"),
        ("libsql://[::1]:8080?tls=0", "http://[::1]:8080"),
        ("libsql://h/v1/shop", "https://h/v1/shop"),
    ],
)
def test_a_server_is_asked_by_tls_unless_the_url_says_otherwise(
    url: str, address: str
) -> None:
    assert hrana.address_of(Url.of(url)) == address


@pytest.mark.parametrize(
    "url",
    [
        "libsql://h?authToken=sesam",
        "libsql://h?auth_token=sesam",
        "libsql://:sesam@h",
    ],
)
def test_the_token_is_found_and_never_shown(url: str) -> None:
    read = Url.of(url)
    assert hrana.token_of(read) == "sesam"
    assert "sesam" not in f"{read} {read!r}"


def test_an_option_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ConfigError) as caught:
        hrana.address_of(Url.of("libsql://h?authTokn=sesam"))
    assert "authToken" in str(caught.value.hint)
    assert "sesam" not in f"{caught.value}"


@pytest.mark.parametrize("url", ["libsql:///app.db", "sqlite+libsql:///app.db"])
def test_a_file_is_one_of_sqlite_s(url: str) -> None:
    with pytest.raises(ConfigError, match="names no server") as caught:
        hrana.engine(Url.of(url))
    assert "sqlite:///" in str(caught.value.hint)


def test_a_missing_driver_is_named_with_the_extra(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "turso_serverless", None)
    with pytest.raises(ConfigError, match="turso-serverless") as caught:
        hrana.engine(Url.of("libsql://h?authToken=sesam"))
    assert "makemigrations[turso]" in str(caught.value.hint)
    assert "sesam" not in f"{caught.value}"
