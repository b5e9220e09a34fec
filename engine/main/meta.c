/* pinban lua-meta */
#include "inside.h"

#include <stdio.h>

int command_lua_meta(int argc, char **argv)
{
    struct args args;
    struct buf out;
    if (!args_read(&args, "lua-meta", argc, argv, "", "markdown"))
        return EXIT_USAGE;
    buf_init(&out, 1 << 20);
    if (args_flag(&args, "markdown"))
        bind_write_reference(&out);
    else
        bind_write_meta(&out);
    fwrite(out.p, 1, out.n, stdout);
    buf_done(&out);
    return EXIT_DONE;
}
