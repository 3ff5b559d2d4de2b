"""The ward file: the only place that knows SQLite."""
