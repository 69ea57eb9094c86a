SPDX-License-Identifier: GPL-3.0-or-later

  $ ninetails version | sed 's/ .*//' | head -8
  ninetails
  commit
  compiler
  flags
  processor
  for
  features
  kernels
  $ ninetails --version | head -1
  ninetails  0.2.0
  $ ninetails version --json | $PYTHON -c "
  > import json, sys
  > v = json.load(sys.stdin)
  > print(list(v), [name for name in v['libraries'] if name != 'readline'])
  > assert len(v['commit']) == 40 or v['commit'] == 'unknown'
  > assert all(v['libraries'].values())"
  ['version', 'commit', 'dirty', 'compiler', 'flags', 'cpu', 'cpu_features', 'processors', 'isa', 'threads', 'threads_by', 'memory', 'memory_by', 'libraries'] ['HDF5', 'libpcap', 'libarchive', 'GSL', 'xxHash', 'OpenSSL', 'Lua', 'jansson', 'libcurl']
  $ ninetails version extra
  ninetails version: unexpected argument 'extra'
  See: ninetails help version
  [1]
