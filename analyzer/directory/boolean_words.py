"""A word of a spreadsheet in, the truth value that it is in the language of that spreadsheet out.

A spreadsheet program writes TRUE and FALSE into CSV as it shows them. CLDR, and so Babel, has words
for yes and no alone. The words are those of LibreOffice's locale data (reserved words `trueWord`
and `falseWord` of `i18npool/source/localedata/data/*.xml`) for the languages in which Office is
sold, and those of Excel and Gnumeric where theirs are others.
"""

import unicodedata
from functools import lru_cache

_WORDS = """
    am አውነት ሔሰት
    ar صح خطأ; صحيح خاطئ; صواب خطأ
    az düz yanliş; doğru yanliş
    be сапраўдна несапраўдна
    bg вярно невярно; истина лъжа
    bn সত্য মিথ্যা
    bs tacno netacno; tačno netačno
    ca veritat fals; cert fals
    cs,sk pravda nepravda
    da sand falsk
    de wahr falsch
    el σωστό λάθος; σωστο λαθος; αληθής ψευδής; αληθης ψευδης; αληθές ψευδές; αληθες ψευδες
    es verdadero falso
    et tõene väär
    eu egiazkoa faltsua
    fa درست نادرست
    fi tosi epätosi
    fr vrai faux
    ga fíor falsa
    gd fìor breug
    gl,pt verdadeiro falso
    gu ખરું ખોટું
    he אמת שקר
    hi,mr सही गलत
    hr točno netočno; istina laž
    hu igaz hamis
    hy ճշմարիտ կեղծ
    id benar salah
    is rétt rangt; satt ósatt
    it vero falso
    ka ჭეშმარიტი მცდარი
    kk ақиқат жалған
    km ត្រូវ ខុស
    kn ಸಹೀ ಗಲತ್
    ko 참 거짓
    ky чындык жалган
    lb wouer falsch
    lo ແມ່ນແລ້ວ ບໍ່ແມ່ນ
    lt teisingai neteisingai; teisinga klaidinga; teigiama neigiama
    lv patiess aplams
    mk точно неточно
    ml അതെ അല്ല
    mn үнэн худал
    mt veru falz
    ne ठीक बेठीक
    nl waar onwaar
    no sann usann
    pa ਸਹੀ ਗਲਤ
    pl prawda fałsz
    ro adevărat fals
    ru истина ложь
    sr тачно нетачно
    sv sant falskt
    sw kweli sikweli
    ta ஸரி தப்ப
    te నిజము అపాదము
    th จริง เท็จ
    tr doğru yanliş
    tt чын ялган
    uk істина брехня; істина хибність
    uz haqiqiy soxta
    vi đúng sai
    zh 真 假
"""


def truth_of_word(word: str) -> bool | None:
    """Return what a word says in the language it is of, in any letter case; None for no such."""
    return _truths().get(_key(word))


@lru_cache(maxsize=1)
def _truths() -> dict[str, bool]:
    truths: dict[str, bool] = {}
    for line in _WORDS.strip().splitlines():
        for pair in line.strip().partition(" ")[2].split("; "):
            true, _, false = pair.rpartition(" ")
            truths[_key(true)], truths[_key(false)] = True, False
    return truths


def _key(word: str) -> str:
    # Only Turkish has an i without a dot, and Python folds its capital letters as all others do:
    # the table spells it with one.
    folded = unicodedata.normalize("NFC", word).casefold()
    return folded.replace("\N{LATIN SMALL LETTER DOTLESS I}", "i").replace(
        "i\N{COMBINING DOT ABOVE}", "i"
    )
