#include "panels.h"

#include <ATen/Version.h>

namespace qa {

PanelRegisters panelRegisters() {
#if defined(__x86_64__) && defined(__GNUC__)
  static const auto registers = [] {
    const auto capability = at::get_cpu_capability();
    if (capability == "AVX2") return PanelRegisters::kAvx2;
    // Those of other makers were not measured.
    const auto isWide = capability == "AVX512" && __builtin_cpu_is("amd") && __builtin_cpu_supports("avx512bf16");
    return isWide ? PanelRegisters::kAvx512 : PanelRegisters::kNone;
  }();
  return registers;
#else
  return PanelRegisters::kNone;
#endif
}

bool multipliesInPanels(c10::ScalarType type) {
  const auto registers = panelRegisters();
  return type == c10::kFloat ? registers != PanelRegisters::kNone : type == c10::kBFloat16 && registers == PanelRegisters::kAvx512;
}

}  // namespace qa
