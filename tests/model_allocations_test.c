/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A model allocates nothing for a packet of streams that it knows. The linker sends the library's
 * calls of malloc and its like here (--wrap), where they are counted. */
#include <math.h>

#include <ninetails/ninetails.h>

#include "check.h"
#include "packets.h"

static size_t allocations;

void *__real_malloc(size_t);
void *__real_calloc(size_t, size_t);
void *__real_realloc(void *, size_t);
void *__real_aligned_alloc(size_t, size_t);
void *__wrap_malloc(size_t);
void *__wrap_calloc(size_t, size_t);
void *__wrap_realloc(void *, size_t);
void *__wrap_aligned_alloc(size_t, size_t);

void *__wrap_malloc(size_t size) {
  allocations++;
  return __real_malloc(size);
}
void *__wrap_calloc(size_t n, size_t size) {
  allocations++;
  return __real_calloc(n, size);
}
void *__wrap_realloc(void *p, size_t size) {
  allocations++;
  return __real_realloc(p, size);
}
void *__wrap_aligned_alloc(size_t alignment, size_t size) {
  allocations++;
  return __real_aligned_alloc(alignment, size);
}

/* The trace over and over, an hour apart. */
static size_t push_all(nt_model *model, packets p, int hour) {
  nt_error err;
  size_t before = allocations;
  for (size_t i = 0; i < p.count; i++) {
    nt_packet packet = p.at[i];
    nt_verdict v;
    packet.time += 3600 * hour;
    CHECK_OK(nt_model_push(model, &packet, &v, &err), err);
    if (hour) CU_ASSERT_EQUAL(v.phase, NT_PHASE_EXECUTION);
  }
  return allocations - before;
}

static void a_packet_of_known_streams_allocates_nothing(void) {
  static const nt_profile profiles[] = {NT_PROFILE_PY100, NT_PROFILE_CSV115, NT_PROFILE_STREAM};
  packets p = packets_of_trace();
  for (size_t i = 0; i < 3; i++) {
    nt_model_options o = nt_model_defaults();
    o.extractor.profile = profiles[i];
    o.kitnet.fm_grace = 200;
    o.kitnet.ad_grace = 600;
    nt_error err;
    nt_model *model = nt_model_new(&o, NULL, &err);
    CU_ASSERT_PTR_NOT_NULL_FATAL(model);
    CU_ASSERT(push_all(model, p, 0) > 0); /* else calls are not counted */
    for (int hour = 1; hour < 3; hour++) CU_ASSERT_EQUAL(push_all(model, p, hour), 0);
    nt_model_free(model);
  }
  free(p.at);
}

/* Nor do mapping and training, but for the steps between them. */
static void learning_allocates_nothing_but_at_its_steps(void) {
  packets p = packets_of_trace();
  nt_model_options o = nt_model_defaults();
  o.kitnet.fm_grace = p.count - 1;
  o.kitnet.ad_grace = 600; /* all of whose scores have room in the first piece of the ring */
  nt_error err;
  nt_verdict v;
  nt_model *model = nt_model_new(&o, NULL, &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(model);
  for (size_t i = 0; i < p.count; i++) CHECK_OK(nt_model_push(model, &p.at[i], &v, &err), err);
  CHECK_OK(nt_model_push(model, &p.at[0], &v, &err), err);
  CU_ASSERT_EQUAL(v.phase, NT_PHASE_TRAINING);
  size_t before = allocations;
  for (size_t i = 1; i < 599; i++) CHECK_OK(nt_model_push(model, &p.at[i], &v, &err), err);
  CU_ASSERT_EQUAL(allocations, before);
  nt_model_free(model);
  free(p.at);
}

/* A frame that needs no putting together goes without memory, too. */
static void a_frame_allocates_nothing(void) {
  uint8_t bytes[60] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0, 0, 46};
  bytes[22] = 64, bytes[23] = 17, bytes[26] = 10, bytes[30] = 10, bytes[33] = 1, bytes[39] = 26;
  nt_frame frame = {.length = 60, .captured = 60, .link_type = 1, .data = bytes};
  nt_model_options o = nt_model_defaults();
  o.kitnet.fm_grace = o.kitnet.ad_grace = 10;
  nt_error err;
  nt_verdict v;
  nt_model *model = nt_model_new(&o, NULL, &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(model);
  size_t before = 0;
  for (int i = 0; i < 100; i++) {
    frame.seconds = i;
    if (i == 30) before = allocations;
    CHECK_OK(nt_model_push_frame(model, &frame, &v, &err), err);
  }
  CU_ASSERT(before > 0);
  CU_ASSERT_EQUAL(allocations, before);
  nt_model_free(model);
}

static const check_case cases[] = {
    {"a packet of known streams allocates nothing", a_packet_of_known_streams_allocates_nothing},
    {"learning allocates nothing but at its steps", learning_allocates_nothing_but_at_its_steps},
    {"a frame allocates nothing", a_frame_allocates_nothing},
};

CHECK_MAIN("model allocations", cases)
