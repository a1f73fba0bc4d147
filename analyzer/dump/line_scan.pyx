# cython: language_level=3
"""Lines of text in, the blocks of LDIF and the rows of CSV that have to be read out.

Compiled by Cython when the project is set up. The way through a text needs no Python object, so
that the hash is taken beside it. Every loop over bytes ends at a line feed, and a text that does
not end with one is refused.

The rule everywhere: in doubt a block or a row is chosen. To choose too much costs time, to pass
over what a full parse would keep or complain about loses it silently.
"""

cimport cython
from libc.stdint cimport uint64_t
from libc.string cimport memchr, memcpy

cdef enum:
    PARENT = 255  # Bytes of a parent DN that are kept.
    SLOTS = 1024


cdef enum Value:  # What the lines belong to.
    PASSED, DN, ENCODED, WORD


cdef enum Before:  # What stands before a place in a DN.
    COMMA, TYPE, EQUALS, TEXT


cdef unsigned char[256] starts_name, is_name, is_type, is_text, is_base64, is_cell_text, is_class_text
cdef unsigned char[256] ends_run


def _fill_tables():
    cdef int byte
    letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    for byte in range(256):
        starts_name[byte] = byte in letters + b"_"
        is_name[byte] = byte in letters + b"_.-"
        is_type[byte] = byte in letters + b"-"
        # What a value in a DN may hold unescaped (RFC 4514, section 3); the rest is for libldap.
        is_text[byte] = 32 <= byte < 127 and byte not in b'\\"<>;#+=,'
        is_base64[byte] = byte in letters + b"+/"
        # Directory Studio joins values by `|`: what it parts is for the parser.
        is_cell_text[byte] = is_text[byte] and byte != ord("|")
        is_class_text[byte] = byte in letters + b"-;| .[]"
        ends_run[byte] = byte in b'\r\n"'


_fill_tables()


cdef inline unsigned char lower(unsigned char byte) noexcept nogil:
    return byte + 32 if c"A" <= byte <= c"Z" else byte


cdef inline bint reads(const unsigned char* text, const char* word) noexcept nogil:
    """Tell whether a lower-case word of ASCII stands at a place, in any letter case."""
    while word[0] and lower(text[0]) == <unsigned char>word[0]:
        text, word = text + 1, word + 1
    return word[0] == 0


# The lengths and the ends of attribute names differ most: few of them share a slot.
cdef inline Py_ssize_t slot_of(const unsigned char* word, Py_ssize_t size) noexcept nogil:
    return (37 * size + 13 * lower(word[size - 1]) + lower(word[0])) % SLOTS


@cython.final
cdef class Words:
    """Words that are looked up in any letter case."""

    cdef unsigned char[256] first
    """Whether a word begins with this byte, in any letter case."""
    cdef unsigned short[SLOTS] starts
    cdef bytes kept
    cdef const unsigned char* letters
    """Of each slot the length and the letters of its words, and a zero."""

    def __init__(self, words):
        slots = [[] for _ in range(SLOTS)]
        for word in sorted(words):
            data = word.lower().encode("ascii")
            self.first[data[0]] = self.first[data.upper()[0]] = True
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
        # Of most names the first letter tells; only the others cost a call.
        return self.first[text[0]] and self.are_word(text, size)

    cdef bint are_word(self, const unsigned char* text, Py_ssize_t size) noexcept nogil:
        cdef Py_ssize_t i
        cdef const unsigned char* word = self.letters + self.starts[slot_of(text, size)]
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
cdef class ParentStarts:
    """Starts of parent DNs."""

    cdef bytes kept
    cdef const unsigned char* letters

    def __init__(self, starts):
        encoded = [start.encode("ascii") for start in starts]
        self.kept = b"".join([bytes([len(start)]) + start for start in encoded]) + b"\0"
        self.letters = self.kept

    cdef bint begin(self, const unsigned char* parent, Py_ssize_t size) noexcept nogil:
        """Tell whether a parent DN begins like one of them."""
        cdef Py_ssize_t i
        cdef const unsigned char* start = self.letters
        while start[0]:
            i = 0
            while i < size and i < start[0] and lower(parent[i]) == start[1 + i]:
                i += 1
            if i == start[0]:
                return True
            start += start[0] + 1
        return False


cdef inline Py_ssize_t line_end(const unsigned char* text, Py_ssize_t at, Py_ssize_t size) noexcept nogil:
    return <const unsigned char*>memchr(text + at, c"\n", size - at) - text


cdef bint is_ascii(const unsigned char* text, Py_ssize_t size) noexcept nogil:
    cdef uint64_t seen = 0, eight = 0
    cdef Py_ssize_t i
    # Or-ed together with no branch inside, which the compiler turns into vector instructions.
    for i in range(size // 8):
        memcpy(&eight, text + 8 * i, 8)
        seen |= eight
    for i in range(size - size % 8, size):
        seen |= text[i]
    return seen & 0x8080808080808080ULL == 0


cdef bint has_bare_returns(const unsigned char* text, Py_ssize_t size) noexcept nogil:
    """Tell whether a carriage return stands inside a line; the text ends with a line feed."""
    cdef unsigned char seen = 0
    cdef Py_ssize_t i
    # The same trick: one or-ed byte, no branch inside.
    for i in range(size - 1):
        seen |= (text[i] == c"\r") & (text[i + 1] != c"\n") & (text[i + 1] != c"\r")
    return seen != 0


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


@cython.final
cdef class LdifWalk:
    """Whole blocks in a text, with the last line feed, and what is found on the way through."""

    cdef readonly bint ascii
    """Whether all bytes are ASCII."""
    cdef readonly Py_ssize_t passed_over
    """Number of records in the blocks that were not chosen."""
    cdef readonly Py_ssize_t lines
    """Number of line feeds so far."""

    cdef Words attributes, classes
    cdef ParentStarts parents
    cdef bytes kept
    cdef const unsigned char* text
    cdef Py_ssize_t size, at, max_block
    # The block.
    cdef Py_ssize_t start, line, records
    cdef bint chosen, begun, returns
    cdef Value value
    # A base64 value: its bytes, those of its padding.
    cdef Py_ssize_t encoded, padding
    # A DN: where in it, and the start of its parent DN without the blanks around commas.
    cdef Before before
    cdef bint in_parent
    cdef unsigned char[PARENT] parent
    cdef Py_ssize_t length, blanks

    def __init__(
        self,
        bytes text,
        Py_ssize_t start,
        Py_ssize_t end,
        Words attributes,
        Words classes,
        ParentStarts parents,
        *,
        Py_ssize_t max_block,
    ):
        if not 0 <= start <= end <= len(text):
            raise IndexError("the part is not inside the text")
        if start < end and not text.endswith(b"\n", start, end):
            raise ValueError("the part does not end with a line feed")
        self.kept = text
        self.text, self.at, self.size = text, start, end
        self.ascii = True
        self.attributes, self.classes, self.parents = attributes, classes, parents
        self.max_block = max_block

    def blocks(self):
        """Return where the blocks to be parsed start and end, and the line feeds before each."""
        cdef bint found
        chosen = []
        with nogil:
            self.ascii = is_ascii(self.text + self.at, self.size - self.at)
            self.returns = has_bare_returns(self.text + self.at, self.size - self.at)
        while True:
            with nogil:
                found = self.find()
            if not found:
                return chosen
            chosen.append((self.start, self.at, self.line))

    cdef bint find(self) noexcept nogil:
        """Go behind the next block to be parsed; return False when there is none."""
        cdef const unsigned char* text = self.text
        cdef Py_ssize_t at = self.at
        cdef bint empty
        self.begin(at)
        while at < self.size:
            # A line of blanks may end a block too, or be a fold: `continuation` chooses the block.
            empty = text[at] == c"\n" or (text[at] == c"\r" and text[at + 1] == c"\n")
            if not empty:
                at = self.take_line(at)
            at = line_end(text, at, self.size) + 1
            self.lines += 1
            if empty or at == self.size:
                self.end_value()
                # A line that holds several is rare enough to look for in each block anew.
                if self.returns and not self.chosen:
                    self.chosen = parts_lines(text + self.start, at - self.start)
                self.at = at
                if self.chosen or at - self.start > self.max_block:
                    return True
                self.passed_over += self.records
                self.begin(at)
        return False

    cdef void begin(self, Py_ssize_t at) noexcept nogil:
        self.start, self.line = at, self.lines
        self.records = 0
        self.chosen = self.begun = False
        self.value = PASSED

    cdef void choose_if(self, bint odd) noexcept nogil:
        self.chosen = self.chosen or odd

    cdef void end_value(self) noexcept nogil:
        if self.value == ENCODED:
            self.choose_if(self.encoded % 4 != 0)
        elif self.value == DN:
            self.choose_if(self.before != TEXT or self.parents.begin(self.parent, self.length))
        self.value = PASSED

    cdef Py_ssize_t take_line(self, Py_ssize_t at) noexcept nogil:
        """Look at a line as far as it matters; return a place on it."""
        cdef unsigned char first = self.text[at]
        if first == c" " or first == c"\t":
            at = self.continuation(at)
        else:
            self.end_value()
            if starts_name[first]:
                at = self.attribute(at)
            elif first != c"#":
                self.chosen = True
                self.records += reads(self.text + at, b"\xef\xbb\xbfdn:")
        if self.value == ENCODED:
            return self.base64(at)
        if self.value == DN:
            return self.dn(at)
        return at

    cdef Py_ssize_t continuation(self, Py_ssize_t at) noexcept nogil:
        # A folded objectClass may spell a wanted class in two halves.
        cdef const unsigned char* rest = self.text + at + 1
        while rest[0] == c" " or rest[0] == c"\t" or rest[0] == c"\r":
            rest += 1
        self.choose_if(rest[0] == c"\n" or at == self.start or self.value == WORD)
        # What the parser takes for a line of its own, see `unfolding.mended`.
        rest = self.text + at + 1
        self.choose_if(reads(rest, b"changetype:") or reads(rest, b"objectclass:"))
        return at + 1

    cdef Py_ssize_t attribute(self, Py_ssize_t start) noexcept nogil:
        cdef const unsigned char* text = self.text
        cdef const unsigned char* name = text + start
        cdef Py_ssize_t at = start + 1, size
        while is_name[text[at]]:
            at += 1
        if text[at] != c":":
            self.chosen = True
            return at
        size = at - start
        at += 1
        if size == 2 and reads(name, b"dn"):
            self.records += 1
            self.begun = True
            self.value, self.before = DN, COMMA
            self.in_parent = False
            self.length = self.blanks = 0
        # Before the dn line stands a version, a result or damage; all of it is for the parser.
        elif not self.begun or self.attributes.has(name, size):
            self.chosen = True
        elif size == 11 and reads(name, b"objectclass"):
            return self.word(at, True)
        elif size == 10 and reads(name, b"changetype"):
            return self.word(at, False)
        elif text[at] == c":":
            at += 1
            self.value = ENCODED
            self.encoded = self.padding = 0
        return at

    cdef Py_ssize_t word(self, Py_ssize_t start, bint is_class) noexcept nogil:
        """Take the value of objectClass or changetype."""
        cdef const unsigned char* text = self.text
        cdef Py_ssize_t at, size
        self.value = WORD
        while text[start] == c" ":
            start += 1
        at = start
        while is_type[text[at]]:
            at += 1
        size = at - start
        if size == 0 or not self.line_ends(at):
            self.chosen = True
        elif is_class:
            self.choose_if(self.classes.has(text + start, size))
        else:
            self.choose_if(size != 3 or not reads(text + start, b"add"))
        return at

    cdef bint line_ends(self, Py_ssize_t at) noexcept nogil:
        """Tell whether nothing but carriage returns stands before the line feed."""
        while self.text[at] == c"\r":
            at += 1
        return self.text[at] == c"\n"

    cdef Py_ssize_t base64(self, Py_ssize_t at) noexcept nogil:
        """Take what a line has of a base64 value."""
        cdef const unsigned char* text = self.text
        cdef Py_ssize_t start
        if self.encoded == 0:
            while text[at] == c" ":
                at += 1
        start = at
        while is_base64[text[at]]:
            at += 1
        self.choose_if(at > start and self.padding > 0)
        while text[at] == c"=":
            at += 1
            self.padding += 1
        self.encoded += at - start
        # Whether it is a multiple of four shows at its end, behind all folds: see `end_value`.
        self.choose_if(self.padding > 2 or not self.line_ends(at))
        return at

    cdef Py_ssize_t dn(self, Py_ssize_t at) noexcept nogil:
        """Take what a line has of a DN; one that is more than plain RDNs has to be parsed."""
        cdef unsigned char byte = self.text[at]
        while is_text[byte] or byte == c"=" or byte == c",":
            # States of `type=value,type=value`: whatever does not fit is left to libldap.
            if byte == c"," and self.before == TEXT:
                self.before = COMMA
                self.end_rdn()
            elif byte == c"=" and self.before == TYPE:
                self.before = EQUALS
                self.keep(byte)
            elif is_type[byte] and (self.before == TYPE or (self.before == COMMA and byte >= c"A")):
                self.before = TYPE
                self.keep(byte)
            elif is_text[byte] and self.before >= EQUALS:
                self.before = self.before if byte == c" " else TEXT
                self.keep(byte)
            elif byte != c" " or self.before != COMMA:
                break
            at += 1
            byte = self.text[at]
        self.choose_if(not self.line_ends(at))
        return at

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
cdef class CsvWalk:
    """Lines of CSV, each with its line feed, and what is found on the way through."""

    cdef readonly Py_ssize_t lines
    """Number of lines so far."""

    cdef Words classes
    cdef ParentStarts parents
    cdef bytes kept, kept_columns
    cdef const unsigned char* text
    cdef Py_ssize_t size, at, start
    cdef bint chosen
    # The shape of the rows.
    cdef unsigned char delimiter
    cdef unsigned char[256] ends_bare
    cdef bint parts_dns
    cdef const unsigned char* of_classes
    cdef Py_ssize_t width, dn_column, max_row, max_dn

    def __init__(
        self,
        bytes text,
        Words classes,
        ParentStarts parents,
        *,
        bytes delimiter,
        Py_ssize_t dn_column,
        bytes class_columns,
        Py_ssize_t max_row,
        Py_ssize_t max_dn,
    ):
        if text and not text.endswith(b"\n"):
            raise ValueError("the text does not end with a line feed")
        self.kept, self.kept_columns = text, class_columns
        self.text, self.size = text, len(text)
        self.classes, self.parents = classes, parents
        self.delimiter = ord(delimiter)
        for byte in range(256):
            self.ends_bare[byte] = ends_run[byte] or byte == self.delimiter
        self.parts_dns = not is_cell_text[self.delimiter]
        self.of_classes, self.width = class_columns, len(class_columns)
        self.dn_column, self.max_row, self.max_dn = dn_column, max_row, max_dn

    def rows(self):
        """Return the numbers of the lines to be read, and where they start."""
        cdef bint found
        chosen = []
        while True:
            with nogil:
                found = self.find()
            if not found:
                return chosen
            chosen.append((self.lines - 1, self.start))

    cdef bint find(self) noexcept nogil:
        """Go behind the next line to be read; return False when there is none."""
        while self.at < self.size:
            self.start = self.at
            self.chosen = False
            self.at = line_end(self.text, self.row(self.at), self.size)
            self.choose_if(self.at - self.start > self.max_row)
            self.at += 1
            self.lines += 1
            if self.chosen:
                return True
        return False

    cdef void choose_if(self, bint odd) noexcept nogil:
        self.chosen = self.chosen or odd

    cdef Py_ssize_t row(self, Py_ssize_t at) noexcept nogil:
        """Look at the cells of a line; return a place on it, its end if nothing is odd."""
        cdef Py_ssize_t column = 0
        while True:
            if self.text[at] != self.delimiter or column == self.dn_column:
                at = self.cell(at, column)
                if self.chosen or self.text[at] != self.delimiter:
                    break
            at += 1
            column += 1
        self.choose_if(column < self.dn_column or column >= self.width or not self.line_ends(at))
        return at

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
            while not self.ends_bare[text[at]]:
                at += 1
            end = at
            self.choose_if(text[at] == c'"')
        if column == self.dn_column:
            self.choose_if(end - start > self.max_dn or not (quoted or self.parts_dns))
            self.choose_if(self.chosen or not self.is_plain_dn(start, end))
        elif column < self.width and self.of_classes[column]:
            self.take_classes(start, end)
        return at

    cdef Py_ssize_t closing_quote(self, Py_ssize_t at) noexcept nogil:
        """Return the place of the quote that ends a cell, or of the line end before it."""
        cdef const unsigned char* text = self.text
        while True:
            while not ends_run[text[at]]:
                at += 1
            if text[at] != c'"' or text[at + 1] != c'"':
                return at
            at += 2

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
        """Tell whether a cell is a DN of plain RDNs that is in no wanted place."""
        cdef const unsigned char* text = self.text
        cdef Py_ssize_t start, parent = 0
        while True:
            start = at
            while is_type[text[at]]:
                at += 1
            # A type begins with a letter. Blanks around a value are none of it: libldap judges.
            if at == start or text[start] < c"A" or text[at] != c"=" or text[at + 1] == c" ":
                return False
            at += 1
            start = at
            while is_cell_text[text[at]] and at < end:
                at += 1
            if at == start:
                return False
            if at == end:
                # A single RDN may be all that is left of a DN without its quotes.
                return parent != 0 and not self.parents.begin(text + parent, end - parent)
            if text[at] != c"," or text[at - 1] == c" ":
                return False
            at += 1
            parent = parent or at
