"""Turn feeds and newsletters into an editor-checked issue of foresight signals."""

__version__ = "0.1.0"
