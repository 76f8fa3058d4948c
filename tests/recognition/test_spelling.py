"""The search for a line's text: no frames and sure ones first, then what words may change."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from hwr_live.chars import DIGITS, LOWER, UPPER
from hwr_live.recognition.ctc import BLANK, NEVER, Spelling, spell, weighed
from hwr_live.recognition.letters import Letters
from hwr_live.recognition.lexicon import Lexicon
from hwr_live.recognition.models import find_model
from hwr_live.recognition.settings import DEFAULTS
from hwr_live.recognition.spelling import Speller

Floats = npt.NDArray[np.float64]

LABELS = (None, " ", *LOWER, *UPPER, *DIGITS, *"-.'")
SETTINGS = DEFAULTS.spelling


@pytest.fixture(scope="module")
def letters() -> Letters:
    return Letters.load(find_model("letters"))


@pytest.fixture(scope="module")
def speller(letters: Letters) -> Speller:
    return Speller(LABELS, letters)


def line(*signs: str | dict[str, float], sure: float = 0.9999) -> Floats:
    """Frames, a blank one behind each sign: a sign that is sure, or several with probabilities;
    ``_`` is blank."""
    rows = []
    for sign in signs:
        for likely in ({sign: sure} if isinstance(sign, str) else sign, {"_": sure}):
            row = np.full(len(LABELS), 1e-7)
            for char, p in likely.items():
                row[BLANK if char == "_" else LABELS.index(char)] = p
            rows.append(row / row.sum())
    return np.asarray(np.log(np.array(rows).reshape(-1, len(LABELS))), np.float64)


def text(spelling: Spelling) -> str:
    return "".join(LABELS[sign] or "_" for sign in spelling.signs)


def read(speller: Speller, logp: Floats) -> str:
    return text(speller.spell(logp, spell(logp)))


def test_no_frames_have_no_text(speller: Speller) -> None:
    none = np.empty((0, len(LABELS)))
    assert read(speller, none) == ""
    assert read(speller, line("_", "_")) == ""


@pytest.mark.parametrize("sure", ["qxzk", "A7-K9 xq", "12.50", "word", " a b "])
def test_what_is_sure_stays_as_it_is(speller: Speller, sure: str) -> None:
    logp = line(*sure)
    plain = spell(logp)
    assert speller.spell(logp, plain) is plain


def spread(*rows: dict[str, float]) -> Floats:
    """Frames side by side in which signs and blank share the rest."""
    out = np.full((len(rows), len(LABELS)), 1e-7)
    for row, likely in zip(out, rows, strict=True):
        for char, p in likely.items():
            row[BLANK if char == "_" else LABELS.index(char)] = p
    return np.asarray(np.log(out / out.sum(1, keepdims=True)), np.float64)


# A 1 that touches the 3 behind it is told in three frames, each of which is rather blank.
TOUCHING = (*[{"_": 0.55, "1": 0.45}] * 3, {"3": 0.99, "_": 0.01}, {"_": 0.99})


def test_a_sign_that_is_spread_over_frames_is_told_where_no_words_are(speller: Speller) -> None:
    logp = spread(*TOUCHING)
    assert text(spell(logp)) == "3"
    found = speller.spell(logp, spell(logp))
    assert text(found) == "13"
    # Without the 1 the text is less likely, and so much less sure is there no sign.
    assert found.p[0, BLANK] < found.p[0, LABELS.index("1")]
    assert found.p.sum(1) == pytest.approx([1, 1])


@pytest.mark.parametrize(("behind", "found"), [("3", "13"), ("L", "L"), ("-", "-"), ("xy", "xy")])
def test_of_what_is_no_number_and_no_word_the_best_path_stays(
    speller: Speller, behind: str, found: str
) -> None:
    sure = [{char: 0.99, "_": 0.01} for char in behind]
    logp = spread(*[{"_": 0.55, "1": 0.45}] * 3, *sure, {"_": 0.99})
    assert text(spell(logp)) == behind
    assert read(speller, logp) == found


def test_no_sign_at_all_stays_none(speller: Speller) -> None:
    logp = spread(*[{"_": 0.55, "1": 0.45}] * 3)
    assert read(speller, logp) == ""


def test_with_no_weight_nothing_is_asked(letters: Letters) -> None:
    off = Speller(LABELS, letters, None, replace(SETTINGS, weight=0.0))
    logp = line(*"th", {"c": 0.55, "e": 0.45}, *"re")
    plain = spell(logp)
    assert off.spell(logp, plain) is plain


@pytest.mark.parametrize(
    ("signs", "best", "found"),
    [
        ([*"t", {"b": 0.6, "h": 0.4}, *"ere"], "tbere", "there"),
        ([*"T", {"b": 0.6, "h": 0.4}, *"ere"], "Tbere", "There"),
        ([*"questi", {"_": 0.6, "o": 0.4}, *"n"], "questin", "question"),
        ([*"ques", {"i": 0.6, "_": 0.4}, *"tion"], "quesition", "question"),
        ([*"and", {"_": 0.6, " ": 0.4}, *"there"], "andthere", "and there"),
        ([*"an ", *"t", {"b": 0.6, "h": 0.4}, *"e end"], "an tbe end", "an the end"),
    ],
)
def test_a_doubt_is_settled_by_what_words_are(
    speller: Speller, signs: list[str | dict[str, float]], best: str, found: str
) -> None:
    logp = line(*signs)
    assert text(spell(logp)) == best
    assert read(speller, logp) == found


@pytest.mark.parametrize(
    "signs",
    [
        [*"X7", {"Q": 0.7, "O": 0.3}, *"K2"],
        [*"20", {"1": 0.7, "l": 0.3}, *"9"],
        [*"zqx", {"k": 0.9, "a": 0.1}, *"vw"],
        ["q"],
        [{"q": 0.6, "a": 0.4}],
        ["q", " ", {"q": 0.6, "a": 0.4}, " ", "z"],
    ],
)
def test_codes_and_single_characters_stay_as_they_are(
    speller: Speller, signs: list[str | dict[str, float]]
) -> None:
    logp = line(*signs)
    assert read(speller, logp) == text(spell(logp))


def test_what_may_not_be_read_is_never_found(speller: Speller) -> None:
    weights = np.array([NEVER if label == "h" else 0.0 for label in LABELS])
    logp = weighed(line(*"t", {"b": 0.3, "h": 0.3, "n": 0.4}, *"ere"), weights)
    spelling = speller.spell(logp, spell(logp))
    assert "h" not in text(spelling)
    assert spelling.p[:, LABELS.index("h")].max() == 0


@pytest.mark.parametrize(
    "signs",
    [
        [*"t", {"b": 0.6, "h": 0.4}, *"ere"],
        [*"questi", {"_": 0.6, "o": 0.4}, *"n it"],
        [*"zqx", {"k": 0.6, "a": 0.4}, *"vw and mo", {"r": 0.5, "n": 0.5}, "e"],
    ],
)
def test_a_spelling_is_whole(speller: Speller, signs: list[str | dict[str, float]]) -> None:
    logp = line(*signs)
    found = speller.spell(logp, spell(logp))
    assert len(found.signs) == len(found.first) == len(found.last) == len(found.p)
    assert (found.first <= found.last).all()
    assert (found.last[:-1] < found.first[1:]).all()
    assert found.p.sum(1) == pytest.approx(1)
    assert (found.p >= 0).all()
    assert found.p.argmax(1).tolist() == found.signs.tolist()


def test_a_sign_is_as_sure_as_network_and_words_make_it(speller: Speller) -> None:
    logp = line(*"t", {"b": 0.6, "h": 0.4}, *"ere")
    h, b = LABELS.index("h"), LABELS.index("b")
    doubted = speller.spell(logp, spell(logp)).p[1]
    assert 0.8 < doubted[h] < 0.99999
    helped = line(*"t", {"b": 0.4, "h": 0.6}, *"ere")
    assert speller.spell(helped, spell(helped)).p[1, h] > doubted[h]
    against = line(*"t", {"b": 0.99, "h": 0.01}, *"ere")
    assert speller.spell(against, spell(against)).p[1].max() < 0.99
    assert doubted[b] > 0


def test_the_words_of_a_language_decide_between_words(letters: Letters) -> None:
    logp = line(*"mo", {"r": 0.55, "d": 0.45}, *"en")
    words = Speller(LABELS, letters, Lexicon({"moden": 1.0, "other": 2.0}))
    assert read(Speller(LABELS, letters), logp) == "moren"
    assert read(words, logp) == "moden"
    assert read(Speller(LABELS, letters, Lexicon({})), logp) == "moren"


def test_a_long_line_is_searched_in_numbers_that_last(speller: Speller) -> None:
    logp = line(*([*"th", {"c": 0.5, "e": 0.4}, {"_": 0.6, " ": 0.3}] * 150))
    assert len(read(speller, logp)) > 400


def test_a_line_that_comes_again_is_not_searched_again(speller: Speller) -> None:
    logp = line(*"t", {"b": 0.6, "h": 0.4}, *"ere")
    found = speller.spell(logp, spell(logp))
    assert speller.spell(logp.copy(), spell(logp)) is found
    other = line(*"t", {"b": 0.6, "h": 0.4}, *"ese")
    assert read(speller, other) == "these"


def of_words(speller: Speller, given: str) -> list[float]:
    signs = np.array([LABELS.index(sign) for sign in given], np.intp)
    return [round(p, 1) for p in speller.in_words(signs).tolist()]


def test_no_signs_are_of_no_words(speller: Speller) -> None:
    assert of_words(speller, "") == []


@pytest.mark.parametrize("given", ["the", "Window", "LETTERS", "morning"])
def test_the_letters_of_words_are_of_words(speller: Speller, given: str) -> None:
    assert min(of_words(speller, given)) > 0.8


@pytest.mark.parametrize("given", ["42", "x7k2", "qxzvjk", "wOrD", "-.", " "])
def test_characters_in_any_order_are_of_none(speller: Speller, given: str) -> None:
    assert max(of_words(speller, given)) < 0.2


@pytest.mark.parametrize("given", ["", "~", "...", "?!"])
def test_marks_and_nothing_are_no_words(speller: Speller, given: str) -> None:
    assert speller.as_word(given) == 0


def test_a_text_is_as_much_a_word_as_the_least_of_its_parts(speller: Speller) -> None:
    assert speller.as_word("house") > 0.9 > 0.1 > speller.as_word("hxqze")
    assert speller.as_word("house,") == speller.as_word("house")
    assert speller.as_word("house-hxqze") == speller.as_word("hxqze")


def test_each_word_of_a_line_is_judged_alone(speller: Speller) -> None:
    found = of_words(speller, "come 4711 now.")
    assert min(found[:4]) > 0.8
    assert found[4:10] == [0.0] * 6
    assert min(found[10:13]) > 0.8
    assert found[13] == 0.0


@pytest.mark.parametrize(
    ("first", "second", "agreed"),
    [
        ("qxzk", "qxzk", "qxzk"),
        ("", "cat", ""),  # the first has too few frames for it
        ("cnt", "cat", "cat"),
    ],
)
def test_pictures_of_one_word_agree_on_what_all_find_likely(
    first: str, second: str, agreed: str, speller: Speller
) -> None:
    doubt = {char: {char: 0.6, "_": 0.38, "a": 0.02} for char in "n"}
    own = line(*(doubt.get(char, char) for char in first))
    found = speller.spell(own, spell(own), [line(*second)])
    assert text(found) == agreed
    own_p = found.p[np.arange(len(agreed)), found.signs]
    assert own_p == pytest.approx(found.p.max(1, initial=0.0))  # no sign else is likelier
    assert found.p.sum(1) == pytest.approx(np.ones(len(agreed)))


def test_a_spoilt_picture_does_not_outvote_another(speller: Speller) -> None:
    own = line("c", "a", {"t": 0.9, "r": 0.1})
    assert text(speller.spell(own, spell(own), [line(*"zqj4xx")])) == "cat"


def test_another_picture_of_a_number_changes_nothing(speller: Speller) -> None:
    own = line("1", {"2": 0.6, "_": 0.4})
    other = [line("1"), line("1")]
    assert text(speller.spell(own, spell(own), other)) == text(speller.spell(own, spell(own)))


def test_of_a_long_line_that_all_pictures_doubt_all_are_heard(speller: Speller) -> None:
    """Where no text is likely, as of a long line in doubt, some are still likelier than others."""
    unclear = [{"z": 0.52, "q": 0.47}] * 40
    own = line(*unclear, "c", {"a": 0.55, "o": 0.45}, "n")
    other = line(*unclear, "c", {"a": 1e-4, "o": 0.999}, "n")
    assert text(speller.spell(own, spell(own), [other])).endswith("con")


@pytest.mark.parametrize(
    ("signs", "doubted"),
    [
        ((), False),
        (("_",), False),
        (("c", "a", "t"), False),
        (("c", {"a": 0.5, "e": 0.4}, "t"), True),
        (("1", {"2": 0.5, "7": 0.4}), False),  # a number stays as it is found
        (("1", {"2": 0.5, "a": 0.4}, "b"), True),
    ],
)
def test_a_line_of_words_is_in_doubt_where_its_signs_are_not_sure(
    signs: tuple[str | dict[str, float], ...], doubted: bool, speller: Speller
) -> None:
    assert speller.doubts(spell(line(*signs))) is doubted


def test_where_words_are_not_believed_no_line_is_in_doubt(letters: Letters) -> None:
    """Its other looks would not be heard."""
    unsure = spell(line("c", {"a": 0.5, "e": 0.4}, "t"))
    assert not Speller(LABELS, letters, settings=replace(SETTINGS, weight=0.0)).doubts(unsure)


def test_a_line_as_others_might_have_written_it_is_heard_too(speller: Speller) -> None:
    own = line("c", {"n": 0.6, "_": 0.38, "a": 0.02}, "t")
    assert text(speller.spell(own, spell(own), (), [line(*"cat"), line(*"cat")])) == "cat"


@pytest.mark.parametrize("named", [False, True])
def test_what_is_not_followed_would_have_been_dropped(
    named: bool, letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A text that is too unlikely for its frame is not even made, which changes no reading."""
    rng = np.random.default_rng(5)
    lexicon = Lexicon({"cat": 0.5, "coat": 0.3, "cats": 0.2}) if named else None
    for _ in range(8):
        logits = rng.normal(0, 4, (12, len(LABELS)))
        logp = logits - np.log(np.exp(logits).sum(1, keepdims=True))
        quick = read(Speller(LABELS, letters, lexicon), logp)
        with monkeypatch.context() as patch:
            patch.setattr(Speller, "_most", lambda *_: np.inf)
            assert read(Speller(LABELS, letters, lexicon), logp) == quick
