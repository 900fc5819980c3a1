"""The page on the plugin names all that there is."""

from __future__ import annotations

import inspect
import re

import mm_pytest
from doc_pages import DOCS, codes
from mm_pytest import options, plugin, settings
from mm_pytest.servers import url_way
from mm_pytest.servers.images import IMAGES

TEXT = (DOCS / "reference" / "pytest.md").read_text(encoding="utf-8")
WORDS = set(codes(TEXT))


def test_every_option_is_there() -> None:
    source = inspect.getsource(options.add_options)
    found = re.findall(r'"((?:--)?mm[-_]\w[\w-]*)"', source)
    assert len(found) == 10
    images = map(options.image_of, options.SERVED)
    assert {*found, *images} <= WORDS
    assert set(options.WAYS) <= WORDS


def test_every_fixture_is_there() -> None:
    assert set(plugin.__all__) <= WORDS


def test_every_assertion_is_there() -> None:
    for name in mm_pytest.__all__:
        parameters = ", ".join(
            f"{one.name}=None" if one.default is None else one.name
            for one in inspect.signature(getattr(mm_pytest, name)).parameters.values()
        )
        assert f"{name}({parameters})" in WORDS


def test_variables_images_and_databases_are_those_of_the_code() -> None:
    assert url_way.VARIABLE in WORDS
    for kind in options.SERVED:
        assert f"{url_way.VARIABLE}_{kind.upper()}" in WORDS
        assert IMAGES[kind].name in WORDS
    assert set(settings.DATABASES) <= WORDS
