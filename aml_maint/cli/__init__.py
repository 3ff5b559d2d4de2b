"""The command line: a thin face over the services, with one contract for programs and people."""
