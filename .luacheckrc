-- What a component finds in its environment; the rest of Lua's library is not there.
stds.engine = {
    read_globals = {
        "assert", "error", "ipairs", "next", "pairs", "pcall", "rawequal", "rawget", "rawlen",
        "rawset", "select", "tonumber", "tostring", "type", "xpcall", "getmetatable", "setmetatable",
        "string", "table", "utf8", "math",
    },
}
std = "engine"
max_line_length = false
exclude_files = { "components/meta/*" } -- generated, for editors: declares and never uses
