// Newton's method, conjugate gradients and L-BFGS where they are exact: on quadratics.
//
// Newton's step is theta - H^-1 g: on a quadratic the minimizer itself. Near the minimizer of
// other functions it converges quadratically; on x - log x, whose minimizer is 1, the error e = 1 -
// x becomes e^2 exactly, and for every self-concordant function the Newton decrement d = sqrt(g'
// H^-1 g) falls to (d/(1 - d))^2 at most.
//
// Conjugate gradients end in as many steps as there are distinct eigenvalues, n at most, and
// until then f(theta_T) - f* <= 4 ((sqrt kappa - 1)/(sqrt kappa + 1))^(2T) (f(theta_0) - f*).
//
// L-BFGS with exact line searches and all pairs in memory takes the same steps. Off quadratics it
// is seen to converge superlinearly: what is checked is ||g_t|| <= ||g_{t-1}||^(11/10), which no
// theorem promises.
#include "reference/theorem.hpp"

namespace plumbline::theorems {
namespace {

Setting on_quadratic(std::string_view objective, std::string rule, std::string dialect, long steps,
                     NamedNumbers hyperparameters = {{"learning_rate", 1}}) {
  return {.problem = catalogue_problem(objective),
          .rule = std::move(rule),
          .dialect = std::move(dialect),
          .hyperparameters = std::move(hyperparameters),
          .steps = steps};
}

Run described_run(std::string name, Role role, const Setting& setting, Relation relation,
                  std::function<Series()> series) {
  return {.name = std::move(name),
          .role = role,
          .objective = setting.problem.name,
          .rule = setting.rule,
          .dialect = setting.dialect,
          .hyperparameters = setting.hyperparameters,
          .relation = relation,
          .scale = Scale::log_linear,
          .series = std::move(series)};
}

void compare_points(long step, const CertifiedVector& observed, const CertifiedVector& bound,
                    Series& series) {
  for (std::size_t i = 0; i < observed.size(); ++i) {
    series.push_back({.step = step, .observed = observed[i], .bound = bound[i], .point = observed});
  }
}

/// The point after `steps` steps against the minimizer.
Run ends_at_minimizer(std::string name, Role role, const Setting& setting) {
  return described_run(std::move(name), role, setting, Relation::equal, [setting] {
    Series series;
    const Trajectory trajectory = trajectory_of(setting);
    compare_points(setting.steps, trajectory.points.back(), certified(setting.problem.minimizer),
                   series);
    return series;
  });
}

/// x - log x, which Newton's method asks for its Hessian, 1/x^2.
class MinusLogarithm final : public OwnFunction {
 public:
  Certified value(Point point) const override { return point[0] - log(point[0]); }
  Vector gradient(Point point) const override { return {1 - 1 / point[0]}; }
  Matrix<Certified> hessian(Point point) const override {
    Matrix<Certified> matrix(1, 1);
    matrix.at(0, 0) = 1 / square(point[0]);
    return matrix;
  }
};

Setting newton_on_logarithm(double start, long steps) {
  Setting setting{.problem = {.name = "x - log x",
                              .start = {start},
                              .minimizer = {Rational(1)},
                              .minimum = Rational(1),
                              .convex = true,
                              .bind = [] { return std::make_unique<MinusLogarithm>(); }},
                  .rule = "newton",
                  .dialect = "fixed",
                  .hyperparameters = {{"learning_rate", 1}, {"damping", 0}},
                  .steps = steps};
  return setting;
}

std::vector<Run> newton_runs() {
  const auto newton = [](std::string_view objective, double damping) {
    return on_quadratic(objective, "newton", "fixed", 1,
                        {{"learning_rate", 1}, {"damping", damping}});
  };
  const Setting logarithm = newton_on_logarithm(0.625, 6);
  // The decrement of x - log x is |x - 1|.
  const auto errors = [logarithm](const std::function<Certified(const Certified&)>& said) {
    return [logarithm, said] {
      Series series;
      const Trajectory trajectory = trajectory_of(logarithm);
      for (long step = 1; step <= logarithm.steps; ++step) {
        const Certified before = abs(trajectory.at(step - 1)[0] - 1);
        series.push_back({.step = step,
                          .observed = abs(trajectory.at(step)[0] - 1),
                          .bound = said(before),
                          .point = trajectory.at(step)});
      }
      return series;
    };
  };
  return {
      ends_at_minimizer("quadratic: one step", Role::witness, newton("quadratic", 0)),
      ends_at_minimizer("quadratic_ill_conditioned: one step", Role::witness,
                        newton("quadratic_ill_conditioned", 0)),
      ends_at_minimizer("least_squares: one step", Role::witness, newton("least_squares", 0)),
      described_run("x - log x: the error is squared", Role::witness, logarithm, Relation::equal,
                    errors([](const Certified& before) { return square(before); })),
      described_run("x - log x: the decrement d falls to (d/(1 - d))^2", Role::within, logarithm,
                    Relation::at_most,
                    errors([](const Certified& before) { return square(before / (1 - before)); })),
      ends_at_minimizer("damping 1/8, said to end in one step", Role::control,
                        newton("quadratic", 0.125)),
      described_run("x - log x, said to cube the error", Role::control, logarithm,
                    Relation::at_most,
                    errors([](const Certified& before) { return before * square(before); })),
  };
}

/// The coefficients of a quadratic of the catalogue: its Hessian and gradient are exact.
struct RationalQuadratic {
  std::vector<std::vector<Rational>> matrix;
  std::vector<Rational> right_side, start;
};

RationalQuadratic rational_quadratic(const Problem& problem) {
  const auto objective = problem.bind();
  const std::size_t size = problem.start.size();
  const CertifiedVector zero(size);
  const Matrix<Certified> hessian = objective->hessian(zero);
  const CertifiedVector gradient = objective->gradient(zero);
  RationalQuadratic result;
  for (std::size_t i = 0; i < size; ++i) {
    result.matrix.emplace_back();
    for (std::size_t j = 0; j < size; ++j) {
      result.matrix.back().push_back(Rational::of(hessian.at(i, j).midpoint()));
    }
    result.right_side.push_back(-Rational::of(gradient[i].midpoint()));
    result.start.push_back(Rational::of(problem.start[i]));
  }
  return result;
}

Rational dot(const std::vector<Rational>& left, const std::vector<Rational>& right) {
  Rational total;
  for (std::size_t i = 0; i < left.size(); ++i) total = total + left[i] * right[i];
  return total;
}

/// ||r_t||^2 of conjugate gradients (Hestenes and Stiefel), t = 0 .. most, in rational numbers.
std::vector<Rational> squared_residuals(const RationalQuadratic& quadratic, long most) {
  const std::size_t size = quadratic.start.size();
  const auto image_of = [&](const std::vector<Rational>& vector) {
    std::vector<Rational> image;
    for (const auto& row : quadratic.matrix) image.push_back(dot(row, vector));
    return image;
  };
  std::vector<Rational> residual = image_of(quadratic.start);
  for (std::size_t i = 0; i < size; ++i) residual[i] = quadratic.right_side[i] - residual[i];
  std::vector<Rational> direction = residual;
  std::vector<Rational> squares{dot(residual, residual)};
  for (long step = 1; step <= most && sign_of(squares.back()) != 0; ++step) {
    const std::vector<Rational> image = image_of(direction);
    const Rational length = squares.back() / dot(direction, image);
    for (std::size_t i = 0; i < size; ++i) residual[i] = residual[i] - length * image[i];
    const Rational now = dot(residual, residual);
    for (std::size_t i = 0; i < size; ++i) {
      direction[i] = residual[i] + now / squares.back() * direction[i];
    }
    squares.push_back(now);
  }
  return squares;
}

/// The last residual in rational numbers, against 0, at the step that it is said to end.
Run ends_exactly(std::string name, Role role, std::string_view objective, long steps) {
  const Setting setting = on_quadratic(objective, "linear_conjugate_gradient", "", steps);
  return described_run(std::move(name), role, setting, Relation::equal, [setting] {
    const auto squares = squared_residuals(rational_quadratic(setting.problem), setting.steps);
    return Series{exact_comparison(static_cast<long>(squares.size()) - 1, squares.back(), 0)};
  });
}

std::vector<Run> conjugate_gradient_runs() {
  const auto rate = [](const Setting& setting) {
    return [setting] {
      Series series;
      const Trajectory trajectory = trajectory_of(setting);
      const Problem& problem = setting.problem;
      const Certified root = sqrt((smoothness(setting) / strong_convexity(setting)).certified());
      const Certified factor = square((root - 1) / (root + 1));
      for (long step = 1; step <= setting.steps; ++step) {
        series.push_back(
            {.step = step,
             .observed = gap(problem, trajectory, step),
             .bound = Certified(4) * whole_power(factor, step) * gap(problem, trajectory, 0),
             .point = trajectory.at(step)});
      }
      return series;
    };
  };
  const auto method = [](std::string_view objective, long steps) {
    return on_quadratic(objective, "linear_conjugate_gradient", "", steps);
  };
  const Setting nonlinear =
      on_quadratic("quadratic", "conjugate_gradient", "fletcher_reeves", 4, {});
  const Setting descent = on_quadratic("quadratic_ill_conditioned", "gradient_descent", "", 10,
                                       {{"learning_rate", 0x1p-6}});
  return {
      ends_exactly("quadratic, n = 4: in rational numbers", Role::witness, "quadratic", 4),
      ends_exactly("quadratic_ill_conditioned, n = 4: in rational numbers", Role::witness,
                   "quadratic_ill_conditioned", 4),
      ends_exactly("quadratic_singular: as many steps as eigenvalues but 0, 5", Role::witness,
                   "quadratic_singular", 5),
      ends_exactly("nesterov_tridiagonal, n = 11: in rational numbers", Role::witness,
                   "nesterov_tridiagonal", 11),
      ends_at_minimizer("quadratic: the rule itself", Role::witness, method("quadratic", 4)),
      ends_at_minimizer("nesterov_tridiagonal: the rule itself", Role::witness,
                        method("nesterov_tridiagonal", 11)),
      ends_at_minimizer("Fletcher and Reeves', exact line search", Role::witness, nonlinear),
      described_run("quadratic: the rate on the way", Role::within, method("quadratic", 3),
                    Relation::at_most, rate(method("quadratic", 3))),
      described_run("quadratic_ill_conditioned: the rate on the way", Role::within,
                    method("quadratic_ill_conditioned", 3), Relation::at_most,
                    rate(method("quadratic_ill_conditioned", 3))),
      described_run("nesterov_tridiagonal: the rate on the way", Role::within,
                    method("nesterov_tridiagonal", 10), Relation::at_most,
                    rate(method("nesterov_tridiagonal", 10))),
      ends_exactly("quadratic: said to end in 3 steps", Role::control, "quadratic", 3),
      described_run("gradient descent, said to have the rate", Role::control, descent,
                    Relation::at_most, rate([&] {
                      Setting longer = descent;
                      longer.steps = 200;
                      return longer;
                    }())),
  };
}

std::vector<Run> lbfgs_runs() {
  const auto beside = [](const Setting& one, const Setting& other) {
    return [one, other] {
      Series series;
      const Trajectory left = trajectory_of(one);
      const Trajectory right = trajectory_of(other);
      for (long step = 1; step <= one.steps; ++step) {
        compare_points(step, left.at(step), right.at(step), series);
      }
      return series;
    };
  };
  const auto method = [](std::string_view objective, std::string dialect, long steps) {
    return on_quadratic(objective, "lbfgs", std::move(dialect), steps,
                        {{"learning_rate", 1}, {"history_size", 12}});
  };
  const auto conjugate = [](std::string_view objective, long steps) {
    return on_quadratic(objective, "linear_conjugate_gradient", "", steps);
  };
  const auto equal = [&](std::string_view objective, long steps) {
    const Setting setting = method(objective, "exact_line_search", steps);
    return described_run(std::string(objective) + ": its points are those of conjugate gradients",
                         Role::witness, setting, Relation::equal,
                         beside(setting, conjugate(objective, steps)));
  };
  const Setting plain = method("quadratic", "nocedal_wright", 3);
  const auto superlinear = [](const Setting& setting) {
    return [setting] {
      Series series;
      const Trajectory trajectory = trajectory_of(setting);
      const Certified exponent = Certified::ratio(11, 20);  // of the squared gradient
      for (long step = 4; step <= setting.steps; ++step) {
        series.push_back({.step = step,
                          .observed = sqrt(squared_gradient(trajectory, step)),
                          .bound = power(squared_gradient(trajectory, step - 1), exponent),
                          .point = trajectory.at(step)});
      }
      return series;
    };
  };
  const Setting off_quadratics = method("logistic_l2", "nocedal_wright", 14);
  const Setting descent =
      on_quadratic("logistic_l2", "gradient_descent", "", 40, {{"learning_rate", 0.25}});
  return {
      equal("quadratic", 4),
      equal("quadratic_ill_conditioned", 4),
      equal("nesterov_tridiagonal", 6),
      ends_at_minimizer("quadratic: it ends in n = 4 steps", Role::witness,
                        method("quadratic", "exact_line_search", 4)),
      described_run("logistic_l2: superlinear from step 4 on, as observed", Role::within,
                    off_quadratics, Relation::at_most, superlinear(off_quadratics)),
      described_run("gradient descent, said to be superlinear", Role::control, descent,
                    Relation::at_most, superlinear(descent)),
      described_run("without a line search, said to be the same", Role::control, plain,
                    Relation::equal, beside(plain, conjugate("quadratic", 3))),
  };
}

}  // namespace

Theorem newton_quadratic() {
  return {.id = "newton-quadratic",
          .title = "Newton's method: one step on a quadratic, quadratic convergence else",
          .statement =
              "one step of Newton's method ends at a quadratic's minimizer; on a "
              "self-concordant function the decrement d falls to (d/(1 - d))^2 at most",
          .hypotheses = {"f is a quadratic, or self-concordant with d < 1", "no damping, eta = 1"},
          .bound = "theta_1 = theta*; d_{t+1} <= (d_t/(1 - d_t))^2",
          .tight = "exact on quadratics; on x - log x the error is squared, exactly",
          .source =
              "Nesterov and Nemirovskii 1994; Nesterov 2004, Introductory Lectures on "
              "Convex Optimization, section 4.1",
          .runs = newton_runs};
}

Theorem conjugate_gradient() {
  return {.id = "conjugate-gradient",
          .title = "Conjugate gradients end",
          .statement =
              "on a quadratic conjugate gradients end in at most n steps, as many as there "
              "are distinct eigenvalues but 0; until then the gap is at most "
              "4 ((sqrt kappa - 1)/(sqrt kappa + 1))^(2T) of the first",
          .hypotheses = {"f is a convex quadratic", "exact arithmetic"},
          .bound = "r_n = 0; f(theta_T) - f* <= 4 ((sqrt kappa - 1)/(sqrt kappa + 1))^(2T) gap_0",
          .tight = "n steps are needed where all eigenvalues differ",
          .source =
              "Hestenes and Stiefel 1952; Nocedal and Wright 2006, theorems 5.1 and 5.4, "
              "(5.36)",
          .runs = conjugate_gradient_runs};
}

Theorem lbfgs() {
  return {.id = "lbfgs",
          .title = "L-BFGS is conjugate gradients on a quadratic",
          .statement =
              "with exact line searches and all pairs in memory the points of L-BFGS on a "
              "quadratic are those of conjugate gradients; on others superlinear convergence "
              "is observed",
          .hypotheses = {"f is a convex quadratic", "line searches are exact",
                         "the memory holds all pairs"},
          .bound = "theta_t of L-BFGS = theta_t of conjugate gradients",
          .tight = "an identity",
          .source =
              "Nazareth 1979, SIAM J. Numer. Anal. 16(5); Nocedal and Wright 2006, theorem "
              "6.4",
          .runs = lbfgs_runs};
}

}  // namespace plumbline::theorems
