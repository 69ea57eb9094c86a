/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @defgroup error Errors and annotations
 * How the core reports what went wrong.
 *
 * Nothing in core/ prints or exits. A function that can fail returns nt_status (or a NULL handle)
 * and fills an nt_error whose text names the thing, the value, and what was expected:
 *
 *     packet 17 at offset 1832: record claims 1400000000 bytes, at most 262144 expected
 *
 * `err` may be NULL everywhere: the caller then has the status alone. Texts have no final newline,
 * and no control characters but those between lines.
 *
 * @since 0.1
 * @{
 */
#ifndef NINETAILS_ERROR_H
#define NINETAILS_ERROR_H

/**
 * @name Annotations
 * What declarations of the public headers say beside their types. Compilers other than GCC and
 * clang see none of it.
 * @{
 */

#ifdef __cplusplus
#define NT_BEGIN_DECLS extern "C" {
#define NT_END_DECLS }
#else
#define NT_BEGIN_DECLS
#define NT_END_DECLS
#endif

#if defined(__GNUC__)
#define NT_API __attribute__((visibility("default"))) /**< exported by the shared library */
#define NT_MUST_CHECK                                                                              \
  __attribute__((warn_unused_result)) /**< a result that is dropped is a mistake */
#define NT_NONNULL(...) __attribute__((nonnull(__VA_ARGS__))) /**< these arguments are not NULL */
#define NT_PRINTF(text, first) __attribute__((format(printf, text, first))) /**< as printf's */
#else
#define NT_API
#define NT_MUST_CHECK
#define NT_NONNULL(...)
#define NT_PRINTF(text, first)
#endif

/** @} */

NT_BEGIN_DECLS

/** How a call ended. */
typedef enum nt_status {
  NT_OK = 0,
  NT_E_ARGUMENT, /**< the caller's mistake: a parameter lies outside its range (exit code 1) */
  NT_E_INPUT,    /**< bytes of an input are damaged or not of the expected form */
  NT_E_IO,       /**< the system refused: open, read, write, rename */
  NT_E_MEMORY,   /**< an allocation failed */
  NT_E_LIMIT,    /**< a stated bound would be exceeded */
  NT_E_STATE     /**< a call out of order */
} nt_status;

/** What went wrong: the status, and a text for people. */
typedef struct nt_error {
  nt_status status; /**< NT_OK: nothing yet */
  char text[512];   /**< one line or more, without a final newline */
} nt_error;

/** Fills err (where not NULL), cutting the text to fit, and returns status. */
NT_API nt_status nt_fail(nt_error *err, nt_status status, const char *format, ...) NT_PRINTF(3, 4);

/** Puts "prefix: " in front of the text that is already there; returns err->status. */
NT_API nt_status nt_fail_in(nt_error *err, const char *format, ...) NT_PRINTF(2, 3);

NT_END_DECLS
/** @} */
#endif
