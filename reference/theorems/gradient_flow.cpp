// Gradient descent is Euler's method for the gradient flow, theta' = -f'(theta): at a fixed time
// its distance from the flow is O(eta).
//
// On a quadratic, along an eigenvector, with n steps of eta = time/n and z = eta lambda <= 1:
//
//   0 <= e^(-n z) - (1 - z)^n <= n z^2/2 e^(-(n - 1) z)
//
// since e^-z - (1 - z) <= z^2/2 and a^n - b^n <= n (a - b) a^(n-1) for a >= b >= 0.
#include "reference/theorem.hpp"

namespace plumbline::theorems {
namespace {

constexpr double time = 1;
const std::vector<double> eigenvalues{0.5, 1, 4};
const std::vector<double> start{1, -2, 0.75};

CertifiedVector after(const std::string& rule, const std::string& dialect, long steps) {
  Setting setting{.problem = diagonal_quadratic(eigenvalues, start),
                  .rule = rule,
                  .dialect = dialect,
                  .hyperparameters = {{"learning_rate", time / static_cast<double>(steps)}},
                  .steps = steps};
  return trajectory_of(setting).points.back();
}

/// e^(-lambda time) of the start.
CertifiedVector flow() {
  CertifiedVector point;
  for (std::size_t i = 0; i < start.size(); ++i) {
    point.push_back(Certified(start[i]) * exp(-Certified(eigenvalues[i] * time)));
  }
  return point;
}

/// By the count of steps, a power of two, from `least`; the bound times eta^more.
Series distances(long least, int more) {
  Series series;
  for (long steps = least; steps <= 512; steps *= 2) {
    const Certified rate(time / static_cast<double>(steps));
    CertifiedVector bounds;
    for (std::size_t i = 0; i < start.size(); ++i) {
      const Certified z = rate * Certified(eigenvalues[i]);
      bounds.push_back(Certified(start[i]) * Certified(static_cast<double>(steps)) * square(z) /
                       Certified(2) * exp(-Certified(static_cast<double>(steps - 1)) * z));
    }
    const CertifiedVector point = after("gradient_descent", "", steps);
    series.push_back({.step = steps,
                      .observed = sqrt(squared_norm(difference(point, flow()))),
                      .bound = whole_power(rate, more) * sqrt(squared_norm(bounds)),
                      .point = point});
  }
  return series;
}

std::vector<Run> runs() {
  const auto run = [](std::string name, Role role, std::string rule, std::string dialect,
                      Relation relation, std::function<Series()> series) {
    return Run{.name = std::move(name),
               .role = role,
               .objective = diagonal_quadratic(eigenvalues, start).name,
               .rule = std::move(rule),
               .dialect = std::move(dialect),
               .relation = relation,
               .series = std::move(series)};
  };
  Run euler = run("gradient descent, eta = 1/n, at time 1", Role::within, "gradient_descent",
                  "coupled_decay", Relation::at_most, [] { return distances(4, 0); });
  euler.proved_slope = [] { return Certified(-1); };
  const auto beside = [](const std::function<CertifiedVector(long)>& said) {
    return [said] {
      Series series;
      for (long steps = 1; steps <= 16; steps *= 2) {
        const CertifiedVector point = said(steps);
        const CertifiedVector exact = flow();
        for (std::size_t i = 0; i < point.size(); ++i) {
          series.push_back(
              {.step = steps, .observed = point[i], .bound = exact[i], .point = point});
        }
      }
      return series;
    };
  };
  // The catalogue's flow on its quadratic, whose Hessian it asks for, in one step and in many.
  Run whole =
      run("the flow in n steps is the flow in one", Role::witness, "gradient_flow", "exact",
          Relation::equal, [] {
            const auto flowed = [](long steps) {
              return trajectory_of(
                         {.problem = catalogue_problem("quadratic"),
                          .rule = "gradient_flow",
                          .dialect = "exact",
                          .hyperparameters = {{"learning_rate", time / static_cast<double>(steps)}},
                          .steps = steps})
                  .points.back();
            };
            Series series;
            const CertifiedVector once = flowed(1);
            for (long steps = 2; steps <= 8; steps *= 2) {
              const CertifiedVector point = flowed(steps);
              for (std::size_t i = 0; i < point.size(); ++i) {
                series.push_back({.step = steps, .observed = point[i], .bound = once[i]});
              }
            }
            return series;
          });
  whole.objective = "quadratic";
  return {
      std::move(euler),
      std::move(whole),
      run("said to be O(eta^2)", Role::control, "gradient_descent", "coupled_decay",
          Relation::at_most, [] { return distances(4, 1); }),
      run("gradient descent, said to be the flow", Role::control, "gradient_descent",
          "coupled_decay", Relation::equal,
          beside([](long steps) { return after("gradient_descent", "", steps); })),
  };
}

}  // namespace

Theorem gradient_flow() {
  return {.id = "gradient-flow",
          .title = "Gradient descent follows the gradient flow",
          .statement =
              "at a fixed time the distance of gradient descent from the gradient flow is "
              "O(eta): at most n (eta lambda)^2/2 e^(-(n - 1) eta lambda) of the start "
              "along each eigenvector",
          .hypotheses = {"f is a quadratic", "eta lambda <= 1"},
          .bound = "n (eta lambda)^2/2 e^(-(n - 1) eta lambda)",
          .tight = "the order and, as eta -> 0, the constant",
          .source =
              "Hairer, Norsett and Wanner 1993, Solving Ordinary Differential Equations I, "
              "for the order; the constant is derived in gradient_flow.cpp",
          .runs = runs};
}

}  // namespace plumbline::theorems
