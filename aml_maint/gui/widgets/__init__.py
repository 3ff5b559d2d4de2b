"""Small parts of screens, each drawn or laid out once."""
