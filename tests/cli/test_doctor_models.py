"""What `digest doctor` says of language models."""

import os
from pathlib import Path

import pytest
from fake_language_models import FakeLanguageModels
from ruamel.yaml import YAML

from digest.adapters.local_servers import USUAL, Usual
from digest.cli.diagnosis import Finding, diagnose

SETTINGS = "feeds: []\nsettings:\n  language_model: {}\n"


def found(folder: Path, usual: list[Usual], what: str) -> list[Finding]:
    return [each for each in diagnose(folder, usual=usual) if each.what == what]


def at(fake: FakeLanguageModels, program: str) -> Usual:
    usual = next(each for each in USUAL if each.program == program)
    return Usual(program, usual.provider, fake.port, usual.models, usual.path)


@pytest.mark.parametrize(
    ("program", "model", "path"),
    [
        ("Ollama", "ollama:qwen3:8b", ""),
        ("LM Studio", "local:qwen3:8b", "/v1"),
        ("vLLM", "local:qwen3:8b", "/v1"),
    ],
)
def test_a_program_on_this_machine_is_named_with_what_to_write(
    tmp_path: Path, program: str, model: str, path: str
) -> None:
    with FakeLanguageModels(models=["qwen3:8b", *"abcdef"]) as fake:
        [finding] = found(tmp_path, [at(fake, program)], program)
    says = finding.says.splitlines()
    assert finding.is_fine
    url = f"http://127.0.0.1:{fake.port}{path}"
    assert says[0] == f"answers at {url} with qwen3:8b, a, b, c, d and 2 more; in feeds.yaml's settings:"
    assert YAML(typ="safe").load("\n".join(says[1:])) == {"language_model": model, "language_model_url": url}


def test_the_lines_are_yaml_whatever_a_model_is_called(tmp_path: Path) -> None:
    name = 'my: "odd" #model'
    with FakeLanguageModels(models=[name]) as fake:
        [finding] = found(tmp_path, [at(fake, "vLLM")], "vLLM")
    written = YAML(typ="safe").load("\n".join(finding.says.splitlines()[1:]))
    assert written["language_model"] == f"local:{name}"


def test_where_none_answers_one_quiet_line_says_so(tmp_path: Path) -> None:
    with FakeLanguageModels() as fake:
        gone = at(fake, "vLLM")
    assert found(tmp_path, [gone], "local language models") == [
        Finding("local language models", True, "none answers on its usual port")
    ]


def test_a_model_of_the_settings_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [each for each in os.environ if each.endswith("_API_KEY")]:
        monkeypatch.delenv(name)
    feeds = tmp_path / "feeds.yaml"
    feeds.write_text("feeds: []\n")
    assert found(tmp_path, [], "language model") == []
    feeds.write_text(SETTINGS.format("openai:gpt-5-mini"))
    [finding] = found(tmp_path, [], "language model")
    assert not finding.is_fine
    assert "set OPENAI_API_KEY" in finding.says
    monkeypatch.setenv("OPENAI_API_KEY", "sk-Quartz7f3Basalt9c1")
    [finding] = found(tmp_path, [], "language model")
    assert finding.is_fine
    assert "openai:gpt-5-mini" in finding.says
    assert "Quartz" not in finding.says
