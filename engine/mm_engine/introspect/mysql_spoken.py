"""Expressions of MySQL's catalog in the quotes that schema files are written with."""

from __future__ import annotations

import re

from mm_engine.model import sqltext

_PIECE = re.compile(r"'(?:[^'\\]|''|\\.)*'|`((?:[^`]|``)*)`", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_RESERVED = _words(
    "accessible asensitive bigint binary blob call change char character condition"
    " continue convert cube cume_dist current_role cursor databases day_hour"
    " day_microsecond day_minute day_second dec decimal declare delayed"
    " delete_domain_id dense_rank deterministic distinctrow div do_domain_ids double"
    " dual each elseif empty enclosed escaped exit first_value float float4 float8"
    " force fulltext generated get grouping high_priority hour_microsecond"
    " hour_minute hour_second if ignore ignore_domain_ids infile inout insensitive"
    " int int1 int2 int3 int4 int8 integer io_after_gtids io_before_gtids iterate"
    " json_table kill lag last_value lead leave library linear lines load localtime"
    " localtimestamp lock long longblob longtext loop low_priority manual"
    " master_bind master_demote_to_replica master_demote_to_slave"
    " master_ssl_verify_server_cert match maxvalue mediumblob mediumint mediumtext"
    " middleint minute_microsecond minute_second mod modifies no_write_to_binlog"
    " nth_value ntile numeric optimize optimizer_costs optionally out outfile"
    " page_checksum parallel parse_vcol_expr percent_rank portion precision purge"
    " qualify read_write reads real recursive ref_system_id regexp release repeat"
    " require resignal return rlike row_number schemas second_microsecond sensitive"
    " separator signal smallint spatial specific sql sql_big_result"
    " sql_calc_found_rows sql_small_result sqlexception sqlstate sqlwarning ssl"
    " starting stats_auto_recalc stats_persistent stats_sample_pages stored"
    " straight_join tablesample terminated tinyblob tinyint tinytext undo unlock"
    " unsigned use utc_date utc_time utc_timestamp varbinary varchar varcharacter"
    " varying virtual while xor year_month zerofill"
)
"""Words that MySQL or MariaDB wants in quotes, and no other database.

Tried on MariaDB 10.11, and those that only MySQL reserves:
https://dev.mysql.com/doc/refman/8.4/en/keywords.html
"""


def spoken(text: str) -> str:
    r"""An expression with bare names where they can be, and quotes that are doubled.

    >>> spoken("`price` > 0 and `the age` <> 'it\\'s'")
    "price > 0 and `the age` <> 'it''s'"
    """
    return _PIECE.sub(_piece, text)


def unescaped(text: str) -> str:
    r"""What MySQL tells of an expression, as it was: it escapes all quotes once more.

    https://bugs.mysql.com/bug.php?id=100607

    >>> unescaped("concat(`a`,_utf8mb4\\'it\\\\\\'s\\')")
    "concat(`a`,_utf8mb4'it\\'s')"
    """
    return _ESCAPE.sub(r"\1", text)


def _piece(match: re.Match[str]) -> str:
    text, quoted = match[0], match[1]
    if quoted is None:
        return _ESCAPE.sub(lambda escape: "''" if escape[1] == "'" else escape[0], text)
    name = quoted.replace("``", "`")
    is_plain = sqltext.plainly_quoted(name) == name and name not in _RESERVED
    return name if is_plain else text
