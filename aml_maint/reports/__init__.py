"""Domain objects become documents: PDF, tables, exchange formats."""
