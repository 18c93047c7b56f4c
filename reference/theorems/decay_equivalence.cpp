// L2 regularization in the loss and decoupled weight decay: one rule for gradient descent, two
// for Adam.
//
//   theta - eta (g + lambda theta) = (1 - eta lambda) theta - eta g
//
// In Adam the term lambda theta would pass through the moments, and be divided by their root.
#include "reference/stepped_rule.hpp"
#include "reference/theorem.hpp"

namespace plumbline::theorems {
namespace {

struct Decayed {
  std::string rule, dialect;
};

constexpr double rate = 0.125;
constexpr double weight_decay = 0.25;

/// The point of one after each step against that of the other, coordinate by coordinate.
Series side_by_side(const Decayed& left, const Decayed& right) {
  const NamedNumbers hyperparameters{{"learning_rate", rate}, {"weight_decay", weight_decay}};
  const CertifiedVector start{Certified(2), Certified(-0.5)};
  SteppedRule<Certified> one(left.rule, left.dialect, hyperparameters, start);
  SteppedRule<Certified> other(right.rule, right.dialect, hyperparameters, start);
  Series series;
  for (long step = 1; step <= 20; ++step) {
    const CertifiedVector gradient{Rational(step % 5 - 2, 3).certified(),
                                   Rational(7 - step, step).certified()};
    one.step(gradient);
    other.step(gradient);
    for (std::size_t i = 0; i < start.size(); ++i) {
      series.push_back({.step = step,
                        .observed = one.point()[i],
                        .bound = other.point()[i],
                        .point = one.point()});
    }
  }
  return series;
}

Run compared(std::string name, Role role, const Decayed& left, const Decayed& right) {
  return {.name = std::move(name),
          .role = role,
          .objective = "gradients (t mod 5 - 2)/3 and (7 - t)/t",
          .rule = left.rule,
          .dialect = left.dialect,
          .hyperparameters = {{"learning_rate", rate}, {"weight_decay", weight_decay}},
          .relation = Relation::equal,
          .scale = Scale::log_linear,
          .series = [=] { return side_by_side(left, right); }};
}

std::vector<Run> runs() {
  return {
      compared("gradient descent: coupled and decoupled", Role::witness,
               {"gradient_descent", "coupled_decay"}, {"gradient_descent", "decoupled_decay"}),
      compared("Adam's own decay, and AdamW", Role::control, {"adam", "paper"}, {"adamw", ""}),
      compared("momentum: coupled and decoupled", Role::control, {"momentum", "rate_inside"},
               {"momentum", "rate_inside_decoupled_decay"}),
  };
}

}  // namespace

Theorem decay_equivalence() {
  return {.id = "decay-equivalence",
          .title = "L2 regularization and decoupled weight decay",
          .statement =
              "they are the same rule for plain gradient descent, with lambda/eta for "
              "lambda where the decay is not scaled by eta; not for momentum or Adam",
          .hypotheses = {"plain gradient descent", "the decay is scaled by eta"},
          .bound = "theta - eta (g + lambda theta) = (1 - eta lambda) theta - eta g",
          .tight = "an identity",
          .source = "Loshchilov and Hutter 2019, ICLR, propositions 1 and 2",
          .runs = runs};
}

}  // namespace plumbline::theorems
