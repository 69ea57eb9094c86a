/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @defgroup api Annotations
 * What declarations of the public headers say beside their types. Compilers other than GCC and
 * clang see none of it.
 *
 * @since 0.2
 * @{
 */
#ifndef NINETAILS_API_H
#define NINETAILS_API_H

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
#endif
