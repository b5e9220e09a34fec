-- expect: ok
-- what is not offered is not there
return { load = function(ctx)
  for _, name in ipairs({ "_G", "load", "loadstring", "loadfile", "dofile", "require", "print", "warn",
    "collectgarbage", "coroutine", "debug", "io", "os", "package", "module", "setfenv", "getfenv",
    "newproxy", "unpack", "arg", "_VERSION", "jit", "bit", "bit32", "ffi" }) do
    assert(_ENV[name] == nil, name)
  end
  for _, name in ipairs({ "dump", "pack", "unpack", "packsize", "gfind" }) do
    assert(string[name] == nil, name)
  end
  return 1
end }
