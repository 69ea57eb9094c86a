/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The detector in another program:
 *     cc score.c $(pkg-config --cflags --libs ninetails) && ./a.out CAPTURE 100 600 */
#include <stdio.h>
#include <stdlib.h>

#include <ninetails/ninetails.h>

int main(int argc, char **argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: %s CAPTURE FM_GRACE AD_GRACE\n", argv[0]);
    return 1;
  }
  nt_run_options options = nt_run_defaults();
  options.input = argv[1];
  options.kitnet.fm_grace = strtoull(argv[2], NULL, 10);
  options.kitnet.ad_grace = strtoull(argv[3], NULL, 10);
  nt_run_result result;
  nt_error err;
  nt_status status = nt_run(&options, &result, &err);
  if (status != NT_OK)
    fprintf(stderr, "%s\n", err.text);
  else
    for (size_t i = result.grace; i < result.pipeline.packets; i++)
      printf("%zu %.17g\n", i, result.scores[i]);
  nt_run_result_done(&result);
  return status == NT_OK ? 0 : 2;
}
