#include <fmt/format.h>

#include "conformance/cases/case.hpp"
#include "conformance/golden/case_text.hpp"
#include "conformance/judge/reenactment.hpp"
#include "reference/numbers/decimal_text.hpp"
#include "reference/state_in_use.hpp"

namespace plumbline::conformance {
namespace {

using nlohmann::ordered_json;

/// Certified values of one parameter at one checkpoint.
struct CertifiedPoint {
  std::vector<Certified> parameter;
  std::vector<std::vector<Certified>> state;  // by the rule's order
};

double rate_at(const Case& test_case, long step, double before) {
  return test_case.changes_rate(step) ? test_case.learning_rates[static_cast<std::size_t>(step - 1)]
                                      : before;
}

/// One parameter's certified trajectory, at the checkpoints.
std::vector<CertifiedPoint> certified_trajectory(const Case& test_case, std::size_t index,
                                                 const Dialect& dialect) {
  const CaseParameter& parameter = test_case.parameters[index];
  const auto update =
      test_case.rule->bind<Certified>(test_case.hyperparameters_of(parameter), dialect.choices);
  std::vector<Certified> values(parameter.initial.begin(), parameter.initial.end());
  SharedState<Certified> shared = update->start_shared(parameter.shape);
  StateTensors<Certified> state = update->start_state(values, shared);
  std::vector<CertifiedPoint> points;
  for (long step = 1; step <= test_case.steps(); ++step) {
    if (test_case.changes_rate(step)) update->set_learning_rate(rate_at(test_case, step, 0));
    if (const Gradient& gradient = test_case.gradients[static_cast<std::size_t>(step - 1)][index]) {
      const std::vector<Certified> exact(gradient->begin(), gradient->end());
      update->advance(shared);
      update->apply(values, exact, state, shared);
    }
    if (test_case.is_checkpoint(step)) {
      points.push_back({values, state});
    }
  }
  return points;
}

/// The radius that holds every branch that is open; none does where they were given up.
template <class Format>
std::string radius_of_all(const Piece<Format>& piece, std::size_t element,
                          const Certified& golden) {
  if (piece.worlds.empty()) return "Infinity";
  Rounded<Format> all = piece.worlds.front().parameter[element];
  for (const World<Format>& world : piece.worlds) all = hull(all, world.parameter[element]);
  return radius_text(all, golden);
}

/// The radii of one parameter about its certified values, at the checkpoints.
template <class Format>
std::vector<ordered_json> radii(const Case& test_case, std::size_t index, const Dialect& dialect,
                                const SubjectFormat& format,
                                const std::vector<CertifiedPoint>& points) {
  const CaseParameter& parameter = test_case.parameters[index];
  Reenactment<Format> reenactment(*test_case.rule, test_case.hyperparameters_of(parameter),
                                  dialect.choices, format, parameter);
  std::vector<ordered_json> result;
  for (long step = 1; step <= test_case.steps(); ++step) {
    if (test_case.changes_rate(step)) reenactment.set_learning_rate(rate_at(test_case, step, 0));
    if (const Gradient& gradient = test_case.gradients[static_cast<std::size_t>(step - 1)][index]) {
      reenactment.advance();
      reenactment.step(*gradient);
    }
    if (!test_case.is_checkpoint(step)) continue;
    ordered_json list = ordered_json::array();
    const std::vector<Certified>& certified = points[result.size()].parameter;
    for (const Piece<Format>& piece : reenactment.pieces()) {
      for (std::size_t i = 0; i < piece.size; ++i) {
        list.push_back(radius_of_all(piece, i, certified[piece.first + i]));
      }
    }
    result.push_back(std::move(list));
  }
  return result;
}

ordered_json checkpoints(const Case& test_case, const Dialect& dialect, const std::string& id,
                         GoldenCounts& counts) {
  const Rule& rule = *test_case.rule;
  ordered_json list = ordered_json::array();
  for (const long step : test_case.checkpoints) {
    list.push_back({{"step", step},
                    {"parameters", ordered_json::array()},
                    {"state", ordered_json::object()},
                    {"radius", ordered_json::object()}});
  }
  for (std::size_t index = 0; index < test_case.parameters.size(); ++index) {
    const CaseParameter& parameter = test_case.parameters[index];
    const auto points = certified_trajectory(test_case, index, dialect);
    for (std::size_t at = 0; at < points.size(); ++at) {
      const std::string place =
          fmt::format("{}, step {}, {}", id, test_case.checkpoints[at], parameter.name);
      list[at]["parameters"].push_back(certified_texts(points[at].parameter, place, counts));
      for (std::size_t tensor = 0; tensor < rule.state.size(); ++tensor) {
        // A tensor is written where any parameter has it; the others' is all zero there.
        const bool used = std::ranges::any_of(test_case.parameters, [&](const auto& other) {
          return in_use(rule, rule.state[tensor], test_case.hyperparameters_of(other),
                        dialect.choices, other.shape);
        });
        if (!used) continue;
        const std::string name(rule.state[tensor].name);
        list[at]["state"][name].push_back(
            certified_texts(points[at].state[tensor], fmt::format("{}.{}", place, name), counts));
      }
    }
    for (const std::string_view name : golden_formats) {
      const SubjectFormat format = find_format(name).value();
      const auto lists = with_arithmetic(format.arithmetic, [&]<class Format>() {
        return radii<Format>(test_case, index, dialect, format, points);
      });
      for (std::size_t at = 0; at < lists.size(); ++at) {
        list[at]["radius"][std::string(name)].push_back(lists[at]);
      }
    }
  }
  return list;
}

ordered_json case_json(const Case& test_case, const Dialect& dialect, GoldenCounts& counts) {
  const Rule& rule = *test_case.rule;
  ordered_json result = case_heading(rule, dialect, test_case);
  const std::string id = result["id"];
  result["hyperparameters"] = hyperparameter_texts(rule.hyperparameters, test_case.hyperparameters);
  for (const auto& group : test_case.groups) {
    result["groups"].push_back(
        {{"hyperparameters", hyperparameter_texts(rule.hyperparameters, group)}});
  }
  result["parameters"] = ordered_json::array();
  for (const CaseParameter& parameter : test_case.parameters) {
    ordered_json entry{{"name", parameter.name},
                       {"shape", parameter.shape},
                       {"initial", exact_list(parameter.initial)}};
    if (parameter.group) entry["group"] = *parameter.group;
    result["parameters"].push_back(std::move(entry));
  }
  result["gradients"] = ordered_json::array();
  for (const auto& step : test_case.gradients) {
    ordered_json gradients = ordered_json::array();
    for (const Gradient& gradient : step) {
      gradients.push_back(gradient ? exact_list(*gradient) : ordered_json());
    }
    result["gradients"].push_back(std::move(gradients));
  }
  if (!test_case.learning_rates.empty()) {
    result["learning_rates"] = ordered_json::array();
    double rate = test_case.hyperparameters[0];
    for (long step = 1; step <= test_case.steps(); ++step) {
      rate = rate_at(test_case, step, rate);
      result["learning_rates"].push_back(shortest_decimal(rate));
    }
  }
  result["checkpoints"] = certified_part(id, counts, [&](GoldenCounts& counted) {
    return checkpoints(test_case, dialect, id, counted);
  });
  return result;
}

}  // namespace

GoldenFile golden_rule(const Rule& rule) {
  GoldenFile file{.path = fmt::format("rules/{}.json", rule.name), .text = {}, .counts = {}};
  ordered_json content = heading(rule, "rule");
  const std::vector<Case> cases = cases_for(rule, 1);
  for (const Dialect& dialect : rule.dialects) {
    for (const Case& test_case : cases) {
      if (!test_case.golden || !applies(test_case, dialect)) continue;
      try {
        content["cases"].push_back(case_json(test_case, dialect, file.counts));
      } catch (const MaybeSingular&) {
        // A function of a singular matrix has no value to certify.
      }
    }
  }
  file.text = readable_json(content);
  return file;
}

}  // namespace plumbline::conformance
