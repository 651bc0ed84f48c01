"""What an editor would object to in a sentence of a summary, judged apart from the code that avoids it.

Plain word lists over the sentence's own characters: no tags, no vectors, nothing of analysis, so that a
mistake there does not hide itself here. Meant to be a little too strict.
"""

import re

OPENERS = re.compile(
    r"""^[\s“"‘'(]*(?:
      but|and|or|so|yet|nor|he|she|it|they|his|her|its|their|him|them|this|that|these|those|such|both|either
      |neither|another|others?|some|many|most|several|few|one\s+of\s+(?:them|these|those)|each\s+of\s+(?:them|these)
      |however|therefore|thus|hence|moreover|furthermore|nevertheless|nonetheless|meanwhile|additionally
      |consequently|accordingly|similarly|likewise|conversely|instead|otherwise|still|also|then|besides|indeed
      |as\s+a\s+result|as\s+such|in\s+addition|in\s+contrast|in\s+turn|in\s+other\s+words|in\s+that\s+case|in\s+this
      |in\s+these|in\s+those|in\s+doing\s+so|in\s+fact|by\s+then|by\s+contrast|by\s+comparison|by\s+doing\s+(?:so|this|that)
      |on\s+the\s+other\s+hand|on\s+top\s+of\s+(?:that|this)|at\s+the\s+same\s+time|at\s+this|at\s+that|after\s+that
      |after\s+this|since\s+then|until\s+then|for\s+(?:example|instance|this|that|these|those)|to\s+this\s+end
      |to\s+do\s+(?:so|this|that)|because\s+of\s+(?:this|that)|due\s+to\s+(?:this|that)|despite\s+(?:this|that)
      |with\s+(?:this|that|these|those)|from\s+(?:this|that|these|there)|of\s+(?:these|those|them)|under\s+(?:this|that|these)
      |that\s+is|that's|that’s|it's|it’s|he's|he’s|she's|she’s|they're|they’re|the\s+(?:former|latter|other|same|second|third)
      )\b""",
    re.IGNORECASE | re.VERBOSE,
)
"""How a sentence begins that points at another one."""

NOT_POINTING = re.compile(
    r"""^[\s“"‘'(]*(?:
      (?:some|many|most|several|few|both|both\s+the)\s+(?!of\s+(?:them|these|those)\b|have\b|are\b|were\b|say\b|said\b|will\b
        |also\b|had\b|did\b|can\b|do\b|would\b|more\b|others?\b|still\b|argue\b|believe\b)[\w“"']
      |most\s+of\s+the\b
      |it\s+(?:is|was|’s|'s)\s+\w+\s+(?:that|to)\b
      |so\s+far\b|still\s+life|that\s+said,?\s+never|one\s+of\s+the
      |either\s+\w+\s+or\b|neither\s+\w+\s+nor\b
      |such\s+as\b)""",
    re.IGNORECASE | re.VERBOSE,
)
"""Openings that only look so: "Many hospitals ...", "It is likely that ..."."""

GENERIC = re.compile(
    r"^[\s“\"‘'(]*the\s+(?:company|firm|group|agency|department(?!\s+of)|organi[sz]ation|study|researchers|authors?|team|report"
    r"|paper|survey|duo|pair|actor|actress|singer|player|couple|project|law|bill|ruling|plan|move|decision|incident"
    r"|suspect|victim|officer|spokes\w+|president|minister|judge|court|man|woman)(?:['’]s)?\s",
    re.IGNORECASE,
)
"""Openings that need someone or something named before."""

FURNITURE = re.compile(
    r"""\b(?:subscribe\s+(?:to|now|here|today)|sign\s+up\s+(?:for|to|here|now)|(?:our|my|free|weekly|daily|monday)\s+newsletters?|click\s+here|read\s+(?:more|on\s+for|also|our|the\s+full)|photo(?:graph)?s?\s*(?:by|credit|courtesy|:)
      |image\s*(?:by|credit|courtesy|:)|credit\s*:|getty|shutterstock|all\s+rights\s+reserved|copyright|follow\s+us|share\s+this
      |cookie\s+(?:policy|settings|notice)|we\s+use\s+cookies|privacy\s+policy|terms\s+of\s+(?:use|service)|advertisement
      |sponsored\s+(?:by|post|content)|affiliate\s+(?:links?|commission)|earn\s+a\s+commission|written\s+by|edited\s+by
      |about\s+the\s+author|is\s+an?\s+(?:\w+\s+)?(?:freelance|staff|senior)\s+(?:writer|reporter|journalist|editor)\b
      |originally\s+(?:published|appeared)|contact\s+us|leave\s+a\s+comment|in\s+the\s+comments|thanks?\s+for\s+reading|stay\s+tuned
      |download\s+our|join\s+our|follow\s+(?:me|him|her)\s+on|minute\s+read|log\s+in|this\s+(?:article|post)\s+(?:was|is|has))\b
      |https?://|www\.|©|\S+@\S+\.\w{2,}|\((?:photo|image|credit|ap|reuters|afp|pictured|file\s+photo)\b[^)]*\)
      |^by\s+\w+\s+\w+\W*$""",
    re.IGNORECASE | re.VERBOSE,
)
DATELINE = re.compile(r"^[A-Z][A-Z .,’'-]{3,40}(?:\((?:AP|Reuters|AFP|CNN|UPI)\))?\s*[-–—]\s")


def dangles(sentence: str) -> bool:
    """Say whether a sentence opens by pointing at something said before."""
    return bool(OPENERS.match(sentence)) and not NOT_POINTING.match(sentence)


def needs_a_name(sentence: str) -> bool:
    """Say whether a sentence opens with "The company" and the like."""
    return bool(GENERIC.match(sentence))


def is_furniture(sentence: str) -> bool:
    """Say whether a sentence belongs to the site and not to the article."""
    return bool(FURNITURE.search(sentence) or DATELINE.match(sentence))
