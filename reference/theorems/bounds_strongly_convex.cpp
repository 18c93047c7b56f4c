// Accelerated methods on smooth, strongly convex functions. q = mu/L, kappa = L/mu.
#include "reference/theorems/bounds.hpp"

namespace plumbline::theorems {
namespace {

constexpr long most = 20;

struct Constants {
  Certified mu, smooth, kappa;
};

Constants constants_of(const Problem& problem) {
  const Certified mu = strong_convexity_of(problem);
  const Certified smooth = smoothness_of(problem);
  return {mu, smooth, smooth / mu};
}

// Triple momentum (Van Scoy, Freeman and Lynch 2018), rho = 1 - 1/sqrt kappa:
//   z_{k+1} = (1 + beta) z_k - beta z_{k-1} - alpha f'(y_k),
//   y_k = (1 + gamma) z_k - gamma z_{k-1},  x_k = (1 + delta) z_k - delta z_{k-1}
Certified triple_factor(const Problem& problem) {
  return 1 - 1 / sqrt(constants_of(problem).kappa);
}

EndBound triple_momentum(long more_steps) {
  return {.end =
              [](const Problem& problem, long steps) {
                const Certified rho = triple_factor(problem);
                const Certified squared = square(rho);
                const Certified alpha = (1 + rho) / smoothness_of(problem);
                const Certified beta = squared / (2 - rho);
                const Certified gamma = squared / ((1 + rho) * (2 - rho));
                const Certified delta = squared / (1 - squared);
                CertifiedVector z = start_of(problem), before = z, y = z, x = z;
                for (long k = 0; k < steps; ++k) {
                  const CertifiedVector next =
                      combination(1, pushed(z, before, beta), -alpha, gradient_at(problem, y));
                  before = z;
                  z = next;
                  y = pushed(z, before, gamma);
                  x = pushed(z, before, delta);
                }
                return x;
              },
          .observed = gap_at,
          .bound =
              [more_steps](const Problem& problem, long steps) {
                const auto [mu, smooth, kappa] = constants_of(problem);
                return whole_power(triple_factor(problem), 2 * (steps + more_steps)) * smooth *
                       kappa / Certified(2) * first_squared_distance(problem);
              }};
}

// The information-theoretic exact method (Taylor and Drori 2023).
struct ExactMethodStep {
  Certified weight, beta, delta;  // A_{k+1}, beta_k, delta_k
};

ExactMethodStep next_step(const Certified& q, const Certified& weight) {
  const Certified squared = square(1 - q);
  const Certified next =
      ((1 + q) * weight + Certified(2) * (1 + sqrt((1 + weight) * (1 + q * weight)))) / squared;
  return {next, weight / ((1 - q) * next),
          (squared * next - (1 + q) * weight) / (Certified(2) * (1 + q + q * weight))};
}

EndBound exact_method() {
  return {.end =
              [](const Problem& problem, long steps) {
                const Certified q = 1 / constants_of(problem).kappa;
                Certified weight;
                CertifiedVector x = start_of(problem), z = x;
                for (long k = 0; k < steps; ++k) {
                  const ExactMethodStep step = next_step(q, weight);
                  const CertifiedVector y = combination(1 - step.beta, z, step.beta, x);
                  const CertifiedVector move =
                      combination(1 / smoothness_of(problem), gradient_at(problem, y), 0, y);
                  x = difference(y, move);
                  z = combination(1, combination(1 - q * step.delta, z, q * step.delta, y),
                                  -step.delta, move);
                  weight = step.weight;
                }
                return z;
              },
          .observed = squared_distance_at,
          .bound =
              [](const Problem& problem, long steps) {
                const Certified q = 1 / constants_of(problem).kappa;
                Certified weight;
                for (long k = 0; k < steps; ++k) weight = next_step(q, weight).weight;
                return first_squared_distance(problem) / (1 + q * weight);
              }};
}

// Heavy ball with alpha = 1/(2L), beta = sqrt((1 - alpha mu)(1 - alpha L)).
EndBound smooth_heavy_ball() {
  return {.end =
              [](const Problem& problem, long steps) {
                const auto [mu, smooth, kappa] = constants_of(problem);
                const Certified alpha = 1 / (Certified(2) * smooth);
                const Certified beta = sqrt((1 - alpha * mu) * (1 - alpha * smooth));
                return heavy_ball_end(problem, steps, [&](long) { return HeavyBall{alpha, beta}; });
              },
          .observed = gap_at,
          .bound =
              [](const Problem& problem, long steps) {
                const auto [mu, smooth, kappa] = constants_of(problem);
                return whole_power(1 - mu / (Certified(2) * smooth), steps) * first_gap(problem);
              }};
}

// Robust momentum (Cyrus, Hu, Van Scoy and Lessard 2018), between triple momentum (lambda = 0) and
// gradient descent (lambda = 1). Its Lyapunov function falls by rho^2 a step.
enum class Text { code, docstring };

struct Robust {
  Certified rho, alpha, beta, gamma, weight;
};

Robust robust_parameters(const Problem& problem, Text text) {
  const auto [mu, smooth, kappa] = constants_of(problem);
  const Certified lambda = Certified::ratio(1, 5);
  const Certified rho = lambda * (1 - 1 / kappa) + (1 - lambda) * (1 - 1 / sqrt(kappa));
  const Certified squared = square(rho);
  const bool code = text == Text::code;
  return {rho, kappa * (code ? square(1 - rho) : 1 - squared) * (1 + rho) / smooth,
          kappa * squared * rho / (kappa - 1),
          (code ? squared * rho : squared) / ((kappa - 1) * square(1 - rho) * (1 + rho)),
          square(mu) * (kappa - kappa * squared - 1) / (Certified(2) * rho * (1 - rho))};
}

/// The function at each step against rho^2 of it at the one before, from x_0 and x_1.
Series robust_series(const Problem& problem, const CertifiedVector& first,
                     const CertifiedVector& second, Text text) {
  const Robust by = robust_parameters(problem, text);
  const auto [mu, smooth, kappa] = constants_of(problem);
  const Certified squared = square(by.rho);
  const CertifiedVector minimizer = certified(problem.minimizer);
  CertifiedVector before = first, x = second;
  std::optional<Certified> last;
  Series series;
  for (long step = 0; step <= 20; ++step) {
    const CertifiedVector y = pushed(x, before, by.gamma);
    const CertifiedVector gradient = gradient_at(problem, y);
    const CertifiedVector next = combination(1, pushed(x, before, by.beta), -by.alpha, gradient);
    const CertifiedVector z = combination(1 / (1 - squared), next, -squared / (1 - squared), x);
    const CertifiedVector off = difference(y, minimizer);
    const Certified gap_left = gap_at(problem, y) - mu / Certified(2) * squared_norm(off);
    const Certified lyapunov = by.weight * squared_norm(difference(z, minimizer)) +
                               (smooth - mu) * gap_left -
                               squared_norm(combination(1, gradient, -mu, off)) / Certified(2);
    if (last) {
      series.push_back(
          {.step = step, .observed = lyapunov, .bound = squared * *last, .point = next});
    }
    last = lyapunov;
    before = x;
    x = next;
  }
  return series;
}

Run robust_run(std::string name, Role role, const Problem& problem, Text text = Text::code) {
  return {.name = std::move(name),
          .role = role,
          .objective = problem.name,
          .scale = Scale::log_linear,
          .series = [problem, text] {
            const CertifiedVector start = start_of(problem);
            // x_1 lies elsewhere than x_0, as the theorem allows.
            return robust_series(problem, start, combination(Certified(0.75), start, 0, start),
                                 text);
          }};
}

/// mu x^2/2 with L, and L x^2/2 with mu, for kappa = 16.
Problem lowest() {
  return with_smoothness(diagonal_quadratic({1}, {1.5}), 16);
}
Problem highest() {
  return with_strong_convexity(diagonal_quadratic({16}, {1.5}), 1);
}

std::vector<Run> on_log_linear(std::vector<Run> runs) {
  for (Run& run : runs) run.scale = Scale::log_linear;
  return runs;
}

std::vector<Run> triple_momentum_runs() {
  const EndBound bound = triple_momentum(0);
  std::vector<Run> runs{end_run("1/2 L x^2", Role::witness, bound, highest(), most),
                        end_run("1/2 mu x^2", Role::within, bound, lowest(), most),
                        end_run("the exponent 2(N + 1) of PEPit's text, for 2N", Role::control,
                                triple_momentum(1), highest(), most)};
  add_catalogue_runs(runs, bound, {"quadratic", "quadratic_ill_conditioned"}, most);
  return on_log_linear(std::move(runs));
}

std::vector<Run> exact_method_runs() {
  const EndBound bound = exact_method();
  EndBound smaller = bound;
  smaller.bound = [bound](const Problem& problem, long steps) {
    return Certified::ratio(999, 1000) * bound.bound(problem, steps);
  };
  std::vector<Run> runs{end_run("1/2 L x^2", Role::witness, bound, highest(), most),
                        end_run("1/2 mu x^2", Role::witness, bound, lowest(), most),
                        end_run("a thousandth less", Role::control, smaller, lowest(), most)};
  add_catalogue_runs(runs, bound, {"quadratic", "quadratic_ill_conditioned"}, most);
  return on_log_linear(std::move(runs));
}

std::vector<Run> smooth_heavy_ball_runs() {
  const EndBound bound = smooth_heavy_ball();
  std::vector<Run> runs{
      end_run("1/2 mu x^2", Role::within, bound, lowest(), most),
      end_run("1/2 L x^2", Role::within, bound, highest(), most),
      end_run("mu said to be 4096 times what it is", Role::control, bound,
              with_strong_convexity(diagonal_quadratic({0.00390625, 16}, {1, 0}), 16), most)};
  add_catalogue_runs(runs, bound, {"quadratic", "quadratic_ill_conditioned"}, 40);
  return on_log_linear(std::move(runs));
}

std::vector<Run> robust_momentum_runs() {
  return {robust_run("diag(1, 4, 16), kappa = 16", Role::within,
                     diagonal_quadratic({1, 4, 16}, {1, -1, 0.5})),
          robust_run("quadratic", Role::within, catalogue_problem("quadratic")),
          robust_run("1/2 mu x^2", Role::witness, lowest()),
          robust_run("alpha and gamma of PEPit's text", Role::control,
                     diagonal_quadratic({1, 4, 16}, {1, -1, 0.5}), Text::docstring)};
}

}  // namespace

Theorem bounds_triple_momentum() {
  return {.id = "bounds/triple-momentum",
          .title = "Triple momentum",
          .statement = "f(x_N) - f* <= rho^(2N) L kappa R^2/2, rho = 1 - 1/sqrt kappa",
          .hypotheses = {"f is L-smooth and mu-strongly convex"},
          .bound = "rho^(2N) L kappa R^2/2",
          .tight =
              "attained by 1/2 L x^2, at every N. PEPit's text has the exponent 2(N + 1), its "
              "code 2N: the text's is passed",
          .source = "Van Scoy, Freeman and Lynch 2018, IEEE Control Syst. Lett. 2(1), theorem 1",
          .runs = triple_momentum_runs};
}

Theorem bounds_item() {
  return {.id = "bounds/item",
          .title = "The information-theoretic exact method",
          .statement = "||z_N - x*||^2 <= R^2/(1 + q A_N)",
          .hypotheses = {"f is L-smooth and mu-strongly convex, q = mu/L"},
          .bound =
              "R^2/(1 + q A_N), A_{k+1} = ((1 + q) A_k + 2 (1 + sqrt((1 + A_k)(1 + q A_k))))/"
              "(1 - q)^2",
          .tight = "attained by 1/2 mu x^2 and by 1/2 L x^2; no first-order method does better",
          .source = "Taylor and Drori 2023, Math. Program. 199, theorem 3",
          .runs = exact_method_runs};
}

Theorem bounds_heavy_ball_smooth() {
  return {.id = "bounds/heavy-ball-smooth",
          .title = "A heavy ball that converges on all smooth, strongly convex functions",
          .statement =
              "f(x_N) - f* <= (1 - alpha mu)^N (f(x_0) - f*) at alpha = 1/(2L), "
              "beta = sqrt((1 - alpha mu)(1 - alpha L))",
          .hypotheses = {"f is L-smooth and mu-strongly convex"},
          .bound = "(1 - alpha mu)^N (f(x_0) - f*)",
          .tight = "no: 0.7535 for 0.9025 at mu/L = 1/10, N = 2 (PEPit)",
          .source = "Ghadimi, Feyzmahdavian and Johansson 2015, ECC, theorem 4",
          .runs = smooth_heavy_ball_runs};
}

Theorem bounds_robust_momentum() {
  return {.id = "bounds/robust-momentum",
          .title = "Robust momentum",
          .statement =
              "its Lyapunov function falls by rho^2 a step, "
              "rho = lambda (1 - 1/kappa) + (1 - lambda)(1 - 1/sqrt kappa)",
          .hypotheses = {"f is L-smooth and mu-strongly convex, kappa = L/mu", "here lambda = 1/5"},
          .bound = "V_{k+1} <= rho^2 V_k",
          .tight =
              "attained by 1/2 mu x^2. PEPit's text has other alpha and gamma than its code: "
              "with the text's it is passed",
          .source = "Cyrus, Hu, Van Scoy and Lessard 2018, ACC, theorem 1",
          .runs = robust_momentum_runs};
}

}  // namespace plumbline::theorems
