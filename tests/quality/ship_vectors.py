"""Embed the packaged prompt files with the packaged model and write digest/analysis/data/prompt_vectors.npz.

    python tests/quality/ship_vectors.py

To be run after a change to prompts/; tests/analysis/test_shipped_vectors.py fails until it has been.
"""

from pathlib import Path

from digest.adapters.sentence_transformers import SentenceTransformerEmbedder
from digest.analysis import library_texts
from digest.analysis.shipped_vectors import FILE, write_shipped
from digest.workspace.prompt_files import load_patterns, load_themes

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    parts = library_texts(load_themes(ROOT), load_patterns(ROOT))
    texts = sorted({text for part in parts for text in part})
    embedder = SentenceTransformerEmbedder()
    write_shipped(
        ROOT / "digest/analysis/data" / FILE, texts, embedder.encode(texts), model_id=embedder.model_id
    )


if __name__ == "__main__":
    main()
