/* Text in, marks of its bytes out: many bytes a step, by what every processor of 64 bits has.

   A set of marks has one bit a byte, the lowest for the first. All of x86-64 have SSE2; for others
   the compiler finds the instructions (and for x86-64 too where WIDE_BYTES_PLAIN is defined). */

#ifndef WIDE_BYTES_H
#define WIDE_BYTES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define WIDE 16 /* bytes a step */

#if (defined(__SSE2__) || defined(_M_X64)) && !defined(WIDE_BYTES_PLAIN)

#include <emmintrin.h>

typedef __m128i wide;

static inline wide load(const unsigned char *text) { return _mm_loadu_si128((const wide *)text); }
static inline wide either(wide a, wide b) { return _mm_or_si128(a, b); }
static inline wide both(wide a, wide b) { return _mm_and_si128(a, b); }
static inline wide each(unsigned char byte) { return _mm_set1_epi8((char)byte); }
static inline wide same(wide a, wide b) { return _mm_cmpeq_epi8(a, b); }

/* Which bytes are between two, both of them among these. */
static inline wide between(wide bytes, unsigned char first, unsigned char last) {
    wide from_first = _mm_sub_epi8(bytes, each(first));
    return _mm_cmpeq_epi8(_mm_min_epu8(from_first, each(last - first)), from_first);
}

static inline uint64_t marks(wide found) { return (uint64_t)(unsigned)_mm_movemask_epi8(found); }

/* Write eight letters of UTF-16 if all are of ASCII; `big` tells which byte of each comes first. */
static inline int narrow_ascii(unsigned char *into, const unsigned char *text, int big) {
    wide units = load(text), others = _mm_set1_epi16((short)0xFF80);
    if (big) units = _mm_or_si128(_mm_srli_epi16(units, 8), _mm_slli_epi16(units, 8));
    if (marks(_mm_cmpeq_epi16(_mm_and_si128(units, others), each(0))) != 0xFFFF) return 0;
    _mm_storel_epi64((__m128i *)into, _mm_packus_epi16(units, units));
    return 1;
}

#elif defined(__GNUC__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__

typedef unsigned char wide __attribute__((vector_size(16)));

static inline wide load(const unsigned char *text) {
    wide bytes;
    memcpy(&bytes, text, 16);
    return bytes;
}
static inline wide either(wide a, wide b) { return a | b; }
static inline wide both(wide a, wide b) { return a & b; }
static inline wide each(unsigned char byte) { return (wide){0} + byte; }
static inline wide same(wide a, wide b) { return (wide)(a == b); }

/* Which bytes are between two, both of them among these. */
static inline wide between(wide bytes, unsigned char first, unsigned char last) {
    return (wide)((wide)(bytes - first) <= each(last - first));
}

static inline uint64_t marks(wide found) {
    uint64_t half[2];
    memcpy(half, &found, 16);
    /* The highest bit of each byte, gathered in the highest byte of a product. */
    for (int i = 0; i < 2; i++)
        half[i] = (half[i] >> 7 & 0x0101010101010101ULL) * 0x0102040810204080ULL >> 56;
    return half[0] | half[1] << 8;
}

static inline int narrow_ascii(unsigned char *into, const unsigned char *text, int big) {
    unsigned char high = 0, low = 0;
    for (int i = 0; i < 16; i += 2) {
        high |= text[i + !big];
        low |= into[i / 2] = text[i + big];
    }
    return !high && low < 0x80;
}

#else
#error "without the scan every record is parsed"
#endif

static inline wide is(wide bytes, unsigned char byte) { return same(bytes, each(byte)); }

/* The place of the first mark; there must be one. */
static inline int first_of(uint64_t set) {
#if defined(__GNUC__)
    return __builtin_ctzll(set);
#else
    int place = 0;
    for (; !(set & 1); set >>= 1) place++;
    return place;
#endif
}

static inline int number_of(uint64_t set) {
    set -= set >> 1 & 0x5555555555555555ULL;
    set = (set & 0x3333333333333333ULL) + (set >> 2 & 0x3333333333333333ULL);
    set = (set + (set >> 4)) & 0x0F0F0F0F0F0F0F0FULL;
    return (int)(set * 0x0101010101010101ULL >> 56);
}

/* How often a byte stands in a text. */
static inline ptrdiff_t count_of(const unsigned char *text, ptrdiff_t size, unsigned char byte) {
    ptrdiff_t found = 0, at = 0;
    for (; size - at >= 64; at += 64) {
        uint64_t set = 0;
        for (int i = 0; i < 64; i += WIDE) set |= marks(is(load(text + at + i), byte)) << i;
        found += number_of(set);
    }
    for (; at < size; at++) found += text[at] == byte;
    return found;
}

static inline wide letters(wide bytes) { return between(either(bytes, each(0x20)), 'a', 'z'); }

/* What tells where lines begin, of 64 bytes. */
typedef struct {
    uint64_t feeds, returns, blanks;
    int ascii;
} line_marks;

static inline void mark_lines(const unsigned char *text, line_marks *found) {
    wide seen = each(0);
    memset(found, 0, sizeof *found);
    for (int i = 0; i < 64; i += WIDE) {
        wide bytes = load(text + i);
        found->feeds |= marks(is(bytes, '\n')) << i;
        found->returns |= marks(is(bytes, '\r')) << i;
        found->blanks |= marks(either(is(bytes, ' '), is(bytes, '\t'))) << i;
        seen = either(seen, bytes);
    }
    found->ascii = marks(seen) == 0;
}

static inline wide ends_lines(wide bytes) { return either(is(bytes, '\n'), is(bytes, '\r')); }
static inline wide is_white(wide bytes) {
    return either(either(is(bytes, ' '), is(bytes, '\t')), ends_lines(bytes));
}

/* What a fold seldom begins with, of 64 bytes: a line feed, white space twice, and the first two
   letters of `changetype` and `objectClass`. One byte more is read. */
static inline uint64_t odd_marks(const unsigned char *text) {
    uint64_t found = 0;
    for (int i = 0; i < 64; i += WIDE) {
        wide bytes = load(text + i), next = load(text + i + 1);
        wide lower = either(bytes, each(0x20)), lower_next = either(next, each(0x20));
        wide white = either(is(bytes, '\n'), both(is_white(bytes), is_white(next)));
        wide changetype = both(is(lower, 'c'), is(lower_next, 'h'));
        wide class = both(is(lower, 'o'), is(lower_next, 'b'));
        found |= marks(either(white, either(changetype, class))) << i;
    }
    return found;
}

/* Where a byte stands among 32. */
static inline uint64_t places_of(const unsigned char *text, unsigned char byte) {
    uint64_t found = 0;
    for (int i = 0; i < 32; i += WIDE) found |= marks(is(load(text + i), byte)) << i;
    return found;
}

/* In which of 32 bytes two texts are the same. */
static inline uint64_t same_bytes(const unsigned char *text, const unsigned char *other) {
    uint64_t found = 0;
    for (int i = 0; i < 32; i += WIDE) found |= marks(same(load(text + i), load(other + i))) << i;
    return found;
}

/* What the bytes before a text leave to be found in it. */
typedef struct {
    uint64_t expected, e0, ed, f0, f4;
} utf8_state;

/* Which of 64 bytes are wrong as UTF-8 (Unicode, table 3-7), after those that were looked at before. */
static inline uint64_t utf8_faults(const unsigned char *text, utf8_state *state) {
    uint64_t two = 0, three = 0, four = 0, rest = 0, high = 0, special = 0;
    for (int i = 0; i < 64; i += WIDE) {
        wide bytes = load(text + i);
        two |= marks(between(bytes, 0xC2, 0xDF)) << i;
        three |= marks(between(bytes, 0xE0, 0xEF)) << i;
        four |= marks(between(bytes, 0xF0, 0xF4)) << i;
        rest |= marks(between(bytes, 0x80, 0xBF)) << i;
        high |= marks(bytes) << i;
        special |= marks(either(either(is(bytes, 0xE0), is(bytes, 0xED)),
                                either(is(bytes, 0xF0), is(bytes, 0xF4)))) << i;
    }
    uint64_t more = three | four, first = two | more;
    uint64_t faults = (state->expected | first << 1 | more << 2 | four << 3) ^ rest;
    faults |= high & ~(first | rest);
    state->expected = first >> 63 | more >> 62 | four >> 61;
    /* Behind these the second byte is bound further. */
    if (special | state->e0 | state->ed | state->f0 | state->f4) {
        uint64_t e0 = 0, ed = 0, f0 = 0, f4 = 0, to_8f = 0, to_9f = 0;
        for (int i = 0; i < 64; i += WIDE) {
            wide bytes = load(text + i);
            e0 |= marks(is(bytes, 0xE0)) << i;
            ed |= marks(is(bytes, 0xED)) << i;
            f0 |= marks(is(bytes, 0xF0)) << i;
            f4 |= marks(is(bytes, 0xF4)) << i;
            to_8f |= marks(between(bytes, 0x80, 0x8F)) << i;
            to_9f |= marks(between(bytes, 0x80, 0x9F)) << i;
        }
        faults |= (e0 << 1 | state->e0) & to_9f;
        faults |= (ed << 1 | state->ed) & ~to_9f;
        faults |= (f0 << 1 | state->f0) & to_8f;
        faults |= (f4 << 1 | state->f4) & ~to_8f;
        state->e0 = e0 >> 63;
        state->ed = ed >> 63;
        state->f0 = f0 >> 63;
        state->f4 = f4 >> 63;
    }
    return faults;
}

/* What a value in base64 consists of, of 64 bytes. */
typedef struct {
    uint64_t digits, feeds, returns, spaces;
} base64_marks;

static inline void mark_base64(const unsigned char *text, base64_marks *found) {
    memset(found, 0, sizeof *found);
    for (int i = 0; i < 64; i += WIDE) {
        wide bytes = load(text + i);
        wide digits = either(either(letters(bytes), between(bytes, '/', '9')), is(bytes, '+'));
        found->digits |= marks(digits) << i;
        found->feeds |= marks(is(bytes, '\n')) << i;
        found->returns |= marks(is(bytes, '\r')) << i;
        found->spaces |= marks(is(bytes, ' ')) << i;
    }
}

/* Which of 32 bytes may stand in the name of an attribute: letters, digits and `_.-`. */
static inline uint64_t name_marks(const unsigned char *text) {
    uint64_t found = 0;
    for (int i = 0; i < 32; i += WIDE) {
        wide bytes = load(text + i);
        wide others = either(between(bytes, '-', '.'), is(bytes, '_'));
        found |= marks(either(either(letters(bytes), between(bytes, '0', '9')), others)) << i;
    }
    return found;
}

/* Which of 16 bytes do not stand in a plain value of a DN: controls, what is not ASCII, one more
   byte, and "#+,:;<=>\ (a backslash). */
static inline uint64_t dn_marks(const unsigned char *text, unsigned char more) {
    wide bytes = load(text);
    wide others = either(either(between(bytes, '"', '#'), between(bytes, '+', ',')),
                         either(between(bytes, ':', '>'), is(bytes, '\\')));
    return marks(either(others, is(bytes, more))) | (marks(between(bytes, ' ', '~')) ^ 0xFFFF);
}

#endif
