"""Form rows and inputs that are accessible and safe to use by default."""
