"""What serves language models on this machine is found, and nothing else is taken for it."""

import asyncio
import json
import time

import pytest
from fake_language_models import FakeLanguageModels
from raw_server import RawServer, reply, says

from digest.adapters.local_servers import USUAL, LocalServer, Usual, local_servers


def at(port: int, program: str = "llama.cpp") -> Usual:
    usual = next(each for each in USUAL if each.program == program)
    return Usual(program, usual.provider, port, usual.models, usual.path)


def test_each_program_is_found_with_its_models() -> None:
    with FakeLanguageModels(models=["qwen3:8b", "gemma3"]) as fake:
        here = f"http://127.0.0.1:{fake.port}"
        found = asyncio.run(local_servers([at(fake.port, each.program) for each in USUAL]))
    models = ("qwen3:8b", "gemma3")
    assert found == [
        LocalServer("Ollama", "ollama", here, models),
        LocalServer("LM Studio", "local", f"{here}/v1", models),
        LocalServer("llama.cpp", "local", f"{here}/v1", models),
        LocalServer("vLLM", "local", f"{here}/v1", models),
    ]


def test_the_usual_ports_are_those_of_the_programs() -> None:
    ports = {each.program: each.port for each in USUAL}
    assert ports == {"Ollama": 11434, "LM Studio": 1234, "llama.cpp": 8080, "vLLM": 8000}


def look(body: bytes, status: int = 200, program: str = "llama.cpp", **headers: str) -> list[LocalServer]:
    async def run() -> list[LocalServer]:
        async with RawServer(says(reply(body, status, **headers))) as server:
            return await local_servers([at(server.port, program)])

    return asyncio.run(run())


@pytest.mark.parametrize(
    "body",
    [b"<html>hello</html>", b"{}", b"[]", b'"x"', b'{"data": 3}', b'{"data": ["x"]}', b"[" * 50_000, b"\xff"],
)
def test_another_program_at_the_port_is_not_taken_for_one(body: bytes) -> None:
    assert look(body) == []
    assert look(body, program="Ollama") == []


def test_an_error_or_a_way_elsewhere_is_no_answer() -> None:
    listed = json.dumps({"data": [{"id": "x"}]}).encode()
    assert look(listed, 500) == []
    assert look(b"", 302, location="http://127.0.0.2/v1/models") == []


def test_a_program_says_itself_what_it_is() -> None:
    [found] = look(json.dumps({"data": [{"id": "x", "owned_by": "vllm"}]}).encode(), program="llama.cpp")
    assert found.program == "vLLM"


def test_a_program_without_models_is_found_and_names_that_cannot_be_set_are_not() -> None:
    [found] = look(b'{"data": []}')
    assert found.models == ()
    names = [{"id": "a\nanalyzer: model"}, {"id": 3}, {"id": ""}, {"id": "good"}, {"id": " x"}, {}]
    [found] = look(json.dumps({"data": names}).encode())
    assert found.models == ("good",)


def test_looking_takes_no_longer_than_one_program_may() -> None:
    async def run() -> tuple[list[LocalServer], float]:
        async def hang(*_: object) -> None:
            await asyncio.sleep(30)

        async with RawServer(hang) as server:
            started = time.monotonic()
            found = await local_servers([at(server.port), at(server.port, "Ollama")], timeout_s=0.3)
            return found, time.monotonic() - started

    found, seconds = asyncio.run(run())
    assert found == []
    assert seconds < 2
