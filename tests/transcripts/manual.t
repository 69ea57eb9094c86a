SPDX-License-Identifier: GPL-3.0-or-later

Manual pages: one a command, and one of them all; each says what help says.

  $ ninetails manual
  ninetails manual: missing --output: the folder that the manual pages are written to
  See: ninetails help manual
  [1]
  $ ninetails manual -o man | sed 's/^[0-9]*/N/'
  N pages in man
  $ test $(ls man | wc -l) -gt 20
  $ for page in man/*.1; do mandoc -T lint -W warning $page; done | grep -v 'missing date'
  [1]
  $ MANWIDTH=200 mandoc man/ninetails-score.1 | col -b | grep -c -- '--fm-grace N'
  1
  $ ninetails help score | grep -o -- '--[a-z-]*' | sort -u > in_help
  $ MANWIDTH=500 mandoc man/ninetails-score.1 | col -b | grep -o -- '--[a-z-]*' | sort -u | diff in_help -
  $ ninetails manual --format markdown | grep -c '^## ninetails results ls$'
  1
  $ ninetails manual --format lua | grep -A4 'behaviour = "dhcp"'
  ### behaviour = "dhcp": lease and renewal
  
  | parameter | | default | values |
  |---|---|---|---|
  | `lease` | that the server grants (s) | 86400 | at least 1 and at most 1e+08 |
  $ ninetails manual -o /dev/null
  ninetails manual: /dev/null: * (glob)
  [2]

Completion: commands, options, choices; a word of bash's is completed as in a terminal.

  $ ninetails completion tcsh
  ninetails completion: SHELL 'tcsh': expected bash, fish, zsh
  See: ninetails help completion
  [1]
  $ ninetails completion bash > bash_completion
  $ complete() { bash -c '. ./bash_completion; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ninetails; echo "${COMPREPLY[*]}"' - "$@"; }
  $ complete ninetails sc
  score
  $ complete ninetails results sh
  show
  $ complete ninetails score --fm
  --fm-grace
  $ complete ninetails score --profile ''
  py100 csv115 stream
  $ complete ninetails score some.pcap --lab
  --labels
  $ for shell in zsh fish; do ninetails completion $shell > $shell; $shell -n $shell || echo $shell; done
