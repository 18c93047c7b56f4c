// Power of cases that have no state: schedules and clipping.
#pragma once

#include "conformance/cases/clipping_case.hpp"
#include "conformance/cases/schedule_case.hpp"
#include "conformance/judge/power.hpp"

namespace plumbline::conformance {

/// As power_table of a rule: every pair of dialects.
std::vector<PairPower> power_table(const std::vector<ScheduleCase>& cases, const Schedule& schedule,
                                   const SubjectFormat& format);
std::vector<PairPower> power_table(const std::vector<ClippingCase>& cases, const Clipping& clipping,
                                   const SubjectFormat& format);

}  // namespace plumbline::conformance
