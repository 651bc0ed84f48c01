"""Figures of the keywords, as a section beside the others."""

from pathlib import Path

from digest.ports import Embedder
from tests.quality.evaluation.figures import Baseline, Figure, Section
from tests.quality.evaluation.keywords import OURS, SETS, KeywordRow, evaluate_keywords

AT_LEAST = {"Inspec": 0.30, "SemEval2017": 0.32, "500N-KPCrowd-v1.1": 0.40}
YAKE_TIMES = 1.5

NOTE = (
    "Porter stems, exact; KeyBERT on fewer texts. Ours was learned from these texts: on texts left out of "
    "training it gives .334, .404 and .482 (tests/quality/train_keywords.py)"
)


def measure_keywords(data: Path, embedder: Embedder, *, limit: int | None = None) -> Section:
    """Score the keywords of the three labelled sets, with the baselines beside.

    Args:
        data: The folder of labelled data.
        embedder: The model.
        limit: At most so many texts a set.
    """
    rows = evaluate_keywords(data, embedder, limit=limit)
    figures: list[Figure] = []
    for name in SETS:
        figures += _figures_of(name, {row.method: row for row in rows if row.set_name == name})
    return Section("keywords", NOTE, tuple(figures))


def _figures_of(name: str, rows: dict[str, KeywordRow]) -> list[Figure]:
    is_precision = name.startswith("500N")
    score = "P@10" if is_precision else "F1@10"

    def value(row: KeywordRow) -> float:
        return row.score.precision if is_precision else row.score.f1

    ours = rows[OURS]
    others = [row for method, row in rows.items() if method != OURS and row.texts]
    figures = [
        Figure(
            name,
            f"{score}, {name}",
            value(ours),
            at_least=AT_LEAST[name],
            baselines=tuple(Baseline(row.method, value(row)) for row in others),
        )
    ]
    yake = rows.get("YAKE")
    if yake is not None and yake.texts and not is_precision:
        times = value(ours) / max(value(yake), 1e-9)
        figures.append(
            Figure(f"{name}_yake", f"{score} against YAKE's, {name}", times, "ratio", at_least=YAKE_TIMES)
        )
    figures.append(
        Figure(
            f"{name}_ms",
            f"time a text, {name}",
            ours.ms_per_text,
            "ms",
            is_lower_better=True,
            is_pinned=False,
            baselines=tuple(Baseline(row.method, row.ms_per_text) for row in others),
        )
    )
    return figures
