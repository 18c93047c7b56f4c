// Golden files of what has no state: schedules, clipping and initializations.
#include <fmt/format.h>

#include "conformance/cases/clipping_case.hpp"
#include "conformance/cases/initialization_case.hpp"
#include "conformance/cases/schedule_case.hpp"
#include "conformance/golden/case_text.hpp"

namespace plumbline::conformance {
namespace {

using nlohmann::ordered_json;

ordered_json schedule_values(const ScheduleCase& test_case, const Dialect& dialect,
                             const std::string& id, GoldenCounts& counts) {
  const Schedule& schedule = *test_case.schedule;
  const auto certified = schedule.values<Certified>(test_case.hyperparameters, dialect.choices,
                                                    test_case.access, test_case.steps);
  ordered_json result{{"values", ordered_json::array()}, {"radius", ordered_json::object()}};
  for (std::size_t index = 0; index < certified.size(); ++index) {
    result["values"].push_back(certified_text(
        certified[index], fmt::format("{}, step {}", id, test_case.steps[index]), counts));
  }
  const auto add_radii = [&]<class Format>() {
    const auto intervals = schedule.values<Rounded<Format>>(
        test_case.hyperparameters, dialect.choices, test_case.access, test_case.steps);
    auto& list = result["radius"][std::string(Format::description.name)];
    for (std::size_t index = 0; index < intervals.size(); ++index) {
      list.push_back(radius_text(intervals[index], certified[index]));
    }
  };
  add_radii.template operator()<Binary64>();
  add_radii.template operator()<Binary32>();
  return result;
}

ordered_json clipped_values(const ClippingCase& test_case, const Dialect& dialect,
                            const std::string& id, GoldenCounts& counts) {
  const auto certified = clipped<Certified>(test_case, test_case.hyperparameters, dialect.choices);
  ordered_json result{{"clipped", ordered_json::array()}};
  for (std::size_t tensor = 0; tensor < certified.gradients.size(); ++tensor) {
    ordered_json list = ordered_json::array();
    for (std::size_t element = 0; element < certified.gradients[tensor].size(); ++element) {
      list.push_back(certified_text(certified.gradients[tensor][element],
                                    fmt::format("{}, g{}[{}]", id, tensor, element), counts));
    }
    result["clipped"].push_back(std::move(list));
  }
  if (certified.norm) result["norm"] = certified_text(*certified.norm, id + ", norm", counts);
  result["radius"] = ordered_json::object();
  const auto add_radii = [&]<class Format>() {
    const auto intervals =
        clipped<Rounded<Format>>(test_case, test_case.hyperparameters, dialect.choices);
    ordered_json all = ordered_json::array();
    for (std::size_t tensor = 0; tensor < intervals.gradients.size(); ++tensor) {
      ordered_json list = ordered_json::array();
      for (std::size_t element = 0; element < intervals.gradients[tensor].size(); ++element) {
        list.push_back(radius_text(intervals.gradients[tensor][element],
                                   certified.gradients[tensor][element]));
      }
      all.push_back(std::move(list));
    }
    result["radius"][std::string(Format::description.name)] = std::move(all);
  };
  add_radii.template operator()<Binary64>();
  add_radii.template operator()<Binary32>();
  add_radii.template operator()<BFloat16>();
  return result;
}

ordered_json tensors_in_full(const std::vector<Shape>& shapes,
                             const std::vector<std::vector<double>>& tensors) {
  ordered_json list = ordered_json::array();
  for (std::size_t index = 0; index < tensors.size(); ++index) {
    list.push_back({{"shape", shapes[index]}, {"values", exact_list(tensors[index])}});
  }
  return list;
}

ordered_json law_of(const InitializationCase& test_case, const Dialect& dialect,
                    const std::string& id, GoldenCounts& counts) {
  const auto law = test_case.initialization->certified_law(test_case.hyperparameters,
                                                           dialect.choices, test_case.shape);
  ordered_json result{{"family", name_of(law.family)}};
  const auto put = [&](const char* quantity, const Certified& value) {
    result[quantity] = certified_text(value, fmt::format("{}, {}", id, quantity), counts);
  };
  if (law.family != Family::uniform) put("deviation", law.deviation);
  if (law.family != Family::normal) put("bound", law.bound);
  put("variance", law.variance);
  return result;
}

}  // namespace

GoldenFile golden_schedule(const Schedule& schedule) {
  GoldenFile file{
      .path = fmt::format("schedules/{}.json", schedule.name), .text = {}, .counts = {}};
  ordered_json content = heading(schedule, "schedule");
  for (const Dialect& dialect : schedule.dialects) {
    for (const ScheduleCase& test_case : schedule_cases_for(schedule)) {
      if (!test_case.golden || !applies(test_case, dialect)) continue;
      ordered_json entry = case_heading(schedule, dialect, test_case);
      entry["hyperparameters"] =
          hyperparameter_texts(schedule.hyperparameters, test_case.hyperparameters);
      entry["steps"] = test_case.steps;
      const std::string id = entry["id"];
      entry.update(certified_part(id, file.counts, [&](GoldenCounts& counts) {
        return schedule_values(test_case, dialect, id, counts);
      }));
      content["cases"].push_back(std::move(entry));
    }
  }
  file.text = readable_json(content);
  return file;
}

GoldenFile golden_clipping(const Clipping& clipping) {
  GoldenFile file{.path = fmt::format("clipping/{}.json", clipping.name), .text = {}, .counts = {}};
  ordered_json content = heading(clipping, "clipping");
  for (const Dialect& dialect : clipping.dialects) {
    for (const ClippingCase& test_case : clipping_cases_for(clipping, 1)) {
      if (!test_case.is_golden_in(dialect)) continue;
      ordered_json entry = case_heading(clipping, dialect, test_case);
      entry["hyperparameters"] =
          hyperparameter_texts(clipping.hyperparameters, test_case.hyperparameters);
      entry["gradients"] = tensors_in_full(test_case.shapes, test_case.gradients);
      if (clipping.wants_parameters) {
        entry["parameters"] = tensors_in_full(test_case.shapes, test_case.parameters);
      }
      const std::string id = entry["id"];
      entry.update(certified_part(id, file.counts, [&](GoldenCounts& counts) {
        return clipped_values(test_case, dialect, id, counts);
      }));
      content["cases"].push_back(std::move(entry));
    }
  }
  file.text = readable_json(content);
  return file;
}

GoldenFile golden_initialization(const Initialization& initialization) {
  GoldenFile file{
      .path = fmt::format("initialization/{}.json", initialization.name), .text = {}, .counts = {}};
  ordered_json content = heading(initialization, "initialization");
  for (const Dialect& dialect : initialization.dialects) {
    for (const InitializationCase& test_case : initialization_cases_for(initialization, 1)) {
      // A law does not depend on the seed.
      if (test_case.seed == 0 || !applies(test_case, dialect)) continue;
      ordered_json entry = case_heading(initialization, dialect, test_case);
      entry["hyperparameters"] =
          hyperparameter_texts(initialization.hyperparameters, test_case.hyperparameters);
      entry["shape"] = test_case.shape;
      const std::string id = entry["id"];
      entry.update(certified_part(id, file.counts, [&](GoldenCounts& counts) {
        return law_of(test_case, dialect, id, counts);
      }));
      content["cases"].push_back(std::move(entry));
    }
  }
  file.text = readable_json(content);
  return file;
}

}  // namespace plumbline::conformance
