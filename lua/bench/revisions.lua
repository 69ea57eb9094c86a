-- SPDX-License-Identifier: GPL-3.0-or-later
-- Commits of the repository, each built in a worktree of its own.
local command = require "ninetails.command"
local files = require "ninetails.files"
local json = require "ninetails.json"
local kernels = require "ninetails.bench.kernels"
local machine = require "ninetails.bench.machine"
local text = require "ninetails.cli.text"

local revisions = {}

local function refuse(status, ...) error({status = status, message = string.format(...)}, 0) end

local function must(words, folder, what)
  local ran = command.run {words = words, folder = folder}
  if ran.code ~= 0 then refuse("unmeasured", "%s: %s", what, text.last_line(ran.errors .. "\n" .. ran.out)) end
  return ran
end

-- "HEAD~3" -> 40 digits.
function revisions.commit(word, repository)
  local ran = command.run {words = {"git", "rev-parse", "--verify", "--quiet", "--end-of-options", word .. "^{commit}"},
    folder = repository}
  local commit = ran.out:match("^(%x+)\n")
  if not commit then
    refuse("argument", "'%s' is neither a recorded set nor a commit of %s", word, repository)
  end
  return commit
end

-- The worktree of a commit, built; what is there already is brought up to date. note: function(words).
-- -> {program =, commit =, identity =, name = word, benches = whether it has `bench measure`}
function revisions.build(word, repository, folder, note)
  local commit = revisions.commit(word, repository)
  files.make_folders(folder)
  local tree = ("%s/%s"):format(files.real(folder), commit:sub(1, 12))
  if not files.stat(tree) then
    command.run {words = {"git", "worktree", "prune"}, folder = repository}
    must({"git", "worktree", "add", "--force", "--detach", tree, commit}, repository, "worktree of " .. word)
  end
  local at = command.run {words = {"git", "rev-parse", "HEAD"}, folder = tree}.out:match("^(%x+)\n")
  if at ~= commit then refuse("unmeasured", "%s: holds commit %s, not %s", tree, tostring(at), commit) end
  note(("builds %s (%s) in %s"):format(word, commit:sub(1, 10), tree))
  must({"cmake", "-S", ".", "-B", "build", "-G", "Ninja", "-DNINETAILS_TESTS=OFF", "-DNINETAILS_BENCH=OFF"}, tree, word .. " is not configured")
  must({"cmake", "--build", "build", "--target", "ninetails"}, tree, word .. " does not build")
  local program = tree .. "/build/ninetails"
  local version = must({program, "version", "--json"}, tree, program)
  local good, v = pcall(json.decode, version.out)
  if not good then refuse("unmeasured", "%s: tells no version", program) end
  local identity = machine.identity()
  identity.commit, identity.dirty = commit, v.dirty == true
  identity.configuration_text = ("%s, %s, kernels %s"):format(v.compiler or "?", v.flags or "?", identity.isa)
  identity.configuration = kernels.digest(("%s; %s; %s"):format(v.compiler or "?", v.flags or "?", identity.isa)):sub(1, 12)
  local help = command.run {words = {program, "help", "bench", "measure"}}
  return {program = program, commit = commit, name = word, identity = identity, benches = help.code == 0}
end

return revisions
