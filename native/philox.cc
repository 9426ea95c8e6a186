#include "philox.h"

#include <array>
#include <cstring>

#include "vectorize.h"

namespace qa {
namespace {

constexpr int kLanes = kBlock / 8;

QA_VECTORIZE void philox(uint64_t key, uint64_t index, uint32_t* out) {
  uint32_t c0[kLanes], c1[kLanes], c2[kLanes], c3[kLanes];
  for (int i = 0; i < kLanes; ++i) {
    c0[i] = static_cast<uint32_t>(i);
    c1[i] = 0;
    c2[i] = static_cast<uint32_t>(index);
    c3[i] = static_cast<uint32_t>(index >> 32);
  }
  auto k0 = static_cast<uint32_t>(key), k1 = static_cast<uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < kLanes; ++i) {
      const auto a = uint64_t{0xD2511F53U} * c0[i], b = uint64_t{0xCD9E8D57U} * c2[i];
      c0[i] = static_cast<uint32_t>(b >> 32) ^ c1[i] ^ k0;
      c2[i] = static_cast<uint32_t>(a >> 32) ^ c3[i] ^ k1;
      c1[i] = static_cast<uint32_t>(b);
      c3[i] = static_cast<uint32_t>(a);
    }
    k0 += 0x9E3779B9U;
    k1 += 0xBB67AE85U;
  }
  for (int i = 0; i < kLanes; ++i) {
    out[i] = c0[i];
    out[kLanes + i] = c1[i];
    out[2 * kLanes + i] = c2[i];
    out[3 * kLanes + i] = c3[i];
  }
}

}  // namespace

void drawBlock(uint64_t key, uint64_t index, uint16_t* numbers) {
  std::array<uint32_t, kBlock / 2> words;
  philox(key, index, words.data());
  std::memcpy(numbers, words.data(), sizeof(words));
}

}  // namespace qa
