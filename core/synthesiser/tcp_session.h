/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A TCP connection as a mirror port sees it: handshake with the stacks' options, messages of either
 * side cut into segments, a congestion window, acknowledgements (every second segment, or after
 * 40 ms), losses, and an end by FIN or RST. Losses lie between the sender and the mirror port: the
 * port sees the hole, duplicate ACKs with SACK, then the fast retransmission or, after the timeout,
 * the slow one.
 *
 * Messages are half-duplex: the owner hands out one after the other, and the side that speaks next
 * has heard all before. One session sends one frame a step. RFC 9293, 5681, 2018, 7323, 6298.
 */
#ifndef NT_SYNTHESISER_TCP_SESSION_H
#define NT_SYNTHESISER_TCP_SESSION_H

#include "engine.h"

enum { NT_TCP_HEAD = 4096, NT_TCP_ACKS = 64 };

typedef enum nt_tcp_body { NT_BODY_RANDOM, NT_BODY_TEXT, NT_BODY_TLS } nt_tcp_body;
typedef enum nt_tcp_end { NT_END_CLIENT, NT_END_SERVER, NT_END_RESET, NT_END_OPEN } nt_tcp_end;

/* What one side says: `head` of the session, then a body out of the engine's pool. */
typedef struct nt_tcp_message {
  int sender;       /* 0 client, 1 server */
  int64_t think;    /* ns between hearing the last message (or saying it) and this one */
  uint32_t head;    /* bytes of nt_tcp_session.head */
  uint64_t body;    /* bytes that follow */
  uint32_t body_at; /* place in the pool */
  nt_tcp_body fill; /* TLS: application data records of 16 KiB */
} nt_tcp_message;

typedef struct nt_tcp_side {
  nt_host *host;
  uint16_t port, id;
  uint32_t next;  /* sequence number of the next byte to send */
  uint32_t echo;  /* last timestamp heard */
  uint32_t heard; /* segments taken: grows the advertised window */
} nt_tcp_side;

typedef struct nt_tcp_pending {
  int64_t at;
  uint32_t ack;
  uint8_t side;
  bool duplicate;
} nt_tcp_pending;

typedef struct nt_tcp_session nt_tcp_session;
/* Fills *message (and session->head); false: no more, the session ends. */
typedef bool nt_tcp_next(nt_engine *engine, nt_activity *activity, nt_tcp_session *session,
                         nt_tcp_message *message);

struct nt_tcp_session {
  nt_tcp_next *next;
  nt_tcp_side side[2];
  int state;
  bool timestamps, sack, scaled;
  uint16_t mss;
  double loss; /* probability, of each data segment */
  nt_tcp_end end;
  nt_tcp_message message;
  uint64_t said; /* bytes of the message that were sent */
  int64_t at;    /* when the next segment may go */
  int64_t retransmit_at;
  uint32_t una;    /* first byte of the sender not yet acknowledged */
  uint32_t window; /* congestion window, segments */
  uint32_t max_window;
  bool lost;
  uint32_t lost_seq, lost_length, duplicates;
  uint64_t lost_said; /* place of the lost segment in the message */
  uint32_t unacked;   /* segments since the last acknowledgement was scheduled */
  nt_tcp_pending acks[NT_TCP_ACKS];
  uint32_t ack_first, ack_count;
  uint8_t head[NT_TCP_HEAD];
};

/* Prepares a connection; the SYN goes with the first step. established: it was there before the
 * trace. */
void nt_tcp_open(nt_engine *engine, nt_activity *activity, nt_tcp_session *session, nt_host *client,
                 nt_host *server, uint16_t server_port, bool established, nt_tcp_next *next);

/* One frame; the time of the next step, or NT_NEVER when the connection is over. */
int64_t nt_tcp_step(nt_engine *engine, nt_activity *activity, nt_tcp_session *session);

/* Options of a SYN or SYN-ACK into header->options. */
void nt_tcp_syn_options(nt_tcp_header *header, const nt_stack *stack, uint16_t mss, bool sack,
                        bool timestamps, bool scaled, uint32_t clock, uint32_t echo);

#endif
