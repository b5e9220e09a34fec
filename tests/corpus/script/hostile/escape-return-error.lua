-- expect: failed
-- a chunk that fails
error("at load")
