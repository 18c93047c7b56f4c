// Clipping by the norm: what it leaves of a gradient.
//
//   ||clip(g)|| <= c;  clip(g) = s g with 0 < s <= 1;  s = 1 where ||g|| <= c;
//   clip(clip(g)) = clip(g);  clip(a g) at a c is a clip(g)
//
// Libraries that add an epsilon to the norm lose the third by it.
#include "reference/clipping.hpp"

#include "reference/catalogue.hpp"
#include "reference/theorem.hpp"

namespace plumbline::theorems {
namespace {

using Tensors = std::vector<CertifiedVector>;

/// Two tensors whose length grows with k: from well inside a limit of 1 to far outside.
Tensors gradient(long k) {
  const Rational scale = power(Rational(3, 2), k) / 64;
  return {{(3 * scale).certified(), (-4 * scale).certified()}, {(12 * scale).certified()}};
}

Certified norm(const Tensors& tensors) {
  Certified total;
  for (const CertifiedVector& tensor : tensors) total = total + squared_norm(tensor);
  return sqrt(total);
}

/// The catalogue's, by the norm of all tensors.
Tensors clipped(Tensors tensors, double limit) {
  const Clipping& by_norm = *find_clipping("global_norm");
  const std::vector<double> values{limit};
  by_norm.clip<Certified>(values, by_norm.dialects.front().choices, tensors);
  return tensors;
}

using Compare = std::function<void(long k, const Tensors& given, Series& series)>;

Run over_gradients(std::string name, Role role, Relation relation, Compare compare) {
  return {.name = std::move(name),
          .role = role,
          .objective = "gradients (3, -4), (12) times (3/2)^k/64",
          .rule = "global_norm",
          .dialect = "exact",
          .relation = relation,
          .scale = Scale::log_linear,
          .series = [compare = std::move(compare)] {
            Series series;
            for (long k = 0; k < 24; ++k) compare(k, gradient(k), series);
            return series;
          }};
}

void compare_all(long k, const Tensors& observed, const Tensors& bound, Series& series) {
  for (std::size_t i = 0; i < observed.size(); ++i) {
    for (std::size_t j = 0; j < observed[i].size(); ++j) {
      series.push_back({.step = k, .observed = observed[i][j], .bound = bound[i][j]});
    }
  }
}

Tensors clip_to_one(const Tensors& given) {
  return clipped(given, 1);
}

Tensors times(Tensors tensors, const Certified& factor) {
  for (CertifiedVector& tensor : tensors) {
    for (Certified& value : tensor) value = factor * value;
  }
  return tensors;
}

std::vector<Run> runs() {
  const auto is_outside = [](const Tensors& given) { return less(Certified(1), norm(given)); };
  return {
      over_gradients("||clip(g)|| <= c", Role::within, Relation::at_most,
                     [](long k, const Tensors& given, Series& series) {
                       series.push_back({.step = k,
                                         .observed = norm(clip_to_one(given)),
                                         .bound = Certified(1)});
                     }),
      over_gradients("||clip(g)|| = c outside", Role::witness, Relation::equal,
                     [=](long k, const Tensors& given, Series& series) {
                       if (!is_outside(given)) return;
                       series.push_back({.step = k,
                                         .observed = norm(clip_to_one(given)),
                                         .bound = Certified(1)});
                     }),
      over_gradients("the direction is kept", Role::witness, Relation::equal,
                     [](long k, const Tensors& given, Series& series) {
                       const Tensors result = clip_to_one(given);
                       compare_all(k, times(result, norm(given)), times(given, norm(result)),
                                   series);
                     }),
      over_gradients("the identity inside", Role::witness, Relation::equal,
                     [=](long k, const Tensors& given, Series& series) {
                       if (!is_outside(given)) compare_all(k, clip_to_one(given), given, series);
                     }),
      over_gradients("idempotent", Role::witness, Relation::equal,
                     [](long k, const Tensors& given, Series& series) {
                       const Tensors once = clip_to_one(given);
                       compare_all(k, clip_to_one(once), once, series);
                     }),
      over_gradients("homogeneous in (g, c)", Role::witness, Relation::equal,
                     [](long k, const Tensors& given, Series& series) {
                       compare_all(k, clipped(times(given, 8), 8), times(clip_to_one(given), 8),
                                   series);
                     }),
      over_gradients("homogeneous in g alone", Role::control, Relation::equal,
                     [](long k, const Tensors& given, Series& series) {
                       compare_all(k, clip_to_one(times(given, 8)), times(clip_to_one(given), 8),
                                   series);
                     }),
      over_gradients("the identity, said of all gradients", Role::control, Relation::equal,
                     [](long k, const Tensors& given, Series& series) {
                       compare_all(k, clip_to_one(given), given, series);
                     }),
  };
}

}  // namespace

Theorem clipping() {
  return {.id = "clipping",
          .title = "What clipping by the norm leaves",
          .statement =
              "||clip(g)|| <= c; the direction is kept; the identity inside; idempotent; "
              "positively homogeneous in (g, c)",
          .hypotheses = {"clipping by the norm of all tensors together",
                         "no epsilon is added to the norm"},
          .bound = "||clip(g)|| <= c",
          .tight = "equality outside",
          .source = "Pascanu, Mikolov and Bengio 2013, ICML, algorithm 1",
          .runs = runs};
}

}  // namespace plumbline::theorems
