"""Figures and tables of a cohort as files: SVG, PNG and CSV, in two languages and themes."""
