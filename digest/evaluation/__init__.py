"""How good it is: figures computed from labelled data that lie outside the project. Prints nothing."""
