// The documents' formulas, written here as they stand there, against the catalogue's dialects.
//
// Each is run for some steps from the same point, on the same gradients (an affine function of
// the point, another in every step) and the same learning rates, which change on the way; then
// every dialect of the rule is. Two forms differ where their enclosures come apart, which is
// proved; that they are the same is said where no digit of fifty tells them apart on the run that
// tells all other dialects apart. A formula that is none of the dialects is refuted. Where the
// documents write different forms, that is a convention, and both are named.
#include <algorithm>
#include <functional>

#include "reference/claims/documents.hpp"
#include "reference/claims/groups.hpp"
#include "reference/claims/readings.hpp"
#include "reference/stepped_rule.hpp"

namespace plumbline::claims {
namespace {

constexpr long step_count = 12;

Certified rate_at(long step) {
  return step <= step_count / 2 ? 0x1p-4 : 0x1p-6;
}
/// Of step t, counted from 1.
Certified gradient_at(const Certified& point, long step) {
  static constexpr int slopes[] = {3, 1, 2, 5, 1, 4, 2, 3, 1, 6, 2, 1};
  static constexpr int shifts[] = {1, -2, 3, 0, 5, -1, 2, -4, 1, 3, -2, 6};
  return slopes[step - 1] * point + Certified(shifts[step - 1]) / 4;
}

/// The point after each step.
using Path = std::vector<Certified>;
/// A document's formula: one step, which may keep what it likes.
using Step = std::function<Certified(const Certified& point, long t)>;
/// ... made anew for each run.
using Formula = std::function<Step()>;

Path path_of(const Formula& formula) {
  const Step step = formula();
  Path path{Certified(1)};
  for (long t = 1; t <= step_count; ++t) path.push_back(step(path.back(), t));
  return path;
}

Path path_of(std::string_view rule, std::string_view dialect, const NamedNumbers& settings) {
  SteppedRule<Certified> trajectory(rule, dialect, settings, {1});
  Path path{Certified(1)};
  // A formula without a learning rate is run at the one given, 1.
  const bool has_rate = settings.empty() || settings.front().name != "learning_rate";
  for (long t = 1; t <= step_count; ++t) {
    if (has_rate) trajectory.set_learning_rate(rate_at(t).midpoint());
    const std::vector<Certified> at = trajectory.gradient_point();
    trajectory.step({gradient_at(at[0], t)});
    path.push_back(trajectory.point()[0]);
  }
  return path;
}

/// The greatest distance of the two, as far as it is proved; 0 where nothing tells them apart.
Certified distance(const Path& left, const Path& right) {
  Certified greatest;
  for (std::size_t t = 0; t < left.size(); ++t) {
    const Certified difference = left[t] - right[t];
    if (Certified::disjoint(difference, 0)) {
      greatest = max(greatest, abs(difference));
    } else if (!less(abs(difference), Certified(0x1p-170))) {
      throw NotEnoughPrecision("two formulas are not told apart");
    }
  }
  return greatest;
}
bool are_same(const Path& left, const Path& right) {
  return distance(left, right).is_exactly("0");
}

/// The first dialect that the formula is, or nothing.
std::string dialect_of(const Path& path, std::string_view rule, const NamedNumbers& settings) {
  for (const Dialect& dialect : rule_named(rule).dialects) {
    if (are_same(path, path_of(rule, dialect.name, settings))) {
      return std::string(rule) + "/" + std::string(dialect.name);
    }
  }
  return "";
}

/// A formula alone.
Finding is_dialect(std::string_view rule, const NamedNumbers& settings, const Formula& formula) {
  const Path path = path_of(formula);
  const std::string dialect = dialect_of(path, rule, settings);
  Readings readings;
  readings.add("a dialect of the catalogue", !dialect.empty());
  readings.add(figure("the same as", dialect.empty() ? "no dialect" : dialect));
  readings.add(figure("theta after 12 steps", path.back(), 40));
  readings.counterexample("after 12 steps of the run that all dialects are put to, theta is " +
                          figure("", path.back(), 20).value + " and no dialect's");
  return readings.finding();
}

/// A formula, and the form that another document has for it.
Finding is_one_of(std::string_view rule, const NamedNumbers& settings, const Formula& formula,
                  const Formula& other) {
  const Path path = path_of(formula);
  const Path other_path = path_of(other);
  const std::string dialect = dialect_of(path, rule, settings);
  const std::string other_dialect = dialect_of(other_path, rule, settings);
  if (dialect.empty() || are_same(path, other_path)) return is_dialect(rule, settings, formula);
  const Certified apart = distance(path, other_path);
  return {
      ClaimVerdict::convention,
      dialect + " here, " + (other_dialect.empty() ? "no dialect" : other_dialect) + " elsewhere",
      {figure("this form, theta after 12 steps", path.back(), 40),
       figure("the other form, theta after 12 steps", other_path.back(), 40),
       figure("greatest distance in 12 steps", apart)},
      ""};
}

// ---- the formulas, with theta the point, g its gradient and t the step from 1

const Certified& mu() {
  static const Certified value(0.875);
  return value;
}
const Certified& decay() {
  static const Certified value(0x1p-5);
  return value;
}

Formula gradient_descent(int sign) {
  return [sign] {
    return [sign](const Certified& theta, long t) {
      return theta - sign * (rate_at(t) * gradient_at(theta, t));
    };
  };
}

/// v <- mu v + g, theta <- theta - eta v
Formula momentum_outside() {
  return [] {
    return [v = Certified()](const Certified& theta, long t) mutable {
      v = mu() * v + gradient_at(theta, t);
      return theta - rate_at(t) * v;
    };
  };
}
/// v <- gamma v + alpha g, theta <- theta - v
Formula momentum_inside() {
  return [] {
    return [v = Certified()](const Certified& theta, long t) mutable {
      v = mu() * v + rate_at(t) * gradient_at(theta, t);
      return theta - v;
    };
  };
}
/// v <- mu v + (1 - mu) g: the moving average that one document calls it
Formula momentum_averaged() {
  return [] {
    return [v = Certified()](const Certified& theta, long t) mutable {
      v = mu() * v + (1 - mu()) * gradient_at(theta, t);
      return theta - rate_at(t) * v;
    };
  };
}
/// v <- mu v + g(theta - eta mu v)
Formula nesterov_outside() {
  return [] {
    return [v = Certified()](const Certified& theta, long t) mutable {
      v = mu() * v + gradient_at(theta - rate_at(t) * mu() * v, t);
      return theta - rate_at(t) * v;
    };
  };
}
/// v <- gamma v + alpha g(theta - gamma v)
Formula nesterov_inside() {
  return [] {
    return [v = Certified()](const Certified& theta, long t) mutable {
      v = mu() * v + rate_at(t) * gradient_at(theta - mu() * v, t);
      return theta - v;
    };
  };
}

enum class Epsilon { outside_root, inside_root };
Certified root_of(const Certified& squared, const Certified& epsilon, Epsilon place) {
  return place == Epsilon::outside_root ? sqrt(squared) + epsilon : sqrt(squared + epsilon);
}
const Certified& epsilon() {
  static const Certified value(0x1p-10);
  return value;
}

/// G <- G + g^2, theta <- theta - alpha/(sqrt(G) + epsilon) g
Formula adagrad(Epsilon place, bool accumulates) {
  return [=] {
    return [=, sum = Certified()](const Certified& theta, long t) mutable {
      const Certified g = gradient_at(theta, t);
      sum = (accumulates ? sum : Certified(0)) + square(g);
      return theta - rate_at(t) / root_of(sum, epsilon(), place) * g;
    };
  };
}
/// E <- rho E + (1 - rho) g^2, theta <- theta - alpha/sqrt(E + epsilon) g
Formula rmsprop(const Certified& new_weight, Epsilon place) {
  return [=] {
    return [=, mean = Certified()](const Certified& theta, long t) mutable {
      const Certified g = gradient_at(theta, t);
      mean = mu() * mean + new_weight * square(g);
      return theta - rate_at(t) / root_of(mean, epsilon(), place) * g;
    };
  };
}
/// Delta <- -sqrt(E[Delta^2] + epsilon)/sqrt(E[g^2] + epsilon) g, without a learning rate
Formula adadelta(bool averages_updates) {
  return [=] {
    return [=, mean = Certified(), updates = Certified()](const Certified& theta, long t) mutable {
      const Certified g = gradient_at(theta, t);
      mean = mu() * mean + (1 - mu()) * square(g);
      const Certified delta = -(sqrt(updates + epsilon()) / sqrt(mean + epsilon())) * g;
      updates = averages_updates ? mu() * updates + (1 - mu()) * square(delta) : square(delta);
      return theta + delta;
    };
  };
}

enum class Decay { none, times_rate, alone };
/// Adam's m, v, both corrected; `corrects` false leaves that out.
Formula adam(Decay place, bool corrects) {
  return [=] {
    return [=, m = Certified(), v = Certified(), b1 = Certified(1), b2 = Certified(1)](
               const Certified& theta, long t) mutable {
      const Certified beta1 = 0.875, beta2 = 0.96875;
      const Certified g = gradient_at(theta, t);
      m = beta1 * m + (1 - beta1) * g;
      v = beta2 * v + (1 - beta2) * square(g);
      b1 = b1 * beta1;
      b2 = b2 * beta2;
      const Certified mean = corrects ? m / (1 - b1) : m;
      const Certified mean_square = corrects ? v / (1 - b2) : v;
      const Certified kept = place == Decay::none         ? Certified(1)
                             : place == Decay::times_rate ? 1 - rate_at(t) * decay()
                                                          : 1 - decay();
      return kept * theta - rate_at(t) * (mean / (sqrt(mean_square) + epsilon()));
    };
  };
}

const NamedNumbers with_mu{{"momentum", 0.875}};
const NamedNumbers with_epsilon{{"epsilon", 0x1p-10}};
const NamedNumbers with_rho{{"rho", 0.875}, {"epsilon", 0x1p-10}};
const NamedNumbers without_rate{{"learning_rate", 1}, {"rho", 0.875}, {"epsilon", 0x1p-10}};
const NamedNumbers with_betas{{"beta1", 0.875}, {"beta2", 0.96875}, {"epsilon", 0x1p-10}};
const NamedNumbers with_decay{
    {"beta1", 0.875}, {"beta2", 0.96875}, {"epsilon", 0x1p-10}, {"weight_decay", 0x1p-5}};

/// A row for a formula alone.
Claim alone(const Place& place, const std::string& rule, const std::string& sentence,
            const NamedNumbers& settings, const Formula& formula, const std::string& planted,
            const Formula& wrong) {
  return {.id = claim_id(place.document, rule + "-formula"),
          .document = place.document,
          .line = place.line,
          .sentence = sentence,
          .computed = "the formula as it stands there, 12 steps, against every dialect of " + rule,
          .compute = [=] { return is_dialect(rule, settings, formula); },
          .planted = planted,
          .compute_planted = [=] { return is_dialect(rule, settings, wrong); }};
}

/// A row for a formula that another document has in another form.
Claim with_other(const Place& place, const std::string& rule, const std::string& sentence,
                 const NamedNumbers& settings, const Formula& formula, const Formula& other) {
  return {.id = claim_id(place.document, rule + "-formula"),
          .document = place.document,
          .line = place.line,
          .sentence = sentence,
          .computed =
              "the formula as it stands there and the other document's, 12 steps in which the "
              "learning rate changes, against every dialect of " +
              rule,
          .compute = [=] { return is_one_of(rule, settings, formula, other); },
          .planted = "and the other documents write the same",
          .compute_planted = [=] { return is_one_of(rule, settings, formula, formula); }};
}

}  // namespace

std::vector<Claim> formulas() {
  std::vector<Claim> claims;
  for (const Place& place : {Place{lecture_notes, 17}, Place{introduction, 14}, Place{textbook, 5},
                             Place{encyclopedia, 16}, Place{foundations, 34}}) {
    claims.push_back(alone(place, "gradient_descent", "theta <- theta - eta grad L(theta)", {},
                           gradient_descent(1), "theta <- theta + eta grad L(theta)",
                           gradient_descent(-1)));
  }
  for (const Place& place : {Place{lecture_notes, 73}, Place{foundations, 68}}) {
    claims.push_back(with_other(place, "momentum",
                                "momentum is v <- mu v + g, theta <- theta - eta v", with_mu,
                                momentum_outside(), momentum_inside()));
  }
  claims.push_back(with_other({encyclopedia, 48}, "momentum",
                              "momentum is v <- gamma v + alpha g, theta <- theta - v", with_mu,
                              momentum_inside(), momentum_outside()));
  Claim average = with_other({lecture_notes, 75}, "momentum",
                             "the velocity mu v + g is an exponential moving average", with_mu,
                             momentum_outside(), momentum_averaged());
  average.id = "000-velocity-is-average";
  average.computed =
      "the document's velocity and a moving average, mu v + (1 - mu) g, 12 steps, against every "
      "dialect of momentum";
  average.planted = "... of what mu v + g is itself";
  claims.push_back(std::move(average));
  claims.push_back(with_other({lecture_notes, 81}, "nesterov",
                              "Nesterov is v <- mu v + grad(theta - eta mu v)", with_mu,
                              nesterov_outside(), nesterov_inside()));
  claims.push_back(with_other({encyclopedia, 52}, "nesterov",
                              "Nesterov is v <- gamma v + alpha grad(theta - gamma v)", with_mu,
                              nesterov_inside(), nesterov_outside()));
  claims.push_back(alone({encyclopedia, 58}, "adagrad",
                         "AdaGrad divides by sqrt(G) + epsilon, G the sum of g^2", with_epsilon,
                         adagrad(Epsilon::outside_root, true), "by |g| + epsilon alone",
                         adagrad(Epsilon::outside_root, false)));
  claims.push_back(alone({encyclopedia, 63}, "adadelta",
                         "Adadelta steps by sqrt(E[D^2] + epsilon)/sqrt(E[g^2] + epsilon) g",
                         without_rate, adadelta(true), "with the last step's square for E[D^2]",
                         adadelta(false)));
  claims.push_back(alone({encyclopedia, 67}, "rmsprop", "RMSProp divides by sqrt(E[g^2] + epsilon)",
                         with_rho, rmsprop(1 - mu(), Epsilon::inside_root),
                         "E[g^2] without its weight 1 - rho", rmsprop(1, Epsilon::inside_root)));
  for (const Place& place :
       {Place{lecture_notes, 99}, Place{encyclopedia, 76}, Place{foundations, 82}}) {
    claims.push_back(alone(
        place, "adam", "Adam steps by eta mhat/(sqrt(vhat) + epsilon), both corrected", with_betas,
        adam(Decay::none, true), "and multiplies theta by 1 - lambda", adam(Decay::alone, true)));
  }
  claims.push_back(with_other({lecture_notes, 109}, "adamw",
                              "AdamW multiplies theta by 1 - eta lambda", with_decay,
                              adam(Decay::times_rate, true), adam(Decay::alone, true)));
  claims.push_back(with_other({encyclopedia, 79}, "adamw", "AdamW multiplies theta by 1 - lambda",
                              with_decay, adam(Decay::alone, true), adam(Decay::times_rate, true)));
  return claims;
}

}  // namespace plumbline::claims
