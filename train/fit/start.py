"""What a training begins with beside its data set: a finished network, a profile's samples."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from hwr_live.chars import MERGED
from hwr_live.errors import InputError
from hwr_live.profiles.profile import Profile
from hwr_live.recognition.card import read_card
from train.fit.models import folder_of
from train.progress import say
from train.recipe import NET_NAMES

if TYPE_CHECKING:
    import keras

    from train.images.pool import Pool

Labels = list[str | None]
Arrays = list[npt.NDArray[Any]]


@dataclass(frozen=True)
class Start:
    """A finished network.

    Attributes:
        name: of its model.
        labels: what its outputs mean.
        weights: of all its layers; the last two are the last layer's kernel and bias.
        digest: SHA-256 of its file.
    """

    name: str
    labels: Labels
    weights: Arrays
    digest: str

    @classmethod
    def load(cls, models: str) -> Start:
        """The network of a model's ``model.keras``; of several models, the average of their
        weights.

        The average of networks that began alike is a good network, and mostly a better one
        (Wortsman et al. 2022, "Model soups").

        Args:
            models: a model folder's path, or the name of a shipped model; several with commas
                between them.

        Raises:
            InputError: if there is none, or if they are of different classes or built differently.
        """
        first, *others = [cls.of_file(path) for path in network_files(models)]
        for other in others:
            if other.labels != first.labels or _shapes(other.weights) != _shapes(first.weights):
                raise InputError(
                    f"{first.name} and {other.name} are different networks: no average"
                )
        if not others:
            return first
        together = zip(first.weights, *(other.weights for other in others), strict=True)
        weights: Arrays = [np.asarray(np.mean(same, axis=0)) for same in together]
        digest = hashlib.sha256("".join(s.digest for s in (first, *others)).encode())
        return cls(first.name, first.labels, weights, digest.hexdigest())

    @classmethod
    def of_file(cls, path: Path) -> Start:
        """What one model's network and card hold; ``path`` is its ``model.keras``."""
        from train.fit.nets import load_net

        card = read_card(path.parent)
        weights = load_net(path).get_weights()
        return cls(str(card["name"]), list(card["labels"]), weights, digest_of(path))

    def weights_for(self, model: keras.Model, labels: Labels) -> Arrays:
        """The weights that a new network begins with.

        Outputs for characters that the old one does not know begin as they are in ``model``.

        Args:
            model: the new network.
            labels: what its outputs mean.

        Raises:
            InputError: if it is built otherwise than the old one.
        """
        own = model.get_weights()
        if _shapes(self.weights)[:-2] != _shapes(own)[:-2] or self.weights[-2].shape != (
            len(own[-2]),
            len(self.labels),
        ):
            raise InputError(f"{self.name} is another network than {model.name}; give its --net")
        known = [i for i, label in enumerate(labels) if label in self.labels]
        there = [self.labels.index(labels[i]) for i in known]
        for new, old in zip(own[-2:], self.weights[-2:], strict=True):
            new[..., known] = old[..., there]
        if len(known) < len(labels):
            say(f"{self.name} knows {len(known)} of {len(labels)} classes; the others begin anew")
        return [*self.weights[:-2], *own[-2:]]


def _shapes(weights: Arrays) -> list[tuple[int, ...]]:
    return [one.shape for one in weights]


def teacher_files(models: str, labels: Labels) -> list[Path]:
    """The ``model.keras`` of models that teach a network with these labels.

    Args:
        models: as of ``Start.load``.
        labels: what the network's outputs mean.

    Raises:
        InputError: if one of them is not there, or knows characters that the network does not.
    """
    files = network_files(models)
    for path in files:
        card = read_card(path.parent)
        if not set(card["labels"]) <= set(labels):
            raise InputError(f"the teacher {card['name']} is of other characters than the data set")
    return files


def columns_of(path: Path, labels: Labels) -> list[int]:
    """Which output of a network with these labels each output of a teacher, by its file, is."""
    return [labels.index(label) for label in read_card(path.parent)["labels"]]


def digest_of(path: Path) -> str:
    """SHA-256 of a file, to tell whether a training goes on with the same."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def net_of(models: str) -> str:
    """What the network of a model is called, in ``train.fit.nets``; of several, of the first.

    Args:
        models: as of ``Start.load``.

    Raises:
        InputError: if it is not there.
    """
    card = read_card(network_files(models)[0].parent)
    network = card.get("network")
    name = network.get("name") if isinstance(network, dict) else None
    return str(name) if name in NET_NAMES else "hwr"


def network_files(models: str) -> list[Path]:
    """The ``model.keras`` of model folders, or of shipped models by name.

    Args:
        models: as of ``Start.load``.

    Raises:
        InputError: if one of them is not there.
    """
    return [_network_file(model) for model in each_of(models)]


def each_of(models: str) -> list[str]:
    """The models of a list with commas between them; a folder's own name may hold one."""
    return [models] if Path(models).is_dir() else models.split(",")


def _network_file(model: str) -> Path:
    folder = folder_of(model)
    path = folder / "model.keras"
    if not path.is_file():
        raise InputError(f"{folder} has no model.keras to start from")
    return path


def with_profile(pool: Pool, chars: tuple[str, ...], where: str, share: float) -> Pool:
    """The images to train from, with a profile's samples.

    Args:
        pool: all other images.
        chars: the data set's characters, in label order.
        where: the profile's name or path.
        share: of the images shown that are the profile's.

    Raises:
        InputError: if there is no such profile, or it has none of these characters.
    """
    profile = Profile.open(where)
    for problem in profile.problems:
        say(f"warning: profile {profile.name}: {problem}")
    number = {char: i for i, char in enumerate(chars)}
    # Where both cases are one class, it has the capital.
    pairs = [(number.get(char, number.get(MERGED[char])), one) for char, one in profile.crops()]
    known = [(label, one) for label, one in pairs if label is not None]
    if not known:
        raise InputError(f"the profile {profile.name} has no character of this data set")
    say(f"profile {profile.name}: {len(known)} samples, {share:.0%} of the images")
    labels = np.array([label for label, _ in known], np.int32)
    return pool.with_more(np.stack([one for _, one in known]), labels, share)
