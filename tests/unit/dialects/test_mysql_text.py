from __future__ import annotations

import pytest

from mm_engine.dialects.mysql_text import statements
from mm_engine.errors import UnsupportedError

TRIGGER = (
    "CREATE TRIGGER t BEFORE UPDATE ON a FOR EACH ROW BEGIN"
    " IF NEW.x > 1 THEN SET NEW.y = IF(NEW.x, 1, 2); END IF;"
    " CASE WHEN NEW.x THEN SET @a = 1; ELSE SET @a = 2; END CASE; END"
)
DROP = (
    "CREATE PROCEDURE p() BEGIN DROP TABLE IF EXISTS a;"
    " WHILE 0 DO SET @a = 1; END WHILE; END"
)
QUOTED = "SELECT ';', \";\", `;` # ;"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SELECT 1; SELECT 2;", ("SELECT 1", "SELECT 2")),
        (
            "SELECT ';', \";\", `;` # ;\n; SELECT 2",
            ("SELECT ';', \";\", `;` # ;", "SELECT 2"),
        ),
        ("SELECT 'it\\'s;'", ("SELECT 'it\\'s;'",)),
        ("SELECT 1--1; -- ; \nSELECT 2", ("SELECT 1--1", "-- ; \nSELECT 2")),
        ("/* ; */; ;", ()),
        ("/*!40000 SELECT 1 */; SELECT 2", ("/*!40000 SELECT 1 */", "SELECT 2")),
        (f"{TRIGGER}; SELECT 1", (TRIGGER, "SELECT 1")),
        (f"{DROP}; SELECT 1", (DROP, "SELECT 1")),
        ("DROP TABLE IF EXISTS a; SELECT 1", ("DROP TABLE IF EXISTS a", "SELECT 1")),
    ],
)
def test_a_text_is_cut_where_statements_end(text: str, found: tuple[str, ...]) -> None:
    assert statements(text) == found


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("BEGIN; SELECT 1", "transactions are begun and ended for you"),
        ("start  transaction", "transactions are begun"),
        ("LOCK TABLES a WRITE", "transactions are begun"),
        ("USE other", "a migration is of one database"),
        ("DELIMITER $$", "a migration is of one database"),
        ("SELECT 'open", "ends in the middle"),
        (
            "CREATE TRIGGER t BEFORE UPDATE ON a FOR EACH ROW BEGIN SET @a = 1;",
            "middle",
        ),
    ],
)
def test_what_cannot_be_sent_is_refused(text: str, why: str) -> None:
    with pytest.raises(UnsupportedError, match=why):
        statements(text)
