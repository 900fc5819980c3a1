"""Database servers for tests, one file a way to get one."""
