/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "eve_record.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void nt_eve_record_time(int64_t seconds, uint32_t nanoseconds, char *text) {
  static const char epoch[] = "1970-01-01T00:00:00"; /* of times that no calendar has */
  time_t when = (time_t)seconds;
  struct tm tm;
  char date[32];
  if (seconds > INT64_C(253402300799) || !gmtime_r(&when, &tm) ||
      !strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &tm) || strlen(date) != sizeof epoch - 1)
    memcpy(date, epoch, sizeof epoch);
  snprintf(text, NT_EVE_RECORD_TIME, "%s.%06" PRIu32 "+0000", date, nanoseconds / 1000 % 1000000);
}

/* Suricata has IANA's names of those that it decodes, and three digits of others. */
static void protocol_text(uint8_t protocol, char *text, size_t size) {
  static const struct {
    uint8_t protocol;
    const char *name;
  } known[] = {{1, "ICMP"}, {2, "IGMP"}, {6, "TCP"},        {17, "UDP"},  {47, "GRE"},
               {50, "ESP"}, {51, "AH"},  {58, "IPv6-ICMP"}, {132, "SCTP"}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (known[i].protocol == protocol) {
      snprintf(text, size, "%s", known[i].name);
      return;
    }
  snprintf(text, size, "%03u", protocol);
}

static int put(json_t *object, const char *name, json_t *value) { /* takes value over */
  return json_object_set_new(object, name, value);
}

static int put_text(json_t *object, const char *name, const char *text) {
  return text ? put(object, name, json_string(text)) : 0;
}

static int put_flow(json_t *object, const nt_tuple *flow) {
  char text[NT_ENDPOINT], protocol[16];
  bool icmp = flow->protocol == 1 || flow->protocol == 58, ports = flow->has_ports && !icmp;
  int bad = 0;
  if (!flow->version) return 0;
  nt_address_text(flow, false, text);
  bad |= put_text(object, "src_ip", text);
  if (ports) bad |= put(object, "src_port", json_integer(flow->src_port));
  nt_address_text(flow, true, text);
  bad |= put_text(object, "dest_ip", text);
  if (ports) bad |= put(object, "dest_port", json_integer(flow->dst_port));
  protocol_text(flow->protocol, protocol, sizeof protocol);
  bad |= put_text(object, "proto", protocol);
  if (flow->has_ports && icmp) {
    bad |= put(object, "icmp_type", json_integer(flow->src_port));
    bad |= put(object, "icmp_code", json_integer(flow->dst_port));
  }
  nt_community_id(flow, 0, text);
  return bad | put_text(object, "community_id", text);
}

static int put_anomaly(json_t *object, const nt_eve_record *r) {
  json_t *anomaly = json_object();
  int bad = put_text(anomaly, "type", r->anomaly.type);
  bad |= put_text(anomaly, "event", r->anomaly.event);
  bad |= put_text(anomaly, "layer", r->anomaly.layer);
  return bad | put(object, "anomaly", anomaly);
}

/* Each name has a list of values, as in the metadata of a rule. */
static int put_metadata(json_t *alert, const nt_eve_record *r) {
  json_t *metadata = json_object();
  int bad = 0;
  for (size_t i = 0; i < r->alert.metadata_count; i++) {
    const nt_eve_pair *pair = &r->alert.metadata[i];
    if (!json_object_get(metadata, pair->name)) bad |= put(metadata, pair->name, json_array());
    bad |= json_array_append_new(json_object_get(metadata, pair->name), json_string(pair->value));
  }
  return bad | put(alert, "metadata", metadata);
}

static int put_alert(json_t *object, const nt_eve_record *r) {
  json_t *alert = json_object();
  int bad = put_text(alert, "action", "allowed");
  bad |= put(alert, "gid", json_integer(1));
  bad |= put(alert, "signature_id", json_integer(r->alert.signature_id));
  bad |= put(alert, "rev", json_integer(1));
  bad |= put_text(alert, "signature", r->alert.signature);
  bad |= put_text(alert, "category", r->alert.category);
  if (r->alert.severity) bad |= put(alert, "severity", json_integer(r->alert.severity));
  if (r->alert.metadata_count) bad |= put_metadata(alert, r);
  return bad | put(object, "alert", alert);
}

static int put_members(json_t *object, const nt_eve_record *r) {
  char when[NT_EVE_RECORD_TIME];
  bool alert = r->kind == NT_EVE_ALERT;
  nt_eve_record_time(r->seconds, r->nanoseconds, when);
  int bad = put_text(object, "timestamp", when);
  if (r->flow.version)
    bad |= put(object, "flow_id", json_integer((json_int_t)nt_flow_id(&r->flow)));
  if (r->packet) bad |= put(object, "pcap_cnt", json_integer((json_int_t)r->packet));
  bad |= put_text(object, "event_type", alert ? "alert" : "anomaly");
  bad |= put_flow(object, &r->flow);
  bad |= put_text(object, "app_proto", r->app_proto);
  bad |= put_text(object, "pcap_filename", r->capture);
  return bad | (alert ? put_alert(object, r) : put_anomaly(object, r));
}

nt_status nt_eve_record_write(const nt_eve_record *record, FILE *to, nt_error *err) {
  json_t *object = json_object();
  int bad = object ? put_members(object, record) : 0;
  char *text = object && !bad ? json_dumps(object, JSON_COMPACT) : NULL;
  json_decref(object);
  if (bad)
    return nt_fail(err, NT_E_ARGUMENT, "EVE record of packet %" PRIu64 ": a text is not UTF-8",
                   record->packet);
  if (!text) return nt_fail(err, NT_E_MEMORY, "out of memory for an EVE record");
  fprintf(to, "%s\n", text);
  free(text);
  return NT_OK;
}
