"""TiDB as a server: MySQL's protocol, and numbers that several servers deal out."""

from __future__ import annotations

import attrs

from mm_engine.model.databases import TIDB
from mm_engine.runner.mysql import MySQL


class TiDB(MySQL):
    """A server of a cluster; GET_LOCK holds in all of it.

    See docs.pingcap.com/tidb/stable/locking-functions. A lock waits a second at least.
    """

    database = TIDB
    # Each server would deal out numbers of a cache of its own, and a later row could
    # have a smaller one (docs.pingcap.com/tidb/stable/auto-increment).
    words = attrs.evolve(MySQL.words, ending=" AUTO_ID_CACHE=1")
