// The descent lemma: a smooth function lies below its tangent plus L/2 ||v - u||^2.
//
//   f(v) <= f(u) + f'(u)'(v - u) + L/2 ||v - u||^2
//
// What is compared is the curved part, f(v) - f(u) - f'(u)'(v - u), with L/2 ||v - u||^2. The
// pairs begin at the objective's start and at its mirror image; v runs outward from u along the
// axes and the diagonal.
#include "reference/theorems/hypotheses.hpp"

namespace plumbline::theorems {
namespace {

constexpr double reaches[] = {0.0625, -0.25, 1, -3, 8};

/// All pairs of one problem, numbered from 1.
Series over_pairs(const Problem& problem, const Rational& smoothness) {
  const auto objective = problem.bind();
  const std::size_t size = problem.start.size();
  Series series;
  for (const double side : {1.0, -1.0}) {
    CertifiedVector from;
    for (const double value : problem.start) from.emplace_back(side * value + 0.125);
    const Certified value = objective->value(from);
    const CertifiedVector gradient = objective->gradient(from);
    for (std::size_t axis = 0; axis <= size; ++axis) {
      for (const double reach : reaches) {
        CertifiedVector to = from;
        for (std::size_t i = 0; i < size; ++i) {
          if (i == axis || axis == size) to[i] = to[i] + Certified(reach);
        }
        const CertifiedVector way = difference(to, from);
        series.push_back({.step = static_cast<long>(series.size()) + 1,
                          .observed = objective->value(to) - value - inner_product(gradient, way),
                          .bound = smoothness.certified() / Certified(2) * squared_norm(way),
                          .point = to});
      }
    }
  }
  return series;
}

Run pairs_run(std::string name, Role role, const Problem& problem, const Rational& smoothness) {
  return {.name = std::move(name),
          .role = role,
          .objective = problem.name,
          .scale = Scale::log_linear,
          .series = [problem, smoothness] { return over_pairs(problem, smoothness); }};
}

std::vector<Run> runs() {
  std::vector<Run> runs;
  for (const char* name : {"quadratic", "quadratic_ill_conditioned", "quadratic_indefinite",
                           "quadratic_singular", "nesterov_tridiagonal", "least_squares", "huber",
                           "plateau", "logistic", "logistic_l2", "softmax"}) {
    const Problem problem = catalogue_problem(name);
    runs.push_back(pairs_run(name, Role::within, problem, *problem.smoothness));
  }
  const Problem round = catalogue_problem("quadratic_round");
  runs.push_back(pairs_run("quadratic_round", Role::witness, round, *round.smoothness));
  const Problem quadratic = catalogue_problem("quadratic");
  runs.push_back(pairs_run("L said to be a quarter of what it is", Role::control, quadratic,
                           *quadratic.smoothness / 4));
  runs.push_back(pairs_run("rosenbrock, which no L makes smooth everywhere", Role::control,
                           catalogue_problem("rosenbrock"), 1000));
  return runs;
}

}  // namespace

Theorem descent_lemma() {
  return {.id = "descent-lemma",
          .title = "The descent lemma",
          .statement = "f(v) <= f(u) + f'(u)'(v - u) + L/2 ||v - u||^2 for all u, v",
          .hypotheses = {"f is L-smooth"},
          .bound = "f(v) - f(u) - f'(u)'(v - u) <= L/2 ||v - u||^2",
          .tight = "equality everywhere on the quadratic with all eigenvalues L",
          .source = "Nesterov 2004, Introductory Lectures on Convex Optimization, lemma 1.2.3",
          .runs = runs};
}

}  // namespace plumbline::theorems
