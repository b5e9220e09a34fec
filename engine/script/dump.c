/*
 * Looks over what lua_dump gave for a compiled script, before it ever runs.
 *
 * For the text of an error Lua looks for the name of a value by walking back over the
 * code: over a chain a.b.c.d… it walks once for each field, and recurses. Neither can be
 * stopped, and 30000 fields are half a second and more C stack than a thread has. So both
 * the length of a function and the length of a chain are bounded. A to-be-closed variable
 * would run code while an error unwinds. The dump is our own, of a chunk that was text;
 * what does not read as one is refused all the same.
 */
#include "state.h"

enum {
    MAX_INSTRUCTIONS = 8192, /* of one function */
    MAX_NESTING = 100,       /* functions in functions */
    MAX_CHAIN = 200,         /* fields of fields */
    HEADER_BYTES = 4 + 1 + 1 + 6 + 3 + 8 + 8,
};

_Static_assert(LUA_VERSION_NUM == 504, "the dump of another Lua reads otherwise");

/* Of every Lua 5.4; the tests hold it to that. */
enum {
    OPCODE_MASK = 0x7f,
    OPCODE_MOVE = 0,
    OPCODE_SETUPVAL = 10,
    OPCODE_GETTABUP = 11,
    OPCODE_GETFIELD = 14,
    OPCODE_SETTABUP = 15,
    OPCODE_SETFIELD = 18,
    OPCODE_SELF = 20,
    OPCODE_TBC = 55,
};

/* The tags of constants in a dump. */
enum { TAG_INTEGER = 0x03, TAG_FLOAT = 0x13, TAG_SHORT = 0x04, TAG_LONG = 0x14 };

struct reader {
    const uint8_t *p;
    const uint8_t *end;
    bool broken;
};

static const uint8_t *skip(struct reader *r, size_t n)
{
    const uint8_t *p = r->p;
    if ((size_t)(r->end - r->p) < n) {
        r->broken = true;
        r->p = r->end;
        return NULL;
    }
    r->p += n;
    return p;
}

/* Seven bits a byte, the high ones first; the last byte has its top bit set. */
static size_t read_size(struct reader *r)
{
    size_t x = 0;
    for (int i = 0; i < 9; i++) {
        const uint8_t *byte = skip(r, 1);
        if (!byte)
            return 0;
        x = x << 7 | (*byte & 0x7f);
        if (*byte & 0x80)
            return x;
    }
    r->broken = true;
    return 0;
}

static void skip_items(struct reader *r, size_t bytes_each)
{
    size_t n = read_size(r);
    if (n > (size_t)(r->end - r->p))
        r->broken = true;
    else
        (void)skip(r, n * bytes_each);
}

static void skip_string(struct reader *r)
{
    size_t n = read_size(r);
    if (n)
        (void)skip(r, n - 1);
}

static void skip_constants(struct reader *r)
{
    size_t n = read_size(r);
    for (size_t i = 0; i < n && !r->broken; i++) {
        const uint8_t *tag = skip(r, 1);
        if (!tag)
            return;
        if (*tag == TAG_INTEGER || *tag == TAG_FLOAT)
            (void)skip(r, 8);
        else if (*tag == TAG_SHORT || *tag == TAG_LONG)
            skip_string(r);
    }
}

static void skip_debug(struct reader *r)
{
    skip_items(r, 1);
    for (size_t n = read_size(r); n > 0 && !r->broken; n--) {
        (void)read_size(r);
        (void)read_size(r);
    }
    for (size_t n = read_size(r); n > 0 && !r->broken; n--) {
        skip_string(r);
        (void)read_size(r);
        (void)read_size(r);
    }
    for (size_t n = read_size(r); n > 0 && !r->broken; n--)
        skip_string(r);
}

static bool complex(struct err *err, str name, size_t line, const char *what)
{
    err_set(err, ERR_LIMIT, "script.complex", "the function %s", what);
    return err_in(err, "%.*s:%zu", STR_ARG(name), line);
}

/* For each register, how long a chain of reads Lua would follow to name what it holds. */
struct chains {
    uint16_t length[256];
};

/* Gives the length of the chain that the instruction makes. */
static unsigned follow_chain(struct chains *chains, uint32_t instruction)
{
    unsigned code = instruction & OPCODE_MASK;
    unsigned a = instruction >> 7 & 0xff;
    unsigned b = instruction >> 16 & 0xff;
    bool reads = code == OPCODE_MOVE || code == OPCODE_SELF
                 || (code >= OPCODE_GETTABUP && code <= OPCODE_GETFIELD);
    bool writes_elsewhere =
        code == OPCODE_SETUPVAL || (code >= OPCODE_SETTABUP && code <= OPCODE_SETFIELD);
    if (writes_elsewhere)
        return 0;
    unsigned length = !reads ? 0 : code == OPCODE_GETTABUP ? 1 : chains->length[b] + 1u;
    chains->length[a] = (uint16_t)length;
    return length;
}

static bool check_instructions(const uint8_t *code, size_t n, str name, size_t line,
                               struct err *err)
{
    struct chains chains = { { 0 } };
    for (size_t i = 0; i < n; i++) {
        uint32_t instruction;
        memcpy(&instruction, code + 4 * i, sizeof instruction);
        if ((instruction & OPCODE_MASK) == OPCODE_TBC)
            return complex(err, name, line,
                           "has a <close> variable, which is not offered");
        if (follow_chain(&chains, instruction) > MAX_CHAIN)
            return complex(err, name, line, "has too long a chain of fields");
    }
    return true;
}

static bool check_code(struct reader *r, str name, size_t line, struct err *err)
{
    size_t n = read_size(r);
    if (n > MAX_INSTRUCTIONS)
        return complex(err, name, line, "is too long; split it");
    const uint8_t *code = skip(r, n * 4);
    return !code || check_instructions(code, n, name, line, err);
}

static bool check_function(struct reader *r, str name, int depth, struct err *err)
{
    skip_string(r);
    size_t line = read_size(r);
    (void)read_size(r);
    (void)skip(r, 3);
    if (depth > MAX_NESTING)
        return complex(err, name, line, "is nested too deeply in others");
    if (!check_code(r, name, line, err))
        return false;
    skip_constants(r);
    skip_items(r, 3);
    for (size_t n = read_size(r); n > 0 && !r->broken; n--) {
        if (!check_function(r, name, depth + 1, err))
            return false;
    }
    skip_debug(r);
    return !r->broken || complex(err, name, line, "was compiled to something unknown");
}

bool script_dump_check(str dump, str name, struct err *err)
{
    struct reader r = { (const uint8_t *)dump.p, (const uint8_t *)dump.p + dump.n,
                        false };
    (void)skip(&r, HEADER_BYTES + 1); /* and the number of upvalues */
    return check_function(&r, name, 0, err);
}
