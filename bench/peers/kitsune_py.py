# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a checkout of ymirsky/Kitsune-py over the packets that `ninetails score` reads, for `ninetails bench run --peer kitsune-py=DIR`:

    kitsune_py.py DIR PACKETS.tsv FM_GRACE AD_GRACE M SCORES

Scapy and Cython, which the checkout imports but does not need for a TSV, may be missing."""
import contextlib
import os
import sys
import types

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"


def main():
    if len(sys.argv) != 7:
        sys.exit("usage: kitsune_py.py DIR PACKETS.tsv FM_GRACE AD_GRACE M SCORES")
    folder, packets, fm, ad, m, output = sys.argv[1:]
    sys.path.insert(0, folder)
    try:
        import scapy.all  # noqa: F401
    except ImportError:
        package, module = types.ModuleType("scapy"), types.ModuleType("scapy.all")
        package.all, module.sys = module, sys  # names that the checkout imports from scapy
        sys.modules.update({"scapy": package, "scapy.all": module})
    try:
        import pyximport  # noqa: F401
    except ImportError:
        sys.modules["pyximport"] = types.SimpleNamespace(install=lambda: None)
    import numpy
    if not hasattr(numpy, "Inf"):
        numpy.Inf = numpy.inf
    with contextlib.redirect_stdout(sys.stderr):
        from Kitsune import Kitsune
        kitsune = Kitsune(packets, numpy.inf, int(m), int(fm), int(ad))
        with open(output, "w") as scores:
            count = 0
            while True:
                score = kitsune.proc_next_packet()
                if score == -1:
                    break
                scores.write(f"{score!r}\n")
                count += 1
    return 0 if count else 2


if __name__ == "__main__":
    sys.exit(main())
