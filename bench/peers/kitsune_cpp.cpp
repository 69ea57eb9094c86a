/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs a checkout of hborlik/Kitsune-cpp over the packets that `ninetails score` reads;
 * `ninetails bench run --peer kitsune-cpp=DIR` compiles it with the checkout's sources.
 *
 *     kitsune_cpp PACKETS.tsv FM_GRACE AD_GRACE M SCORES
 */
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "include/featureExtractor.h"
#include "include/kitNET.h"

int main(int argc, char **argv) {
  if (argc != 6) {
    fprintf(stderr, "usage: kitsune_cpp PACKETS.tsv FM_GRACE AD_GRACE M SCORES\n");
    return 1;
  }
  FE extractor(argv[1], PacketTSV);
  int width = extractor.getVectorSize();
  long fm = atol(argv[2]), ad = atol(argv[3]), packets = 0;
  KitNET kitnet(width, atoi(argv[4]), static_cast<int>(fm));
  std::vector<double> row(width);
  FILE *scores = fopen(argv[5], "w");
  if (!scores) return 2;
  while (extractor.nextVector(row.data())) {
    packets++;
    double score = packets <= fm + ad ? kitnet.train(row.data()) : kitnet.execute(row.data());
    fprintf(scores, "%.17g\n", score);
  }
  return fclose(scores) == 0 && packets > 0 ? 0 : 2;
}
