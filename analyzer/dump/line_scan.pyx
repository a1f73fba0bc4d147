# cython: language_level=3
"""Lines of text in, the blocks of LDIF and the rows of CSV that have to be read out.

Compiled by Cython when the project is set up. The way through a text needs no Python object, so
that the hash is taken beside it. Every loop over bytes ends at a line feed, and a text that does
not end with one is refused; loads of many bytes (`wide_bytes.h`) ask first how many there are.

The rule everywhere: in doubt a block or a row is chosen. To choose too much costs time, to pass
over what a full parse would keep or complain about loses it silently.
"""

cimport cython
from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.mem cimport PyMem_Free, PyMem_Malloc
from libc.stdint cimport uint64_t
from libc.string cimport memchr, memcmp, memcpy, memset, strchr

cdef extern from "wide_bytes.h" nogil:
    const int KNOWN_SIZE
    ctypedef struct line_state:
        uint64_t bare, faults
        bint known_utf8
        Py_ssize_t feeds
    ctypedef struct wide_steps:
        int width
        Py_ssize_t (*count_of)(
            const unsigned char* text, Py_ssize_t size, unsigned char byte
        ) noexcept nogil
        Py_ssize_t (*find_lines)(
            const unsigned char* text, Py_ssize_t blocks, Py_ssize_t at, line_state* state,
            Py_ssize_t* places,
        ) noexcept nogil
        Py_ssize_t (*known_lines)(
            const unsigned char* text, Py_ssize_t readable, const unsigned char* known,
            const Py_ssize_t* places, Py_ssize_t filled, Py_ssize_t* taken, Py_ssize_t* at,
        ) noexcept nogil
        bint (*is_plain_base64)(
            const unsigned char* text, Py_ssize_t at, Py_ssize_t end, Py_ssize_t readable
        ) noexcept nogil
        Py_ssize_t (*write_letters)(
            unsigned char* into, const unsigned char* text, Py_ssize_t size, bint big,
            Py_ssize_t* read,
        ) noexcept nogil
    const wide_steps* steps_of(int width)
    Py_ssize_t known_place(const unsigned char* name, Py_ssize_t size)
    uint64_t name_marks "name_marks_16" (const unsigned char* text)
    uint64_t dn_marks "dn_marks_16" (const unsigned char* text, unsigned char more, bint above)
    uint64_t cell_marks "cell_marks_16" (const unsigned char* text, unsigned char more)
    int run_of "run_of_16" (const unsigned char* text, unsigned char byte)
    int first_of(uint64_t found)


cdef enum:
    PARENT = 255  # Bytes of a parent DN that are kept.
    SLOT_BITS = 12
    SLOTS = 4096
    WINDOW = 4096  # Bytes whose lines are found at a time.
    LONGEST = 4096  # Bytes of a line that is put together.
    LONGEST_NAME = 255
    LONGEST_RUN = 64  # Rows of CSV that are passed over at a time.
    MOST_FEEDS = 1024  # Line feeds inside a row of CSV; lines of stray quotes are gone over so often.
    KNOWN_BYTES = 32768  # 1,024 names with their colons, see `known_place`.


cdef enum Place:  # Of an object, by its DN; what is UNKNOWN has to be parsed.
    UNKNOWN, AT_THE_TOP, ELSEWHERE


cdef enum Before:  # What stands before a place in a DN.
    COMMA, TYPE, EQUALS, TEXT


cdef unsigned char[256] starts_name, is_name, is_type, is_text, is_base64, is_class_text
cdef unsigned char[256] ends_run, digit_of, is_hex


def _fill_tables():
    cdef int byte
    letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    for byte in range(256):
        starts_name[byte] = byte in letters + b"_"
        is_name[byte] = byte in letters + b"_.-"
        is_type[byte] = byte in letters + b"-"
        # What a value in a DN may hold unescaped (RFC 4514, section 3); the rest is for libldap. A
        # colon may be that of another line, which a fold has brought here.
        is_text[byte] = 32 <= byte < 127 and byte not in b'\\"<>;#+=,:'
        is_base64[byte] = byte in letters + b"+/"
        is_class_text[byte] = byte in letters + b"-;| .[]"
        ends_run[byte] = byte in b'\r\n"'
        is_hex[byte] = byte in b"0123456789ABCDEFabcdef"
    for byte, letter in enumerate(letters[:52] + b"0123456789+/"):
        digit_of[letter] = byte


_fill_tables()
WIDTHS = tuple([width for width in (16, 32) if steps_of(width).width == width])
"""Of how many bytes at a step there is code that this processor runs; the last is what is used."""


cdef inline unsigned char lower(unsigned char byte) noexcept nogil:
    return byte + 32 if c"A" <= byte <= c"Z" else byte


cdef inline bint reads(const unsigned char* text, const char* word) noexcept nogil:
    """Tell whether a lower-case word of ASCII stands at a place, in any letter case."""
    while word[0] and lower(text[0]) == <unsigned char>word[0]:
        text, word = text + 1, word + 1
    return word[0] == 0


cdef inline Py_ssize_t slot_of(const unsigned char* word, Py_ssize_t size) noexcept nogil:
    """Return a number that is the same in any letter case, of the first and the last eight bytes."""
    cdef uint64_t first = 0, last = 0
    # Loads that may overlap: a loop over sizes that differ from line to line takes far longer.
    if size >= 8:
        memcpy(&first, word, 8)
        memcpy(&last, word + size - 8, 8)
    elif size >= 4:
        memcpy(&first, word, 4)
        memcpy(&last, word + size - 4, 4)
    else:
        first = word[0] | <uint64_t>word[size >> 1] << 8 | <uint64_t>word[size - 1] << 16
    first = (first | 0x2020202020202020ULL) * 0x9E3779B97F4A7C15ULL
    last = (last | 0x2020202020202020ULL) + <uint64_t>size
    return <Py_ssize_t>((first ^ (first >> 32) ^ last) * 0xD6E8FEB86659FD93ULL >> (64 - SLOT_BITS))


@cython.final
cdef class Words:
    """Words that are looked up in any letter case."""

    cdef unsigned short[SLOTS] starts
    cdef bytes kept
    cdef const unsigned char* letters
    """Of each slot the length and the letters of its words, and a zero."""

    def __init__(self, words):
        slots = [[] for _ in range(SLOTS)]
        for word in sorted(words):
            data = word.lower().encode("ascii")
            slots[slot_of(data, len(data))].append(data)
        letters = bytearray(1)
        for number, slot in enumerate(slots):
            self.starts[number] = len(letters) if slot else 0
            for data in slot:
                letters += bytes([len(data)]) + data
            letters += b"\0" * bool(slot)
        self.kept = bytes(letters)
        self.letters = self.kept

    cdef inline bint has(self, const unsigned char* text, Py_ssize_t size) noexcept nogil:
        """Tell whether some bytes, at least one, are one of the words."""
        cdef Py_ssize_t slot = slot_of(text, size)
        # Most have a slot without a word; only the others cost a call.
        return self.starts[slot] and self.is_in(slot, text, size)

    cdef bint is_in(self, Py_ssize_t slot, const unsigned char* text, Py_ssize_t size) noexcept nogil:
        cdef Py_ssize_t i
        cdef const unsigned char* word = self.letters + self.starts[slot]
        while word[0]:
            if word[0] == size:
                i = 0
                while i < size and lower(text[i]) == word[1 + i]:
                    i += 1
                if i == size:
                    return True
            word += word[0] + 1
        return False


@cython.final
cdef class Starts:
    """Starts of texts, in lower case."""

    cdef bytes kept
    cdef const unsigned char* letters

    def __init__(self, starts):
        encoded = [start.encode("ascii") for start in starts]
        self.kept = b"".join([bytes([len(start)]) + start for start in encoded]) + b"\0"
        self.letters = self.kept

    cdef bint begin(self, const unsigned char* text, Py_ssize_t size) noexcept nogil:
        """Tell whether a text begins like one of them, in any letter case."""
        cdef Py_ssize_t i
        cdef const unsigned char* start = self.letters
        while start[0]:
            i = 0
            while i < size and i < start[0] and lower(text[i]) == start[1 + i]:
                i += 1
            if i == start[0]:
                return True
            start += start[0] + 1
        return False


cdef Words FRAMING = Words(["dn", "version", "objectClass", "changetype", "distinguishedName"])


cdef inline Py_ssize_t line_end(const unsigned char* text, Py_ssize_t at, Py_ssize_t size) noexcept nogil:
    return <const unsigned char*>memchr(text + at, c"\n", size - at) - text


cdef inline bint is_blank(unsigned char byte) noexcept nogil:
    return byte == c" " or byte == c"\t"


cdef inline Py_ssize_t behind_fold(const unsigned char* text, Py_ssize_t at, Py_ssize_t size) noexcept nogil:
    """Return the place behind a line end and the space of a fold; the same place without them."""
    cdef Py_ssize_t feed = at + (at < size and text[at] == c"\r")
    return feed + 2 if feed + 1 < size and text[feed] == c"\n" and text[feed + 1] == c" " else at


cdef bint is_utf8(const unsigned char* text, Py_ssize_t size) noexcept nogil:
    """Tell whether text is UTF-8, with its lines unfolded if a fold parts a character."""
    cdef Py_ssize_t at = 0
    cdef int left
    cdef unsigned char byte, lowest, highest
    cdef uint64_t eight
    while at < size:
        if at + 8 <= size:
            memcpy(&eight, text + at, 8)
            if eight & 0x8080808080808080ULL == 0:
                at += 8
                continue
        byte = text[at]
        at += 1
        if byte < 0x80:
            continue
        # Well-formed sequences (Unicode, table 3-7): the first byte bounds the second.
        lowest, highest = 0x80, 0xBF
        if 0xC2 <= byte <= 0xDF:
            left = 1
        elif 0xE0 <= byte <= 0xEF:
            left = 2
            lowest = 0xA0 if byte == 0xE0 else lowest
            highest = 0x9F if byte == 0xED else highest
        elif 0xF0 <= byte <= 0xF4:
            left = 3
            lowest = 0x90 if byte == 0xF0 else lowest
            highest = 0x8F if byte == 0xF4 else highest
        else:
            return False
        while left:
            if at < size and text[at] < 0x80:
                at = behind_fold(text, at, size)
            if at >= size or not lowest <= text[at] <= highest:
                return False
            lowest, highest = 0x80, 0xBF
            at += 1
            left -= 1
    return True


cdef bint parts_lines(const unsigned char* text, Py_ssize_t size) noexcept nogil:
    """Tell whether a carriage return stands before a name; the text ends with a line feed."""
    cdef Py_ssize_t at = 0
    cdef Py_ssize_t i
    for at in range(size - 1):
        if text[at] != c"\r":
            continue
        i = at + 1
        i += text[i] == c" " or text[i] == c"\t"
        while is_name[text[i]] or text[i] == c";" or text[i] == c"=" or text[i] == c"*":
            i += 1
        if text[i] == c":" and i > at + 1 and is_name[text[i - 1]]:
            return True
    return False


cdef inline Py_ssize_t name_size(const unsigned char* text, Py_ssize_t readable) noexcept nogil:
    """Return how many bytes of a name stand at the start of a text that has a line feed."""
    cdef Py_ssize_t size = 0
    cdef uint64_t others
    while readable - size >= 32:
        others = ~name_marks(text + size) & 0xFFFFFFFFULL
        if others:
            return size + first_of(others)
        size += 32
    while is_name[text[size]]:
        size += 1
    return size


cdef inline Py_ssize_t plain_end(
    const unsigned char* text, Py_ssize_t at, Py_ssize_t readable, unsigned char more, bint above
) noexcept nogil:
    """Return where a value in a DN ends; `more` ends it too, and a line feed always does.

    It goes on over bytes above ASCII where it may.
    """
    cdef uint64_t others
    while readable - at >= 16:
        others = dn_marks(text + at, more, above)
        if others:
            return at + first_of(others)
        at += 16
    while (is_text[text[at]] or (above and text[at] >= 0x80)) and text[at] != more:
        at += 1
    return at


cdef Py_ssize_t parent_of(
    const unsigned char* text, Py_ssize_t size, Py_ssize_t readable, unsigned char more, bint above
) noexcept nogil:
    """Return where the parent begins in a DN of plain RDNs, -1 in any other DN.

    It is 0 where there is no parent. A byte that no value holds stands behind the DN.
    """
    cdef Py_ssize_t start, at = 0, parent = 0
    while True:
        start = at
        while is_type[text[at]]:
            at += 1
        # A type begins with a letter. Blanks around a value are none of it: libldap judges.
        if at == start or text[start] < c"A" or text[at] != c"=" or text[at + 1] == c" ":
            return -1
        at += 1
        start = at
        at = plain_end(text, at, readable, more, above)
        if at == start or start >= size:
            return -1
        if at >= size:
            return parent
        if text[at] != c"," or text[at - 1] == c" ":
            return -1
        at += 1
        parent = parent or at


cdef bint is_base64_of_lines(const unsigned char* text, Py_ssize_t at, Py_ssize_t end) noexcept nogil:
    """Tell whether lines up to a line feed before `end` are base64 to the letter, folds aside."""
    cdef Py_ssize_t encoded = 0, padding = 0, start
    while at < end:
        if encoded == 0:
            while text[at] == c" ":
                at += 1
        start = at
        while is_base64[text[at]]:
            at += 1
        if at > start and padding > 0:
            return False
        while text[at] == c"=":
            at += 1
            padding += 1
        encoded += at - start
        while text[at] == c"\r":
            at += 1
        if text[at] != c"\n" or padding > 2:
            return False
        at += 2
    return encoded % 4 == 0


cdef bint is_ascii(const unsigned char* text, Py_ssize_t size) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(size):
        if text[i] >= 0x80:
            return False
    return True


cdef bint holds(const unsigned char* text, Py_ssize_t size, const char* word, Py_ssize_t length) noexcept nogil:
    """Tell whether some bytes stand in a text."""
    cdef const unsigned char* end = text + size
    while end - text >= length:
        text = <const unsigned char*>memchr(text, <unsigned char>word[0], end - text - length + 1)
        if text == NULL:
            return False
        if memcmp(text, word, length) == 0:
            return True
        text += 1
    return False


cdef Py_ssize_t size_of_letter(const unsigned char* text, Py_ssize_t left) noexcept nogil:
    """Return how many bytes a letter of a value in a DN has in UTF-8; 0 if it has to be parsed."""
    cdef unsigned char byte = text[0]
    if byte == c"\\" and left >= 2 and text[1] and strchr(b'"#+,;<=>\\', text[1]) != NULL:
        return 2
    if byte == c"\\" and left >= 3 and c"0" <= text[1] <= c"7" and is_hex[text[2]]:
        # As the objects are called that were deleted, or made twice.
        if left >= 7 and (memcmp(text, b"\\0ADEL:", 7) == 0 or memcmp(text, b"\\0ACNF:", 7) == 0):
            return 7
        return 3
    return is_text[byte] or byte >= 0x80


cdef Py_ssize_t decoded(
    unsigned char* into, const unsigned char* text, Py_ssize_t size
) noexcept nogil:
    """Decode base64 that is valid; return the number of bytes."""
    cdef Py_ssize_t i, length = 0
    cdef unsigned int bits = 0
    while size and text[size - 1] == c"=":
        size -= 1
    for i in range(size):
        bits = bits << 6 | digit_of[text[i]]
        if i % 4:
            into[length] = <unsigned char>(bits >> (6 - 2 * (i % 4)))
            length += 1
    return length


@cython.final
cdef class Dns:
    """Tells of DNs whether what they name may be passed over."""

    cdef Starts parents
    cdef bint any_byte
    """Whether any byte is a letter where text is no UTF-8."""
    cdef bint foreign
    """Whether the last DN is such text."""
    # A DN that is not plain: where in it, and the start of its parent DN without the blanks around
    # commas.
    cdef Before before
    cdef bint in_parent
    cdef unsigned char[PARENT] parent
    cdef Py_ssize_t length, blanks

    def __init__(self, Starts parents, bint any_byte):
        self.parents, self.any_byte = parents, any_byte

    cdef Place place(
        self, const unsigned char* dn, Py_ssize_t size, Py_ssize_t readable, unsigned char more,
        bint encoded,
    ) noexcept nogil:
        """Return what is known of the place of an object; `encoded` says that text is UTF-8 or damaged.

        A DN with `more` in a value has to be parsed, and a byte that no value holds stands behind it.
        """
        cdef Py_ssize_t parent = parent_of(dn, size, readable, more, False)
        self.foreign = False
        if parent < 0:
            if not self.is_text(dn, size, encoded):
                return UNKNOWN
            parent = parent_of(dn, size, readable, more, True)
        if parent < 0:
            return self.common_place(dn, size, more)
        if parent == 0:
            return AT_THE_TOP
        return UNKNOWN if self.parents.begin(dn + parent, size - parent) else ELSEWHERE

    cdef bint is_text(
        self, const unsigned char* text, Py_ssize_t size, bint encoded
    ) noexcept nogil:
        """Tell whether all of a DN is text, with no letter above ASCII that becomes one of ASCII."""
        self.foreign = not is_utf8(text, size)
        if self.foreign and (encoded or not self.any_byte):
            return False
        # The lower case of the Kelvin sign, and of a capital I with a dot.
        return not (holds(text, size, b"\xe2\x84\xaa", 3) or holds(text, size, b"\xc4\xb0", 2))

    cdef Place common_place(
        self, const unsigned char* text, Py_ssize_t size, unsigned char more
    ) noexcept nogil:
        """Tell the same of a text in which letters are escaped, or blanks stand around commas."""
        cdef Py_ssize_t at = 0, end
        cdef unsigned char byte
        self.before = COMMA
        self.in_parent = False
        self.length = self.blanks = 0
        # States of `type=value,type=value`: whatever does not fit is left to libldap.
        while at < size:
            byte = text[at]
            end = at + 1
            if byte == c"," and self.before == TEXT:
                self.before = COMMA
                self.end_rdn()
            elif byte == c"=" and self.before == TYPE:
                self.before = EQUALS
                self.keep(byte)
            elif is_type[byte] and (self.before == TYPE or (self.before == COMMA and byte >= c"A")):
                self.before = TYPE
                self.keep(byte)
            elif self.before >= EQUALS:
                end = at + size_of_letter(text + at, size - at)
                if end == at or byte == more:
                    return UNKNOWN
                self.before = self.before if byte == c" " else TEXT
                for at in range(at, end):
                    self.keep(text[at])
            elif byte != c" " or self.before != COMMA:
                return UNKNOWN
            at = end
        if self.before != TEXT or self.parents.begin(self.parent, self.length):
            return UNKNOWN
        return ELSEWHERE if self.in_parent else AT_THE_TOP

    cdef void end_rdn(self) noexcept nogil:
        self.blanks = 0
        if self.in_parent:
            self.keep(c",")
        self.in_parent = True

    cdef void keep(self, unsigned char byte) noexcept nogil:
        """Add a byte to the start of the parent DN; blanks are added before what follows them."""
        if not self.in_parent or self.length == PARENT:
            return
        if byte == c" ":
            self.blanks += 1
            return
        while self.blanks and self.length < PARENT - 1:
            self.parent[self.length] = c" "
            self.length += 1
            self.blanks -= 1
        self.parent[self.length] = byte
        self.length += 1


@cython.final
cdef class LdifWalk:
    """The way through texts of whole blocks, and what was found on the last."""

    cdef readonly bint utf8
    """Whether all is UTF-8, even if folds part its characters."""
    cdef readonly bint marked
    """Whether one of the comments that are looked for stands in it."""
    cdef readonly Py_ssize_t passed_over
    """Number of records in the blocks that were not chosen."""
    cdef readonly Py_ssize_t lines
    """Number of line feeds."""

    cdef const wide_steps* steps
    cdef Words attributes, classes, framing
    cdef Starts comments
    cdef Dns dns
    cdef const unsigned char* text
    cdef Py_ssize_t first, size, readable, at, max_block, max_lines
    # Where lines begin that are no fold, and the oddities of folds between them: see `fill`.
    cdef Py_ssize_t[WINDOW + 4] places
    cdef Py_ssize_t taken, filled, marked_to
    cdef line_state state
    cdef unsigned char[65] rest
    # Names of attributes of no interest, with folds inside and their colons.
    cdef unsigned char[KNOWN_BYTES] known
    # The block, or of several records without an empty line between them one.
    cdef Py_ssize_t start, records
    cdef bint chosen, begun, versioned
    # A line put together, or what is decoded of it; more can be read behind it, a line feed first.
    cdef unsigned char[LONGEST + 64] joined, plain
    # The DN of the record; where it is put together or decoded, kept here.
    cdef const unsigned char* dn
    cdef Py_ssize_t dn_size
    cdef bint encoded
    cdef unsigned char[LONGEST] kept_dn

    def __init__(
        self,
        Words attributes,
        Words classes,
        Starts parents,
        Starts comments,
        *,
        Py_ssize_t max_block,
        Py_ssize_t max_lines,
        bint utf8,
        bint any_byte=False,
        int width=WIDTHS[-1],
    ):
        self.steps = steps_of(width)
        self.state.known_utf8 = utf8
        self.dns = Dns(parents, any_byte)
        self.attributes, self.classes = attributes, classes
        self.comments = comments
        self.framing = FRAMING
        self.max_block, self.max_lines = max_block, max_lines

    def blocks(self, bytes text, Py_ssize_t start, Py_ssize_t end):
        """Return where the blocks to be parsed start and end, and the line feeds before each."""
        cdef bint found, known_utf8
        if not 0 <= start <= end <= len(text):
            raise IndexError("the part is not inside the text")
        if start < end and not text.endswith(b"\n", start, end):
            raise ValueError("the part does not end with a line feed")
        self.text, self.first, self.size, self.readable = text, start, end, len(text)
        self.at = self.marked_to = start
        self.taken = self.filled = self.passed_over = 0
        self.marked = False
        known_utf8 = self.state.known_utf8
        memset(&self.state, 0, sizeof(self.state))
        self.state.known_utf8 = known_utf8
        chosen = []
        while True:
            with nogil:
                found = self.find()
            if not found:
                break
            chosen.append((self.start, self.at, self.lines_before(self.start)))
        self.lines = self.state.feeds
        with nogil:
            # A fold that parts a character was taken for a fault.
            self.utf8 = not self.state.faults or is_utf8(
                self.text + self.first, self.size - self.first
            )
        return chosen

    cdef bint find(self) noexcept nogil:
        """Go behind the next block to be parsed; return False when there is none."""
        cdef const unsigned char* text = self.text
        cdef Py_ssize_t at, value
        self.begin(self.at)
        while self.at < self.size:
            at, value = self.at, 0
            if self.begun:
                # Nearly all lines: an attribute of no interest, of which only base64 can be wrong.
                value = self.steps.known_lines(
                    text, self.readable, self.known, self.places, self.filled, &self.taken, &self.at
                )
                self.versioned = self.versioned and self.at == at
            if value:
                self.versioned = False
                self.at = self.next_line()
                if text[value] != c" ":
                    self.odd_value(value, self.at)
            elif self.any_line(self.at):
                return True
        return self.start < self.size and self.end_block(self.size)

    cdef inline bint may_be_known(self, Py_ssize_t at, Py_ssize_t size) noexcept nogil:
        """Tell whether a name may be looked up, for which bytes around it are read."""
        return at >= 8 and self.readable - at >= KNOWN_SIZE and size < KNOWN_SIZE

    cdef inline void know(self, const unsigned char* name, Py_ssize_t size, Py_ssize_t at) noexcept nogil:
        """Keep a name of no interest, as it stands at a place with the folds in it."""
        if self.may_be_known(at, size):
            memcpy(self.known + known_place(name, size), name, size + 1)

    cdef bint any_line(self, Py_ssize_t at) noexcept nogil:
        """Look at any line; return whether a block ends with it, or before it, to be parsed."""
        cdef const unsigned char* text = self.text
        if text[at] == c"\n" or (text[at] == c"\r" and text[at + 1] == c"\n"):
            at += 1 + (text[at] == c"\r")
            # A fold behind it continues nothing, and is no line where lines begin.
            self.at = at if at < self.size and is_blank(text[at]) else self.next_line()
            return self.end_block(self.at)
        # A version line belongs to the dn line behind it: the parser parts such records.
        if self.begun and not self.versioned and reads(text + at, b"dn:") and self.end_block(at):
            return True
        self.at = self.next_line()
        self.take_line(at, self.at)
        return False

    cdef inline Py_ssize_t next_line(self) noexcept nogil:
        """Return where the next line begins that is no fold; look at the folds before it."""
        cdef Py_ssize_t at
        while self.taken < self.filled or self.fill():
            at = self.places[self.taken]
            self.taken += 1
            if self.text[at - 1] == c"\n":
                return at
            self.look_at_fold(at)
        return self.size

    cdef bint fill(self) noexcept nogil:
        """Find places in the next part of the text; return False at its end."""
        cdef Py_ssize_t at = self.marked_to, n = 0, end
        while n == 0 and at < self.size:
            end = min(at + WINDOW, self.size)
            if end - at >= 64:
                n = self.steps.find_lines(
                    self.text + at, (end - at) // 64, at, &self.state, self.places
                )
                at += (end - at) & ~63
            else:
                memset(self.rest, 0, sizeof(self.rest))
                memcpy(self.rest, self.text + at, end - at)
                n = self.steps.find_lines(self.rest, 1, at, &self.state, self.places)
                at = end
        # The end of the text is no line.
        n -= n > 0 and self.places[n - 1] == self.size
        self.taken, self.filled, self.marked_to = 0, n, at
        return n > 0

    cdef void look_at_fold(self, Py_ssize_t at) noexcept nogil:
        """Look at what is odd behind the blank of a fold."""
        cdef const unsigned char* rest = self.text + at
        # What the parser takes for a line of its own, see `unfolding.mended`.
        self.choose_if(reads(rest, b"changetype:") or reads(rest, b"objectclass:"))
        # A line of blanks may end a block, or be a fold.
        while is_blank(rest[0]) or rest[0] == c"\r":
            rest += 1
        self.choose_if(rest[0] == c"\n")

    cdef bint end_block(self, Py_ssize_t at) noexcept nogil:
        """End the block before a place; return whether it has to be parsed."""
        # A line that holds several is rare enough to look for in each block anew.
        if self.state.bare and not self.chosen:
            self.chosen = parts_lines(self.text + self.start, at - self.start)
        if self.chosen or self.is_large(at - self.start):
            self.at = at
            return True
        self.passed_over += self.records
        self.begin(at)
        return False

    cdef bint is_large(self, Py_ssize_t size) noexcept nogil:
        """Tell whether the block may be above a limit; of its lines each may be an attribute."""
        cdef const unsigned char* block = self.text + self.start
        if size <= self.max_lines:
            return size > self.max_block
        return size > self.max_block or self.steps.count_of(block, size, c"\n") > self.max_lines

    cdef Py_ssize_t lines_before(self, Py_ssize_t at) noexcept:
        """Return how many lines end before a place in what was marked."""
        return self.state.feeds - self.steps.count_of(self.text + at, self.marked_to - at, c"\n")

    cdef void begin(self, Py_ssize_t at) noexcept nogil:
        self.start = at
        self.records = 0
        self.chosen = self.begun = self.versioned = False

    cdef inline void choose_if(self, bint odd) noexcept nogil:
        self.chosen = self.chosen or odd

    cdef void take_line(self, Py_ssize_t at, Py_ssize_t end) noexcept nogil:
        """Look at a line with its folds as far as it matters."""
        cdef const unsigned char* line = self.text + at
        cdef Py_ssize_t size
        if starts_name[line[0]]:
            size = name_size(line, self.readable - at)
            self.versioned = False
            if line[size] != c":":
                self.odd_name(size, at, end)
                return
            if self.attribute(line, size, at + size + 1, end):
                self.know(line, size, at)
        elif line[0] != c"#":
            self.chosen = True
            self.versioned = False
        elif not self.marked:
            self.marked = self.comments.begin(line, end - at)

    cdef bint attribute(
        self, const unsigned char* name, Py_ssize_t size, Py_ssize_t value, Py_ssize_t end
    ) noexcept nogil:
        """Look at an attribute; return whether its name is of no interest anywhere."""
        cdef Py_ssize_t slot = slot_of(name, size)
        if self.framing.starts[slot] and self.framing.is_in(slot, name, size):
            self.line_of_record(lower(name[0]), size, value, end)
            return False
        if self.attributes.starts[slot] and self.attributes.is_in(slot, name, size):
            self.chosen = True
            return False
        # Before the dn line stands a version, a result or damage; all of it is for the parser.
        self.choose_if(not self.begun)
        self.odd_value(value, end)
        return True

    cdef void line_of_record(
        self, unsigned char first, Py_ssize_t size, Py_ssize_t value, Py_ssize_t end
    ) noexcept nogil:
        """Look at what says which object a record is of, by the first letter of the name."""
        if first == c"d" and size == 2:
            self.records += 1
            self.begun = True
            self.choose_if(not self.has_plain_dn(value, end))
        elif first == c"v":
            self.chosen = self.versioned = True
        elif not self.begun:
            self.chosen = True
        elif first == c"d":
            # Of a DN in another code page the parser takes what this one tells.
            if self.dns.foreign:
                self.choose_if(not self.has_plain_dn(value, end))
            else:
                self.choose_if(self.is_longer_dn(value, end))
        else:
            self.word(value, end, first == c"o")

    cdef void odd_value(self, Py_ssize_t at, Py_ssize_t end) noexcept nogil:
        """Look whether the value behind a colon is base64; a fold may part the two colons."""
        cdef const unsigned char* text = self.text
        while text[at] == c"\r" or (text[at] == c"\n" and at + 1 < end):
            at += 1 + (text[at] == c"\n")
        if text[at] == c":":
            self.base64(at + 1, end)

    cdef void odd_name(self, Py_ssize_t size, Py_ssize_t at, Py_ssize_t end) noexcept nogil:
        """Look at a line whose name has options or is folded, or that is no attribute."""
        cdef const unsigned char* text = self.text
        cdef Py_ssize_t place = at + size, length
        # With a range comes a note, and with `=`: that is none of a name to `name_size`.
        while text[place] == c";":
            length = name_size(text + place + 1, self.readable - place - 1)
            place += 1 + length
            if length == 0:
                break
        if text[place] == c":" and place > at + size and text[place - 1] != c";":
            if not self.attribute(text + at, size, place + 1, end):
                self.chosen = True
            else:
                self.know(text + at, place - at, at)
            return
        place = self.join_name(at, end, &length)
        # A folded dn line would part records that are above a limit elsewhere.
        if place == 0 or (length == 2 and reads(self.joined, b"dn")):
            self.chosen = True
        elif self.attribute(self.joined, length, place + 1, end):
            # Tools fold at one width, so that a name is folded alike in every record.
            self.know(text + at, place - at, at)

    cdef Py_ssize_t join_name(
        self, Py_ssize_t at, Py_ssize_t end, Py_ssize_t* size
    ) noexcept nogil:
        """Put a folded name together; return the place of its colon, 0 where it is none."""
        cdef const unsigned char* text = self.text
        size[0] = 0
        while size[0] < LONGEST_NAME:
            if is_name[text[at]]:
                self.joined[size[0]] = text[at]
                size[0] += 1
                at += 1
                continue
            if text[at] == c":":
                return at
            while text[at] == c"\r":
                at += 1
            if text[at] != c"\n" or at + 1 >= end:
                break
            at += 2
        return 0

    cdef void base64(self, Py_ssize_t at, Py_ssize_t end) noexcept nogil:
        if not self.steps.is_plain_base64(self.text, at, end, self.readable):
            self.choose_if(not is_base64_of_lines(self.text, at, end))

    cdef const unsigned char* whole_line(
        self, Py_ssize_t at, Py_ssize_t end, Py_ssize_t* size, Py_ssize_t* readable
    ) noexcept nogil:
        """Return what stands on a line from a place on, without folds; NULL where it is too long.

        A line feed or a carriage return stands behind it.
        """
        cdef const unsigned char* line = self.text + at
        cdef Py_ssize_t feed = line_end(self.text, at, end)
        readable[0] = self.readable - at
        size[0] = feed - at
        if feed + 1 < end:
            size[0] = self.join(at, end)
            readable[0] = LONGEST + 64
            line = self.joined
            if size[0] < 0:
                return NULL
        while size[0] and line[size[0] - 1] == c"\r":
            size[0] -= 1
        return line

    cdef Py_ssize_t join(self, Py_ssize_t at, Py_ssize_t end) noexcept nogil:
        """Put a line together; return its size, -1 where it is too long."""
        cdef const unsigned char* text = self.text
        cdef Py_ssize_t size = 0, start = 0
        while at < end:
            if text[at] != c"\n":
                if size == LONGEST:
                    return -1
                self.joined[size] = text[at]
                size += 1
                at += 1
                continue
            while size > start and self.joined[size - 1] == c"\r":
                size -= 1
            start = size
            at += 2
        self.joined[size] = c"\n"
        return size

    cdef void word(self, Py_ssize_t at, Py_ssize_t end, bint is_class) noexcept nogil:
        """Take the value of objectClass or changetype."""
        cdef Py_ssize_t size, readable, length = 0
        cdef const unsigned char* line = self.whole_line(at, end, &size, &readable)
        if line == NULL:
            self.chosen = True
            return
        while line[0] == c" ":
            line, size = line + 1, size - 1
        while is_type[line[length]]:
            length += 1
        if length == 0 or length != size:
            self.chosen = True
        elif is_class:
            self.choose_if(self.classes.has(line, size))
        else:
            self.choose_if(size != 3 or not reads(line, b"add"))

    cdef const unsigned char* dn_in(
        self, Py_ssize_t at, Py_ssize_t end, Py_ssize_t* size, Py_ssize_t* readable
    ) noexcept nogil:
        """Return the DN that is the value of a line; NULL where none can be told."""
        cdef const unsigned char* line = self.whole_line(at, end, size, readable)
        cdef Py_ssize_t skipped = 0, length = 0
        self.encoded = line != NULL and line[0] == c":"
        if line == NULL:
            return NULL
        skipped = self.encoded
        while line[skipped] == c" ":
            skipped += 1
        size[0] -= skipped
        readable[0] -= skipped
        if not self.encoded:
            return line + skipped
        line += skipped
        while is_base64[line[length]]:
            length += 1
        while line[length] == c"=" and size[0] - length <= 2:
            length += 1
        if length != size[0] or length % 4 or length > LONGEST:
            return NULL
        size[0] = decoded(self.plain, line, length)
        self.plain[size[0]] = c"\n"
        readable[0] = LONGEST + 64
        return NULL if self.plain[0] == c" " else self.plain

    cdef bint has_plain_dn(self, Py_ssize_t at, Py_ssize_t end) noexcept nogil:
        """Tell whether a dn line has a DN that need not be parsed, in no wanted place."""
        cdef Py_ssize_t size, readable
        cdef const unsigned char* dn = self.dn_in(at, end, &size, &readable)
        self.dn = NULL
        if dn == NULL or size > LONGEST:
            return False
        self.dn, self.dn_size = dn, size
        # What a line is put together in is that of the next one too.
        if dn < self.text or dn >= self.text + self.size:
            memcpy(self.kept_dn, dn, size)
            self.dn = self.kept_dn
        return self.dns.place(dn, size, readable, c",", self.encoded) != UNKNOWN

    cdef bint is_longer_dn(self, Py_ssize_t at, Py_ssize_t end) noexcept nogil:
        """Tell whether distinguishedName goes on where the dn line may have been cut."""
        cdef Py_ssize_t size, readable
        cdef const unsigned char* dn = self.dn_in(at, end, &size, &readable)
        # In two encodings the same is written by other bytes.
        if dn == NULL or self.dn == NULL or not is_utf8(dn, size):
            return True
        return size > self.dn_size and memcmp(dn, self.dn, self.dn_size) == 0


cdef Py_ssize_t write_utf8(
    unsigned char* utf8, const unsigned char* text, Py_ssize_t size, bint big,
    const wide_steps* steps,
) noexcept nogil:
    """Write UTF-16 as UTF-8; return its size, -1 where it is not well-formed.

    There must be room for three bytes a unit, and eight bytes more.
    """
    cdef Py_ssize_t i = 0, run, read
    cdef unsigned int letter, second
    cdef unsigned char* into = utf8
    cdef const unsigned char* low = text + big
    cdef const unsigned char* high = text + 1 - big
    while i < size:
        into += steps.write_letters(into, text + i, size - i, big, &read)
        i += read
        # One by one over what the next eight cannot be taken for.
        run = 0
        while i < size and run < 8:
            letter = low[i] | <unsigned int>high[i] << 8
            i += 2
            run += 1
            if letter < 0x80:
                into[0] = letter
                into += 1
            elif letter < 0x800:
                into[0], into[1] = 0xC0 | letter >> 6, 0x80 | letter & 0x3F
                into += 2
            elif letter & 0xF800 != 0xD800:
                into[0], into[1] = 0xE0 | letter >> 12, 0x80 | letter >> 6 & 0x3F
                into[2] = 0x80 | letter & 0x3F
                into += 3
            else:
                second = low[i] | <unsigned int>high[i] << 8 if i < size else 0
                i += 2
                if letter >= 0xDC00 or second & 0xFC00 != 0xDC00:
                    return -1
                letter = 0x10000 + ((letter & 0x3FF) << 10 | second & 0x3FF)
                into[0], into[1] = 0xF0 | letter >> 18, 0x80 | letter >> 12 & 0x3F
                into[2], into[3] = 0x80 | letter >> 6 & 0x3F, 0x80 | letter & 0x3F
                into += 4
    return into - utf8


def utf8_of(bytes text, bint big, int width=WIDTHS[-1]):
    """Return UTF-16 in whole characters as UTF-8; None where it is not well-formed."""
    cdef const unsigned char* units = text
    cdef Py_ssize_t size = len(text), length
    if size % 2:
        return None
    cdef unsigned char* room = <unsigned char*>PyMem_Malloc(size // 2 * 3 + 8)
    if room == NULL:
        raise MemoryError
    try:
        with nogil:
            length = write_utf8(room, units, size, big, steps_of(width))
        return None if length < 0 else PyBytes_FromStringAndSize(<char*>room, length)
    finally:
        PyMem_Free(room)


@cython.final
cdef class CsvWalk:
    """Lines of CSV, each with its line feed, on the way through."""

    cdef Words classes
    cdef Dns dns
    cdef bytes kept, kept_columns
    cdef const unsigned char* text
    cdef Py_ssize_t size, at
    # Rows that need not be read, one behind the other.
    cdef Py_ssize_t start, rows_passed, lines
    # The row: whether it has to be read, and the line feeds inside its cells.
    cdef bint chosen
    cdef Py_ssize_t feeds
    # The shape of the rows.
    cdef unsigned char delimiter
    cdef bint parts_dns
    cdef const unsigned char* of_classes
    cdef Py_ssize_t width, dn_column, max_row, max_dn

    def __init__(
        self,
        bytes text,
        Words classes,
        Starts parents,
        *,
        bytes delimiter,
        Py_ssize_t dn_column,
        bytes class_columns,
        Py_ssize_t max_row,
        Py_ssize_t max_dn,
        bint any_byte=False,
    ):
        if text and not text.endswith(b"\n"):
            raise ValueError("the text does not end with a line feed")
        self.kept, self.kept_columns = text, class_columns
        self.text, self.size = text, len(text)
        self.classes, self.dns = classes, Dns(parents, any_byte)
        self.delimiter = ord(delimiter)
        self.parts_dns = not is_text[self.delimiter] or self.delimiter == ord("|")
        self.of_classes, self.width = class_columns, len(class_columns)
        self.dn_column, self.max_row, self.max_dn = dn_column, max_row, max_dn

    def runs(self):
        """Return of each run of rows that need not be read where it starts and ends, its lines, rows.

        That is true for a reader to whom a row begins where the run starts.
        """
        cdef bint found
        passed = []
        while True:
            with nogil:
                found = self.find()
            if not found:
                return passed
            passed.append((self.start, self.at, self.lines, self.rows_passed))

    cdef bint find(self) noexcept nogil:
        """Go behind the next run; return False when there is none."""
        cdef Py_ssize_t end
        self.start = self.at
        self.rows_passed = self.lines = 0
        while self.at < self.size and self.rows_passed < LONGEST_RUN:
            self.chosen = False
            self.feeds = 0
            end = self.row(self.at)
            self.choose_if(end - self.at > self.max_row)
            if not self.chosen:
                self.at = end + 1
                self.rows_passed += 1
                self.lines += 1 + self.feeds
            elif self.rows_passed:
                return True
            else:
                self.at = self.start = line_end(self.text, self.at, self.size) + 1
        return self.rows_passed > 0

    cdef void choose_if(self, bint odd) noexcept nogil:
        self.chosen = self.chosen or odd

    cdef Py_ssize_t row(self, Py_ssize_t at) noexcept nogil:
        """Look at the cells of a row; return a place on it, its line feed if nothing is odd."""
        cdef Py_ssize_t column = 0, empty
        while True:
            # Most cells are empty.
            while self.size - at >= 16 and self.text[at] == self.delimiter:
                empty = run_of(self.text + at, self.delimiter)
                if column <= self.dn_column < column + empty:
                    empty = self.dn_column - column
                at += empty
                column += empty
                if empty < 16:
                    break
            if self.text[at] != self.delimiter or column == self.dn_column:
                at = self.cell(at, column)
                if self.chosen or self.text[at] != self.delimiter:
                    break
            at += 1
            column += 1
        self.choose_if(column < self.dn_column or column >= self.width or not self.line_ends(at))
        # A row of several lines that lacks a cell may be the work of a stray quote.
        self.choose_if(self.feeds > 0 and column + 1 != self.width)
        return at + (self.text[at] == c"\r")

    cdef bint line_ends(self, Py_ssize_t at) noexcept nogil:
        if self.text[at] == c"\r":
            at += 1
        return self.text[at] == c"\n"

    cdef inline Py_ssize_t cell(self, Py_ssize_t at, Py_ssize_t column) noexcept nogil:
        """Look at a cell; return the place behind it, or of what is odd in it."""
        cdef const unsigned char* text = self.text
        cdef Py_ssize_t start = at, end
        cdef bint quoted = text[at] == c'"'
        if quoted:
            start += 1
            end = self.closing_quote(start)
            if text[end] != c'"':
                self.chosen = True
                return end
            at = end + 1
            self.choose_if(text[at] != self.delimiter and not self.line_ends(at))
        else:
            at = end = self.run_end(at, self.delimiter)
            self.choose_if(text[at] == c'"')
        if column == self.dn_column:
            self.choose_if(end - start > self.max_dn or not (quoted or self.parts_dns))
            self.choose_if(self.chosen or not self.is_plain_dn(start, end))
        elif column < self.width and self.of_classes[column]:
            self.take_classes(start, end)
        return at

    cdef inline Py_ssize_t run_end(self, Py_ssize_t at, unsigned char more) noexcept nogil:
        """Return the place of the next quote, line end, or one more byte."""
        cdef const unsigned char* text = self.text
        cdef uint64_t found
        while self.size - at >= 16:
            found = cell_marks(text + at, more)
            if found:
                return at + first_of(found)
            at += 16
        while not ends_run[text[at]] and text[at] != more:
            at += 1
        return at

    cdef Py_ssize_t closing_quote(self, Py_ssize_t at) noexcept nogil:
        """Return the place of the quote that ends a cell, or of what is odd before it."""
        cdef const unsigned char* text = self.text
        while True:
            at = self.run_end(at, c'"')
            if text[at] == c'"':
                if text[at + 1] != c'"':
                    return at
                at += 2
                continue
            at += text[at] == c"\r"
            if text[at] != c"\n" or at + 1 == self.size or self.feeds == MOST_FEEDS:
                return at
            self.feeds += 1
            at += 1

    cdef void take_classes(self, Py_ssize_t at, Py_ssize_t end) noexcept nogil:
        cdef const unsigned char* text = self.text
        cdef Py_ssize_t start
        while at < end and is_class_text[text[at]]:
            start = at
            while at < end and is_type[text[at]]:
                at += 1
            if at == start:
                at += 1
            else:
                self.choose_if(self.classes.has(text + start, at - start))
        self.choose_if(at < end)

    cdef bint is_plain_dn(self, Py_ssize_t at, Py_ssize_t end) noexcept nogil:
        """Tell whether a cell is a DN that need not be parsed, in no wanted place."""
        cdef const unsigned char* dn = self.text + at
        # Directory Studio joins values by `|`: what it parts is for the parser. A single RDN may be
        # all that is left of a DN without its quotes.
        if self.dns.place(dn, end - at, self.size - at, c"|", False) != ELSEWHERE:
            return False
        # Whether text is UTF-8 is not told by a cell but by its row.
        return self.dns.any_byte or is_ascii(dn, end - at)
