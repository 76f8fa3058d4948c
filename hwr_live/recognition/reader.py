"""The reader: a frame in, a reading out; pad, camera and files use it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np
import numpy.typing as npt

from hwr_live.canvas import Canvas
from hwr_live.chars import parse_chars
from hwr_live.errors import HwrError
from hwr_live.reading import Reading
from hwr_live.recognition.adapt import NEAR, NEAR_LOGITS, Adaptation, newest
from hwr_live.recognition.again import LinesRead
from hwr_live.recognition.classify import Classifier
from hwr_live.recognition.decoder import Recognizer, decode
from hwr_live.recognition.joint import Alphabet
from hwr_live.recognition.keys import without_keys
from hwr_live.recognition.language import Language
from hwr_live.recognition.letters import Letters
from hwr_live.recognition.line_network import LineNetwork
from hwr_live.recognition.models import DEFAULT, find_beside, find_model
from hwr_live.recognition.places.map_network import MapNetwork
from hwr_live.recognition.places.where import see_writing
from hwr_live.recognition.spelling import Speller
from hwr_live.recognition.vocabulary import Vocabulary
from hwr_live.segmentation.rectify import View, see

if TYPE_CHECKING:
    from hwr_live.documents.pictures import Source

Frame = npt.NDArray[np.generic]
Crop = npt.NDArray[np.uint8]


class Reader:
    """Reads pictures and canvases with one model. Made by :meth:`load`.

    >>> import numpy as np
    >>> reader = Reader.load("mnist", chars="digits")
    >>> blank = np.full((60, 80), 255, np.uint8)
    >>> [reading.text for reading in reader.read_many([blank, blank])]
    ['', '']

    Args:
        classifier: the model.
        chars: which characters may be read: a set's name or the characters themselves.
        adaptation: what is known of the hand that writes.
        language: whose words are likelier than others; None for any.
        lines: the network that reads whole lines; None where the glyphs are all there is.
        pages: the network that says where in a picture there is writing; None for everywhere.
        letters: which letters follow each other in words, for the line network's doubts; None to
            leave these as they are.
        handwriting: whether print is left out of what is read.

    Attributes:
        vocabulary: the characters that are read, and what the model's outputs mean for them.

    Raises:
        InputError: if the model knows none of ``chars``.
    """

    def __init__(
        self,
        classifier: Classifier,
        chars: str = "all",
        adaptation: Adaptation | None = None,
        language: Language | None = None,
        lines: LineNetwork | None = None,
        pages: MapNetwork | None = None,
        letters: Letters | None = None,
        handwriting: bool = False,
    ) -> None:
        self.classifier = classifier
        self.chars = chars
        self.adaptation = adaptation
        self.language = language
        self.lines = lines
        self.pages = pages
        self.letters = letters
        self.handwriting = handwriting
        self.vocabulary = Vocabulary(classifier.card, chars, remembering=classifier.remembers)
        self._lines_read = LinesRead() if classifier.remembers else None
        self._alphabet: Alphabet | None = None
        self._speller: Speller | None = None
        if lines is not None:
            wanted = parse_chars(chars)
            joint = classifier.card.decoder.joint
            self._alphabet = Alphabet.of(lines.card.labels, self.vocabulary.known, wanted, joint)
            if letters is not None:
                lexicon = None if language is None else language.lexicon
                settings = classifier.card.decoder.spelling
                self._speller = Speller(lines.card.labels, letters, lexicon, settings)

    @property
    def known(self) -> tuple[str, ...]:
        """The characters that are read."""
        return self.vocabulary.known if self._alphabet is None else self._alphabet.chars

    @classmethod
    def load(
        cls,
        model: str = DEFAULT,
        chars: str = "all",
        profile: str | os.PathLike[str] | None = None,
        language: str | None = None,
        *,
        handwriting: bool = False,
    ) -> Reader:
        """Loads a model by name or path, learns a profile's hand by name or path, and a language's
        words by its code, such as "en"; with ``handwriting``, print is not read.

        Raises:
            InputError: for a missing or broken model, characters that it does not know, a profile
                that is not there, or a language that is not known.
        """
        parse_chars(chars)
        words = None if language is None else Language.load(language)
        folder = find_model(model)
        classifier = Classifier(folder)
        card = classifier.card
        lines = None if card.lines is None else LineNetwork(find_beside(folder, card.lines))
        pages = None if card.pages is None else MapNetwork(find_beside(folder, card.pages))
        letters = None if card.letters is None else Letters.load(find_beside(folder, card.letters))
        reader = cls(
            classifier,
            chars,
            language=words,
            lines=lines,
            pages=pages,
            letters=letters,
            handwriting=handwriting,
        )
        if profile is None:
            return reader
        from hwr_live.profiles.profile import Profile  # most readings need none

        return reader.with_samples(Profile.open(profile).crops())

    def with_chars(self, chars: str) -> Reader:
        """A reader of other characters with the same model and of the same hand.

        Raises:
            InputError: if the model knows none of ``chars``.
        """
        return self._with(chars=chars)

    def remembering(self, tolerance: float = 0) -> Reader:
        """The same reader with a memory for what comes again, for many readings of one thing.

        Args:
            tolerance: as of ``AnswerCache``: with 0, all is read as without a memory.
        """
        remembering = self.classifier.remembering(tolerance)
        lines = None if self.lines is None else self.lines.remembering(tolerance)
        return self._with(classifier=remembering, lines=lines)

    def with_samples(self, samples: Sequence[tuple[str, Crop]]) -> Reader:
        """A reader that has learned a hand from these samples, and from no others.

        Args:
            samples: characters with their crops, uint8 (28, 28); those that the model does not
                know are passed over. None of them: a reader of any hand.
        """
        card = self.classifier.card
        known = newest([sample for sample in samples if sample[0] in card.labels])
        if not known:
            return self._with(adaptation=None)
        p, embeddings = self.classifier.look(np.stack([one for _, one in known]))
        near = NEAR if self.classifier.embeds else NEAR_LOGITS
        learned = Adaptation.learn(p, embeddings, [char for char, _ in known], card.labels, near)
        return self._with(adaptation=learned)

    def _with(self, **changed: Any) -> Reader:
        """A reader that differs in some of its arguments."""
        names = (
            "classifier",
            "chars",
            "adaptation",
            "language",
            "lines",
            "pages",
            "letters",
            "handwriting",
        )
        return Reader(**({name: getattr(self, name) for name in names} | changed))

    def read(self, source: Source | Canvas, *, rgb: bool = False) -> Reading:
        """Reads a picture or a canvas.

        Several threads may read with one reader: the network serves one of them at a time.

        Args:
            source: an array, (h, w) grey, (h, w, 3) BGR or (h, w, 4) BGRA, of uint8, uint16 or
                float of 0 to 1; a path; the bytes of a picture file or a document of one page; a
                file that is open for bytes; a Pillow image; or a Canvas. Files and Pillow images
                are turned upright by their EXIF orientation.
            rgb: whether an array has its channels in the order of RGB, as NumPy's copy of a Pillow
                image and Matplotlib have it, and not in that of BGR, as OpenCV does. It changes
                nothing where there is no question: of files, Pillow images, grey and canvases.

        Raises:
            InputError: for what is no picture, is missing or broken, or has several pages.
        """
        if isinstance(source, Canvas) or (isinstance(source, np.ndarray) and not rgb):
            return self.look(source)[0]
        from hwr_live.documents.pictures import as_picture  # windows need none

        return self.look(as_picture(source, rgb=rgb))[0]

    def read_pages(self, source: Source) -> Iterator[Reading]:
        """Reads every page of a document: PDF, TIFF, GIF, WebP, or a picture of one page.

        Args:
            source: a path, the bytes of a file, or a file that is open for bytes.

        Yields:
            A reading a page, in their order.

        Raises:
            InputError: for what is no document, is missing or broken, or needs a package that is
                not installed.
        """
        from hwr_live.documents.pictures import document_from

        document = document_from(source)
        try:
            for number in range(1, document.count + 1):
                yield self.look(document.page(number).image)[0]
        finally:
            document.close()

    @overload
    def read_many(
        self,
        sources: Iterable[Source | Canvas],
        *,
        jobs: int = 1,
        rgb: bool = False,
        errors: Literal["raise"] = "raise",
    ) -> Iterator[Reading]: ...

    @overload
    def read_many(
        self,
        sources: Iterable[Source | Canvas],
        *,
        jobs: int = 1,
        rgb: bool = False,
        errors: Literal["yield"],
    ) -> Iterator[Reading | HwrError]: ...

    def read_many(
        self,
        sources: Iterable[Source | Canvas],
        *,
        jobs: int = 1,
        rgb: bool = False,
        errors: Literal["raise", "yield"] = "raise",
    ) -> Iterator[Reading | HwrError]:
        """Reads pictures; the readings stream in their order.

        Pictures are taken from ``sources`` as they are needed. Processes do not run the calling
        script again, so it needs no ``if __name__ == "__main__":``.

        Args:
            sources: each as of :meth:`read`.
            jobs: processes; 1 for this one alone.
            rgb: as of :meth:`read`.
            errors: "raise" to end with the first picture that cannot be read, "yield" to get its
                error in its place, and to go on.

        Raises:
            InputError: for a picture that cannot be read, unless errors are yielded; at once, for
                what is one picture, or other arguments than these.
            HwrError: if a process dies, or no process can be begun.
        """
        from hwr_live.recognition.many import check_many, raised, read_many

        check_many(sources, jobs, errors)
        results = read_many(self, sources, jobs, rgb)
        return raised(results) if errors == "raise" else results

    def __reduce__(self) -> tuple[Any, ...]:
        """For other processes: the model is loaded anew there, without what it remembers."""
        lines = None if self.lines is None else self.lines.folder
        pages = None if self.pages is None else self.pages.folder
        letters = None if self.letters is None else self.letters.folder
        given = (self.classifier.folder, self.chars, self.adaptation, self.language)
        return _reader_of, (*given, lines, pages, letters, self.handwriting)

    def look(self, frame: Frame | Canvas) -> tuple[Reading, View]:
        """Reads a picture or a canvas, and tells what of it was read.

        Args:
            frame: as of :meth:`read`.

        Returns:
            The reading, and the view that it comes from: ink, sheet, pieces and lines.

        Raises:
            InputError: for an array that is no picture.
        """
        began = time.perf_counter()
        along = (
            None if self.lines is None or self._alphabet is None else (self.lines, self._alphabet)
        )
        # On the pad someone writes who sees which way is up.
        if isinstance(frame, Canvas):
            view, upright = see(frame.image, drawn=True), True
        else:
            view, upright = see_writing(frame, self.pages, along)
        seen = time.perf_counter()
        recognizer = Recognizer(
            self.classifier,
            self.adaptation,
            self.vocabulary,
            self.language,
            along,
            self._speller,
            self._lines_read if isinstance(frame, Canvas) else None,
        )
        lines, read = decode(view, recognizer, upright=upright)
        # Whatever was tried before a view was chosen, by a map and both networks, is finding lines.
        ms = {
            "ink": view.ink_ms,
            "segment": 1000 * (seen - began) - view.ink_ms,
            "classify": 1000 * (time.perf_counter() - seen),
        }
        reading = Reading(
            lines,
            view.size,
            {**ms, "total": sum(ms.values())},
            layout=read.table(),
            left_out=read.left_out,
            lost=read.segmented.lost,
        )
        if not isinstance(frame, Canvas):
            reading = without_keys(reading)
        return reading.handwriting() if self.handwriting else reading, read


def _reader_of(
    folder: Path,
    chars: str,
    adaptation: Adaptation | None,
    language: Language | None,
    lines: Path | None,
    pages: Path | None,
    letters: Path | None,
    handwriting: bool,
) -> Reader:
    """A reader from what another process sent of one."""
    along = None if lines is None else LineNetwork(lines)
    where = None if pages is None else MapNetwork(pages)
    words = None if letters is None else Letters.load(letters)
    classifier = Classifier(folder)
    return Reader(classifier, chars, adaptation, language, along, where, words, handwriting)
