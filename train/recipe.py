"""How a network is trained: every default with its reason, and what each data set changes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from hwr_live.errors import InputError
from train.data.sources import LICENCES

OPTIMIZERS = ("adamw", "adam", "sgd")
PRECISIONS = ("auto", "float32", "float16")


@dataclass(frozen=True)
class Augmentation:
    """How far images are varied; every default with its reason.

    Attributes:
        rotate: degrees to each side; hands lean, and pages are held askew.
        shear: sideways lean as a share of the height: slanted writing.
        scale: to each side, of width and height apart: the box's aspect differs from hand to hand.
        shift: pixels to each side: the box moves when a stroke's tail is lost.
        elastic: pixels: how far strokes bend (Simard, Steinkraus, Platt 2003).
        thickness: share of images with thicker or thinner strokes: pens differ most of all.
        blur: share of images softened as a small or unsharp photograph would be.
        cut: share of images with a small rectangle wiped out: broken strokes, lost ink.
        noise: share of images with noise; where it is not 0, all have darker or fainter ink.
    """

    rotate: float = 10.0
    shear: float = 0.2
    scale: float = 0.1
    shift: float = 1.2
    elastic: float = 1.3
    thickness: float = 0.6
    blur: float = 0.3
    cut: float = 0.15
    noise: float = 0.3


@dataclass(frozen=True)
class Recipe:
    """The settings of one training.

    Attributes:
        net: the network's name in ``train.fit.nets``.
        epochs: passes; the learning rate falls to nothing over all of them.
        epoch_images: images in one pass, 0 for as many as there are. Where images have weights they
            are drawn with replacement, and a pass is just a unit of counting.
        batch: images a step: 128 costs a CPU no more time an image than 256 and learns in fewer.
        optimizer: "adamw" with a learning rate that rises and falls; "adam" or "sgd" with a
            constant one, as tutorials have them.
        learning_rate: the highest; with "adamw" it rises over ``warmup`` steps and falls as a
            cosine to nothing, which is worth more than any constant rate.
        warmup: steps; batch normalisation needs a moment before large steps.
        weight_decay: of "adamw"; keeps the weights of a long training small.
        label_smoothing: share of a label spread over all classes: hands are ambiguous and some
            labels are wrong.
        ema: decay a step of the average of weights, 0 for none; the average is kept if it does
            better on validation, and it mostly does.
        augmentation: how images are varied; None for not at all.
        nonchars: share of images that are no character (class ``none``), 0 for no such class.
        marks: share of images that are signs, where there are pen strokes to draw them from: all
            signs of a keyboard, or of CROHME's alone the common marks; 0 for no such classes.
        parted: share of images that are characters cut off from a neighbour they touched, with what
            such a cut leaves of it: the live program reads touching characters so.
        validation: share of the training part that is cut off to choose by.
        balance: 0 to 1: weight of a class as its count to this power, inverted: 0 leaves classes
            as common as they are, 1 makes them equally so.
        source_weights: weight of an image by its source byte (1 where not named); UNIPEN, 12, is
            added to any data set if it is named and lies in the data folder.
        licences: "any", or "free": only sources whose stated licence allows every use.
        redraw: times that each stroke character of the training writers is drawn anew; all its
            drawings and the data set's own image of it weigh one and a half images together.
        reserve: groups that neither training nor validation sees, for later experiments on writers.
        start: name or folder of a model whose network the training begins with, instead of a
            random one; then it is short and its steps are small. Of several, with commas between
            them, the average of their weights.
        teacher: name or folder of a model of the same characters or fewer, whose answers for these
            are learned beside the labels; of several, with commas between them, the mean of their
            probabilities. A small network learns more of a large one's doubts than of labels alone.
        teacher_share: of what is learned, the teacher's; the labels have the rest.
        profile: name or path of a profile (hwr-live teach) whose samples are mixed in; it starts
            from the model of the data set's name, where there is one.
        profile_share: share of images that are the profile's.
        lines: the line network that reads along with the finished model: a shipped one's name, or
            that of a folder beside the model's; none, so that what is read is the model's alone.
        precision: "float16" computes in half precision with float32 weights, about twice as fast on
            a GPU; "auto" does so where there is a GPU, as processors gain nothing by it.
        seed: of everything that is left to chance, but for the validation part: it is the same for
            all.

    Raises:
        InputError: for a value out of range.
    """

    net: str = "hwr"
    epochs: int = 12
    epoch_images: int = 0
    batch: int = 128
    optimizer: str = "adamw"
    learning_rate: float = 2e-3
    warmup: int = 200
    weight_decay: float = 1e-3
    label_smoothing: float = 0.05
    ema: float = 0.998
    augmentation: Augmentation | None = field(default_factory=Augmentation)
    nonchars: float = 0.0
    marks: float = 0.0
    parted: float = 0.0
    validation: float = 0.05
    balance: float = 0.0
    source_weights: dict[int, float] = field(default_factory=dict)
    licences: str = "any"
    redraw: int = 0
    reserve: tuple[str, ...] = ()
    start: str = ""
    teacher: str = ""
    teacher_share: float = 0.7
    profile: str = ""
    profile_share: float = 0.1
    lines: str = ""
    precision: str = "auto"
    seed: int = 1

    def __post_init__(self) -> None:
        for name, low, high in _RANGES:
            value = getattr(self, name)
            if not (math.isfinite(value) and low <= value <= high):
                raise InputError(f"{_option(name)} must lie within {low:,} and {high:,}: {value:,}")
        for name, known in _WORDS.items():
            if getattr(self, name) not in known:
                raise InputError(f"{_option(name)} is one of {', '.join(known)}")
        if not all(math.isfinite(w) and w >= 0 for w in self.source_weights.values()):
            raise InputError("--source-weights are numbers of at least 0")
        if self.augmentation is not None:
            for name, value in asdict(self.augmentation).items():
                high = _MOST.get(name, 1)
                if not 0 <= value <= high:
                    raise InputError(f"--{name} must lie within 0 and {high:,}: {value:,}")


_WORDS = {"optimizer": OPTIMIZERS, "precision": PRECISIONS, "licences": LICENCES}
_RANGES = (
    ("epochs", 1, 10**6),
    ("epoch_images", 0, 10**9),
    ("batch", 1, 10**6),
    ("learning_rate", 1e-9, 1000),
    ("warmup", 0, 10**9),
    ("weight_decay", 0, 10),
    ("label_smoothing", 0, 0.99),
    ("ema", 0, 0.999999),
    ("nonchars", 0, 0.9),
    ("marks", 0, 0.9),
    ("parted", 0, 0.9),
    ("validation", 1e-6, 0.9),
    ("balance", 0, 1),
    ("redraw", 0, 100),
    ("teacher_share", 0, 1),
    ("profile_share", 0.001, 0.9),
    ("seed", 0, 2**32 - 1),
)
_MOST = {"rotate": 180, "shift": 14, "elastic": 14}
"""The most of the augmentations that are no share."""


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")


def recipe_from(data: Mapping[str, Any]) -> Recipe:
    """The recipe that ``asdict`` and JSON made a table of; what is missing is at its default.

    Raises:
        ValueError: for a table that is none.
    """
    known = {one.name for one in fields(Recipe)}
    if unknown := set(data) - known:
        raise ValueError(f"no settings: {', '.join(sorted(unknown))}")
    table = dict(data)
    if table.get("augmentation") is not None:
        try:
            table["augmentation"] = Augmentation(**table["augmentation"])
        except TypeError as error:
            raise ValueError(f"no settings of augmentation: {error}") from None
    if "source_weights" in table:
        weights = table["source_weights"]
        table["source_weights"] = {int(key): float(value) for key, value in weights.items()}
    if "reserve" in table:
        table["reserve"] = tuple(map(str, table["reserve"]))
    return Recipe(**table)


HWR62 = Recipe(
    epochs=11,
    epoch_images=130_000,
    nonchars=0.13,
    marks=0.12,
    parted=0.15,
    balance=0.5,
    redraw=4,
    # Photographs of paper are what the camera sees and are few; drawn fonts, school capitals and
    # enlarged 16×8 scans are further from what people write on paper and pads.
    source_weights={
        0: 1.0,
        1: 1.0,
        2: 3.0,
        3: 1.2,
        5: 0.6,
        6: 1.0,
        7: 0.6,
        9: 1.0,
        10: 1.0,
        11: 0.3,
        12: 1.0,
    },
    # Writers with many samples, to measure how the program learns a single hand.
    reserve=tuple(f"crohme-formulaire{n:03d}" for n in range(2, 32, 2)),
    lines="lines",
)

# MNIST's test digits were written and scanned as its others were: what would make a network ready
# for other pens and papers (thickness, blur, cuts, noise) only costs: from a 62-class network on,
# validation has 99.67 % after 10 passes without it, 99.57 % after 24 with it.
MNIST = Recipe(
    epochs=10,
    augmentation=Augmentation(
        rotate=8.0,
        shear=0.15,
        shift=1.5,
        elastic=1.0,
        thickness=0.0,
        blur=0.0,
        cut=0.0,
        noise=0.0,
    ),
    label_smoothing=0.02,
)

# A folder of one's own: nothing is known of its sources and writers.
FOLDER = replace(HWR62, redraw=0, marks=0.0, source_weights={}, reserve=(), lines="")

# Balanced and Letters have as many images of each class, and few enough to see them all each pass.
_BALANCED = replace(FOLDER, epochs=12, epoch_images=0, balance=0.0)

RECIPES = {
    "hwr62": HWR62,
    # ByClass and ByMerge have hwr62's form and four times its images: the same settings show each
    # image twice, in about an hour on two cores. --epochs 30 is better where there is a GPU.
    "emnist-byclass": HWR62,
    "emnist-bymerge": HWR62,
    "emnist-balanced": _BALANCED,
    "emnist-letters": _BALANCED,
    "mnist": MNIST,
    "emnist-mnist": MNIST,
    "emnist-digits": replace(MNIST, epoch_images=60_000),  # as long as MNIST
}

# The tutorials' networks are trained as the tutorials say: no augmentation, no averages.
_PLAIN = Recipe(
    augmentation=None, label_smoothing=0.0, ema=0.0, weight_decay=0.0, warmup=0, epochs=10
)
TUTORIALS = {
    "dense": replace(_PLAIN, net="dense", optimizer="adam", learning_rate=1e-3, batch=32, epochs=5),
    "mnist-cnn": replace(_PLAIN, net="mnist-cnn", optimizer="sgd", learning_rate=0.01, batch=32),
    "emnist-cnn": replace(
        _PLAIN, net="emnist-cnn", optimizer="adam", learning_rate=1e-3, batch=1024, epochs=50
    ),
}

NET_NAMES = ("hwr", "hwr-small", *TUTORIALS)


def started(recipe: Recipe) -> Recipe:
    """The settings of a training that begins with a finished network: it has only a little to
    learn, and large steps would first undo what it knows."""
    return replace(
        recipe,
        epochs=max(1, recipe.epochs // 5),
        learning_rate=recipe.learning_rate / 10,
    )


def recipe_for(dataset: str, net: str = "hwr") -> Recipe:
    """The settings that suit a data set and a network."""
    return TUTORIALS[net] if net in TUTORIALS else replace(RECIPES.get(dataset, FOLDER), net=net)


_TURNS = 20
"""Times that a pass shows each image of a small folder of one's own, varied anew each time. Chosen
for the time that it takes, not by validation: ``FOLDER`` alone would show each of a hundred
pictures a thousand times a pass."""


def for_few(recipe: Recipe, images: int) -> Recipe:
    """The recipe with passes no longer than so few images are worth."""
    return replace(recipe, epoch_images=min(recipe.epoch_images, _TURNS * images))
