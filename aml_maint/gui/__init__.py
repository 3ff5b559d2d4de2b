"""The windows: the only part of the program that knows Qt."""

from aml_maint.gui.unread_sources import leave_sources_unread

leave_sources_unread()
