"""The page on the plugin names all that there is."""

from __future__ import annotations

import inspect
import re

import mm_pytest
from doc_pages import DOCS, codes
from mm_pytest import options, plugin, settings, wishes
from mm_pytest.databases.anew import WORDS as WORDS_OF
from mm_pytest.servers import url_way
from mm_pytest.servers.images import IMAGES

TEXT = (DOCS / "reference" / "pytest.md").read_text(encoding="utf-8")
WORDS = set(codes(TEXT))


def test_every_option_is_there() -> None:
    source = inspect.getsource(options.add_options)
    found = re.findall(r'"((?:--)?mm[-_]\w[\w-]*)"', source)
    assert len(found) == 15
    images = map(options.image_of, options.CONTAINED)
    assert {*found, *images} <= WORDS
    assert {*options.WAYS, *options.ISOLATIONS} <= WORDS


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
    assert set(IMAGES) == set(options.CONTAINED)
    assert {image.name for image in IMAGES.values()} <= WORDS
    assert set(settings.DATABASES) <= WORDS


def test_every_word_of_the_mark_is_there() -> None:
    assert plugin.MARKER.startswith(f"mm({', '.join(wishes.WORDS)}): ")
    assert set(wishes.WORDS) <= WORDS


def test_each_database_is_said_to_be_copied_or_not() -> None:
    table = TEXT.partition("## Databases")[2].partition("\n\nThere are")[0]
    told = {
        kind: "copy" in line or "the same | yes" in line
        for line in table.splitlines()
        for kind in codes(line.partition("|")[2].partition("|")[0])
    }
    copied = {kind: kind in options.COPIED for kind in options.SERVED}
    assert told == {"sqlite": True, **copied}
    assert set(WORDS_OF) == set(options.SERVED) - set(options.COPIED)
