// The checks of minimizers: an honest one passes them all, and each has one that it fails.
#include "conformance/named_checks/minimizer_checks.hpp"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <algorithm>
#include <optional>

#include "conformance/named_checks/known_objectives.hpp"
#include "conformance/subject/in_process.hpp"

namespace plumbline::conformance {
namespace {

/// BFGS with steps halved until Armijo's condition holds.
struct Honest {
  using Value = double;

  explicit Honest(const OptimizerTask& task)
      : parameters(task.start<double>()),
        tolerance(task.hyperparameters().number("gradient_tolerance")) {}

  std::vector<std::vector<double>> minimize(long steps, const Objective& objective) {
    Eigen::VectorXd x = flat(parameters);
    Eigen::MatrixXd inverse = Eigen::MatrixXd::Identity(x.size(), x.size());
    auto [value, gradient] = evaluate(x, objective);
    for (long step = 0; step < steps && gradient.norm() > tolerance; ++step) {
      const Eigen::VectorXd direction = -(inverse * gradient);
      const double slope = direction.dot(gradient);
      double length = 1;
      auto trial = evaluate(x + length * direction, objective);
      while (trial.value > value + 1e-4 * length * slope && length > 1e-18) {
        length /= 2;
        trial = evaluate(x + length * direction, objective);
      }
      const Eigen::VectorXd moved = length * direction;
      const Eigen::VectorXd change = trial.gradient - gradient;
      if (const double curvature = moved.dot(change); curvature > 0) {
        const Eigen::MatrixXd identity = Eigen::MatrixXd::Identity(x.size(), x.size());
        const Eigen::MatrixXd left = identity - moved * change.transpose() / curvature;
        inverse = left * inverse * left.transpose() + moved * moved.transpose() / curvature;
      }
      x += moved;
      value = trial.value;
      gradient = trial.gradient;
    }
    return tensors(x);
  }

  struct Evaluated {
    double value;
    Eigen::VectorXd gradient;
  };
  std::vector<std::vector<double>> parameters;
  double tolerance;

  static Eigen::VectorXd flat(const std::vector<std::vector<double>>& rows) {
    std::vector<double> values;
    for (const auto& row : rows) values.insert(values.end(), row.begin(), row.end());
    return Eigen::Map<Eigen::VectorXd>(values.data(), static_cast<Eigen::Index>(values.size()));
  }
  std::vector<std::vector<double>> tensors(const Eigen::VectorXd& x) const {
    auto rows = parameters;
    Eigen::Index at = 0;
    for (auto& row : rows) {
      for (double& value : row) value = x[at++];
    }
    return rows;
  }
  Evaluated evaluate(const Eigen::VectorXd& x, const Objective& objective) const {
    const Evaluation seen = objective(tensors(x));
    return {seen.value, flat(seen.gradients)};
  }
};

template <class Adapter>
std::map<std::string, CheckOutcome> outcomes_of(std::vector<KnownDeviation> known = {}) {
  std::map<std::string, CheckOutcome> outcomes;
  for (const NamedCheck& check :
       minimizer_checks({.name = "test",
       .subject =
                             [] {
                               auto subject = std::make_unique<InProcessSubject>("test", "1");
                               subject->add_minimizer<Adapter>("test");
                               return subject;
                             },
       .known_deviations = std::move(known)})) {
    outcomes[check.name] = check.run();
  }
  return outcomes;
}

/// That the check fails on some objective, with a text that says why.
template <class Adapter>
void expect_failure(const std::string& check, const std::string& text) {
  const auto outcomes = outcomes_of<Adapter>();
  const bool fails = std::ranges::any_of(outcomes, [&](const auto& outcome) {
    return outcome.first.starts_with(check + "/") &&
           outcome.second.status == CheckOutcome::Status::failed &&
           outcome.second.text.find(text) != std::string::npos;
  });
  EXPECT_TRUE(fails) << check << ": " << outcomes.at(check + "/rosenbrock").text;
}

TEST(MinimizerChecks, PassAnHonestOneOnEveryObjective) {
  const auto outcomes = outcomes_of<Honest>();
  EXPECT_EQ(outcomes.size(), 9 * known_objectives().size());
  for (const auto& [name, outcome] : outcomes) {
    EXPECT_EQ(outcome.status, CheckOutcome::Status::passed) << name << ": " << outcome.text;
  }
}

TEST(KnownObjectives, AreZeroWithZeroGradientAtTheirMinimiserAlone) {
  for (const KnownObjective& objective : known_objectives()) {
    std::vector<Quadruple> gradient;
    std::vector<Quadruple> point(objective.minimiser.begin(), objective.minimiser.end());
    EXPECT_TRUE(objective.evaluate(point, gradient) == 0) << objective.name;
    for (const Quadruple value : gradient) EXPECT_TRUE(value == 0) << objective.name;
    point[0] += 0x1p-10;
    const Quadruple above = objective.evaluate(point, gradient);
    EXPECT_TRUE(above > 0) << objective.name;
    // The distance that is said to follow from the gradient's norm does.
    double squares = 0;
    for (const Quadruple value : gradient) {
      squares += static_cast<double>(value) * static_cast<double>(value);
    }
    EXPECT_LE(0x1p-10, objective.distance(std::sqrt(squares))) << objective.name;
    // The gradient is the value's: central differences in quadruple precision.
    for (std::size_t i = 0; i < point.size(); ++i) {
      auto left = point, right = point;
      std::vector<Quadruple> ignored;
      left[i] -= 0x1p-30;
      right[i] += 0x1p-30;
      const Quadruple difference =
          (objective.evaluate(right, ignored) - objective.evaluate(left, ignored)) / 0x1p-29;
      EXPECT_NEAR(static_cast<double>(difference), static_cast<double>(gradient[i]), 1e-12)
          << objective.name;
    }
  }
}

struct Climbs : Honest {
  using Honest::Honest;
  std::vector<std::vector<double>> minimize(long, const Objective& objective) {
    const Eigen::VectorXd x = flat(parameters);
    return tensors(x + 0.125 * evaluate(x, objective).gradient);
  }
};
TEST(MinimizerChecks, DescendsFailsOneThatClimbs) {
  expect_failure<Climbs>("descends", "climbs from");
}

struct StopsEarly : Honest {
  using Honest::Honest;
  std::vector<std::vector<double>> minimize(long, const Objective& objective) {
    return Honest::minimize(2, objective);
  }
};
struct IsContentWithTheValue : Honest {
  explicit IsContentWithTheValue(const OptimizerTask& task) : Honest(task) { tolerance *= 1000; }
};
TEST(MinimizerChecks, ReachesFailsOneThatStopsEarly) {
  expect_failure<StopsEarly>("reaches", "gradient");
  expect_failure<IsContentWithTheValue>("reaches", "is allowed");
}

struct TriesInfinity : Honest {
  using Honest::Honest;
  std::vector<std::vector<double>> minimize(long steps, const Objective& objective) {
    Eigen::VectorXd x = flat(parameters);
    x[0] /= 0.0;
    evaluate(x, objective);
    return Honest::minimize(steps, objective);
  }
};
struct AsksInAnotherShape : Honest {
  using Honest::Honest;
  std::vector<std::vector<double>> minimize(long, const Objective& objective) {
    objective({{1, 2, 3}});
    return parameters;
  }
};
struct AnswersBlindly : Honest {
  using Honest::Honest;
  std::vector<std::vector<double>> minimize(long, const Objective&) { return parameters; }
};
TEST(MinimizerChecks, FiniteFailsWhatIsNoPoint) {
  expect_failure<TriesInfinity>("finite", "a point that is not finite");
  expect_failure<AsksInAnotherShape>("finite", "the objective's argument");
  expect_failure<AnswersBlindly>("finite", "evaluates nothing");
}

struct Wanders : Honest {
  using Honest::Honest;
  std::vector<std::vector<double>> minimize(long steps, const Objective& objective) {
    auto answer = Honest::minimize(steps, objective);
    answer[0][0] += 1e-12;
    return answer;
  }
};
TEST(MinimizerChecks, StaysFailsOneThatWanders) {
  expect_failure<Wanders>("stays", "started at the minimiser");
}
TEST(MinimizerChecks, AnswerEvaluatedFailsOneThatMakesItUp) {
  expect_failure<Wanders>("answer-evaluated", "which it never evaluated");
}

struct Remembers : Honest {
  using Honest::Honest;
  std::vector<std::vector<double>> minimize(long steps, const Objective& objective) {
    static double drift = 0;
    drift += 0x1p-20;
    parameters[0][0] += drift;
    return Honest::minimize(steps, objective);
  }
};
TEST(MinimizerChecks, DeterministicFailsOneThatRemembers) {
  expect_failure<Remembers>("deterministic", "the second time");
}

struct ScalesByItsPoint : Honest {
  using Honest::Honest;
  std::vector<std::vector<double>> minimize(long steps, const Objective& objective) {
    const Eigen::VectorXd x = flat(parameters);
    const Evaluated here = evaluate(x, objective);
    const Eigen::VectorXd next = x - 1e-3 * x.norm() * here.gradient;
    evaluate(next, objective);
    parameters = tensors(next);
    return Honest::minimize(steps, objective);
  }
};
TEST(MinimizerChecks, TranslationFailsOneThatScalesByItsPoint) {
  expect_failure<ScalesByItsPoint>("translation", "evaluation 2 is at");
}

struct AsksLate : Honest {
  explicit AsksLate(const OptimizerTask& task) : Honest(task) {
    if (kept) (*kept)(task.start<double>());
  }
  std::vector<std::vector<double>> minimize(long steps, const Objective& objective) {
    kept = objective;
    return Honest::minimize(steps, objective);
  }
  static inline std::optional<Objective> kept;
};
TEST(MinimizerChecks, NotLateFailsOneThatAsksAfterItsAnswer) {
  expect_failure<AsksLate>("not-late", "1 evaluations after the answer");
  AsksLate::kept.reset();
}

struct FirstTensorAlone : Honest {
  using Honest::Honest;
  std::vector<std::vector<double>> minimize(long steps, const Objective& objective) {
    auto answer = Honest::minimize(steps, objective);
    for (std::size_t tensor = 1; tensor < answer.size(); ++tensor) {
      answer[tensor] = parameters[tensor];
    }
    return answer;
  }
};
TEST(MinimizerChecks, TwoTensorsFailsOneThatForgetsTheSecond) {
  expect_failure<FirstTensorAlone>("two-tensors", "is allowed");
}

struct AsksForNothing {
  using Value = double;
  explicit AsksForNothing(const OptimizerTask& task) : parameters(task.start<double>()) {}
  std::vector<std::vector<double>> minimize(long, const Objective&) { return parameters; }
  std::vector<std::vector<double>> parameters;
};
TEST(MinimizerChecks, DescendsFailsWhereNothingIsSupported) {
  const auto outcomes = outcomes_of<AsksForNothing>();
  EXPECT_EQ(outcomes.at("descends/quadratic-round").status, CheckOutcome::Status::failed);
  EXPECT_EQ(outcomes.at("descends/quadratic-round").text,
            "hyperparameter without a place: gradient_tolerance");
  EXPECT_EQ(outcomes.at("reaches/rosenbrock").status, CheckOutcome::Status::skipped);
}

TEST(MinimizerChecks, AKnownDeviationMustDeviate) {
  const auto wrong = outcomes_of<Climbs>({{"descends/*", "climbs"}});
  EXPECT_EQ(wrong.at("descends/quadratic-round").status, CheckOutcome::Status::passed);
  const auto right = outcomes_of<Honest>({{"descends/*", "climbs"}});
  EXPECT_EQ(right.at("descends/quadratic-round").status, CheckOutcome::Status::failed);
}

}  // namespace
}  // namespace plumbline::conformance
