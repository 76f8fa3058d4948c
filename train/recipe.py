"""How a network is trained: every default with its reason, and what each data set changes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from train.augment import Augmentation


@dataclass(frozen=True)
class Recipe:
    """The settings of one training.

    Attributes:
        net: the network's name in ``train.nets``.
        epochs: passes; the learning rate falls to nothing over all of them.
        epoch_images: images in one pass, 0 for as many as there are. Where images have weights they
            are drawn with replacement, and a pass is just a unit of counting.
        batch: images a step: 128 costs a CPU no more time an image than 256 and learns in fewer.
        optimizer: "adamw" or "sgd".
        learning_rate: the highest; with AdamW it rises over ``warmup`` steps and falls as a cosine.
        warmup: steps; batch normalisation needs a moment before large steps.
        weight_decay: AdamW's.
        label_smoothing: share of a label spread over all classes: hands are ambiguous and some
            labels are wrong.
        ema: decay a step of the average of weights; it is kept if it does better on validation.
        augmentation: None for none.
        nonchars: share of images that are no character (class ``none``), 0 for no such class.
        validation: share of the training part that is cut off to choose by.
        balance: 0 to 1: weight of a class as its count to this power, inverted.
        source_weights: weight of an image by its source byte (1 where not named).
        redraw: times that each stroke character of the training writers is drawn anew.
        reserve: groups that neither training nor validation sees, for later experiments on writers.
        seed: of everything that is left to chance.
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
    validation: float = 0.05
    balance: float = 0.0
    source_weights: dict[int, float] = field(default_factory=dict)
    redraw: int = 0
    reserve: tuple[str, ...] = ()
    seed: int = 1


HWR62 = Recipe(
    epochs=11,
    epoch_images=130_000,
    nonchars=0.08,
    balance=0.5,
    redraw=2,
    # MNIST and CROHME are most of the images and would decide alone; photographs of paper are what
    # the camera sees and are few; drawn fonts, school capitals and enlarged 16×8 scans are further
    # from what people write on paper and pads.
    source_weights={
        0: 0.6,
        1: 1.0,
        2: 3.0,
        3: 1.2,
        5: 0.6,
        6: 1.0,
        7: 0.6,
        9: 1.0,
        10: 1.0,
        11: 0.3,
    },
    # Writers with many samples, to measure how the program learns a single hand.
    reserve=tuple(f"crohme-formulaire{n:03d}" for n in range(2, 32, 2)),
)

# Digits mirror and lean less than letters differ: gentler changes keep 6 from 0 and 1 from 7.
MNIST = Recipe(
    epochs=8, augmentation=Augmentation(noise=0.1, cut=0.1, blur=0.1), label_smoothing=0.02
)

RECIPES = {"hwr62": HWR62, "mnist": MNIST}

# The tutorials' networks are trained as the tutorials say: no augmentation, no averages.
_PLAIN = Recipe(
    augmentation=None, label_smoothing=0.0, ema=0.0, weight_decay=0.0, warmup=0, epochs=10
)
TUTORIALS = {
    "dense": replace(_PLAIN, net="dense", optimizer="adamw", learning_rate=1e-3, batch=32),
    "mnist-cnn": replace(_PLAIN, net="mnist-cnn", optimizer="sgd", learning_rate=0.01, batch=32),
    "emnist-cnn": replace(_PLAIN, net="emnist-cnn", learning_rate=1e-3, batch=1024, epochs=50),
}


def recipe_for(dataset: str, net: str = "hwr") -> Recipe:
    """The settings that suit a data set and a network."""
    if net in TUTORIALS:
        return TUTORIALS[net]
    return RECIPES.get(
        dataset, replace(HWR62, nonchars=0.0, redraw=0, source_weights={}, reserve=())
    )
