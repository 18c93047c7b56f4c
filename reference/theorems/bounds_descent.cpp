// Gradient descent in other ways than the rule's: any schedule, silver steps, exact line search,
// a gradient with errors, and quadratic growth for smoothness.
#include "reference/theorems/bounds.hpp"
#include "reference/theorems/huber_descent.hpp"

namespace plumbline::theorems {
namespace {

/// Steps of rate(t), t = 0 .. N - 1, times 1/L.
using Rates = std::function<Certified(long step, long steps)>;

std::function<CertifiedVector(const Problem&, long)> descent_by(const Rates& rates) {
  return [rates](const Problem& problem, long steps) {
    CertifiedVector x = start_of(problem);
    for (long t = 0; t < steps; ++t) {
      x = combination(1, x, -rates(t, steps) / smoothness_of(problem), gradient_at(problem, x));
    }
    return x;
  };
}

Certified sum_of(const Rates& rates, long steps) {
  Certified total;
  for (long t = 0; t < steps; ++t) total = total + rates(t, steps);
  return total;
}

/// L R^2/(4 sum + 2), with the sum of L times the rates.
EndBound any_schedule(const Rates& rates) {
  return {.end = descent_by(rates),
          .observed = gap_at,
          .bound = [rates](const Problem& problem, long steps) {
            return smoothness_of(problem) * first_squared_distance(problem) /
                   (Certified(4) * sum_of(rates, steps) + Certified(2));
          }};
}

Rates constant(double rate) {
  return [rate](long, long) { return Certified(rate); };
}

// Silver steps (Altschuler and Parrilo 2023): 1 + rho^(v - 1), v the power of 2 in t + 1.
Certified silver_ratio() {
  return 1 + sqrt(Certified(2));
}
Certified silver_rate(long step, long) {
  long power = 0;
  for (long number = step + 1; number % 2 == 0; number /= 2) ++power;
  return 1 + (power == 0 ? 1 / silver_ratio() : whole_power(silver_ratio(), power - 1));
}

/// At N = 2^k - 1: k.
long silver_order(long steps) {
  long order = 0;
  while ((1L << order) - 1 < steps) ++order;
  return order;
}

EndBound silver() {
  return {.end = descent_by(silver_rate),
          .observed = gap_at,
          .bound = [](const Problem& problem, long steps) {
            const Certified power = whole_power(silver_ratio(), 2 * silver_order(steps));
            return smoothness_of(problem) * first_squared_distance(problem) /
                   (1 + sqrt(Certified(4) * power - 3));
          }};
}

/// The series at N = 1, 3, 7, ..., alone.
Run at_silver_counts(Run run) {
  run.series = [all = run.series] {
    Series series;
    for (const Comparison& one : all()) {
      if ((one.step & (one.step + 1)) == 0) series.push_back(one);
    }
    return series;
  };
  return run;
}

std::vector<Run> schedule_runs() {
  const auto huber = [](const Rates& rates) {
    return [rates](long steps) { return huber_for(any_schedule(rates), 1, steps); };
  };
  const Rates growing = [](long step, long) { return Certified::ratio(step % 3 + 1, 2); };
  const Rates falling = [](long step, long) { return Certified::ratio(1, step + 1); };
  // u_0 = 1, u <- u/2 + sqrt(u^2/4 + 2), rates 1/u_{t+1}: u_N = 1 + 2 sum.
  const Rates decreasing = [](long step, long) {
    Certified u(1);
    for (long t = 0; t <= step; ++t) u = u / Certified(2) + sqrt(square(u) / Certified(4) + 2);
    return 1 / u;
  };
  std::vector<Run> runs;
  for (const auto& [name, rates] : {std::pair<std::string, Rates>{"eta = 1/L", constant(1)},
                                    {"eta = 1/(2L)", constant(0.5)},
                                    {"1/2, 1, 3/2, 1/2, ... over L", growing},
                                    {"1/(L (t + 1))", falling},
                                    {"1/(L u_{t+1})", decreasing},
                                    {"silver", silver_rate}}) {
    runs.push_back(end_run(name, Role::witness, any_schedule(rates), huber(rates), 15));
  }
  EndBound smaller = any_schedule(constant(1));
  smaller.bound = [](const Problem& problem, long steps) {
    return smoothness_of(problem) * first_squared_distance(problem) /
           Certified(static_cast<double>(4 * steps + 3));
  };
  runs.push_back(
      end_run("L R^2/(4N + 3) at eta = 1/L", Role::control, smaller, huber(constant(1)), 15));
  add_catalogue_runs(runs, any_schedule(constant(1)), {"quadratic", "huber"}, 15);
  return runs;
}

EndBound quadratic_growth(double rate) {
  EndBound bound = any_schedule(constant(rate));
  bound.bound = [rate](const Problem& problem, long steps) {
    const Rational product = Rational::of(rate);
    const Rational factor = max(1 / (2 * Rational(steps) * product + 1), product);
    return (*problem.smoothness / 2 * factor).certified() * first_squared_distance(problem);
  };
  return bound;
}

std::vector<Run> growth_runs() {
  const auto worst = [](double rate) {
    return [rate](long steps) { return huber_for(quadratic_growth(rate), 1, steps); };
  };
  // The first is the larger as long as L eta (2 N L eta + 1) <= 1: N <= 10 at eta = 1/(5L).
  std::vector<Run> runs{
      end_run("eta = 1/(5L), N <= 9", Role::witness, quadratic_growth(0.2), worst(0.2), 9),
      end_run("eta = 1/(16L), N <= 50", Role::witness, quadratic_growth(0.0625), worst(0.0625), 50),
      end_run("eta = 1/(2L)", Role::within, quadratic_growth(0.5), worst(0.5), 25)};
  add_catalogue_runs(runs, quadratic_growth(0.2), {"quadratic", "huber"}, 25);
  EndBound smaller = quadratic_growth(0.2);
  smaller.bound = [](const Problem& problem, long steps) {
    return quadratic_growth(0.25).bound(problem, steps);
  };
  runs.push_back(
      end_run("the bound of eta = 1/(4L), said of 1/(5L)", Role::control, smaller, worst(0.2), 5));
  return runs;
}

std::vector<Run> silver_runs() {
  std::vector<Run> runs;
  for (const char* name :
       {"quadratic", "quadratic_singular", "nesterov_tridiagonal", "huber", "least_squares"}) {
    runs.push_back(
        at_silver_counts(end_run(name, Role::within, silver(), catalogue_problem(name), 31)));
  }
  runs.push_back(at_silver_counts(end_run(
      "Huber's functions with the knee in reach: L R^2/(4 rho^k - 2)", Role::within, silver(),
      [](long steps) { return huber_for(silver(), 1, steps); }, 31)));
  EndBound exact = silver();
  exact.bound = [](const Problem& problem, long steps) {
    return smoothness_of(problem) * first_squared_distance(problem) /
           (Certified(4) * whole_power(silver_ratio(), silver_order(steps)) - 2);
  };
  runs.push_back(at_silver_counts(end_run(
      "Huber's functions, exactly L R^2/(4 rho^k - 2)", Role::witness, exact,
      [](long steps) { return huber_for(silver(), 10, steps); }, 31)));
  EndBound constant_steps = silver();
  constant_steps.end = descent_by(constant(1));
  runs.push_back(at_silver_counts(end_run("steps of 1/L, said to be as fast", Role::control,
                                          constant_steps, huber_line(4, {1, 101}, 1), 31)));
  return runs;
}

// On quadratics with eigenvalues in [mu, L]: L/2 max(a (1 - a g)^(2N), (1 - g)^(2N)) R^2, g = L eta
// and a the number in [mu/L, 1] nearest to 1/(g (2N + 1)).
Rational worst_eigenvalue(const Problem& problem, const Rational& rate, long steps) {
  const Rational free = 1 / (rate * Rational(2 * steps + 1));
  return max(*problem.strong_convexity / *problem.smoothness, min(free, 1));
}

EndBound on_quadratics(const Rational& rate) {
  return {.end =
              [rate](const Problem& problem, long steps) {
                return descent_by([rate](long, long) { return rate.certified(); })(problem, steps);
              },
          .observed = gap_at,
          .bound =
              [rate](const Problem& problem, long steps) {
                const Rational share = worst_eigenvalue(problem, rate, steps);
                const Rational factor =
                    max(share * power(1 - share * rate, 2 * steps), power(1 - rate, 2 * steps));
                return (*problem.smoothness / 2 * factor).certified() *
                       first_squared_distance(problem);
              }};
}

/// a L x^2/2 with the a that is worst for N; a is no binary64 number, so it scales the function.
class ScaledParabola final : public OwnFunction {
 public:
  explicit ScaledParabola(const Rational& eigenvalue) : eigenvalue_(eigenvalue.certified()) {}
  Certified value(Point point) const override {
    return eigenvalue_ * square(point[0]) / Certified(2);
  }
  Vector gradient(Point point) const override { return {eigenvalue_ * point[0]}; }

 private:
  Certified eigenvalue_;
};

Problem worst_quadratic(const Rational& rate, long steps) {
  Problem problem{.name = "1/2 a L x^2, a = 1/(L eta (2N + 1)) where that is in [mu/L, 1]",
                  .start = {1},
                  .minimizer = {Rational(0)},
                  .minimum = Rational(0),
                  .smoothness = Rational(3),
                  .strong_convexity = Rational(3, 10),
                  .convex = true};
  const Rational eigenvalue = 3 * worst_eigenvalue(problem, rate, steps);
  problem.spectrum = {eigenvalue};
  problem.bind = [eigenvalue] { return std::make_unique<ScaledParabola>(eigenvalue); };
  return problem;
}

std::vector<Run> quadratic_value_runs() {
  const auto witness = [](const Rational& rate) {
    return end_run(
        "eta = " + rate.text() + "/L, mu/L = 1/10", Role::witness, on_quadratics(rate),
        [rate](long steps) { return worst_quadratic(rate, steps); }, 12);
  };
  std::vector<Run> runs{witness(1), witness({1, 2}), witness({1, 8})};
  add_catalogue_runs(runs, on_quadratics(1),
                     {"quadratic", "quadratic_ill_conditioned", "least_squares"}, 20);
  runs.push_back(end_run(
      "Huber's functions, which are no quadratics", Role::control, on_quadratics(1),
      [](long steps) {
        return with_strong_convexity(huber_line(3, Rational(1, 2 * steps + 1), 1), 0);
      },
      12));
  return runs;
}

// Two trajectories of gradient descent: ||x_N - y_N||^2 <= max((1 - L g)^2, (1 - mu g)^2)^N
// ||x_0 - y_0||^2.
Run contraction_run(std::string name, Role role, const Problem& problem, double rate) {
  return {.name = std::move(name),
          .role = role,
          .objective = problem.name,
          .rule = "gradient_descent",
          .dialect = "coupled_decay",
          .hyperparameters = {{"learning_rate", rate}},
          .scale = Scale::log_linear,
          .series = [problem, rate] {
            Setting one{.problem = problem,
                        .rule = "gradient_descent",
                        .hyperparameters = {{"learning_rate", rate}},
                        .steps = 40};
            Setting other = one;
            for (double& value : other.problem.start) value = 0.5 - 0.75 * value;
            const Trajectory x = trajectory_of(one);
            const Trajectory y = trajectory_of(other);
            const auto apart = [&](long step) {
              return squared_norm(difference(x.at(step), y.at(step)));
            };
            const Rational exact_rate = Rational::of(rate);
            const Rational factor = max(square(1 - *problem.smoothness * exact_rate),
                                        square(1 - *problem.strong_convexity * exact_rate));
            Series series;
            for (long step = 1; step <= one.steps; ++step) {
              series.push_back({.step = step,
                                .observed = apart(step),
                                .bound = whole_power(factor.certified(), step) * apart(0),
                                .point = x.at(step)});
            }
            return series;
          }};
}

std::vector<Run> contraction_runs() {
  const Problem lowest = with_smoothness(diagonal_quadratic({1}, {1.5}), 8);
  const Problem highest = with_strong_convexity(diagonal_quadratic({8}, {1.5}), 1);
  return {
      contraction_run("1/2 mu x^2, eta = 1/L", Role::witness, lowest, 0.125),
      contraction_run("1/2 L x^2, eta = 15/(8L)", Role::witness, highest, 0.234375),
      contraction_run("diag(1, 7), eta = 2/(L + mu)", Role::witness,
                      diagonal_quadratic({1, 7}, {1.5, -0.5}), 0.25),
      contraction_run("quadratic", Role::within, catalogue_problem("quadratic"), 0.125),
      contraction_run("logistic_l2", Role::within, catalogue_problem("logistic_l2"), 0.25),
      contraction_run("mu said to be twice what it is", Role::control,
                      with_strong_convexity(lowest, 2), 0.125),
  };
}

}  // namespace

Theorem bounds_gd_contraction() {
  return {.id = "bounds/gd-contraction",
          .title = "Two trajectories of gradient descent",
          .statement = "||x_N - y_N||^2 <= max((1 - L eta)^2, (1 - mu eta)^2)^N ||x_0 - y_0||^2",
          .hypotheses = {"f is L-smooth and mu-strongly convex", "0 < eta < 2/L"},
          .bound = "max((1 - L eta)^2, (1 - mu eta)^2)^N ||x_0 - y_0||^2",
          .tight = "attained by quadratics",
          .source = "Ryu and Boyd 2016, Appl. Comput. Math. 15(1), section 5",
          .runs = contraction_runs};
}

Theorem bounds_gd_schedule() {
  return {.id = "bounds/gd-schedule",
          .title = "Gradient descent by any schedule, on Huber's function",
          .statement =
              "Huber's function with knee R/(2 L sum eta_t + 1) ends at "
              "L R^2/(4 L sum eta_t + 2): no schedule has a better worst case",
          .hypotheses = {"f is L-smooth and convex",
                         "as an upper bound: a schedule of which it is known, such as eta <= 1/L"},
          .bound = "L R^2/(4 L sum eta_t + 2)",
          .tight =
              "attained by Huber's function for each N and schedule; so by 1/(L u_{t+1}), "
              "u <- u/2 + sqrt(u^2/4 + 2), which has L R^2/(2 u_N)",
          .source =
              "Drori and Teboulle 2014, Math. Program. 145; Goujaud, Taylor and Dieuleveut "
              "2022, arXiv:2205.15033, for u",
          .runs = schedule_runs};
}

Theorem bounds_gd_quadratic_growth() {
  return {.id = "bounds/gd-quadratic-growth",
          .title = "Gradient descent where f has a quadratic upper bound",
          .statement = "f(x_N) - f* <= L R^2/2 max(1/(2 N L eta + 1), L eta)",
          .hypotheses = {"f is convex", "f - f* <= L/2 dist^2, as where f is L-smooth",
                         "0 < eta <= 1/L"},
          .bound = "L R^2/2 max(1/(2 N L eta + 1), L eta)",
          .tight =
              "where the first is the larger: attained by Huber's function for each N, a smooth "
              "one; no function is here that reaches the second",
          .source = "Goujaud, Taylor and Dieuleveut 2022, arXiv:2205.15033",
          .runs = growth_runs};
}

Theorem bounds_gd_silver() {
  return {.id = "bounds/gd-silver",
          .title = "Gradient descent by silver steps",
          .statement =
              "f(x_N) - f* <= L R^2/(1 + sqrt(4 rho^(2k) - 3)), N = 2^k - 1, "
              "rho = 1 + sqrt 2",
          .hypotheses = {"f is L-smooth and convex", "eta_t = (1 + rho^(v(t+1) - 1))/L"},
          .bound = "L R^2/(1 + sqrt(4 rho^(2k) - 3))",
          .tight = "Huber's function reaches L R^2/(4 rho^k - 2), about half of it",
          .source = "Altschuler and Parrilo 2024, Math. Program., theorem 1.1",
          .runs = silver_runs};
}

Theorem bounds_gd_quadratic_value() {
  return {.id = "bounds/gd-quadratic-value",
          .title = "Gradient descent on quadratics, in value",
          .statement =
              "f(x_N) - f* <= L/2 max(a (1 - a L eta)^(2N), (1 - L eta)^(2N)) R^2, "
              "a nearest to 1/(L eta (2N + 1)) in [mu/L, 1]",
          .hypotheses = {"f is a quadratic with eigenvalues in [mu, L]"},
          .bound = "L/2 max(a (1 - a L eta)^(2N), (1 - L eta)^(2N)) R^2",
          .tight = "attained by 1/2 a L x^2 for each N",
          .source =
              "elementary: the maximum of lambda/2 (1 - eta lambda)^(2N) over [mu, L]; stated "
              "as a conjecture in PEPit, of which it is a case",
          .runs = quadratic_value_runs};
}

}  // namespace plumbline::theorems
