/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay FOLDER: runs a fuzz target once over every file of a folder, in place of libFuzzer. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *folder, const char *name) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *f = fopen(path, "rb");
  if (!f || fseek(f, 0, SEEK_END) != 0) return 0;
  size_t size = (size_t)ftell(f);
  rewind(f);
  uint8_t *data = malloc(size + !size); /* exact size: sanitizers see reads beyond it */
  int good = data && fread(data, 1, size, f) == size;
  fclose(f);
  if (good) LLVMFuzzerTestOneInput(data, size);
  free(data);
  return good;
}

int main(int argc, char **argv) {
  DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
  if (!folder) return fprintf(stderr, "usage: %s FOLDER\n", argv[0]), 2;
  int files = 0, unread = 0;
  for (struct dirent *entry; (entry = readdir(folder));) {
    if (entry->d_name[0] == '.') continue;
    files++;
    unread += !replay(argv[1], entry->d_name);
  }
  closedir(folder);
  printf("%d files, %d unread\n", files, unread);
  return files == 0 || unread > 0;
}
