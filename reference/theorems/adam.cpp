// Adam: what its bias corrections do, and how far a step can go.
//
//   m_t = sum_k w1_k g_k,  w1_k = (1 - beta1) beta1^(t-k),   v_t likewise with beta2 and g_k^2
//
// The weights of m_t add up to 1 - beta1^t. So for a stationary gradient, E[m_t] = (1 - beta1^t)
// E[g], and the corrected moment m_t/(1 - beta1^t) is unbiased.
//
// A step is eta sum_k u_k g_k/sqrt(sum_k w_k g_k^2) with the corrected weights u of m and w of v
// (epsilon = 0). By Cauchy and Schwarz it is at most eta sqrt(sum_k u_k^2/w_k), and that is reached
// by g_k proportional to u_k/w_k: gradients that grow, or shrink, geometrically. The paper gives
// eta max(1, (1 - beta1)/sqrt(1 - beta2)) as a bound, which is no bound.
#include "reference/stepped_rule.hpp"
#include "reference/theorem.hpp"

namespace plumbline::theorems {
namespace {

// Exact in binary64.
constexpr double beta1 = 0.875;
constexpr double beta2 = 0.96875;

struct Decay {
  double first, second;
};

NamedNumbers hyperparameters(const Decay& decay, double rate, double epsilon) {
  return {{"learning_rate", rate},
          {"beta1", decay.first},
          {"beta2", decay.second},
          {"epsilon", epsilon}};
}

Run adam_run(std::string name, Role role, const std::string& gradients, const Decay& decay,
             double epsilon, std::function<Series()> series, Relation relation = Relation::equal) {
  return {.name = std::move(name),
          .role = role,
          .objective = gradients,
          .rule = "adam",
          .dialect = "paper",
          .hyperparameters = hyperparameters(decay, 1, epsilon),
          .relation = relation,
          .scale = Scale::log_linear,
          .series = std::move(series)};
}

/// A moment of the rule itself, fed gradient(k), against what is said of it at each step.
Series moments(std::string_view moment, long steps, const std::function<Rational(long)>& gradient,
               const std::function<Rational(long)>& said) {
  SteppedRule<Certified> adam("adam", "paper", hyperparameters({beta1, beta2}, 1, 1),
                              {Certified(0)});
  Series series;
  for (long step = 1; step <= steps; ++step) {
    adam.step({gradient(step).certified()});
    series.push_back(
        {.step = step, .observed = adam.state(moment)[0], .bound = said(step).certified()});
  }
  return series;
}

/// 1 - beta^t.
Rational correction(double beta, long step) {
  return 1 - power(Rational::of(beta), step);
}

std::vector<Run> bias_runs() {
  const Rational gradient(3, 4);
  const auto constant = [](long) { return Rational(3, 4); };
  const auto run = [](std::string name, Role role, const std::string& gradients,
                      std::function<Series()> series) {
    return adam_run(std::move(name), role, gradients, {beta1, beta2}, 1, std::move(series));
  };
  // An impulse: the gradient 1 at one step, else 0, shows the weight of that step in m_20.
  const auto weights = [](std::string_view moment, double beta) {
    Series series;
    for (long at = 1; at <= 20; ++at) {
      const Series response = moments(
          moment, 20, [at](long step) { return Rational(step == at ? 1 : 0); },
          [&](long) { return (1 - Rational::of(beta)) * power(Rational::of(beta), 20 - at); });
      series.push_back(response.back());
      series.back().step = at;
    }
    return series;
  };
  // The weights of all steps together, by their impulses.
  const auto total = [](std::string_view moment, double beta) {
    Series series;
    for (long steps = 1; steps <= 12; ++steps) {
      Certified sum;
      for (long at = 1; at <= steps; ++at) {
        const auto impulse = [at](long step) { return Rational(step == at ? 1 : 0); };
        sum = sum + moments(moment, steps, impulse, impulse).back().observed;
      }
      series.push_back(
          {.step = steps, .observed = sum, .bound = correction(beta, steps).certified()});
    }
    return series;
  };
  return {
      run("E[m_t] = (1 - beta1^t) g of a constant gradient", Role::witness, "3/4 at every step",
          [=] {
            return moments("first_moment", 40, constant,
                           [=](long step) { return correction(beta1, step) * gradient; });
          }),
      run("E[v_t] = (1 - beta2^t) g^2", Role::witness, "3/4 at every step",
          [=] {
            return moments("second_moment", 40, constant,
                           [=](long step) { return correction(beta2, step) * square(gradient); });
          }),
      run("the weight of each step in m_20", Role::witness, "an impulse at one of 20 steps",
          [=] { return weights("first_moment", beta1); }),
      run("the weight of each step in v_20", Role::witness, "an impulse at one of 20 steps",
          [=] { return weights("second_moment", beta2); }),
      run("the weights of m_t add up to 1 - beta1^t", Role::witness, "an impulse at each step",
          [=] { return total("first_moment", beta1); }),
      run("the weights of v_t add up to 1 - beta2^t", Role::witness, "an impulse at each step",
          [=] { return total("second_moment", beta2); }),
      run("m_t said to be unbiased as it is", Role::control, "3/4 at every step",
          [=] { return moments("first_moment", 40, constant, constant); }),
      run("a gradient that grows with t: the corrected moment lags", Role::control, "g_t = t",
          [=] {
            return moments(
                "first_moment", 40, [](long step) { return Rational(step); },
                [](long step) { return correction(beta1, step) * Rational(step); });
          }),
  };
}

/// u_k and w_k of the steps k = 1 .. t: moments' weights, corrected.
struct Weights {
  CertifiedVector first, second;
};

CertifiedVector corrected_weights(double decay, long steps) {
  const Certified factor(decay);
  Certified weight = (1 - factor) / (1 - whole_power(factor, steps));
  CertifiedVector newest_first;
  for (long step = 0; step < steps; ++step, weight = factor * weight) {
    newest_first.push_back(weight);
  }
  return {newest_first.rbegin(), newest_first.rend()};
}

Weights corrected_weights(const Decay& decay, long steps) {
  return {corrected_weights(decay.first, steps), corrected_weights(decay.second, steps)};
}

/// sqrt(sum_k u_k^2/w_k): the longest step at t, in learning rates.
Certified supremum(const Weights& weights) {
  Certified total;
  for (std::size_t k = 0; k < weights.first.size(); ++k) {
    total = total + square(weights.first[k]) / weights.second[k];
  }
  return sqrt(total);
}

/// eta max(1, (1 - beta1)/sqrt(1 - beta2)).
Certified papers_figure(const Decay& decay) {
  const Certified ratio = (1 - Certified(decay.first)) / sqrt(1 - Certified(decay.second));
  return max(Certified(1), ratio);
}

/// How far the rule goes in the last of its steps.
Certified last_step(const Decay& decay, double epsilon, const CertifiedVector& gradients) {
  SteppedRule<Certified> adam("adam", "paper", hyperparameters(decay, 1, epsilon), {Certified(0)});
  Certified before;
  for (const Certified& gradient : gradients) {
    before = adam.point()[0];
    adam.step({gradient});
  }
  return abs(adam.point()[0] - before);
}

/// For each t the longest step, by the gradients that reach it, against the supremum, or against
/// the paper's figure.
std::function<Series()> longest_steps(const Decay& decay, std::vector<long> counts, bool papers) {
  return [decay, counts = std::move(counts), papers] {
    Series series;
    for (const long steps : counts) {
      const Weights weights = corrected_weights(decay, steps);
      CertifiedVector gradients;
      for (std::size_t k = 0; k < weights.first.size(); ++k) {
        gradients.push_back(weights.first[k] / weights.second[k]);
      }
      series.push_back({.step = steps,
                        .observed = last_step(decay, 0, gradients),
                        .bound = papers ? papers_figure(decay) : supremum(weights)});
    }
    return series;
  };
}

/// All steps of one run of gradients, against what is sharp at each.
std::function<Series()> steps_of(const Decay& decay, double epsilon,
                                 std::function<Rational(long)> gradient) {
  return [decay, epsilon, gradient = std::move(gradient)] {
    Series series;
    CertifiedVector gradients;
    for (long step = 1; step <= 40; ++step) {
      gradients.push_back(gradient(step).certified());
      series.push_back({.step = step,
                        .observed = last_step(decay, epsilon, gradients),
                        .bound = supremum(corrected_weights(decay, step))});
    }
    return series;
  };
}

std::vector<Run> step_runs() {
  const Decay plain{beta1, beta2};
  const Decay defaults{0.9, 0.999};
  std::vector<long> every, many;
  for (long steps = 1; steps <= 40; ++steps) every.push_back(steps);
  for (long steps = 1; steps <= 1024; steps *= 2) many.push_back(steps);
  const auto alternating = [](long step) { return Rational(step % 2 == 0 ? 1 : -1); };
  const auto growing = [](long step) { return power(Rational(10), step); };
  const auto spike = [](long step) { return Rational(step == 30 ? 1000 : 1); };
  return {
      adam_run("the gradients u_k/w_k reach the supremum, beta = (7/8, 31/32)", Role::witness,
               "g_k = u_k/w_k", plain, 0, longest_steps(plain, every, false), Relation::at_most),
      adam_run("the gradients u_k/w_k reach the supremum, beta = (0.9, 0.999)", Role::witness,
               "g_k = u_k/w_k", defaults, 0, longest_steps(defaults, many, false),
               Relation::at_most),
      adam_run("alternating gradients", Role::within, "-1, 1, -1, ...", defaults, 0,
               steps_of(defaults, 0, alternating), Relation::at_most),
      adam_run("gradients that grow tenfold", Role::within, "g_k = 10^k", defaults, 0,
               steps_of(defaults, 0, growing), Relation::at_most),
      adam_run("a spike, epsilon = 1/1024", Role::within, "1, but 1000 at step 30", defaults,
               0x1p-10, steps_of(defaults, 0x1p-10, spike), Relation::at_most),
      adam_run("the first step is eta g/(|g| + epsilon)", Role::witness, "one gradient, 2^-k",
               plain, 0x1p-10,
               [plain] {
                 Series series;
                 for (long k = 0; k <= 20; ++k) {
                   const Rational gradient = power(Rational(1, 2), k);
                   series.push_back(
                       {.step = k,
                        .observed = last_step(plain, 0x1p-10, {gradient.certified()}),
                        .bound = (gradient / (gradient + Rational(1, 1024))).certified()});
                 }
                 return series;
               }),
      adam_run("the paper's figure, beta = (7/8, 31/32)", Role::control, "g_k = u_k/w_k", plain, 0,
               longest_steps(plain, every, true), Relation::at_most),
      adam_run("the paper's figure, beta = (0.9, 0.999)", Role::control, "g_k = u_k/w_k", defaults,
               0, longest_steps(defaults, many, true), Relation::at_most),
  };
}

}  // namespace

Theorem adam_bias() {
  return {.id = "adam-bias",
          .title = "Adam's bias corrections",
          .statement =
              "E[m_t] = (1 - beta1^t) E[g] for stationary gradients, so that "
              "m_t/(1 - beta1^t) is unbiased; likewise v_t; the weights add up to "
              "1 - beta^t",
          .hypotheses = {"the gradients are stationary", "the moments start at 0"},
          .bound = "m_t = (1 - beta1^t) g, v_t = (1 - beta2^t) g^2; weights (1 - beta) beta^(t-k)",
          .tight = "equalities, by impulse responses",
          .source = "Kingma and Ba 2015, arXiv:1412.6980, section 3",
          .runs = bias_runs};
}

Theorem adam_step_bound() {
  return {.id = "adam-step-bound",
          .title = "How far a step of Adam can go",
          .statement =
              "|theta_t - theta_{t-1}| <= eta sqrt(sum_k u_k^2/w_k) for any gradients, u and "
              "w the corrected weights of the moments; the first step is "
              "eta g/(|g| + epsilon)",
          .hypotheses = {"no weight decay"},
          .bound = "eta sqrt(sum_k u_k^2/w_k), by Cauchy and Schwarz",
          .tight =
              "reached by g_k = u_k/w_k at epsilon = 0. The paper's eta max(1, (1 - beta1)/"
              "sqrt(1 - beta2)) is passed: 3.16 eta at (0.9, 0.999) against a supremum of "
              "7.27 eta",
          .source =
              "Kingma and Ba 2015, arXiv:1412.6980, section 2.1, for the figure; the supremum "
              "is derived in adam.cpp",
          .runs = step_runs};
}

}  // namespace plumbline::theorems
