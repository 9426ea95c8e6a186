#include "panel-target.h"

#define QA_TARGET QA_FOR("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx2,fma")

#include "panel-kernel.h"
#include "panel-packing.h"

namespace qa {

QA_PACK(Avx512Panels, float);
QA_PACK(Avx512PairPanels, uint16_t);
QA_MULTIPLY_PANEL(Avx512Panels, float);
QA_MULTIPLY_PANEL(Avx512PairPanels, float);
QA_MULTIPLY_PANEL(Avx512PairPanels, uint16_t);

}  // namespace qa
