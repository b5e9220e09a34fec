---@meta _
-- Made by `pinban lua-meta`. What the functions of a component are given.
error('for editors, not to be required')

---@class pinban.data
local data = {}

--- Reads one record, or nil. With `up` also from the units above. The fragment refreshes when the record changes.
--- Phases: render, action, job
---@param kind string
---@param id string
---@param options? {up?: boolean}
---@return table?
function data.get(kind, id, options) end

--- Records in the order of the index `by` (or of their ids): those whose first fields equal `equals`, and whose next is at least `from` and less than `to`; or as `where` says, which a property marked `x-query = "filter"` holds. At most `limit` (100). The fragment refreshes when a change falls into what was scanned.
--- Phases: render, action, job
---@param kind string
---@param options? {by?: string, equals?: any, from?: any, to?: any, where?: table[], descending?: boolean, limit?: integer, up?: boolean}
---@return table[]
function data.query(kind, options) end

--- How many records a query would find, counted up to `limit` (100).
--- Phases: render, action, job
---@param kind string
---@param options? {by?: string, equals?: any, from?: any, to?: any, where?: table[], limit?: integer, up?: boolean}
---@return integer
function data.count(kind, options) end

--- Writes a record, new or in the place of the one with its id; gives the id. It must fit its collection's schema, and the component must need `write:KIND`. It goes into the space of the actor's own unit. A write that is refused ends the action, also when the error is caught.
--- Phases: action, job
---@param kind string
---@param record table
---@return string
function data.put(kind, record) end

--- Writes a new record and gives its id, a fresh one when it has none; refuses an id that is there.
--- Phases: action, job
---@param kind string
---@param record table
---@return string
function data.insert(kind, record) end

--- Puts the members of `changes` in place of the record's and takes those named in `without` out; gives the record as it is then. Refuses a record that is not there.
--- Phases: action, job
---@param kind string
---@param id string
---@param changes table
---@param without? string[]
---@return table
function data.patch(kind, id, changes, without) end

--- Removes a record of the actor's own unit; one that is not there is removed already.
--- Phases: action, job
---@param kind string
---@param id string
---@return nil
function data.remove(kind, id) end

--- The moment at which records of that kind last came in from outside, or nil. With `up` also those of the units above. The fragment refreshes when others come.
--- Phases: render, action, job
---@param kind string
---@param options? {up?: boolean}
---@return string?
function data.updated(kind, options) end

---@class pinban.time
local time = {}

--- The moment on the unit's calendar and clock; weekday 1 is Monday, date is "2026-11-22".
--- Phases: render, action, job
---@param moment string
---@return {year: integer, month: integer, day: integer, weekday: integer, hour: integer, minute: integer, date: string}
function time.parts(moment) end

--- Midnight of the moment's day in the unit's zone, moved by `days`. A date like "2026-11-22" is a moment too.
--- Phases: render, action, job
---@param moment string
---@param days? integer
---@return string
function time.day(moment, days) end

--- Seconds from one moment to another; negative when `to` is earlier.
--- Phases: render, action, job
---@param from string
---@param to string
---@return integer
function time.since(from, to) end

---@class pinban.ctx
---@field props table The block's properties, defaults filled in.
---@field data pinban.data Looking things up.
---@field actor table Who looks: her record. `actor.id` alone does not depend on the record.
---@field tenant table Her unit's record.
---@field themes table The themes that she may choose from: a list of `{ id, title }`.
---@field page string The page's name.
---@field query table The page's parameters, texts by name.
---@field lang string "zh" or "en".
---@field now string The present, cut to the minute: the fragment is made again each minute. In an action to the second.
---@field hour string The present, cut to the hour.
---@field today string Midnight of today: the fragment is made again each day.
---@field time pinban.time The calendar of the unit.
---@field block string The block's id.
local ctx = {}

--- A fresh id, later in order than every id before: 26 characters.
--- Phases: action, job
---@return string
function ctx.new_id() end

--- Refuses the action: nothing of it stays, and the person is shown `text`, one text or { zh, en }. `code` is for programs: a-z, 0-9, - and _.
--- Phases: action, job
---@param code string
---@param text string|table
---@return nil
function ctx.fail(code, text) end
