-- SPDX-License-Identifier: GPL-3.0-or-later
-- ninetails completion: the shell's completion of this command line.
local manual = require "ninetails.cli.manual"
local out = require "ninetails.cli.out"

return {
  name = "completion",
  summary = "Print a shell's completion of commands, options and choices.",
  details = "bash:  ninetails completion bash > /etc/bash_completion.d/ninetails\n"
    .. "zsh:   ninetails completion zsh > \"${fpath[1]}/_ninetails\"\n"
    .. "fish:  ninetails completion fish > ~/.config/fish/completions/ninetails.fish",
  arguments = {{name = "SHELL", help = "bash, fish or zsh"}},
  run = function(args, commands)
    for _, shell in ipairs(manual.shells) do
      if shell == args.shell then
        out.data(manual.completion(shell, commands))
        return 0
      end
    end
    error({status = "argument", message = ("SHELL '%s': expected %s"):format(args.shell,
      table.concat(manual.shells, ", "))}, 0)
  end,
}
