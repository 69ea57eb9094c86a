/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The libraries below this one: part of every file's provenance. */
#include <archive.h>
#include <gsl/gsl_version.h>
#include <openssl/crypto.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include <ninetails/platform.h>

#include "store/output/store.h"

/* "OpenSSL 3.0.22 1 Jan 2026" -> "3.0.22"; "libarchive 3.6.2" -> "3.6.2": from the first digit to
 * the next blank. */
static void put_digits(const char *text, char *to, size_t size) {
  text += strcspn(text, "0123456789");
  snprintf(to, size, "%.*s", (int)strcspn(text, " ,("), text);
}

static void hdf5_version(char *text, size_t size) {
  nt_store_library(text, size);
}
static void pcap_version(char *text, size_t size) {
  put_digits(pcap_lib_version(), text, size);
}
static void archive_version(char *text, size_t size) {
  put_digits(archive_version_string(), text, size);
}
static void gsl_library_version(char *text, size_t size) {
  put_digits(gsl_version, text, size);
}
static void openssl_version(char *text, size_t size) {
  put_digits(OpenSSL_version(OPENSSL_VERSION), text, size);
}
static void xxhash_version(char *text, size_t size) {
  unsigned number = XXH_versionNumber(); /* 801 for 0.8.1 */
  snprintf(text, size, "%u.%u.%u", number / 10000, number / 100 % 100, number % 100);
}

size_t nt_libraries(nt_library *libraries, size_t max) {
  static const struct {
    const char *name;
    void (*version)(char *text, size_t size);
  } known[] = {{"HDF5", hdf5_version},          {"libpcap", pcap_version},
               {"libarchive", archive_version}, {"GSL", gsl_library_version},
               {"xxHash", xxhash_version},      {"OpenSSL", openssl_version}};
  size_t count = sizeof known / sizeof *known;
  for (size_t i = 0; i < count && i < max; i++) {
    libraries[i].name = known[i].name;
    known[i].version(libraries[i].version, sizeof libraries[i].version);
  }
  return count;
}
