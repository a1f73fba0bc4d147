/* The steps of one width: `wide_bytes.h` includes this for each, STEP and WIDE defined. */

#define wide STEP(wide)
#define load STEP(load)
#define either STEP(either)
#define both STEP(both)
#define each STEP(each)
#define same STEP(same)
#define between STEP(between)
#define marks STEP(marks)
#define number_of STEP(number_of)
#define is STEP(is)
#define letters STEP(letters)
#define ends_lines STEP(ends_lines)
#define is_white STEP(is_white)
#define odd_marks STEP(odd_marks)
#define utf8_faults STEP(utf8_faults)

static inline wide is(wide bytes, unsigned char byte) { return same(bytes, each(byte)); }
static inline wide letters(wide bytes) { return between(either(bytes, each(0x20)), 'a', 'z'); }
static inline wide ends_lines(wide bytes) { return either(is(bytes, '\n'), is(bytes, '\r')); }
static inline wide is_white(wide bytes) {
    return either(either(is(bytes, ' '), is(bytes, '\t')), ends_lines(bytes));
}

/* How often a byte stands in a text. */
static ptrdiff_t STEP(count_of)(const unsigned char *text, ptrdiff_t size, unsigned char byte) {
    ptrdiff_t found = 0, at = 0;
    for (; size - at >= 64; at += 64) {
        uint64_t set = 0;
        for (int i = 0; i < 64; i += WIDE) set |= marks(is(load(text + at + i), byte)) << i;
        found += number_of(set);
    }
    for (; at < size; at++) found += text[at] == byte;
    return found;
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

/* Write where lines begin that are no fold, and where a fold begins with what it seldom does; return
   how many places that are. Of the text as many times 64 bytes are looked at, and one more is
   read; `at` is its place. A place is written up to three times more than there are. */
static ptrdiff_t STEP(find_lines)(const unsigned char *text, ptrdiff_t blocks, ptrdiff_t at,
                                  line_state *state, ptrdiff_t *places) {
    line_state now = *state;
    ptrdiff_t n = 0;
    for (; blocks; blocks--, text += 64, at += 64) {
        uint64_t feeds = 0, returns = 0, blanks = 0;
        wide seen = each(0);
        for (int i = 0; i < 64; i += WIDE) {
            wide bytes = load(text + i);
            feeds |= marks(is(bytes, '\n')) << i;
            returns |= marks(is(bytes, '\r')) << i;
            blanks |= marks(either(is(bytes, ' '), is(bytes, '\t'))) << i;
            seen = either(seen, bytes);
        }
        uint64_t behind = feeds << 1 | now.after_feed, folds = behind & blanks;
        uint64_t found = behind & ~blanks;
        if (folds | now.after_fold) found |= (folds << 1 | now.after_fold) & odd_marks(text);
        now.bare |= (returns << 1 | now.after_return) & ~(feeds | returns);
        now.after_feed = feeds >> 63;
        now.after_fold = folds >> 63;
        now.after_return = returns >> 63;
        now.feeds += number_of(feeds);
        if (!now.known_utf8 && (marks(seen) || now.letter.expected))
            now.faults |= utf8_faults(text, &now.letter);
        int count = number_of(found);
        /* Four at once, there or not: how many there are is not foreseen. */
        for (int i = 0; i < count; i += 4) {
            for (int k = 0; k < 4; k++) {
                places[n + i + k] = at + first_of(found | 1ULL << 63);
                found &= found - 1;
            }
        }
        n += count;
    }
    *state = now;
    return n;
}

/* Go over lines of known names with no second colon behind the first, from `at` on to the first
   other one, or the last of the places. Return the place behind the colon there if its name is
   known, else 0. */
static ptrdiff_t STEP(known_lines)(const unsigned char *text, ptrdiff_t readable,
                                   const unsigned char *known, const ptrdiff_t *places,
                                   ptrdiff_t filled, ptrdiff_t *taken, ptrdiff_t *at) {
    ptrdiff_t here = *at, next = *taken, value = 0;
    /* Bytes before and behind the start of a name are read. */
    while (here >= 8 && readable - here >= KNOWN_SIZE) {
        const unsigned char *name = text + here;
        uint64_t colons = 0, others = 0;
        for (int i = 0; i < KNOWN_SIZE; i += WIDE) colons |= marks(is(load(name + i), ':')) << i;
        if (!colons) break;
        ptrdiff_t size = first_of(colons);
        const unsigned char *kept = known + known_place(name, size);
        for (int i = 0; i < KNOWN_SIZE; i += WIDE)
            others |= (marks(same(load(name + i), load(kept + i))) ^ marks(each(0xFF))) << i;
        if (others & ((2ULL << size) - 1)) break;
        value = here + size + 1;
        if (next == filled || text[places[next] - 1] != '\n') break;
        if (text[value] != ' ') {
            /* A fold may stand between two colons; behind the end of a line that is all there is
               none. All is asked at once: what a value begins with is not foreseen. */
            int is_end = (text[value] == '\r') | (text[value] == '\n');
            if ((text[value] == ':') | (is_end & (places[next] - value > 2))) break;
        }
        value = 0;
        here = places[next++];
    }
    *taken = next;
    *at = here;
    return value;
}

/* Tell whether lines up to a line feed before `end` are base64 to the letter, written as all tools
   write them; no is no answer. */
static int STEP(is_plain_base64)(const unsigned char *text, ptrdiff_t at, ptrdiff_t end,
                                 ptrdiff_t readable) {
    ptrdiff_t encoded = 0;
    uint64_t after_feed = 0, after_return = 0;
    while (end > at && (text[end - 1] == '\n' || text[end - 1] == '\r')) end--;
    for (; end > at && encoded < 2 && text[end - 1] == '='; end--) encoded++;
    while (text[at] == ' ') at++;
    for (; at < end; at += 64) {
        uint64_t digits = 0, feeds = 0, returns = 0, spaces = 0, within = ~0ULL, bad;
        if (readable - at < 64) return 0;
        if (end - at < 64) within >>= 64 - (end - at);
        for (int i = 0; i < 64; i += WIDE) {
            wide bytes = load(text + at + i);
            wide digit = either(letters(bytes), between(bytes, '/', '9'));
            digits |= marks(either(digit, is(bytes, '+'))) << i;
            feeds |= marks(is(bytes, '\n')) << i;
            returns |= marks(is(bytes, '\r')) << i;
            spaces |= marks(is(bytes, ' ')) << i;
        }
        /* A space is the one behind a line feed, a carriage return stands before one. */
        bad = ~(digits | feeds | returns | (spaces & (feeds << 1 | after_feed))) & within;
        bad |= (returns << 1 | after_return) & ~feeds & within;
        bad |= (feeds << 1 | after_feed) & ~spaces & within;
        if (bad) return 0;
        after_feed = feeds >> 63;
        after_return = returns >> 63;
        encoded += number_of(digits & within);
    }
    return encoded % 4 == 0;
}

/* Which of 32 bytes may stand in the name of an attribute: letters, digits and `_.-`. */
static inline uint64_t STEP(name_marks)(const unsigned char *text) {
    uint64_t found = 0;
    for (int i = 0; i < 32; i += WIDE) {
        wide bytes = load(text + i);
        wide others = either(between(bytes, '-', '.'), is(bytes, '_'));
        found |= marks(either(either(letters(bytes), between(bytes, '0', '9')), others)) << i;
    }
    return found;
}

/* Which bytes of one load do not stand in a plain value of a DN: controls, what is above ASCII unless
   it may, one more byte, and "#+,:;<=>\ (a backslash). */
static inline uint64_t STEP(dn_marks)(const unsigned char *text, unsigned char more, int above) {
    wide bytes = load(text);
    wide others = either(either(between(bytes, '"', '#'), between(bytes, '+', ',')),
                         either(between(bytes, ':', '>'), is(bytes, '\\')));
    others = either(others, is(bytes, more));
    wide within = between(bytes, ' ', above ? 0xFF : '~');
    return marks(either(others, is(bytes, 0x7F))) | (marks(within) ^ marks(each(0xFF)));
}

/* Which bytes of one load end a cell of CSV, or the run of text in a quoted one: quotes, line ends
   and one more byte. */
static inline uint64_t STEP(cell_marks)(const unsigned char *text, unsigned char more) {
    wide bytes = load(text);
    return marks(either(either(is(bytes, '"'), is(bytes, more)), ends_lines(bytes)));
}

/* How many of the same bytes stand at the start of one load. */
static inline int STEP(run_of)(const unsigned char *text, unsigned char byte) {
    uint64_t others = marks(is(load(text), byte)) ^ marks(each(0xFF));
    return others ? first_of(others) : WIDE;
}

/* Write letters of UTF-16 as UTF-8 while eight can be taken at once; return the number of bytes, and
   in `read` that of the bytes they were. */
static ptrdiff_t STEP(write_letters)(unsigned char *into, const unsigned char *text, ptrdiff_t size,
                                     int big, ptrdiff_t *read) {
    ptrdiff_t at = 0, written = 0;
    for (int more = 1; size - at >= 16; at += 16, written += more)
        if (!(more = STEP(narrow)(into + written, text + at, big))) break;
    *read = at;
    return written;
}

static const wide_steps STEP(steps) = {
    WIDE, STEP(count_of), STEP(find_lines), STEP(known_lines), STEP(is_plain_base64),
    STEP(write_letters),
};

#undef wide
#undef load
#undef either
#undef both
#undef each
#undef same
#undef between
#undef marks
#undef number_of
#undef is
#undef letters
#undef ends_lines
#undef is_white
#undef odd_marks
#undef utf8_faults
