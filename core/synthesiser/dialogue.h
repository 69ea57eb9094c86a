/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * TCP dialogues: what client and server say to each other, as a list of messages from the scenario.
 * HTTP, RTSP, Telnet, TLS-shaped exchanges, file transfers and bots' command channels are all lists
 * of this kind.
 */
#ifndef NT_SYNTHESISER_DIALOGUE_H
#define NT_SYNTHESISER_DIALOGUE_H

#include "tcp_session.h"
#include "text.h"

typedef struct nt_dialogue_line { /* one message of the list */
  int sender;                     /* 0 client, 1 server */
  nt_text_list text;              /* one of these, drawn */
  nt_law body;                    /* bytes behind the text */
  int fill;                       /* nt_tcp_body */
  int tls;                        /* which handshake flight takes the text's place; 0: none */
  const char *sni;
  nt_law think;  /* s */
  double mutate; /* probability that the text is damaged */
  nt_law repeat; /* times that `lines` are gone through */
  const nt_setting *lines;
  uint32_t first, last; /* block [first, last) of a repeat */
} nt_dialogue_line;

enum { NT_MAX_LINES = 64, NT_MAX_DEPTH = 4, NT_LINE_PARAMETERS = 10 };
extern const nt_parameter nt_line_parameters[NT_LINE_PARAMETERS];

typedef struct nt_script {
  nt_dialogue_line *lines; /* repeat entries are followed by their block */
  uint32_t count;
} nt_script;

typedef struct nt_reading { /* where a session stands in its script */
  uint32_t at, depth;
  struct {
    uint32_t line, left;
  } loops[NT_MAX_DEPTH];
  nt_blanks blanks;
} nt_reading;

nt_status nt_script_read(nt_scope *scope, const char *what, const nt_setting *table,
                         nt_script *script, nt_error *err);
void nt_reading_begin(nt_reading *reading, const nt_host *client, const nt_host *server,
                      nt_chance *chance);
/* The next message into *message and session->head; false at the end of the script. */
bool nt_reading_next(const nt_script *script, nt_reading *reading, nt_activity *activity,
                     nt_tcp_session *session, nt_tcp_message *message);

#endif
