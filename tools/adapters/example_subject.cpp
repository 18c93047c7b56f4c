// A complete subject in C++: Adam behind an adapter, served over the protocol.
//
//     c++ -std=c++20 example_subject.cpp (linked with plumbline::conformance)
//     plumbline check --rule adam -- ./example_subject
//
// The same adapter is checked in process by one line of GoogleTest:
//
//     PLUMBLINE_CHECK_OPTIMIZER("adam", AdamAdapter<float>, AdamAdapter<double>);
#include <cmath>
#include <iostream>
#include <vector>

#include "conformance/subject/in_process.hpp"
#include "conformance/subject/protocol_server.hpp"

// --- the optimizer, as a user has it --------------------------------------------------

template <class Number>
class Adam {
 public:
  Adam(double learning_rate, double beta1, double beta2, double epsilon)
      : learning_rate(learning_rate), beta1_(beta1), beta2_(beta2), epsilon_(epsilon) {}

  void step(std::vector<Number>& parameter, const std::vector<Number>& gradient) {
    first_.resize(parameter.size());
    second_.resize(parameter.size());
    ++steps_;
    const auto correction1 = static_cast<Number>(1 - std::pow(beta1_, steps_));
    const auto correction2 = static_cast<Number>(1 - std::pow(beta2_, steps_));
    const auto rate = static_cast<Number>(learning_rate);
    for (std::size_t i = 0; i < parameter.size(); ++i) {
      first_[i] += static_cast<Number>(1 - beta1_) * (gradient[i] - first_[i]);
      second_[i] = static_cast<Number>(beta2_) * second_[i] +
                   static_cast<Number>(1 - beta2_) * gradient[i] * gradient[i];
      parameter[i] -= rate * (first_[i] / correction1) /
                      (std::sqrt(second_[i] / correction2) + static_cast<Number>(epsilon_));
    }
  }

  double learning_rate;

 private:
  double beta1_, beta2_, epsilon_;
  int steps_ = 0;
  std::vector<Number> first_, second_;
};

// --- the adapter ------------------------------------------------------------------------

namespace conformance = plumbline::conformance;

template <class Number>
class AdamAdapter {
 public:
  using Value = Number;

  explicit AdamAdapter(const conformance::OptimizerTask& task) : parameters_(task.start<Number>()) {
    const auto& given = task.hyperparameters();
    optimizers_.assign(parameters_.size(), {given.number("learning_rate"), given.number("beta1"),
                                            given.number("beta2"), given.number("epsilon")});
  }

  void step(const conformance::Gradients<Number>& gradients) {
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      if (gradients[i]) optimizers_[i].step(parameters_[i], *gradients[i]);
    }
  }

  void set_learning_rate(double rate) {
    for (Adam<Number>& optimizer : optimizers_) optimizer.learning_rate = rate;
  }

  const std::vector<std::vector<Number>>& parameters() const { return parameters_; }

 private:
  std::vector<std::vector<Number>> parameters_;
  std::vector<Adam<Number>> optimizers_;  // one a parameter
};

int main() {
  conformance::InProcessSubject subject("example in C++", "1.0");
  subject.add<AdamAdapter<float>>("adam").add<AdamAdapter<double>>("adam");
  serve(subject, std::cin, std::cout);
}
