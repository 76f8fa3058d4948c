"""Cuts the validation part from the training part."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hwr_live.errors import InputError
from train.data.dataset import Part
from train.data.idx import Bytes

Indices = npt.NDArray[np.int64]


def split_validation(part: Part, share: float, seed: int) -> tuple[Indices, Indices]:
    """Cuts a validation part from a training part, the same one for the same seed.

    Whole groups go to one side, so that no writer is on both; within a source (the group's name
    before the first hyphen) groups are drawn until the share is reached. A group that is a bare
    source name ("mnist") tells no writer: its images are drawn one by one, evenly by class, as are
    all images where there are no groups.

    Args:
        part: the training part.
        share: of the images, more than 0 and less than 1; met exactly but for whole groups.
        seed: of the draw.

    Returns:
        Indices of the training and of the validation images, int64, ascending.

    Raises:
        InputError: for a share out of range, or too few images to cut from.
    """
    if not 0 < share < 1:
        raise InputError(f"the validation share must lie between 0 and 1, not {share}")
    random = np.random.default_rng(seed)
    valid = np.zeros(len(part.labels), bool)
    if part.groups is None:
        valid[_draw_images(np.arange(len(valid)), part.labels, share, random)] = True
    else:
        names, group_of = np.unique(part.groups, return_inverse=True)
        sources = np.array([str(name).split("-", 1)[0] for name in names], np.str_)
        for source in np.unique(sources):
            members = np.flatnonzero(sources == source)
            writers = members[names[members] != source]
            if len(writers) > 1:
                drawn = _draw_groups(
                    writers, np.bincount(group_of, minlength=len(names)), share, random
                )
                valid |= np.isin(group_of, drawn)
                members = np.setdiff1d(members, writers)
            rest = np.flatnonzero(np.isin(group_of, members))
            valid[_draw_images(rest, part.labels, share, random)] = True
    indices = np.arange(len(valid))
    if valid.all() or not valid.any():
        raise InputError(f"{len(valid)} images are too few to cut a share of {share} from")
    return indices[~valid], indices[valid]


def _draw_images(
    indices: Indices, labels: Bytes, share: float, random: np.random.Generator
) -> Indices:
    """A share of the images, drawn evenly by class."""
    shuffled = random.permutation(indices)
    by_class = shuffled[np.argsort(labels[shuffled], kind="stable")]
    # Every k-th of a list sorted by class, for any share: where the running share steps up.
    steps = np.floor(np.arange(len(by_class) + 1) * share + 0.5).astype(np.int64)
    drawn: Indices = by_class[np.diff(steps) > 0]
    return drawn


def _draw_groups(
    groups: Indices, sizes: Indices, share: float, random: np.random.Generator
) -> Indices:
    """Groups with about a share of their images; one that would overshoot is passed over."""
    wanted = share * sizes[groups].sum()
    drawn: list[int] = []
    total = 0
    for group in random.permutation(groups):
        if total + sizes[group] <= wanted or (
            not drawn and group == groups[np.argmin(sizes[groups])]
        ):
            drawn.append(int(group))
            total += int(sizes[group])
    return np.array(drawn, np.int64)
