"""Article -> analysis: title, summary, keywords, themes and signals, by rules, without a language model.

Everything is chosen or cut from the article's own words. Sentence and phrase vectors are pooled from the
token vectors of one embedding pass.

    reading.py   the article's sentences, judged once     sentence_furniture.py  what is no prose
    titles.py  summary.py  keywords.py  themes.py          one field each
    summary_scores.py  how likely a reader chooses a sentence: learned
    standing.py  what a sentence needs to stand alone      faults.py  what an editor holds against it
    signals.py   the table
    carriers.py  does the article report a change, and which sentences carry it: learned from traits.py, what
                 can be told of a sentence without knowing its subject
    statements.py  a sentence as its row shows it     shortening.py  a long one, less what can go
    antecedents.py  what a pronoun stands for     whole_names.py  what a surname stands for
    kinds.py     what a row is, and how firm
    change_cells.py  the change     causes.py  the driving force     cells.py  what wording alone gives of the
                 change and of what lies ahead        spans.py  pieces of a sentence
    cues.py      words that report a change
    ideas.py     phrasings of the editor's library, offered for cells of which the article says nothing
    patterns.py  how well its patterns fit a row
    learned.py   the weights of what is learned, as the package brings them along
"""

from digest.analysis.ideas import with_ideas
from digest.analysis.keywords import choose_keywords
from digest.analysis.library import Library, library_texts, make_library
from digest.analysis.reading import read
from digest.analysis.signals import make_signals
from digest.analysis.summary import summarize
from digest.analysis.themes import choose_themes, steep_of
from digest.analysis.titles import clean_title
from digest.records import Analysis, Article, TokenVectors

__all__ = ["ANALYZER", "Library", "analyze", "analyzer_id", "library_texts", "make_library"]

ANALYZER = "rules-5"
"""Changes when the same article and library would get another analysis."""


def analyzer_id(library_version: str, model_id: str) -> str:
    """Name what makes an analysis: rules, library and model; part of the cache key."""
    return f"{ANALYZER}/{library_version}/{model_id}"


def analyze(
    article: Article, tokens: TokenVectors, library: Library, *, analyzer: str = ANALYZER
) -> Analysis:
    """Analyse one article. Calls no model; the same input gives the same output.

    Args:
        article: With its sentences.
        tokens: Token vectors of `article.text`; the title is not in it.
        library: Themes and patterns with their vectors, from the same model.
        analyzer: What to write into the record, from analyzer_id.

    Returns:
        As much as the text gives: four to five summary sentences, ten keywords, up to three themes, and up
        to six signals where the article reports a change; notes say where it gave less.
    """
    reading = read(article, tokens)
    themes, theme_notes = choose_themes(reading, library)
    steep = steep_of(themes, library.themes)
    signals, signal_notes = make_signals(reading, steep)
    return Analysis(
        id=article.id,
        title=clean_title(article.title, site=article.site, url=article.canonical_url, text=article.text),
        summary=summarize(reading),
        keywords=choose_keywords(reading),
        themes=themes,
        signals=with_ideas(signals, reading, library),
        analyzer=analyzer,
        notes=(*theme_notes, *signal_notes),
    )
