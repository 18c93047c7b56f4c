// Accelerated methods on smooth convex functions, each with its exact worst case or the best
// bound that is known. All have x_0 = y_0, and R = ||x_0 - x*||.
#include "reference/theorems/bounds.hpp"

namespace plumbline::theorems {
namespace {

constexpr long most = 25;

/// y - f'(y)/L.
CertifiedVector descended(const Problem& problem, const CertifiedVector& from) {
  return combination(1, from, -1 / smoothness_of(problem), gradient_at(problem, from));
}

// Nesterov's method with the momentum i/(i + 3):
//   x_{i+1} = y_i - f'(y_i)/L,  y_{i+1} = x_{i+1} + i/(i + 3) (x_{i+1} - x_i)
EndBound simple_momentum() {
  return {.end =
              [](const Problem& problem, long steps) {
                CertifiedVector x = start_of(problem), y = x;
                for (long i = 0; i < steps; ++i) {
                  const CertifiedVector before = x;
                  x = descended(problem, y);
                  y = pushed(x, before, Certified::ratio(i, i + 3));
                }
                return x;
              },
          .observed = gap_at,
          .bound =
              [](const Problem& problem, long steps) {
                return smoothness_of(problem) * first_squared_distance(problem) *
                       Certified::ratio(2, (steps + 2) * (steps + 3));
              }};
}

// The sequence t_k of FISTA: y_{i+1} = x_{i+1} + (t_i - 1)/t_{i+1} (x_{i+1} - x_i).
EndBound sequence_momentum() {
  return {.end =
              [](const Problem& problem, long steps) {
                CertifiedVector x = start_of(problem), y = x;
                Certified term(1);
                for (long i = 0; i < steps; ++i) {
                  const CertifiedVector before = x;
                  const Certified next = next_in_sequence(term);
                  x = descended(problem, y);
                  y = pushed(x, before, (term - 1) / next);
                  term = next;
                }
                return x;
              },
          .observed = gap_at,
          .bound =
              [](const Problem& problem, long steps) {
                Certified term(1);
                for (long i = 1; i < steps; ++i) term = next_in_sequence(term);
                return smoothness_of(problem) * first_squared_distance(problem) /
                       (Certified(2) * square(term));
              }};
}

/// theta_0, ..., theta_N of the optimized gradient method: the last with 8 for 4.
CertifiedVector optimized_sequence(long steps) {
  CertifiedVector terms{Certified(1)};
  for (long i = 1; i <= steps; ++i) {
    terms.push_back(next_in_sequence(terms.back(), i == steps ? 8 : 4));
  }
  return terms;
}

// y_{i+1} = x_i - f'(x_i)/L,
// x_{i+1} = y_{i+1} + (t_i - 1)/t_{i+1} (y_{i+1} - y_i) + t_i/t_{i+1} (y_{i+1} - x_i)
EndBound optimized() {
  return {.end =
              [](const Problem& problem, long steps) {
                const CertifiedVector terms = optimized_sequence(steps);
                CertifiedVector x = start_of(problem), y = x;
                for (std::size_t i = 0; i < static_cast<std::size_t>(steps); ++i) {
                  const CertifiedVector before = y;
                  y = descended(problem, x);
                  const CertifiedVector ahead = pushed(y, before, (terms[i] - 1) / terms[i + 1]);
                  x = combination(1, ahead, terms[i] / terms[i + 1], difference(y, x));
                }
                return x;
              },
          .observed = gap_at,
          .bound =
              [](const Problem& problem, long steps) {
                return smoothness_of(problem) * first_squared_distance(problem) /
                       (Certified(2) * square(optimized_sequence(steps).back()));
              }};
}

// The same sequence backwards, t_N = 1:
// x_{i+1} = y_{i+1} + (t_i - 1)(2 t_{i+1} - 1)/(t_i (2 t_i - 1)) (y_{i+1} - y_i)
//                   + (2 t_{i+1} - 1)/(2 t_i - 1) (y_{i+1} - x_i)
EndBound optimized_for_gradient() {
  return {.end =
              [](const Problem& problem, long steps) {
                CertifiedVector terms = optimized_sequence(steps);
                CertifiedVector x = start_of(problem), y = x;
                for (std::size_t i = static_cast<std::size_t>(steps); i > 0; --i) {
                  const Certified& term = terms[i];
                  const Certified share =
                      (Certified(2) * terms[i - 1] - 1) / (Certified(2) * term - 1);
                  const CertifiedVector before = y;
                  y = descended(problem, x);
                  const CertifiedVector ahead = pushed(y, before, (term - 1) / term * share);
                  x = combination(1, ahead, share, difference(y, x));
                }
                return x;
              },
          .observed = squared_gradient_at,
          .bound =
              [](const Problem& problem, long steps) {
                return Certified(2) * smoothness_of(problem) * first_gap(problem) /
                       square(optimized_sequence(steps).back());
              }};
}

/// Huber's function on which N steps from 1 end at the knee: 1/(K + 1).
Problem huber_ending_at_knee(long steps) {
  const auto knee = [steps] {
    // From the knee 1/(2K + 1) that huber_for has to 1/(K + 1).
    const Problem half = huber_for(optimized_for_gradient(), 1, steps);
    const Certified slope = half.bind()->gradient(start_of(half))[0];
    return Certified(2) * slope / (1 + slope);
  };
  Problem problem = huber_line(1, knee, 1);
  problem.name += ", knee 1/(K + 1) after a way of K";
  return problem;
}

// Heavy ball with alpha_t = 1/(L (t + 2)) and beta_t = t/(t + 2).
EndBound slowing_heavy_ball() {
  return {.end =
              [](const Problem& problem, long steps) {
                return heavy_ball_end(problem, steps, [&](long t) -> HeavyBall {
                  return {1 / (smoothness_of(problem) * Certified(static_cast<double>(t + 2))),
                          Certified::ratio(t, t + 2)};
                });
              },
          .observed = gap_at,
          .bound =
              [](const Problem& problem, long steps) {
                return smoothness_of(problem) * first_squared_distance(problem) *
                       Certified::ratio(1, 2 * (steps + 1));
              }};
}

EndBound conjugate_gradients() {
  EndBound bound = optimized();
  bound.end = [](const Problem& problem, long steps) {
    return trajectory_of({.problem = problem,
                          .rule = "linear_conjugate_gradient",
                          .hyperparameters = {{"learning_rate", 1}},
                          .steps = steps})
        .points.back();
  };
  return bound;
}

std::vector<Run> with_witness(const EndBound& bound, std::vector<Run> runs, long steps) {
  add_catalogue_runs(runs, bound,
                     {"quadratic", "quadratic_singular", "nesterov_tridiagonal", "huber"}, steps);
  return runs;
}

/// Gradient descent, said to have the bound.
Run descent_instead(const EndBound& bound) {
  EndBound slow = bound;
  slow.end = [](const Problem& problem, long steps) {
    CertifiedVector x = start_of(problem);
    for (long i = 0; i < steps; ++i) x = descended(problem, x);
    return x;
  };
  return end_run("gradient descent, which is not accelerated", Role::control, slow,
                 huber_line(4, {1, 101}, 1), 50);
}

/// Gradient descent at eta = 2.25/L, said to have it.
Run descent_with_large_steps(const EndBound& bound) {
  EndBound growing = bound;
  growing.end = [](const Problem& problem, long steps) {
    CertifiedVector x = start_of(problem);
    for (long i = 0; i < steps; ++i) {
      x = combination(1, x, Certified(-2.25) / smoothness_of(problem), gradient_at(problem, x));
    }
    return x;
  };
  return end_run("gradient descent at eta = 2.25/L", Role::control, growing,
                 catalogue_problem("quadratic"), 20);
}

std::vector<Run> simple_momentum_runs() {
  const EndBound bound = simple_momentum();
  return with_witness(bound,
                      {end_run(
                           "Huber's worst functions", Role::witness, bound,
                           [bound](long steps) { return huber_for(bound, 1, steps); }, most),
                       descent_instead(bound)},
                      60);
}

/// t_{k-1}^2 (f(x_k) - f*) + L/2 ||z_k - x*||^2 never rises, with z_k = x_{k-1} + t_{k-1} (x_k -
/// x_{k-1}): against its value at each step before, the first being L/2 R^2.
Run sequence_potential(std::string name, Role role, const Problem& problem) {
  return {.name = std::move(name),
          .role = role,
          .objective = problem.name,
          .scale = Scale::log_linear,
          .series = [problem] {
            CertifiedVector x = start_of(problem), y = x;
            Certified term(1);
            Certified last =
                smoothness_of(problem) / Certified(2) * first_squared_distance(problem);
            Series series;
            for (long step = 1; step <= 40; ++step) {
              const CertifiedVector before = x;
              x = descended(problem, y);
              const CertifiedVector z = combination(1, before, term, difference(x, before));
              const Certified potential =
                  square(term) * gap_at(problem, x) +
                  smoothness_of(problem) / Certified(2) * squared_distance_at(problem, z);
              series.push_back({.step = step, .observed = potential, .bound = last, .point = x});
              last = potential;
              const Certified next = next_in_sequence(term);
              y = pushed(x, before, (term - 1) / next);
              term = next;
            }
            return series;
          }};
}

std::vector<Run> sequence_runs() {
  const EndBound bound = sequence_momentum();
  return with_witness(
      bound,
      {sequence_potential("the potential on quadratic", Role::within,
                          catalogue_problem("quadratic")),
       sequence_potential("the potential on huber", Role::within, catalogue_problem("huber")),
       sequence_potential("the potential, L said to be an eighth", Role::control,
                          with_smoothness(catalogue_problem("quadratic"), 1)),
       end_run(
           "Huber's functions with the knee in reach", Role::within, bound,
           [bound](long steps) { return huber_for(bound, 1, steps); }, most),
       descent_instead(bound)},
      60);
}

std::vector<Run> optimized_runs() {
  const EndBound bound = optimized();
  return with_witness(
      bound,
      {end_run(
           "Huber's worst functions", Role::witness, bound,
           [bound](long steps) { return huber_for(bound, 1, steps); }, most),
       end_run("1/2 L x^2", Role::witness, bound, diagonal_quadratic({3}, {1.5}), most),
       descent_instead(bound)},
      most);
}

std::vector<Run> optimized_for_gradient_runs() {
  const EndBound bound = optimized_for_gradient();
  return with_witness(
      bound,
      {end_run("Huber's worst functions", Role::witness, bound, huber_ending_at_knee, most),
       end_run("1/2 L x^2", Role::witness, bound, diagonal_quadratic({3}, {1.5}), most),
       descent_instead(bound)},
      most);
}

std::vector<Run> slowing_heavy_ball_runs() {
  const EndBound bound = slowing_heavy_ball();
  return with_witness(bound,
                      {end_run(
                           "Huber's worst functions", Role::witness, bound,
                           [bound](long steps) { return huber_for(bound, 1, steps); }, most),
                       descent_with_large_steps(bound)},
                      60);
}

std::vector<Run> conjugate_gradient_runs() {
  const EndBound bound = conjugate_gradients();
  std::vector<Run> runs;
  for (const auto& [name, steps] : {std::pair{"quadratic", 3L}, {"nesterov_tridiagonal", 10L}}) {
    runs.push_back(end_run(name, Role::within, bound, catalogue_problem(name), steps));
  }
  runs.push_back(end_run("L said to be an eighth", Role::control, bound,
                         with_smoothness(catalogue_problem("nesterov_tridiagonal"), 1), 10));
  return runs;
}

}  // namespace

Theorem bounds_nesterov_simple() {
  return {.id = "bounds/nesterov-simple",
          .title = "Nesterov's method with momentum i/(i + 3)",
          .statement = "f(x_N) - f* <= 2 L R^2/((N + 2)(N + 3))",
          .hypotheses = {"f is L-smooth and convex", "eta = 1/L, momentum i/(i + 3)"},
          .bound = "2 L R^2/((N + 2)(N + 3))",
          .tight = "attained by Huber's function for each N",
          .source =
              "Taylor, Hendrickx and Glineur 2017, SIAM J. Optim. 27(3), table 1; Su, Boyd "
              "and Candes 2014, for the momentum",
          .runs = simple_momentum_runs};
}

Theorem bounds_fista() {
  return {.id = "bounds/fista",
          .title = "Nesterov's method with the sequence t_k",
          .statement =
              "f(x_N) - f* <= L R^2/(2 t_{N-1}^2), t_0 = 1, "
              "t_{k+1} = (1 + sqrt(1 + 4 t_k^2))/2",
          .hypotheses = {"f is L-smooth and convex", "eta = 1/L, momentum (t_k - 1)/t_{k+1}"},
          .bound = "L R^2/(2 t_{N-1}^2)",
          .tight = "no: an upper bound",
          .source = "Beck and Teboulle 2009, SIAM J. Imaging Sci. 2(1), theorem 4.4",
          .runs = sequence_runs};
}

Theorem bounds_ogm() {
  return {.id = "bounds/ogm",
          .title = "The optimized gradient method",
          .statement = "f(x_N) - f* <= L R^2/(2 t_N^2), the last t_N with 8 t^2 for 4 t^2",
          .hypotheses = {"f is L-smooth and convex"},
          .bound = "L R^2/(2 t_N^2)",
          .tight =
              "attained by Huber's function for each N and by 1/2 L x^2; no first-order method "
              "does better",
          .source =
              "Kim and Fessler 2016, Math. Program. 159, theorem 2; Drori 2017, J. "
              "Complexity 39",
          .runs = optimized_runs};
}

Theorem bounds_ogm_g() {
  return {.id = "bounds/ogm-g",
          .title = "The optimized gradient method for the gradient",
          .statement = "||f'(x_N)||^2 <= 2 L (f(x_0) - f*)/t_0^2, the sequence backwards",
          .hypotheses = {"f is L-smooth and convex"},
          .bound = "2 L (f(x_0) - f*)/t_0^2",
          .tight = "attained by Huber's function for each N and by 1/2 L x^2",
          .source = "Kim and Fessler 2021, J. Optim. Theory Appl. 188, theorem 6.1",
          .runs = optimized_for_gradient_runs};
}

Theorem bounds_conjugate_gradient() {
  return {.id = "bounds/conjugate-gradient",
          .title = "Conjugate gradients, by the bound for all smooth convex functions",
          .statement = "f(x_N) - f* <= L R^2/(2 t_N^2), as the optimized gradient method",
          .hypotheses = {"f is L-smooth and convex, here a quadratic"},
          .bound = "L R^2/(2 t_N^2)",
          .tight = "attained by functions that are no quadratics (Drori and Taylor 2020)",
          .source = "Drori and Taylor 2020, Math. Program. 184, corollary 6",
          .runs = conjugate_gradient_runs};
}

Theorem bounds_heavy_ball_quadratic_growth() {
  return {
      .id = "bounds/heavy-ball-quadratic-growth",
      .title = "A heavy ball for functions with a quadratic upper bound",
      .statement =
          "f(x_N) - f* <= L R^2/(2 (N + 1)) at alpha_t = 1/(L (t + 2)), "
          "beta_t = t/(t + 2)",
      .hypotheses = {"f is convex", "f - f* <= L/2 dist^2, as where f is L-smooth"},
      .bound = "L R^2/(2 (N + 1))",
      .tight =
          "attained by Huber's function with the knee 1/(N + 1) for each N: by a smooth function",
      .source =
          "Ghadimi, Feyzmahdavian and Johansson 2015, ECC; Goujaud, Taylor and "
          "Dieuleveut 2022, arXiv:2205.15033, theorems 2.3 and 2.4",
      .runs = slowing_heavy_ball_runs};
}

}  // namespace plumbline::theorems
