// Conjugate gradients, L-BFGS and coordinate descent: the theorems that bind them, proved on
// enclosures.
#include <gtest/gtest.h>

#include <string>
#include <tuple>

#include "reference/catalogue.hpp"

namespace plumbline {
namespace {

using Vector = std::vector<Certified>;

constexpr int bits = 768;
const Certified nothing(0x1p-300);

/// The points after 0, 1, ..., `steps` steps of a rule with these values for its first
/// hyperparameters, the defaults for the rest.
std::vector<Vector> path(std::string_view name, std::string_view dialect,
                         std::string_view objective_name, long steps,
                         std::vector<double> values = {}) {
  Certified::set_precision(bits);
  const Rule& rule = *find_rule(name);
  for (std::size_t i = values.size(); i < rule.hyperparameters.size(); ++i) {
    values.push_back(rule.hyperparameters[i].default_value);
  }
  const auto update = rule.bind<Certified>(values, find_dialect(rule.dialects, dialect)->choices);
  const Objective& described = *find_objective(objective_name);
  const auto objective = described.bind<Certified>();
  Vector point(described.start.begin(), described.start.end());
  SharedState<Certified> shared = update->start_shared({static_cast<long>(point.size())});
  StateTensors<Certified> state = update->start_state(point, shared);
  std::vector<Vector> points{point};
  for (long step = 1; step <= steps; ++step) {
    update->advance(shared);
    update->apply_on(objective.get(), point, {}, state, shared);
    points.push_back(point);
  }
  return points;
}

/// The greatest distance of two coordinates, enclosed.
Certified distance(const Vector& left, const Vector& right) {
  Certified greatest;
  for (std::size_t i = 0; i < left.size(); ++i) {
    greatest = max(greatest, abs(left[i] - right[i]));
  }
  return greatest;
}

/// One step of a rule without state from a point.
Vector rule_from(std::string_view name, std::string_view dialect, const std::vector<double>& values,
                 const ObjectiveOf<Certified>& objective, Vector point) {
  const Rule& rule = *find_rule(name);
  const auto update = rule.bind<Certified>(values, find_dialect(rule.dialects, dialect)->choices);
  SharedState<Certified> shared = update->start_shared({static_cast<long>(point.size())});
  StateTensors<Certified> state = update->start_state(point, shared);
  update->advance(shared);
  update->apply_on(&objective, point, {}, state, shared);
  return point;
}

Vector gradient_at(std::string_view objective, const Vector& point) {
  return find_objective(objective)->bind<Certified>()->gradient(point);
}

Certified magnitude(const Vector& vector) {
  return distance(vector, Vector(vector.size()));
}

struct Ending {
  const char* objective;
  long steps;  ///< distinct eigenvalues of the directions in which the start is off
};
constexpr Ending endings[] = {
    {"quadratic", 4}, {"quadratic_ill_conditioned", 4}, {"quadratic_singular", 5}};

TEST(LinearConjugateGradient, EndsAfterAsManyStepsAsThereAreEigenvalues) {
  for (const Ending& ending : endings) {
    const auto points =
        path("linear_conjugate_gradient", "hestenes_stiefel", ending.objective, ending.steps);
    for (long step = 0; step <= ending.steps; ++step) {
      const Certified left = magnitude(gradient_at(ending.objective, points[step]));
      if (step < ending.steps) {
        EXPECT_TRUE(less(Certified(0x1p-20), left)) << ending.objective << " ends at " << step;
      } else {
        EXPECT_TRUE(less(left, nothing)) << ending.objective << ": " << left.upper();
      }
    }
  }
}

TEST(LinearConjugateGradient, DoesNotEndWithAShareOfTheExactStep) {
  const auto points = path("linear_conjugate_gradient", "hestenes_stiefel", "quadratic", 4, {0.75});
  EXPECT_TRUE(less(Certified(0x1p-20), magnitude(gradient_at("quadratic", points.back()))));
}

TEST(ConjugateGradient, AllConjugationsAreOneOnAQuadratic) {
  for (const Ending& ending : endings) {
    const auto linear =
        path("linear_conjugate_gradient", "hestenes_stiefel", ending.objective, ending.steps);
    for (const char* dialect : {"fletcher_reeves", "polak_ribiere", "polak_ribiere_plus",
                                "hestenes_stiefel", "dai_yuan", "hager_zhang"}) {
      const auto points = path("conjugate_gradient", dialect, ending.objective, ending.steps);
      for (long step = 0; step <= ending.steps; ++step) {
        EXPECT_TRUE(less(distance(points[step], linear[step]), nothing))
            << dialect << " on " << ending.objective << ", step " << step;
      }
    }
  }
}

TEST(ConjugateGradient, ConjugationsDifferWhereTheStepIsNotExact) {
  const auto one = path("conjugate_gradient", "fletcher_reeves", "quadratic", 2, {0.75});
  for (const char* dialect :
       {"polak_ribiere", "polak_ribiere_plus", "hestenes_stiefel", "dai_yuan", "hager_zhang"}) {
    const auto other = path("conjugate_gradient", dialect, "quadratic", 2, {0.75});
    EXPECT_TRUE(less(Certified(0x1p-20), distance(one.back(), other.back()))) << dialect;
  }
}

TEST(Lbfgs, WithAnExactLineSearchIsConjugateGradientsForEveryHistory) {
  for (const Ending& ending : endings) {
    const auto linear =
        path("linear_conjugate_gradient", "hestenes_stiefel", ending.objective, ending.steps);
    for (const double history : {1.0, 2.0, 3.0, 10.0}) {
      const auto points =
          path("lbfgs", "exact_line_search", ending.objective, ending.steps, {1, history});
      for (long step = 0; step <= ending.steps; ++step) {
        EXPECT_TRUE(less(distance(points[step], linear[step]), nothing))
            << history << " pairs on " << ending.objective << ", step " << step;
      }
    }
  }
}

TEST(Lbfgs, HistoriesDifferWhereTheStepIsNotExact) {
  const auto one = path("lbfgs", "nocedal_wright", "quadratic", 4, {0.25, 1});
  const auto two = path("lbfgs", "nocedal_wright", "quadratic", 4, {0.25, 2});
  EXPECT_TRUE(less(distance(one[2], two[2]), nothing)) << "one pair at most is held in step 2";
  EXPECT_TRUE(less(Certified(0x1p-20), distance(one.back(), two.back())));
}

TEST(Lbfgs, EveryHalvedStepDecreasesTheObjective) {
  for (const char* name : {"quadratic", "rosenbrock", "logistic_l2"}) {
    const auto objective = find_objective(name)->bind<Certified>();
    const auto points = path("lbfgs", "minfunc_armijo", name, 8);
    for (std::size_t step = 1; step < points.size(); ++step) {
      EXPECT_TRUE(less(objective->value(points[step]), objective->value(points[step - 1])))
          << name << ", step " << step;
    }
  }
}

/// f and its slope along the step that a rule took, at its start and its end.
struct Along {
  Certified start, end, start_slope, end_slope;
};
Along along(std::string_view name, const Vector& from, const Vector& to) {
  const auto objective = find_objective(name)->bind<Certified>();
  const Vector before = objective->gradient(from);
  const Vector after = objective->gradient(to);
  Along result{objective->value(from), objective->value(to), 0, 0};
  for (std::size_t i = 0; i < from.size(); ++i) {
    result.start_slope = result.start_slope + before[i] * (to[i] - from[i]);
    result.end_slope = result.end_slope + after[i] * (to[i] - from[i]);
  }
  return result;
}

// Both conditions say the same of the step as of its direction and length. First lengths far
// from the good ones on both sides, so that the search has to grow and to narrow.
TEST(Lbfgs, EverySearchedStepMeetsTheStrongWolfeConditions) {
  for (const char* name : {"quadratic", "rosenbrock", "logistic_l2", "network"}) {
    int other_lengths = 0;
    for (const double length : {1.0, 40.0, 0x1p-6, 0x1p-14}) {
      const auto points = path("lbfgs", "torch_strong_wolfe", name, 4, {length});
      const auto unsearched = path("lbfgs", "torch", name, 1, {length});
      if (less(nothing, distance(points[1], unsearched[1]))) ++other_lengths;
      for (std::size_t step = 1; step < points.size(); ++step) {
        const Along seen = along(name, points[step - 1], points[step]);
        const std::string place = std::string(name) + ", step " + std::to_string(step);
        EXPECT_TRUE(less(seen.end, seen.start + 1e-4 * seen.start_slope)) << place;
        EXPECT_TRUE(less(abs(seen.end_slope), -0.9 * seen.start_slope)) << place;
      }
    }
    EXPECT_GE(other_lengths, 2) << name << ": the first length was good enough all the time";
  }
}

TEST(LevenbergMarquardt, NeverClimbsAndTurnsStepsDown) {
  for (const char* dialect : {"marquardt", "lsqfit", "nielsen", "ceres"}) {
    const auto objective = find_objective("rosenbrock")->bind<Certified>();
    const auto points = path("levenberg_marquardt", dialect, "rosenbrock", 12, {1e-3});
    int turned_down = 0;
    for (std::size_t step = 1; step < points.size(); ++step) {
      const bool stays = points[step][0].lower() == points[step - 1][0].lower();
      turned_down += stays ? 1 : 0;
      if (stays) continue;
      EXPECT_TRUE(less(objective->value(points[step]), objective->value(points[step - 1])))
          << dialect << ", step " << step;
    }
    EXPECT_GT(turned_down, 0) << dialect;
  }
}

// On linear residuals the model is exact and the gain 1: every step is taken, and the point
// after n steps is that of damped Gauss-Newton steps whose damping falls as the factors say.
TEST(LevenbergMarquardt, OnLinearResidualsIsGaussNewtonWithFallingDamping) {
  for (const auto& [dialect, gauss_newton, factor] :
       {std::tuple("marquardt", "diagonal", 0.1), std::tuple("lsqfit", "diagonal", 0.1)}) {
    const auto points = path("levenberg_marquardt", dialect, "least_squares", 2, {0.5});
    const auto first = path("gauss_newton", gauss_newton, "least_squares", 1, {1, 0.5});
    EXPECT_TRUE(less(distance(points[1], first[1]), nothing)) << dialect;
    const auto objective = find_objective("least_squares")->bind<Certified>();
    const auto again =
        rule_from("gauss_newton", gauss_newton, {1, 0.5 * factor}, *objective, points[1]);
    EXPECT_TRUE(less(distance(points[2], again), Certified(0x1p-50))) << dialect;
  }
}

TEST(CoordinateDescent, LeavesNoDerivativeAlongTheCoordinateThatMoved) {
  for (const char* dialect : {"cyclic", "gauss_southwell", "gauss_southwell_lipschitz"}) {
    const auto points = path("coordinate_descent", dialect, "quadratic_ill_conditioned", 8);
    for (std::size_t step = 1; step < points.size(); ++step) {
      const Vector gradient = gradient_at("quadratic_ill_conditioned", points[step]);
      std::size_t moved = 0;
      for (std::size_t i = 0; i < gradient.size(); ++i) {
        if (less(abs(points[step][i] - points[step - 1][i]), nothing)) continue;
        ++moved;
        EXPECT_TRUE(less(abs(gradient[i]), nothing)) << dialect << ", step " << step;
      }
      EXPECT_EQ(moved, 1) << dialect << ", step " << step;
    }
  }
}

TEST(CoordinateDescent, TheLipschitzChoiceDecreasesAQuadraticMost) {
  const auto objective = find_objective("quadratic_ill_conditioned")->bind<Certified>();
  const auto reached = [&](const char* dialect) {
    return objective->value(
        path("coordinate_descent", dialect, "quadratic_ill_conditioned", 1).back());
  };
  const Certified best = reached("gauss_southwell_lipschitz");
  EXPECT_FALSE(less(reached("gauss_southwell") + nothing, best));
  EXPECT_FALSE(less(reached("cyclic") + nothing, best));
}

}  // namespace
}  // namespace plumbline
