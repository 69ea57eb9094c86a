-- SPDX-License-Identifier: GPL-3.0-or-later
-- ninetails manual: manual pages of every command, or one Markdown page of them all.
local files = require "ninetails.files"
local manual = require "ninetails.cli.manual"
local out = require "ninetails.cli.out"
local system = require "ninetails.system"
local text = require "ninetails.cli.text"

local function write_pages(folder, commands)
  local version = system.version().version
  files.write(folder .. "/ninetails.1", manual.overview(commands, version))
  local pages = manual.commands(commands)
  for _, found in ipairs(pages) do
    files.write(("%s/%s.1"):format(folder, manual.page_name(found.path)), manual.page(found.command, found.path, version))
  end
  return #pages + 1
end

return {
  name = "manual",
  summary = "Write the manual pages of every command, or print one Markdown page of them all.",
  options = {
    {name = "output", short = "o", type = "path", value = "DIR", help = "folder that the manual pages are written to"},
    {name = "format", type = "choice", choices = {"man", "markdown"}, default = "man",
      help = "man: one page a command, into DIR; markdown: one page, printed"},
  },
  run = function(args, commands)
    if args.format == "markdown" then
      out.data(manual.markdown(commands))
    elseif not args.output then
      error({status = "argument", message = "missing --output: the folder that the manual pages are written to"}, 0)
    else
      files.make_folders(args.output)
      out.text(("%s in %s\n"):format(text.plural(write_pages(args.output, commands), "page"), args.output))
    end
    return 0
  end,
}
