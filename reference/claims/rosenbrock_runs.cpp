// Rosenbrock's function from (-1, 1): how many steps it takes, counted on enclosures.
//
//   L(x, y) = (1 - x)^2 + 100 (y - x^2)^2
//
// "To (1, 1) to four decimal places" may be meant of each coordinate's rounding, of its error,
// or of the distance; all three are counted, at the first step after which they hold. Two other
// stops, on the loss, are shown beside them, though the sentence does not speak of the loss. The
// rules and the function are the catalogue's; every step is an interval that holds the exact
// point, and precision is raised until each comparison is decided, so that a count is a theorem.
// (Nothing contracts in intervals: a step costs about one bit.) Learning rates are the binary64
// numbers that programs have for them.
#include <array>
#include <map>

#include "reference/claims/documents.hpp"
#include "reference/claims/groups.hpp"
#include "reference/claims/readings.hpp"
#include "reference/stepped_rule.hpp"

namespace plumbline::claims {
namespace {

/// |value| < 1/denominator
bool below(const Certified& value, long denominator) {
  return less(abs(value), Certified::ratio(1, denominator));
}

struct Stop {
  std::string_view name;
  bool of_the_point;
  bool (*reached)(const std::vector<Certified>& error, const Certified& loss);
};

constexpr std::array<Stop, 5> stops{{
    {"each coordinate rounds to 1.0000", true,
     [](const std::vector<Certified>& error, const Certified&) {
       return below(error[0], 20000) && below(error[1], 20000);
     }},
    {"each coordinate within 1e-4", true,
     [](const std::vector<Certified>& error, const Certified&) {
       return below(error[0], 10000) && below(error[1], 10000);
     }},
    {"distance below 1e-4", true,
     [](const std::vector<Certified>& error, const Certified&) {
       return below(square(error[0]) + square(error[1]), 100000000);
     }},
    {"loss below 1e-8", false,
     [](const std::vector<Certified>&, const Certified& loss) { return below(loss, 100000000); }},
    {"loss below 1e-4", false,
     [](const std::vector<Certified>&, const Certified& loss) { return below(loss, 10000); }},
}};

struct Method {
  std::string_view rule, dialect;
  NamedNumbers settings;
  long most_steps;
  std::pair<double, double> start = {-1, 1};
  long watched = 0;  ///< steps after the last stop, to see whether the point stays
};

struct Run {
  std::array<long, stops.size()> first{};  ///< step after which each stop is first reached; or -1
  long left = -1;  ///< step after which a coordinate is again more than 1e-4 off; or -1
  long steps = 0;
  long crossings = 0;  ///< of the valley's floor y = x^2, from one side to the other
  Certified farthest;  ///< the greatest |y - x^2|
};

/// Runs until every stop was reached, or `most_steps`.
Run run_of(const Method& method) {
  const auto objective = objective_named("rosenbrock").bind<Certified>();
  SteppedRule<Certified> trajectory(method.rule, method.dialect, method.settings,
                                    {method.start.first, method.start.second});
  Run run;
  run.first.fill(-1);
  Certified side;
  std::size_t reached = 0;
  while (reached < stops.size() && trajectory.steps() < method.most_steps) {
    trajectory.step(*objective);
    const auto& point = trajectory.point();
    const Certified off_floor = point[1] - square(point[0]);
    const Certified new_side = sign(off_floor);
    if ((side * new_side).is_exactly("-1")) ++run.crossings;
    side = new_side;
    run.farthest = max(run.farthest, abs(off_floor));
    const std::vector<Certified> error{point[0] - 1, point[1] - 1};
    const Certified loss = objective->value(point);
    for (std::size_t i = 0; i < stops.size(); ++i) {
      if (run.first[i] >= 0 || !stops[i].reached(error, loss)) continue;
      run.first[i] = trajectory.steps();
      ++reached;
    }
  }
  run.steps = trajectory.steps();
  for (long more = 0; more < method.watched && run.left < 0; ++more) {
    trajectory.step(*objective);
    const auto& point = trajectory.point();
    if (!below(point[0] - 1, 10000) || !below(point[1] - 1, 10000)) run.left = trajectory.steps();
  }
  return run;
}

/// A run is the same for every sentence about it.
const Run& known_run(const std::string& name, const Method& method) {
  static std::map<std::string, Run> runs;
  const auto found = runs.find(name);
  if (found != runs.end()) return found->second;
  return runs.emplace(name, run_of(method)).first->second;
}

using Named = std::pair<std::string, Method>;

Named gradient_descent_run() {
  return {"gradient descent at 0.001", {"gradient_descent", "", {{"learning_rate", 0.001}}, 30000}};
}
Named momentum_run(std::string_view dialect) {
  return {"momentum 0.9, " + std::string(dialect),
          {"momentum", dialect, {{"learning_rate", 0.001}, {"momentum", 0.9}}, 30000}};
}
Named adam_run() {
  return {"Adam at 0.05", {"adam", "", {{"learning_rate", 0.05}}, 5000, {-1, 1}, 600}};
}

/// "Around so many iterations", in each of the forms that the rule has.
Finding around(long stated, const std::vector<Named>& forms) {
  Readings readings;
  std::string counts;
  for (const auto& [name, method] : forms) {
    const Run& run = known_run(name, method);
    struct Tolerance {
      std::string words;
      bool (*agrees)(long counted, long stated);
    };
    for (const auto& [words, agrees] :
         {Tolerance{"'around' means to one digit", is_to_one_digit},
          Tolerance{"'around' means within a factor of two", is_within_factor_two}}) {
      bool all = true;
      bool any = false;
      for (std::size_t i = 0; i < stops.size(); ++i) {
        if (!stops[i].of_the_point) continue;
        const bool agreed = run.first[i] >= 0 && agrees(run.first[i], stated);
        all = all && agreed;
        any = any || agreed;
      }
      const std::string form = forms.size() == 1 ? "" : ", " + name;
      if (all || !any) {
        readings.add(words + form, all);
        continue;
      }
      for (std::size_t i = 0; i < stops.size(); ++i) {
        if (!stops[i].of_the_point) continue;
        readings.add(words + form + ", " + std::string(stops[i].name),
                     run.first[i] >= 0 && agrees(run.first[i], stated));
      }
    }
    for (std::size_t i = 0; i < stops.size(); ++i) {
      readings.add(figure("steps, " + name + ", until " + std::string(stops[i].name),
                          run.first[i] < 0 ? "more than " + std::to_string(run.steps)
                                           : std::to_string(run.first[i])));
    }
    if (method.watched > 0) {
      readings.add(figure("step after which a coordinate is more than 1e-4 off again, " + name,
                          run.left < 0 ? "none" : std::to_string(run.left)));
    }
    counts += (counts.empty() ? "" : "; ") + name + ": " + std::to_string(run.first[1]) +
              " steps until " + std::string(stops[1].name);
  }
  readings.counterexample(counts);
  return readings.finding();
}

/// An optimizer that oscillates across the valley crosses its floor in this share of its steps,
/// at least.
Finding crosses_in(long numerator, long denominator) {
  Readings readings;
  for (const auto& [name, method] :
       {gradient_descent_run(),
        Named{"gradient descent at 0.002 from (1, 1 + 1/64)",
              {"gradient_descent", "", {{"learning_rate", 0.002}}, 500, {1, 1 + 0x1p-6}}}}) {
    const Run& run = known_run(name, method);
    readings.add(name, run.crossings * denominator >= run.steps * numerator);
    readings.add(figure("steps, " + name, run.steps));
    readings.add(figure("crossings of y = x^2, " + name, run.crossings));
    readings.add(figure("greatest |y - x^2|, " + name, run.farthest));
  }
  readings.add(
      figure("rate from which the step is unstable at (1, 1), 2/lambda_max",
             Certified(2) / ((Certified(1002) + sqrt(Certified(1002 * 1002 - 1600))) / 2)));
  readings.counterexample(
      "gradient descent at 0.001: the floor is crossed " +
      std::to_string(
          known_run("gradient descent at 0.001", gradient_descent_run().second).crossings) +
      " time(s) in " +
      std::to_string(known_run("gradient descent at 0.001", gradient_descent_run().second).steps) +
      " steps");
  return readings.finding();
}

}  // namespace

std::vector<Claim> rosenbrock_runs() {
  const std::string counted =
      "every step enclosed from (-1, 1) with the catalogue's rule and function; steps counted "
      "until each stop that the sentence can mean";
  return {
      {.id = "002-rosenbrock-gradient-descent",
       .document = textbook,
       .line = 89,
       .sentence = "gradient descent at 0.001 takes around 20,000 steps to (1, 1), four decimals",
       .computed = counted,
       .compute = [] { return around(20000, {gradient_descent_run()}); },
       .planted = "around 5,000 steps",
       .compute_planted = [] { return around(5000, {gradient_descent_run()}); }},
      {.id = "002-rosenbrock-momentum",
       .document = textbook,
       .line = 89,
       .sentence = "with momentum 0.9 around 5,000 steps",
       .computed = counted + "; at the same rate, in the summed and in the averaged form",
       .compute =
           [] {
             return around(5000, {momentum_run("rate_outside"), momentum_run("averaged")});
           },
       .planted = "around 2,000 steps",
       .compute_planted =
           [] {
             return around(2000, {momentum_run("rate_outside"), momentum_run("averaged")});
           }},
      {.id = "002-rosenbrock-adam",
       .document = textbook,
       .line = 89,
       .sentence = "with Adam's defaults and eta = 0.05 around 500 steps",
       .computed = counted,
       .compute = [] { return around(500, {adam_run()}); },
       .planted = "around 900 steps",
       .compute_planted = [] { return around(900, {adam_run()}); }},
      {.id = "002-rosenbrock-oscillation",
       .document = textbook,
       .line = 87,
       .sentence = "plain gradient descent oscillates wildly across the valley's walls",
       .computed = "crossings of the floor y = x^2 counted on enclosures, at the rate of the next "
                   "sentence (0.001), and just above 2/lambda_max near the minimum (0.002); to "
                   "oscillate is to cross in "
                   "every tenth step at least",
       .compute = [] { return crosses_in(1, 10); },
       .planted = "crosses the floor in one step of 100,000 at least",
       .compute_planted = [] { return crosses_in(1, 100000); }},
  };
}

}  // namespace plumbline::claims
