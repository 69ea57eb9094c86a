-- SPDX-License-Identifier: GPL-3.0-or-later
-- What stands in the head of a figure's numbers and in its SVG: what it was made of, and by what.
local function commit_text(notes)
  if not notes.commit or notes.commit == "" then return "not in the file" end
  return notes.commit .. ((notes.dirty == "1" or notes.dirty == "true" or notes.dirty == true) and " (dirty)" or "")
end

-- kind: of plot.kinds; notes: of the file; run: the one that is drawn, or nil. -> {{name, text}, ...}
return function(kind, command_line, path, notes, run)
  local list = {{"figure", kind.name}, {"command", command_line}, {"result", path}, {"commit", commit_text(notes)},
    {"version", notes.version or "not in the file"}}
  if run then list[#list + 1] = {"run", ("%s, %s, %s"):format(run.run, run.dataset or "?", run.detector or "?")} end
  return list
end
