/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ninetails/error.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Values in texts may come from hostile files: what would steer a terminal becomes a question mark.
 * Lines of a traceback stay lines. */
static void disarm(char *text) {
  for (; *text; text++)
    if (((unsigned char)*text < 0x20 && *text != '\n' && *text != '\t') || *text == 0x7f)
      *text = '?';
}

nt_status nt_fail(nt_error *err, nt_status status, const char *format, ...) {
  if (err) {
    va_list args;
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    disarm(err->text);
    err->status = status;
  }
  return status;
}

nt_status nt_fail_in(nt_error *err, const char *format, ...) {
  if (!err) return NT_E_STATE;
  char text[sizeof err->text];
  va_list args;
  va_start(args, format);
  int used = vsnprintf(text, sizeof text, format, args);
  va_end(args);
  if (used >= 0 && (size_t)used < sizeof text)
    snprintf(text + used, sizeof text - (size_t)used, ": %.*s", (int)sizeof text - used, err->text);
  disarm(text);
  memcpy(err->text, text, sizeof text);
  return err->status;
}
