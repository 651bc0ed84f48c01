"""Lines that stand in a main text without being part of it: words only, no look at the page.

On the 240 pages of November 2026 the lines cut at the end hold 174 words that are not in the references and
98 that are, at the start 133 and 63, invitations and bylines that these references keep; a closing heading
with all after it counts where it stands in the last fifth of the words. A line that may be a sentence of a
report stays, for to lose the first or last of a report is worse than to keep a line too many. English mostly,
as those pages are: what is not recognised stays. A list of sources stays too, since half the references keep
theirs.
"""

import re

# A heading or short line after which nothing of the article follows.
_CLOSING = re.compile(
    r"\W*(?:"
    r"(?:related|recommended|popular|trending|latest|recent|similar|other|more)(?: [\w’']+){0,2} "
    r"(?:posts?|articles?|content|reading|reads?|stories|news|links|topics|guides?)\b.{0,40}"
    r"|you (?:may|might|could|will|['’]ll) (?:also )?(?:like|love|enjoy|be interested)(?!.*[a-z]\.$).{0,30}"
    r"|(?:more|also) (?:from|by) .{2,40}|more news|read (?:next|more|also)|keep reading|continue reading"
    r"|up next"
    r"|this might be interesting to you|what to read next|more like this"
    r"|about (?:the )?(?:author|writer|contributor)s?|meet the authors?|article (?:written|reviewed) by"
    r"|reviewed by"
    r"|share (?:this|on|with (?:your|friends|others|us)|the (?:article|blog|post|story|love|news|page)"
    r"|your (?:thoughts?|comments?|experiences?|opinions?|story|stories|views?|feedback)).{0,40}"
    r"|leave a (?:reply|comment)|(?:\d+ )?comments?|post navigation"
    r"|(?:sign up|subscribe|join)(?: (?:to|for|our|now|today)\b.{0,50})?|newsletter"
    r"|article sources|back to top|request information|contact us|get in touch"
    r")\W*",
    re.IGNORECASE,
)

# What an invitation goes on with: "Visit our ...", "Call 555 ...", "Share this". With a bare noun it is none:
# "Share prices fell", "Call centres will close" and "Book sales rose" end reports as often as anything.
_INVITED = (
    r"(?:\W*$|\W*[@#\d]|\s+(?:us|me|our|my|your|this|these|here|now|today|it|him|her|them|free|for free"
    r"|with (?:us|me|our|your)|on (?:our|social|(?-i:[A-Z]))|via|more|out)\b"
    r"|\s+(?:the|an?)\b(?=.*\b(?:you|your|our|us|we|my|free|today|now|links?|demo|consultation|full"
    r"|newsletter|website|page)\b)"
    r"|\s+(?-i:[A-Z])\S*(?=.*(?:\b(?:you|your|our|us|we|more|today|now|free|help|on|at|here)\b|\d|$)))"
)

# A line that is furniture where it ends the text; longer ones too.
_LAST = re.compile(
    r"^(?:[^\w]*)(?:"
    r"(?:read|learn|find out|see|view|show|load|discover|explore) more\b"
    r"(?:\W*$|\s*[:→»>|-]|\s+(?:about|at|from|here|in (?:our|the)|of (?:our|the)|on|by|how|stories|articles"
    r"|posts|news|(?-i:[A-Z]))).{0,80}|"
    r"(?:disclaimer|disclosure|advertisement|editor[’']s note|photo|image|photos|images|photography)"
    r"(?: (?:by|credits?|sources?|courtesy|via|of|from|and \w+))*\s*[:/].*|"
    r"(?:sign up|subscribe|get started|start your|check out|click (?:here|on|the|to|below))\b.{0,160}|"
    r"(?:follow|join|contact|call|book|schedule|request|download|try|register|shop|apply|browse|visit|share)"
    rf"(?={_INVITED}).{{0,160}}|"
    r"tags?:.*|filed under.*|posted (?:in|on|by)\b.*|all rights reserved.*|©.*"
    r"|copyright(?=\W*(?:©|\(c\)|\d|by\b|notice|$)).*|"
    r"this (?:article|post|story|content|blog|column) (?:(?:is|was|may|has|been|first|originally|also|be|not"
    r"|only|a|an) )*(?:appeared|published|posted|written|produced|sponsored|provided|intended|syndicated"
    r"|republished|reproduced|reprinted|distributed|translated|adapted|updated|corrected|edited|reviewed"
    r"|cross-posted|licensed|supported|brought|contains?|part of|for (?:general|information\w*|educational)"
    r"|guest|based (?:up)?on)\b.{0,300}|"
    r"(?:the|all) (?:information|content|opinions|views|material|materials)(?: and \w+)?"
    r" (?:(?:is |are )?(?:provided|contained|presented|expressed|published|shared|featured|available|found"
    r"|here\w*|on|in|within|of)\b|(?:is|are) (?:for|not intended|their own|those|solely)\b).{0,160}"
    r"\b(?:purposes only|does not|do not|is not|are not|their own|the author|intended)\b.*|"
    r".{0,200}\b(?:informational|educational|illustrative) (?:and \w+ )?purposes only.*|"
    r".{0,120}\bdoes not constitute (?:an? )?(?:endorsement|advice|investment|financial|legal).*|"
    r".{0,120}\baffiliate (?:links?|commission|disclosure|marketer|partner)\b.*|"
    r".{0,80}\b(?:we|I|us|site|may|publishers?) (?:may |can |also )?"
    r"earns? (?:from qualifying|(?:an? )?(?:\w+ )?commissions?).*|"
    r"as an amazon associate.*|"
    r"(?:additional )?reporting by\b.{1,300}\b(?:editing|writing) by\b.*|our standards: .{0,80}|"
    r"the post\b.{1,300}\b(?:appeared first|first appeared|was first published) on\b.*|"
    r".{0,60}\b(?:sign(?:ing)? up|subscrib\w+|join|get|receive|our|my|free)\b.{0,60}\bnewsletter\b.{0,160}|"
    r".{0,60}\bfollow (?:us|me|him|her|them) (?:on|at) (?:@|social|(?-i:[A-Z])|twitter|facebook|instagram).*|"
    r".{0,60}\b(?:in|to) your inbox\b.*"
    r")$",
    re.IGNORECASE,
)

# When a text was written, or last looked at. Beside that such a line has names and days, no words of its own.
_DATED = re.compile(
    r"^\W*(?:(?:last|first|originally) )?(?:updated|modified|reviewed|published|posted|date)\b"
    r".{0,60}\d.{0,30}$",
    re.IGNORECASE,
)
# A line that is but a day, perhaps with what goes along with it.
_DAY = re.compile(
    r"^\W*(?:(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,? )?(?:\d{1,2}(?:st|nd|rd|th)? )?"
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? (?:\d{1,2}(?:st|nd|rd|th)?,? )?\d{4}\b"
    r".{0,30}|\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}\b.{0,20})$",
    re.IGNORECASE,
)
# Who wrote it, by name: what follows "by" in a sentence is no name, or goes on.
_BYLINE = re.compile(
    r"^\W*(?:by|written by|reviewed by|author|words by|posted by|published by)\b:?.{0,80}$", re.IGNORECASE
)
# Words of such lines in small letters; any other is a word of a sentence.
_OF_A_BYLINE = frozenset(
    ("a", "about", "ago", "am", "an", "and", "at", "by", "checked", "contributed", "contributor",
     "correspondent", "de", "del", "der", "di", "du", "edited", "editor", "et", "fact", "first", "for",
     "freelance", "from", "guest", "hour", "hours", "in", "la", "last", "le", "min", "mins", "minute",
     "minutes", "modified", "nd", "of", "on", "originally", "photo", "photographs", "photos", "pm", "posted",
     "published", "rd", "read", "reporter", "reviewed", "st", "staff", "th", "the", "time", "to", "und",
     "updated", "van", "view", "von", "with", "words", "writer", "written")
)  # fmt: skip
_LETTERS = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)*")
_SENTENCE = re.compile(r"[.!?…][\"'”’»)\]]*$")
MAX_SMALL_WORDS = 2
"""Others in a line that is none: a byline may be all in small letters ("by ibby kent"); judgement."""

# A line that is furniture where it begins the text.
_FIRST = re.compile(
    r"^(?:[^\w]*)(?:"
    r"(?:table of contents|contents|in this article|on this page|jump to|key takeaways|blog"
    r"|share(?: (?:this|on|via|with|with your) ?.{0,30})?"
    r"|listen(?: (?:to (?:this|the (?:article|story|episode|podcast|audio))|now|here)\b.{0,50})?|"
    r"back to \w+|home|menu|skip to.{0,30}|advertisement|article|news|save|print|email)|"
    r"\W*\d+[\s-]*min(?:ute)?s?(?: read)?\W*(?:\d.{0,20})?|.{0,40}\b\d+ min(?:ute)?s?\.? read\b.{0,20}|"
    r".{0,100}\b(?:affiliate (?:links?|commissions?|disclosure|marketer|partner\w*|program\w*)"
    r"|(?:earn|receive|get|make|paid)\w* (?:us )?(?:an? )?(?:small |affiliate )?commissions?"
    r"|qualifying purchases|independently (?:by|chosen|selected)|sign up for (?:our|my|the free|free))\b"
    r".{0,200}|"
    r"(?:photo|image|credit|getty|source|photograph)(?:s|ed|er|graphy)?(?: (?:by|credits?|courtesy|source"
    r"|of))*\s*[:/].{0,60}|.{0,40}via getty images?"
    r")$",
    re.IGNORECASE,
)

# A line that is furniture wherever it stands.
_ANYWHERE = re.compile(
    r"^\W*(?:"
    r"(?<=\[)(?:read|see|learn|related) (?:more|also|next)\b.{0,120}|read our full\b.{0,80}\breview"
    r"|read more|(?:also read|read (?:also|more|next)|related|see also|don[’']t miss|more on this)\s?:"
    r".{0,180}|"
    r"(?:story|article) continues (?:below|after)\b.{0,40}|"
    r"you (?:may|might) (?:also (?:like|be interested)\b.{0,120}"
    r"|(?:like|be interested in)(?: (?:this|these|our|the following)\b.{0,40})?(?:\W*$|:.{0,120}))|"
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
    return len(line) < 400 and (bool(_FIRST.match(line)) or _is_of_its_making(line))


def is_furniture_last(line: str) -> bool:
    """Whether a line at the very end is not part of the article."""
    return len(line) < 1500 and (
        bool(_LAST.match(line)) or bool(_DATED.match(line) and not tells_something(line))
    )


def without_last(text: str) -> str:
    """Cut furniture from the end of a text, line by line; a text of nothing else stays."""
    lines = text.split("\n")
    end = len(lines)
    while end and (not (last := lines[end - 1]).strip() or is_furniture_last(last) or is_closing(last)):
        end -= 1
    return "\n".join(lines[:end]) or text


def _is_of_its_making(line: str) -> bool:
    """Whether a line says by whom an article is, or of which day, and nothing else."""
    if _BYLINE.match(line) or _DATED.match(line) or _DAY.match(line):
        return not tells_something(line)
    return False


def tells_something(line: str) -> bool:
    """Whether a line is more than names, days and what goes with them."""
    own = [word for word in _LETTERS.findall(line) if word[0].islower() and word not in _OF_A_BYLINE]
    return len(own) >= (MAX_SMALL_WORDS if _SENTENCE.search(line) else MAX_SMALL_WORDS + 1)


def is_furniture(line: str) -> bool:
    """Whether a line is not part of the article wherever it stands."""
    return len(line) < 250 and bool(_ANYWHERE.match(line))
