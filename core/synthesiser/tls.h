/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TLS handshake flights: records and handshake messages well formed, keys and ciphertexts random
 * bytes. */
#ifndef NT_SYNTHESISER_TLS_H
#define NT_SYNTHESISER_TLS_H

#include "chance.h"

extern const char *const nt_tls_flights[]; /* [0] "none"; ends with NULL */

/* Writes the flight into out (4096 bytes are enough for each); returns
 * its length. sni may be NULL. */
uint32_t nt_tls_flight(int which, const char *sni, nt_chance *chance, uint8_t *out);

#endif
