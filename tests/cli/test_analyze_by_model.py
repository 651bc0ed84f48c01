"""`digest analyze` by a language model, and beside the rules."""

import json
from pathlib import Path

import pytest
from fake_language_models import FakeLanguageModels, good
from model_answers import KILNS, answer
from typer.testing import CliRunner

from digest.cli.app import app


def digest(folder: Path, *words: str) -> str:
    done = CliRunner().invoke(app, ["-C", str(folder), *words])
    assert done.exit_code == 0, (done.output, done.exception)
    return done.stdout


@pytest.mark.model
def test_an_article_is_analyzed_by_a_model_and_beside_the_rules(tmp_path: Path) -> None:
    article = tmp_path / "kilns.txt"
    article.write_text(f"Brekke fires an electric kiln\n\n{KILNS}", "utf-8")
    with FakeLanguageModels(good(json.dumps(answer()))) as fake:
        settings = f"{{language_model: 'local:fake', language_model_url: {fake.url('openai')}}}"
        (tmp_path / "feeds.yaml").write_text(f"settings: {settings}\nfeeds: []\n", "utf-8")
        by_rules = json.loads(digest(tmp_path, "analyze", "--json", str(article)))
        assert not fake.calls
        by_model = json.loads(digest(tmp_path, "analyze", "--json", "--analyzer", "model", str(article)))
        asked = len(fake.calls)
        both = json.loads(digest(tmp_path, "analyze", "--json", "--compare", "rules,model", str(article)))
        shown = digest(tmp_path, "analyze", "--compare", "rules,model", str(article))
        # The answers were kept: nothing is asked, or paid for, twice.
        assert 1 <= asked <= 2
        assert len(fake.calls) == asked
    assert by_model["title"] == answer()["title"]
    assert both["rules"]["title"] == by_rules["title"]
    assert both["model"]["title"] == by_model["title"]
    assert any("rules" in line and "model" in line for line in shown.splitlines())
    wrong = CliRunner().invoke(app, ["-C", str(tmp_path), "analyze", "--compare", "rules", str(article)])
    assert wrong.exit_code == 2
