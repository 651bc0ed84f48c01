"""Sentences that state nothing: orders, questions, and what is said to a model. Nothing rests on them."""

import re
from collections.abc import Sequence
from itertools import pairwise

from digest.analysis.imperatives import is_imperative
from digest.language.tags import tag_sentences
from digest.language.verbs import verb_forms
from digest.language.words import FINITE, Word, split_words

TO_A_MODEL = re.compile(
    "(?i)"
    + "|".join(
        (
            # What it was told before, and what it shall do with that.
            r"\b(?:ignor(?:e|ing)|disregard|forget|forgotten|override|bypass|reveal|repeat|print|erase"
            r"|remove)\b.{0,60}\b(?:instructions?|prompts?|guidelines|assignments?|you (?:were|have been"
            r"|have|had)? ?(?:told|learn\w*)|(?:previous|prior|earlier|above) (?:\w+ )?(?:tasks?|texts?"
            r"|rules|messages|information|conversations?)|(?:discussed|said|told|everything"
            r"|all(?: of this| that)?) (?:before|above|beforehand|so far))\b",
            r"\bsystem prompt\b|\bprompt texts?\b|\b(?:next|user) prompt\b|\b(?:your|new"
            r"|following) instructions?\b",
            r"\b(?:vergiss|vergessen sie|ignorier\w+|oublie\w*|ignora|olvida)\b.{0,60}\b(?:anweisung\w*"
            r"|befehle\w*|angaben|aufgaben|prompt\w*|consignes|instruc\w+|tareas|istruzioni)\b",
            # Who it is, or shall be.
            r"\byou(?:'re|’re| are) (?:now |going to )?(?:an? |the )?(?:\w+ )?(?:ai|assistant|chatbot"
            r"|language model|llm|gpt|chatgpt|simulator)\b",
            r"\byou(?:'re|’re| are) going to (?:act|pretend|play|respond|answer|simulate)\b",
            r"\b(?:chatgpt|gpt|you|assistant)\b.{0,30}\b(?:acts? (?:as|like)|acting (?:as|like)"
            r"|pretend(?:ing)? (?:to|that)|role-?\s?play\w*|impersonat\w+|immerse yourself"
            r"|take on the (?:role|persona)|play the (?:role|character))\b",
            r"\bich möchte, dass (?:sie|du)\b|\bje veux que (?:tu|vous)\b|\bquiero que (?:actúes"
            r"|respondas)\b",
            r"\b(?:stay\w*|remain\w*) in character\b|\bbreak\w* (?:of )?character\b"
            r"|\bdo(?:es)? anything now\b|\bdeveloper mode\b|\[jailbreak\]|^\W*jailbreak:"
            r"|(?-i:\b(?:Chat)?DAN\b)|\btoken system\b|\bopenai(?:'s|’s)? (?:content|polic|guideline|rule"
            r"|restriction|usage)\w*",
            r"\b(?:unfiltered|amoral|uncensored|unrestricted|callous)\b.{0,60}\b(?:ai|model|intelligence"
            r"|chatbot|character|always)\b",
            r"\bas an? (?:ai|chatbot|(?:large )?language model)\b|\b(?:known as|named|called"
            r"|become) (?:\w+ ){0,3}(?:ai|language) model\b",
            r"(?:^|[.!?“\"]\s*)(?:(?:hello|hi|hey|hallo|dear|listen|okay"
            r"|ok),? ?(?:there,? )?)?(?:chat ?gpt|gpt)\b[,!:]",
            r"\bwe(?:'re|’re| are| will)\b.{0,30}\b(?:role-?\s?play|play a game)\b|\b(?:user|character)"
            r" (?:name|age|gender|personality)\b\W*[)\]:=]|\brespond(?:s|ing)? (?:as|like) (?:the"
            r" character|(?-i:[A-Z]))|(?:^|[.!?]\W*)(?:act|behave) (?:as|like) (?:a|an|if|though|him"
            r"|her)\b|\byou will be (?:called|known as|named)\b|\bdo not pretend\b",
            r"(?:^|[.!?:]\W*)(?:okay\W+|ok\W+|so\W+)?(?:now,? )?you are (?:now )?(?-i:[A-Z][\w’'-]+"
            r"(?: [A-Z][\w’'-]+){0,3})\s*[.,(]|(?:^|[.!?:*]\W*)you(?:'re|’re| are) now (?:an? |the )"
            r"|(?:^|[.!?]\W*)du bist (?:jetzt|nun|ab (?:jetzt|sofort)|(?-i:[A-Z]\w+(?: [A-Z]\w+)?[.,]))",
            # What a model says that will not, or that is said not to.
            r"\bi(?:'m| am) sorry,? but i (?:can ?not|can't|can’t)\b|\bi (?:can ?not|can't|can’t)"
            r" (?:fulfill?|comply with|assist with)\b|\bchatbot without\b|\brestrictions of (?:the )?(?:\w+"
            r" )?model\b|\b(?:version|unrestricted form) of chatgpt\b|\bbeing an? (?:ai|language model)\b"
            r"|\bai (?:character|persona)\b|\bdo not listen to (?:any|all|the) (?:previous"
            r"|prior|earlier)\b",
            # How it shall answer.
            r"\b(?:modify|enhance|adjust|provide|rewrite|end|begin|start|translate|reverse|encode)"
            r" your (?:next |entire |final )?(?:response|reply|answer|output|message)s?\b|\brepresent"
            r" your answer\b|\b(?:every|each|all|any)(?: of)?(?: (?:my|your|following|subsequent"
            r"|future))? (?:repl(?:y|ies)|responses?|requests?|prompts?)\b.{0,30}\b(?:me|i|you"
            r"|your)\b|\ball (?:of )?(?:your (?:responses|replies|answers)|my questions)\b"
            r"|\bsubsequent responses?\b|\b(?:put your|your) prompt\b|\bi will refer to you\b",
            r"\b(?:respond|reply|answer) (?:only |back )?(?:with|using)\b|\b(?:reply|respond"
            r"|answer) only\b|\bonly (?:reply|respond)\b|\b(?:answers?|follows?|obeys?) (?:all|every"
            r"|any) (?:requests?|instructions?|prompts?|commands?)\b",
            r"\b(?:in|of|to|from|into|within|with|for|throughout) your (?:next |entire "
            r"|final )?(?:response|reply|replies|answer|output|completion|implementation)s?\b",
            r"\byour (?:every |next )?(?:response|reply|answer|output)s? (?:must|shall|has to|have to"
            r"|is to|are to)\b",
            r"\b(?:following|below|subsequent) code (?:snippet|block|excerpt|section|segment|fragment)",
            r"\bi (?:will|want|would like|direct|order|command|am going to)(?: you)? (?:to )?(?:ask you"
            r"|give you|provide you|tell you|send you|you to (?:act|be|write|answer|respond|reply|pretend"
            r"|speak))\b",
            r"\bmy (?:first|next|following|last) (?:request|prompt|command|message|order|query)\b"
            r"|\bwe ask you\b",
            r"\bfrom (?:now on|this (?:point|moment)(?: on| forward)?)\b.{0,40}\byou (?:will|are|must"
            r"|shall|act|respond|answer)\b",
            r"\byou (?:must|shall|will|cannot|can't|do not|don't|never) (?:\w+ ){0,3}(?:refuse|obey"
            r"|comply|disclaim\w*|prompts?|instructions?)\b",
            # What its answer shall look like, and whom it shall be.
            r"\b(?:as|in|inside) (?:a|one|the) (?:single |unique )?code ?block\b|\bprompt interpretation\b"
            r"|\b(?:in|of) your (?:next )?messages?\b",
            r"\b(?:you|he|she|it),? as (?:the|your|his|her|its) name (?:implies|suggests)\b"
            r"|(?:^|[.!?]\W*)personify\b|\b(?:stay|remain)(?:s|ing)? in (?:their|his|her|your|the) roles?\b"
            r"|\bbleib\w* (?:immer )?in (?:ihren|ihrer|seiner|deiner) rollen?\b"
            r"|\baus der (?:figur|rolle) zu fallen\b"
            r"|\bfalling out of (?:the |their |your )?(?:figure|role)\b",
            # What programs put around a prompt, and forms of prompts.
            r"\{(?:user|model|goal|tools|[a-z]+[._][a-z]+)\}|\[/?(?:system|inst|admin|assistant)\]"
            r"|\badmin request\b|<\|?/?(?:system|information|instructions?|im_start|important)\b|%%%"
            r"|\[rest-of-document|\[insert \w+|\[input\]",
        )
    )
)
"""Seen in collections of attacks, in forms that other writing hardly has: of 240 real pages these are in 4
(November 2026). Known exception: an article on such attacks that quotes them."""
YOU = re.compile(r"(?i)\b(?:you|your|yours|yourself|yourselves)\b")
QUOTED = re.compile(r"“[^”]*”?|\"[^\"]*\"|‘[^’]*’(?!\w)")
ORDERED = frozenset(
    (
        "a", "an", "the", "your", "my", "this", "that", "these", "those", "every", "all", "each", "any",
        "some", "everything", "anything", "nothing", "me", "us", "them", "him", "it", "how", "what", "why",
        "when", "where", "whether", "to", "as", "like", "using", "only", "no", "out", "up", "down", "into",
    )
)  # fmt: skip
"""Words that follow a verb of which they are the object or the manner, when it begins a sentence."""
POLITE = re.compile(r"(?i)^\W*(?:please|kindly|now|then|just|first|and|so|okay|ok|always|never|also)\b\W*")
"""What may stand before an order."""
CODE = re.compile(
    r"^\s*(?:(?:import|from) \w+|(?:with|for|if|while|def|class|try|except|else)\b.*:$)"
    r"|[=!<>]=|=>|\w\(\)|\w\.\w+\(|;\s*$"
)
"""What a line of a program has and a sentence has not."""
OBJECTS = ("D", "R", "W", "S")
"""Classes of words that follow a verb and no noun: "State your name"."""
CLAUSES = ("W", "S", "R")
"""Classes of words that open a clause of its own, or are its subject."""
IN_NAME = re.compile(r"(?<=\w )(?:You|Your|Yours)(?= [A-Z])")
"""Of a name, such as 7 On Your Side."""
END_OF_SENTENCE = re.compile(r"(?<=[.!?])\s+")


def is_order(text: str) -> bool:
    """Say whether a sentence of a text asks, tells somebody to do something, or speaks to a model."""
    return is_said_to_a_model(text) or any(map(_asks_or_tells, END_OF_SENTENCE.split(text)))


def orders_among(lines: Sequence[str]) -> set[int]:
    """Give the places of lines that are orders, as `is_order` has it for their beginning and end.

    All at once: to tag sentences one by one takes thirty times as long.
    """
    found = {
        at for at, line in enumerate(lines) if is_said_to_a_model(line) or _asks(line) or CODE.search(line)
    }
    split = [(at, words) for at, line in enumerate(lines) if (words := split_words(POLITE.sub("", line)))]
    tagged = tag_sentences([words for _, words in split]) if split else []
    return found | {at for (at, _), words in zip(split, tagged, strict=True) if _is_order(words)}


def is_said_to_a_model(text: str) -> bool:
    """Say whether a text speaks to a model."""
    return TO_A_MODEL.search(text) is not None


def speaks_to_its_reader(text: str) -> bool:
    """Say whether a text says "you" to whoever reads it, not in words it quotes; a text that is a quotation
    and nothing else says it itself."""
    text = IN_NAME.sub("", text)
    own = QUOTED.sub("", text)
    return YOU.search(own if any(map(str.isalnum, own)) else text) is not None


def _asks(line: str) -> bool:
    return line.rstrip(" ”\"'’)").endswith("?")


def _asks_or_tells(line: str) -> bool:
    if _asks(line):
        return True
    words = split_words(POLITE.sub("", line))
    return bool(words) and _is_order(tag_sentences([words])[0])


def _is_order(words: Sequence[Word]) -> bool:
    return (is_imperative(words) or _begins_with_order(words)) and not _states(words)


def _states(words: Sequence[Word]) -> bool:
    """Say whether what may be a verb begins the subject of one: "State officials closed two schools", "Plan
    to ban cars was dropped"; not where another clause may have that verb, or a pronoun."""
    plain = [word for word in words if word.text[0].isalnum() or word.text == ","]
    if len(plain) < 2 or plain[1].tag in OBJECTS or (plain[0].tag == "VB" and plain[1].tag != "T"):
        return False
    for before, word in pairwise(plain):
        if word.tag in CLAUSES or word.text == ",":
            return False
        # "To be" and "to have" have an auxiliary, but no finite one.
        if word.tag in FINITE and before.tag != "T":
            return True
    return False


def _begins_with_order(words: Sequence[Word]) -> bool:
    """Say whether a verb's plain form and what it is to be done to begin a sentence: "Fuse the code"."""
    plain = [word for word in words if word.text[0].isalnum()]
    if len(plain) < 2:
        return False
    return "b" in verb_forms().get(plain[0].lower, "") and plain[1].lower in ORDERED
