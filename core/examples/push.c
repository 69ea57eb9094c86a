/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The detector on a wire: each frame is pushed as it comes, and its score is there at once.
 *     cc push.c $(pkg-config --cflags --libs ninetails) && ./a.out CAPTURE 100 600
 * It is C++, too. */
#include <stdio.h>
#include <stdlib.h>

#include <ninetails/ninetails.h>

static nt_status score_all(nt_capture *capture, nt_model *model, nt_error *err) {
  nt_frame frame; /* of a file here; of whatever gives bytes, a time and a link type */
  int got = 0;
  nt_status status = NT_OK;
  while (status == NT_OK && (status = nt_capture_next_frame(capture, &frame, &got, err)) == NT_OK &&
         got) {
    nt_verdict verdict;
    status = nt_model_push_frame(model, &frame, &verdict, err);
    if (status == NT_OK && verdict.phase == NT_PHASE_EXECUTION)
      printf("%.17g%s\n", verdict.score, verdict.alarm ? " alarm" : "");
  }
  return status;
}

int main(int argc, char **argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: %s CAPTURE FM_GRACE AD_GRACE\n", argv[0]);
    return 1;
  }
  nt_model_options options = nt_model_defaults();
  options.kitnet.fm_grace = strtoull(argv[2], NULL, 10);
  options.kitnet.ad_grace = strtoull(argv[3], NULL, 10);
  nt_error err;
  nt_capture *capture = nt_capture_open(argv[1], &err);
  nt_model *model = capture ? nt_model_new(&options, NULL, &err) : NULL;
  nt_status status = model ? score_all(capture, model, &err) : err.status;
  if (status != NT_OK) fprintf(stderr, "%s\n", err.text);
  nt_model_free(model);
  nt_capture_close(capture);
  return status == NT_OK ? 0 : 2;
}
