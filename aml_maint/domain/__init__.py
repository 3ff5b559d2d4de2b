"""The clinical core: pure rules and values. No Qt, SQL, files, clock or logging in here."""
