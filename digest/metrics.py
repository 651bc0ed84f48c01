"""What a run did, in OpenMetrics form: for monitors that read files, such as node_exporter."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.openmetrics.exposition import generate_latest

from digest.records import RunReport


def openmetrics(report: RunReport, *, finished: datetime, articles: int, stuck: int) -> str:
    """Write a run's metrics.

    Args:
        report: What the run did.
        finished: When it ended, aware: its age says whether runs have stopped.
        articles: How many the archive has.
        stuck: How many things wait for a person or a later run; see `status`.
    """
    registry = CollectorRegistry()

    def one(name: str, says: str, value: float) -> None:
        Gauge(f"digest_{name}", says, registry=registry).set(value)

    def each(name: str, says: str, label: str, values: Mapping[str, float]) -> None:
        made = Gauge(f"digest_{name}", says, [label], registry=registry)
        for key, value in values.items():
            made.labels(key).set(value)

    one("run_started_timestamp_seconds", "When the last run began.", report.started.timestamp())
    one("run_finished_timestamp_seconds", "When the last run ended.", finished.timestamp())
    stages = {line.stage: line for line in report.stages}
    each("run_stage_taken", "What went into a stage.", "stage", {k: v.taken for k, v in stages.items()})
    each("run_stage_kept", "What came out of a stage.", "stage", {k: v.kept for k, v in stages.items()})
    each("run_stage_seconds", "How long it was at work.", "stage", {k: v.seconds for k, v in stages.items()})
    states = Counter({"ok": 0, "unchanged": 0, "broken": 0})
    states.update(feed.status for feed in report.feeds)
    each("run_feeds", "Feeds that were asked.", "state", states)
    one("run_drafts", "Drafts made or renewed.", len(report.drafts))
    one("run_failed_checks", "Failed checks in the issue's drafts.", len(report.failed_checks))
    one("archive_articles", "Articles in the archive.", articles)
    one("stuck", "What waits for a person or a later run.", stuck)
    return str(generate_latest(registry), "utf-8")  # type: ignore[no-untyped-call]
