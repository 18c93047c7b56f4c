// The table of power: pair of dialects x case -> radii.
#include <fmt/format.h>

#include <cstdlib>

#include "conformance/golden/golden.hpp"
#include "conformance/judge/power.hpp"
#include "conformance/judge/value_power.hpp"
#include "reference/numbers/decimal_text.hpp"

namespace plumbline::conformance {
namespace {

/// Three digits are enough to see how far two dialects are apart.
std::string three_digits(double radii) {
  if (radii >= 1e300) return "Infinity";
  return shortest_decimal(std::strtod(fmt::format("{:.2e}", radii).c_str(), nullptr));
}

/// One entry of the catalogue: its cases, and its pairs of dialects in both formats.
nlohmann::ordered_json power_of(const char* kind, const auto& entry, const auto& cases) {
  using nlohmann::ordered_json;
  ordered_json table{{kind, entry.name}, {"cases", ordered_json::array()}};
  for (const auto& test_case : cases) table["cases"].push_back(test_case.id);
  table["pairs"] = ordered_json::array();
  for (const std::string_view format : {"binary64", "binary32"}) {
    for (const PairPower& pair : power_table(cases, entry, find_format(format).value())) {
      ordered_json radii = ordered_json::array();
      for (const auto& value : pair.by_case) {
        radii.push_back(value ? ordered_json(three_digits(*value)) : ordered_json());
      }
      const auto same = equivalents(entry.equivalences, pair.first);
      const bool proved = std::ranges::find(same, pair.second) != same.end();
      table["pairs"].push_back({{"first", pair.first},
                                {"second", pair.second},
                                {"format", format},
                                {"proved_equivalent", proved},
                                {"apart_by_hyperparameters", pair.apart_by_hyperparameters},
                                {"best", three_digits(pair.best())},
                                {"radii", std::move(radii)}});
    }
  }
  return table;
}

}  // namespace

GoldenFile golden_power() {
  using nlohmann::ordered_json;
  ordered_json content{{"format", "plumbline-power/1"},
                       {"notes",
                        "how far apart two dialects are in each case, in acceptance "
                        "radii; null: one of them has no place for the case"},
                       {"rules", ordered_json::array()},
                       {"schedules", ordered_json::array()},
                       {"clippings", ordered_json::array()}};
  for (const Rule& rule : all_rules()) {
    content["rules"].push_back(power_of("rule", rule, cases_for(rule, 1)));
  }
  for (const Schedule& schedule : all_schedules()) {
    content["schedules"].push_back(power_of("schedule", schedule, schedule_cases_for(schedule)));
  }
  for (const Clipping& clipping : all_clippings()) {
    content["clippings"].push_back(power_of("clipping", clipping, clipping_cases_for(clipping, 1)));
  }
  return {"power.json", readable_json(content), {}};
}

}  // namespace plumbline::conformance
