"""One outside thing each, behind one port each: the network, the embedding model, language models."""
