"""How good it is: figures over labelled data, with baselines beside them."""
