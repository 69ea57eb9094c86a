-- SPDX-License-Identifier: GPL-3.0-or-later
-- Manual pages (man(7)), a Markdown reference and shell completion, made from the same tables as help and the parser,
-- so that none of them can name an option that is not there.
local help = require "ninetails.cli.help"
local text = require "ninetails.cli.text"

local manual = {}

-- Every command that can be run, with its path ("results ls"), in the order of help.
function manual.commands(commands, path, found)
  found = found or {}
  for _, command in ipairs(commands) do
    local full = path and path .. " " .. command.name or command.name
    if command.subcommands then
      manual.commands(command.subcommands, full, found)
    else
      found[#found + 1] = {path = full, command = command}
    end
  end
  return found
end

-- ------------------------------------------------------------------ man(7)

-- Backslashes, hyphens that are typed, and a full stop or quote that would begin a request.
local function roff(word)
  word = word:gsub("\\", "\\e"):gsub("%-", "\\-")
  return (word:gsub("^([.'])", "\\&%1"):gsub("\n([.'])", "\n\\&%1"))
end

-- Paragraphs; indented lines are examples, kept as they stand.
local function prose(out, body)
  for paragraph in (body .. "\n"):gmatch("(.-)\n") do
    if paragraph:find("^%s+%S") then
      out[#out + 1] = ".PP\n.nf\n" .. roff(paragraph) .. "\n.fi"
    elseif paragraph == "" then
      out[#out + 1] = ".PP"
    else
      out[#out + 1] = roff(paragraph)
    end
  end
end

local function section(out, title, rows)
  if #rows == 0 then return end
  out[#out + 1] = ".SH " .. title
  for _, row in ipairs(rows) do
    out[#out + 1] = ".TP\n\\fB" .. roff((row[1]:gsub("^%s+", ""))) .. "\\fR"
    out[#out + 1] = roff(row[2])
  end
end

local function heading(name, version)
  return ('.\\" Made by `ninetails manual` from the tables of the command line.\n.TH %s 1 "" "ninetails %s" '
    .. '"User Commands"'):format(roff(name:upper()), roff(version))
end

local codes = "0 fine, 1 wrong usage, 2 a run failed, 3 a regression was found, 4 it could not be measured."

local function related(paths)
  local words = {}
  for _, path in ipairs(paths) do words[#words + 1] = ("\\fB%s\\fR(1)"):format(roff(path)) end
  return ".SH SEE ALSO\n" .. table.concat(words, ", ")
end

function manual.page_name(path) return "ninetails-" .. path:gsub(" ", "-") end

-- The page of one command.
function manual.page(command, path, version)
  local name = manual.page_name(path)
  local out = {heading(name, version), ".SH NAME", roff(name) .. " \\- " .. roff(command.summary:gsub("%.$", "")),
    ".SH SYNOPSIS", "\\fB" .. roff(help.usage_line(command, path)) .. "\\fR", ".SH DESCRIPTION"}
  prose(out, command.summary)
  if command.details then
    out[#out + 1] = ".PP"
    prose(out, command.details)
  end
  section(out, "ARGUMENTS", help.argument_rows(command))
  section(out, "OPTIONS", help.option_rows(command))
  for _, more in ipairs(command.sections or {}) do section(out, '"' .. roff(more.title:upper()) .. '"', more.rows) end
  out[#out + 1] = '.SH "EXIT STATUS"\n' .. codes
  out[#out + 1] = related {"ninetails"}
  return table.concat(out, "\n") .. "\n"
end

-- The page `ninetails`: what there is.
function manual.overview(commands, version)
  local out = {heading("ninetails", version), ".SH NAME",
    "ninetails \\- benchmarking and experimentation harness for the Kitsune network anomaly detector",
    ".SH SYNOPSIS", "\\fBninetails\\fR \\fICOMMAND\\fR ..."}
  local rows, pages = {}, {}
  for _, found in ipairs(manual.commands(commands)) do
    rows[#rows + 1] = {found.path, found.command.summary}
    pages[#pages + 1] = manual.page_name(found.path)
  end
  section(out, "COMMANDS", rows)
  out[#out + 1] = '.SH "EXIT STATUS"\n' .. codes
  out[#out + 1] = related(pages)
  return table.concat(out, "\n") .. "\n"
end

-- ------------------------------------------------------------------ Markdown

local function cell(word) return (word:gsub("|", "\\|"):gsub("\n", " "):gsub("<", "&lt;")) end

-- Outside of backticks a word with an @ before it is a command of Doxygen.
local function prose(word) return (cell(word):gsub("@", "&#64;")) end

local function table_of(out, title, rows)
  if #rows == 0 then return end
  out[#out + 1] = ("\n| %s | |\n|---|---|"):format(title)
  for _, row in ipairs(rows) do out[#out + 1] = ("| `%s` | %s |"):format(cell((row[1]:gsub("^%s+", ""))), prose(row[2])) end
end

function manual.markdown(commands)
  local out = {"# The command line", "", "Made by `ninetails manual --format markdown` from the tables of the command line."}
  for _, found in ipairs(manual.commands(commands)) do
    local command = found.command
    out[#out + 1] = ("\n## ninetails %s\n\n    %s\n\n%s"):format(found.path, help.usage_line(command, found.path),
      command.summary)
    if command.details then out[#out + 1] = "\n" .. command.details end
    table_of(out, "argument", help.argument_rows(command))
    table_of(out, "option", help.option_rows(command))
    for _, more in ipairs(command.sections or {}) do table_of(out, more.title, more.rows) end
  end
  return table.concat(out, "\n") .. "\n"
end

local function functions_of(out, title, rows)
  out[#out + 1] = ("\n## %s\n\n| | |\n|---|---|"):format(title)
  for _, row in ipairs(rows) do out[#out + 1] = ("| `%s` | %s |"):format(cell(row[2]), cell(row[3])) end
end

-- What a scenario writes for a parameter that is more than one number or text.
local forms = {
  law = "a number, or a table such as {law = \"exponential\", mean = 3}, whose draws lie in the range",
  host = "the name of a host",
  hosts = "a list of names of hosts, its length in the range",
  texts = "a text or a list of texts, their number in the range",
  table = "a table of its own",
}

local function parameters_of(out, parameters)
  if #parameters == 0 then return end
  out[#out + 1] = "\n| parameter | | default | values |\n|---|---|---|---|"
  for _, p in ipairs(parameters) do
    local form = forms[p.type] and {p.type, text.range(p)} or {text.range(p)}
    out[#out + 1] = ("| `%s` | %s%s | %s | %s |"):format(p.name, cell(p.help or ""),
      p.unit and p.unit ~= "1" and " (" .. cell(p.unit) .. ")" or "", cell(text.preset(p)),
      cell(table.concat(form, ", "):gsub(", $", "")))
  end
end

-- What a scenario of the synthesiser can say.
local function scenarios_of(out)
  out[#out + 1] = "\n## Scenarios of the synthesiser\n\ndatasets/SCENARIOS.md explains them.\n\n| values | |\n|---|---|"
  for _, form in ipairs {"law", "host", "hosts", "texts", "table"} do
    out[#out + 1] = ("| %s | %s |"):format(form, cell(forms[form]))
  end
  local before
  for _, t in ipairs(require("ninetails.synthesiser").tables()) do
    local title = t.behaviour and ("behaviour = \"%s\": %s"):format(t.behaviour, t.title) or "Of " .. t.title
    if title ~= before then out[#out + 1] = "\n### " .. cell(title) end
    before = title
    parameters_of(out, t.parameters)
  end
end

-- What scripts can call and set: functions, arrays, every detector, the settings of metrics, scenarios.
function manual.scripts()
  local reference, sweep = require "ninetails.experiment.reference", require "ninetails.sweep"
  local out = {"# What scripts can call", "",
    "Made by `ninetails manual --format lua`, from the tables by which scripts are checked. docs/experiments.md explains them."}
  functions_of(out, 'Functions of `require "ninetails"`', reference.functions)
  functions_of(out, 'Functions of `require "ninetails.array"`', reference.array_functions)
  functions_of(out, "Methods of arrays, besides `a[i]`, `#a` and `ipairs(a)`", reference.array_methods)
  out[#out + 1] = "\n## Fields of an experiment\n\n| field | |\n|---|---|"
  for _, field in ipairs(reference.fields) do out[#out + 1] = ("| `%s` | %s |"):format(field[1], cell(field[2])) end
  out[#out + 1] = "\n## Settings of `metrics`"
  parameters_of(out, sweep.tables().measures)
  for _, class in ipairs(sweep.detectors()) do
    out[#out + 1] = ("\n## nt.%s\n\n%s. %s\n\nCost: %s."):format(class.name, cell(class.title), cell(class.source),
      cell(class.cost))
    parameters_of(out, class.parameters)
  end
  scenarios_of(out)
  return table.concat(out, "\n") .. "\n"
end

-- ------------------------------------------------------------------ completion

-- What may follow `path`: {words} of subcommands or options, and choices by option.
local function tree(commands)
  local nodes = {}
  local function walk(list, path)
    local words = {}
    for _, command in ipairs(list) do words[#words + 1] = command.name end
    nodes[#nodes + 1] = {path = path, words = words, commands = list}
    for _, command in ipairs(list) do
      local full = path == "" and command.name or path .. " " .. command.name
      if command.subcommands then
        walk(command.subcommands, full)
      else
        nodes[#nodes + 1] = {path = full, words = {}, options = command.options or {}}
      end
    end
  end
  walk(commands, "")
  return nodes
end

local function option_words(options)
  local words = {"--help"}
  for _, option in ipairs(options) do words[#words + 1] = "--" .. option.name end
  return words
end

local shells = {}

function shells.bash(commands)
  local out = {"# bash completion of ninetails; made by `ninetails completion bash`.", "_ninetails() {",
    "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} path= i", "  COMPREPLY=()",
    "  for ((i = 1; i < COMP_CWORD; i++)); do", "    case \"$path ${COMP_WORDS[i]}\" in"}
  local nodes = tree(commands)
  for _, node in ipairs(nodes) do
    if node.path ~= "" then out[#out + 1] = ("      ' %s') path=' %s';;"):format(node.path, node.path) end
  end
  out[#out + 1] = "    esac\n  done\n  case \"$path:$previous\" in"
  for _, node in ipairs(nodes) do
    for _, option in ipairs(node.options or {}) do
      if option.type == "choice" then
        out[#out + 1] = ("    '%s:--%s') COMPREPLY=($(compgen -W '%s' -- \"$current\")); return;;"):format(
          node.path == "" and "" or " " .. node.path, option.name, table.concat(option.choices, " "))
      end
    end
  end
  out[#out + 1] = "  esac\n  case \"$path\" in"
  for _, node in ipairs(nodes) do
    local words = node.options and option_words(node.options) or node.words
    local guard = node.options and " [[ $current == -* ]] &&" or ""
    out[#out + 1] = ("    '%s')%s COMPREPLY=($(compgen -W '%s' -- \"$current\"));;"):format(
      node.path == "" and "" or " " .. node.path, guard, table.concat(words, " "))
  end
  out[#out + 1] = "  esac\n}\ncomplete -o default -F _ninetails ninetails"
  return table.concat(out, "\n") .. "\n"
end

local quoted = text.quoted

function shells.fish(commands)
  local out = {"# fish completion of ninetails; made by `ninetails completion fish`.",
    "function __ninetails_at", "  set -l words (commandline -opc)", "  set -e words[1]", "  set -l path",
    "  for word in $words", "    string match -q -- '-*' $word; or set -a path $word", "  end",
    "  string match -q -- \"$argv*\" \"$path \"", "end"}
  for _, node in ipairs(tree(commands)) do
    for _, command in ipairs(node.commands or {}) do
      local condition = node.path == "" and "__fish_use_subcommand" or "__ninetails_at " .. quoted(node.path .. " ")
      out[#out + 1] = ("complete -c ninetails -f -n %s -a %s -d %s"):format(quoted(condition), command.name,
        quoted(command.summary))
    end
    for _, option in ipairs(node.options or {}) do
      local value = option.type == "flag" and "" or option.type == "choice"
        and (" -x -a " .. quoted(table.concat(option.choices, " "))) or " -r"
      out[#out + 1] = ("complete -c ninetails -n %s -l %s%s%s -d %s"):format(
        quoted("__ninetails_at " .. quoted(node.path .. " ")), option.name,
        option.short and " -s " .. option.short or "", value, quoted(text.wrap(option.help, 200)[1]))
    end
  end
  return table.concat(out, "\n") .. "\n"
end

-- zsh reads bash's completion through its own bashcompinit.
function shells.zsh(commands)
  return "#compdef ninetails\n# zsh completion of ninetails; made by `ninetails completion zsh`.\n"
    .. "autoload -U +X bashcompinit && bashcompinit\n" .. shells.bash(commands)
end

manual.shells = {"bash", "fish", "zsh"}

function manual.completion(shell, commands) return shells[shell](commands) end

return manual
