"""A prompt file's body, compiled: Jinja2 in a sandbox; every mistake is named with file and line.

The article is only ever a value in it: what it says in double braces is text.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from digest.errors import ConfigError
from digest.records import ModelPrompt

MOST_CHARACTERS = 2_000_000
"""Of a rendered block: a template that repeats beyond that was not written to be read."""


@dataclass(frozen=True)
class CompiledPrompt:
    """A prompt file, ready to be filled in."""

    prompt: ModelPrompt
    template: Template

    def render(self, block: str, **values: object) -> str:
        """Fill in one block.

        Raises:
            ConfigError: the template does what it may not; what a compile can see was seen before.
        """
        try:
            context = self.template.new_context(dict(values))
            text = ""
            for piece in self.template.blocks[block](context):
                text += piece
                if len(text) > MOST_CHARACTERS:
                    raise SecurityError(f"block {block} becomes longer than {MOST_CHARACTERS:,} characters")
        except (TemplateError, ArithmeticError, TypeError, ValueError, LookupError, AttributeError) as error:
            raise ConfigError(f"{self.prompt.name}:{self._line_of(error)}: {_said(error)}") from error
        return text.strip()

    def _line_of(self, error: Exception) -> int:
        """The line of the file where an error came up in the template."""
        traceback, line = error.__traceback__, 0
        while traceback:
            if traceback.tb_frame.f_code.co_filename == "<template>":
                line = self.template.get_corresponding_lineno(traceback.tb_lineno)
            traceback = traceback.tb_next
        return self.prompt.body_line + max(1, line)


def compile_prompt(prompt: ModelPrompt, names: Mapping[str, Iterable[str]]) -> CompiledPrompt:
    """Compile a prompt file.

    Args:
        prompt: The file.
        names: By block that it must have: the names that may be used there.

    Raises:
        ConfigError: everything that is wrong with the body, each with file and line.
    """
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False, loader=None
    )
    try:
        tree = environment.parse(prompt.body)
        template = environment.from_string(prompt.body)
    except TemplateSyntaxError as error:
        raise ConfigError(f"{prompt.name}:{prompt.body_line + error.lineno}: {_said(error)}") from error
    blocks = {block.name: block for block in tree.find_all(nodes.Block)}
    problems = [
        f"{prompt.name}: block {name} is missing; write {{% block {name} %}} … {{% endblock %}}"
        for name in names
        if name not in blocks
    ]
    for name in names.keys() & blocks.keys():
        problems += _unknown(prompt, blocks[name], frozenset(names[name]), frozenset(environment.globals))
    problems += [
        f"{prompt.name}:{prompt.body_line + node.lineno}: a prompt cannot take in another file"
        for node in tree.find_all((nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends))
    ]
    if problems:
        raise ConfigError(sorted(problems))
    return CompiledPrompt(prompt, template)


def _unknown(
    prompt: ModelPrompt, block: nodes.Block, known: frozenset[str], built_in: frozenset[str]
) -> Iterator[str]:
    """Name what a block uses and nobody gives it, and filters and tests that there are not."""
    own = {node.name for node in block.find_all(nodes.Name) if node.ctx in ("store", "param")}
    for node in block.find_all(nodes.Name):
        if node.ctx == "load" and node.name not in known | own | built_in | {"loop"}:
            yield (
                f"{prompt.name}:{prompt.body_line + node.lineno}: unknown name {{{{ {node.name} }}}}; "
                f"known: {', '.join(sorted(known))}"
            )


def _said(error: Exception) -> str:
    message = " ".join(str(error).split()) or type(error).__name__
    return message[0].lower() + message[1:]
