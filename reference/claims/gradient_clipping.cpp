// Clipping by the global norm, g <- g min(1, c/||g||): what it promises, and what libraries do.
//
// PyTorch multiplies by min(1, c/(||g|| + 1e-6)), so that a gradient of norm exactly c is made
// shorter by one part in a million; optax (JAX) leaves it. At g = 0 the formula divides by zero;
// every library gives 0 there, as min(1, infinity) does.
#include "reference/catalogue.hpp"
#include "reference/claims/documents.hpp"
#include "reference/claims/groups.hpp"
#include "reference/claims/readings.hpp"
#include "reference/numbers/certified_vector.hpp"

namespace plumbline::claims {
namespace {

using Gradient = std::vector<Certified>;

Gradient clipped(std::string_view dialect, Gradient gradient, double limit) {
  const Clipping& clipping = *find_clipping("global_norm");
  std::vector<Gradient> tensors{std::move(gradient)};
  clipping.clip<Certified>(std::vector<double>{limit},
                           find_dialect(clipping.dialects, dialect)->choices, tensors);
  return tensors.front();
}

Certified norm_of(const Gradient& gradient) {
  return sqrt(squared_norm(gradient));
}

const std::vector<Gradient>& some_gradients() {
  static const std::vector<Gradient> gradients{{3, 4}, {0.25, -0.5},        {1000, 1},
                                               {0, 5}, {-0x1p-20, 0x1p-22}, {-7, 24}};
  return gradients;
}

/// Keeps the direction; and its norm stays at most c, or at most this share of it.
Finding keeps_direction_and_bounds(double share) {
  bool direction = true;
  bool bounded = true;
  Certified greatest;
  for (const Gradient& gradient : some_gradients()) {
    const Gradient result = clipped("exact", gradient, 1);
    // Parallel where the cross product is 0, and not turned round.
    const Certified cross = result[0] * gradient[1] - result[1] * gradient[0];
    direction = direction && cross.contains(0) && less(abs(cross), Certified(0x1p-150)) &&
                less(0, result[0] * gradient[0] + result[1] * gradient[1]);
    const Certified norm = norm_of(result);
    greatest = max(greatest, norm);
    bounded = bounded && !less(Certified(share) + Certified(0x1p-150), norm);
  }
  Readings readings;
  readings.add("the direction is kept and the norm bounded", direction && bounded);
  readings.add(figure("greatest norm after clipping six gradients to 1", greatest));
  readings.add(figure("of (3, 4), the first element", clipped("exact", {3, 4}, 1)[0], 20));
  return readings.finding();
}

/// "A typical setting is max_grad_norm = 1.0 in both": the same function in both?
Finding libraries_agree(std::string_view first, std::string_view second) {
  const Gradient at_limit = clipped(first, {Certified(0.625), Certified(0.75)}, 1);
  Certified greatest;
  Gradient here, there;
  for (const Gradient& gradient : {Gradient{3, 4}, Gradient{0, 1}, Gradient{0.25, 0.5}}) {
    const Gradient left = clipped(first, gradient, 1);
    const Gradient right = clipped(second, gradient, 1);
    if (!Certified::disjoint(left[0], right[0]) && !Certified::disjoint(left[1], right[1])) {
      continue;
    }
    const Certified apart = norm_of({left[0] - right[0], left[1] - right[1]});
    if (less(greatest, apart)) {
      greatest = apart;
      here = left;
      there = right;
    }
  }
  if (here.empty()) {
    Readings readings;
    readings.add("the same for a gradient longer than c, as long, and shorter", true);
    readings.add(figure("first element of (0.625, 0.75) clipped to 1", at_limit[0], 20));
    return readings.finding();
  }
  return {ClaimVerdict::convention,
          "global_norm/" + std::string(first) + " in PyTorch, global_norm/" + std::string(second) +
              " in JAX (optax)",
          {figure("norm after clipping to 1, PyTorch", norm_of(here), 20),
           figure("norm after clipping to 1, optax", norm_of(there), 20),
           figure("greatest distance of the two", greatest)},
          ""};
}

}  // namespace

std::vector<Claim> gradient_clipping() {
  std::vector<Claim> claims;
  for (const auto& [document, line] : {Place{lecture_notes, 144}, Place{foundations, 105}}) {
    claims.push_back({.id = claim_id(document, "clipping-bounds-norm"),
                      .document = document,
                      .line = line,
                      .sentence = "g min(1, c/||g||) keeps the direction and bounds the norm by c",
                      .computed = "six gradients clipped by the catalogue's form of that formula",
                      .compute = [] { return keeps_direction_and_bounds(1); },
                      .planted = "bounds it by 0.9 c",
                      .compute_planted = [] { return keeps_direction_and_bounds(0.9); }});
  }
  for (const auto& [document, line, words] :
       {std::tuple{lecture_notes, 146, "max_grad_norm = 1.0 is the setting in PyTorch and in JAX"},
        {introduction, 111, "clip_grad_norm_(max_norm=1.0) clips the norm to 1.0"}}) {
    claims.push_back(
        {.id = claim_id(document, "clip-to-one"),
         .document = document,
         .line = line,
         .sentence = words,
         .computed = "PyTorch's and optax's forms on gradients longer than c, as long, and shorter",
         .compute = [] { return libraries_agree("epsilon", "quotient"); },
         .planted = "optax's and the formula's own form are the same",
         .compute_planted = [] { return libraries_agree("exact", "exact"); }});
  }
  return claims;
}

}  // namespace plumbline::claims
