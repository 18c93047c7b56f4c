// Two honest adapters that tests of the in-process way share: one with all that an adapter
// may have, and the smallest.
#pragma once

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "conformance/subject/adapter.hpp"

namespace plumbline::conformance {

/// Adam as its paper has it, with all that an adapter may have.
template <class Number>
struct GoodAdam {
  using Value = Number;

  explicit GoodAdam(const OptimizerTask& task)
      : values(task.start<Number>()),
        rate(task.hyperparameters().number("learning_rate")),
        beta1(task.hyperparameters().number("beta1")),
        beta2(task.hyperparameters().number("beta2")),
        epsilon(task.hyperparameters().number("epsilon")),
        first_moment(zeros(values)),
        second_moment(zeros(values)),
        steps(values.size(), 0) {}

  void step(const Gradients<Number>& gradients) {
    for (std::size_t tensor = 0; tensor < gradients.size(); ++tensor) {
      if (!gradients[tensor]) continue;
      const double t = static_cast<double>(++steps[tensor]);
      const auto correction1 = static_cast<Number>(1 - std::pow(beta1, t));
      const auto correction2 = static_cast<Number>(1 - std::pow(beta2, t));
      for (std::size_t i = 0; i < values[tensor].size(); ++i) {
        const Number g = (*gradients[tensor])[i];
        Number& m = first_moment[tensor][i];
        Number& v = second_moment[tensor][i];
        m = static_cast<Number>(beta1) * m + static_cast<Number>(1 - beta1) * g;
        v = static_cast<Number>(beta2) * v + static_cast<Number>(1 - beta2) * g * g;
        values[tensor][i] -= static_cast<Number>(rate) * (m / correction1) /
                             (std::sqrt(v / correction2) + static_cast<Number>(epsilon));
      }
    }
  }

  const std::vector<std::vector<Number>>& parameters() const { return values; }

  void set_learning_rate(double changed) { rate = changed; }
  std::map<std::string, std::vector<std::vector<Number>>> state() const {
    return {{"first_moment", first_moment}, {"second_moment", second_moment}};
  }
  nlohmann::json save() const {
    return {{"values", values},
            {"m", first_moment},
            {"v", second_moment},
            {"steps", steps},
            {"rate", rate}};
  }
  void load(const nlohmann::json& saved) {
    saved.at("values").get_to(values);
    saved.at("m").get_to(first_moment);
    saved.at("v").get_to(second_moment);
    saved.at("steps").get_to(steps);
    saved.at("rate").get_to(rate);
  }

  std::vector<std::vector<Number>> values;
  double rate, beta1, beta2, epsilon;
  std::vector<std::vector<Number>> first_moment, second_moment;
  std::vector<long> steps;

  static std::vector<std::vector<Number>> zeros(std::vector<std::vector<Number>> like) {
    for (auto& tensor : like) std::fill(tensor.begin(), tensor.end(), Number(0));
    return like;
  }
};

/// The smallest adapter: gradient descent.
struct Descent {
  using Value = double;
  explicit Descent(const OptimizerTask& task)
      : values(task.start<double>()), rate(task.hyperparameters().number("learning_rate")) {}
  void step(const std::vector<std::vector<double>>& gradients) {
    for (std::size_t tensor = 0; tensor < gradients.size(); ++tensor) {
      for (std::size_t i = 0; i < gradients[tensor].size(); ++i) {
        values[tensor][i] -= rate * gradients[tensor][i];
      }
    }
  }
  const std::vector<std::vector<double>>& parameters() const { return values; }
  std::vector<std::vector<double>> values;
  double rate;
};

}  // namespace plumbline::conformance
