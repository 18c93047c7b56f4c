// What is known of mirror descent, the gradient flow and the rules without gradients.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "conformance/cases/case.hpp"
#include "reference/catalogue.hpp"

namespace plumbline {
namespace {

constexpr int digits = 40;

template <class Number>
std::unique_ptr<Update<Number>> bound(std::string_view rule, std::string_view dialect,
                                      std::vector<double> hyperparameters) {
  const Rule* found = find_rule(rule);
  const std::vector<Given<Number>> given(hyperparameters.begin(), hyperparameters.end());
  return found->bind<Number>(given, find_dialect(found->dialects, dialect)->choices);
}

/// The parameter after steps with these gradients.
template <class Number>
std::vector<Number> after(const Update<Number>& update, std::vector<double> start,
                          const std::vector<std::vector<double>>& gradients) {
  std::vector<Number> parameter(start.begin(), start.end());
  auto shared = update.start_shared({static_cast<long>(start.size())});
  auto state = update.start_state(parameter, shared);
  for (const auto& gradient : gradients) {
    const std::vector<Number> given(gradient.begin(), gradient.end());
    update.advance(shared);
    update.apply(parameter, given, state, shared);
  }
  return parameter;
}

/// The point after steps on the objective.
template <class Number>
std::vector<Number> after_on(const Update<Number>& update, const ObjectiveOf<Number>& objective,
                             std::vector<double> start,
                             const std::vector<std::vector<double>>& draws) {
  std::vector<Number> point(start.begin(), start.end());
  auto shared = update.start_shared({static_cast<long>(start.size())});
  auto state = update.start_state(point, shared);
  for (const auto& drawn : draws) {
    const std::vector<Number> given(drawn.begin(), drawn.end());
    update.advance(shared);
    update.apply_on(&objective, point, given, state, shared);
  }
  return point;
}

std::string text_of(const Certified& value) {
  const auto text = value.decimal(digits);
  if (!text) throw NotEnoughPrecision("digits");
  return *text;
}

const std::vector<std::vector<double>> gradients{
    {1.5, -0.25, 3, -2}, {-0.5, 0.125, 0, 7}, {2, 2, -1.75, 0.5}};
const std::vector<double> positive{0.125, 2, 0.75, 1};

TEST(MirrorDescent, EuclideanIsGradientDescentToTheBit) {
  using Number = Plain<Binary32>;
  const auto mirrored =
      after(*bound<Number>("mirror_descent", "euclidean", {0.013}), positive, gradients);
  const Rule& descent = *find_rule("gradient_descent");
  const auto expected =
      after(*descent.bind<Number>(std::array{0.013, 0.0}, descent.dialects.front().choices),
            positive, gradients);
  for (std::size_t i = 0; i < positive.size(); ++i) {
    EXPECT_EQ(mirrored[i].value(), expected[i].value());
  }
}

TEST(MirrorDescent, OneNumberAddedToAllGradientsChangesNothingOnTheSimplex) {
  std::vector<std::vector<double>> moved = gradients;
  for (auto& gradient : moved) {
    for (double& slope : gradient) slope += 5.5;
  }
  const auto shown = [&](std::string_view dialect, const auto& steps) {
    return certify([&] {
      std::string text;
      for (const auto& value :
           after(*bound<Certified>("mirror_descent", dialect, {0.3}), positive, steps)) {
        text += text_of(value) + " ";
      }
      return text;
    });
  };
  EXPECT_EQ(shown("exponentiated_gradient", gradients), shown("exponentiated_gradient", moved));
  EXPECT_NE(shown("unnormalised_exponentiated_gradient", gradients),
            shown("unnormalised_exponentiated_gradient", moved));
  EXPECT_NE(shown("multiplicative_weights", gradients), shown("multiplicative_weights", moved));
}

TEST(MirrorDescent, AStepOnTheSimplexEndsThere) {
  for (const std::string_view dialect : {"exponentiated_gradient", "multiplicative_weights"}) {
    const auto weights =
        after(*bound<Plain<Binary64>>("mirror_descent", dialect, {0.01}), positive, gradients);
    double total = 0;
    for (const auto& weight : weights) {
      EXPECT_GT(weight.value(), 0);
      total += weight.value();
    }
    EXPECT_NEAR(total, 1, 0x1p-50);
  }
}

/// (theta_k - c)/(theta_0 - c) on 1/2 * 2 (x - 3/4)^2, with z = 2 eta.
Certified share_left(std::string_view dialect, double rate, int steps) {
  const auto objective = find_objective("quadratic_line")->bind<Certified>();
  const auto end = after_on(*bound<Certified>("gradient_flow", dialect, {rate}), *objective, {-1.5},
                            std::vector<std::vector<double>>(static_cast<std::size_t>(steps)));
  return (end[0] - Certified(0.75)) / Certified(-2.25);
}

std::string share_text(std::string_view dialect, double rate, int steps) {
  return certify([&] { return text_of(share_left(dialect, rate, steps)); });
}

TEST(GradientFlow, EveryIntegratorHasItsOwnFactor) {
  for (const double rate : {0.0625, 0.25, 0.75}) {
    const Certified z(2 * rate);
    const auto expected = [&](const auto& factor) {
      return certify([&] { return text_of(factor()); });
    };
    EXPECT_EQ(share_text("exact", rate, 3), expected([&] { return exp(Certified(-6 * rate)); }));
    EXPECT_EQ(share_text("euler", rate, 3), expected([&] { return square(1 - z) * (1 - z); }));
    EXPECT_EQ(share_text("implicit_euler", rate, 1), expected([&] { return 1 / (1 + z); }));
    EXPECT_EQ(share_text("runge_kutta", rate, 1),
              expected([&] { return 1 - z + z * z / 2 - z * z * z / 6 + z * z * z * z / 24; }));
  }
}

// 0 <= e^(-z k) - (1 - z)^k <= k z^2/2 for 0 <= z <= 1.
TEST(GradientFlow, EulerStaysBelowTheFlowAndNearIt) {
  for (const double rate : {0x1p-8, 0.0625, 0.25, 0.4375}) {
    for (const int steps : {1, 2, 5, 20}) {
      EXPECT_TRUE(certify([&] {
        const Certified gap = share_left("exact", rate, steps) - share_left("euler", rate, steps);
        const Certified z(2 * rate);
        return less(Certified(0), gap) && less(gap, Certified(steps) * square(z) / 2);
      })) << rate
          << " " << steps;
    }
  }
}

TEST(GradientFlow, TwoHalvesOfTheTimeAreTheWhole) {
  const auto shown = [](double rate, std::size_t steps) {
    return certify([&] {
      const auto objective = find_objective("quadratic_singular")->bind<Certified>();
      std::string text;
      for (const auto& value : after_on(*bound<Certified>("gradient_flow", "exact", {rate}),
                                        *objective, find_objective("quadratic_singular")->start,
                                        std::vector<std::vector<double>>(steps))) {
        text += text_of(value) + " ";
      }
      return text;
    });
  };
  EXPECT_EQ(shown(0.25, 2), shown(0.5, 1));
}

/// ||x||^2.
template <class Number>
class Sphere final : public ObjectiveOf<Number> {
 public:
  using typename ObjectiveOf<Number>::Point;
  using typename ObjectiveOf<Number>::Vector;
  Number value(Point point) const override { return dot<Number>(point, point); }
  Vector gradient(Point) const override { throw std::logic_error("not asked"); }
  Matrix<Number> hessian(Point) const override { throw std::logic_error("not asked"); }
  Vector hessian_vector(Point, Point) const override { throw std::logic_error("not asked"); }
};

std::vector<std::vector<double>> drawn(std::size_t count, long steps, std::size_t uniform) {
  std::vector<std::vector<double>> draws;
  for (long step = 1; step <= steps; ++step) {
    auto& values = draws.emplace_back();
    for (std::size_t i = 0; i < count + uniform; ++i) {
      const double wave =
          std::ldexp(static_cast<double>((step * 37 + 11 * static_cast<long>(i)) % 64), -6);
      values.push_back(i < count ? 3 * wave - 1.5 : wave + 0x1p-7);
    }
  }
  return draws;
}

// Start and sigma scaled by a power of two scale the whole path, to the bit.
TEST(EvolutionStrategy, OnASphereItsPathScales) {
  using Number = Plain<Binary64>;
  const Rule& rule = *find_rule("evolution_strategy");
  for (const Dialect& dialect : rule.dialects) {
    const auto draws = drawn(3, 40, 0);
    const auto small = after_on<Number>(*bound<Number>(rule.name, dialect.name, {0.3}),
                                        Sphere<Number>(), {1, -0.5, 2}, draws);
    const auto large = after_on<Number>(*bound<Number>(rule.name, dialect.name, {1.2}),
                                        Sphere<Number>(), {4, -2, 8}, draws);
    EXPECT_NE(small[0].value(), 1);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(4 * small[i].value(), large[i].value());
  }
}

// Neither acceptance nor what is kept lets the best value rise; a walk does.
TEST(SimulatedAnnealing, TheBestPointNeverGetsWorse) {
  using Number = Plain<Binary64>;
  const Rule& rule = *find_rule("simulated_annealing");
  for (const Dialect& dialect : rule.dialects) {
    const bool keeps_best = dialect.choices[1] == 1;
    const auto draws = drawn(3, 40, 1);
    double last = 5.25;
    bool rises = false;
    for (std::size_t steps = 1; steps <= draws.size(); ++steps) {
      const auto point = after_on<Number>(
          *bound<Number>(rule.name, dialect.name, {0.5, 2, 1}), Sphere<Number>(), {1, -0.5, 2},
          {draws.begin(), draws.begin() + static_cast<std::ptrdiff_t>(steps)});
      const double value = dot<Number>(point, point).value();
      rises = rises || value > last;
      last = value;
    }
    EXPECT_EQ(rises, !keeps_best) << dialect.name;
  }
}

TEST(SimulatedAnnealing, ADownhillTrialIsTakenWhateverIsDrawn) {
  using Number = Plain<Binary64>;
  const Rule& rule = *find_rule("simulated_annealing");
  for (const Dialect& dialect : rule.dialects) {
    const auto point =
        after_on<Number>(*bound<Number>(rule.name, dialect.name, {0.5, 2, 1}), Sphere<Number>(),
                         {1, -0.5, 2}, {{-0.5, 0.25, -1, 1 - 0x1p-53}});
    EXPECT_EQ(point[2].value(), 1.5) << dialect.name;
  }
}

/// `scale` ||x||^2 + `shift`.
class Bowl final : public ObjectiveOf<Plain<Binary64>> {
 public:
  Bowl(double scale, double shift) : scale_(scale), shift_(shift) {}
  using Number = Plain<Binary64>;
  Number value(Point point) const override { return scale_ * dot<Number>(point, point) + shift_; }
  Vector gradient(Point) const override { throw std::logic_error("not asked"); }
  Matrix<Number> hessian(Point) const override { throw std::logic_error("not asked"); }
  Vector hessian_vector(Point, Point) const override { throw std::logic_error("not asked"); }

 private:
  double scale_, shift_;
};

constexpr std::size_t candidates = 5;

TEST(BayesianOptimization, GoesToOneOfTheCandidates) {
  using Number = Plain<Binary64>;
  const Rule& rule = *find_rule("bayesian_optimization");
  for (const Dialect& dialect : rule.dialects) {
    std::array<int, candidates> taken{};
    for (std::size_t steps = 1; steps <= 12; ++steps) {
      const auto draws = drawn(3 * candidates, static_cast<long>(steps), 0);
      const auto point =
          after_on<Number>(*bound<Number>(rule.name, dialect.name, {2, 1, 1, 0.01, 0.01, 6}),
                           Sphere<Number>(), {1, -0.5, 2}, draws);
      int found = 0;
      for (std::size_t place = 0; place < candidates; ++place) {
        const double* candidate = draws.back().data() + 3 * place;
        const bool is_it = point[0].value() == candidate[0] && point[1].value() == candidate[1] &&
                           point[2].value() == candidate[2];
        found += is_it ? 1 : 0;
        taken[place] += is_it ? 1 : 0;
      }
      EXPECT_EQ(found, 1) << dialect.name << " " << steps;
    }
    EXPECT_LT(*std::ranges::max_element(taken), 12) << dialect.name;
  }
}

// Of one observation y at x: mu = k y/(v + r), sigma^2 = v - k^2/(v + r), and the same for the
// normal distribution by the C library's erfc.
TEST(BayesianOptimization, OfOneObservationHasAClosedForm) {
  using Number = Plain<Binary64>;
  const double length = 0.75, variance = 1.5, noise = 0.125, exploration = 0.25;
  const auto update = bound<Number>("bayesian_optimization", "expected_improvement",
                                    {2, length, variance, noise, exploration, 6});
  const auto draws = drawn(2 * candidates, 1, 0).front();
  double greatest = -1;
  std::array<double, 2> expected{};
  for (std::size_t place = 0; place < candidates; ++place) {
    const std::array<double, 2> z{draws[2 * place], draws[2 * place + 1]};
    const double square = std::pow(z[0] - 0.5, 2) + std::pow(z[1] + 0.25, 2);
    const double value = 2 * (0.25 + 0.0625) - 1;
    const double covariance = variance * std::exp(-square / (2 * length * length));
    const double mean = covariance * value / (variance + noise);
    const double deviation = std::sqrt(variance - covariance * covariance / (variance + noise));
    const double gain = value - mean - exploration;
    const double share = gain / deviation;
    const double improvement =
        gain * std::erfc(-share / std::sqrt(2.0)) / 2 +
        deviation * std::exp(-share * share / 2) / std::sqrt(2 * 3.14159265358979323846);
    if (improvement > greatest) greatest = improvement, expected = z;
  }
  std::vector<Number> point{0.5, -0.25};
  auto shared = update->start_shared({2});
  auto state = update->start_state(point, shared);
  update->advance(shared);
  const Bowl bowl(2, -1);
  update->apply_on(&bowl, point, std::vector<Number>(draws.begin(), draws.end()), state, shared);
  EXPECT_NEAR(state[2][0].value(), greatest, 1e-14);
  EXPECT_EQ(point[0].value(), expected[0]);
  EXPECT_EQ(point[1].value(), expected[1]);
}

// What is standardized before anything else does not see the unit and the origin of values; an
// improvement in the values' unit sees its unit alone.
TEST(BayesianOptimization, StandardizedValuesHaveNoUnit) {
  using Number = Plain<Binary64>;
  const auto draws = drawn(3 * candidates, 12, 0);
  const auto path = [&](std::string_view dialect, double exploration, const Bowl& bowl) {
    std::vector<double> values;
    const auto update =
        bound<Number>("bayesian_optimization", dialect, {2, 1, 1, 0.01, exploration, 6});
    for (std::size_t steps = 1; steps <= draws.size(); ++steps) {
      for (const Number& value :
           after_on<Number>(*update, bowl, {1, -0.5, 2},
                            {draws.begin(), draws.begin() + static_cast<std::ptrdiff_t>(steps)})) {
        values.push_back(value.value());
      }
    }
    return values;
  };
  EXPECT_EQ(path("gpyopt", 0.5, Bowl(1, 0)), path("gpyopt", 0.5, Bowl(8, 32)));
  EXPECT_EQ(path("scikit_optimize", 0, Bowl(1, 0)), path("scikit_optimize", 0, Bowl(8, 32)));
  EXPECT_EQ(path("scikit_optimize", 0.5, Bowl(1, 0)), path("scikit_optimize", 4, Bowl(8, 32)));
  EXPECT_EQ(path("limbo", 0.5, Bowl(1, 0)), path("limbo", 0.5, Bowl(1, 32)));
  EXPECT_NE(path("expected_improvement", 0.5, Bowl(1, 0)),
            path("expected_improvement", 0.5, Bowl(1, 32)));
}

TEST(Draws, OfCasesAreInBFloat16AndUniformOnesBetweenZeroAndOne) {
  const Rule& rule = *find_rule("simulated_annealing");
  std::size_t count = 0;
  for (const auto& test_case : conformance::cases_for(rule, 1)) {
    for (const auto& draws : test_case.draws) {
      for (const double value : draws) EXPECT_EQ(value, BFloat16::description.round(value));
      EXPECT_GT(draws.back(), 0);
      EXPECT_LT(draws.back(), 1);
      ++count;
    }
  }
  EXPECT_GT(count, 0U);
}

TEST(PositiveParameters, StartPositive) {
  for (const auto& test_case : conformance::cases_for(*find_rule("mirror_descent"), 1)) {
    for (const auto& parameter : test_case.parameters) {
      for (const double value : parameter.initial) EXPECT_GT(value, 0) << test_case.id;
    }
  }
}

}  // namespace
}  // namespace plumbline
