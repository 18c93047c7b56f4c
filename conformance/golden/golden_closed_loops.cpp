// Golden files of closed loops: cases that run on an objective.

#include <fmt/format.h>

#include "conformance/golden/case_text.hpp"
#include "conformance/judge/closed_loop.hpp"
#include "reference/state_in_use.hpp"

namespace plumbline::conformance {
namespace {

using nlohmann::ordered_json;

/// Certified point and state after each checkpoint.
std::vector<std::pair<std::vector<Certified>, StateTensors<Certified>>> certified_loop(
    const Case& test_case, const Dialect& dialect) {
  const auto update = test_case.rule->bind<Certified>(test_case.hyperparameters, dialect.choices);
  const auto objective = test_case.objective->bind<Certified>();
  const CaseParameter start = flat_point(test_case);
  std::vector<Certified> point(start.initial.begin(), start.initial.end());
  SharedState<Certified> shared = update->start_shared(start.shape);
  shared.layers = layers_of(parameter_shapes(test_case));
  StateTensors<Certified> state = update->start_state(point, shared);
  std::vector<std::pair<std::vector<Certified>, StateTensors<Certified>>> points;
  for (long step = 1; step <= test_case.steps(); ++step) {
    const auto at = static_cast<std::size_t>(step - 1);
    if (test_case.changes_rate(step)) update->set_learning_rate(test_case.learning_rates[at]);
    std::vector<Certified> draws;
    if (at < test_case.draws.size()) {
      draws.assign(test_case.draws[at].begin(), test_case.draws[at].end());
    }
    const SharedState<Certified> before = shared;
    update->advance(shared);
    step_on<Certified>(*update, *objective, point, draws, state, before, shared);
    if (test_case.is_checkpoint(step)) points.emplace_back(point, state);
  }
  return points;
}

/// The values of all parameters, flat, as one list a parameter.
template <class List>
ordered_json by_parameter(const Case& test_case, const List& flat) {
  ordered_json tensors = ordered_json::array();
  std::size_t next = 0;
  for (const CaseParameter& parameter : test_case.parameters) {
    ordered_json values = ordered_json::array();
    for (std::size_t i = 0; i < parameter.initial.size(); ++i) values.push_back(flat[next++]);
    tensors.push_back(std::move(values));
  }
  return tensors;
}

template <class Format>
void add_radii(
    const Case& test_case, const Dialect& dialect,
    const std::vector<std::pair<std::vector<Certified>, StateTensors<Certified>>>& points,
    ordered_json& list) {
  ClosedLoop<Format> loop(test_case, test_case.hyperparameters, dialect.choices);
  const auto objective = test_case.objective->bind<Rounded<Format>>();
  std::size_t at = 0;
  for (long step = 1; step <= test_case.steps(); ++step) {
    if (!loop.step(*objective)) return;
    if (!test_case.is_checkpoint(step)) continue;
    std::vector<ordered_json> radii;
    for (std::size_t i = 0; i < points[at].first.size(); ++i) {
      radii.push_back(radius_text(loop.worlds().front().parameter[i], points[at].first[i]));
    }
    list[at]["radius"][std::string(Format::description.name)] = by_parameter(test_case, radii);
    ++at;
  }
}

/// The certified points of a loop, with the radii of the same loop in each format.
ordered_json objective_checkpoints(const Case& test_case, const Dialect& dialect,
                                   const std::string& id, GoldenCounts& counts) {
  const Rule& rule = *test_case.rule;
  const auto points = certified_loop(test_case, dialect);
  ordered_json list = ordered_json::array();
  for (std::size_t at = 0; at < points.size(); ++at) {
    const std::string place = fmt::format("{}, step {}", id, test_case.checkpoints[at]);
    ordered_json entry{
        {"step", test_case.checkpoints[at]},
        {"parameters", by_parameter(test_case, certified_texts(points[at].first, place, counts))},
        {"state", ordered_json::object()},
        {"radius", ordered_json::object()}};
    for (std::size_t tensor = 0; tensor < rule.state.size(); ++tensor) {
      const Shape shape = flat_point(test_case).shape;
      if (!in_use(rule, rule.state[tensor], test_case.hyperparameters, dialect.choices, shape)) {
        continue;
      }
      const std::string name(rule.state[tensor].name);
      entry["state"][name].push_back(
          certified_texts(points[at].second[tensor], place + "." + name, counts));
    }
    list.push_back(std::move(entry));
  }
  add_radii<Binary64>(test_case, dialect, points, list);
  add_radii<Binary32>(test_case, dialect, points, list);
  add_radii<BFloat16>(test_case, dialect, points, list);
  return list;
}

ordered_json closed_loop_json(const Case& test_case, const Dialect& dialect, GoldenCounts& counts) {
  const Rule& rule = *test_case.rule;
  ordered_json result = case_heading(rule, dialect, test_case);
  const std::string id = result["id"];
  result["objective"] = test_case.objective->name;
  result["hyperparameters"] = hyperparameter_texts(rule.hyperparameters, test_case.hyperparameters);
  result["parameters"] = ordered_json::array();
  result["steps"] = test_case.steps();
  for (const CaseParameter& parameter : test_case.parameters) {
    result["parameters"].push_back({{"name", parameter.name},
                                    {"shape", parameter.shape},
                                    {"initial", exact_list(parameter.initial)}});
  }
  for (const auto& draws : test_case.draws) result["draws"].push_back(exact_list(draws));
  result["checkpoints"] = certified_part(id, counts, [&](GoldenCounts& counted) {
    return objective_checkpoints(test_case, dialect, id, counted);
  });
  return result;
}

}  // namespace

GoldenFile golden_closed_loops(const Rule& rule) {
  GoldenFile file{.path = fmt::format("closed_loops/{}.json", rule.name), .text = {}, .counts = {}};
  ordered_json content = heading(rule, "rule");
  const std::vector<Case> cases =
      rule.unit == Unit::objective ? cases_for(rule, 1) : closed_loops_for(rule);
  for (const Dialect& dialect : rule.dialects) {
    for (const Case& test_case : cases) {
      if (!test_case.golden || !applies(test_case, dialect)) continue;
      try {
        content["cases"].push_back(closed_loop_json(test_case, dialect, file.counts));
      } catch (const MaybeDividedByZero&) {
        // Somewhere on its way it is 0/0, and rounding alone decides: nothing to certify.
      }
    }
  }
  file.text = readable_json(content);
  return file;
}

}  // namespace plumbline::conformance
