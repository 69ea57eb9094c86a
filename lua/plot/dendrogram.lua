-- SPDX-License-Identifier: GPL-3.0-or-later
-- The dendrogram of the features: how correlation distance and single linkage cluster them, and where it is cut into the
-- feature map. Of a run's map, or of the first packets of a capture or rows of a file of features.
local draw = require "ninetails.plot.draw"
local linkage = require "ninetails.dendrogram"
local result_table = require "ninetails.results.table"
local results = require "ninetails.results"
local select_runs = require "ninetails.plot.select"
local style = require "ninetails.plot.style"

local dendrogram = {}

local LETTER, ROW = 5.5, 2.15 -- points of a name, mm between two: 115 features fill a page

-- ------------------------------------------------------------------ whose

-- The one dendrogram of these runs: those of equal data set, profile and grace period have the same, whatever their m, by
-- which it is cut; where that differs there is no cut.
local function of_runs(t, request)
  local found, run, same
  for _, one in ipairs(select_runs.some(t, request.run, request.only)) do
    local key = ("%s\0%s\0%s"):format(one.dataset, one.profile, one.fm_grace)
    if found and key == same and one.max_autoencoder ~= run.max_autoencoder and one.detector == run.detector then
      found.sizes = nil
    end
    local map = key ~= same and one.status ~= "failed" and results.map(t.path, one.run)
    if map then
      if found then
        result_table.refuse("argument", "%s has runs with different feature maps: name one, %s:RUN, by its number or key "
          .. "(`ninetails results ls` lists them)", t.path, t.path)
      end
      same, found, run = key, map, one
    end
  end
  if not found then result_table.refuse("unmeasured", "%s: no run has a feature map", t.path) end
  if not found.distances then
    result_table.refuse("unmeasured", "run %s of %s has a map without its dendrogram: it was given, or an older version made it",
      run.run, t.path)
  end
  return found, run
end

-- -> {features =, distances =, sizes = of a cut, or nil, names = {}}, remarks, the run or nil.
local function of_path(path, request)
  local kind = results.kind(path) -- nil: a capture, or rows as text
  if kind == "result" or kind == "scores" then
    if request.given.profile or request.given.fm_grace then
      result_table.refuse("argument", "%s: profile and grace period of a run are its own: --profile and --fm-grace are for "
        .. "captures and files of features", path)
    end
    local t = result_table.read(path)
    local map, run = of_runs(t, request)
    map.names = run.profile and linkage.names(run.profile) or {}
    return map, {("of run %s, %s, after %d packets of %s"):format(run.run, run.detector, (run.fm_grace or 0) + 1,
      run.dataset or "?")}, run, t.notes
  end
  if request.run or #(request.only or {}) > 0 then
    result_table.refuse("argument", "%s is no result file: it has no runs to choose from", path)
  end
  local map = linkage.of {input = path, rows = request.fm_grace + 1, profile = request.profile}
  map.sizes = nil
  return map, {("of the first %d rows of %s%s"):format(map.rows, path, map.profile and ", profile " .. map.profile or "")}
end

-- ------------------------------------------------------------------ tree

-- Its branches from the top: {low, high = places of their first and last leaf, at = distance, left =, right =, y =}; a leaf
-- has left = nil. Neighbours are joined at the greatest distance that lies between them. -> the root.
local function tree(distances, count)
  local stack = {}
  local function leaf(i) return {low = i, high = i, at = 0.0, y = i * 1.0} end
  local function join(left, right, at) -- left is complete
    return {low = left.low, high = right.high, at = at, left = left, right = right, y = (left.y + right.y) / 2}
  end
  -- One leaf after the other: branches that are lower than the distance to the next leaf are complete.
  local current = leaf(1)
  for i = 2, count do
    local at = distances[i - 1]
    while #stack > 0 and stack[#stack].at <= at do
      local open = table.remove(stack)
      current = join(open.left, current, open.at)
    end
    stack[#stack + 1] = {left = current, at = at}
    current = leaf(i)
  end
  while #stack > 0 do
    local open = table.remove(stack)
    current = join(open.left, current, open.at)
  end
  return current
end

-- Place of each autoencoder's first leaf and last one.
local function spans_of(sizes)
  local spans, at = {}, 1
  for i, size in ipairs(sizes or {}) do
    spans[i] = {at, at + size - 1}
    at = at + size
  end
  return spans
end

-- Lines of the tree, those inside of an autoencoder apart: {x, y, dx, dy}.
local function lines(root, spans)
  local of_leaf = {}
  for k, span in ipairs(spans) do
    for i = span[1], span[2] do of_leaf[i] = k end
  end
  local above, inside = {}, {}
  local todo = {root}
  while #todo > 0 do
    local node = table.remove(todo)
    if node.left then
      local together = of_leaf[node.low] and of_leaf[node.low] == of_leaf[node.high]
      local list = together and inside or above
      list[#list + 1] = {node.at, node.left.y, 0.0, node.right.y - node.left.y}
      for _, child in ipairs {node.left, node.right} do
        list[#list + 1] = {child.at, child.y, node.at - child.at, 0.0}
        todo[#todo + 1] = child
      end
    end
  end
  return above, inside
end

-- ------------------------------------------------------------------ figure

local function rows_of(map, names, spans)
  local rows, of_leaf = {}, {}
  for k, span in ipairs(spans) do
    for i = span[1], span[2] do of_leaf[i] = k - 1 end
  end
  for i, feature in ipairs(map.features) do
    rows[i] = {place = i, feature = feature, name = names[feature + 1] or ("feature_%d"):format(feature),
      autoencoder = of_leaf[i], distance_to_next = map.distances[i]}
  end
  return rows
end

local function or_nothing(block, width)
  if #block > 0 then return block end
  return {{n = width}}
end

-- path: a result file, what `score -o` or `extract` wrote, a capture or a table of features.
-- request: {run =, only =, fm_grace =, profile =, given = which of them were told}.
function dendrogram.draw(path, request)
  local map, remarks, run, notes = of_path(path, request)
  local spans = spans_of(map.sizes)
  local rows = rows_of(map, map.names, spans)
  local root = tree(map.distances, #map.features)
  local above, inside = lines(root, spans)
  local leaves, stripes, longest = {}, {}, 0
  for i, row in ipairs(rows) do
    local name = draw.short(row.name, 40)
    leaves[i], longest = {0.0, i, name}, math.max(longest, utf8.len(name) or #name)
  end
  for k = 1, #spans, 2 do stripes[#stripes + 1] = {0.5, (spans[k][1] + spans[k][2]) / 2, 0.0, 1.0, spans[k][1] - 0.5, spans[k][2] + 0.5} end
  local script = {
    "set border 1", "set tics scale 0.4", ("SMALL = sprintf(',%%g', %g * PT)"):format(LETTER), "set ytics nomirror scale 0 font SMALL offset 0.6,0",
    ("set lmargin at screen %.4f"):format((longest * 1.02 + 3) / style.FULL),
    ("set yrange [%g:0.2]"):format(#rows + 0.8), ("set xrange [0:%.6g]"):format(math.max(root.at, 1e-9) * 1.03), "set x2range [0:1]",
    "set xlabel 'correlation distance at which features are joined'", "set grid noy x", "set key off"}
  local plots = {}
  if #spans > 0 then
    plots[1] = ("D4 using 1:2:3:4:5:6 axes x2y1 with boxxyerror fill solid noborder lc rgb '%s'"):format(style.light)
    plots[2] = ("D2 using 1:2:3:4 with vectors nohead lw 1.8 lc rgb '%s' title 'inside of an autoencoder'"):format(style.benign)
    script[#script] = "set key outside top center horizontal"
  end
  plots[#plots + 1] = ("D1 using 1:2:3:4 with vectors nohead lw 0.9 lc rgb '%s' title '%s'"):format(style.black,
    #spans > 0 and "above the cut" or "")
  plots[#plots + 1] = "D3 using 1:2:ytic(3) with points pt 0 notitle"
  if #spans > 0 then plots[1] = plots[1] .. " notitle" end
  script[#script + 1] = "plot " .. table.concat(plots, ", \\\n  ")
  remarks[#remarks + 1] = "distance_to_next: at which the clusters of a feature and the one below it are joined"
  return {title = "Dendrogram of the features", height = 18 + ROW * #rows, rows = rows, remarks = remarks, run = run,
    columns = {"place", "feature", "name", "autoencoder", "distance_to_next"}, script = table.concat(script, "\n"),
    blocks = {or_nothing(above, 4), or_nothing(inside, 4), leaves, or_nothing(stripes, 6)}}, notes
end

return dendrogram
