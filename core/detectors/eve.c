/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "eve.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ground/content.h"

enum { CLASS_NONE, CLASS_OTHER, CLASS_TCP, CLASS_UDP, CLASS_ICMP, CLASS_ARP };
enum { LEVELS = 4 };

/* Compared as bytes: no padding, unused ones 0, the smaller end first. */
typedef struct end {
  uint8_t address[16];
  uint8_t port[2];
} end;

typedef struct flow {
  uint8_t class, family; /* family: bytes of an address */
  end ends[2];
} flow;
_Static_assert(sizeof(flow) == 38, "flows are compared as bytes");

typedef struct alert {
  flow flow;
  uint8_t level, used;
  int64_t time; /* microseconds */
} alert;

struct nt_eve {
  alert *alerts; /* sorted by flow, level and time */
  size_t capacity;
  nt_eve_counts counts;
};

/* ---------------------------------------------------------------- time */

/* `count` digits as a number, -1 where there is something else. */
static int digits(const char **text, int count) {
  int value = 0;
  for (int i = 0; i < count; i++, (*text)++) {
    if (**text < '0' || **text > '9') return -1;
    value = 10 * value + **text - '0';
  }
  return value;
}

static int skip(const char **text, char wanted) {
  if (**text != wanted) return 0;
  (*text)++;
  return 1;
}

/* Seconds east of UTC at the end of a time; 0: something else is there. */
static int parse_offset(const char *text, int *offset) {
  *offset = 0;
  if (*text == '\0' || strcmp(text, "Z") == 0) return 1;
  int sign = *text == '-' ? -1 : 1;
  if (*text != '-' && *text != '+') return 0;
  text++;
  int hours = digits(&text, 2);
  skip(&text, ':');
  int minutes = hours < 0 ? -1 : digits(&text, 2);
  *offset = sign * (3600 * hours + 60 * minutes);
  return hours >= 0 && hours < 24 && minutes >= 0 && minutes < 60 && *text == '\0';
}

int nt_eve_time(const char *text, int64_t *microseconds) {
  struct tm t = {0};
  int year = digits(&text, 4), offset;
  if (year < 0 || !skip(&text, '-') || (t.tm_mon = digits(&text, 2) - 1) < 0 || !skip(&text, '-') ||
      (t.tm_mday = digits(&text, 2)) < 1 || !skip(&text, 'T') ||
      (t.tm_hour = digits(&text, 2)) < 0 || !skip(&text, ':') ||
      (t.tm_min = digits(&text, 2)) < 0 || !skip(&text, ':') || (t.tm_sec = digits(&text, 2)) < 0)
    return 0;
  if (t.tm_mon > 11 || t.tm_mday > 31 || t.tm_hour > 23 || t.tm_min > 59 || t.tm_sec > 60) return 0;
  t.tm_year = year - 1900;
  int64_t fraction = 0;
  if (skip(&text, '.'))
    for (int64_t unit = 100000; *text >= '0' && *text <= '9'; text++, unit /= 10)
      fraction += unit * (*text - '0');
  if (!parse_offset(text, &offset)) return 0;
  *microseconds = ((int64_t)timegm(&t) - offset) * 1000000 + fraction;
  return 1;
}

/* ---------------------------------------------------------------- flows */

static int set_address(end *e, const uint8_t *address, size_t bytes) {
  memcpy(e->address, address, bytes);
  return (int)bytes;
}

static void set_port(end *e, unsigned port) {
  e->port[0] = (uint8_t)(port >> 8);
  e->port[1] = (uint8_t)port;
}

static void put_in_order(flow *f) {
  if (memcmp(&f->ends[0], &f->ends[1], sizeof(end)) <= 0) return;
  end first = f->ends[1];
  f->ends[1] = f->ends[0];
  f->ends[0] = first;
}

/* Of an ICMP error the record has the quoted packet's ports: it is ICMP all the same. */
static flow flow_of(const nt_packet *p) {
  flow f = {.class = CLASS_OTHER};
  if (p->present & NT_HAS_ICMP_TYPE)
    f.class = CLASS_ICMP;
  else if (p->present & NT_HAS_TCP)
    f.class = CLASS_TCP, set_port(&f.ends[0], p->tcp_src), set_port(&f.ends[1], p->tcp_dst);
  else if (p->present & NT_HAS_UDP)
    f.class = CLASS_UDP, set_port(&f.ends[0], p->udp_src), set_port(&f.ends[1], p->udp_dst);
  else if (p->present & NT_HAS_ARP_OPCODE)
    f.class = CLASS_ARP;
  if (p->present & NT_HAS_IP_SRC)
    f.family = 4, set_address(&f.ends[0], p->ip_src, 4), set_address(&f.ends[1], p->ip_dst, 4);
  else if (p->present & NT_HAS_IPV6_SRC)
    f.family = 16, set_address(&f.ends[0], p->ipv6_src, 16),
    set_address(&f.ends[1], p->ipv6_dst, 16);
  else if (p->present & NT_HAS_ARP_SRC_IP)
    f.family = 4, set_address(&f.ends[0], p->arp_src_ip, 4),
    set_address(&f.ends[1], p->arp_dst_ip, 4);
  put_in_order(&f);
  return f;
}

/* ---------------------------------------------------------------- alerts of JSON */

/* Bytes of the address, 0: none. */
static int parse_address(const char *text, end *e) {
  uint8_t address[16];
  if (inet_pton(AF_INET, text, address) == 1) return set_address(e, address, 4);
  if (inet_pton(AF_INET6, text, address) == 1) return set_address(e, address, 16);
  return 0;
}

static const char *text_of(const json_t *object, const char *key) {
  const char *text = json_string_value(json_object_get(object, key));
  return text ? text : "";
}

static int port_of(const json_t *object, const char *key, unsigned *port) {
  const json_t *value = json_object_get(object, key);
  json_int_t number = json_integer_value(value);
  if (!json_is_integer(value) || number < 0 || number > 65535) return 0;
  *port = (unsigned)number;
  return 1;
}

/* A TCP or UDP alert without ports is about packets that have none either: fragments, cut ones. */
static int flow_of_json(const json_t *object, flow *f) {
  const char *source = text_of(object, "src_ip"), *destination = text_of(object, "dest_ip");
  const char *protocol = text_of(object, "proto");
  unsigned from, to;
  *f = (flow){.class = CLASS_NONE};
  if (!*source && !*destination) return 1;
  int a = parse_address(source, &f->ends[0]), b = parse_address(destination, &f->ends[1]);
  if (a == 0 || a != b) return 0;
  f->family = (uint8_t)a;
  f->class = CLASS_OTHER;
  int tcp = strcmp(protocol, "TCP") == 0, udp = strcmp(protocol, "UDP") == 0;
  if ((tcp || udp) && port_of(object, "src_port", &from) && port_of(object, "dest_port", &to)) {
    f->class = tcp ? CLASS_TCP : CLASS_UDP;
    set_port(&f->ends[0], from);
    set_port(&f->ends[1], to);
  }
  if (strcmp(protocol, "ICMP") == 0) f->class = CLASS_ICMP;
  if (strcmp(protocol, "ARP") == 0) f->class = CLASS_ARP;
  put_in_order(f);
  return 1;
}

static uint8_t level_of_severity(json_int_t severity) {
  return (uint8_t)(severity < 1 || severity > LEVELS ? 1 : LEVELS + 1 - severity);
}

/* 1: an alert; 0: something else; -1: broken. */
static int alert_of(const json_t *object, alert *a) {
  if (!json_is_object(object)) return -1;
  if (strcmp(text_of(object, "event_type"), "alert") != 0) return 0;
  const json_t *what = json_object_get(object, "alert");
  const json_t *severity = json_object_get(what, "severity");
  if (!json_is_integer(severity)) return -1;
  a->level = level_of_severity(json_integer_value(severity));
  a->used = 0;
  if (!nt_eve_time(text_of(object, "timestamp"), &a->time) || !flow_of_json(object, &a->flow))
    return -1;
  return 1;
}

/* ---------------------------------------------------------------- the file */

static nt_status add(nt_eve *e, const alert *a, nt_error *err) {
  if (e->counts.alerts == NT_EVE_ALERTS)
    return nt_fail(err, NT_E_LIMIT, "more than %zu alerts", NT_EVE_ALERTS);
  if (e->counts.alerts == e->capacity) {
    size_t capacity = 2 * e->capacity + 256;
    alert *grown = realloc(e->alerts, capacity * sizeof *grown);
    if (!grown) return nt_fail(err, NT_E_MEMORY, "out of memory for %zu alerts", capacity);
    e->alerts = grown;
    e->capacity = capacity;
  }
  e->alerts[e->counts.alerts++] = *a;
  return NT_OK;
}

static nt_status take_line(nt_eve *e, const char *line, size_t length, nt_error *err) {
  while (length > 0 && (line[length - 1] == '\r' || line[length - 1] == ' ')) length--;
  if (length == 0) return NT_OK;
  alert a = {0};
  json_t *object = json_loadb(line, length, 0, NULL);
  int kind = alert_of(object, &a);
  json_decref(object);
  e->counts.lines++;
  if (kind < 0) e->counts.broken++;
  return kind > 0 ? add(e, &a, err) : NT_OK;
}

/* Cuts the file into lines. `line` has room for NT_EVE_LINE bytes; of a longer one it has the
 * start, and its end is skipped, up to NT_EVE_LONGEST. */
typedef struct lines {
  char *line;
  size_t length, skipped; /* bytes */
  int too_long;
  uint64_t number; /* of the line, from 1 */
} lines;

static nt_status take_bytes(nt_eve *e, lines *l, const char *bytes, size_t count, nt_error *err) {
  nt_status status = NT_OK;
  while (count > 0 && status == NT_OK) {
    const char *newline = memchr(bytes, '\n', count);
    size_t part = newline ? (size_t)(newline - bytes) : count;
    if (part > NT_EVE_LINE - l->length) l->too_long = 1;
    if (!l->too_long)
      memcpy(l->line + l->length, bytes, part), l->length += part;
    else if ((l->skipped += part) > NT_EVE_LONGEST - NT_EVE_LINE)
      return nt_fail(err, NT_E_LIMIT,
                     "line %" PRIu64 " has more than %zu bytes: expected an eve.json, one object a "
                     "line",
                     l->number, NT_EVE_LONGEST);
    bytes += part;
    count -= part;
    if (!newline) break;
    bytes++, count--;
    if (l->too_long)
      e->counts.lines++, e->counts.broken++;
    else
      status = take_line(e, l->line, l->length, err);
    l->length = l->skipped = 0;
    l->too_long = 0;
    l->number++;
  }
  return status;
}

static int compare_alerts(const void *x, const void *y) {
  const alert *a = x, *b = y;
  int order = memcmp(&a->flow, &b->flow, sizeof a->flow);
  if (order == 0) order = (a->level > b->level) - (a->level < b->level);
  return order ? order : (a->time > b->time) - (a->time < b->time);
}

static nt_status read_all(nt_eve *e, const char *path, nt_error *err) {
  enum { PART = 1 << 16 };
  nt_content *content = nt_content_open(path, NULL, err);
  if (!content) return err ? err->status : NT_E_IO;
  lines l = {.line = malloc(NT_EVE_LINE), .number = 1};
  char *bytes = malloc(PART);
  size_t got = PART;
  nt_status status = l.line && bytes ? NT_OK : nt_fail(err, NT_E_MEMORY, "out of memory to read");
  while (status == NT_OK && got == PART) {
    status = nt_content_read(content, bytes, PART, &got, err);
    if (status == NT_OK) status = take_bytes(e, &l, bytes, got, err);
  }
  if (status == NT_OK) status = take_bytes(e, &l, "\n", 1, err);
  free(l.line);
  free(bytes);
  nt_content_close(content);
  return status;
}

nt_eve *nt_eve_read(const char *path, nt_error *err) {
  nt_eve *e = calloc(1, sizeof *e);
  if (!e) {
    nt_fail(err, NT_E_MEMORY, "%s: out of memory", path);
    return NULL;
  }
  nt_error inner = {0};
  nt_status status = read_all(e, path, &inner);
  if (status == NT_OK) {
    if (e->counts.alerts) qsort(e->alerts, e->counts.alerts, sizeof(alert), compare_alerts);
    return e;
  }
  int named = strncmp(inner.text, path, strlen(path)) == 0;
  nt_fail(err, status, "%s%s%s", named ? "" : path, named ? "" : ": ", inner.text);
  nt_eve_free(e);
  return NULL;
}

void nt_eve_free(nt_eve *e) {
  if (!e) return;
  free(e->alerts);
  free(e);
}

nt_eve_counts nt_eve_count(const nt_eve *e) {
  nt_eve_counts counts = e->counts;
  counts.used = 0;
  for (size_t i = 0; i < counts.alerts; i++) counts.used += e->alerts[i].used;
  return counts;
}

/* ---------------------------------------------------------------- packets */

/* The last alert that is not above the wanted one, NULL: none. */
static alert *last_upto(nt_eve *e, const alert *wanted) {
  size_t low = 0, high = e->counts.alerts;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (compare_alerts(&e->alerts[middle], wanted) <= 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low > 0 ? &e->alerts[low - 1] : NULL;
}

/* Marks the alerts of that flow and level from `from` to `to`; returns whether there are any. Those
 * before an alert that is marked already, are: packets come in order, nearly. */
static int mark(nt_eve *e, const flow *f, int level, int64_t from, int64_t to) {
  alert wanted = {.flow = *f, .level = (uint8_t)level, .time = to};
  alert *a = last_upto(e, &wanted);
  int found = 0;
  for (; a && a >= e->alerts && a->level == level && memcmp(&a->flow, f, sizeof *f) == 0 &&
         a->time >= from;
       a--) {
    found = 1;
    if (a->used) break;
    a->used = 1;
  }
  return found;
}

int nt_eve_level(nt_eve *e, const nt_packet *packet, double window) {
  static const flow none = {.class = CLASS_NONE};
  double at = packet->time * 1e6;
  if (!(fabs(at) < 0x1p62)) return 0;
  int64_t time = llround(at), from = time - (int64_t)fmin(window * 1e6, 0x1p62 - 1);
  flow f = flow_of(packet);
  int most = 0;
  for (int level = LEVELS; level >= 1; level--) {
    int found =
        (f.family > 0 && mark(e, &f, level, from, time)) | mark(e, &none, level, time, time);
    if (found && level > most) most = level;
  }
  return most;
}
