#include "conformance/judge/value_power.hpp"

#include "conformance/judge/clipping_acceptance.hpp"
#include "conformance/judge/power_distances.hpp"
#include "conformance/subject/clip_request.hpp"

namespace plumbline::conformance {
namespace {

template <class Format>
Allowed<Format> allowed(const ScheduleCase& test_case, const Dialect& dialect) {
  Allowed<Format> result;
  for (const auto& rate : test_case.schedule->values<Rounded<Format>>(
           test_case.hyperparameters, dialect.choices, test_case.access, test_case.steps)) {
    result.push_back({{rate}});
  }
  return result;
}

/// One step, whose quantities are all elements.
template <class Format>
Allowed<Format> allowed(const ClippingCase& test_case, const Dialect& dialect) {
  std::vector<std::vector<Rounded<Format>>> elements;
  try {
    choices::for_each_outcome(most_clipping_outcomes, [&] {
      std::size_t place = 0;
      for (const auto& tensor :
           clipped<Rounded<Format>>(test_case, test_case.hyperparameters, dialect.choices)
               .gradients) {
        for (const auto& element : tensor) {
          if (place == elements.size()) elements.emplace_back();
          elements[place++].push_back(element);
        }
      }
    });
  } catch (const TooManyOutcomes&) {
    return {};
  }
  return {std::move(elements)};
}

bool can_be_put(const ScheduleCase&, const SubjectFormat&) {
  return true;
}
bool can_be_put(const ClippingCase& test_case, const SubjectFormat& format) {
  return fits(test_case, format);
}

bool has_place(const ScheduleCase& test_case, const Dialect& dialect) {
  return applies(test_case, dialect);
}
bool has_place(const ClippingCase& test_case, const Dialect& dialect) {
  return has_place_for(dialect, test_case.clipping->hyperparameters, test_case.hyperparameters);
}

template <class TestCase>
std::vector<PairPower> table(const std::vector<TestCase>& cases, std::span<const Dialect> dialects,
                             const SubjectFormat& format) {
  std::vector<PairPower> pairs = all_pairs(dialects, cases.size());
  with_arithmetic(format.arithmetic, [&]<class Format>() {
    for (std::size_t index = 0; index < cases.size(); ++index) {
      if (!can_be_put(cases[index], format)) continue;
      std::vector<std::optional<Allowed<Format>>> by_dialect;
      for (const Dialect& dialect : dialects) {
        by_dialect.emplace_back();
        if (has_place(cases[index], dialect)) {
          by_dialect.back() = allowed<Format>(cases[index], dialect);
        }
      }
      add_pairs(by_dialect, pairs, index);
    }
  });
  return pairs;
}

}  // namespace

std::vector<PairPower> power_table(const std::vector<ScheduleCase>& cases, const Schedule& schedule,
                                   const SubjectFormat& format) {
  return table(cases, schedule.dialects, format);
}

std::vector<PairPower> power_table(const std::vector<ClippingCase>& cases, const Clipping& clipping,
                                   const SubjectFormat& format) {
  return table(cases, clipping.dialects, format);
}

}  // namespace plumbline::conformance
