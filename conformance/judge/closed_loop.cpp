#include "conformance/judge/closed_loop.hpp"

namespace plumbline::conformance {

CaseParameter flat_point(const Case& test_case) {
  if (test_case.parameters.size() == 1) return test_case.parameters.front();
  CaseParameter point{.name = "point", .shape = {}, .initial = {}};
  for (const CaseParameter& parameter : test_case.parameters) {
    point.initial.insert(point.initial.end(), parameter.initial.begin(), parameter.initial.end());
  }
  point.shape = {static_cast<long>(point.initial.size())};
  return point;
}

}  // namespace plumbline::conformance
