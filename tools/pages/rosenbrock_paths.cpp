#include "tools/pages/rosenbrock_paths.hpp"

#include <cmath>

#include "reference/stepped_rule.hpp"

namespace plumbline::tools {
namespace {

using Number = Plain<Binary64>;

/// Below what the picture can show, in units of its axes.
constexpr double invisible = 0.008;
constexpr double half_of_fourth_decimal = 0.00005;

Setting method(std::string_view rule, NamedNumbers hyperparameters, long most_steps) {
  Setting setting{.problem = catalogue_problem("rosenbrock"),
                  .rule = std::string(rule),
                  .hyperparameters = std::move(hyperparameters),
                  .steps = most_steps};
  setting.problem.start = {-1, 1};
  return setting;
}

/// 1, 2, 5, 10, 20, 50, ...
bool is_round(long step) {
  while (step >= 10 && step % 10 == 0) step /= 10;
  return step == 1 || step == 2 || step == 5;
}

Path path_of(Setting setting) {
  const auto objective = setting.problem.catalogue->bind<Number>();
  const auto& start = setting.problem.start;
  SteppedRule<Number> stepped(setting.rule, setting.dialect, setting.hyperparameters,
                              {start.begin(), start.end()});
  const double x_least = setting.problem.minimizer[0].certified().midpoint();
  const double y_least = setting.problem.minimizer[1].certified().midpoint();

  Path path;
  path.title = setting.catalogue_rule().title;
  const auto here = [&](long step) {
    const auto& point = stepped.point();
    return PathPoint{step, point[0].value(), point[1].value(), objective->value(point).value()};
  };
  PathPoint now = here(0), drawn = now;
  path.points.push_back(now);
  while (path.steps < setting.steps && !path.arrived) {
    stepped.step(*objective);
    now = here(++path.steps);
    path.arrived = std::abs(now.x - x_least) < half_of_fourth_decimal &&
                   std::abs(now.y - y_least) < half_of_fourth_decimal;
    const bool moved =
        std::abs(now.x - drawn.x) >= invisible || std::abs(now.y - drawn.y) >= invisible;
    if (moved) drawn = now;
    if (moved || is_round(path.steps)) path.points.push_back(now);
  }
  if (path.points.back().step != now.step) path.points.push_back(now);
  path.setting = std::move(setting);
  return path;
}

}  // namespace

std::vector<Path> rosenbrock_paths() {
  return {path_of(method("gradient_descent", {{"learning_rate", 0.001}}, 50000)),
          path_of(method("momentum", {{"learning_rate", 0.001}, {"momentum", 0.9}}, 50000)),
          path_of(method("adam", {{"learning_rate", 0.05}}, 50000)),
          path_of(method("newton", {}, 50000))};
}

}  // namespace plumbline::tools
