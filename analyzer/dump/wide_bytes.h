/* Text in, marks of its bytes out: many bytes a step, by what the processor has.

   A set of marks has one bit a byte, the lowest for the first. All of x86-64 have SSE2, 16 bytes
   a step; where AVX2 is there, 32 are taken. For other processors the compiler finds the
   instructions (and for x86-64 too where WIDE_BYTES_PLAIN is defined). */

#ifndef WIDE_BYTES_H
#define WIDE_BYTES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define KNOWN_SIZE 32 /* bytes of a name that is kept, and its colon */

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

/* What the bytes before a text leave to be found in it. */
typedef struct {
    uint64_t expected, e0, ed, f0, f4;
} utf8_state;

/* What is found on the way through a text, 64 bytes after 64 bytes. */
typedef struct {
    uint64_t after_feed, after_return, after_fold; /* how the last byte, or the line of it, began */
    uint64_t bare;                                 /* a carriage return stands inside a line */
    uint64_t faults;                               /* not all is UTF-8 */
    int known_utf8;                                /* it need not be looked at */
    ptrdiff_t feeds;                               /* number of line feeds */
    utf8_state letter;
} line_state;

/* What is done with many lines or letters at a call, see `wide_steps.h`. */
typedef struct {
    int width;
    ptrdiff_t (*count_of)(const unsigned char *text, ptrdiff_t size, unsigned char byte);
    ptrdiff_t (*find_lines)(const unsigned char *text, ptrdiff_t blocks, ptrdiff_t at,
                            line_state *state, ptrdiff_t *places);
    ptrdiff_t (*known_lines)(const unsigned char *text, ptrdiff_t readable,
                             const unsigned char *known, const ptrdiff_t *places, ptrdiff_t filled,
                             ptrdiff_t *taken, ptrdiff_t *at);
    int (*is_plain_base64)(const unsigned char *text, ptrdiff_t at, ptrdiff_t end,
                           ptrdiff_t readable);
    ptrdiff_t (*write_letters)(unsigned char *into, const unsigned char *text, ptrdiff_t size,
                               int big, ptrdiff_t *read);
} wide_steps;

/* Where among the known names one is kept, by its first and its last eight bytes. */
static inline ptrdiff_t known_place(const unsigned char *name, ptrdiff_t size) {
    /* All ones for a short name. A branch would be foreseen for every other line only. */
    uint64_t first, last, is_short = 0 - (uint64_t)(size < 8);
    memcpy(&first, name, 8);
    memcpy(&last, name + size - 8, 8);
    first &= ~is_short;
    last >>= (64 - 8 * (uint64_t)size) & is_short & 63;
    last = (last ^ first * 3) * 0x9E3779B97F4A7C15ULL + (uint64_t)size * 0xD6E8FEB86659FD93ULL;
    return (ptrdiff_t)(last >> 54) * KNOWN_SIZE;
}

#if (defined(__SSE2__) || defined(_M_X64)) && !defined(WIDE_BYTES_PLAIN)

#include <immintrin.h>

typedef __m128i wide_16;

static inline wide_16 load_16(const unsigned char *text) {
    return _mm_loadu_si128((const __m128i *)text);
}
static inline wide_16 either_16(wide_16 a, wide_16 b) { return _mm_or_si128(a, b); }
static inline wide_16 both_16(wide_16 a, wide_16 b) { return _mm_and_si128(a, b); }
static inline wide_16 each_16(unsigned char byte) { return _mm_set1_epi8((char)byte); }
static inline wide_16 same_16(wide_16 a, wide_16 b) { return _mm_cmpeq_epi8(a, b); }

/* Which bytes are between two, both of them among these. */
static inline wide_16 between_16(wide_16 bytes, unsigned char first, unsigned char last) {
    wide_16 from_first = _mm_sub_epi8(bytes, each_16(first));
    return _mm_cmpeq_epi8(_mm_min_epu8(from_first, each_16(last - first)), from_first);
}

static inline uint64_t marks_16(wide_16 found) {
    return (uint64_t)(unsigned)_mm_movemask_epi8(found);
}

/* Write eight letters of UTF-16 as UTF-8 if all are of ASCII; return the number of bytes, or 0.
   `big` tells which byte of each comes first. */
static inline int narrow_16(unsigned char *into, const unsigned char *text, int big) {
    wide_16 units = load_16(text), others = _mm_set1_epi16((short)0xFF80);
    if (big) units = _mm_or_si128(_mm_srli_epi16(units, 8), _mm_slli_epi16(units, 8));
    if (marks_16(_mm_cmpeq_epi16(_mm_and_si128(units, others), each_16(0))) != 0xFFFF) return 0;
    _mm_storel_epi64((__m128i *)into, _mm_packus_epi16(units, units));
    return 8;
}

#elif defined(__GNUC__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__

typedef unsigned char wide_16 __attribute__((vector_size(16)));

static inline wide_16 load_16(const unsigned char *text) {
    wide_16 bytes;
    memcpy(&bytes, text, 16);
    return bytes;
}
static inline wide_16 either_16(wide_16 a, wide_16 b) { return a | b; }
static inline wide_16 both_16(wide_16 a, wide_16 b) { return a & b; }
static inline wide_16 each_16(unsigned char byte) { return (wide_16){0} + byte; }
static inline wide_16 same_16(wide_16 a, wide_16 b) { return (wide_16)(a == b); }

/* Which bytes are between two, both of them among these. */
static inline wide_16 between_16(wide_16 bytes, unsigned char first, unsigned char last) {
    return (wide_16)((wide_16)(bytes - first) <= each_16(last - first));
}

static inline uint64_t marks_16(wide_16 found) {
    uint64_t half[2];
    memcpy(half, &found, 16);
    /* The highest bit of each byte, gathered in the highest byte of a product. */
    for (int i = 0; i < 2; i++)
        half[i] = (half[i] >> 7 & 0x0101010101010101ULL) * 0x0102040810204080ULL >> 56;
    return half[0] | half[1] << 8;
}

static inline int narrow_16(unsigned char *into, const unsigned char *text, int big) {
    unsigned char high = 0, low = 0;
    for (int i = 0; i < 16; i += 2) {
        high |= text[i + !big];
        low |= into[i / 2] = text[i + big];
    }
    return high || low >= 0x80 ? 0 : 8;
}

#else
#error "without the scan every record is parsed"
#endif

static inline int number_of_16(uint64_t set) {
    set -= set >> 1 & 0x5555555555555555ULL;
    set = (set & 0x3333333333333333ULL) + (set >> 2 & 0x3333333333333333ULL);
    set = (set + (set >> 4)) & 0x0F0F0F0F0F0F0F0FULL;
    return (int)(set * 0x0101010101010101ULL >> 56);
}

#define STEP(name) name##_16
#define WIDE 16
#include "wide_steps.h"
#undef STEP
#undef WIDE

#if defined(__x86_64__) && defined(__GNUC__) && !defined(WIDE_BYTES_PLAIN)
#define HAS_32

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,bmi,popcnt"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,bmi,popcnt")
#endif

typedef __m256i wide_32;

static inline wide_32 load_32(const unsigned char *text) {
    return _mm256_loadu_si256((const __m256i *)text);
}
static inline wide_32 either_32(wide_32 a, wide_32 b) { return _mm256_or_si256(a, b); }
static inline wide_32 both_32(wide_32 a, wide_32 b) { return _mm256_and_si256(a, b); }
static inline wide_32 each_32(unsigned char byte) { return _mm256_set1_epi8((char)byte); }
static inline wide_32 same_32(wide_32 a, wide_32 b) { return _mm256_cmpeq_epi8(a, b); }
static inline wide_32 between_32(wide_32 bytes, unsigned char first, unsigned char last) {
    wide_32 from_first = _mm256_sub_epi8(bytes, each_32(first));
    return _mm256_cmpeq_epi8(_mm256_min_epu8(from_first, each_32(last - first)), from_first);
}
static inline uint64_t marks_32(wide_32 found) {
    return (uint64_t)(unsigned)_mm256_movemask_epi8(found);
}
static inline int number_of_32(uint64_t set) { return __builtin_popcountll(set); }

/* For four letters, of which the lower bits mark those of one byte in UTF-8 and the upper those of
   at most two: where in 16 bytes, four for each letter, theirs stand, and how many they are. */
static unsigned char gathered[256][16], sizes[256];

static void fill_gathered(void) {
    for (int set = 0; set < 256; set++) {
        memset(gathered[set], 0x80, 16);
        sizes[set] = 0;
        for (int letter = 0; letter < 4; letter++) {
            int size = 3 - (set >> letter & 1) - (set >> (letter + 4) & 1);
            for (int i = 0; i < size; i++) gathered[set][sizes[set]++] = (unsigned char)(4 * letter + i);
        }
    }
}

/* Write eight letters of UTF-16 as UTF-8; return the number of bytes, or 0 where one of them is
   half of a letter. There must be room for 28 bytes. */
static inline int narrow_32(unsigned char *into, const unsigned char *text, int big) {
    __m128i units = _mm_loadu_si128((const __m128i *)text);
    if (big) units = _mm_or_si128(_mm_srli_epi16(units, 8), _mm_slli_epi16(units, 8));
    if (_mm_testz_si128(units, _mm_set1_epi16((short)0xFF80))) {
        _mm_storel_epi64((__m128i *)into, _mm_packus_epi16(units, units));
        return 8;
    }
    __m128i halves = _mm_and_si128(units, _mm_set1_epi16((short)0xF800));
    if (_mm_movemask_epi8(_mm_cmpeq_epi16(halves, _mm_set1_epi16((short)0xD800)))) return 0;
    __m256i letters = _mm256_cvtepu16_epi32(units), six = _mm256_set1_epi32(0x3F);
    __m256i more = _mm256_set1_epi32(0x80), sixth = _mm256_srli_epi32(letters, 6);
    __m256i last = _mm256_or_si256(_mm256_and_si256(letters, six), more);
    __m256i middle = _mm256_or_si256(_mm256_and_si256(sixth, six), more);
    __m256i three = _mm256_or_si256(_mm256_srli_epi32(letters, 12), _mm256_set1_epi32(0xE0));
    three = _mm256_or_si256(three, _mm256_slli_epi32(middle, 8));
    three = _mm256_or_si256(three, _mm256_slli_epi32(last, 16));
    __m256i two = _mm256_or_si256(sixth, _mm256_set1_epi32(0xC0));
    two = _mm256_or_si256(two, _mm256_slli_epi32(last, 8));
    __m256i is_one = _mm256_cmpgt_epi32(more, letters);
    __m256i to_two = _mm256_cmpgt_epi32(_mm256_set1_epi32(0x800), letters);
    __m256i all = _mm256_blendv_epi8(_mm256_blendv_epi8(three, two, to_two), letters, is_one);
    int ones = _mm256_movemask_ps(_mm256_castsi256_ps(is_one));
    int twos = _mm256_movemask_ps(_mm256_castsi256_ps(to_two));
    int low = (ones & 15) | (twos & 15) << 4, high = ones >> 4 | (twos & 0xF0);
    __m128i place = _mm_loadu_si128((const __m128i *)gathered[low]);
    _mm_storeu_si128((__m128i *)into, _mm_shuffle_epi8(_mm256_castsi256_si128(all), place));
    place = _mm_loadu_si128((const __m128i *)gathered[high]);
    __m128i upper = _mm256_extracti128_si256(all, 1);
    _mm_storeu_si128((__m128i *)(into + sizes[low]), _mm_shuffle_epi8(upper, place));
    return sizes[low] + sizes[high];
}

#define STEP(name) name##_32
#define WIDE 32
#include "wide_steps.h"
#undef STEP
#undef WIDE

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif

/* The steps of the widest kind up to a number of bytes that the processor has. */
static inline const wide_steps *steps_of(int width) {
#if defined(HAS_32)
    __builtin_cpu_init();
    if (width >= 32 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
        __builtin_cpu_supports("popcnt")) {
        fill_gathered();
        return &steps_32;
    }
#endif
    return width >= 16 ? &steps_16 : NULL;
}

#endif
