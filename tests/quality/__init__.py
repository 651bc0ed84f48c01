"""How good it has to stay: measured on development data, not on examples."""
