# SPDX-License-Identifier: GPL-3.0-or-later
# So that plain `make` works, too: everything is in Makefile.paper.
include Makefile.paper
