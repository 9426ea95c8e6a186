#include "panel-target.h"

#define QA_TARGET QA_FOR("avx2,fma")

#include "panel-kernel.h"
#include "panel-packing.h"

namespace qa {

QA_PACK(Avx2Panels, float);
QA_PACK(Avx2Panels, uint16_t);
QA_MULTIPLY_PANEL(Avx2Panels, float);
QA_MULTIPLY_PANEL(Avx2Panels, uint16_t);

}  // namespace qa
