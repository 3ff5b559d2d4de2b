"""What people do, one verb a function: checks the rules, writes once, says what changed."""
