"""One bit per byte of a text: which bytes are of a kind, how many stand before a place, where."""

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Places = NDArray[np.int64]
Words = NDArray[np.uint64]

_ONE, _LAST = np.uint64(1), np.uint64(63)
_WORD = 64


class Bits:
    """Bits that are counted."""

    def __init__(self, words: Words) -> None:
        """Count the bits before each word."""
        self._words = words
        self._before: Places = np.zeros(len(words) + 1, np.int64)
        np.cumsum(np.bitwise_count(words), out=self._before[1:])

    def rank(self, places: Places) -> Places:
        """Return how many bits are set before each place."""
        words = places // _WORD
        low = self._words[words] & (_bit(places) - _ONE)
        ranks: Places = self._before[words] + np.bitwise_count(low)
        return ranks

    def select(self, ranks: Places) -> Places:
        """Return the place of the set bit that so many set ones stand before."""
        words = np.searchsorted(self._before, ranks, side="right") - 1
        bits = _unpacked(self._words[words]).reshape(-1, _WORD)
        seen = np.cumsum(bits, axis=1, dtype=np.uint8)
        missing = (ranks - self._before[words])[:, None]
        places: Places = words * _WORD + np.argmax(seen > missing, axis=1)
        return places


def words_of(mask: Mask) -> Words:
    """Return the bits of a mask, and at least one more."""
    packed = np.packbits(mask, bitorder="little")
    words = np.zeros(len(packed) // 8 + 1, "<u8")
    words.view(np.uint8)[: len(packed)] = packed
    return words


def words_at(places: Places, size: int) -> Words:
    """Return so many words in which the bits of some places are set."""
    words = np.zeros(size, np.uint64)
    np.bitwise_or.at(words, places // _WORD, _bit(places))
    return words


def places_of(words: Words) -> Places:
    """Return the places of the set bits."""
    some = np.flatnonzero(words)
    bits = np.flatnonzero(_unpacked(words[some]))
    places: Places = some[bits // _WORD] * _WORD + bits % _WORD
    return places


def at(words: Words, places: Places) -> Mask:
    """Tell which places have their bit set."""
    found: Mask = words[places // _WORD] & _bit(places) != 0
    return found


def behind_odd(words: Words) -> Words:
    """Return the bits from each set one of odd number up to the next set one."""
    odd = words.copy()
    for distance in (1, 2, 4, 8, 16, 32):
        odd ^= odd << np.uint64(distance)
    odd[1:] ^= -np.bitwise_xor.accumulate(odd >> _LAST)[:-1]
    return odd


def after(words: Words) -> Words:
    """Return the bits right after the set ones."""
    moved = words << _ONE
    moved[1:] |= words[:-1] >> _LAST
    return moved


def before(words: Words) -> Words:
    """Return the bits right before the set ones."""
    moved = words >> _ONE
    moved[:-1] |= words[1:] << _LAST
    return moved


def _bit(places: Places) -> Words:
    return _ONE << (places % _WORD).astype(np.uint64)


def _unpacked(words: Words) -> Mask:
    return np.unpackbits(words.view(np.uint8), bitorder="little").view(np.bool_)
