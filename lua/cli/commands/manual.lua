-- SPDX-License-Identifier: GPL-3.0-or-later
-- ninetails manual: manual pages of every command, or one Markdown page of them all, or of what scripts can call.
local files = require "ninetails.files"
local manual = require "ninetails.cli.manual"
local out = require "ninetails.cli.out"
local outputs = require "ninetails.cli.outputs"
local system = require "ninetails.system"
local text = require "ninetails.cli.text"

-- {{name of the page's file, its text}, ...}
local function pages_of(commands)
  local version = system.version().version
  local pages = {{"ninetails.1", manual.overview(commands, version)}}
  for _, found in ipairs(manual.commands(commands)) do
    pages[#pages + 1] = {manual.page_name(found.path) .. ".1", manual.page(found.command, found.path, version)}
  end
  return pages
end

local function write_pages(folder, commands, force)
  local pages = pages_of(commands)
  for _, page in ipairs(pages) do outputs.check(folder .. "/" .. page[1], "page", force) end
  files.make_folders(folder)
  for _, page in ipairs(pages) do files.write(folder .. "/" .. page[1], page[2]) end
  out.text(("%s in %s\n"):format(text.plural(#pages, "page"), folder))
end

return {
  name = "manual",
  pages = true,
  summary = "Write the manual pages of every command, or print a page of them all, or of what scripts can call.",
  options = {
    {name = "output", short = "o", type = "path", value = "DIR", help = "folder that the manual pages are written to"},
    outputs.folder_option,
    {name = "format", type = "choice", choices = {"man", "markdown", "lua"}, default = "man",
      help = "man: one page a command, into DIR; markdown: one page of all, printed; lua: what scripts can call, likewise"},
  },
  run = function(args, commands)
    if args.format == "markdown" then
      out.data(manual.markdown(commands))
    elseif args.format == "lua" then
      out.data(manual.scripts())
    elseif not args.output then
      error({status = "argument", message = "missing --output: the folder that the manual pages are written to"}, 0)
    else
      write_pages(args.output, commands, args.force)
    end
    return 0
  end,
}
