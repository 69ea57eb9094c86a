#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The symbols that the library imports: library_symbols.py LIBRARY.a

The library never ends its process: it imports no function that does, and from GSL only functions that, with the
arguments they are given, never call GSL's error handler (which aborts, and belongs to the program). A new GSL function
needs a look at its source and a line here. The library prints nothing, and does not need OpenMP's run-time library, which
ends the process where a thread is refused.
"""
import re
import shutil
import subprocess
import sys

FORBIDDEN = re.compile(r"abort|_?_?exit|_Exit|quick_exit|__assert.*|err|errx|verr|verrx|raise|pthread_exit|"
                       r"GOMP_.*|omp_.*|__kmpc_.*|printf|vprintf|__printf_chk|__vprintf_chk|puts|putchar|perror|"
                       r"warn|warnx|stdout|stderr")

GSL = set("""
gsl_cdf_binomial_Q gsl_cdf_chisq_Q gsl_cdf_chisq_Qinv gsl_cdf_fdist_Q gsl_cdf_lognormal_Qinv gsl_cdf_ugaussian_P gsl_cdf_ugaussian_Pinv
gsl_cdf_ugaussian_Q gsl_ran_choose gsl_ran_gaussian gsl_ran_ugaussian_pdf
gsl_eigen_symmv gsl_eigen_symmv_sort gsl_linalg_tri_invert
gsl_matrix_transpose gsl_matrix_view_array gsl_vector_view_array
gsl_rng_free gsl_rng_get gsl_rng_max gsl_rng_min gsl_rng_mt19937 gsl_rng_set gsl_rng_size gsl_rng_uniform
gsl_rng_uniform_pos
gsl_sort gsl_sort_index gsl_stats_mean gsl_stats_min gsl_stats_minmax gsl_stats_median gsl_stats_quantile_from_sorted_data
gsl_stats_sd gsl_stats_sd_m gsl_stats_sd_with_fixed_mean gsl_stats_select gsl_version
""".split())


def main():
    if not shutil.which("nm"):
        print("skipped: no nm")
        return 77
    listing = subprocess.run(["nm", "-A", "--undefined-only", sys.argv[1]], check=True, stdout=subprocess.PIPE,
                             text=True).stdout
    wrong, seen = [], 0
    for line in listing.splitlines():
        where, name = line.split(":")[-2], line.split()[-1].split("@")[0]
        seen += 1
        if FORBIDDEN.fullmatch(name) or (name.startswith("gsl_") and name not in GSL):
            wrong.append("%s needs %s" % (where, name))
    print("%d undefined symbols%s" % (seen, "".join("\n" + w for w in wrong)))
    return 1 if wrong or seen < 1000 else 0


if __name__ == "__main__":
    sys.exit(main())
