"""Read a PDF from standard input and print its text as JSON; a process of its own, with limits.

Run as a file, with nothing of this project imported: a PDF can make any reader crash, loop or eat memory.
"""

import json
import resource
import sys

MAX_PAGES = 100  # the rest of a book is not read; judgement
# Address space, the interpreter included; a bomb ends this process only; judgement.
MAX_MEMORY_BYTES = 1_000_000_000
MAX_CPU_S = 20  # a loop within the reader ends too; judgement
MAX_CHARS = 2_000_000  # five times what is embedded of a text; guards the answer's size; judgement


def main() -> int:
    """Print {"title", "author", "created", "pages": [text, ...]} for the PDF on standard input."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU_S, MAX_CPU_S))
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(sys.stdin.buffer.read())
    except pypdfium2.PdfiumError as error:
        sys.stdout.write(json.dumps({"problem": str(error)}))
        return 0
    described = document.get_metadata_dict()
    pages: list[str] = []
    size = 0
    for index in range(min(len(document), MAX_PAGES)):
        try:
            text = document[index].get_textpage().get_text_range()
        except (pypdfium2.PdfiumError, UnicodeDecodeError):
            text = ""
        pages.append(text)
        size += len(text)
        if size > MAX_CHARS:
            break
    sys.stdout.write(
        json.dumps(
            {
                "title": described.get("Title", ""),
                "author": described.get("Author", ""),
                "created": described.get("CreationDate", ""),
                "pages": pages,
            }
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
