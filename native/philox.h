// Random bits by counter: any block can be drawn at any time, by any thread, so that a mask costs no memory between
// forward and backward, and does not depend on the number of threads.
#pragma once

#include <cstdint>

namespace qa {

/// Numbers of one block.
constexpr int64_t kBlock = 512;

/// Draws block `index` of the stream `key`: uniform 16-bit numbers. Philox4x32-10 (Salmon et al. 2011) on 64 counters.
void drawBlock(uint64_t key, uint64_t index, uint16_t* numbers);

}  // namespace qa
