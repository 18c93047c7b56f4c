// What is derived from a trace: operation counts, state, and the notation of formulas.
// That the printed formulas are the right ones is tests/formula's matter.
#include "reference/formula/formula.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "reference/catalogue.hpp"
#include "reference/define_rule.hpp"
#include "reference/formula/notation.hpp"
#include "reference/formula/rewriting.hpp"

namespace plumbline {
namespace {

Formula formula(std::string_view rule_name, std::string_view dialect_name, bool in_full = false) {
  const Rule& rule = *find_rule(rule_name);
  const Dialect& dialect = *find_dialect(rule.dialects, dialect_name);
  return formula_of(
      rule, dialect.choices,
      in_full ? all_hyperparameters(rule, dialect) : usual_hyperparameters(rule, dialect));
}

using Counts = std::map<Operation, int>;

TEST(Counts, of_gradient_descent) {
  const Formula usual = formula("gradient_descent", "coupled_decay");
  EXPECT_EQ(usual.operations.per_element,
            (Counts{{Operation::subtract, 1}, {Operation::multiply, 1}}));
  EXPECT_TRUE(usual.operations.per_step.empty());
  EXPECT_TRUE(usual.state.empty());
  // (1 - eta lambda) is computed once a step
  const Formula decoupled = formula("gradient_descent", "decoupled_decay", true);
  EXPECT_EQ(decoupled.operations.per_step,
            (Counts{{Operation::subtract, 1}, {Operation::multiply, 1}}));
}

TEST(Counts, of_adam) {
  const Formula adam = formula("adam", "paper");
  // m: 2 products, 1 sum; v: the same and a square; m hat, v hat, root, + epsilon, eta m hat,
  // the quotient, the difference
  EXPECT_EQ(adam.operations.per_element, (Counts{{Operation::add, 3},
                                                 {Operation::subtract, 1},
                                                 {Operation::multiply, 5},
                                                 {Operation::divide, 3},
                                                 {Operation::square, 1},
                                                 {Operation::sqrt, 1}}));
  // 1 - beta1, 1 - beta2, both powers, and 1 less each
  EXPECT_EQ(adam.operations.per_step, (Counts{{Operation::subtract, 4}, {Operation::multiply, 2}}));
  EXPECT_EQ(adam.state.size(), 2U);
  EXPECT_EQ(adam.scalars.size(), 2U);
  EXPECT_TRUE(formula("adam", "uncorrected").scalars.empty());
}

TEST(Counts, state_of_known_rules) {
  EXPECT_EQ(formula("momentum", "paper").state.size(), 1U);
  EXPECT_EQ(formula("momentum", "polyak").state.size(), 1U);
  EXPECT_EQ(formula("adagrad", "paper").state.size(), 1U);
  EXPECT_EQ(formula("rmsprop", "paper").state.size(), 1U);
  EXPECT_EQ(formula("rmsprop", "paper", true).state.size(), 3U);
  EXPECT_EQ(formula("nesterov", "sequence_1983").scalars.size(), 1U);
  EXPECT_TRUE(formula("nesterov", "paper").scalars.empty());
}

TEST(Counts, of_a_clipping_are_an_element_and_a_step) {
  const Clipping& clipping = *find_clipping("global_norm");
  const Formula exact = formula_of(clipping, clipping.dialects[0].choices);
  EXPECT_EQ(exact.operations.per_element,
            (Counts{{Operation::add, 1}, {Operation::multiply, 1}, {Operation::square, 1}}));
  EXPECT_EQ(exact.operations.per_step,
            (Counts{{Operation::divide, 1}, {Operation::sqrt, 1}, {Operation::min, 1}}));
}

// What the code depends on is what the catalogue says that there is.
TEST(Formulas, depend_on_the_state_that_the_catalogue_says_is_in_use) {
  for (const Rule& rule : all_rules()) {
    for (const Dialect& dialect : rule.dialects) {
      for (const bool in_full : {false, true}) {
        const KeptHyperparameters kept =
            in_full ? all_hyperparameters(rule, dialect) : usual_hyperparameters(rule, dialect);
        std::vector<double> values;
        for (std::size_t i = 0; i < kept.size(); ++i) {
          const Hyperparameter& entry = rule.hyperparameters[i];
          values.push_back(kept[i] || !entry.neutral ? entry.distinct : *entry.neutral);
        }
        std::vector<std::size_t> in_use_here;
        for (std::size_t tensor = 0; tensor < rule.state.size(); ++tensor) {
          if (in_use(rule, rule.state[tensor], values, dialect.choices)) {
            in_use_here.push_back(tensor);
          }
        }
        EXPECT_EQ(formula_of(rule, dialect.choices, kept).state, in_use_here)
            << rule.name << "/" << dialect.name;
      }
    }
  }
}

TEST(Formulas, have_a_symbol_of_its_own_for_every_quantity) {
  for (const Rule& rule : all_rules()) {
    std::set<std::string_view> names{"theta", "g", "t"};
    std::size_t count = names.size();
    for (const Hyperparameter& hyperparameter : rule.hyperparameters) {
      if (hyperparameter.kind == Hyperparameter::Kind::boolean) continue;
      EXPECT_FALSE(hyperparameter.symbol.empty()) << rule.name << " " << hyperparameter.name;
      names.insert(hyperparameter.symbol);
      ++count;
    }
    for (const StateTensor& tensor : rule.state) {
      EXPECT_FALSE(tensor.symbol.empty()) << rule.name << " " << tensor.name;
      names.insert(tensor.symbol);
      ++count;
    }
    EXPECT_EQ(names.size(), count) << rule.name;
  }
}

TEST(Formulas, write_steps_apart_only_where_they_differ) {
  EXPECT_EQ(formula("momentum", "pytorch").steps.size(), 1U) << "without dampening: the same";
  const Formula undampened = formula("momentum", "pytorch", true);
  ASSERT_EQ(undampened.steps.size(), 2U);
  EXPECT_EQ(text_lines(undampened),
            (std::vector<std::string>{"v_0 = 0", "t = 1:", "  v_1 = g_1 + lambda theta_0",
                                      "  theta_1 = theta_0 - eta v_1", "t >= 2:",
                                      "  v_t = mu v_{t-1} + (1 - tau) (g_t + lambda theta_{t-1})",
                                      "  theta_t = theta_{t-1} - eta v_t"}));
}

/// Rules that the catalogue has none like: one whose steps alternate, one that compares.
template <bool alternates>
struct Odd : ElementwiseRule<2, 0, 0> {
  struct Options {
    int none;
  };
  template <class Number>
  static void step(Number& parameter, Number gradient, State<Number>&, const Scalars<Number>&,
                   const Hyperparameters<Number>& hyperparameters, const Options&,
                   const StepContext<Number>& context) {
    const auto& [learning_rate, bound] = hyperparameters;
    if (alternates && context.step % 2 == 0) return;
    if (!alternates && less(abs(gradient), bound)) gradient = Number(0);
    parameter = parameter - learning_rate * gradient;
  }
};

template <bool alternates>
Rule odd_rule() {
  Rule rule;
  rule.name = "odd";
  Hyperparameter rate{};
  rate.symbol = "eta";
  Hyperparameter bound{};
  bound.symbol = "c";
  rule.hyperparameters = {rate, bound};
  rule.options = {{"none", {"none"}}};
  rule.dialects = {{"only", {0}, ""}};
  rule.bindings = elementwise<Odd<alternates>>();
  return rule;
}

/// A rule with running products: of the learning rate, of the step, of a hyperparameter;
/// and with twice what the last of them was before the step.
struct Products : ElementwiseRule<2, 0, 4> {
  struct Options {
    int none;
  };
  template <class Number>
  static void advance(Scalars<Number>& scalars, const Hyperparameters<Number>& hyperparameters,
                      const Options&, const StepContext<Number>& context) {
    scalars[0] = scalars[0] * hyperparameters[0];
    scalars[1] = scalars[1] * context.step_count();
    scalars[3] = 2 * scalars[2];
    scalars[2] = hyperparameters[1] * scalars[2];
  }
  template <class Number>
  static void step(Number& parameter, Number gradient, State<Number>&,
                   const Scalars<Number>& scalars, const Hyperparameters<Number>&, const Options&,
                   const StepContext<Number>&) {
    parameter = parameter - scalars[0] * gradient / scalars[1] * (scalars[2] - scalars[3]);
  }
};

TEST(Formulas, write_a_power_only_for_a_factor_that_stays) {
  Rule rule;
  rule.name = "products";
  Hyperparameter rate{};
  rate.symbol = "eta";
  Hyperparameter factor{};
  factor.symbol = "rho";
  rule.hyperparameters = {rate, factor};
  rule.options = {{"none", {"none"}}};
  rule.dialects = {{"only", {0}, ""}};
  rule.scalars = {{"r", ""}, {"f", ""}, {"p", ""}, {"q", ""}};
  rule.bindings = elementwise<Products>();
  EXPECT_EQ(text_lines(formula_of(rule, rule.dialects[0].choices, {true, true})),
            (std::vector<std::string>{"r_0 = 1", "f_0 = 1", "r_t = r_{t-1} eta", "f_t = f_{t-1} t",
                                      "q_t = 2 rho^(t - 1)",
                                      "theta_t = theta_{t-1} - r_t g_t (rho^t - q_t)/f_t"}));
}

TEST(Formulas, are_refused_for_steps_that_keep_changing) {
  const Rule rule = odd_rule<true>();
  EXPECT_THROW(formula_of(rule, rule.dialects[0].choices, {true, true}), std::logic_error);
}

TEST(Formulas, follow_both_outcomes_of_a_comparison) {
  const Rule rule = odd_rule<false>();
  const std::vector<std::string> lines =
      text_lines(formula_of(rule, rule.dialects[0].choices, {true, true}));
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0], "theta_t = if(abs(g_t) < c, theta_{t-1}, theta_{t-1} - eta g_t)");
}

TEST(Notation, has_parentheses_only_where_the_order_needs_them) {
  const Traced a(Symbol{"a"});
  const Traced b(Symbol{"b"});
  const Traced c(Symbol{"c"});
  EXPECT_EQ(to_text(a - (b - c)), "a - (b - c)");
  EXPECT_EQ(to_text((a - b) - c), "a - b - c");
  EXPECT_EQ(to_text(a + (b - c)), "a + b - c");
  EXPECT_EQ(to_text(a - b * c), "a - b c");
  EXPECT_EQ(to_text((a + b) * c), "(a + b) c");
  EXPECT_EQ(to_text(a / b * c), "a c/b");
  EXPECT_EQ(to_text(a / (b / c)), "a c/b");
  EXPECT_EQ(to_text(a / b / c), "a/(b c)");
  EXPECT_EQ(to_text(Traced(1) / (b * c)), "1/(b c)");
  EXPECT_EQ(to_text(a / (b + c)), "a/(b + c)");
  EXPECT_EQ(to_text(square(a * b)), "(a b)^2");
  EXPECT_EQ(to_text(a * square(b)), "a b^2");
  EXPECT_EQ(to_text(square(square(a))), "(a^2)^2");
  EXPECT_EQ(to_text(a + -b), "a - b");
  EXPECT_EQ(to_text(a - -b), "a - (-b)");
  EXPECT_EQ(to_text(-(a + b)), "-(a + b)");
  EXPECT_EQ(to_text(-a * b), "(-a) b");
  EXPECT_EQ(to_text(Traced(2) * Traced(3)), "2 * 3");
  EXPECT_EQ(to_text(sqrt(a + b) / max(a, b)), "sqrt(a + b)/max(a, b)");
  EXPECT_EQ(to_text(Traced(-2) * a), "(-2) a");
  EXPECT_EQ(to_text(a * power(b, c)), "a b^c");
  EXPECT_EQ(to_text(power(a + b, -c)), "(a + b)^(-c)");
  EXPECT_EQ(to_text(power(Traced(0.96), a * b)), "0.96^(a b)");
  EXPECT_EQ(to_text(square(power(a, b))), "(a^b)^2");
}

TEST(Notation, of_latex) {
  const Traced beta(Symbol{"beta1"});
  const Traced moment(Symbol{"m", "t-1", true});
  EXPECT_EQ(to_latex(beta * moment), "\\beta_{1} m_{t-1}");
  EXPECT_EQ(to_latex(square(moment) / (1 - beta)), "\\frac{{m_{t-1}}^{2}}{1 - \\beta_{1}}");
  EXPECT_EQ(to_latex(Traced(1e-6)), "10^{-6}");
  EXPECT_EQ(to_latex(power(Traced(0.96), beta * moment)), "{0.96}^{\\beta_{1} m_{t-1}}");
}

TEST(Rewriting, folds_what_does_nothing) {
  Rewriting rewrite;
  const Traced a(Symbol{"a"});
  EXPECT_EQ(rewrite(a * 1 + 0), rewrite(a));
  EXPECT_TRUE(is_literal(rewrite(a * 0), 0));
  EXPECT_EQ(rewrite((1 - Traced(0)) * a), rewrite(a));
  EXPECT_EQ(rewrite(0 - a), rewrite(-a));
  EXPECT_EQ(rewrite(a / 1), rewrite(a));
  EXPECT_EQ(rewrite(power(a, 1)), rewrite(a));
  EXPECT_TRUE(is_literal(rewrite(power(a, 0)), 1));
  EXPECT_EQ(to_text(rewrite(power(a, 2 * Traced(1)))), "a^2");
  EXPECT_EQ(to_text(rewrite(Traced(0) / Traced(0))), "0/0") << "no value to fold it to";
  EXPECT_EQ(to_text(rewrite(Traced(0.1) + Traced(0.2))), "0.1 + 0.2") << "not exact";
}

}  // namespace
}  // namespace plumbline
