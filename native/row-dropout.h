// A dropout of rows whose numbers are drawn.
#pragma once

#include <cstdint>

namespace qa {

/// `numbers` below `keep` stay, times `scale`. No numbers: no dropout.
struct RowDropout {
  const uint16_t* numbers;
  uint32_t keep;
  float scale;
};

}  // namespace qa
