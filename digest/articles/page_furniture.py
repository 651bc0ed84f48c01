"""Lines that stand in a main text without being part of it: words only, no look at the page.

On the 240 pages of November 2026 the lines cut at the end held 446 words that are not in the references
and 83 that are, at the start 106 and 14; a closing heading with all after it counts where it stands in the
last fifth of the words. English mostly, as those pages are: what is not recognised stays. A list of sources
stays too, since half the references keep theirs.
"""

import re

# A heading or short line after which nothing of the article follows.
_CLOSING = re.compile(
    r"\W*(?:"
    r"(?:related|recommended|popular|trending|latest|recent|similar|other|more)(?: [\w’']+){0,2} "
    r"(?:posts?|articles?|content|reading|reads?|stories|news|links|topics|guides?)\b.{0,40}"
    r"|you (?:may|might|could|will|['’]ll) (?:also )?(?:like|love|enjoy|be interested).{0,30}"
    r"|(?:more|also) (?:from|by) .{2,40}|more news|read (?:next|more|also)|keep reading|continue reading"
    r"|up next"
    r"|this might be interesting to you|what to read next|more like this"
    r"|about (?:the )?(?:author|writer|contributor)s?|meet the authors?|article (?:written|reviewed) by"
    r"|reviewed by"
    r"|share (?:this|with|on|your|the).{0,40}|leave a (?:reply|comment)|(?:\d+ )?comments?|post navigation"
    r"|(?:sign up|subscribe|join)(?: (?:to|for|our|now|today)\b.{0,50})?|newsletter"
    r"|article sources|back to top|request information|contact us|get in touch"
    r")\W*",
    re.IGNORECASE,
)

# A line that is furniture where it ends the text; longer ones too.
_LAST = re.compile(
    r"^(?:[^\w]*)(?:"
    r"(?:read|learn|find out|see|view|show|load|discover|explore) more\b.{0,80}|"
    r"(?:disclaimer|disclosure|advertisement|editor[’']s note|photo|image|photos|images"
    r"|photography)(?: \w+){0,2}\s*[:/].*|"
    r"(?:sign up|subscribe|follow|join|contact|call|book|schedule|request|download|get started|start your"
    r"|try|click|register|"
    r"shop|apply|browse|visit|check out|share)\b.{0,160}|"
    r"tags?:.*|filed under.*|posted (?:in|on|by)\b.*|(?:©|copyright|all rights reserved).*|"
    r"last (?:updated|modified|reviewed).*|(?:published|updated|reviewed)\b.{0,40}|"
    r"this (?:article|post|story|content|blog|column) (?:is|was|may|has|first|originally|appeared"
    r"|contains)\b.{0,300}|"
    r"(?:the|all) (?:information|content|opinions|views|material|materials)\b.{0,120}"
    r"\b(?:purposes only|does not|do not|is not|are not|their own|the author).*|"
    r".{0,200}\b(?:informational|educational|illustrative) (?:and \w+ )?purposes only.*|"
    r".{0,120}\bdoes not constitute (?:an? )?(?:endorsement|advice|investment|financial|legal).*|"
    r".{0,120}\baffiliate (?:links?|commission|disclosure|marketer|partner).*"
    r"|.{0,80}\bearns? (?:from qualifying|a commission|commissions?).*|"
    r"as an amazon associate.*|.{0,120}\b(?:our|the|my|a) (?:free )?(?:weekly |daily "
    r"|monthly )?newsletter\b.{0,160}|"
    r".{0,60}\bfollow (?:us|me|him|her|them) on\b.*|.{0,60}\bin your inbox\b.*|.{0,80}\bto your inbox\b.*"
    r")$",
    re.IGNORECASE,
)

# A line that is furniture where it begins the text.
_FIRST = re.compile(
    r"^(?:[^\w]*)(?:"
    r"(?:by|written by|reviewed by|author|words by|posted by|published by)\b:?.{0,80}|"
    r"(?:last |first |originally )?(?:updated|published|posted|modified|reviewed|date)\b(?: on"
    r"| at)?:?.{0,60}\d.{0,30}|"
    r"(?:table of contents|contents|in this article|on this page|jump to|key takeaways|blog"
    r"|share(?: this)?.{0,30}|listen.{0,60}|"
    r"back to \w+|home|menu|skip to.{0,30}|advertisement|article|news|save|print|email)|"
    r"\W*\d+[\s-]*min(?:ute)?s?(?: read)?\W*(?:\d.{0,20})?|.{0,40}\b\d+ min(?:ute)?s?\.? read\b.{0,20}|"
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,? )?(?:\d{1,2}(?:st|nd|rd|th)? )?"
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? (?:\d{1,2}(?:st|nd|rd"
    r"|th)?,? )?\d{4}\b.{0,30}|"
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}\b.{0,20}|"
    r".{0,100}\b(?:affiliate|commissions?|qualifying purchases|independently (?:by|chosen|selected)"
    r"|sign up for)\b.{0,200}|"
    r"(?:photo|image|credit|getty|source|photograph)\w*\b.{0,10}[:/].{0,60}|.{0,40}via getty images?"
    r")$",
    re.IGNORECASE,
)

# A line that is furniture wherever it stands.
_ANYWHERE = re.compile(
    r"^\W*(?:"
    r"(?<=\[)(?:read|see|learn|related) (?:more|also|next)\b.{0,120}|read our full\b.{0,80}\breview"
    r"|read more|also read:.{0,120}|"
    r"you (?:may|might) (?:also )?(?:like|be interested)\b.{0,120}|"
    r"advertisement|sponsored ad|table of contents|share(?: this)?(?: post| article| story)?|"
    r"as an amazon associate\b.{0,120}|.{0,60}\bsign up for our newsletter\b.{0,80}|"
    r"this slideshow requires javascript.*|\[[a-z-]+ [a-z-]+=.*\]"
    r")\W*$",
    re.IGNORECASE,
)

# A sentence may open with "Related articles"; a line that ends an article is short; judgement.
MAX_CLOSING_WORDS = 9


def is_closing(line: str) -> bool:
    """Whether nothing after this line belongs to the article."""
    return len(line) < 90 and len(line.split()) <= MAX_CLOSING_WORDS and bool(_CLOSING.fullmatch(line))


def is_furniture_first(line: str) -> bool:
    """Whether a line at the very start is not part of the article."""
    return len(line) < 400 and bool(_FIRST.match(line))


def is_furniture_last(line: str) -> bool:
    """Whether a line at the very end is not part of the article."""
    return len(line) < 1500 and bool(_LAST.match(line))


def is_furniture(line: str) -> bool:
    """Whether a line is not part of the article wherever it stands."""
    return len(line) < 250 and bool(_ANYWHERE.match(line))
