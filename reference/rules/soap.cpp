// SOAP: Adam in the eigenbasis of Shampoo's factors (Vyas et al. 2024, Algorithms 3 and 4).
//
//   G_t = P' g_t Q,   M_t = P' m_t Q                     in the basis of the step before
//   v_t = beta2 v_{t-1} + (1 - beta2) G_t^2
//   theta_t = theta_{t-1} - eta sqrt(c2)/c1 P (M_t / (sqrt(v_t) + epsilon)) Q'
//   L_t = beta2 L_{t-1} + (1 - beta2) g_t g_t',   R_t = beta2 R_{t-1} + (1 - beta2) g_t' g_t
//   every f steps: P <- orthonormal(L_t P), Q <- orthonormal(R_t Q)
//
// m is kept in the parameter's own space. The first step makes L, R and from them P and Q
// (their eigenvectors), and moves nothing. Before each renewal the columns of P and Q, and v
// with them, are put in the order of descending P' L P and Q' R Q.
//
// The signs of eigenvectors and columns are free, and so is their order where they are not
// orthonormalized: a turned sign turns a row of G and M with it, not of G^2, and turns back in
// the step. So the trajectory is the same in every choice. It is not where an eigenvalue is
// double, or the null space has two dimensions, as a side longer than the other has after one
// gradient: any basis there is right, and another one gives another trajectory. Cases have
// square matrices of full rank for that reason.
#include "reference/numbers/moving_mean.hpp"
#include "reference/rules/hyperparameters.hpp"
#include "reference/tensors/define_tensor_rule.hpp"

namespace plumbline::rules {
namespace {

struct Soap : TensorRule<6, 6, 2> {
  enum class Count : int { updates, calls };
  enum class Correction : int { in_rate, none };
  enum class Sides : int { both, shorter };
  struct Options {
    Count count;
    Correction correction;
    Sides sides;
    int period;  ///< steps from one renewal of the basis to the next; 0 counts as 1
  };
  static constexpr std::size_t period_index = 5;
  static constexpr std::array state_shapes{StateShape::row_square, StateShape::column_square,
                                           StateShape::row_square, StateShape::column_square,
                                           StateShape::parameter,  StateShape::parameter};

  template <class Number>
  static void advance(Scalars<Number>& scalars, const Hyperparameters<Number>& hyperparameters,
                      const Options& options, const StepContext<Number>& context) {
    if (context.step == 1 && options.count == Count::updates) return;
    auto& [beta1_power, beta2_power] = scalars;
    beta1_power = beta1_power * hyperparameters[1];
    beta2_power = beta2_power * hyperparameters[2];
  }

  /// Which sides have a basis.
  struct Turned {
    bool rows, columns;
  };

  template <class Number>
  static Turned turned(const Number& gradient, const Options& options) {
    if (!is_matrix(gradient)) return {false, false};
    const bool both = options.sides == Sides::both;
    return {both || !is_tall(gradient), both || is_tall(gradient)};
  }

  static bool renews(const Options& options, long step) {
    const long counted = options.count == Count::calls ? step : step - 1;
    return options.period == 0 || counted % options.period == 0;
  }

  /// In the basis, and back.
  template <class Number>
  static Number entered(const State<Number>& state, Turned sides, const Number& value) {
    Number matrix = as_matrix(value);
    if (sides.rows) matrix = matrix_product(transposed(state[2]), matrix);
    if (sides.columns) matrix = matrix_product(matrix, state[3]);
    return in_shape_of(value, matrix);
  }
  template <class Number>
  static Number left(const State<Number>& state, Turned sides, const Number& value) {
    Number matrix = as_matrix(value);
    if (sides.rows) matrix = matrix_product(state[2], matrix);
    if (sides.columns) matrix = matrix_product(matrix, transposed(state[3]));
    return in_shape_of(value, matrix);
  }

  template <class Number>
  static void update_factors(State<Number>& state, Turned sides, const Number& gradient,
                             const Scalar<Number>& beta2) {
    const Number matrix = as_matrix(gradient);
    if (sides.rows) {
      state[0] = moving_mean(beta2, state[0], matrix_product(matrix, transposed(matrix)));
    }
    if (sides.columns) {
      state[1] = moving_mean(beta2, state[1], matrix_product(transposed(matrix), matrix));
    }
  }

  template <class Number>
  static void take_eigenvectors(State<Number>& state, Turned sides) {
    if (sides.rows) state[2] = eigenvectors(state[0]);
    if (sides.columns) state[3] = eigenvectors(state[1]);
  }

  /// The permutation that puts the basis in the order of descending basis' factor basis: the
  /// eigenvectors of its diagonal.
  template <class Number>
  static Number descending(const Number& factor, const Number& basis) {
    const Number inside = matrix_product(transposed(basis), matrix_product(factor, basis));
    return eigenvectors(identity_like(factor) * inside);
  }

  template <class Number>
  static void take_power_step(State<Number>& state, Turned sides) {
    auto& [row_factor, column_factor, row_basis, column_basis, first_moment, second_moment] = state;
    Number sorted = as_matrix(second_moment);
    if (sides.rows) {
      const Number order = descending(row_factor, row_basis);
      sorted = matrix_product(transposed(order), sorted);
      row_basis = orthonormal(matrix_product(row_factor, matrix_product(row_basis, order)));
    }
    if (sides.columns) {
      const Number order = descending(column_factor, column_basis);
      sorted = matrix_product(sorted, order);
      column_basis =
          orthonormal(matrix_product(column_factor, matrix_product(column_basis, order)));
    }
    if (sides.rows || sides.columns) second_moment = in_shape_of(second_moment, sorted);
  }

  template <class Number>
  static void step(Number& parameter, Number gradient, State<Number>& state,
                   const Scalars<Number>& scalars, const Hyperparameters<Number>& hyperparameters,
                   const Options& options, const StepContext<Number>& context) {
    const auto& [learning_rate, beta1, beta2, epsilon, weight_decay, period] = hyperparameters;
    const Turned sides = turned(gradient, options);
    if (context.step == 1) {
      update_factors(state, sides, gradient, beta2);
      take_eigenvectors(state, sides);
      return;
    }
    Number& first_moment = state[4];
    Number& second_moment = state[5];
    first_moment = moving_mean(beta1, first_moment, gradient);
    second_moment =
        moving_mean(beta2, second_moment, square(named("G", entered(state, sides, gradient))));
    const Number first = entered(state, sides, first_moment);
    Scalar<Number> rate = learning_rate;
    if (options.correction == Correction::in_rate) {
      rate = learning_rate * sqrt(1 - scalars[1]) / (1 - scalars[0]);
    }
    const Number update = left(state, sides, first / (sqrt(second_moment) + epsilon));
    parameter = parameter - rate * named("N", update);
    parameter = parameter - learning_rate * weight_decay * parameter;
    update_factors(state, sides, gradient, beta2);
    if (renews(options, context.step)) take_power_step(state, sides);
  }
};

}  // namespace

Rule soap() {
  return {
      .name = "soap",
      .title = "SOAP: Adam in the eigenbasis of Shampoo",
      .formula =
          "G_t = P' g_t Q; M_t = P' m_t Q; v_t = beta2 v_{t-1} + (1 - beta2) G_t^2; "
          "theta_t = theta_{t-1} - eta sqrt(c2)/c1 P (M_t/(sqrt(v_t) + epsilon)) Q'; then the "
          "factors, and every f steps P <- orthonormal(L_t P), Q <- orthonormal(R_t Q)",
      .source = "Vyas et al. 2024, arXiv:2409.11321, Algorithms 3 and 4",
      .hyperparameters = {learning_rate(0.003),
                          beta1(0.95),
                          beta2(0.95),
                          epsilon(1e-8),
                          weight_decay(),
                          {.name = "period",
                           .symbol = "f",
                           .meaning = "steps from one renewal of the basis to the next",
                           .default_value = 10,
                           .neutral = {},
                           .least = 1,
                           .greatest = 1000,
                           .dyadic = 1,
                           .low = 1,
                           .high = 4,
                           .distinct = 2,
                           .kind = Hyperparameter::Kind::count}},
      .options = {{"count", {"updates", "calls"}},
                  {"correction", {"in_rate", "none"}},
                  {"sides", {"both", "shorter"}}},
      .dialects =
          {{"first_step_skipped",
            {0, 0, 0},
            "nikhilvyas/SOAP soap.py, the authors' own",
            {"authors"}},
           {"first_step_counted",
            {1, 0, 0},
            "kozistr pytorch_optimizer soap.py: the step that is skipped counts in the "
            "corrections and in the period",
            {"kozistr"}},
           {"uncorrected", {0, 1, 0}, "nikhilvyas/SOAP soap.py with correct_bias off", {}},
           {"shorter_side",
            {0, 0, 1},
            "the paper's one-sided form; nikhilvyas/SOAP soap.py with max_precond_dim between the "
            "two sizes. Of a square matrix it is the rows",
            {}}},
      .equivalences = {},
      .state = {{"row_factor", "L", "the moving mean of the rows' products",
                 "matrix and sides=both or matrix and not tall"},
                {"column_factor", "R", "the moving mean of the columns' products",
                 "matrix and sides=both or matrix and tall"},
                {"row_basis", "P", "orthonormal columns, near the eigenvectors of L",
                 "matrix and sides=both or matrix and not tall"},
                {"column_basis", "Q", "orthonormal columns, near the eigenvectors of R",
                 "matrix and sides=both or matrix and tall"},
                {"first_moment", "m", "the moving mean of gradients"},
                {"second_moment", "v", "the moving mean of squared gradients in the basis"}},
      .scalars = {{"b1", "running power of beta1"}, {"b2", "running power of beta2"}},
      .notes =
          "formulas are for a basis that is renewed in every step; vectors and scalars have none, "
          "and "
          "facebookresearch/optimizers' eigenvalue-corrected Shampoo is another rule. "
          "A subject does not show its bases and v in them: their signs and order are free",
      .unit = Unit::tensor,
      .wants = {"regular_gradients"},
      .bindings = by_tensor<Soap>(),
  };
}

}  // namespace plumbline::rules
