// The bounds of bounds_*.cpp at PEPit's sample values, and against formulas written apart in
// binary64.
#include <gtest/gtest.h>

#include <cmath>

#include "conformance/theorems/judge.hpp"

namespace plumbline::conformance {
namespace {

/// One step of a run as numbers.
struct At {
  double observed, bound;
};

At at(std::string_view id, std::string_view name, long step) {
  const Theorem* theorem = find_theorem(id);
  if (theorem == nullptr) throw std::runtime_error("no theorem " + std::string(id));
  for (const plumbline::Run& run : theorem->runs()) {
    if (run.name != name) continue;
    const JudgedRun judged = judge(run);
    for (const JudgedStep& one : judged.steps) {
      if (one.step == step) return {std::stod(one.observed), std::stod(one.bound)};
    }
  }
  throw std::runtime_error("no run " + std::string(name));
}

void expect(std::string_view id, std::string_view name, long step, double sample,
            double tolerance = 1e-12) {
  const At values = at(id, name, step);
  EXPECT_NEAR(values.bound, sample, tolerance) << id << ", " << name;
  EXPECT_NEAR(values.observed, sample, tolerance) << id << ", " << name;
}

TEST(Bounds, NesterovsSimpleMomentumOnHuber) {
  for (const auto& [steps, divisor] :
       {std::pair{1L, 6.0}, {2L, 10.0}, {5L, 28.0}, {10L, 78.0}, {25L, 378.0}}) {
    expect("bounds/nesterov-simple", "Huber's worst functions", steps, 1 / divisor, 1e-15);
  }
}

TEST(Bounds, SilverSteps) {
  expect("bounds/gd-silver", "Huber's functions, exactly L R^2/(4 rho^k - 2)", 7,
         0.184215423182411);
  // The theorem's own bound at L = 10 is 0.3437751; at L = 1 a tenth of it.
  EXPECT_NEAR(
      at("bounds/gd-silver", "Huber's functions with the knee in reach: L R^2/(4 rho^k - 2)", 7)
          .bound,
      0.03437751, 1e-8);
}

TEST(Bounds, GradientDescentOnQuadratics) {
  expect("bounds/gd-quadratic-value", "eta = 1/L, mu/L = 1/10", 4, 0.0649573905214971);
  expect("bounds/gd-exact-line-search", "from (1/mu, 1/L)", 2, 0.448125128065);
  expect("bounds/gd-inexact", "both", 2, 0.518916702376752);
  expect("bounds/proximal-gradient", "w = 0, along mu, gamma = 1/L", 2, 0.6561);
}

TEST(Bounds, QuadraticGrowth) {
  expect("bounds/gd-quadratic-growth", "eta = 1/(5L), N <= 9", 4, 1 / 5.2);
}

TEST(Bounds, OptimizedMethods) {
  // diag(3) from 3/2: R^2 = 9/4, f(x_0) - f* = 27/8.
  expect("bounds/ogm", "1/2 L x^2", 4, 0.0767518261497966 * 9 / 4);
  expect("bounds/ogm", "Huber's worst functions", 2, 0.0618941823977647);
  expect("bounds/ogm-g", "1/2 L x^2", 4, 0.307007304599186 * 27 / 8);
  expect("bounds/heavy-ball-quadratic-growth", "Huber's worst functions", 5, 1.0 / 12);
}

TEST(Bounds, StronglyConvexMethods) {
  // kappa = 16, L = 16: rho = 3/4, and R^2 = 9/4.
  expect("bounds/triple-momentum", "1/2 L x^2", 4, std::pow(0.75, 8) * 16 * 16 / 2 * 9 / 4);
  const double q = 1.0 / 16;
  double weight = 0;
  for (int k = 0; k < 5; ++k) {
    weight = ((1 + q) * weight + 2 * (1 + std::sqrt((1 + weight) * (1 + q * weight)))) /
             ((1 - q) * (1 - q));
  }
  expect("bounds/item", "1/2 mu x^2", 5, 2.25 / (1 + q * weight));
  expect("bounds/item", "1/2 L x^2", 5, 2.25 / (1 + q * weight));
}

TEST(Bounds, StochasticSteps) {
  // L = 1, mu = 1/10, gamma = 7/10, v = 1, R = 2.
  expect("bounds/sgd-one-step", "quadratics turned to the worst, gamma = 1/10 .. 18/10", 7,
         4.18300050471, 1e-11);
  expect("bounds/sgd-overparametrized", "all of curvature L, gamma >= 2/(L + mu)", 23, 1.69);
}

TEST(Bounds, WithoutSmoothness) {
  expect("bounds/proximal-point", "|x| of the worst slope, gamma = 3", 4, 1.0 / 48, 1e-15);
  expect("bounds/accelerated-proximal", "c x on x >= 0", 4, 2.0 / 38, 1e-15);
  expect("bounds/subgradient", "M max |x_i|, M = 2, N + 1 = k^2", 8, 2.0 / 3, 1e-15);
  expect("bounds/online-gradient-descent", "losses at right angles", 4, 1.0, 1e-15);
}

TEST(Bounds, PolyaksSteps) {
  // kappa = 10 at eta = 2/(L + mu), in either form.
  expect("bounds/polyak-steps", "value at eta = 2/(L + mu), kappa = 2 .. 12", 10, 0.669421487603);
}

// 2 (L - mu)/(2L + mu) a step, 8/11 at L = 1, mu = 1/5 (PEPit); here L = 8, mu = 1/2: 10/11.
TEST(Bounds, LojasiewiczsFactor) {
  const char* name = "quadratic_singular, mu = 1/2";
  EXPECT_NEAR(
      at("bounds/gd-lojasiewicz", name, 2).bound / at("bounds/gd-lojasiewicz", name, 1).bound,
      10.0 / 11, 1e-14);
}

// What the constant momentum's bound is at mu/L = 1/10 after two steps, written apart.
TEST(Bounds, NesterovsConstantMomentumFactor) {
  const At values = at("nesterov-strongly-convex", "1/2 x'Dx, kappa = 64", 2);
  // f_0 - f* = (1/16 + 1 + 4/4)/2 = 33/32, mu R^2/2 = (1 + 1 + 1/4)/32 = 9/128.
  EXPECT_NEAR(values.bound, std::pow(1 - 1.0 / 8, 2) * (33.0 / 32 + 9.0 / 128), 1e-15);
}

}  // namespace
}  // namespace plumbline::conformance
