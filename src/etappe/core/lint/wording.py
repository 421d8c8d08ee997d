"""What a criterion says: a fact of the buyer's, or something else.

No dictionary of sentences: grammar decides (who is the subject, is it past, active or passive), word lists help.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property

from etappe.core.lint import words
from etappe.core.lint.words import found, pattern

SELLER, OPINION, TENSE, VAGUE, STATE = "seller", "opinion", "tense", "vague", "state"

_ENGLISH = "en"


@dataclass(frozen=True)
class Cue:
    """Why a text is no fact of the buyer's: one of the five kinds above, and the word that shows it."""

    kind: str
    word: str


@dataclass(frozen=True)
class Said:
    """A text prepared for looking at, in lower case; `words` with their capitals."""

    low: str
    words: tuple[str, ...]
    german: bool

    @cached_property
    def verb(self) -> re.Match[str] | None:
        """The first verb: an auxiliary, a modal, a verb of the mind, or an act."""
        lists = words.AUXILIARIES[self.german] + words.MODALS[self.german] + words.OPINION_VERBS + words.COPULAS
        acts = words.SELLER_ACTS + words.SHARED_ACTS + words.BUYER_ACTS + words.OPINION_PAST
        any_past = () if self.german else ("*ed", *words.IRREGULAR_PAST)
        return pattern(lists + acts + any_past).search(self.low)

    @cached_property
    def head(self) -> str:
        """What stands before the first verb: the subject, mostly."""
        return self.low[: self.verb.start()] if self.verb else self.low

    @cached_property
    def rest(self) -> str:
        """What follows the first verb."""
        return self.low[self.verb.end() :] if self.verb else ""

    @property
    def auxiliary(self) -> str | None:
        """The first verb, where it is an auxiliary."""
        verb = self.verb.group() if self.verb else ""
        return verb if verb in words.AUXILIARIES[self.german] else None

    def has(self, listed: tuple[str, ...]) -> str | None:
        """The first word of a list in this text."""
        return found(listed, self.low)


_WORD = re.compile(r"[^\W_]+(?:['&-][^\W_]+)*")
_JOINED = {
    apart: apart.replace(" ", "-")
    for apart in (
        "account executive", "key account manager", "account manager", "inside sales", "best case", "worst case",
        "bought in", "on board", "price list", "hand over", "follow up", "decision maker", "solution engineer",
        "gut feeling", "pre sales", "case study", "cold call", "phone call",
    )
}  # fmt: skip


def prepare(text: str, language: str) -> Said:
    """Make a text ready to be judged. `language` is the declared one; what the words say counts more."""
    plain = re.sub(r"\s+", " ", re.sub('[„“”"»«]', "", text.replace("’", "'"))).strip()
    low = plain.lower()
    for apart, joined in _JOINED.items():
        low = low.replace(apart, joined)
    return Said(low, tuple(_WORD.findall(plain)), _is_german(low, language))


def _is_german(low: str, language: str) -> bool:
    german = len(pattern(words.GERMAN_SIGNS).findall(low)) + len(re.findall("[äöüß]", low))
    english = len(pattern(words.ENGLISH_SIGNS).findall(low))
    return german > english if german != english else language != _ENGLISH


Look = Callable[[Said], Cue | None]


def first_cue(said: Said, looks: tuple[Look, ...]) -> Cue | None:
    """The first thing that one of these looks finds."""
    return next((cue for look in looks if (cue := look(said)) is not None), None)


def judge_criterion(text: str, language: str) -> Cue | None:
    """Why the text of a criterion is not one fact of the buyer's in the past; None if nothing speaks against it.

    >>> judge_criterion("Angebot wurde versendet", "de")
    Cue(kind='seller', word='versendet')
    >>> judge_criterion("The buyer has accepted the quote", "en") is None
    True
    """
    said = prepare(text, language)
    if cue := first_cue(said, (our_subject, _our_agent, _our_file)):
        return cue
    if buyer_agent().search(said.low):
        return first_cue(said, (_wish, _passive_state_of_mind))
    if _is_buyers(said):
        return first_cue(said, (_wish, _done_to_buyer, _mind_of_buyer, _empty_of_buyer))
    if _SOURCE.search(said.low):
        return None
    return first_cue(said, (infinitive, _wish, _any_opinion, _our_act, _our_thing, _nothing_done))


_ARTICLES = r"(?:(?:der|die|das|ein|eine|einer|the|a|an|zuständige\w*|jeweilige\w*|responsible|assigned)\s+)*"
_OF_BUYER = re.compile(
    r"\b(des|beim|vom) (kunden|käufers|käufer|auftraggebers|partners)\b|\b(customer|buyer|client|"
    r"prospect)s?'s?\b|of the (customer|buyer|client)"
)
_OUR_AGENT = re.compile(
    r"\b(von|durch|by) (uns\b|us\b|our |unser|me\b|(the |den |die |dem |der )?(rep\b|reps\b|sdr|bdr|ae\b|"
    r"sales\b|seller|vertrieb|verkauf|innendienst|außendienst|account-manager|account-executive|kollegen|"
    r"presales|marketing))|\bintern\b|\binternally\b|\bin-house by\b"
)
_SOURCE = re.compile(
    r"\bquellen?\b|\bbelegt\w*|\bdocumented\b|\bdatiert\w*|\brechtsgrundlage\b|\bpflichtmerkmale?\b|"
    r"\bsources?\b|\bdated\b|\blegal basis\b|\bmandatory criteria\b"
)


# What holds a list of words takes a while to compile, and every process loads this: made when it is first asked for.


@cache
def _our_start() -> re.Pattern[str]:
    return re.compile(rf"^{_ARTICLES}({pattern(words.OURS + words.SELLER_SIDE).pattern})")


@cache
def _our_buyer() -> re.Pattern[str]:
    """Our champion, unser Ansprechpartner: not one of us."""
    return re.compile(rf"^(?:unser\w*|our) (?:\w+ )?{pattern(words.BUYER_SIDE).pattern}")


@cache
def buyer_agent() -> re.Pattern[str]:
    """By whom, where that is somebody of the buyer's."""
    return re.compile(
        r"\b(vom|von der|von dem|von den|von|durch den|durch die|durch|seitens|by) (the |a |an |dem |den |"
        r"der |des )?(\w+ )?" + pattern(words.BUYER_SIDE).pattern
    )


@cache
def _present(german: bool) -> re.Pattern[str]:
    """Present tense right after the subject: "The customer works in production"."""
    ending = r"\w{2,}t" if german else r"(?!always)\w{2,}s"
    return re.compile(rf"^{_ARTICLES}(?:[\w'-]+ ){{0,2}}{pattern(words.BUYER_SIDE).pattern} {ending} ")


@cache
def _got_ours() -> re.Pattern[str]:
    return re.compile(
        rf"{pattern(words.SELLER_THINGS).pattern} (?:von uns )?(?:erhalten|bekommen)|(?:received|got|been sent|"
        rf"been given) (?:the |our |a |an |their |his |her )?(?:\w+ )?{pattern(words.SELLER_THINGS).pattern}"
    )


def our_subject(said: Said) -> Cue | None:
    """One of us is the subject."""
    match = _our_start().match(said.head + " ") or _our_start().match(said.low)
    if match is None or _OF_BUYER.search(said.head):
        return None
    their_person = _our_buyer().match(said.low) and not found(words.SELLER_SIDE, said.head)
    return None if their_person else Cue(SELLER, match.group(1))


def _our_file(said: Said) -> Cue | None:
    match = re.match(rf"{_ARTICLES}({'|'.join(words.OUR_FILES)})\b", said.head)
    return Cue(SELLER, match.group(1)) if match else None


def _our_agent(said: Said) -> Cue | None:
    match = _OUR_AGENT.search(said.low)
    return Cue(SELLER, match.group()) if match else None


_OPENING = re.compile(
    r"^(vor|nach|bei|zu|zum|zur|für|im|in|am|auf|mit|innerhalb|bis|before|after|when|once|at|during|by|"
    r"within|for|on|upon) "
)
_PASSIVE_TAIL = re.compile(
    r"^( (to|by|with|for|from|at|via|after|before|during|and|or|out|about|in|on|over|regarding|twice|once|"
    r"\w+ times|again|internally|up)\b.*)?[.!]?$"
)


def _is_buyers(said: Said) -> bool:
    """Whether somebody of the buyer's side, or at least somebody else than we, is the one who acts."""
    if _present(said.german).match(said.low):
        return True
    if _OPENING.match(said.low):
        return said.has(words.BUYER_SIDE) is not None and said.has(PERFECT + words.BUYER_ACTS + ("set",)) is not None
    if found(words.BUYER_SIDE, said.head):
        return said.verb is not None and not _is_short_passive(said)
    if found(words.SELLER_THINGS, said.head) or not said.head.strip():
        return False
    if said.auxiliary in PERFECT:
        return not said.rest.startswith(" been ")
    return (
        not said.german
        and said.auxiliary is None
        and said.has(words.SELLER_ACTS) is not None
        and not _is_short_passive(said)
    )


PERFECT = ("hat", "haben", "hatte", "hatten", "has", "have", "had")


def _is_short_passive(said: Said) -> bool:
    """ "Entscheider identifiziert", "Stakeholders mapped": the buyer's people are what is acted upon."""
    verb = said.verb.group() if said.verb else ""
    if not found(words.SELLER_ACTS, verb):
        return False
    return said.german or _PASSIVE_TAIL.match(said.rest) is not None


def _wish(said: Said) -> Cue | None:
    verb = said.verb.group() if said.verb else ""
    if verb in words.MODALS[said.german]:
        return Cue(TENSE, verb)
    match = _NOT_YET.search(said.low)
    return Cue(TENSE, match.group().strip()) if match else None


_NOT_YET = re.compile(
    r"\b(hat|haben) vor(,|$| zu\b)|\bist dabei\b|\bsteht kurz davor\b|\bkurz vor der?m?\b|\bgoing to\b|"
    r"\babout to\b|\bexpected to\b|\b(is|are) to (sign|buy|decide|order|approve)\b|"
    r"^(the |a |our )?[\w'-]+ (team )?(is|are) (currently |still |now |actively )?(?!training)\w{3,}ing\b|"
    r"\bhas to\b|\bhave to\b"
)


def _done_to_buyer(said: Said) -> Cue | None:
    """A passive ("The prospect was contacted"), or its disguise ("Customer received our proposal")."""
    match = _got_ours().search(said.low)
    if match and not found(words.BUYER_ACTS, said.low[: match.start()] + said.low[match.end() :]):
        return Cue(SELLER, match.group())
    if said.auxiliary not in words.PASSIVES and not said.rest.startswith(" been"):
        return None
    main = said.rest.split(",")[0]
    act = found(words.SELLER_ACTS, main)
    if act is None and found(words.SELLER_THINGS, main):
        act = found(words.SHARED_ACTS, main)
    return Cue(SELLER, act) if act else None


_STATED = re.compile(
    r"\b(bestätigt|schriftlich|angegeben|bewertet|beantwortet|geantwortet|umfrage|genannt|unterschrieben|"
    r"confirmed|in writing|rated|scored|survey|answered|"
    r"stated|replied|named|signed|absichtserklärung|letter of intent|letter)\b"
)


_PRAISE = re.compile(
    r"\b(positiv|gut|stark|positive|good|strong|great)\w* (feedback|rückmeldung|reaktion|resonanz|"
    r"signale?|response|reaction|signals?)\b|"
    r"\b(went|lief|verlief|ging|goes|läuft) (sehr |very |really )?(well|gut|positiv)\b|\bon our side\b|"
    r"\bauf unserer seite\b|\bgefällt\b"
)


def _mind_of_buyer(said: Said) -> Cue | None:
    if match := _PRAISE.search(said.low):
        return Cue(OPINION, match.group())
    if _STATED.search(said.low):
        return None
    verb = said.verb.group() if said.verb else ""
    if verb in words.OPINION_VERBS:
        return Cue(OPINION, verb)
    word = found(words.STATE_OF_MIND, said.rest) if verb in words.COPULAS else None
    word = word or found(words.OPINION_PAST, said.rest if verb in PERFECT else "") or said.has(words.OPINION_NOUNS)
    return Cue(OPINION, word) if word else None


def _passive_state_of_mind(said: Said) -> Cue | None:
    word = said.has(words.OPINION_NOUNS)
    return Cue(OPINION, word) if word and not _STATED.search(said.low) else None


_EMPTY = re.compile(
    r"\b(grundsätzlich|prinzipiell|im prinzip|in principle|mehr oder weniger|more or less|basically|eigentlich)\b|"
    r"\b(has|have) (a |an |the |some )?(need|pain|budget|problem|authority|money|timeline|use case|"
    r"requirement|project)s?\b$|\b(hat|haben) (einen |ein |das |ein konkretes )?"
    r"(bedarf|budget|problem|geld|projekt|handlungsdruck|entscheidungskompetenz|leidensdruck)$|"
    r"\b(involved|aligned|eingebunden|involviert|abgeholt)\b|"
    r"\b(ist|sind|is|are) (uns |to us )?(bekannt|known|klar|clear|identifiziert|identified)$"
)


def _empty_of_buyer(said: Said) -> Cue | None:
    match = _EMPTY.search(said.low)
    return Cue(VAGUE, match.group()) if match else None


def _any_opinion(said: Said) -> Cue | None:
    if match := _PRAISE.search(said.low):
        return Cue(OPINION, match.group())
    word = said.has(words.OPINION_NOUNS) or said.has(words.OPINION_PAST) or said.has(words.STATE_OF_MIND)
    if word is None and said.verb and said.verb.group() in words.OPINION_VERBS:
        word = said.verb.group()
    told = found(words.BUYER_ACTS, said.low) and word != said.has(words.OPINION_NOUNS)
    return Cue(OPINION, word) if word and not told else None


def _our_act(said: Said) -> Cue | None:
    act = said.has(words.SELLER_ACTS)
    return Cue(SELLER, act) if act else None


def _our_thing(said: Said) -> Cue | None:
    thing = said.has(words.SELLER_THINGS)
    return Cue(SELLER, thing) if thing and not said.has(words.BUYER_ACTS) else None


def _nothing_done(said: Said) -> Cue | None:
    """Nothing tells an act, or an act of nobody in particular ("Alle Fragen geklärt")."""
    if word := said.has(words.ACTS_OF_ANYBODY):
        return Cue(VAGUE, word)
    if said.has(words.BUYER_ACTS):
        return None
    word = said.has(words.VAGUE)
    if word or not looks_done(said):
        return Cue(VAGUE, word or said.low)
    return None


_UNDONE = words.listed(
    "mit seit nicht ist hat den einen zwischen gegen in an von bei zu und oder nach für im am zum zur "
    "neben unten oben bitten"
)
_GERMAN_DONE = re.compile(
    r"(?:ge\w{2,}|(?:be|er|ver|zer|ent|emp|über|unter|ab|an|auf|aus|ein|vor|nach|zu|mit|frei|"
    r"fest)\w{3,})(?:t|en)|\w{3,}iert"
)
_ENGLISH_DONE = re.compile(rf"\w{{2,}}ed|{'|'.join(words.IRREGULAR_PAST)}")


def looks_done(said: Said) -> bool:
    """Whether anything in the text reads like a past participle or a past tense."""
    done = _GERMAN_DONE if said.german else _ENGLISH_DONE
    small = [word.lower() for word in said.words if word[0].islower() or len(said.words) == 1 or not said.german]
    return any(done.fullmatch(word) and word not in _UNDONE for word in small) or said.auxiliary in PERFECT


_ALSO_INFINITIVE = words.listed(
    "nachfassen anrufen abschließen qualifizieren präsentieren verhandeln kontaktieren nachhaken akquirieren"
)
_INFINITIVE_END = re.compile(r"\w{3,}(?:en|ern|eln)")
_PARTICIPLE_EN = re.compile(
    r"\w*(?:ge\w+en|schrieben|nommen|standen|gonnen|fallen|halten|schieden|schlossen|worfen|wiesen|"
    r"sprochen|boten|geben|laden|griffen|fahren|funden|lassen|zogen|tragen)"
)


def infinitive(said: Said) -> Cue | None:
    """ "Angebot erstellen", "Send proposal", "Following up": a task, not a result."""
    if not said.words or said.auxiliary:
        return None
    start, end = said.words[0].lower(), said.words[-1]
    if start in words.IMPERATIVES and len(said.words) > 1 and not _IMPERATIVE_IS_NOUN.match(said.low):
        return Cue(TENSE, start)
    if re.fullmatch(r"\w{3,}ing", start) and start not in words.NOT_GERUNDS and not said.has(words.BUYER_ACTS):
        return Cue(TENSE, start)
    return Cue(TENSE, end) if _is_infinitive(end, alone=len(said.words) == 1, said=said) else None


_IMPERATIVE_IS_NOUN = re.compile(
    r"^(demo|pitch|quote|prospect|contact|call|close|contract|review|design|set|research|show|share|"
    r"visit)s? \w+ed\b|^\w+ (sent|held|made|given|shown|won|won)\b"
)


def _is_infinitive(word: str, *, alone: bool, said: Said) -> bool:
    low = word.lower()
    if alone and low in _ALSO_INFINITIVE:
        return True
    if not said.german or (word[0].isupper() and not alone) or not _INFINITIVE_END.fullmatch(low):
        return False
    other = words.BUYER_ACTS + words.SHARED_ACTS + words.SELLER_ACTS + words.VAGUE + words.STATE_OF_MIND
    return (
        not found(other, low)
        and low not in _UNDONE
        and (not _PARTICIPLE_EN.fullmatch(low) or low in _STILL_INFINITIVE)
        and not found(words.BUYER_SIDE, low)
    )


_STILL_INFINITIVE = words.listed(
    "halten geben übergeben einladen anbieten abgeben unterbreiten nachfassen fahren weitergeben erhalten angeben"
)
