"""How good the analyses are on labelled data, with baselines beside them. Prints nothing."""
