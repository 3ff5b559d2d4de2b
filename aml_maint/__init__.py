"""aml_maint: runs maintenance therapy in acute myeloid leukaemia, cycle by cycle."""

__version__ = "0.1.0"
