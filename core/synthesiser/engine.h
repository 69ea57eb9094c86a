/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The engine: time, the queue of activities, the attack timeline, and the way of a frame into the
 * file.
 *
 * A behaviour is a state machine. step() is called when its time has come, sends at most one frame,
 * and says when it wants to be called again. Times are ns since the first moment of the trace.
 */
#ifndef NT_SYNTHESISER_ENGINE_H
#define NT_SYNTHESISER_ENGINE_H

#include "frame.h"
#include "parameters.h"
#include "synthesiser.h"
#include "writer.h"

#define NT_NEVER INT64_MAX
enum { NT_POOL = 1 << 18, NT_MAX_ACTIVITIES = 4096, NT_MAX_TAPS = 8 };

typedef struct nt_engine nt_engine;
typedef struct nt_activity nt_activity;

/* What a tap does with a frame that another activity sends. */
typedef enum nt_tap_verdict {
  NT_TAP_PASS,  /* goes its way; the tap may have changed its bytes where they are not fixed */
  NT_TAP_CLAIM, /* as PASS, but the packet counts as the tap's */
  NT_TAP_TAKE   /* held back: the tap sends it later */
} nt_tap_verdict;

typedef struct nt_behaviour {
  const char *name;
  const char *help; /* one line, lower case, no final stop */
  size_t size;      /* of its state, which starts with an nt_activity */
  const nt_parameter *parameters;
  size_t parameter_count;
  unsigned needs; /* NT_NEEDS_* */
  bool paced;     /* stretches pauses of its own by nt_engine_pace, so its gaps keep their law */
  nt_status (*prepare)(nt_engine *engine, nt_activity *activity, nt_error *err); /* may be NULL */
  int64_t (*step)(nt_engine *engine, nt_activity *activity);
  /* Sees every frame of other activities while its own window is open. fixed: the bytes belong to a
   * capture and stay. captured: bytes at frame, length: on the wire. NULL: no tap. */
  nt_tap_verdict (*tap)(nt_engine *engine, nt_activity *activity, uint8_t *frame, size_t captured,
                        size_t length, bool fixed);
} nt_behaviour;

enum { NT_NEEDS_FROM = 1, NT_NEEDS_TO = 2 };

struct nt_activity {
  const nt_behaviour *behaviour;
  const char *name;
  uint32_t index; /* among all activities: the tie-break of the queue */
  nt_chance chance;
  nt_host *from, *to;
  bool attack, diurnal;
  nt_law start, gap;    /* s */
  nt_law busy, idle;    /* s; busy.a == 0: no bursts */
  double begin, finish; /* fractions of the trace's packets; begin < 0: at time `start` */
  double share;         /* wanted part of the packets within its window, 0: natural rate */
  int64_t copies;
  nt_synthesis_count *count; /* shared by the activities of one name */
  bool opened, open;         /* its window has begun; and not ended yet */
  uint64_t sent;             /* packets of its own */
  uint64_t gaps;             /* drawn with a share */
  uint64_t benign_before;    /* benign packets when its window opened */
  double per_benign;         /* own packets wanted for each benign one from then on */
  double trim;               /* slow part of nt_engine_pace */
  double quiet_gap;  /* s: the mean gap that gives `share`, from the rate before the window */
  int64_t burst_end; /* ns; end of the present busy spell */
};

struct nt_engine {
  nt_scope scope;
  const char *name; /* of the scenario */
  int64_t epoch;    /* s */
  int64_t snaplen;
  nt_activity **activities;
  size_t activity_count;
  nt_activity *taps[NT_MAX_TAPS];
  size_t tap_count;
  bool has_diurnal;
  double diurnal[25];   /* factor at each hour, [24] == [0] */
  double diurnal_start; /* hour of the day at the trace's first moment */

  int64_t now;
  int64_t *times;   /* of each activity's next step */
  uint32_t *queue;  /* binary heap of activity indices */
  uint32_t *places; /* where an activity stands in it */

  uint8_t *pool[2]; /* NT_POOL bytes each: random bytes, readable text */
  nt_writer *writer;
  nt_synthesis_result *result;
  nt_activity *overlay;  /* the capture laid under the attacks, or NULL */
  uint64_t limit;        /* stop at this many packets */
  uint64_t expected;     /* what begin and finish are fractions of: packets of the trace, or of the
                            capture */
  uint64_t progressed;   /* packets done, of `expected` */
  uint8_t scratch[2048]; /* where frames go after a failed write */
  nt_status status;      /* of the first failed write */
  nt_error *err;
};

/* Adds an activity to the queue; it sleeps until woken. */
nt_status nt_engine_add(nt_engine *engine, nt_activity *activity, nt_error *err);
void nt_engine_wake(nt_engine *engine, nt_activity *activity, int64_t time);
nt_status nt_engine_run(nt_engine *engine, const nt_synthesis *what, nt_error *err);

/* Where the next frame is to be built: at least NT_FRAME_MAX bytes. Never NULL: after a failed
 * write the run ends behind the present step. */
uint8_t *nt_engine_frame(nt_engine *engine);
void nt_engine_send(nt_engine *engine, nt_activity *activity, size_t length);
/* Past the taps: for what a tap itself sends. */
void nt_engine_send_claimed(nt_engine *engine, nt_activity *activity, size_t captured,
                            size_t length);
/* A frame of a capture: its bytes, lengths and time as they are. */
void nt_engine_send_fixed(nt_engine *engine, nt_activity *activity, const uint8_t *bytes,
                          uint32_t captured, uint32_t length, uint32_t seconds,
                          uint32_t nanoseconds);

/* The time of the activity's next exchange: a gap later, after day, bursts and share; NT_NEVER when
 * its window has ended. */
int64_t nt_engine_after_gap(nt_engine *engine, nt_activity *activity);
/* The factor on an attack's pauses that keeps it near its share: 1 when it is there. */
double nt_engine_pace(nt_engine *engine, nt_activity *activity);
bool nt_engine_ended(const nt_engine *engine, const nt_activity *activity);

static inline int64_t nt_ns_of_seconds(double s) {
  return (int64_t)(s * 1e9);
}
static inline int64_t nt_draw_ns(const nt_law *law, nt_chance *chance) {
  return nt_ns_of_seconds(nt_law_draw(law, chance));
}

#endif
