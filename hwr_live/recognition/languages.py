"""The languages whose words can be preferred: codes and English names, without the words."""

from __future__ import annotations

from hwr_live.errors import InputError
from hwr_live.system.nearest import suggestion

LANGUAGES = {
    "ca": "Catalan",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fi": "Finnish",
    "fil": "Filipino",
    "fr": "French",
    "hu": "Hungarian",
    "id": "Indonesian",
    "is": "Icelandic",
    "it": "Italian",
    "lt": "Lithuanian",
    "lv": "Latvian",
    "ms": "Malay",
    "nb": "Norwegian",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "sh": "Serbo-Croatian",
    "sk": "Slovak",
    "sl": "Slovenian",
    "sv": "Swedish",
    "tr": "Turkish",
    "vi": "Vietnamese",
}
"""Of the languages that the package wordfreq 3.1 knows, those whose common words are written with
the letters a to z, once their accents are taken off: at least half of the commonest 30,000."""


def language_code(language: str) -> str:
    """The code of a language that is given by code or English name, in any case.

    What follows a code is not looked at: ``en_GB`` is ``en``.

    Raises:
        InputError: for what is no language of ``LANGUAGES``.
    """
    asked = language.strip().casefold()
    for code, name in LANGUAGES.items():
        if asked == name.casefold() or asked.replace("_", "-").partition("-")[0] == code:
            return code
    meant = suggestion(asked, LANGUAGES.values())
    raise InputError(f"no language {language!r}; there are {', '.join(LANGUAGES)}{meant}")
