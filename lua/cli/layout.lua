-- SPDX-License-Identifier: GPL-3.0-or-later
-- Lines that fit the terminal. The one writer of tables and lists; commands have it as text.table, text.rows, text.wrap.
--
--   layout.rows {{"packets", "12"}, {"score", "0.5"}}          a list of two columns
--   layout.table({{"name", "auc"}, {"x", "0.5"}}, {[2] = true})   any columns; those set are flush right
--   layout.wrap(body, 80)                                      lines of a text
--   layout.fold(line, 80)                                      one line, as many as it takes
--
-- What is wider than the terminal is wrapped: columns of words in their cells; a table that is still too wide comes in
-- blocks of columns below each other, its first ones in each. Where nobody looks (a file, a pipe) nothing is wrapped.
local system = require "ninetails.system"

local layout = {}

local GAP = 2    -- spaces between columns
local LEAST = 16 -- columns are not made narrower than this

local function length(words) return utf8.len(words) or #words end

-- Columns of the terminal that stdout is (or stderr: descriptor 2), or of $COLUMNS; nil: it is none.
function layout.width(descriptor)
  descriptor = descriptor or 1
  if not system.is_terminal(descriptor) then return nil end
  local set = math.tointeger(tonumber(os.getenv "COLUMNS" or ""))
  return set and set > 0 and set or system.columns(descriptor)
end

-- The width of a text that would be `most` columns wide.
function layout.within(most) return math.min(most, layout.width() or most) end

-- Breaks `body` into lines of at most `width` columns; empty lines stay.
function layout.wrap(body, width)
  local lines = {}
  for paragraph in (body .. "\n"):gmatch("(.-)\n") do
    local line = ""
    if paragraph:find("^%s") then -- indented: an example, left as it stands
      lines[#lines + 1] = paragraph
    else
      for word in paragraph:gmatch("%S+") do
        if line ~= "" and length(line) + 1 + length(word) > width then
          lines[#lines + 1], line = line, word
        else
          line = line == "" and word or line .. " " .. word
        end
      end
      lines[#lines + 1] = line
    end
  end
  return lines
end

-- Where a line that is too long is broken, if it is: at the last space that leaves room, else at the first one.
local function break_of(line, width, before)
  local edge = utf8.len(line) and utf8.offset(line, width + 2) or width + 2
  local at = line:sub(before + 1, edge - 1):match("^.*() ")
  return at and at + before or line:find(" ", edge, true)
end

-- The lines of one; from the second on they begin with `hang`, else as it does, two columns further in. Words stay whole:
-- one that is too long for its place begins further left.
function layout.fold(line, width, hang)
  local lines = {}
  hang = hang or line:match("^ *") .. "  "
  while length(line) > width do
    local before, word = line:match("^( *)(%S*)")
    local over = math.min(#before, #before + length(word) - width)
    local at = over <= 0 and break_of(line, width, #before)
    if over > 0 then line = line:sub(over + 1)
    elseif not at then break
    else
      lines[#lines + 1] = line:sub(1, at - 1):match("^(.*%S)") or ""
      line = hang .. line:sub(at + 1):match("^ *(.*)$")
    end
  end
  lines[#lines + 1] = line
  return lines
end

-- ------------------------------------------------------------------ lists

-- rows: {{left, right}, ...}; rows without a right side are left out. indent: spaces before each line.
function layout.rows(rows, indent)
  local left, lines, limit = 0, {}, layout.width()
  indent = indent or ""
  for _, row in ipairs(rows) do
    if row[2] then left = math.max(left, length(row[1])) end
  end
  local hang = (" "):rep(#indent + left + GAP)
  for _, row in ipairs(rows) do
    if row[2] then
      local cell = indent .. row[1] .. (" "):rep(left - length(row[1]) + GAP) .. row[2]
      for line in (cell .. "\n"):gmatch("(.-)\n") do
        local whole = not limit or limit < #hang + LEAST
        for _, part in ipairs(whole and {line} or layout.fold(line, limit, hang)) do lines[#lines + 1] = part .. "\n" end
      end
    end
  end
  return table.concat(lines)
end

-- ------------------------------------------------------------------ tables

local function is_flush(right, i, cell)
  if right then return right[i] end
  return i > 1 and cell:find("^[%d,?]+$") ~= nil
end

local function longest_word(cell)
  local most = 0
  for word in cell:gmatch("%S+") do most = math.max(most, length(word)) end
  return most + #cell:match("^ *")
end

-- Widths of columns, and the least that those of words may be wrapped to.
local function measure(rows, right)
  local widths, least = {}, {}
  for _, row in ipairs(rows) do
    for i, cell in ipairs(row) do
      widths[i] = math.max(widths[i] or 0, length(cell))
      least[i] = math.max(least[i] or LEAST, is_flush(right, i, cell) and length(cell) or longest_word(cell))
    end
  end
  return widths, least
end

local function total_of(columns, widths)
  local total = -GAP
  for _, i in ipairs(columns) do total = total + widths[i] + GAP end
  return total
end

-- Takes from the widest column that may be wrapped until all fit; false: they cannot.
local function shrink(columns, widths, least, limit)
  local shrunk = table.move(widths, 1, #widths, 1, {})
  for _ = 1, total_of(columns, widths) - limit do
    local widest
    for _, i in ipairs(columns) do
      if shrunk[i] > least[i] and (not widest or shrunk[i] > shrunk[widest]) then widest = i end
    end
    if not widest then return false, shrunk end
    shrunk[widest] = shrunk[widest] - 1
  end
  return true, shrunk
end

-- Lists of columns, each with its widths: all of them where they fit, else blocks that begin with the `keys` first; nil
-- where these take more than half of the room.
local function blocks_of(widths, least, limit, keys)
  local all, first = {}, {}
  for i = 1, #widths do all[i] = i end
  if not limit then return {{all, widths}} end
  local fits, shrunk = shrink(all, widths, least, limit)
  if fits then return {{all, shrunk}} end
  for i = 1, keys do first[i] = i end
  if keys > 1 and total_of(first, widths) > limit // 2 then return nil end
  local blocks, columns = {}, table.move(first, 1, #first, 1, {})
  local function close()
    if #columns == #first and #first < #widths then return end
    local _, narrow = shrink(columns, widths, least, limit)
    blocks[#blocks + 1] = {columns, narrow}
    columns = table.move(first, 1, #first, 1, {})
  end
  for i = #first + 1, #widths do
    columns[#columns + 1] = i
    if not shrink(columns, widths, least, limit) and #columns > #first + 1 then
      columns[#columns] = nil
      close()
      columns[#columns + 1] = i
    end
  end
  close()
  return blocks
end

-- The same with a column of numbers before all others.
local function numbered(rows, right)
  local more, flush = {}, right and table.move(right, 1, #rows[1], 2, {true})
  local count = 0
  for n, row in ipairs(rows) do
    more[n] = row.line and row or table.move(row, 1, #row, 2, {n == 1 and "#" or ("%d"):format(count)})
    count = count + (row.line and 0 or 1)
  end
  return more, flush
end

-- The lines of a row in some columns; a cell may take several.
local function add_row(lines, row, columns, widths, right, indent)
  local parts, height = {}, 1
  for k, i in ipairs(columns) do
    local cell = row[i] or ""
    parts[k] = layout.fold(cell, widths[i], cell:match("^ *"))
    height = math.max(height, #parts[k])
  end
  for n = 1, height do
    local cells = {}
    for k, i in ipairs(columns) do
      local part = parts[k][n] or ""
      local space = (" "):rep(widths[i] - length(part))
      cells[k] = is_flush(right, i, row[i] or "") and space .. part or part .. space
    end
    -- "%s+$" would try each space of a wide column anew
    lines[#lines + 1] = (indent .. table.concat(cells, (" "):rep(GAP))):match("^(.*%S)") or ""
  end
end

local function add_line(lines, line, indent, limit)
  for _, part in ipairs(limit and layout.fold(indent .. line, limit) or {indent .. line}) do lines[#lines + 1] = part end
end

-- A table of cells. right[i]: column i is flush right; without `right`, numbers are, and the rest is not. A row {line =} is
-- a line of its own.
-- options: indent, spaces before each line; keys, how many of the first columns tell rows apart: they are in each block of
-- a table that is cut, or, where they are too wide for that, the number of the row is.
function layout.table(rows, right, options)
  local indent, limit = options and options.indent or "", layout.width()
  local lines = {}
  local function blocks(keys)
    local widths, least = measure(rows, right)
    return blocks_of(widths, least, limit and limit - #indent, keys)
  end
  local cut = blocks(options and options.keys or 1)
  if not cut then
    rows, right = numbered(rows, right)
    cut = blocks(1)
  end
  for n, block in ipairs(cut) do
    if n > 1 then lines[#lines + 1] = "" end
    for _, row in ipairs(rows) do
      if row.line then add_line(lines, row.line, indent, limit)
      else add_row(lines, row, block[1], block[2], right, indent) end
    end
  end
  return #lines > 0 and table.concat(lines, "\n") .. "\n" or ""
end

return layout
